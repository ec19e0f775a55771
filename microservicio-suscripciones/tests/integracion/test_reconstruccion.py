"""The rebuilding of the saga's view, while its database is away."""

import os
import subprocess
import sys

import pytest

from plataforma.proveedores import Servidores
from seedwork.infraestructura.aprovisionamiento import Aprovisionador

pytestmark = pytest.mark.integracion


@pytest.mark.largo  # a database's deadline has to pass
def test_sin_base_de_datos_lo_dice_en_una_linea(servidores: Servidores) -> None:
    Aprovisionador(servidores.admin_url).topicos()
    entorno = os.environ | {
        "DATABASE_URL": "postgresql://u:clave@127.0.0.1:1/nada",
        "PULSAR_URL": servidores.pulsar_url,
    }
    orden = [sys.executable, "-m", "suscripciones", "saga", "reconstruir"]
    hecho = subprocess.run(orden, env=entorno, capture_output=True, text=True, timeout=60)
    assert (hecho.returncode, hecho.stdout) == (1, "")
    assert "no se puede hacer ahora (OperationalError)" in hecho.stderr.splitlines()[-1]
    assert "Traceback" not in hecho.stderr
