"""A command that is refused, or has to wait, leaves nothing of what it did; and what shares its batch, all of it."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from contratos.suscripciones import ComandoSuscripcionRechazado
from seedwork.aplicacion.recibido import Recibido
from suscripciones.aplicacion.decision import id_factura

Casa = Any

COMANDOS: Mapping[str, Callable[[Casa], Recibido]] = {
    "cambiar": lambda casa: casa.cambio("doble"),
    "cambiar sin esperar a nadie": lambda casa: casa.cambio("basico"),
    "cancelar": lambda casa: casa.cancelacion("ya no"),
    "pagar": lambda casa: casa.pago(),
    "crear lo que existe": lambda casa: casa.creacion("free", id_comando="g-7", cliente_nombres="Otra"),
}
cada_comando = pytest.mark.parametrize("hacer", COMANDOS.values(), ids=COMANDOS)


@cada_comando
def test_lo_que_hizo_antes_de_rechazarse_no_queda(casa: Casa, hacer: Callable[[Casa], Recibido]) -> None:
    casa.activa("pro")
    comando = hacer(casa)
    casa.arrepentidos.add(comando.sobre.id)
    antes = casa.foto()

    assert casa.mandar(comando) is not None

    assert casa.foto() == antes
    (dicho,) = casa.nuevos()
    assert isinstance(dicho.carga, ComandoSuscripcionRechazado)
    assert (dicho.carga.id_comando, dicho.sobre.secuencia) == (comando.sobre.id, None)


def test_de_una_creacion_que_se_rechaza_queda_solo_la_rechazada(casa: Casa) -> None:
    casa.activa("pro")
    antes = casa.foto()
    casa.arrepentidos.add("g-2")

    assert casa.crear("basico", id="s-2", id_comando="g-2", cliente_nombres="Otra") == "DATOS_INVALIDOS"

    assert casa.eventos() == ["CREAR:RECHAZADO", "RECHAZAR", "SuscripcionRechazada"]
    despues = casa.foto()
    assert {t: filas for t, filas in despues.items() if t != "suscripciones"} == {
        t: filas for t, filas in antes.items() if t != "suscripciones"
    }, "neither invoice nor the client's new name"
    suscripcion = casa.suscripcion("s-2")
    assert (suscripcion.estado, suscripcion.plazo, suscripcion.renueva) == ("RECHAZADA", None, None)


def test_en_un_lote_el_rechazado_deja_enteros_a_los_demas(casa: Casa) -> None:
    """Before and behind each command of a batch comes one like it that is refused after all that it did."""

    def lote(casa: Casa) -> list[Recibido]:
        casa.activa("pro")
        pago = casa.pago()
        casa.nuevos()
        return [
            pago,
            casa.cambio("doble", "g-2"),
            casa.creacion("basico", id="s-2", id_comando="g-3"),
            casa.cancelacion("no", "x-2", id="s-2"),
            casa.creacion("pro", id="s-3", id_comando="g-4"),
            casa.paso("CAMBIAR", id="p-2"),
        ]

    sola = type(casa)()
    buenos = lote(sola)
    sola.procesar(*buenos)

    todos = []
    for n, bueno in enumerate(lote(casa)):
        malos = [
            casa.cambio("computo", f"m-{n}"),
            casa.cancelacion("mal", f"n-{n}"),
            casa.creacion("basico", id=f"mala-{n}", id_comando=f"o-{n}", cliente_nombres="Otra"),
        ]
        casa.arrepentidos |= {malo.sobre.id for malo in malos}
        todos += [*malos, bueno, *(casa.comando(m.mensaje, f"z-{m.sobre.id}", id=m.sobre.sujeto) for m in malos)]
        casa.arrepentidos |= {f"z-{malo.sobre.id}" for malo in malos}
    casa.procesar(*todos)

    assert [casa.destino(r) for r in buenos[:-1]] == [None] * 5
    assert _filas(casa) == _filas(sola)
    assert _dicho(casa) == _dicho(sola)


def _filas(casa: Casa) -> Any:
    """All rows, but for where the table puts them, and for what is kept of refused creations."""
    return [
        {c: v for c, v in fila.items() if c != "orden"}
        for tabla in ("suscripciones", "clientes", "facturas", "saga_pasos")
        for fila in casa.filas(tabla)
        if not fila["id"].startswith("mala-")
    ]


def _dicho(casa: Casa) -> list[Any]:
    """What was said in order, refusals aside."""
    return [
        (d.sobre.sujeto, d.sobre.secuencia, type(d.carga).__name__, getattr(d.carga, "paso", ""))
        for d in casa.dichos
        if not d.sobre.sujeto.startswith("mala-") and not isinstance(d.carga, ComandoSuscripcionRechazado)
    ]


@pytest.mark.parametrize("orden", [(0, 1), (1, 0)])
def test_cancelar_antes_que_crear_en_un_lote_cuentan_los_dos(casa: Casa, orden: tuple[int, int]) -> None:
    comandos = [casa.creacion("basico"), casa.cancelacion("Fue sin querer")]

    assert casa.procesar(*(comandos[n] for n in orden)) == []

    assert [casa.destino(c) for c in comandos] == [None, None]
    assert casa.suscripcion().estado == "CANCELADA"
    assert [f.estado for f in casa.facturas()] == ["ANULADA"]
    assert casa.almacen.esperas == {}


def test_lo_que_espera_se_intenta_otra_vez_detras_de_todo_su_lote_y_en_su_orden(casa: Casa) -> None:
    pago = casa.pago(id_factura=id_factura("g-1"), monto="19.90")
    primera, segunda = casa.cancelacion("", "x-1"), casa.cancelacion("", "x-2")
    ajena = casa.cancelacion("", "x-3", id="s-2")

    assert casa.procesar(pago, primera, ajena, casa.creacion("basico"), segunda) == ["x-3"]

    assert [casa.destino(c) for c in (pago, primera, segunda)] == [None, None, "SUSCRIPCION_TERMINADA"]
    assert [f.estado for f in casa.facturas()] == ["PAGADA"]
    assert casa.eventos() == [
        *["CREAR", "ACTIVAR", "SuscripcionCreada", "SuscripcionActivada", "FacturaEmitida"],
        "SuscripcionPagada",
        *["CANCELAR", "SuscripcionCancelada", "ComandoSuscripcionRechazado"],
    ]


def test_lo_que_espera_no_deja_nada_y_vuelve_cuando_se_conoce(casa: Casa) -> None:
    cancelacion = casa.cancelacion("ya no")
    antes = casa.foto()
    assert casa.procesar(cancelacion) == ["x-1"]
    assert (casa.foto(), casa.eventos(), casa.almacen.inbox) == (antes, [], {})

    casa.avanzar(seconds=9.9)
    casa.crear("pro")
    assert casa.mandar(casa.otra_vez(cancelacion)) is None
    assert casa.suscripcion().estado == "CANCELADA"
    assert casa.almacen.esperas == {}
