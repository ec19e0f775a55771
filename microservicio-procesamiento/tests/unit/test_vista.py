"""A picture that can't be made costs its file nothing."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from anonimizacion.modelo import Informe, Limpia
from procesamiento.entrada.limpieza import _guardar_vista
from seedwork.infraestructura.almacen import AlmacenDeObjetos


def _que_falla(error: type[Exception]) -> Callable[[], bytes | None]:
    def hacer() -> bytes | None:
        raise error("lo que dijo un decodificador")

    return hacer


@pytest.mark.parametrize("vista", [_que_falla(ValueError), _que_falla(MemoryError), lambda: None])
def test_lo_que_falle_al_hacer_una_vista_no_falla_nada(
    vista: Callable[[], bytes | None], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    limpia = Limpia((b"limpio",), Informe(2, []), "v2:x", timedelta(0), vista=vista)
    almacen = AlmacenDeObjetos(tmp_path.as_uri())
    assert _guardar_vista(almacen, limpia) == (None, None)
    assert not list(tmp_path.iterdir()) and not caplog.text
