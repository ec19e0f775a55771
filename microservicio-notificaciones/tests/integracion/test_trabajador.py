"""The worker as a process of its own, on a real broker."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uuid_utils

from contratos.suscripciones import SuscripcionAprovisionada
from plataforma.puertos import libres
from seedwork.infraestructura import bd
from seedwork.infraestructura.publicador import Publicador
from seedwork.pruebas.bases import de_dueno
from seedwork.pruebas.sobres import sobre_nuevo
from seedwork.pruebas.taller import publicar

pytestmark = pytest.mark.integracion

Arrancar = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def entorno(servidores, nueva_base, buzon) -> dict[str, str]:
    url = nueva_base("notificaciones")
    return os.environ | {
        "DATABASE_URL": url,
        "DATABASE_URL_MIGRACION": de_dueno(url),
        "PULSAR_URL": servidores.pulsar_url,
        "PULSAR_ADMIN_URL": servidores.admin_url,
        "SALUD_PUERTO": str(libres(1)[0]),
        "SMTP_PUERTO": str(buzon.puerto),
    }


@pytest.fixture
def arrancar(entorno, tmp_path: Path) -> Iterator[Arrancar]:
    """Starts a worker; whatever is left of them at the end is killed."""
    subprocess.run([sys.executable, "-m", "notificaciones", "preparar"], env=entorno, check=True)
    hechos: list[subprocess.Popen[bytes]] = []

    def hacer() -> subprocess.Popen[bytes]:
        with (tmp_path / "registro").open("ab") as salida:
            orden = [sys.executable, "-m", "notificaciones", "trabajador"]
            hechos.append(subprocess.Popen(orden, env=entorno, stdout=salida, stderr=salida))
        return hechos[-1]

    yield hacer
    for proceso in hechos:
        proceso.kill()
        proceso.wait()


def decir(url: str, hechos: list[SuscripcionAprovisionada]) -> None:
    publicador = Publicador(url)
    for hecho in hechos:
        sobre = sobre_nuevo(hecho, fuente="/saludtech/suscripciones", sujeto=hecho.id_suscripcion)
        publicar(publicador, sobre, hecho)
    publicador.cerrar()


@pytest.mark.largo  # processes that are killed
def test_matado_en_plena_faena_no_pierde_ni_duplica(servidores, entorno, arrancar, hecho, buzon, hasta, tmp_path):
    marca = str(uuid_utils.uuid7())
    hechos = [hecho("aprovisionada", n, id_suscripcion=f"{marca}-{n}", id_saga=f"{marca}-{n}") for n in range(40)]
    motor = bd.crear_motor(entorno["DATABASE_URL"])

    def cuenta(consulta: str) -> int:
        with motor.connect() as conexion:
            return int(conexion.exec_driver_sql(consulta).scalar_one())

    proceso = arrancar()
    decir(servidores.pulsar_url, hechos[:20])
    hasta(lambda: len(buzon.mensajes) >= 5, 60)
    proceso.send_signal(signal.SIGKILL)
    proceso.wait()
    with motor.begin() as conexion:
        # Whatever was leased when it died is free at once: the test need not wait for it.
        conexion.exec_driver_sql("UPDATE envios SET tomado_hasta = NULL")

    decir(servidores.pulsar_url, hechos[20:])
    proceso = arrancar()
    confirmadas = f"SELECT count(*) FROM vista_notificaciones WHERE id_saga LIKE '{marca}%%' AND estado = 'CONFIRMADA'"
    hasta(lambda: cuenta(confirmadas) == 40, 60)
    hasta(lambda: cuenta("SELECT count(*) FROM outbox WHERE enviado IS NULL") == 0)
    assert cuenta("SELECT count(*) FROM outbox WHERE topico LIKE '%%saga-suscripciones%%'") == cuenta(
        "SELECT count(*) FROM vista_notificaciones"
    )
    assert len({m["Message-ID"] for m in buzon.mensajes}) >= 40

    proceso.send_signal(signal.SIGTERM)
    assert proceso.wait(60) == 0, "it ends by itself; how soon, the experiments measure"
    motor.dispose()
    assert "izuluaga" not in (tmp_path / "registro").read_text()
