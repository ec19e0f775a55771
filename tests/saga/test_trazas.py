"""One trace from the click to the letter, in a collector that speaks OTLP; and nothing of a person's in it."""

from collections import defaultdict

import pytest
from tests.saga.colector import Colector, Tramo
from tests.saga.espera import hasta
from tests.saga.negocio import Negocio

from seedwork.aplicacion.trazas import ATRIBUTOS

pytestmark = pytest.mark.integracion

RASTRO = "4bf92f3577b34da6a3ce929d0e0e4736"
ACABAN = {"atender SuscripcionActivada": 2, "enviar correo": 1, "publicar ServicioDatosIniciado": 1}
"""What comes last in any order, and how often."""


def test_una_suscripcion_es_una_traza_de_la_peticion_a_la_carta(negocio: Negocio, recolector: Colector) -> None:
    cuerpo = negocio.cuerpo_suscripcion("pro")
    padre = "00f067aa0ba902b7"
    respuesta = negocio.envia("/suscripciones/suscripcion-comando", cuerpo, traceparent=f"00-{RASTRO}-{padre}-01")
    saga = negocio.acepta(respuesta, cuerpo).su_saga_queda("COMPLETADA").vista

    assert (saga["traza"], saga["enlace_traza"]) == (RASTRO, f"http://127.0.0.1/trace/{RASTRO}")

    def completa() -> list[Tramo]:
        """Each process takes out its own, in its own time."""
        tramos = recolector.de(RASTRO)
        ids, nombres = {t.id for t in tramos}, [t.nombre for t in tramos]
        enteros = [t.padre in ids for t in tramos].count(False) == 1
        return tramos if enteros and all(nombres.count(n) == veces for n, veces in ACABAN.items()) else []

    tramos = hasta(completa, "la traza llega entera al colector")
    assert {t.servicio for t in tramos} == {"bff", "suscripciones", "servicio-datos", "notificaciones"}
    ids = {t.id: t for t in tramos}
    (raiz,) = [t for t in tramos if t.padre not in ids]
    assert (raiz.nombre, raiz.padre) == ("POST /suscripciones/suscripcion-comando", padre)
    assert all(ids[t.padre].empieza <= t.acaba and t.empieza <= t.acaba for t in tramos if t is not raiz)
    hijos = defaultdict(list)
    for t in tramos:
        hijos[t.padre].append(t.nombre)
    for t in tramos:
        if t.nombre.startswith("atender "):
            # Each handling follows from a publishing, and beside it stands how long the message lay on the broker.
            assert ids[t.padre].nombre == t.nombre.replace("atender", "publicar")
            assert "espera en cola" in hijos[t.padre]
        if t.nombre.startswith("publicar ") and t.padre != raiz.id:
            assert "espera en outbox" in hijos[t.padre]
        if t.nombre == "enviar correo":
            assert ids[t.padre].nombre == "atender SuscripcionAprovisionada"
            assert "espera de envío" in hijos[t.padre]
    dicho = repr(tramos)
    cliente = cuerpo["cliente"]
    assert {nombre for t in tramos for nombre in t.atributos} <= ATRIBUTOS
    assert not [v for v in (cliente["codigo"], cliente["email"], cliente["usuario"]) if v in dicho]


def test_una_consulta_es_una_traza_con_su_servicio(negocio: Negocio, recolector: Colector) -> None:
    rastro = "5bf92f3577b34da6a3ce929d0e0e4736"
    negocio.pregunta("/planes", traceparent=f"00-{rastro}-{'1' * 16}-01")

    def camino() -> list[tuple[str, str]]:
        return [(t.nombre, t.servicio) for t in sorted(recolector.de(rastro), key=lambda t: t.empieza)]

    puerta, servicio = ("GET /planes", "bff"), ("GET /planes", "suscripciones-api")
    hasta(lambda: camino() == [puerta, ("preguntar a suscripciones", "bff"), servicio], "la traza llega al colector")


def test_lo_que_quien_llama_no_quiere_guardar_no_se_guarda(negocio: Negocio, recolector: Colector) -> None:
    rastro, cuerpo = "6bf92f3577b34da6a3ce929d0e0e4736", negocio.cuerpo_suscripcion("free")
    respuesta = negocio.envia("/suscripciones/suscripcion-comando", cuerpo, traceparent=f"00-{rastro}-{'1' * 16}-00")
    saga = negocio.acepta(respuesta, cuerpo).su_saga_queda("COMPLETADA").vista

    # Its id is that of the logs all the same.
    assert (saga["traza"], saga["enlace_traza"]) == (rastro, None)
    assert recolector.de(rastro) == []
