"""`.env.example` documents exactly the settings that exist, with their defaults."""

import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

import pytest
from pydantic import SecretBytes, SecretStr
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings
from tests.arquitectura.codigo import RAIZ, configuraciones

from plataforma.ajustes import Ajustes
from seedwork.entrada.config import ConfigBase, ConfigServicio

SERVICIOS_Y_PUERTA = configuraciones()
SECCIONES: Mapping[str, type[BaseSettings] | None] = {
    "Every process": ConfigBase,
    "Every service": ConfigServicio,
    **SERVICIOS_Y_PUERTA,
    "The local run": Ajustes,
    "The command line": None,
    "The containers": None,
    "The tests": None,
}
SIN_CLASE = {
    "The command line": {"SALUDTECH_URL"},
    "The containers": {"SECRETOS_CONTENEDORES", "PULSAR_ANUNCIADO", "CORREO_WEB_PUERTO"},
    "The tests": {"SALUDTECH_PROVEEDOR"},
}
"""What no class reads; tests/despliegue compares the containers' with docker-compose.yml."""
_AJUSTE = re.compile(r"# ([A-Z][A-Z0-9_]*)=(.*)")


def _leer() -> dict[str, dict[str, str]]:
    """Each section's settings with their values. Raises AssertionError for one that does not say what it means."""
    secciones: dict[str, dict[str, str]] = {}
    actual: dict[str, str] = {}
    explicada = False
    for linea in (RAIZ / ".env.example").read_text(encoding="utf-8").splitlines():
        if linea.startswith("## "):
            actual = secciones[linea.removeprefix("## ")] = {}
        elif ajuste := _AJUSTE.fullmatch(linea):
            assert explicada, f"{linea}: say above what it means"
            actual[ajuste[1]] = ajuste[2]
            explicada = False
        else:
            assert not linea or linea.startswith("# "), f"{linea}: a copy of this file must change nothing"
            explicada = bool(linea)
    return secciones


def _en_texto(predeterminado: Any) -> str:
    if predeterminado is PydanticUndefined or predeterminado is None:
        return ""
    if isinstance(predeterminado, SecretStr | SecretBytes):
        return str(predeterminado.get_secret_value() or "")
    if isinstance(predeterminado, PurePath) and predeterminado.is_relative_to(RAIZ):
        return "/".join(predeterminado.parts[-2:])
    return str(predeterminado)


@pytest.mark.parametrize("seccion", SECCIONES)
def test_cada_seccion_tiene_los_ajustes_que_existen_con_sus_valores(seccion: str) -> None:
    clase = SECCIONES[seccion]
    if clase is None:
        assert set(_leer()[seccion]) == SIN_CLASE[seccion]
        return
    propios = [nombre for nombre in clase.__annotations__ if nombre in clase.model_fields]
    assert _leer()[seccion] == {n.upper(): _en_texto(clase.model_fields[n].default) for n in propios}


def test_cada_servicio_escucha_donde_la_puerta_y_la_corrida_lo_esperan() -> None:
    """Whoever starts all of them on one machine without a setting finds no port twice."""
    puerta = SERVICIOS_Y_PUERTA["bff"]
    puertos = [_predeterminado(puerta, "bff_puerto")]
    for servicio, clase in SERVICIOS_Y_PUERTA.items():
        if clase is puerta:
            continue
        nombre = servicio.replace("-", "_")
        http, salud = (_predeterminado(clase, c) for c in ("http_puerto", "salud_puerto"))
        if f"{nombre}_url" in puerta.model_fields:
            assert _predeterminado(puerta, f"{nombre}_url") == f"http://127.0.0.1:{http}"
        assert (http, salud) == tuple(_predeterminado(Ajustes, f"{nombre}{c}") for c in ("_puerto", "_salud_puerto"))
        puertos += [http, salud]
    assert len(set(puertos)) == len(puertos) >= 9


def _predeterminado(clase: type[BaseSettings], campo: str) -> Any:
    return clase.model_fields[campo].default


def test_no_hay_otras_secciones() -> None:
    assert _leer().keys() == SECCIONES.keys()
