"""A signal stops the run, wherever it finds it."""

import os
import signal

import pytest

from plataforma.errores import Interrumpida
from plataforma.sistema import exigir_seguir, senales_que_detienen


class _AlMorir:
    def __del__(self) -> None:
        os.kill(os.getpid(), signal.SIGTERM)


def test_una_senal_interrumpe_y_despues_no_hay_ninguna() -> None:
    with pytest.raises(Interrumpida, match="SIGTERM"), senales_que_detienen():
        os.kill(os.getpid(), signal.SIGTERM)
    exigir_seguir()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_la_que_se_pierde_en_un_finalizador_se_vuelve_a_decir() -> None:
    with pytest.raises(Interrumpida, match="SIGTERM"), senales_que_detienen():
        cosa = _AlMorir()
        del cosa
        exigir_seguir()
        raise AssertionError("nobody said so")
