"""The servers themselves killed with -9 while a worker is at work: it goes on without hands, and nothing is lost.

In the long tier: a broker and a PostgreSQL of its own, which start and start again; that each goes away and comes back
without being killed is in ``make test``.
"""

import os
import signal
from collections.abc import Iterator
from functools import partial

import pytest
from rich.console import Console

from plataforma import sondas
from plataforma.ajustes import leer_ajustes_libres
from plataforma.corrida import Corrida, correr
from plataforma.proveedores import Servidores
from plataforma.puertos import LOCAL, libres

pytestmark = [pytest.mark.integracion, pytest.mark.largo, pytest.mark.timeout(300)]

ORDENES = 300


@pytest.fixture(scope="module")
def corrida(servidores, tmp_path_factory) -> Iterator[Corrida]:
    """Servers of this module's own, since the session's are everybody's."""
    if not servidores.nombre.startswith("embedded"):
        pytest.skip("mata los servidores: solo con los incrustados")
    raiz = tmp_path_factory.mktemp("caidas")
    elegir = partial(leer_ajustes_libres, raiz)
    with correr(elegir, raiz, raiz / ".local", Console(stderr=True), con_servicios=False) as hecha:
        yield hecha


@pytest.fixture(scope="module")
def propios(corrida: Corrida) -> Servidores:
    conexiones = corrida.plano.conexiones
    return Servidores(conexiones.pulsar_url, conexiones.pulsar_admin_url, corrida.plano.postgres_url, "propios")


@pytest.mark.parametrize("quien", ["pulsar", "postgres"])
def test_un_servidor_muere_y_vuelve(corrida, propios, montar_taller, quien):
    taller = montar_taller(propios)
    taller.enviar(*(taller.orden(f"h-{n % 5}", n, "duerme:0.01") for n in range(ORDENES)))
    (puerto,) = libres(1)
    salud = sondas.http(f"http://{LOCAL}:{puerto}/salud/lista")
    proceso = taller.trabajador(LOTE="10", SALUD_PUERTO=str(puerto))
    try:
        taller.esperar(lambda: len(taller.apuntes()) >= 30)
        assert salud() is None
        os.kill(corrida.latir()[quien].pid, signal.SIGKILL)
        if quien == "pulsar":
            taller.esperar(salud)
        taller.esperar(lambda: taller.con_paciencia(lambda: len(taller.apuntes()) >= ORDENES), 120)
        taller.esperar(
            lambda: taller.con_paciencia(
                lambda: taller.contar("SELECT count(*) FROM outbox WHERE enviado IS NULL") == 0 and taller.atraso() == 0
            ),
            120,
        )
        taller.esperar(lambda: salud() is None)
        assert proceso.poll() is None, "el trabajador sigue en pie"
    finally:
        proceso.terminate()
        proceso.wait(10)

    for hoja in range(5):
        assert taller.apuntes(f"h-{hoja}") == [(f"h-{hoja}", n) for n in range(hoja, ORDENES, 5)]
    primeras = list(dict.fromkeys((h, n) for _, h, n in taller.publicados()))
    assert sorted(primeras) == sorted(taller.apuntes())
    for hoja in range(5):
        assert [n for h, n in primeras if h == f"h-{hoja}"] == list(range(hoja, ORDENES, 5))
    assert taller.cartas() == []
    assert taller.contar("SELECT count(*) FROM intentos") == 0
