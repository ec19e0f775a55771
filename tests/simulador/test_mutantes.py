"""The simulator is able to fail: a dozen broken rules, each of which it has to find. All mutants: `make mutantes`.

The dozen stands among the long tests, since some take a while; make check tries three of them.
"""

import pytest
from tests.simulador.mutantes import Mutante, mutantes, probar

SAGAS = 2_000

PRONTO = [
    ("aplicacion/bus.py", "r.sobre.id in nuevos → NotIn"),
    ("servicio_datos/aplicacion/pasos.py", "without unidad.recursos.devolver_experto("),
    ("suscripciones/aplicacion/pasos.py", "without publicar_paso(unidad, saga_de(suscripcion), sagas.RECHAZAR"),
]
"""File and change: those that fall within some dozens of sagas."""
DOCENA = [
    ("aplicacion/bus.py", "without self._unidad.transaccion.no_esperar("),
    ("aplicacion/unidad.py", "without regreso()"),
    ("saga/fin.py", "p.resultado == 'HECHO' → NotEq"),
    ("dominio/suscripcion.py", "without raise ReglaViolada('SAGA_EN_CURSO')"),
    ("dominio/suscripcion.py", "without raise ReglaViolada('SUSCRIPCION_TERMINADA')"),
    ("servicio_datos/aplicacion/pasos.py", "if participacion.cerrada or conocida.terminada → False"),
    ("servicio_datos/aplicacion/pasos.py", "if not unidad.participaciones.de_saga(saga).tomar_cierre() → False"),
    ("dominio/suscripcion.py", "without raise ReglaViolada('SUSCRIPCION_NO_ACTIVA')"),
    ("aplicacion/desenlace.py", "without publicar_paso(unidad, envio.saga, envio.paso)"),
]
"""The others."""


@pytest.fixture(autouse=True)
def _callado(callado: None) -> None:
    """Nobody reads its logs."""


def cual(archivo: str, que: str) -> Mutante:
    return next(m for m in mutantes() if archivo in m.archivo and que in m.que)


def casos(lista: list[tuple[str, str]]) -> list[object]:
    return [pytest.param(archivo, que, id=f"{archivo}: {que}") for archivo, que in lista]


@pytest.mark.parametrize(("archivo", "que"), casos(PRONTO))
def test_lo_que_se_rompe_a_proposito_se_encuentra_pronto(archivo: str, que: str) -> None:
    fin = probar(cual(archivo, que), 200)
    assert fin.hallazgo
    assert not fin.hallazgo.startswith("SIN EFECTO")


@pytest.mark.largo
@pytest.mark.parametrize(("archivo", "que"), casos(DOCENA))
def test_lo_que_se_rompe_a_proposito_se_encuentra(archivo: str, que: str) -> None:
    fin = probar(cual(archivo, que), SAGAS)
    assert fin.hallazgo
    assert not fin.hallazgo.startswith("SIN EFECTO")
