"""Changes, cancellations, payments and renewals on a real PostgreSQL: what is kept, shown and said."""

import threading
from collections.abc import Callable
from contextlib import contextmanager
from itertools import chain

import pytest
import sqlalchemy as sa

from contratos import a_dict
from contratos.suscripciones import SuscripcionAprovisionada, SuscripcionCancelada
from seedwork.aplicacion.broker import Marcha
from seedwork.infraestructura import bd
from seedwork.infraestructura.consultas import TAMANO_PAGINA
from seedwork.pruebas.publicado import publicado
from seedwork.pruebas.taller import esperar
from suscripciones import composicion
from suscripciones.composicion import servicio

pytestmark = pytest.mark.integracion


@pytest.fixture(autouse=True)
def _sin_broker(monkeypatch):
    """The timers run without one."""
    monkeypatch.setattr(composicion, "AvancePulsar", SinNada)


class Oyente:
    """A connection that has been in order for ever."""

    def segundos_en_orden(self) -> float:
        return 1e9


class SinNada:
    """A broker that says that nothing is left to handle."""

    def __init__(self, *_: object) -> None:
        pass

    def mirar(self, topico: str, subscription: str) -> Marcha:
        return Marcha(((1, 0),), ((1, 0),))


@contextmanager
def temporizadores(motor: sa.Engine):
    parada = threading.Event()
    tareas = [parte.tarea for parte in servicio().partes(servicio(), motor, Oyente()) if parte.tarea is not None]
    hilos = [threading.Thread(target=tarea, args=(parada,), daemon=True) for tarea in tareas]
    for hilo in hilos:
        hilo.start()
    yield
    parada.set()
    for hilo in hilos:
        hilo.join(10)
        assert not hilo.is_alive()


def facturas(casa, id="s-1"):
    return [(f["estado"], f["monto"], f["medio"]) for f in casa.ver(id)["facturas"]]


def test_las_paginas_filtran_y_su_cursor_vale_para_ellas(casa):
    casa.oir(*(casa.crear(f"s-{n}", "free") for n in range(TAMANO_PAGINA + 2)), casa.crear("s-pro"))

    def pedir(**pedido):
        return casa.api.get("/suscripciones", query_string=pedido)

    primera = pedir(plan="free").json
    segunda = pedir(plan="free", cursor=primera["siguiente"]).json

    assert [e["id_suscripcion"] for e in segunda["elementos"]] == ["s-1", "s-0"]
    assert segunda["siguiente"] is None
    assert pedir(plan="pro", cursor=primera["siguiente"]).status_code == 422
    assert [e["id_suscripcion"] for e in pedir(plan="pro").json["elementos"]] == ["s-pro"]


def test_un_cambio_que_requiere_y_libera(casa):
    casa.activar("pro")
    assert casa.fila()["recursos"] == ["servicio_datos"]
    orden = casa.cambiar("computo", id_comando="g-2")
    casa.oir(orden)

    assert casa.destino(orden) == ("APLICADO", None)
    assert casa.ver()["plan"]["codigo"] == "pro"
    saga = casa.fila()["saga"]
    assert (saga["id"], saga["requeridos"], saga["liberados"]) == ("g-2", ["computo"], ["servicio_datos"])
    assert casa.fila()["plazo"] is not None
    otra = casa.cambiar("basico")
    casa.oir(otra)
    assert casa.destino(otra) == ("RECHAZADO", "La suscripción todavía tiene un cambio en curso.")

    casa.completar()

    assert casa.ver()["plan"] == {"codigo": "computo", "nombre": "C"}
    assert (casa.fila()["recursos"], casa.fila()["plazo"]) == (["computo"], None)
    assert [s["estado"] for s in casa.api.get("/suscripciones/s-1/sagas").json["elementos"]] == ["COMPLETADA"] * 2
    assert facturas(casa) == [("EMITIDA", "49.90", None)]
    assert casa.dicho() == [
        "1 SuscripcionCreada",
        "2 SuscripcionAprovisionada",
        "3 SuscripcionActivada",
        "4 FacturaEmitida",
        "5 CambioPlanIniciado",
        "- ComandoSuscripcionRechazado",
        "6 SuscripcionAprovisionada",
        "7 SuscripcionPlanModificado",
        *["CREAR", "ACTIVAR", "CAMBIAR", "ACTIVAR"],
    ]


def test_el_plazo_de_un_cambio_lo_rechaza_y_el_plan_queda(casa, motor):
    casa.activar("pro")
    casa.oir(casa.cambiar("computo", id_comando="g-2"))
    casa.ejecutar("UPDATE suscripciones SET plazo = now() - interval '1 s'")
    with temporizadores(motor):
        esperar(lambda: casa.fila()["plazo"] is None)
    assert (casa.ver()["estado"], casa.ver()["plan"]["codigo"]) == ("ACTIVA", "pro")
    assert casa.dicho()[4:] == [
        "5 CambioPlanIniciado",
        "6 CambioPlanRechazado",
        *["CREAR", "ACTIVAR", "CAMBIAR", "RECHAZAR"],
    ]


def test_creada_y_cancelada_en_un_lote(casa):
    """The invoice that is annulled is not in the table yet when the cancellation looks for it."""
    ordenes = [casa.crear(plan="basico"), casa.cancelar(motivo="Fue sin querer")]
    casa.bus.procesar(ordenes)

    assert [casa.destino(o) for o in ordenes] == [("APLICADO", None)] * 2
    visto = casa.ver()
    assert (visto["estado"], visto["motivo"], visto["detalle"]) == (
        "CANCELADA",
        "El cliente canceló la suscripción.",
        "Fue sin querer",
    )
    assert facturas(casa) == [("ANULADA", "19.90", None)]
    assert (casa.fila()["renueva"], casa.fila()["motivo"]) == (None, "CANCELADA_POR_CLIENTE")
    (cancelada,) = [m for _, m in publicado(casa.motor) if isinstance(m, SuscripcionCancelada)]
    assert cancelada.detalle == "Fue sin querer"


@pytest.mark.parametrize("empezadas", [0, 2, 4], ids=["todo en un lote", "reservas en otro", "solo el fin"])
def test_muchas_sagas_acaban_en_un_lote(casa, empezadas):
    """What they have said before is read once for all of them; what they say in this very batch counts too."""
    ids = ["s-1", "s-2", "s-3"]
    for id in ids:
        casa.oir(casa.crear(id))
    vueltas = [
        [casa.paso("CREAR", id=id) for id in ids],
        [casa.paso("RESERVAR", "servicio_datos", id=id) for id in ids],
        [casa.paso("NOTIFICAR", id=id) for id in ids],
        [casa.paso("ACTIVAR", id=id) for id in ids],
        [casa.paso("INICIAR", "servicio_datos", id=id) for id in ids[1:]],
    ]
    for lote in (vueltas[:empezadas], vueltas[empezadas:]):
        casa.bus.procesar([*chain.from_iterable(lote)])

    assert {id: casa.ver(id)["estado"] for id in ids} == dict.fromkeys(ids, "ACTIVA")
    # The first one has not been told of its start.
    assert {id: casa.fila(id)["saga"]["en_curso"] for id in ids} == {"s-1": True, "s-2": False, "s-3": False}
    estados = [casa.api.get(f"/suscripciones/{id}/saga").json["estado"] for id in ids]
    assert estados == ["EN_CURSO", "COMPLETADA", "COMPLETADA"]
    avisados = [m.cliente_codigo for _, m in publicado(casa.motor) if isinstance(m, SuscripcionAprovisionada)]
    assert sorted(avisados) == sorted(casa.fila(id)["cliente_codigo"] for id in ids)


def test_las_palabras_del_cliente_no_llegan_al_topico_de_la_saga(casa, motor):
    casa.activar("pro")
    casa.oir(casa.cancelar(motivo="Me llamo Pablo"))
    con_palabras = {type(m).__name__ for _, m in publicado(motor) if "Me llamo Pablo" in str(a_dict(m))}
    assert con_palabras == {"SuscripcionCancelada"}
    with motor.connect() as conexion:
        cargas = conexion.scalars(sa.select(bd.outbox.c.carga)).all()
    assert not [carga for carga in cargas if b"Me llamo Pablo" in bytes(carga)], "there, they are encrypted"


def test_un_pago_y_sus_negativas(casa):
    casa.activar("basico")
    casa.activar("basico", "s-2")
    (factura,), (ajena,) = casa.ver()["facturas"], casa.ver("s-2")["facturas"]
    bueno = casa.pagar(factura["id_factura"], "19.90")
    otros = [
        (casa.pagar(factura["id_factura"], "19.91"), "El monto o la moneda no son los de la factura."),
        (casa.pagar(ajena["id_factura"], "19.90"), "La suscripción no tiene esa factura."),
    ]
    casa.bus.procesar([*(o for o, _ in otros), bueno])
    repetido = casa.pagar(factura["id_factura"], "19.90")
    casa.oir(repetido)

    assert casa.destino(bueno) == ("APLICADO", None)
    assert [casa.destino(o) for o, _ in otros] == [("RECHAZADO", motivo) for _, motivo in otros]
    assert casa.destino(repetido) == ("RECHAZADO", "La factura ya está pagada.")
    assert (facturas(casa), facturas(casa, "s-2")) == ([("PAGADA", "19.90", "tarjeta")], [("EMITIDA", "19.90", None)])


def test_el_temporizador_emite_las_renovaciones(casa, motor):
    casa.activar("basico")
    casa.activar("pro", "s-2")
    casa.activar("free", "s-3")
    casa.activar("basico", "s-4")
    casa.oir(casa.cancelar("s-4"))
    casa.ejecutar("UPDATE suscripciones SET renueva = now() - interval '31 d' WHERE id IN ('s-1', 's-2')")
    casa.ejecutar(
        "UPDATE facturas SET periodo = renueva - interval '30 d' FROM suscripciones s WHERE s.id = id_suscripcion"
        " AND renueva IS NOT NULL"
    )

    with temporizadores(motor):
        esperar(lambda: len(facturas(casa)) == len(facturas(casa, "s-2")) == 3)

    assert facturas(casa) == [("EMITIDA", "19.90", None)] * 3
    assert facturas(casa, "s-3") == []
    assert facturas(casa, "s-4") == [("ANULADA", "19.90", None)]
    assert casa.dicho()[-4:] == ["4 FacturaEmitida", "5 FacturaEmitida", "CREAR", "ACTIVAR"]
    with motor.connect() as conexion:
        dias = (
            "SELECT (periodo - lag(periodo) OVER (ORDER BY periodo)) = '30 d' FROM facturas"
            " WHERE id_suscripcion = 's-1'"
        )
        assert conexion.exec_driver_sql(dias).scalars().all() == [None, True, True]
        assert conexion.exec_driver_sql("SELECT count(*) FROM suscripciones WHERE renueva < now()").scalar() == 0


def test_un_plan_sin_catalogo_no_demora_las_renovaciones_de_los_demas(casa, motor):
    casa.activar("basico")
    # More of them than one look takes, and due for longer.
    casa.ejecutar(
        "INSERT INTO suscripciones"
        " (id, secuencia, cliente_codigo, plan_codigo, plan_nombre, estado, saga, comenzada, recursos,"
        " renueva)"
        " SELECT 'v-' || n, 1, '0001', 'viejo', 'Viejo', 'ACTIVA', '{\"id\": \"g\", \"en_curso\": false}', now(), '{}',"
        " now() - interval '90 d' FROM generate_series(1, 300) n"
    )
    casa.ejecutar("UPDATE suscripciones SET renueva = now() - interval '1 s' WHERE id = 's-1'")
    casa.ejecutar("UPDATE facturas SET periodo = now() - interval '30 d'")

    with temporizadores(motor):
        esperar(lambda: len(facturas(casa)) == 2)

    with motor.connect() as conexion:
        pendientes = "SELECT count(*) FROM suscripciones WHERE plan_codigo = 'viejo' AND renueva < now()"
        assert conexion.exec_driver_sql(pendientes).scalar() == 300
        assert (
            conexion.exec_driver_sql("SELECT count(*) FROM facturas WHERE starts_with(id_suscripcion, 'v-')").scalar()
            == 0
        )


def test_un_periodo_tiene_una_factura_tambien_para_la_base(casa):
    casa.activar("basico")
    with pytest.raises(sa.exc.IntegrityError, match="facturas_periodo"):
        casa.ejecutar(
            "INSERT INTO facturas SELECT 'otra', id_suscripcion, monto, moneda, estado, medio, emitida, periodo"
            " FROM facturas"
        )


def test_una_saga_guardada_antes_de_los_cambios_se_lee(casa):
    casa.activar("pro")
    casa.ejecutar("UPDATE suscripciones SET saga = saga - 'plan_codigo' - 'plan_nombre'")
    casa.oir(casa.cambiar("basico"))
    assert casa.ver()["plan"]["codigo"] == "basico"


def detenidos(motor: sa.Engine) -> int:
    """How many wait for somebody's lock in this database."""
    consulta = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with motor.connect() as conexion:
        return int(conexion.exec_driver_sql(consulta).scalar_one())


@pytest.fixture
def carrera(casa) -> Callable[..., None]:
    """Run all at once: each on a thread, all of them held at the subscription's row, in this order, then let go."""

    def correr(*haceres: Callable[[], None]) -> None:
        hilos = [threading.Thread(target=hacer, daemon=True) for hacer in haceres]
        otro = bd.crear_motor(casa.motor.url)
        with otro.begin() as conexion:
            conexion.exec_driver_sql("SELECT FROM suscripciones FOR UPDATE")
            for n, hilo in enumerate(hilos, 1):
                hilo.start()
                esperar(lambda n=n: detenidos(otro) == n)
        otro.dispose()
        for hilo in hilos:
            hilo.join(30)
            assert not hilo.is_alive()

    return correr


EN_ORDEN = pytest.mark.parametrize("primero", [0, 1])


def en_orden(primero: int, *haceres: Callable[[], None]) -> list[Callable[[], None]]:
    return [haceres[primero], haceres[1 - primero]]


@EN_ORDEN
def test_cancelacion_y_exito_a_la_vez(casa, carrera, primero):
    casa.oir(casa.crear())
    casa.oir(casa.paso("CREAR"), casa.paso("RESERVAR", "servicio_datos"))
    orden, exito = casa.cancelar(), casa.paso("NOTIFICAR")
    carrera(*en_orden(primero, lambda: casa.oir(orden), lambda: casa.oir(exito)))

    assert (casa.destino(orden), casa.ver()["estado"]) == (("APLICADO", None), "CANCELADA")
    eventos = ["1 SuscripcionCreada", "2 SuscripcionAprovisionada"]
    if primero == 0:
        assert facturas(casa) == []
        assert casa.dicho() == [*eventos, "3 SuscripcionCancelada", "CREAR", "CANCELAR"]
    else:
        assert facturas(casa) == [("ANULADA", "49.90", None)]
        assert casa.dicho() == [
            *eventos,
            *["3 SuscripcionActivada", "4 FacturaEmitida", "5 SuscripcionCancelada"],
            *["CREAR", "ACTIVAR", "CANCELAR"],
        ]
    assert (casa.fila()["renueva"], casa.fila()["plazo"], casa.fila()["recursos"]) == (None, None, [])


@EN_ORDEN
def test_cancelacion_y_plazo_a_la_vez(casa, carrera, primero):
    casa.oir(casa.crear())
    casa.ejecutar("UPDATE suscripciones SET plazo = now() - interval '1 s'")
    orden = casa.cancelar()
    carrera(*en_orden(primero, lambda: casa.oir(orden), casa.vencer))

    if primero == 0:
        assert casa.destino(orden) == ("APLICADO", None)
        assert casa.dicho() == ["1 SuscripcionCreada", "2 SuscripcionCancelada", "CREAR", "CANCELAR"]
    else:
        assert casa.destino(orden) == ("RECHAZADO", "La suscripción ya no está vigente.")
        assert casa.dicho() == [
            *["1 SuscripcionCreada", "2 SuscripcionRechazada", "- ComandoSuscripcionRechazado"],
            *["CREAR", "RECHAZAR"],
        ]


@EN_ORDEN
@pytest.mark.parametrize("plan", ["computo", "basico"])
def test_cambio_y_cancelacion_a_la_vez(casa, carrera, primero, plan):
    casa.activar("pro")
    antes = len(casa.dicho()) - 2
    cambio, fin = casa.cambiar(plan, id_comando="g-2"), casa.cancelar()
    carrera(*en_orden(primero, lambda: casa.oir(cambio), lambda: casa.oir(fin)))

    assert (casa.destino(fin), casa.ver()["estado"]) == (("APLICADO", None), "CANCELADA")
    dicho = casa.dicho()[antes:]
    if primero == 1:
        assert casa.destino(cambio) == ("RECHAZADO", "La suscripción no está activa.")
        assert dicho == [
            *["5 SuscripcionCancelada", "- ComandoSuscripcionRechazado"],
            *["CREAR", "ACTIVAR", "CANCELAR"],
        ]
    elif plan == "computo":
        assert casa.ver()["plan"]["codigo"] == "pro"
        assert dicho == [
            *["5 CambioPlanIniciado", "6 CambioPlanRechazado", "7 SuscripcionCancelada"],
            *["CREAR", "ACTIVAR", "CAMBIAR", "RECHAZAR", "CANCELAR"],
        ]
    else:
        assert casa.ver()["plan"]["codigo"] == "basico"
        assert dicho == [
            *["5 CambioPlanIniciado", "6 SuscripcionPlanModificado", "7 SuscripcionCancelada"],
            *["CREAR", "ACTIVAR", "CAMBIAR", "ACTIVAR", "CANCELAR"],
        ]


@EN_ORDEN
def test_pago_y_cancelacion_a_la_vez(casa, carrera, primero):
    casa.activar("pro")
    (factura,) = casa.ver()["facturas"]
    pago, fin = casa.pagar(factura["id_factura"], "49.90"), casa.cancelar()
    carrera(*en_orden(primero, lambda: casa.oir(pago), lambda: casa.oir(fin)))

    assert casa.destino(fin) == ("APLICADO", None)
    if primero == 0:
        assert (casa.destino(pago), facturas(casa)) == (("APLICADO", None), [("PAGADA", "49.90", "tarjeta")])
    else:
        assert casa.destino(pago) == ("RECHAZADO", "La factura está anulada.")
        assert facturas(casa) == [("ANULADA", "49.90", None)]


def test_la_ultima_saga_es_la_de_la_fila(casa):
    casa.activar("basico")
    # A step of a saga that is none of this subscription's, the last by instant and id.
    casa.oir(casa.paso("RESERVAR", "servicio_datos", saga="ajena"))
    assert casa.api.get("/suscripciones/s-1/saga").json["id_saga"] == "g-1"

    casa.oir(casa.cambiar("pro", id_comando="g-2"))

    # Applied, and its first step has not come back from the topic yet.
    debido = {"paso": "ACTIVAR", "servicio": "suscripciones", "recurso": None}
    sin_pasos = {"id_saga": "g-2", "estado": "EN_CURSO", "pasos": [], "faltan": [debido]}
    sin_pasos |= {"traza": None, "enlace_traza": None}
    assert casa.api.get("/suscripciones/s-1/saga").json == sin_pasos
    casa.completar()
    assert casa.api.get("/suscripciones/s-1/saga").json["estado"] == "COMPLETADA"
    assert [s["id_saga"] for s in casa.api.get("/suscripciones/s-1/sagas").json["elementos"]] == ["g-1", "ajena", "g-2"]


def test_los_pasos_van_por_su_instante_y_no_por_como_se_escribe(casa):
    """A participant in another language writes RFC 3339 as it likes."""
    casa.activar("basico")
    casa.oir(casa.cambiar("pro", id_comando="g-2"))
    for paso, ocurrido in (
        ("NOTIFICAR", "2026-01-31T09:00:00.75Z"),
        ("RESERVAR", "2026-01-31T10:00:00.500+01:00"),
        ("ACTIVAR", "2026-01-31T04:00:01-05:00"),
        ("CAMBIAR", "2026-01-31T09:00:00Z"),
        ("INICIAR", "2026-02-01T00:00:01.0000001+14:00"),
    ):
        casa.oir(casa.paso(paso, ocurrido=ocurrido))
    pasos = casa.api.get("/suscripciones/s-1/saga").json["pasos"]
    assert [p["paso"] for p in pasos] == ["CAMBIAR", "RESERVAR", "NOTIFICAR", "ACTIVAR", "INICIAR"]
