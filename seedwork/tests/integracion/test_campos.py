"""Personal fields on real servers: no file of the broker or of the database shows one."""

import asyncio
import dataclasses
import secrets
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from contratos import Mensaje, mensaje
from contratos.esquemas import publicados
from contratos.suscripciones import CrearSuscripcion
from seedwork.aplicacion.sobre import Sobre
from seedwork.infraestructura import bd, outbox
from seedwork.infraestructura.aprovisionamiento import Aprovisionador
from seedwork.infraestructura.publicador import Publicador
from seedwork.infraestructura.transaccion_sql import insertar
from seedwork.pruebas.sobres import sobre_nuevo
from seedwork.pruebas.taller import esperar

pytestmark = pytest.mark.integracion


def gemelo(tipo: type[Mensaje], contexto: str) -> type[Mensaje]:
    """The same message in a context of its own: on the platform's topics others may be listening."""
    return mensaje(contexto, tipo.clase, sujeto="")(type(tipo.__name__, (tipo,), {"__doc__": tipo.__doc__}))


def con_marcas(tipo: type[Mensaje], prefijo: str) -> tuple[Mensaje, dict[str, str]]:
    """One with a mark of its own in each personal field, and which is where."""
    marcas = {".".join(ruta): f"zq{secrets.token_hex(6)}{prefijo}" for ruta in tipo.propios}

    def lleno(de: Any, delante: str = "") -> Any:
        cambios = {}
        for campo in dataclasses.fields(de):
            valor, nombre = getattr(de, campo.name), delante + campo.name
            if dataclasses.is_dataclass(valor):
                cambios[campo.name] = lleno(valor, f"{nombre}.")
            elif nombre in marcas:
                cambios[campo.name] = marcas[nombre]
        return dataclasses.replace(de, **cambios)

    return lleno(tipo()), {f"{tipo.__name__}.{campo}": marca for campo, marca in marcas.items()}


def donde(carpeta: Path, marcas: Iterable[str]) -> Mapping[str, set[str]]:
    """Of the marks that are in some file, in whose: the first folders' names tell."""
    hallados: dict[str, set[str]] = {}
    for archivo in (a for a in carpeta.rglob("*") if a.is_file()):
        try:
            octetos = archivo.read_bytes()
        except FileNotFoundError:
            continue
        for marca in marcas:
            if marca.encode() in octetos:
                hallados.setdefault(marca, set()).add(archivo.relative_to(carpeta).parts[0])
    return hallados


@pytest.fixture
def disco(servidores) -> Path:
    if servidores.carpeta is None:
        pytest.skip("where these servers write, nobody here can read")
    return servidores.carpeta


def _decir(taller, dichos: Iterable[tuple[Sobre, Mensaje]]) -> None:
    """As the door does, and as a service does."""

    async def publicar() -> None:
        for sobre, dicho in dichos:
            await publicador.entregar(sobre, dicho, espera=30)

    publicador = Publicador(taller.servidores.pulsar_url)
    try:
        asyncio.run(publicar())
    finally:
        publicador.cerrar()
    with taller.motor.begin() as conexion:
        insertar(conexion, bd.outbox, [outbox.a_fila(sobre, dicho) for sobre, dicho in dichos])


def _sobres(dichos: Iterable[Mensaje]) -> Iterator[tuple[Sobre, Mensaje]]:
    for dicho in dichos:
        yield sobre_nuevo(dicho, fuente="/pruebas", sujeto=f"s-{secrets.token_hex(4)}"), dicho


def test_ningun_archivo_de_los_servidores_muestra_un_campo_de_una_persona(taller, disco):
    """Each field of each message, by the publisher and by the outbox. Without the encryption, all of it is found."""
    tipos = [gemelo(tipo, taller.contexto) for tipo in publicados() if tipo.propios]
    sin_guarda = gemelo(CrearSuscripcion, f"{taller.contexto}-claro")
    Aprovisionador(taller.servidores.admin_url).topicos([*tipos, sin_guarda])
    llenos = [con_marcas(tipo, "c") for tipo in tipos]
    testigo, marcas_del_testigo = con_marcas(sin_guarda, "t")
    sin_guarda.propios = ()

    _decir(taller, list(_sobres(lleno for lleno, _ in llenos)))
    # Whatever was written before this is there when this is.
    _decir(taller, list(_sobres([testigo])))

    with psycopg2.connect(taller.servidores.postgres_url) as conexion:
        conexion.autocommit = True
        conexion.cursor().execute("CHECKPOINT")
    de_todos = {marca: campo for _, marcas in llenos for campo, marca in marcas.items()}
    assert len(de_todos) > 60
    esperar(lambda: len(donde(disco, marcas_del_testigo.values())) == len(marcas_del_testigo))
    hallados = donde(disco, [*de_todos, *marcas_del_testigo.values()])
    assert {marca: lugares for marca, lugares in hallados.items() if marca in de_todos} == {}
    assert all(len(hallados[marca]) == 2 for marca in marcas_del_testigo.values()), hallados
