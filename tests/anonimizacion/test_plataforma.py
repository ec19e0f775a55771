"""Canaries through the running platform, and that what is put where it may not be is found there.

In the long tier: some seventy uploads on servers of their own, which take two minutes.
"""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rich.console import Console
from tests.anonimizacion import plataforma
from tests.anonimizacion.plataforma import Siembra
from tests.saga.bases import ejecutar

from contratos.procesamiento import ImagenApartada
from seedwork.aplicacion.entorno import EntornoReal
from seedwork.aplicacion.sobre import Sobre
from seedwork.infraestructura.cloudevents import a_propiedades
from seedwork.infraestructura.publicador import EsquemaCodificado, crear_cliente

pytestmark = [pytest.mark.integracion, pytest.mark.largo, pytest.mark.timeout(900)]

Escena = tuple[Siembra, list[Path]]


@pytest.fixture(scope="module")
def escena() -> Iterator[Escena]:
    with plataforma.escenario(Console(stderr=True)) as hecha:
        yield hecha


def test_nada_queda_en_la_plataforma_donde_no_debe(escena: Escena) -> None:
    acta = plataforma.revisar(*escena)
    assert acta.hallazgos == []
    assert acta.limpios > 40
    assert acta.apartados["CUARENTENA"] >= 3
    assert acta.apartados["FALLIDA"] == 3
    assert acta.buscados["archivo"] > 2000
    assert set(acta.lugares) == {"column", "statistics", "sessions", "topic", "file", "answer", "metrics", "letters"}


def _en_un_registro(siembra: Siembra, dicho: str) -> None:
    with (siembra.plataforma.logs / "procesamiento-1.log").open("a") as registro:
        registro.write(f"se lee a {dicho.lower()}\n")


def _en_el_informe(siembra: Siembra, dicho: str) -> None:
    nota = f'{{"nota": "{base64.b64encode(dicho.encode()).decode()}"}}'
    ejecutar(
        siembra.plataforma.bases["procesamiento"],
        f"UPDATE archivos SET informe = informe || '{nota}' WHERE id = '{siembra.sembrados[-1].id}'",
    )


def _en_una_columna(siembra: Siembra, dicho: str) -> None:
    ejecutar(
        siembra.plataforma.bases["procesamiento"],
        f"UPDATE imagenes SET huella = '{dicho[::-1]}' WHERE id = '{siembra.sembrados[-1].id}'",
    )


def _en_un_mensaje(siembra: Siembra, dicho: str) -> None:
    cliente = crear_cliente(siembra.plataforma.servidores.pulsar_url)
    sobre = Sobre.nuevo(ImagenApartada, fuente="/prueba", sujeto="x", entorno=EntornoReal())
    try:
        cliente.create_producer(
            ImagenApartada.topico, schema=EsquemaCodificado(None, schema_definition=ImagenApartada.esquema)
        ).send(dicho.encode("utf-16"), properties=a_propiedades(sobre, ImagenApartada.topico))
    finally:
        cliente.close()


def _en_un_resultado(siembra: Siembra, dicho: str) -> None:
    (siembra.plataforma.almacen / "resultados" / (siembra.sembrados[-1].huella or "")).open("ab").write(dicho.encode())


def _en_el_nombre_de_un_archivo(siembra: Siembra, dicho: str) -> None:
    (siembra.plataforma.almacen / "resultados" / dicho).touch()


@pytest.mark.parametrize(
    ("poner", "donde"),
    [
        (_en_un_registro, "file logs/procesamiento-1.log"),
        (_en_el_informe, "column procesamiento.archivos.informe"),
        (_en_una_columna, "column procesamiento.imagenes.huella"),
        (_en_un_mensaje, "topic procesamiento/evento-imagen-apartada.v1"),
        (_en_un_resultado, "file almacen/resultados/"),
        (_en_el_nombre_de_un_archivo, "file almacen/resultados/"),
    ],
)
def test_lo_que_se_pone_donde_no_debe_se_halla(
    escena: Escena, poner: Callable[[Siembra, str], None], donde: str
) -> None:
    siembra, carpetas = escena
    nombre = f"planted by {poner.__name__}"
    poner(siembra, siembra.puestas["persona"].persona(nombre).split("^")[0])
    sitios = [s for s in plataforma.lugares(siembra, carpetas) if s[0].startswith(donde)]
    hallazgos, _ = plataforma.buscar(siembra, sitios)
    assert f"persona: {nombre}" in {h.detalle for h in hallazgos}
