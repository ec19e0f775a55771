"""Real processes, killed with -9 at the worst instants, and stopped as an operator stops them."""

import signal
import subprocess
import time

import pytest

pytestmark = pytest.mark.integracion

ORDENES = 60


def comprobar(taller, ordenes: int) -> None:
    """One effect for each, and the events of exactly these."""
    assert sorted(taller.apuntes()) == sorted((f"h-{n % 5}", n) for n in range(ordenes))
    publicados = taller.publicados()
    assert len({id for id, _, _ in publicados}) == ordenes
    for hoja in {h for _, h, _ in publicados}:
        lineas = list(dict.fromkeys(n for _, h, n in publicados if h == hoja))
        assert lineas == sorted(lineas)


def hecho(taller, ordenes: int) -> bool:
    return (
        len(taller.apuntes()) >= ordenes
        and taller.contar("SELECT count(*) FROM outbox WHERE enviado IS NULL") == 0
        and taller.atraso() == 0
    )


@pytest.mark.parametrize(
    "fallo",
    [
        "antes_de_confirmar",
        *(pytest.param(otro, marks=pytest.mark.largo) for otro in ("antes_de_aceptar", "antes_de_marcar")),
    ],
)
def test_matado_en_el_peor_instante(taller, fallo):
    taller.enviar(*(taller.orden(f"h-{n % 5}", n) for n in range(ORDENES)))
    for _ in range(2):
        assert taller.trabajador(fallo, LOTE="7").wait(60) == -signal.SIGKILL

    proceso = taller.trabajador()
    try:
        taller.esperar(lambda: hecho(taller, ORDENES))
    finally:
        proceso.terminate()
        proceso.wait(10)

    comprobar(taller, ORDENES)
    assert taller.cartas() == []


@pytest.mark.largo  # a process for each attempt
def test_quien_mata_a_su_proceso_acaba_aparcado(taller):
    antes, despues = taller.orden("a", 1), taller.orden("b", 1)
    asesina = taller.orden("c", 1, "muere")
    taller.enviar(antes, asesina, despues)

    muertes = 0
    proceso = taller.trabajador()
    limite = time.monotonic() + 90
    try:
        while not taller.cartas():
            assert time.monotonic() < limite
            try:
                assert proceso.wait(0.2) == 9
                muertes += 1
                proceso = taller.trabajador()
            except subprocess.TimeoutExpired:
                pass
        taller.esperar(lambda: taller.atraso() == 0)
    finally:
        proceso.terminate()
        proceso.wait(10)

    assert sorted(taller.apuntes()) == [("a", 1), ("b", 1)]
    (carta,) = taller.cartas()
    assert carta.properties()["ce_id"] == asesina.sobre.id
    assert carta.properties()["carta_intentos"] == "4"
    assert muertes == 5, "una vez en el lote, y cuatro a solas"


def test_detenido_con_trabajo_entre_manos_acaba_pronto_y_no_pierde_nada(taller):
    taller.enviar(*(taller.orden(f"h-{n % 5}", n, "duerme:0.02") for n in range(300)))
    proceso = taller.trabajador(LOTE="10")
    try:
        taller.esperar(lambda: len(taller.apuntes()) >= 20)
        proceso.terminate()
        assert proceso.wait(60) == 0, "it ends by itself; how soon, the experiments measure"
        assert len(taller.apuntes()) < 300
    finally:
        proceso.kill()

    proceso = taller.trabajador()
    try:
        taller.esperar(lambda: hecho(taller, 300))
    finally:
        proceso.terminate()
        proceso.wait(10)
    comprobar(taller, 300)
