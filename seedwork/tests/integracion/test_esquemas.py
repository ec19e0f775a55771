"""The schema registry of a real broker: newer writers, refused writers, writers without a schema."""

import io
import json

import fastavro
import pulsar
import pytest

from seedwork.infraestructura.aprovisionamiento import Aprovisionador, ErrorDeAprovisionamiento
from seedwork.infraestructura.cloudevents import MensajeIlegible, a_propiedades
from seedwork.infraestructura.decodificador import Decodificador
from seedwork.infraestructura.subscription import EsquemasPulsar, MensajePulsar

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


def registrar(taller, definicion):
    Aprovisionador(taller.servidores.admin_url).registrar(taller.apuntar.topico, json.dumps(definicion))


def test_un_lector_lee_a_quien_escribe_un_campo_de_mas_y_a_quien_uno_de_menos(taller):
    """The first writer is a version ahead of this reader, the second one behind it."""
    siguiente = esquema(taller, {"name": "color", "type": "string", "default": "negro"})
    anterior = esquema(taller)
    anterior["fields"] = [c for c in anterior["fields"] if c["name"] != "secreto"]
    datos = {"hoja": "h", "modo": "", "secreto": "", "color": "rojo"}
    for linea, definicion in ((7, siguiente), (8, anterior)):
        registrar(taller, definicion)
        orden, destino = taller.orden("h", linea), io.BytesIO()
        fastavro.schemaless_writer(destino, fastavro.parse_schema(definicion), {**datos, "linea": linea})
        propiedades = a_propiedades(orden.sobre, orden.mensaje.topico)
        productor(taller, definicion).send(destino.getvalue(), properties=propiedades, partition_key="h")
    taller.enviar(taller.orden("h", 9))

    llegadas = []
    with taller.consumiendo(taller.bus(lambda orden, _: llegadas.append(orden))):
        taller.esperar(lambda: taller.atraso() == 0)

    assert llegadas == [taller.apuntar(hoja="h", linea=n) for n in (7, 8, 9)]
    assert taller.cartas() == []


@pytest.mark.parametrize(
    "campo", [{"name": "linea", "type": "string", "default": ""}, {"name": "sin_defecto", "type": "string"}]
)
def test_un_esquema_incompatible_no_se_registra_ni_se_escribe_con_el(taller, campo):
    ajeno = esquema(taller, linea=campo) if campo["name"] == "linea" else esquema(taller, campo)
    with pytest.raises(ErrorDeAprovisionamiento, match="409"):
        registrar(taller, ajeno)
    with pytest.raises(pulsar.IncompatibleSchema):
        productor(taller, ajeno)


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
    decodificador = Decodificador(EsquemasPulsar(taller.cliente), [taller.apuntar])
    assert decodificador.decodificar(MensajePulsar(mensaje)).mensaje.linea == 1

    with pytest.raises(MensajeIlegible, match="esquema"):
        decodificador._escritor(taller.apuntar, taller.apuntar.topico, version)
