"""The service on a real PostgreSQL, with an empty database for each test."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from plataforma.proveedores import Fabrica
from procesamiento.aplicacion.comandos.anonimizar_imagen import rechazar_comando
from procesamiento.aplicacion.manejadores import MANEJADORES
from procesamiento.dominio.anonimizacion import Anonimizador
from procesamiento.dominio.condiciones import Reconocedor
from procesamiento.dominio.seudonimos import Seudonimizador
from procesamiento.entrada.http import registrar_rutas
from procesamiento.infraestructura import tablas
from procesamiento.infraestructura.catalogo import leer_condiciones
from procesamiento.infraestructura.consultas import Consultas
from procesamiento.infraestructura.repositorio import UnidadProcesamiento
from seedwork.aplicacion.bus import Bus, Recibido
from seedwork.aplicacion.sobre import Sobre
from seedwork.entrada.servicio import crear_app_sobre
from seedwork.infraestructura import bd
from seedwork.infraestructura.migraciones import migrar
from seedwork.infraestructura.unidad_sql import abridor
from seedwork.pruebas.cuerpos import ANONIMIZAR_IMAGEN

CLAVE = bytes(range(32))
CLAVE_BASE64 = base64.b64encode(CLAVE).decode()
MIGRACIONES = Path(__file__).parents[2] / "migraciones"


def recibido(id_comando: str, **campos: str) -> Recibido:
    """A command as it arrives: today's body, but for these fields."""
    comando = replace(ANONIMIZAR_IMAGEN, **campos)
    sobre = Sobre.nuevo(comando, fuente="/saludtech/bff", sujeto=comando.id_imagen or "vacio", id=id_comando)
    return Recibido(sobre, comando)


@pytest.fixture(scope="module")
def url_base(nueva_base: Fabrica) -> str:
    url = nueva_base("procesamiento")
    migrar(bd.crear_motor(url), MIGRACIONES)
    return url


@pytest.fixture
def motor(url_base: str) -> Iterator[sa.Engine]:
    """An engine of the test's own on the module's database, emptied."""
    motor = bd.crear_motor(url_base, pool_size=16)
    with motor.begin() as conexion:
        todas = [*bd.METADATOS.tables, *tablas.METADATOS.tables]
        conexion.execute(sa.text(f"TRUNCATE {', '.join(todas)} RESTART IDENTITY"))
    yield motor
    motor.dispose()


@pytest.fixture
def bus(motor: sa.Engine) -> Bus:
    anonimizador = Anonimizador({1: Seudonimizador(CLAVE, 1)}, Reconocedor(leer_condiciones().values()))
    fabrica = partial(UnidadProcesamiento, anonimizador=anonimizador)
    return Bus("procesamiento", abridor(motor, fabrica), MANEJADORES, rechazar_comando)


@pytest.fixture
def api(motor: sa.Engine) -> FlaskClient:
    app = crear_app_sobre(motor)
    registrar_rutas(app, Consultas(motor, leer_condiciones()))
    return app.test_client()
