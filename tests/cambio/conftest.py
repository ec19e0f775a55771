"""The service that is only here, importable; and one platform that it runs beside."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

sys.path.insert(0, str(Path(__file__).parent / "microservicio-computo"))
from tests.cambio.lugar import Lugar, lugar_de_cambio


@pytest.fixture(scope="module")
def lugar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lugar]:
    with lugar_de_cambio(Console(stderr=True), tmp_path_factory.mktemp("cambio")) as hecho:
        yield hecho
