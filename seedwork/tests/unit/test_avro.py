"""Avro: what was written is what is read, and what is no such record is said to be unreadable."""

import dataclasses
import io
import json

import fastavro
import pytest

from contratos import REGISTRO, Mensaje, mensaje
from seedwork.infraestructura import avro
from seedwork.infraestructura.cloudevents import MensajeIlegible


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Lugar:
    ciudad: str = ""
    piso: int = 0


@mensaje("pruebas-avro", "evento", sujeto="texto")
class Completo(Mensaje):
    texto: str = ""
    numero: int = 0
    cierto: bool = False
    lugar: Lugar = Lugar()
    lista: tuple[str, ...] = ()
    quiza: str | None = None


LLENO = Completo(texto="ñandú 🦤", numero=-(2**63), cierto=True, lugar=Lugar(ciudad="Bogotá", piso=3), lista=("a", ""))


@pytest.mark.parametrize("lleno", [Completo(), LLENO, dataclasses.replace(LLENO, quiza="sí")])
def test_ida_y_vuelta(lleno):
    assert avro.decodificar(Completo, avro.codificar(lleno)) == lleno


@pytest.mark.parametrize("tipo", list(REGISTRO.values()), ids=lambda t: t.__name__)
def test_todo_mensaje_publicado_va_y_vuelve(tipo):
    assert avro.decodificar(tipo, avro.codificar(tipo())) == tipo()


def test_ningun_comienzo_de_la_carga_se_toma_por_ella():
    carga = avro.codificar(LLENO)

    for hasta in range(len(carga)):
        with pytest.raises(MensajeIlegible):
            avro.decodificar(Completo, carga[:hasta])
    with pytest.raises(MensajeIlegible, match="sobran"):
        avro.decodificar(Completo, carga + b"\x00")


@pytest.mark.parametrize("carga", [b"", b"\xff" * 20, b"\x80" * 12, b"\x03Ana", b'{"texto": "Ana"}'])
def test_los_bytes_sin_sentido_son_ilegibles_y_no_se_citan(carga):
    with pytest.raises(MensajeIlegible) as error:
        avro.decodificar(Completo, carga)

    assert "Ana" not in str(error.value)
    assert error.value.__cause__ is None


def esquema(*campos: dict[str, object], sin: tuple[str, ...] = ()) -> str:
    propio = json.loads(avro.texto_esquema(Completo))
    propio["fields"] = [c for c in propio["fields"] if c["name"] not in sin] + list(campos)
    return json.dumps(propio)


def test_se_lee_lo_que_escribio_una_version_con_otros_campos():
    v2 = esquema({"name": "nuevo", "type": "string", "default": ""}, sin=("numero",))
    datos = {
        "texto": "t",
        "cierto": True,
        "lugar": {"ciudad": "c", "piso": 1},
        "lista": ["x"],
        "quiza": None,
        "nuevo": "n",
    }
    destino = io.BytesIO()
    fastavro.schemaless_writer(destino, fastavro.parse_schema(json.loads(v2)), datos)

    leido = avro.decodificar(Completo, destino.getvalue(), v2)

    assert leido == Completo(texto="t", numero=0, cierto=True, lugar=Lugar(ciudad="c", piso=1), lista=("x",))
