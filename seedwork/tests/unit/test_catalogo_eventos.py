"""Names, schemas and the way up of the events that a store keeps."""

from dataclasses import dataclass

import pytest

from seedwork.dominio.agregado import EventoDominio
from seedwork.infraestructura.almacen_eventos import CatalogoEventos, EventoDesconocido, Forma


@dataclass(frozen=True, kw_only=True, slots=True)
class Pintada(EventoDominio):
    color: str
    capas: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Lijada(EventoDominio):
    pass


SUBIDAS = {1: lambda d: {"color": d["tono"]}, 2: lambda d: {**d, "capas": 1}}


def test_lo_escrito_se_lee_igual():
    catalogo = CatalogoEventos(Forma(nombre="Pintada", clase=Pintada), Forma(nombre="Lijada", clase=Lijada))
    evento = Pintada(color="azul", capas=2)

    assert catalogo.escribir(evento) == ("Pintada", 1, {"color": "azul", "capas": 2})
    assert catalogo.leer(*catalogo.escribir(evento)) == evento


def test_un_esquema_anterior_sube_paso_a_paso():
    catalogo = CatalogoEventos(Forma(nombre="Pintada", clase=Pintada, esquema=3, subidas=SUBIDAS))

    assert catalogo.leer("Pintada", 1, {"tono": "azul"}) == Pintada(color="azul", capas=1)
    assert catalogo.leer("Pintada", 2, {"color": "azul"}) == Pintada(color="azul", capas=1)
    assert catalogo.escribir(Pintada(color="azul", capas=4))[1] == 3


@pytest.mark.parametrize(("nombre", "esquema"), [("Pintada", 4), ("Pintada", 0), ("Borrada", 1)])
def test_lo_que_no_conoce_no_se_lee(nombre, esquema):
    catalogo = CatalogoEventos(Forma(nombre="Pintada", clase=Pintada, esquema=3, subidas=SUBIDAS))

    with pytest.raises(EventoDesconocido):
        catalogo.leer(nombre, esquema, {})


@pytest.mark.parametrize(
    "formas",
    [
        (Forma(nombre="Pintada", clase=Pintada, esquema=3, subidas={1: SUBIDAS[1]}),),
        (Forma(nombre="Pintada", clase=Pintada), Forma(nombre="Pintada", clase=Lijada)),
        (Forma(nombre="Pintada", clase=Pintada), Forma(nombre="Lijada", clase=Pintada)),
    ],
    ids=["falta una subida", "un nombre dos veces", "una clase dos veces"],
)
def test_un_catalogo_contradictorio_no_se_hace(formas):
    with pytest.raises(ValueError):
        CatalogoEventos(*formas)
