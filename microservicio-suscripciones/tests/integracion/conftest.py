"""The service on a real PostgreSQL."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from plataforma.proveedores import Fabrica
from suscripciones.composicion import servicio


@pytest.fixture
def motor(nueva_base: Fabrica, monkeypatch: pytest.MonkeyPatch) -> Iterator[sa.Engine]:
    monkeypatch.setenv("DATABASE_URL", nueva_base("suscripciones"))
    servicio.cache_clear()
    servicio().migrar()
    motor = servicio().motor()
    yield motor
    motor.dispose()
    servicio.cache_clear()
