"""Traces: what a span tells, what is kept, and that none of it harms or costs anybody."""

import os
import threading

import pytest
import structlog
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import SpanKind, StatusCode

from contratos.base import Mensaje, mensaje
from seedwork.aplicacion import trazas
from seedwork.entrada.http import crear_app
from seedwork.infraestructura import cloudevents
from seedwork.infraestructura.metricas import TRAMOS
from seedwork.infraestructura.trazas import COLA, TrazadorOtlp
from seedwork.pruebas.sobres import recibido, sobre_nuevo
from seedwork.pruebas.trazas import guardados, vistos

TRAZA, PADRE = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
SI, NO = f"00-{TRAZA}-{PADRE}-01", f"00-{TRAZA}-{PADRE}-00"
ID = "01a228ac-2fb2-772c-8153-1d40859056e3"


@mensaje("pruebas", "evento", sujeto="")
class Pasado(Mensaje):
    """Something happened."""


def perdidos() -> float:
    return TRAMOS.labels("perdido")._value.get()


def test_sin_colector_lo_que_vino_sigue_como_vino() -> None:
    assert not trazas.hay()
    assert trazas.empezar("x", SI).contexto == SI
    assert trazas.empezar("x", "cualquier cosa").contexto == "cualquier cosa"
    assert trazas.recibir("x", SI, {}).contexto is None


@pytest.mark.parametrize("traza", [NO, None, "", "no es una traza", f"ff-{TRAZA}-{PADRE}-01"])
def test_lo_que_no_se_guarda_no_hace_tramo(traza: str | None) -> None:
    with guardados() as exportador:
        tramo = trazas.empezar("x", traza)
        tramo.terminar()
        (atendido,) = trazas.Atencion("c", [_llegado(traza)]).recibidos
        assert (tramo.contexto, atendido.sobre.contexto) == (traza, traza)
        assert vistos(exportador) == {}


def test_una_peticion_sigue_la_traza_de_quien_llama_o_empieza_otra() -> None:
    with guardados() as exportador:
        suya, otra = trazas.recibir("suya", SI, {}), trazas.recibir("otra", None, {})
        assert trazas.id_de(suya.contexto) == TRAZA
        assert trazas.id_de(otra.contexto) not in (TRAZA, None)
        suya.terminar()
        otra.terminar()
        hechos = vistos(exportador)
    assert hechos["suya"].parent is not None
    assert f"{hechos['suya'].parent.span_id:016x}" == PADRE
    assert hechos["otra"].parent is None
    assert hechos["suya"].kind is SpanKind.SERVER


@pytest.mark.parametrize("muestreo", [0.0, 1.0])
def test_la_puerta_muestrea_lo_que_llega_de_fuera_y_los_servicios_se_atienen_a_ello(muestreo: float) -> None:
    with guardados(muestreo, de_fuera=True):
        assert trazas.es_muestreada(trazas.recibir("x", SI, {}).contexto) is bool(muestreo)
        assert trazas.es_muestreada(trazas.recibir("x", None, {}).contexto) is bool(muestreo)
        assert not trazas.es_muestreada(trazas.recibir("x", NO, {}).contexto)
    with guardados(muestreo):
        assert trazas.es_muestreada(trazas.recibir("x", SI, {}).contexto)


def test_cuales_se_guardan_no_lo_elige_quien_las_nombra() -> None:
    """By an id all of these would be of the part; nor does one serve again that was kept once."""
    for elegidas in ([f"00-{n:016x}{0:016x}-{PADRE}-01" for n in range(1, 65)], [SI] * 64):
        with guardados(0.5, de_fuera=True):
            guardadas = [trazas.es_muestreada(trazas.recibir("x", de, {}).contexto) for de in elegidas]
        assert 0 < sum(guardadas) < len(guardadas)


def test_de_un_mensaje_se_cuenta_su_espera_y_su_atencion_y_ningun_valor_de_nadie() -> None:
    with guardados() as exportador:
        with trazas.Atencion("consumidor", [_llegado(SI)]) as atencion:
            (atendido,) = atencion.recibidos
            # What it is kept by in a view is what the topic has, too.
            assert atendido.sobre.traza == SI
            consecuencia = trazas.empezar("consecuencia", atendido.sobre.contexto)
            consecuencia.terminar({"cedula": "1032456789"})
        hechos = vistos(exportador)
    cola, atender = hechos["espera en cola"], hechos["atender Pasado"]
    assert atender.kind is SpanKind.CONSUMER
    assert cola.parent is not None
    assert atender.parent == cola.parent
    assert hechos["consecuencia"].parent.span_id == atender.context.span_id
    assert (cola.start_time, atender.attributes["saludtech.resultado"]) == (1_500_000_000, "hecho")
    # Its subject is a client's code: it is told to nobody; nor is what is on no list.
    claves = {clave for tramo in hechos.values() for clave in tramo.attributes}
    assert claves <= trazas.ATRIBUTOS - {trazas.SUJETO}


def test_un_error_se_cuenta_por_su_clase_y_no_por_lo_que_dice() -> None:
    with guardados() as exportador:
        with pytest.raises(ValueError, match="Paz"), trazas.Atencion("c", [_llegado(SI)]):
            raise ValueError("Ana María Paz")
        tramo = vistos(exportador)["atender Pasado"]
    assert (tramo.attributes[trazas.ERROR], tramo.status.status_code) == ("ValueError", StatusCode.ERROR)
    assert (tramo.events, tramo.status.description) == ((), None)


def test_lo_que_se_escribe_de_una_peticion_dice_su_traza_la_guarde_alguien_o_no() -> None:
    app = crear_app()
    app.add_url_rule("/x", "x", structlog.contextvars.get_contextvars)
    pedir = app.test_client().get
    assert pedir("/x", headers={"traceparent": SI}).json["traza"] == TRAZA
    assert len(pedir("/x").json["traza"]) == 32


def test_lo_que_sale_del_outbox_lleva_el_tramo_de_su_publicacion() -> None:
    sobre = sobre_nuevo(Pasado, fuente="/x", sujeto=ID, traza=SI)
    propiedades = cloudevents.a_propiedades(sobre, Pasado.topico)
    with guardados() as exportador:
        tramo, salen = cloudevents.seguir(propiedades, Pasado.topico)
        tramo.terminar()
        hechos = vistos(exportador)
    publicar = hechos["publicar Pasado"]
    assert salen == {**propiedades, "ce_traceparent": tramo.contexto}
    assert f"{publicar.context.span_id:016x}" == (tramo.contexto or "")[36:52]
    assert (publicar.attributes[trazas.SUJETO], publicar.kind) == (ID, SpanKind.PRODUCER)
    assert hechos["espera en outbox"].attributes[trazas.ID_MENSAJE] == sobre.id


class Parado(SpanExporter):
    """A collector that does not answer."""

    def __init__(self) -> None:
        self.sigue = threading.Event()

    def export(self, spans: object) -> SpanExportResult:
        self.sigue.wait()
        return SpanExportResult.FAILURE

    def shutdown(self) -> None:
        self.sigue.set()


def test_un_colector_que_no_responde_no_retiene_a_nadie_y_lo_perdido_se_cuenta() -> None:
    colector, antes = Parado(), perdidos()
    trazador = TrazadorOtlp("pruebas", "", 1.0, exportador=colector)
    for _ in range(COLA + 600):
        trazador.empezar("x", SI, "interno", {}).terminar()
    # A batch is in the collector's hands at most, and the rest waits.
    assert perdidos() - antes >= 600 - 512
    trazador.cerrar(0.01)
    colector.sigue.set()


def test_los_tramos_de_un_proceso_hijo_salen_de_el() -> None:
    """A thread of before the fork would not be there: what is kept in the child is taken out by its own."""
    leer, escribir = os.pipe()

    class Tubo(SpanExporter):
        def export(self, spans: object) -> SpanExportResult:
            os.write(escribir, f"{os.getpid()}\n".encode())
            return SpanExportResult.SUCCESS

    trazador = TrazadorOtlp("pruebas", "", 1.0, exportador=Tubo())
    if (hijo := os.fork()) == 0:
        trazador.empezar("x", SI, "interno", {}).terminar()
        trazador.cerrar(1.0)
        os._exit(0)
    os.waitpid(hijo, 0)
    os.close(escribir)
    with os.fdopen(leer) as dicho:
        assert dicho.read() == f"{hijo}\n"


def _llegado(traza: str | None) -> trazas.Recibido:
    sobre = sobre_nuevo(Pasado, fuente="/x", sujeto="cliente-0001", traza=traza)
    llegado = recibido(sobre, Pasado())
    object.__setattr__(llegado.original, "publicado", 1.5)
    return llegado
