"""What the service's gauges say of its images: how many are decided, and how long those wait that are not."""

import pytest
import sqlalchemy as sa
from prometheus_client import REGISTRY

from procesamiento.infraestructura.medidas import contar, debido

pytestmark = pytest.mark.integracion

_IMAGENES = sa.text(
    "INSERT INTO imagenes (id, secuencia, estado, decidida)"
    " SELECT :como || i, 1, 'RECHAZADA', now() - make_interval(secs => :hace) FROM generate_series(1, :cuantas) i"
)
_ARCHIVOS = sa.text(
    "INSERT INTO archivos_por_ver (id, uri, sha256, metadatos, arriendo, intentos, proximo, despejadas)"
    " SELECT 'a' || i, 'u', 's', '{}', 0, 0, now() - make_interval(secs => i), '{}' FROM generate_series(-30, 40, 10) i"
)


def test_por_segundo_son_las_decididas_de_los_ultimos_diez(motor):
    with motor.begin() as conexion:
        for como, hace, cuantas in (("ahora", 1, 25), ("antes", 60, 90), ("por ver", None, 40)):
            conexion.execute(_IMAGENES, {"como": como, "hace": hace, "cuantas": cuantas})
    contar(motor)
    assert REGISTRY.get_sample_value("saludtech_imagenes_por_segundo") == 2.5
    # Of more than are counted, the latest say it.
    with motor.begin() as conexion:
        conexion.execute(_IMAGENES, {"como": "muchas", "hace": 4, "cuantas": 12_000})
    contar(motor)
    assert REGISTRY.get_sample_value("saludtech_imagenes_por_segundo") == pytest.approx(10_000 / 4, rel=0.5)


def test_lo_que_espera_en_la_cola_es_lo_debido_y_no_lo_que_alguien_tiene(motor):
    with motor.begin() as conexion:
        conexion.execute(_ARCHIVOS)
    visto = debido(motor)
    assert visto.filas == 5
    assert 40 <= visto.edad_s < 80
