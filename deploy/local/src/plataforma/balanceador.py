"""The balancer before several instances of the door: Caddy, told the platform's rules (contract §7)."""

import json
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plataforma.errores import ErrorPlataforma
from plataforma.puertos import LOCAL, esta_libre

SALUD = "/salud/trafico"
MIRADA_S = 0.5
"""Seconds between two looks at an instance's health: one that says that it is going gets nothing new after as many."""
DRENAJE_S = 2 * MIRADA_S
"""How long an instance that goes serves on: until it was looked at."""
FALLOS = 5
"""Failures within `APARTADO_S` after which an instance is left out: answers 5xx, and what broke off or never began."""
APARTADO_S = 10
ESPERA_S = 15
"""How long an instance may take to begin its answer."""
ENTREGA_S = 46_800
"""How long an answer may take in all: a file of 2 GiB at the least pace that the door lets its client have."""
OCIO_S = 20
"""How long a connection to an instance may lie idle: less than the door lets it (BFF_INACTIVIDAD_S)."""
CONEXIONES = 1900
"""Most connections to one instance from each of the two proxies; together fewer than it takes. Who is slow holds one as
long as the door lets it, which is the one to judge: nothing is kept here, of a request or of an answer. (A body that
was kept here would be gone for the second proxy, and who never ends one would never hear of it.)"""
SE_CIERRA = [408, 413, 417, 501, 503]
"""Statuses with which the door answers before all of a body has come, and closes: so is the client's connection, or the
rest would be waited for in vain."""

_INCIERTO = (
    "No llegó respuesta de la instancia que atendía la petición: puede que se haya hecho y puede que no. "
    "Repetirla con la misma Idempotency-Key es seguro."
)
_NINGUNA = "Ninguna instancia puede atender la petición ahora: no se ha hecho nada."


def programa() -> Path:
    """Caddy, which its wheel puts beside Python. Raises ErrorPlataforma where it is not."""
    ruta = Path(sysconfig.get_path("scripts"), "caddy")
    if not ruta.is_file():
        raise ErrorPlataforma(f"The balancer is not there: {ruta} (make sets it up with .venv).")
    return ruta


@dataclass(frozen=True)
class Balanceador:
    """A balancer that listens on `puerto`, and keeps its configuration beneath `carpeta`."""

    carpeta: Path
    puerto: int
    instancias: Sequence[int]
    """The ports of the door's instances."""

    def preparar(self) -> list[str]:
        """Write its configuration, and give the command that runs it in the foreground."""
        self.carpeta.mkdir(parents=True, exist_ok=True)
        archivo = self.carpeta / "caddy.json"
        archivo.write_text(json.dumps(self.configuracion(), indent=1, ensure_ascii=False), encoding="utf-8")
        return [str(programa()), "run", "--config", str(archivo)]

    @property
    def entorno(self) -> dict[str, str]:
        """Where it keeps what it makes for itself: not in its user's home."""
        return {"XDG_DATA_HOME": str(self.carpeta), "XDG_CONFIG_HOME": str(self.carpeta)}

    def configuracion(self) -> dict[str, Any]:
        """What Caddy is told.

        An instance that errs is left out by the first proxy. Where that leaves none, all err alike, for want of a
        broker say: then the second one, which looks at health alone, lets their own answers through.
        """
        sin_nadie = {"expression": "{http.error.status_code} == 503"}
        camino = {
            "handler": "subroute",
            "routes": [{"handle": [self._reparto(aparta=True)]}],
            "errors": {
                "routes": [
                    {"match": [sin_nadie], "handle": [self._reparto(aparta=False)], "terminal": True},
                    {"handle": [{"handler": "error", "status_code": "{http.error.status_code}"}]},
                ]
            },
        }
        servidor = {
            # Where a client looks for the loopback, as at the door itself.
            "listen": [f"{LOCAL}:{self.puerto}", *([f"[::1]:{self.puerto}"] if esta_libre(self.puerto, "::1") else [])],
            "protocols": ["h1"],
            "automatic_https": {"disable": True},
            "read_header_timeout": "10s",
            "write_timeout": f"{ENTREGA_S}s",
            "idle_timeout": "60s",
            # What the door answers to half a body goes to the client at once.
            "enable_full_duplex": True,
            "routes": [{"handle": [camino]}],
            "errors": {
                "routes": [
                    {"match": [sin_nadie], "handle": [_problema("Servicio no disponible", _NINGUNA)], "terminal": True},
                    {"handle": [_problema("La instancia no respondió", _INCIERTO)]},
                ]
            },
        }
        return {
            "admin": {"disabled": True, "config": {"persist": False}},
            "logging": {"logs": {"default": {"level": "WARN"}}},
            "apps": {"http": {"grace_period": "2s", "servers": {"puerta": servidor}}},
        }

    def _reparto(self, *, aparta: bool) -> dict[str, Any]:
        """A proxy to all instances. Of what was sent to one Caddy repeats GETs alone, and nothing that was answered."""
        salud: dict[str, Any] = {"active": {"uri": SALUD, "interval": f"{MIRADA_S}s", "timeout": "2s"}}
        if aparta:
            salud["passive"] = {"fail_duration": f"{APARTADO_S}s", "max_fails": FALLOS, "unhealthy_status": [5]}
        return {
            "handler": "reverse_proxy",
            "upstreams": [{"dial": f"{LOCAL}:{puerto}"} for puerto in self.instancias],
            # As often as it takes until one that can't be reached is left out.
            "load_balancing": {"selection_policy": {"policy": "least_conn"}, "retries": FALLOS},
            "health_checks": salud,
            # The door believes what a balancer says of the caller. Caddy says the rest anew, whatever the caller said.
            "headers": {
                "request": {"delete": ["Forwarded", "X-Forwarded-Prefix"]},
                "response": {"require": {"status_code": SE_CIERRA}, "set": {"Connection": ["close"]}},
            },
            "transport": {
                "protocol": "http",
                "dial_timeout": "2s",
                "response_header_timeout": f"{ESPERA_S}s",
                "compression": False,
                "max_conns_per_host": CONEXIONES,
                "keep_alive": {"idle_timeout": f"{OCIO_S}s", "max_idle_conns_per_host": CONEXIONES},
            },
        }


def _problema(titulo: str, detalle: str) -> dict[str, Any]:
    """The balancer's own answer, in the shape of the door's (contract §2), under the error's status."""
    cuerpo = json.dumps({"type": "about:blank", "title": titulo, "detail": detalle}, ensure_ascii=False)
    # A number, which no JSON text of ours can hold before Caddy knows it.
    con_estado = cuerpo.replace("{", '{"status": {http.error.status_code}, ', 1)
    return {
        "handler": "static_response",
        "status_code": "{http.error.status_code}",
        "headers": {"Content-Type": ["application/problem+json"], "Retry-After": ["1"]},
        "body": con_estado,
    }
