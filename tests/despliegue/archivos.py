"""The deployment's files, read for the tests."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic_settings import BaseSettings
from tests.arquitectura.codigo import RAIZ, configuraciones

from plataforma.servicios import SERVICIOS

TEXTO = (RAIZ / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXTO)
CONTENEDORES: dict[str, dict[str, Any]] = COMPOSE["services"]
PROPIOS = {nombre: c for nombre, c in CONTENEDORES.items() if c["image"].startswith("saludtech/")}
"""Those that run our code."""
CONSTRUYEN = {nombre: c for nombre, c in CONTENEDORES.items() if "build" in c}
"""Those whose block has an image built."""
CONFIG: Mapping[str, type[BaseSettings]] = configuraciones()
"""Each image's settings, by its name: the service's, or the door's."""
PAQUETES = {objetivo: clase.__module__.split(".")[0] for objetivo, clase in CONFIG.items()}
"""Each image's package."""


def _de(servicio: str, *mas: str) -> set[str]:
    return {servicio, *(f"{servicio}-{parte}" for parte in ("bd", "preparar", "api", *mas))}


CON_RELAY = {s.nombre for s in SERVICIOS.values() if s.relay_salud_puerto is not None}
CON_CORREO = {s.nombre for s in SERVICIOS.values() if s.correo}
APROVISIONA = "provisionar"
PREPARATIVOS = {APROVISIONA} | {nombre for nombre in CONTENEDORES if nombre.endswith("-preparar")}
"""Those that run once, to their end."""
CON_CERTIFICADO = {"bff"} | {nombre for nombre in CONTENEDORES if nombre.endswith("-api")}
"""Those that are asked by HTTPS."""
BASES = {nombre for nombre in CONTENEDORES if nombre.endswith("-bd")}
OBSERVADORES = {"prometheus", "grafana", "jaeger"}
"""Those who look at the others."""
PERFILES = {
    "pulsar": {"pulsar"},
    "bff_web": {"pulsar", APROVISIONA, "bff"},
    # Each service's own has its name, without hyphens.
    **{
        s.nombre.replace("-", ""): {"pulsar", APROVISIONA}
        | ({"correo"} if s.nombre in CON_CORREO else set())
        | _de(s.nombre, *(("relay",) if s.nombre in CON_RELAY else ()))
        for s in SERVICIOS.values()
    },
    "observabilidad": OBSERVADORES,
    "all": set(CONTENEDORES) - OBSERVADORES,
}
"""What each profile is to start."""


@dataclass(frozen=True)
class Instruccion:
    """One line of the Dockerfile."""

    verbo: str
    resto: str

    @property
    def ejecucion(self) -> list[str]:
        """Its command in exec form. Raises ValueError for the shell's form, whose process gets no signals."""
        orden: list[str] = json.loads(self.resto)
        return orden


@dataclass(frozen=True)
class Etapa:
    """One stage of the Dockerfile: what it stands on, and what it adds; of an image's last one, all above `comun`."""

    nombre: str
    desde: str
    instrucciones: list[Instruccion]

    def las(self, verbo: str) -> list[Instruccion]:
        """Its own instructions of that kind."""
        return [i for i in self.instrucciones if i.verbo == verbo]


def etapas() -> dict[str, Etapa]:
    """The Dockerfile's stages, by name."""
    texto = (RAIZ / "Dockerfile").read_text(encoding="utf-8")
    lineas = [linea for linea in texto.splitlines() if linea.strip() and not linea.lstrip().startswith("#")]
    halladas: dict[str, Etapa] = {}
    actual: list[Instruccion] = []
    for linea in re.sub(r"\\\n\s*", "", "\n".join(lineas)).splitlines():
        verbo, _, resto = linea.partition(" ")
        if verbo == "FROM":
            desde, _, nombre = resto.partition(" AS ")
            actual = []
            halladas[nombre] = Etapa(nombre, desde, actual)
        else:
            actual.append(Instruccion(verbo, resto))
    return halladas


def imagen_de(contenedor: str) -> str:
    """The image that one of our containers has: the service's name, or the door's."""
    return str(PROPIOS[contenedor]["image"]).removeprefix("saludtech/").removesuffix(":local")


def con_argumentos(etapa: Etapa, argumentos: Mapping[str, str]) -> Etapa:
    """A stage as Docker makes it: what it declares is put where Docker does so, and is empty where it is not given."""
    declarados: dict[str, str] = {}
    hechas = []
    for i in etapa.instrucciones:
        if i.verbo == "ARG":
            declarados[i.resto] = argumentos.get(i.resto, "")
        elif i.verbo in ("COPY", "ENV", "EXPOSE"):
            i = Instruccion(i.verbo, _ARGUMENTO.sub(lambda hallado: declarados.get(hallado[1], ""), i.resto))
        hechas.append(i)
    return Etapa(etapa.nombre, etapa.desde, hechas)


_ARGUMENTO = re.compile(r"\$\{(\w+)\}")
ETAPAS = etapas()


def entera(etapa: Etapa) -> Etapa:
    """A stage with all that stands between it and what the images share."""
    if etapa.desde == "comun":
        return etapa
    abajo = entera(ETAPAS[etapa.desde])
    return Etapa(etapa.nombre, abajo.desde, [*abajo.instrucciones, *etapa.instrucciones])


IMAGENES: Mapping[str, Etapa] = {
    imagen_de(nombre): con_argumentos(entera(ETAPAS[c["build"]["target"]]), c["build"].get("args", {}))
    for nombre, c in CONSTRUYEN.items()
}
"""The last stage of each image, as docker-compose.yml has it built."""
