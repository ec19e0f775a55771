"""A database that takes nothing more: its disk is full, or it may only be read."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
from tests.fallos.acta import Acta, Omitido
from tests.fallos.escenario import Escenario
from tests.saga.espera import hasta
from tests.saga.plataforma_viva import Proceso

MEGAS = 64


def solo_lectura(
    lugar: Escenario, acta: Acta, *, segundos: float = 5, imagenes: int = 60, suscripciones: int = 20
) -> None:
    """Each service's database in turn may only be read, under load: not ready, and says so; all is done afterwards."""
    for paquete, base in lugar.plataforma.bases.items():
        nombre = urlsplit(base).path[1:]
        with lugar.bajo_carga(acta, imagenes=imagenes, suscripciones=suscripciones, segundos=segundos):
            _ordenar(lugar, f'ALTER DATABASE "{nombre}" SET default_transaction_read_only = on', cortar=nombre)
            try:
                _exigir_no_listo(lugar, acta, paquete)
                time.sleep(segundos)
            finally:
                _ordenar(lugar, f'ALTER DATABASE "{nombre}" RESET default_transaction_read_only', cortar=nombre)
        _trabajador(lugar, paquete).esperar_listo()
        acta.vueltas += 1
        acta.fallos += 1


def disco_lleno(
    lugar: Escenario, acta: Acta, *, segundos: float = 5, imagenes: int = 400, suscripciones: int = 20
) -> None:
    """The disk under procesamiento's tables is full, under load: not ready, and says so; done once there is room."""
    with _tablespace(lugar) as carpeta:
        nombre = urlsplit(lugar.plataforma.bases["procesamiento"]).path[1:]
        _ordenar(lugar, f'ALTER DATABASE "{nombre}" SET TABLESPACE pequeno', cortar=nombre)
        relleno = carpeta / "relleno"
        with lugar.bajo_carga(acta, imagenes=imagenes, suscripciones=suscripciones, segundos=segundos):
            _llenar(relleno)
            _exigir_no_listo(lugar, acta, "procesamiento")
            time.sleep(segundos)
            relleno.unlink()
        _trabajador(lugar, "procesamiento").esperar_listo()
        _ordenar(lugar, f'ALTER DATABASE "{nombre}" SET TABLESPACE pg_default', cortar=nombre)
    acta.vueltas = acta.fallos = 1


def _exigir_no_listo(lugar: Escenario, acta: Acta, paquete: str) -> None:
    """The worker's readiness must fail, and name the database."""
    proceso = _trabajador(lugar, paquete)
    motivos: list[str] = []

    def se_queja() -> bool:
        motivos.append(proceso.motivo or "")
        return "base_datos" in motivos[-1]

    try:
        hasta(se_queja, "no está listo", segundos=15)
    except AssertionError:
        acta.exigir(False, f"{paquete} says that it is ready: {motivos[-1]!r}")


def _trabajador(lugar: Escenario, paquete: str) -> Proceso:
    nombre = paquete.replace("_", "-")
    return lugar.plataforma.proceso("procesamiento-1" if nombre == "procesamiento" else nombre)


def _ordenar(lugar: Escenario, orden: str, *, cortar: str) -> None:
    """A superuser's statement, while nobody is connected to that database; those who were must come again."""
    with closing(psycopg2.connect(lugar.cimiento.servidores.postgres_url)) as conexion, conexion.cursor() as cursor:
        conexion.autocommit = True
        cursor.execute(f'ALTER DATABASE "{cortar}" ALLOW_CONNECTIONS false')
        try:
            fin = time.monotonic() + 10
            while True:
                cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (cortar,))
                if not cursor.fetchall() or time.monotonic() > fin:
                    break
                time.sleep(0.05)
            cursor.execute(orden)
        finally:
            cursor.execute(f'ALTER DATABASE "{cortar}" ALLOW_CONNECTIONS true')


@contextmanager
def _tablespace(lugar: Escenario) -> Iterator[Path]:
    """A small file system of its own, as PostgreSQL's tablespace `pequeno`; gives its folder.

    Raises Omitido where this user may mount none.
    """
    carpeta = lugar.cimiento.carpeta / "pequeno"
    carpeta.mkdir()
    montado = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={MEGAS}m", "tmpfs", str(carpeta)],
        capture_output=True,
        text=True,
        check=False,
    )
    if montado.returncode:
        raise Omitido(f"no file system of its own can be mounted ({montado.stderr.strip()})")
    try:
        datos = carpeta / "datos"
        datos.mkdir()
        dueno = Path(f"/proc/{lugar.cimiento.pid('postgres')}").stat()
        os.chown(datos, dueno.st_uid, dueno.st_gid)
        with closing(psycopg2.connect(lugar.cimiento.servidores.postgres_url)) as conexion:
            conexion.autocommit = True
            with conexion.cursor() as cursor:
                cursor.execute(f"CREATE TABLESPACE pequeno LOCATION '{datos}'")
                yield carpeta
                cursor.execute("DROP TABLESPACE pequeno")
    finally:
        subprocess.run(["umount", "-l", str(carpeta)], check=False)


def _llenar(archivo: Path) -> None:
    """Take what room there is."""
    with archivo.open("wb", buffering=0) as salida:
        try:
            while True:
                salida.write(b"\0" * 65536)
        except OSError:
            pass


CASOS = (solo_lectura, disco_lleno)
