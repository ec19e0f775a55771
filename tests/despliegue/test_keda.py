"""The KEDA manifest, looked at without a cluster: by which metrics it scales, and that these exist."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY
from tests.despliegue.archivos import RAIZ

from plataforma.ajustes import MAXIMO_AUTOMATICO
from plataforma.escala import METRICA
from plataforma.servicios import SERVICIOS
from seedwork.aplicacion.escala import BAJADA_S
from seedwork.entrada.config import ConfigServicio
from seedwork.infraestructura import metricas

ARCHIVOS = sorted((RAIZ / "deploy" / "k8s").glob("keda-*.yaml"))
_SERIE = re.compile(r"(\w+)\{([^}]*)\}")


def publicadas() -> dict[str, tuple[str, ...]]:
    """The gauges that every process of a service sets, each with the names of its labels."""
    propias = (m for m in vars(metricas).values() if hasattr(m, "_labelnames"))
    return {m._name: tuple(m._labelnames) for m in propias}


@pytest.fixture(params=ARCHIVOS, ids=lambda a: a.stem)
def objeto(request: pytest.FixtureRequest) -> Mapping[str, Any]:
    documento: Mapping[str, Any] = yaml.safe_load(request.param.read_text("utf-8"))
    assert request.param.stem == f"keda-{documento['metadata']['name']}"
    return documento


def disparadores(objeto: Mapping[str, Any], tipo: str) -> list[Mapping[str, Any]]:
    return [t for t in objeto["spec"]["triggers"] if t["type"] == tipo]


def test_hay_uno_para_lo_que_se_reparte() -> None:
    repartidos = {s.nombre for s in SERVICIOS.values() if s.relay_salud_puerto is not None}
    assert {a.stem.removeprefix("keda-") for a in ARCHIVOS} == repartidos == {"procesamiento"}


def test_escala_por_la_metrica_y_nunca_por_las_entradas_de_pulsar(objeto: Mapping[str, Any]) -> None:
    assert (objeto["apiVersion"], objeto["kind"]) == ("keda.sh/v1alpha1", "ScaledObject")
    assert {t["type"] for t in objeto["spec"]["triggers"]} == {"prometheus", "cpu"}
    (por_metrica,) = disparadores(objeto, "prometheus")
    # The value is the number itself: as many as it says, for each one of them 1.
    assert (por_metrica["metricType"], por_metrica["metadata"]["threshold"]) == ("AverageValue", "1")
    assert por_metrica["metadata"]["ignoreNullValues"] == "false"


def test_lo_que_pregunta_existe_con_esas_etiquetas(objeto: Mapping[str, Any]) -> None:
    (por_metrica,) = disparadores(objeto, "prometheus")
    series = _SERIE.findall(por_metrica["metadata"]["query"])
    assert [nombre for nombre, _ in series] == [METRICA]
    for nombre, seleccion in series:
        etiquetas = dict(re.findall(r'(\w+)="([^"]*)"', seleccion))
        assert publicadas()[nombre] == tuple(etiquetas)
        assert etiquetas["servicio"] == objeto["spec"]["scaleTargetRef"]["name"]
        assert etiquetas["servicio"] in {s.nombre for s in SERVICIOS.values()}
        assert nombre in {familia.name for familia in REGISTRY.collect()}


def test_entre_uno_y_lo_que_la_regla_admite_y_baja_como_ella(objeto: Mapping[str, Any]) -> None:
    maximo = ConfigServicio.model_fields["escala_maximo"].default
    assert (objeto["spec"]["minReplicaCount"], objeto["spec"]["maxReplicaCount"]) == (1, maximo)
    assert maximo == MAXIMO_AUTOMATICO
    comportamiento = objeto["spec"]["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
    assert comportamiento["scaleDown"]["policies"] == [{"type": "Pods", "value": 1, "periodSeconds": int(BAJADA_S)}]
    assert comportamiento["scaleUp"]["stabilizationWindowSeconds"] == 0


def test_la_cpu_acordada_sigue_siendo_la_otra_senal(objeto: Mapping[str, Any]) -> None:
    (por_cpu,) = disparadores(objeto, "cpu")
    assert (por_cpu["metricType"], por_cpu["metadata"]["value"]) == ("Utilization", "75")
