"""The door's own document, as a person sees it. In `make test-largo`, as all that wants a browser is."""

import pytest
from tests.documento.plataforma import Viva
from tests.navegador.conftest import Abrir

pytestmark = [pytest.mark.integracion, pytest.mark.largo]


def test_la_pagina_del_documento_nombra_sus_rutas(viva: Viva, abrir: Abrir) -> None:
    pagina = abrir(f"{viva.url}/docs")
    pagina.get_by_text("/suscripciones/suscripcion-comando").first.wait_for()
