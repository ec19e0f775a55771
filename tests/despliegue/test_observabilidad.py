"""deploy/observabilidad: what Prometheus asks, when it calls, and what Grafana shows, held to the metrics that exist.

In `make check`: it reads files. What promtool alone can tell is asked where there is one (Debian's `prometheus`).
"""

import importlib
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from typing import Any

import promql_parser
import pytest
import yaml
from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase
from tests.arquitectura.codigo import RAIZ, SERVICIOS
from tests.despliegue.archivos import CON_CERTIFICADO, CONTENEDORES, OBSERVADORES, PREPARATIVOS, PROPIOS

from bff_web.panorama.cifras import MEDIDAS

CARPETA = RAIZ / "deploy/observabilidad"
REGLAS = [r for g in yaml.safe_load((CARPETA / "reglas.yml").read_text("utf-8"))["groups"] for r in g["rules"]]
PROMETHEUS = yaml.safe_load((CARPETA / "prometheus.yml").read_text("utf-8"))
TABLEROS = sorted((CARPETA / "tableros").glob("*.json"))
DE_TODAS = {"job", "instance"}
"""The labels that Prometheus gives whatever it asks."""
SUYAS = {"up": DE_TODAS, "ALERTS": {"alertname", "alertstate"}}
"""Its own series."""


@cache
def _series() -> dict[str, set[str]]:
    """Every series that our code makes, with its labels."""
    carpetas = [RAIZ / "seedwork/src/seedwork", RAIZ / "bff_web/src/bff_web"]
    carpetas += [RAIZ / carpeta / paquete for carpeta, paquete in SERVICIOS.items()]
    for carpeta in carpetas:
        for archivo in carpeta.rglob("*.py"):
            if "from prometheus_client import" in archivo.read_text("utf-8"):
                partes = archivo.relative_to(carpeta.parent).with_suffix("").parts
                importlib.import_module(".".join(partes))
    hay = {nombre: etiquetas | DE_TODAS for nombre, etiquetas in SUYAS.items()}
    for medida in {m for m in REGISTRY._collector_to_names if isinstance(m, MetricWrapperBase)}:
        nombre, tipo = medida._name, medida._type
        etiquetas = {*medida._labelnames, *DE_TODAS}
        if tipo == "histogram":
            hay |= {f"{nombre}_bucket": etiquetas | {"le"}, f"{nombre}_count": etiquetas, f"{nombre}_sum": etiquetas}
        else:
            hay[f"{nombre}_total" if tipo == "counter" else nombre] = etiquetas
    return hay


def _paneles() -> Iterator[tuple[str, dict[str, Any]]]:
    for tablero in TABLEROS:
        for panel in json.loads(tablero.read_text("utf-8"))["panels"]:
            yield f"{tablero.name}: {panel['title']}", panel


def _consultas() -> Iterator[tuple[str, str]]:
    """Every query, by where it stands."""
    yield from ((regla["alert"], regla["expr"]) for regla in REGLAS)
    for donde, panel in _paneles():
        yield from ((donde, blanco["expr"]) for blanco in panel["targets"])


def test_cada_consulta_es_de_metricas_y_etiquetas_que_existen() -> None:
    mal = []
    for donde, consulta in _consultas():
        nodos: list[Any] = []
        promql_parser.walk(promql_parser.parse(consulta), nodos.append)
        vistas = [n for n in nodos if isinstance(n, promql_parser.VectorSelector)]
        assert vistas, f"{donde} asks nothing"
        pedidas = {n.name: {m.name for m in n.matchers.matchers} for n in vistas}
        juntadas = {
            etiqueta
            for n in nodos
            if isinstance(n, promql_parser.AggregateExpr) and n.modifier is not None
            for etiqueta in n.modifier.labels
        }
        for nombre, etiquetas in pedidas.items():
            if nombre not in _series():
                mal.append(f"{donde}: {nombre} is no metric")
            elif sobran := (etiquetas | juntadas) - _series()[nombre]:
                mal.append(f"{donde}: {nombre} has no {sobran}")
    assert mal == []


def test_el_panorama_se_hace_de_metricas_que_existen() -> None:
    assert set(MEDIDAS) <= _series().keys()


def test_lo_que_un_panel_nombra_de_cada_linea_es_por_lo_que_la_junta() -> None:
    for donde, panel in _paneles():
        for blanco in panel["targets"]:
            nombradas = set(re.findall(r"\{\{(\w+)\}\}", blanco.get("legendFormat", "")))
            junta = re.search(r"\bby \(([^)]*)\)", blanco["expr"])
            assert not junta or nombradas <= {e.strip() for e in junta[1].split(",")}, donde


def test_cada_proceso_se_mira_donde_tiene_sus_metricas() -> None:
    dichas = {}
    for trabajo in PROMETHEUS["scrape_configs"]:
        if "dns_sd_configs" in trabajo:
            (dns,) = trabajo["dns_sd_configs"]
            (nombre,), puerto = dns["names"], str(dns["port"])
        else:
            ((nombre, puerto),) = (d.split(":") for c in trabajo["static_configs"] for d in c["targets"])
        assert trabajo["job_name"] == nombre
        dichas[nombre] = (puerto, trabajo.get("scheme", "http"))
        assert ("tls_config" in trabajo) == (trabajo.get("scheme") == "https")
        assert ("authorization" in trabajo) == (nombre == "bff"), "nobody else asks for a token"
    assert dichas == {
        nombre: (c["healthcheck"]["test"][4], "https" if nombre in CON_CERTIFICADO else "http")
        for nombre, c in PROPIOS.items()
        if nombre not in PREPARATIVOS
    }
    # Of a container that is multiplied every address counts.
    assert {t["job_name"] for t in PROMETHEUS["scrape_configs"] if "dns_sd_configs" in t} == {
        n for n, c in PROPIOS.items() if "replicas" in c["deploy"]
    }


def test_los_avisos_de_la_nube_tienen_aqui_los_mismos_umbrales() -> None:
    nube = dict(
        re.findall(r'(?m)^    ([\w-]+)\s+= "(max\(saludtech.+)"', (RAIZ / "deploy/gcp/avisos.tf").read_text("utf-8"))
    )
    de_aqui = {"cartas-muertas": "CartasMuertas", "atraso": "ColaAtrasada", "outbox": "OutboxParado"}
    assert nube.keys() == de_aqui.keys()
    reglas = {r["alert"]: r for r in REGLAS}
    for suyo, nuestro in de_aqui.items():
        assert re.sub(r" by \(\w+\) ", "", reglas[nuestro]["expr"]) == nube[suyo]
        assert reglas[nuestro]["for"] == "5m", "the cloud's 300 s"


def test_cada_aviso_tiene_su_parrafo_y_su_prueba() -> None:
    avisos = [r["alert"] for r in REGLAS]
    guia = (RAIZ / "docs/operacion.md").read_text("utf-8").split("## Alerts\n")[1].split("\n## ")[0]
    assert re.findall(r"(?m)^- \*\*(\w+)\*\*", guia) == avisos, "in the rules' order"
    pruebas = yaml.safe_load((CARPETA / "reglas_prueba.yml").read_text("utf-8"))["tests"]
    casos = [caso for prueba in pruebas for caso in prueba["alert_rule_test"]]
    for llega in (True, False):
        probados = {c["alertname"] for c in casos if bool(c["exp_alerts"]) == llega}
        assert probados >= {*avisos} - (set() if llega else {"SinTrabajadoresDeImagenes"}), f"arrives: {llega}"
    for regla in REGLAS:
        assert regla["labels"]["gravedad"] in ("alta", "media") and regla["annotations"]["resumen"]


def test_cada_tablero_esta_montado_y_pregunta_a_su_prometheus() -> None:
    montados = [RAIZ / v.split(":")[0] for v in CONTENEDORES["grafana"]["volumes"]]
    assert TABLEROS and {m for m in montados if m.suffix == ".json"} == {*TABLEROS}
    (fuente, _jaeger) = yaml.safe_load((CARPETA / "grafana-datos.yml").read_text("utf-8"))["datasources"]
    assert fuente["url"] == "http://prometheus:9090"
    leidos = [json.loads(t.read_text("utf-8")) for t in TABLEROS]
    assert len({t["uid"] for t in leidos}) == len(TABLEROS)
    assert {p["datasource"]["uid"] for _, p in _paneles()} == {fuente["uid"]}
    assert {d for n in OBSERVADORES for d in CONTENEDORES[n]["networks"]} == {"plataforma", "observabilidad"}
    # What answers with what people may not see is not reached from where the platform is.
    assert CONTENEDORES["grafana"]["networks"] == ["observabilidad"]


@pytest.mark.parametrize(
    "orden",
    [
        ("check", "config", "--syntax-only", "prometheus.yml"),
        ("check", "rules", "--lint-fatal", "reglas.yml"),
        ("test", "rules", "reglas_prueba.yml"),
    ],
    ids=" ".join,
)
def test_promtool_lo_toma(orden: tuple[str, ...]) -> None:
    if shutil.which("promtool") is None:
        pytest.skip("NO PROMTOOL: THE ALERTS WERE NOT TRIED (Debian's package prometheus has it)")
    hecho = subprocess.run(["promtool", *orden], cwd=CARPETA, capture_output=True, text=True, check=False)
    assert hecho.returncode == 0, hecho.stdout + hecho.stderr
