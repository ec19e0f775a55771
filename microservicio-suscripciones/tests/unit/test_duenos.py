"""The owner decides (contract §9): who asks for what is another's learns and changes nothing."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from contratos import motivos
from contratos.bff import AccesoNegado
from contratos.suscripciones import ComandoSuscripcionRechazado, SuscripcionRechazada
from seedwork.aplicacion.bus import Bus
from seedwork.aplicacion.identidad import Quien
from seedwork.aplicacion.recibido import Recibido
from seedwork.aplicacion.sobre import en_texto
from suscripciones.aplicacion.manejadores import MANEJADORES
from suscripciones.aplicacion.reacciones.acceso_negado import ANTES
from suscripciones.aplicacion.rechazo import rechazar_comando

Casa = Any

SUYO = "0001"
"""Whose today's body is."""
DUENA = Quien(id="ana", roles=frozenset({"cliente"}), cliente=SUYO)
OTRA = Quien(id="eva", roles=frozenset({"cliente"}), cliente="0002")
OPERADOR = Quien(id="op", roles=frozenset({"operador"}))
CLINICA = Quien(id="cli", roles=frozenset({"clinica"}), clinica="norte")

COMANDOS: Mapping[str, Callable[..., Recibido]] = {
    "cambiar": lambda casa, **de: casa.cambio("basico", **de),
    "cancelar": lambda casa, **de: casa.cancelacion("ya no", **de),
    "pagar": lambda casa, id="s-1", **de: casa.comando(
        casa.pago(id_suscripcion=id).mensaje, de.get("id_comando", "p-1"), id=id
    ),
}
cada_comando = pytest.mark.parametrize("hacer", COMANDOS.values(), ids=COMANDOS)


@cada_comando
@pytest.mark.parametrize("quien", [DUENA, OPERADOR], ids=["su dueña", "un operador"])
def test_lo_suyo_lo_cambia_y_un_operador_lo_de_cualquiera(casa: Casa, hacer: Callable, quien: Quien) -> None:
    casa.activa("pro")
    casa.quien = quien
    assert casa.mandar(hacer(casa)) is None


@cada_comando
def test_lo_de_otro_espera_y_se_rechaza_como_lo_que_nadie_conoce(casa: Casa, hacer: Callable) -> None:
    """Side by side with one about an id that nobody uses: the same waits, the same end, the same words."""
    casa.activa("pro")
    casa.quien = OTRA
    antes = casa.foto()
    esperas, finales = [], []
    for id in ("s-1", "s-9"):
        comando = hacer(casa, id=id, id_comando=f"de-{id}")
        esperas.append([bool(casa.procesar(comando)), casa.paciencia.etapas])
        casa.avanzar(seconds=9.9)
        esperas[-1] += [bool(casa.procesar(casa.otra_vez(comando))), casa.paciencia.etapas]
        casa.avanzar(seconds=0.2)
        esperas[-1] += [bool(casa.procesar(casa.otra_vez(comando)))]
        (dicho,) = casa.nuevos()
        assert isinstance(dicho.carga, ComandoSuscripcionRechazado)
        finales.append((casa.destino(comando), dicho.carga.motivo, dicho.carga.comando))

    assert esperas[0] == esperas[1]
    assert esperas[0][0::2] == [True, True, False]
    assert finales[0] == finales[1]
    assert finales[0][:2] == (motivos.SUSCRIPCION_DESCONOCIDA,) * 2
    assert casa.foto() == antes


def test_el_que_no_es_suyo_no_tiene_delante_a_nadie_ni_esta_delante_de_su_duena(casa: Casa) -> None:
    casa.activa("pro")
    casa.quien = OTRA
    assert casa.procesar(casa.cancelacion(id_comando="x-1"), casa.cancelacion(id_comando="x-2")) == ["x-1", "x-2"]
    casa.quien = DUENA
    assert casa.mandar(casa.cancelacion(id_comando="x-3")) is None


def test_bajo_el_codigo_de_otro_no_se_crea_ni_se_cambia_nada_suyo(casa: Casa) -> None:
    casa.activa("pro")
    casa.quien = OTRA
    antes = casa.foto()

    creacion = casa.creacion("basico", id="s-2", id_comando="g-2", cliente_nombres="Intrusa", cliente_email="i@x.co")
    assert casa.mandar(creacion) == motivos.NO_AUTORIZADO

    despues = casa.foto()
    assert {t: f for t, f in despues.items() if t != "suscripciones"} == {
        t: f for t, f in antes.items() if t != "suscripciones"
    }
    assert (casa.suscripcion("s-2").estado, casa.suscripcion("s-2").cliente_codigo) == ("RECHAZADA", "0002")
    (rechazada,) = [d.carga for d in casa.nuevos() if isinstance(d.carga, SuscripcionRechazada)]
    assert (rechazada.cliente_codigo, rechazada.cliente_email, rechazada.recursos_requeridos) == ("0002", "", ())


def test_se_niega_antes_de_mirar_si_ese_id_existe(casa: Casa) -> None:
    casa.activa("pro")
    casa.quien = OTRA
    assert casa.crear("pro", id="s-1", id_comando="g-9") == motivos.NO_AUTORIZADO


@pytest.mark.parametrize("campos", [{"cliente_email": "no es"}, {"cliente_codigo": "no es un código"}])
def test_lo_que_un_cliente_manda_mal_es_de_el_tambien_rechazado(casa: Casa, campos: Mapping[str, str]) -> None:
    casa.quien = DUENA
    assert casa.crear("pro", **campos) in (motivos.DATOS_INVALIDOS, motivos.NO_AUTORIZADO)
    assert casa.suscripcion().cliente_codigo == SUYO


def test_una_creacion_descartada_no_queda_entre_lo_de_otro(casa: Casa) -> None:
    casa.quien = OTRA
    assert casa.bus.descartar(casa.creacion("pro"))
    assert casa.suscripcion().cliente_codigo == "0002"


@pytest.mark.parametrize("quien", [None, CLINICA], ids=["nadie", "una clínica"])
def test_donde_se_pregunta_quien_no_puede_crear_no_deja_nada_entre_lo_de_nadie(casa: Casa, quien: Quien | None) -> None:
    casa.quien = quien
    bus = Bus("suscripciones", casa.abrir, MANEJADORES, rechazar_comando, casa.paciencia, autenticada=True)
    creacion = casa.creacion("free")
    bus.procesar([creacion])
    assert casa.destino(creacion) == motivos.NO_AUTORIZADO
    assert casa.suscripcion().cliente_codigo == ""


def test_de_lo_que_alguien_pidio_queda_en_la_auditoria_quien_y_que_fue(casa: Casa) -> None:
    casa.quien = DUENA
    casa.crear("free")
    casa.quien = OTRA
    casa.crear("free", id="s-2", id_comando="g-2")
    assert [(a.quien, a.accion, a.recurso, a.resultado, a.motivo) for a in casa.almacen.auditoria.values()] == [
        ("ana", "CrearSuscripcion", "s-1", "HECHO", None),
        ("eva", "CrearSuscripcion", "s-2", "RECHAZADO", "NO_AUTORIZADO"),
    ]


NEGADO = AccesoNegado(
    quien="cli", titular="clinica:norte", accion="ListarSuscripciones", motivo="NO_AUTORIZADO", veces=3
)


def test_lo_que_la_puerta_nego_queda_en_la_auditoria_una_vez(casa: Casa) -> None:
    hace = en_texto(casa.almacen.entorno.ahora() - ANTES)
    hecho = replace(NEGADO, ocurrido=hace)
    llegado = casa.recibido(hecho, "bff", sujeto="c-1", correlacion="c-1")
    casa.procesar(llegado)
    casa.procesar(llegado)
    (anotado,) = casa.almacen.auditoria.values()
    assert (anotado.quien, anotado.accion, anotado.recurso, anotado.resultado) == ("cli", hecho.accion, "", "NEGADO")
    assert (anotado.correlacion, anotado.veces, en_texto(anotado.ocurrido)) == ("c-1", 3, hace)


@pytest.mark.parametrize("despues", [timedelta(seconds=1), -ANTES - timedelta(seconds=1)])
def test_cuando_no_pudo_ser_se_toma_cuando_se_dijo(casa: Casa, despues: timedelta) -> None:
    ahora = casa.almacen.entorno.ahora()
    casa.procesar(casa.recibido(replace(NEGADO, ocurrido=en_texto(ahora + despues)), "bff", sujeto="c-1"))
    (anotado,) = casa.almacen.auditoria.values()
    assert ahora <= anotado.ocurrido <= casa.almacen.entorno.ahora()
