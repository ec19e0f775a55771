"""Real processes that stand still (SIGSTOP): their sockets stay open, and nobody tells anybody that they are gone.

In ``make test``, since nothing less than a process and a server shows it; each takes as long as a lease or a timeout.
"""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
import urllib3

from plataforma.puertos import LOCAL, libres
from seedwork.infraestructura.plazos import SIN_CERROJOS_S
from seedwork.pruebas import cuaderno
from seedwork.pruebas.taller import Taller

pytestmark = [pytest.mark.integracion, pytest.mark.timeout(180)]

Proceso = subprocess.Popen[bytes]


@contextmanager
def trabajadores(taller: Taller, cuantos: int, **entorno: str) -> Iterator[dict[int, Proceso]]:
    """So many of the notebook's workers, by the port of their health."""
    procesos = {p: taller.trabajador(SALUD_PUERTO=str(p), **entorno) for p in libres(cuantos)}
    try:
        yield procesos
    finally:
        for proceso in procesos.values():
            proceso.kill()
            proceso.wait()


def salud(puerto: int) -> dict:
    """What its page says; nothing while it does not answer."""
    try:
        return urllib3.request("GET", f"http://{LOCAL}:{puerto}/salud/lista", retries=False, timeout=3).json()
    except urllib3.exceptions.HTTPError:
        return {}


def papel(puerto: int) -> str | None:
    return salud(puerto).get("papeles", {}).get("relay")


def cronometrar(taller: Taller, que: Callable[[], object]) -> float:
    comienzo = time.monotonic()
    taller.esperar(que, 60)
    return time.monotonic() - comienzo


@pytest.mark.largo  # leases have to run out
def test_quien_dirige_y_se_congela_es_relevado_y_despierto_a_lo_sumo_repite(taller, record_property):
    with trabajadores(taller, 2) as procesos:
        taller.esperar(lambda: {papel(p) for p in procesos} == {"DIRIGE", "A_LA_ESPERA"})
        taller.esperar(lambda: all(salud(p).get("estado") == "LISTA" for p in procesos))
        (dirige,) = [p for p in procesos if papel(p) == "DIRIGE"]
        (espera,) = procesos.keys() - {dirige}
        taller.enviar(*(taller.orden("h", n) for n in range(20)))
        taller.esperar(lambda: len(taller.publicados()) >= 20)

        procesos[dirige].send_signal(signal.SIGSTOP)
        # Said by a third, so that it is not the consumers' fail-over that is waited for.
        with taller.motor.begin() as conexion:
            conexion.exec_driver_sql(
                "INSERT INTO outbox (topico, ce_id, tipo, fuente, sujeto, tiempo, correlacion, secuencia, carga)"
                " SELECT topico, 'otro-' || n, tipo, fuente, sujeto, tiempo, correlacion, 20 + n, carga"
                " FROM generate_series(0, 9) n, (SELECT * FROM outbox ORDER BY id LIMIT 1) AS una"
            )
        segundos = cronometrar(taller, lambda: len(ids(taller)) == 30)
        record_property("relevo_s", round(segundos, 1))
        print(f"the standby sends after {segundos:.1f} s")
        assert segundos < SIN_CERROJOS_S
        assert papel(espera) == "DIRIGE"

        procesos[dirige].send_signal(signal.SIGCONT)
        taller.esperar(lambda: papel(dirige) == "A_LA_ESPERA")
        taller.enviar(*(taller.orden("h", n) for n in range(30, 50)))
        taller.esperar(lambda: len(ids(taller)) == 50)
        assert [p for p in procesos if papel(p) == "DIRIGE"] == [espera]
        assert [p.poll() for p in procesos.values()] == [None, None], "nadie tuvo que empezar de nuevo"
    primeras = list(dict.fromkeys(n for _, _, n in taller.publicados()))
    assert primeras == list(range(50)), "en su orden, por más que se repita"


def ids(taller: Taller) -> set[str]:
    return {id for id, _, _ in taller.publicados()}


@pytest.fixture
def una_vez(taller: Taller) -> None:
    """Who writes a line that another one has written, and not committed, waits for that one."""
    with taller.dueno() as conexion:
        conexion.exec_driver_sql("CREATE UNIQUE INDEX una_vez ON apuntes (hoja, linea)")


@pytest.mark.largo  # the server's own limits have to run out
@pytest.mark.usefixtures("una_vez")
def test_quien_se_congela_entre_dos_sentencias_suelta_sus_cerrojos(taller, record_property):
    taller.enviar(taller.orden("a", 0, "tarda:5"))
    with trabajadores(taller, 1) as procesos:
        (proceso,) = procesos.values()
        # In the middle of its sleep: between two statements any session looks so, and might copy when it is stopped.
        taller.esperar(lambda: parados(taller, "idle in transaction", desde="1 s") == 1)
        proceso.send_signal(signal.SIGSTOP)
        comprobar(taller, proceso, ("a", 0), record_property)
    assert taller.apuntes() == [("a", 0)]


@pytest.mark.usefixtures("una_vez")
@pytest.mark.largo  # between two statements it is in make test; here the same in the middle of what is copied
def test_quien_se_congela_en_mitad_de_lo_que_copia_suelta_sus_cerrojos(taller, record_property):
    """No timeout of the server's ends a statement that waits for its client: another process of the service does."""
    with trabajadores(taller, 1, RELAY_APARTE="true", LOTE="1") as procesos, relay(taller):
        (proceso,) = procesos.values()
        with taller.ajena() as ajena:
            # It has written, and is about to commit.
            ajena.exec_driver_sql("LOCK TABLE outbox IN SHARE MODE")
            taller.enviar(taller.orden("a", 0))
            taller.esperar(lambda: taller.contar(ESPERA_CERROJO))
            proceso.send_signal(signal.SIGSTOP)
        taller.esperar(lambda: parados(taller, "active") == 1)
        comprobar(taller, proceso, ("a", 0), record_property)
    assert taller.apuntes() == [("a", 0)]


# Relay and pruning wait for that lock too.
ESPERA_CERROJO = (
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'COPY%outbox%'"
    " AND datname = current_database()"
)


@contextmanager
def relay(taller: Taller) -> Iterator[Proceso]:
    """The notebook's relay, in a process of its own."""
    (puerto,) = libres(1)
    proceso = taller.trabajador("--", "relay", SALUD_PUERTO=str(puerto))
    try:
        taller.esperar(lambda: papel(puerto) == "DIRIGE")
        yield proceso
    finally:
        proceso.kill()
        proceso.wait()


def parados(taller: Taller, estado: str, *, desde: str = "0 s") -> int:
    """Sessions that have waited for their client in this state for so long, in a transaction that has written."""
    return taller.contar(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'ClientRead' AND backend_xid IS NOT NULL"
        f" AND state = '{estado}' AND state_change <= now() - interval '{desde}' AND datname = current_database()"
    )


def comprobar(taller: Taller, proceso: Proceso, linea: tuple[str, int], record_property: Any) -> None:
    """Whoever wants the line that the frozen one has written gets it in time; that one, awake, blames no message."""
    hoja, numero = linea
    valores = {"hoja": hoja, "linea": numero}

    def escribir() -> bool:
        with taller.motor.begin() as conexion:
            conexion.execute(sa.insert(cuaderno.apuntes).values(valores))
        return True

    segundos = cronometrar(taller, lambda: taller.con_paciencia(escribir))
    record_property("cerrojos_s", round(segundos, 1))
    print(f"another one proceeds after {segundos:.1f} s")
    assert segundos < SIN_CERROJOS_S
    with taller.motor.begin() as conexion:
        conexion.execute(sa.delete(cuaderno.apuntes).filter_by(**valores))
    proceso.send_signal(signal.SIGCONT)
    taller.esperar(lambda: taller.apuntes(hoja) and taller.atraso() == 0)
    assert proceso.poll() is None
    assert taller.contar("SELECT count(*) FROM intentos") == 0
    assert taller.cartas() == []


@pytest.mark.largo  # leases have to run out
def test_un_outbox_que_no_se_mueve_lo_dice_el_trabajador_aunque_el_relay_sea_otro(taller):
    with (
        trabajadores(taller, 1, RELAY_APARTE="true", SIN_AVANCE_S="3") as procesos,
        relay(taller) as aparte,
    ):
        ((puerto, _),) = procesos.items()
        taller.esperar(lambda: salud(puerto).get("estado") == "LISTA")
        assert "papeles" not in salud(puerto), "no releva"
        aparte.send_signal(signal.SIGSTOP)
        taller.enviar(taller.orden("h", 0))
        taller.esperar(lambda: salud(puerto).get("estado") == "NO_LISTA")
        partes = salud(puerto)["partes"]
        assert [n for n, parte in partes.items() if not parte["lista"]] == ["outbox"]
        assert partes["outbox"]["detalle"].startswith("no se mueve desde hace ")
        aparte.send_signal(signal.SIGCONT)
        taller.esperar(lambda: salud(puerto).get("estado") == "LISTA")
        assert len(taller.publicados()) >= 1
