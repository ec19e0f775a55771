"""Settings: environment variables, or mounted files for what is secret; read once at start and validated."""

import os
import sys
from pathlib import Path
from typing import Annotated, Self, TypeVar

from pydantic import AfterValidator, Field, PositiveFloat, PositiveInt, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from seedwork.aplicacion.paciencia import Espera
from seedwork.aplicacion.ritmo import Ritmo

C = TypeVar("C", bound=BaseSettings)

SECRETOS = Path("/run/secrets")
"""Where container platforms mount secrets."""


def _de_pulsar(url: str) -> str:
    if not url.startswith(("pulsar://", "pulsar+ssl://")):
        raise ValueError("ha de empezar por pulsar:// o pulsar+ssl://")
    return url


def _de_postgres(url: str) -> str:
    if not url.startswith(("postgresql://", "postgres://", "postgresql+psycopg2://")):
        raise ValueError("ha de empezar por postgresql://")
    return url.replace("postgres://", "postgresql://", 1)


def _carpeta(ruta: Path) -> Path:
    if ruta != SECRETOS and not ruta.is_dir():
        raise ValueError("no es una carpeta")
    return ruta


Puerto = Annotated[int, Field(ge=0, le=65535)]
UrlPulsar = Annotated[str, AfterValidator(_de_pulsar)]
UrlPostgres = Annotated[str, AfterValidator(_de_postgres)]


class ConfigBase(BaseSettings):
    """What every process is told. What a setting means, its docstring tells; .env.example is written from them."""

    model_config = SettingsConfigDict(extra="ignore", hide_input_in_errors=True, use_attribute_docstrings=True)

    secretos_dir: Annotated[Path, AfterValidator(_carpeta)] = SECRETOS
    """A folder of mounted secrets: one file per setting, named like it (DATABASE_URL, in capitals or not); the
    environment wins. It need not exist unless it is given."""
    pulsar_url: UrlPulsar = "pulsar://127.0.0.1:6650"
    """Where the broker is."""
    pulsar_admin_url: str = "http://127.0.0.1:8080"
    """Its admin API, for provisioning and for measuring lags."""
    retencion_dias: PositiveInt = 7
    """Days that topics keep what was consumed; the saga's topic keeps everything."""
    log_nivel: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    """What is logged: DEBUG, INFO, WARNING or ERROR."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given in code, then the environment, then the files."""
        carpeta = Path(os.environ.get("SECRETOS_DIR", SECRETOS))
        archivos = (SecretsSettingsSource(settings_cls, carpeta),) if carpeta.is_dir() else ()
        return init_settings, env_settings, *archivos


class ConfigServicio(ConfigBase):
    """What every process of a service is told."""

    database_url: UrlPostgres
    """Required, secret: the service's own database, postgresql://user:password@host:port/database. The local run makes
    it."""
    http_host: str = "127.0.0.1"
    """Where the API and the worker's health page listen."""
    http_puerto: Puerto
    """The API's port; each service has a default of its own, where the door looks for it."""
    salud_puerto: Puerto
    """The port of the worker's health and metrics; each service has a default of its own."""
    relay_aparte: bool = False
    """Whether the worker leaves the relay to a process of its own, `python -m <service> relay`, which then must run: a
    consumer under load is half as fast again. The local run does so for a service that declares it."""
    lote: PositiveInt = 500
    """Most messages in one transaction."""
    cola: PositiveInt = 1000
    """The consumer's receiver queue, in messages."""
    reintentos_maximo: PositiveInt = Ritmo.maximo
    """How often a failing message is handled on its own before it is parked as a dead letter."""
    reintentos_base_s: PositiveFloat = Ritmo.base_s
    """Seconds before the first delayed attempt; each further one waits twice as long."""
    reintentos_tope_s: PositiveFloat = Ritmo.tope_s
    """The longest wait between two attempts, in seconds."""
    sin_avance_s: PositiveFloat = Ritmo.sin_avance_s
    """Seconds after which a consumer that handled nothing though messages are before it, or an outbox whose oldest row
    is still the same, is not ready; more than all retries of one message together."""
    cartas_dias: PositiveFloat = 7.0
    """Days that dead letters can be replayed; then they are discarded, their commands refused."""
    inbox_dias: PositiveFloat = 15.0
    """Days that the ids of handled messages are kept, to recognise a repeat by; more than RETENCION_DIAS, CARTAS_DIAS
    and the retries together."""
    outbox_dias: PositiveFloat = 1.0
    """Days that outbox rows are kept after they were sent."""
    saga_plazo_s: PositiveFloat = 120.0
    """The saga's deadline in seconds. Who notifies must be done within half of it, so set it alike for all."""

    @property
    def ritmo(self) -> Ritmo:
        """How often, and how long apart, the service's parts try, look and wait."""
        return Ritmo(
            maximo=self.reintentos_maximo,
            base_s=self.reintentos_base_s,
            tope_s=self.reintentos_tope_s,
            sin_avance_s=self.sin_avance_s,
        )

    @property
    def espera(self) -> Espera:
        """How long commands wait for what they name, and how often they are looked at."""
        return Espera()

    @model_validator(mode="after")
    def _los_reintentos_son_avance(self) -> Self:
        if self.sin_avance_s <= (total := self.ritmo.total_s):
            raise ValueError(f"SIN_AVANCE_S ha de superar los reintentos de un mensaje juntos, {total:.0f} s")
        return self

    @model_validator(mode="after")
    def _el_inbox_sobrevive(self) -> Self:
        # A letter that is replayed on its last day is on its topic again, for as long as that keeps messages.
        reintentos = self.ritmo.total_s / 86400
        ventana = self.retencion_dias + self.cartas_dias + reintentos
        if self.inbox_dias <= ventana:
            raise ValueError(
                f"INBOX_DIAS ha de superar RETENCION_DIAS, CARTAS_DIAS y los reintentos juntos, {ventana:.2f} días"
            )
        return self


def cargar(clase: type[C]) -> C:
    """Read the settings, or end the process saying which variable is missing or wrong, and why."""
    try:
        return clase()
    except SettingsError as error:
        # A file that can't be read, or what should be JSON and is not. Its text names the field, and quotes nothing.
        print(f"configuración: no se puede leer: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except ValidationError as error:
        for e in error.errors(include_input=False, include_url=False):
            variable = "_".join(str(p) for p in e["loc"]).upper() or clase.__name__
            falta = "falta" if e["type"] == "missing" else e["msg"]
            print(f"configuración: {variable}: {falta}", file=sys.stderr)
        raise SystemExit(2) from None
