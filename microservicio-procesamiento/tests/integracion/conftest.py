"""The service on a real PostgreSQL, with an empty database for each test."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from anonimizacion.seudonimos import Seudonimizador
from contratos.ejemplos import ANONIMIZAR_IMAGEN
from plataforma.proveedores import Fabrica
from procesamiento.aplicacion.manejadores import MANEJADORES
from procesamiento.aplicacion.rechazo import rechazar_comando
from procesamiento.dominio.anonimizacion import Anonimizador
from procesamiento.entrada.http import registrar_rutas
from procesamiento.infraestructura import tablas
from procesamiento.infraestructura.catalogo import leer_condiciones
from procesamiento.infraestructura.consultas import LecturaProcesamiento
from procesamiento.infraestructura.repositorio import UnidadProcesamiento
from procesamiento.pruebas.reconocedor import reconocedor
from seedwork.aplicacion.bus import Bus
from seedwork.aplicacion.entorno import EntornoReal
from seedwork.aplicacion.recibido import Recibido
from seedwork.aplicacion.unidad import abridor
from seedwork.entrada.servicio import crear_app_sobre
from seedwork.infraestructura import bd
from seedwork.infraestructura.transaccion_sql import transacciones
from seedwork.pruebas import sobres
from seedwork.pruebas.bases import migrada, vaciar
from seedwork.pruebas.paciencia import PacienciaFija
from seedwork.pruebas.respuestas import cliente_fiel

CLAVE = bytes(range(32))
CLAVE_BASE64 = base64.b64encode(CLAVE).decode()
MIGRACIONES = Path(__file__).parents[2] / "migraciones"
ENTORNO = EntornoReal()


def recibido(id_comando: str, **campos: str) -> Recibido:
    """A command as it arrives: today's body, but for these fields."""
    comando = replace(ANONIMIZAR_IMAGEN, **campos)
    sobre = sobres.sobre_nuevo(comando, fuente="/saludtech/bff", sujeto=comando.id_imagen or "vacio", id=id_comando)
    return sobres.recibido(sobre, comando)


@pytest.fixture(scope="module")
def url_base(nueva_base_de_modulo: Fabrica) -> str:
    return migrada(nueva_base_de_modulo("procesamiento"), MIGRACIONES)


@pytest.fixture
def motor(url_base: str) -> Iterator[sa.Engine]:
    """An engine of the test's own on the module's database, emptied."""
    motor = bd.crear_motor(url_base, conexiones=16)
    vaciar(motor, [*bd.METADATOS.tables, *tablas.METADATOS.tables])
    yield motor
    motor.dispose()


@pytest.fixture
def bus(motor: sa.Engine) -> Bus:
    anonimizador = Anonimizador({2: Seudonimizador(CLAVE, 2)}, reconocedor())
    fabrica = partial(UnidadProcesamiento, anonimizador=anonimizador, admite=lambda _uri, _referida: True)
    abrir = abridor(transacciones(motor, tablas.METADATOS, ENTORNO), fabrica)
    return Bus("procesamiento", abrir, MANEJADORES, rechazar_comando, PacienciaFija())


@pytest.fixture
def api(motor: sa.Engine) -> FlaskClient:
    app = crear_app_sobre(motor)
    registrar_rutas(app, LecturaProcesamiento(motor, leer_condiciones()))
    return cliente_fiel(app)
