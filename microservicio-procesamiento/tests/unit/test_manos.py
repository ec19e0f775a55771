"""A hand that finds nothing due ends its process, by the looks that it took: no server, and no time passes."""

import threading
from typing import Any

from procesamiento.entrada.manos import OCIO, ManoDeCola


class _Mano(ManoDeCola[Any]):
    """Finds something due at some of its looks."""

    def __init__(self, *con_algo: int) -> None:
        super().__init__(None, "algo", None, None)  # type: ignore[arg-type]
        self._con_algo = con_algo
        self.miradas = 0
        self.despedidas: list[int] = []

    def vuelta(self, parada: threading.Event) -> bool:
        self.miradas += 1
        return self.miradas in self._con_algo

    def despedir(self) -> None:
        self.despedidas.append(self.miradas)

    def _atender(self, *_: Any) -> str:
        raise NotImplementedError


class _Parada(threading.Event):
    """Waits for nobody, and is set behind so many waits."""

    def __init__(self, esperas: int) -> None:
        super().__init__()
        self._quedan = esperas

    def wait(self, timeout: float | None = None) -> bool:
        self._quedan -= 1
        if not self._quedan:
            self.set()
        return self.is_set()


def test_quien_no_tiene_que_hacer_despide_a_su_proceso_una_vez() -> None:
    mano = _Mano(1)
    mano.correr(_Parada(3 * OCIO))
    assert mano.despedidas == [OCIO + 1, 3 * OCIO]  # the last one, as all stops


def test_lo_que_llega_entretanto_cuenta_de_nuevo() -> None:
    mano = _Mano(OCIO, 2 * OCIO)
    mano.correr(_Parada(3 * OCIO - 1))
    assert mano.despedidas == [3 * OCIO - 1]
