"""Personal fields: what travels tells nothing, and is read again by who has the key, in its own message alone."""

import dataclasses
import io
import secrets
from datetime import UTC, datetime, timedelta

import fastavro
import pytest

from contratos import Mensaje, a_dict, mensaje
from contratos.base import campo
from seedwork.infraestructura import avro, campos
from seedwork.infraestructura.campos import Llavero, SinLlavero
from seedwork.infraestructura.cloudevents import MensajeIlegible
from seedwork.pruebas.sobres import sobre_nuevo

MARCA = "Ñusta Marcada"
VIEJA, NUEVA = secrets.token_bytes(32), secrets.token_bytes(32)
AHORA = datetime(2026, 12, 1, tzinfo=UTC)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Sitio:
    codigo: str = ""
    nombre: str = campo(propio=True)


@mensaje("pruebas-campos", "comando", sujeto="id_cosa")
class Contar(Mensaje):
    id_cosa: str = ""
    nombre: str = campo(propio=True)
    alias: str = campo(propio=True)
    sitio: Sitio = Sitio()


@mensaje("pruebas-campos", "comando", sujeto="id_cosa")
class Callar(Mensaje):
    """The same fields."""

    id_cosa: str = ""
    nombre: str = campo(propio=True)
    alias: str = campo(propio=True)
    sitio: Sitio = Sitio()


LLENO = Contar(id_cosa="c", nombre=MARCA, alias="x" * 5000, sitio=Sitio(codigo="s", nombre="🦤"))
SOBRE = sobre_nuevo(LLENO, fuente="/pruebas", sujeto="c")


def datos(carga: bytes) -> dict:
    """What a reader without keys sees."""
    return fastavro.schemaless_reader(io.BytesIO(carga), fastavro.parse_schema(Contar.esquema))


def escrito(registro: dict, tipo: type[Mensaje] = Contar) -> bytes:
    destino = io.BytesIO()
    fastavro.schemaless_writer(destino, fastavro.parse_schema(tipo.esquema), registro)
    return destino.getvalue()


def test_va_cifrado_y_vuelve_como_era():
    carga = avro.codificar(LLENO, SOBRE)
    visto = datos(carga)
    assert MARCA.encode() not in carga
    assert (visto["id_cosa"], visto["sitio"]["codigo"]) == ("c", "s"), (
        "ids and codes are what consumers look things up by"
    )
    for valor in (visto["nombre"], visto["alias"], visto["sitio"]["nombre"]):
        assert valor.startswith(f"v1.{campos.id_de_clave(b'campos: la clave de las pruebas.')}.")
    assert avro.decodificar(Contar, carga, sobre=SOBRE) == LLENO
    assert datos(avro.codificar(LLENO, SOBRE))["nombre"] != visto["nombre"], "twice the same is not the same"


def test_lo_vacio_sigue_vacio_y_no_pide_clave():
    vacio = Contar(id_cosa="c")
    assert datos(avro.codificar(vacio)) == a_dict(vacio)
    assert avro.decodificar(Contar, avro.codificar(vacio)) == vacio


def test_sin_llavero_o_sin_sobre_nada_va_en_claro(monkeypatch):
    with pytest.raises(SinLlavero):
        avro.codificar(LLENO)
    carga = avro.codificar(LLENO, SOBRE)
    with pytest.raises(SinLlavero):
        avro.decodificar(Contar, carga)
    monkeypatch.setattr(campos, "_LLAVERO", [])
    with pytest.raises(SinLlavero):
        avro.codificar(LLENO, SOBRE)


def test_las_claves_rotan_y_lo_de_antes_se_sigue_leyendo():
    with campos.con(Llavero([VIEJA])):
        de_antes = avro.codificar(LLENO, SOBRE)
    with campos.con(Llavero([VIEJA, NUEVA])):
        de_otro_que_aun_no_la_usa = avro.codificar(LLENO, SOBRE)
    with campos.con(Llavero([NUEVA, VIEJA])):
        de_ahora = avro.codificar(LLENO, SOBRE)
        for carga in (de_antes, de_otro_que_aun_no_la_usa, de_ahora):
            assert avro.decodificar(Contar, carga, sobre=SOBRE) == LLENO
    assert datos(de_ahora)["nombre"].startswith(f"v1.{campos.id_de_clave(NUEVA)}.")
    with campos.con(Llavero([NUEVA])), pytest.raises(MensajeIlegible) as error:
        avro.decodificar(Contar, de_antes, sobre=SOBRE)
    assert str(error.value) == "nombre se cifró con una clave que no está en CAMPOS_CLAVES"


def otro_sobre(**cambios):
    return dataclasses.replace(SOBRE, **cambios)


@pytest.mark.parametrize("sobre", [otro_sobre(id="otro"), otro_sobre(sujeto="otra")], ids=["ce_id", "ce_subject"])
def test_lo_cifrado_no_vale_en_otro_mensaje(sobre):
    with pytest.raises(MensajeIlegible, match="nombre no se cifró para este mensaje"):
        avro.decodificar(Contar, avro.codificar(LLENO, SOBRE), sobre=sobre)


def test_lo_cifrado_no_vale_en_otro_campo_ni_en_otro_tipo():
    carga = avro.codificar(LLENO, SOBRE)
    cambiado = datos(carga)
    cambiado["nombre"], cambiado["alias"] = cambiado["alias"], cambiado["nombre"]
    with pytest.raises(MensajeIlegible, match="nombre no se cifró"):
        avro.decodificar(Contar, escrito(cambiado), sobre=SOBRE)
    with pytest.raises(MensajeIlegible, match="nombre no se cifró"):
        avro.decodificar(Callar, carga, sobre=SOBRE)


def _sin(n: int):
    return lambda valor: valor[:-n]


@pytest.mark.parametrize(
    "cambiar",
    [
        *(_sin(4), _sin(60), lambda v: v[:12], lambda v: v + "AAAA", lambda v: v.replace(".", ".ñ")),
        *(lambda v: v[:-8] + ("A" if v[-8] != "A" else "B") + v[-7:], lambda v: v[:12] + " " + v[12:]),
        *(lambda _: MARCA, lambda _: "v1", lambda _: f"v1.{MARCA}", lambda v: "v2" + v[2:]),
    ],
)
def test_lo_que_no_es_lo_que_se_cifro_es_ilegible_y_no_se_cita(cambiar):
    visto = datos(avro.codificar(LLENO, SOBRE))
    with pytest.raises(MensajeIlegible, match=r"^nombre ") as error:
        avro.decodificar(Contar, escrito(visto | {"nombre": cambiar(visto["nombre"])}), sobre=SOBRE)
    assert error.value.__cause__ is None
    assert not [valor for valor in (MARCA, visto["nombre"][12:]) if valor in str(error.value)]


def test_en_claro_se_lee_hasta_un_instante_y_solo_si_se_dijo():
    reloj = [AHORA]
    llavero = Llavero([NUEVA], AHORA + timedelta(days=1), lambda: reloj[0])
    de_antes = escrito(a_dict(LLENO))
    with campos.con(llavero):
        assert avro.decodificar(Contar, de_antes, sobre=SOBRE) == LLENO
        assert avro.decodificar(Contar, avro.codificar(LLENO, SOBRE), sobre=SOBRE) == LLENO
        reloj[0] += timedelta(days=1)
        with pytest.raises(MensajeIlegible, match="nombre no está cifrado"):
            avro.decodificar(Contar, de_antes, sobre=SOBRE)


@pytest.mark.parametrize("claves", [[], [b"corta"], [NUEVA, NUEVA]])
def test_un_llavero_que_no_sirve_no_lo_hay(claves):
    with pytest.raises(ValueError, match="clave"):
        Llavero(claves)


def test_lo_que_se_busca_no_puede_ir_cifrado():
    with pytest.raises(TypeError, match="no pueden viajar cifrados"):

        @mensaje("pruebas-campos", "comando", sujeto="id_cosa")
        class ConElSujeto(Mensaje):
            id_cosa: str = campo(propio=True)

    with pytest.raises(TypeError, match="no viaja en una lista"):

        @mensaje("pruebas-campos", "comando", sujeto="")
        class ConLista(Mensaje):
            sitios: tuple[Sitio, ...] = ()
