"""The services that the checkout has: each folder `microservicio-*`, and what it declares about itself.

A service's `pyproject.toml` says in its table `[tool.saludtech]` what whoever runs it has to know: :class:`Servicio`'s
attributes, but for the name, which is the folder's. This module needs nothing but the standard library.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

RAIZ = Path(__file__).parents[4]
"""The checkout."""
_PREFIJO = "microservicio-"


@dataclass(frozen=True, kw_only=True)
class Servicio:
    """A service, as whoever runs it has to know it.

    Attributes:
        nombre: with hyphens; its processes and its database's host have names that begin so.
        puerto: its API's, where nothing else is set.
        salud_puerto: that of its worker's health and metrics; of several workers, the first one's.
        relay_salud_puerto: that of a relay that runs by itself beside any number of workers. None where there is one
            worker, which relays.
        secretos: its keys, each made once as 32 random bytes in base64: the setting's name, and the name that the
            local run keeps it under.
        correo: whether it sends mail, and so must be told where (SMTP_HOST, SMTP_PUERTO).
    """

    nombre: str
    puerto: int
    salud_puerto: int
    relay_salud_puerto: int | None = None
    secretos: Mapping[str, str] = field(default_factory=dict)
    correo: bool = False

    @property
    def paquete(self) -> str:
        """Its package, which is also its database and its database's role."""
        return self.nombre.replace("-", "_")

    @property
    def puertos(self) -> dict[str, tuple[str, int]]:
        """Its parts that listen, each with its port, by the local run's setting that changes it."""
        puertos = {
            f"{self.paquete}_puerto": (f"{self.nombre}-api", self.puerto),
            f"{self.paquete}_salud_puerto": (self.nombre, self.salud_puerto),
        }
        if self.relay_salud_puerto is not None:
            puertos[f"{self.paquete}_relay_salud_puerto"] = (f"{self.nombre}-relay", self.relay_salud_puerto)
        return puertos


def hallar(raiz: Path) -> dict[str, Servicio]:
    """A checkout's services, by their packages, in the order of their names.

    Raises:
        ValueError: one of them declares nothing, too little, or what there is not.
    """
    servicios = {}
    for archivo in sorted(raiz.glob(f"{_PREFIJO}*/pyproject.toml")):
        nombre = archivo.parent.name.removeprefix(_PREFIJO)
        try:
            tabla = tomllib.loads(archivo.read_text(encoding="utf-8"))["tool"]["saludtech"]
            servicio = Servicio(nombre=nombre, **tabla)
        except (KeyError, TypeError) as error:
            raise ValueError(f"{archivo.relative_to(raiz)}: [tool.saludtech]: {error}") from None
        servicios[servicio.paquete] = servicio
    return servicios


SERVICIOS = hallar(RAIZ)
"""This checkout's."""
