"""The schema registry of a real broker: newer writers, refused writers, writers without a schema."""

import io
import json

import fastavro
import pulsar
import pytest

from seedwork.infraestructura.cloudevents import MensajeIlegible, a_propiedades
from seedwork.infraestructura.decodificador import Decodificador

pytestmark = pytest.mark.integracion


def esquema(taller, *campos, **cambios):
    propio = json.loads(json.dumps(taller.apuntar.esquema))
    propio["fields"] = [{**c, **cambios.get(c["name"], {})} for c in propio["fields"]] + list(campos)
    return propio


class Codificado(pulsar.schema.AvroSchema):
    def encode(self, obj):
        return obj


def productor(taller, definicion):
    return taller.cliente.create_producer(taller.apuntar.topico, schema=Codificado(None, schema_definition=definicion))


def test_un_lector_v1_lee_a_un_escritor_v2(taller):
    v2 = esquema(taller, {"name": "color", "type": "string", "default": "negro"})
    destino = io.BytesIO()
    datos = {"hoja": "h", "linea": 7, "modo": "", "secreto": "", "color": "rojo"}
    fastavro.schemaless_writer(destino, fastavro.parse_schema(v2), datos)
    orden = taller.orden("h", 7)
    escritor = productor(taller, v2)
    escritor.send(destino.getvalue(), properties=a_propiedades(orden.sobre, orden.mensaje.topico), partition_key="h")

    taller.enviar(taller.orden("h", 8))
    with taller.consumiendo():
        taller.esperar(lambda: len(taller.apuntes()) == 2)

    assert taller.apuntes() == [("h", 7), ("h", 8)]
    assert taller.cartas() == []


def test_el_broker_rechaza_a_un_escritor_incompatible(taller):
    with pytest.raises(pulsar.IncompatibleSchema):
        productor(taller, esquema(taller, linea={"type": "string", "default": ""}))
    with pytest.raises(pulsar.IncompatibleSchema):
        productor(taller, esquema(taller, {"name": "sin_defecto", "type": "string"}))


def test_el_broker_rechaza_a_quien_no_dice_su_esquema(taller):
    with pytest.raises(pulsar.PulsarException):
        taller.cliente.create_producer(taller.apuntar.topico)


def test_lo_registrado_es_lo_que_viaja(taller):
    taller.enviar(taller.orden("h", 1))
    (mensaje,) = taller.leer(taller.apuntar.topico)
    registrado = taller.cliente._client.get_schema_info(
        taller.apuntar.topico, mensaje._message.int_schema_version()
    ).schema()

    assert json.loads(registrado) == taller.apuntar.esquema
    leido = fastavro.schemaless_reader(io.BytesIO(mensaje.data()), fastavro.parse_schema(json.loads(registrado)))
    assert leido == {"hoja": "h", "linea": 1, "modo": "", "secreto": ""}


@pytest.mark.parametrize("version", [-1, 99])
def test_sin_el_esquema_de_quien_lo_escribio_es_ilegible(taller, version):
    taller.enviar(taller.orden("h", 1))
    (mensaje,) = taller.leer(taller.apuntar.topico)
    decodificador = Decodificador(taller.cliente, [taller.apuntar])
    assert decodificador.decodificar(mensaje).mensaje.linea == 1

    with pytest.raises(MensajeIlegible, match="esquema"):
        decodificador._escritor(taller.apuntar, taller.apuntar.topico, version)
