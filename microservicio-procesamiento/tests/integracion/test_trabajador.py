"""Workers as processes of their own, on a real broker."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from pulsar import MessageId

from contratos.ejemplos import ANONIMIZAR_IMAGEN
from contratos.procesamiento import AnonimizacionRechazada, ImagenAnonimizada
from plataforma.puertos import libres
from procesamiento.infraestructura import tablas
from seedwork.infraestructura import bd
from seedwork.infraestructura.publicador import Publicador, crear_cliente
from seedwork.pruebas.bases import de_dueno
from seedwork.pruebas.sobres import sobre_nuevo
from seedwork.pruebas.taller import publicar

from .conftest import CLAVE_BASE64

pytestmark = pytest.mark.integracion

PACIENTE, TEXTO = "CC-79123456", "Asmático, lo cuida Rosalba"
PREFIJO = f"i-{time.time_ns()}"
"""The broker is shared: its topic may still hold other tests' images."""

Arrancar = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def entorno(servidores, nueva_base) -> dict[str, str]:
    url = nueva_base("procesamiento")
    return os.environ | {
        "DATABASE_URL": url,
        "DATABASE_URL_MIGRACION": de_dueno(url),
        "PULSAR_URL": servidores.pulsar_url,
        "PULSAR_ADMIN_URL": servidores.admin_url,
        "SEUDONIMO_CLAVE": CLAVE_BASE64,
        "LOG_NIVEL": "DEBUG",
    }


@pytest.fixture
def arrancar(entorno, tmp_path: Path) -> Iterator[Arrancar]:
    """Starts a worker; whatever is left of them at the end is killed."""
    subprocess.run([sys.executable, "-m", "procesamiento", "preparar"], env=entorno, check=True)
    hechos: list[subprocess.Popen[bytes]] = []

    def hacer() -> subprocess.Popen[bytes]:
        propio = entorno | {"SALUD_PUERTO": str(libres(1)[0])}
        with (tmp_path / "registro").open("ab") as salida:
            orden = [sys.executable, "-m", "procesamiento", "trabajador"]
            hechos.append(subprocess.Popen(orden, env=propio, stdout=salida, stderr=salida))
        return hechos[-1]

    yield hacer
    for proceso in hechos:
        proceso.kill()
        proceso.wait()


def mandar(url: str, desde: int, hasta: int) -> None:
    """Every fifth has no valid date, and is refused."""
    publicador = Publicador(url)
    for i in range(desde, hasta):
        fecha = ANONIMIZAR_IMAGEN.fecha_ingesta if i % 5 else TEXTO
        imagen = replace(
            ANONIMIZAR_IMAGEN, id_imagen=f"{PREFIJO}-{i}", id_paciente=PACIENTE, antecedentes=TEXTO, fecha_ingesta=fecha
        )
        publicar(publicador, sobre_nuevo(imagen, fuente="/saludtech/bff", sujeto=imagen.id_imagen), imagen)
    publicador.cerrar()


def esperar(condicion: Callable[[], bool], segundos: float = 60) -> None:
    limite = time.monotonic() + segundos
    while not condicion():
        assert time.monotonic() < limite, "no llegó a tiempo"
        time.sleep(0.05)


@pytest.mark.largo  # processes that are killed
def test_dos_trabajadores_uno_muere_y_nada_se_pierde_ni_se_cuenta(entorno, arrancar, tmp_path):
    motor = bd.crear_motor(entorno["DATABASE_URL"])

    def imagenes() -> int:
        with motor.connect() as conexion:
            propias = tablas.imagenes.c.id.startswith(PREFIJO)
            return conexion.scalar(sa.select(sa.func.count()).select_from(tablas.imagenes).where(propias))

    def por_enviar() -> int:
        with motor.connect() as conexion:
            return conexion.scalar(sa.text("SELECT count(*) FROM outbox WHERE enviado IS NULL"))

    cliente = crear_cliente(entorno["PULSAR_URL"])
    lectores = [
        cliente.create_reader(t.topico, start_message_id=MessageId.latest)
        for t in (ImagenAnonimizada, AnonimizacionRechazada)
    ]
    primero, _ = arrancar(), arrancar()
    mandar(entorno["PULSAR_URL"], 0, 100)
    esperar(lambda: imagenes() >= 10)
    primero.kill()
    mandar(entorno["PULSAR_URL"], 100, 200)
    esperar(lambda: imagenes() == 200 and por_enviar() == 0)

    sujetos: list[set[str]] = []
    for lector in lectores:
        vistos = set()
        while lector.has_message_available():
            mensaje = lector.read_next(5000)
            for rastro in (mensaje.data().decode("utf-8", "replace"), str(mensaje.properties())):
                assert PACIENTE not in rastro
                assert "Rosalba" not in rastro
            vistos.add(mensaje.properties()["ce_subject"])
        sujetos.append(vistos)
    hechos, rechazos = ({s for s in vistos if s.startswith(PREFIJO)} for vistos in sujetos)
    assert hechos == {f"{PREFIJO}-{i}" for i in range(200) if i % 5}
    assert rechazos == {f"{PREFIJO}-{i}" for i in range(0, 200, 5)}
    cliente.close()

    registro = (tmp_path / "registro").read_text()
    assert "en marcha" in registro
    assert PACIENTE not in registro
    assert "Rosalba" not in registro
