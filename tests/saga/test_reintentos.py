"""A client that sends a command again, with the same Idempotency-Key, has asked once."""

import secrets
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
from tests.saga.bases import filas
from tests.saga.negocio import Negocio, Respuesta, Suscripcion
from tests.saga.plataforma_viva import Plataforma
from tests.saga.topicos import publicado, repetir

from contratos.suscripciones import ComandoSuscripcionRechazado, CrearSuscripcion

pytestmark = pytest.mark.integracion

RUTA = "/suscripciones/suscripcion-comando"
A_LA_VEZ = 50


def test_la_misma_clave_con_el_mismo_cuerpo_es_una_sola_suscripcion(negocio: Negocio) -> None:
    cliente, clave = negocio.cliente_nuevo(), secrets.token_hex(8)

    primera, segunda = (negocio.pide_suscripcion("free", cliente=cliente, clave=clave) for _ in range(2))

    assert primera == segunda
    primera.queda("ACTIVA")
    assert primera.su_saga_queda("COMPLETADA").resultados == [("CREAR", "HECHO"), ("ACTIVAR", "HECHO")]
    assert _suscripciones(negocio, cliente["codigo"]) == [primera.id]
    _nada_se_rechazo(negocio, [primera])


def test_el_mismo_mensaje_entregado_de_nuevo_no_cambia_nada(negocio: Negocio, plataforma: Plataforma) -> None:
    pedida = negocio.pide_suscripcion("free")
    antes = pedida.queda("ACTIVA"), pedida.su_saga_queda("COMPLETADA")

    repetir(plataforma.servidores.pulsar_url, CrearSuscripcion.topico, pedida.id_comando)

    _nada_se_rechazo(negocio, [pedida])
    assert (pedida.queda("ACTIVA"), pedida.su_saga_queda("COMPLETADA")) == antes


def test_la_misma_clave_con_otro_cuerpo_se_rechaza_y_lo_primero_queda(negocio: Negocio) -> None:
    cliente, clave = negocio.cliente_nuevo(), secrets.token_hex(8)
    primera = negocio.pide_suscripcion("free", cliente=cliente, clave=clave)
    primera.queda("ACTIVA")

    segunda = negocio.pide_suscripcion("basico", cliente=cliente, clave=clave)

    assert segunda.id == primera.id
    assert segunda.id_comando != primera.id_comando
    motivo = segunda.su_comando_queda("RECHAZADO")["motivo"]
    assert motivo == "La clave de idempotencia ya se usó con otro contenido."
    assert primera.su_comando_queda("APLICADO")["motivo"] is None
    assert primera.queda("ACTIVA")["plan"]["codigo"] == "free"
    assert _suscripciones(negocio, cliente["codigo"]) == [primera.id]


def test_sin_broker_se_responde_503_y_el_reintento_es_una_sola_suscripcion(
    negocio: Negocio, plataforma: Plataforma, record_property: Callable[[str, object], None]
) -> None:
    """The broker stands still, until all have their answer: what was sent is on its way nevertheless, so each command
    arrives twice."""
    pedidos = [(negocio.cuerpo_suscripcion("free"), {"Idempotency_Key": secrets.token_hex(8)}) for _ in range(A_LA_VEZ)]

    with _broker_parado(plataforma), ThreadPoolExecutor(A_LA_VEZ) as clientes:
        respuestas = list(clientes.map(lambda pedido: _cronometrar(negocio, *pedido), pedidos))

    for respuesta, _ in respuestas:
        assert respuesta.codigo == 503, respuesta
        assert respuesta.cabeceras["Retry-After"]
        assert respuesta.cabeceras["Content-Type"].startswith("application/problem+json")
        assert respuesta.cuerpo["id_comando"]
        assert respuesta.cuerpo["consulta"] == f"/suscripciones/{respuesta.cuerpo['id_suscripcion']}"
    record_property("respuesta_s", round(max(segundos for _, segundos in respuestas), 1))
    repetidas = []
    for (cuerpo, cabecera), (desconocida, _) in zip(pedidos, respuestas, strict=True):
        pedida = negocio.pide_suscripcion("free", cliente=cuerpo["cliente"], clave=cabecera["Idempotency_Key"])
        assert (pedida.id, pedida.id_comando) == (
            desconocida.cuerpo["id_suscripcion"],
            desconocida.cuerpo["id_comando"],
        )
        pedida.queda("ACTIVA")
        pedida.su_comando_queda("APLICADO")
        assert _suscripciones(negocio, cuerpo["cliente"]["codigo"]) == [pedida.id]
        repetidas.append(pedida)
    _nada_se_rechazo(negocio, repetidas)


def _cronometrar(negocio: Negocio, cuerpo: dict[str, Any], cabeceras: dict[str, str]) -> tuple[Respuesta, float]:
    comienzo = time.monotonic()
    return negocio.envia(RUTA, cuerpo, **cabeceras), time.monotonic() - comienzo


def _nada_se_rechazo(negocio: Negocio, pedidas: list[Suscripcion]) -> None:
    """A repeat is passed over: neither refused nor in trouble. What comes after it shows that it was met."""
    negocio.pide_suscripcion("free").su_saga_queda("COMPLETADA")
    rechazos = publicado(negocio.plataforma.servidores.pulsar_url, ComandoSuscripcionRechazado.topico)
    assert [p.id for p in pedidas if p.id.encode() in rechazos] == []
    intentos = filas(negocio.plataforma.bases["suscripciones"], "SELECT ce_id FROM intentos")
    assert [p.id_comando for p in pedidas if (p.id_comando,) in intentos] == []


def _suscripciones(negocio: Negocio, cliente: str) -> list[str]:
    return [e["id_suscripcion"] for e in negocio.pregunta(f"/suscripciones?cliente={cliente}").cuerpo["elementos"]]


@contextmanager
def _broker_parado(plataforma: Plataforma) -> Iterator[None]:
    """The broker's process stands still in the body; skips where the broker is no process of this machine's."""
    puerto = urlsplit(plataforma.servidores.pulsar_url).port
    escuchan = [
        c.pid
        for c in psutil.net_connections("tcp")
        if c.status == psutil.CONN_LISTEN and c.laddr and c.laddr.port == puerto and c.pid
    ]
    if not escuchan or psutil.Process(escuchan[0]).name() != "java":
        pytest.skip("the broker is no process that can be stopped from here")
    broker = psutil.Process(escuchan[0])
    broker.suspend()
    try:
        yield
    finally:
        broker.resume()
