"""This service's settings."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, PositiveFloat, model_validator

from seedwork.aplicacion import trazas
from seedwork.entrada.config import ROTACION_DIAS, ConfigServicio, Puerto
from suscripciones.aplicacion.caducidad import PlazosDeOlvido
from suscripciones.infraestructura.catalogo import INCLUIDOS

_TRAZA = "{traza}"


def _de_traza(url: str) -> str:
    if url and not (url.startswith(("http://", "https://")) and _TRAZA in url):
        raise ValueError("ha de empezar por http:// o https://, y decir {traza} donde va la traza")
    return url


class Config(ConfigServicio):
    """What every service is told, and where the plans are."""

    http_puerto: Puerto = 5011
    salud_puerto: Puerto = 5021
    catalogo_planes: Path = INCLUIDOS
    """A folder with one TOML file per plan; the package's own by default."""
    saga_tope_s: PositiveFloat = 1800.0
    """Seconds from a saga's beginning after which its deadline strikes in any case, though its participants are still
    at work on what came before it; no less than SAGA_PLAZO_S. A saga that is open for longer is shown to operators."""

    respaldos_dias: PositiveFloat = 30.0
    """Days that backups of the databases are kept, by whoever keeps them: a client who is forgotten is told. The event
    store's keys, in `claves_de_cliente`, are in them too."""

    exportacion_dias: PositiveFloat = 7.0
    """Days that what a client asked to be told of itself can be read."""

    trazas_url: Annotated[str, AfterValidator(_de_traza)] = ""
    """Where people look at a trace (http://127.0.0.1:16686/trace/{traza}, Jaeger's page): {traza} stands for its id. By
    it the answer about a saga links to its trace; by default it tells the id alone."""

    def enlace_traza(self, contexto: str | None) -> str | None:
        """Where a trace is looked at, by its traceparent; None where it is not kept."""
        traza = trazas.id_de(contexto) if trazas.es_muestreada(contexto) else None
        return self.trazas_url.replace(_TRAZA, traza) if traza and self.trazas_url else None

    @property
    def plazos_de_olvido(self) -> PlazosDeOlvido:
        """How long what is left of a client who is forgotten is kept."""
        return PlazosDeOlvido(
            topicos=self.retencion_dias + ROTACION_DIAS,
            cartas=self.cartas_dias,
            salida=self.outbox_dias,
            comandos=self.comandos_dias,
            respaldos=self.respaldos_dias,
            exportacion=self.exportacion_dias,
        )

    @model_validator(mode="after")
    def _el_tope_no_precede_al_plazo(self) -> Self:
        if self.saga_tope_s < self.saga_plazo_s:
            raise ValueError(f"SAGA_TOPE_S no puede ser menor que SAGA_PLAZO_S, {self.saga_plazo_s:g} s")
        return self
