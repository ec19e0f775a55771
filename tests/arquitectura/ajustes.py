"""``python -m tests.arquitectura.ajustes``: write .env.example anew from the settings' classes.

What a setting means is its field's docstring there; a service that gives a setting a default of its own need not say
it again. What no class reads stands here.
"""

import textwrap
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from pydantic import SecretBytes, SecretStr
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings
from tests.arquitectura.codigo import RAIZ, configuraciones

from plataforma.ajustes import AjustesCompletos
from seedwork.entrada.config import ConfigBase, ConfigDeAlmacen, ConfigDeMensajes, ConfigServicio
from seedwork.entrada.provisionar import ConfigDeAprovisionamiento

ARCHIVO = RAIZ / ".env.example"
ORDEN = "python -m tests.arquitectura.ajustes"
ANCHO = 120

INTRODUCCION = f"""\
Every setting of every process, with its default. All are environment variables; the local run (make run, make demo)
also reads them from a file .env beside this one. A line without a value has no default: what that means is said above
it. This file is written by `{ORDEN}` from the code; a test checks that it is current."""

Ajuste = tuple[str, str, str]
"""A setting's name, its default, and what it means."""

SIN_CLASE: Mapping[str, tuple[Ajuste, ...]] = {
    "The command line": (("SALUDTECH_URL", "http://127.0.0.1:5005", "Where `saludtech` asks: the door's address."),),
    "The containers": (
        (
            "SECRETOS_CONTENEDORES",
            "",
            "Required: the folder with their secrets, a file each. `make secretos` makes them, and says here where "
            "they are.",
        ),
        (
            "PULSAR_ANUNCIADO",
            "pulsar",
            "What the broker calls itself to its clients; 127.0.0.1 where these run on this machine, beside the "
            "profile `pulsar`.",
        ),
        (
            "PULSAR_PUERTO",
            "6651",
            "The broker's port on this machine. Where it calls itself 127.0.0.1, its clients look for it on 6651.",
        ),
        ("PULSAR_ADMIN_PUERTO", "8443", "Its admin API's."),
        ("PROMETHEUS_PUERTO", "9090", "The ports, on this machine, of the profile observabilidad: Prometheus',"),
        ("GRAFANA_PUERTO", "3000", "Grafana's,"),
        ("JAEGER_PUERTO", "16686", "and Jaeger's."),
        (
            "CORREO_WEB_PUERTO",
            "8025",
            "The port, on this machine, of the page that shows the mail. BFF_PUERTO, and the number of a service's "
            "workers (PROCESAMIENTO), mean the same as above.",
        ),
    ),
    "The tests": (
        ("DOCKER", "docker", "The command of the container engine that `make test-contenedores` runs on."),
        (
            "SALUDTECH_PROVEEDOR",
            "",
            "The servers that tests run on: contenedores or incrustados; by default given ones, where PULSAR_URL, "
            "PULSAR_ADMIN_URL and POSTGRES_URL are set, else containers where there are any, else embedded ones.",
        ),
    ),
}
"""What no class reads; tests/despliegue compares the containers' with docker-compose.yml."""

CLASES: Mapping[str, type[BaseSettings]] = {
    "Every process": ConfigBase,
    "The door and every service": ConfigDeMensajes,
    "Every service": ConfigServicio,
    "What stores or fetches files": ConfigDeAlmacen,
    "Provisioning": ConfigDeAprovisionamiento,
    **configuraciones(),
    "The local run": AjustesCompletos,
}


def secciones() -> dict[str, list[Ajuste]]:
    """Each section's settings. Raises AssertionError for one that does not say what it means."""
    return {titulo: list(_propios(clase)) for titulo, clase in CLASES.items()} | {
        titulo: list(ajustes) for titulo, ajustes in SIN_CLASE.items()
    }


def texto() -> str:
    """The file's text, as it is to be."""
    partes = [_comentario(INTRODUCCION)]
    for titulo, ajustes in secciones().items():
        lineas = [linea for nombre, valor, dice in ajustes for linea in (_comentario(dice), f"# {nombre}={valor}")]
        partes.append("\n".join([f"## {titulo}\n", *lineas]))
    return "\n\n".join(partes) + "\n"


def _propios(clase: type[BaseSettings]) -> Iterator[Ajuste]:
    """What a class has that no other section has, or gives another default."""
    superiores = [otra for otra in clase.__mro__[1:] if otra in CLASES.values()]
    for nombre, campo in clase.model_fields.items():
        if any(nombre in otra.model_fields for otra in superiores) and nombre not in clase.__annotations__:
            continue
        dichos = [c.model_fields[nombre].description for c in (clase, *superiores) if nombre in c.model_fields]
        dice = next(filter(None, dichos), None)
        assert dice, f"{clase.__module__}: {nombre}: say what it means, in a docstring below the field"
        yield nombre.upper(), _en_texto(campo.default), dice


def _en_texto(predeterminado: Any) -> str:
    if predeterminado is PydanticUndefined or predeterminado is None:
        return ""
    if isinstance(predeterminado, SecretStr | SecretBytes):
        return str(predeterminado.get_secret_value() or "")
    if isinstance(predeterminado, PurePath) and predeterminado.is_relative_to(RAIZ):
        return "/".join(predeterminado.parts[-2:])
    return str(predeterminado)


def _comentario(dice: str) -> str:
    lineas = textwrap.wrap(dice, ANCHO - 2, break_long_words=False, break_on_hyphens=False)
    return "\n".join(f"# {linea}" for linea in lineas)


if __name__ == "__main__":
    ARCHIVO.write_text(texto(), encoding="utf-8")
    print(ARCHIVO.relative_to(RAIZ))
