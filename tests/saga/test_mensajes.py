"""A reader that knows the messages' document alone, as the door serves it, reads what the platform says."""

import io
from typing import Any

import fastavro
import jsonschema_rs
import pulsar
import pytest
from tests.saga.negocio import Negocio
from tests.saga.plataforma_viva import Plataforma
from tests.saga.topicos import leer

pytestmark = pytest.mark.integracion


def test_quien_solo_tiene_el_documento_lee_los_topicos(negocio: Negocio, plataforma: Plataforma) -> None:
    suscripcion = negocio.pide_suscripcion("pro")
    suscripcion.su_saga_queda("COMPLETADA")
    documento = negocio.pregunta("/asyncapi.json").cuerpo
    cliente = pulsar.Client(plataforma.servidores.pulsar_url)
    try:
        leidos = {
            mensaje["title"]: suyos
            for canal, mensaje in _de_una_suscripcion(documento)
            if (suyos := _leer(cliente, canal["address"], mensaje, suscripcion.id))
        }
    finally:
        cliente.close()

    assert {"CrearSuscripcion", "SuscripcionCreada", "SuscripcionActivada", "TransicionSaga"} <= leidos.keys()
    assert [paso["paso"] for paso in leidos["TransicionSaga"]][-2:] == ["ACTIVAR", "INICIAR"]
    (activada,) = leidos["SuscripcionActivada"]
    assert (activada["id_suscripcion"], activada["plan_codigo"]) == (suscripcion.id, "pro")
    # What the document says to travel encrypted does.
    cifrados = documento["components"]["messages"]["suscripciones.SuscripcionActivada.v1"]["x-cifrados"]
    assert "cliente_email" in cifrados
    assert not any(suscripcion.direccion in activada[campo] for campo in cifrados)


def _de_una_suscripcion(documento: Any) -> list[tuple[Any, Any]]:
    mensajes = documento["components"]["messages"]
    pares = [(canal, mensajes[nombre]) for nombre, canal in documento["channels"].items()]
    return [(canal, mensaje) for canal, mensaje in pares if mensaje["x-sujeto"] == "id_suscripcion"]


def _leer(cliente: pulsar.Client, topico: str, dicho: Any, sujeto: str) -> list[Any]:
    """What a topic says of a subject: the payloads, of which each is all that its schema reads, in a true envelope."""
    esquema = fastavro.parse_schema(dicho["payload"]["schema"])
    cabeceras = jsonschema_rs.Draft7Validator(dicho["headers"])
    leidos = []
    for mensaje in leer(cliente, topico):
        if mensaje.partition_key() != sujeto:
            continue
        cabeceras.validate(mensaje.properties())
        carga = io.BytesIO(mensaje.data())
        leidos.append(fastavro.schemaless_reader(carga, esquema))  # type: ignore[call-arg]
        assert carga.read() == b""
    return leidos
