"""Settings: environment variables, or mounted files for what is secret; read once at start and validated."""

import base64
import binascii
import os
import resource
import ssl
import sys
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar
from urllib.parse import parse_qs, urlsplit

from pydantic import (
    AfterValidator,
    AwareDatetime,
    Field,
    FilePath,
    PositiveFloat,
    PositiveInt,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from seedwork.aplicacion.almacen import base_de_almacen
from seedwork.aplicacion.paciencia import Espera
from seedwork.aplicacion.ritmo import Ritmo
from seedwork.entrada.tls import de_servidor
from seedwork.infraestructura.campos import Llavero
from seedwork.infraestructura.credencial import Credencial
from seedwork.infraestructura.plazos import SIN_CERROJOS_S, Plazos
from seedwork.infraestructura.tokens import clave_publica

C = TypeVar("C", bound=BaseSettings)

SECRETOS = Path("/run/secrets")
"""Where container platforms mount secrets."""


def _de_pulsar(url: str) -> str:
    if not url.startswith(("pulsar://", "pulsar+ssl://")):
        raise ValueError("ha de empezar por pulsar:// o pulsar+ssl://")
    return url


def _de_postgres(url: str) -> str:
    if not url.startswith(("postgresql://", "postgres://", "postgresql+psycopg2://", "postgresql+seedwork://")):
        raise ValueError("ha de empezar por postgresql://")
    return url.replace("postgres://", "postgresql://", 1)


def _de_colector(url: str) -> str:
    if url and not url.startswith(("http://", "https://")):
        raise ValueError("ha de empezar por http:// o https://")
    try:
        partes = urlsplit(url)
        maquina, _puerto = partes.hostname, partes.port
    except ValueError:
        maquina = None
    if url and not maquina:
        raise ValueError("ha de decir una máquina, y un puerto que haya: http://127.0.0.1:4318")
    return url.rstrip("/")


def _claves(texto: str) -> list[bytes]:
    try:
        return [
            base64.b64decode(clave.strip().translate(str.maketrans("-_", "+/")), validate=True)
            for clave in texto.split(",")
        ]
    except (binascii.Error, ValueError):
        raise ValueError("ha de ser base64, con comas entre clave y clave") from None


def _de_llavero(secreto: SecretStr) -> SecretStr:
    Llavero(_claves(secreto.get_secret_value()))
    return secreto


def _carpeta(ruta: Path) -> Path:
    if ruta != SECRETOS and not ruta.is_dir():
        raise ValueError("no es una carpeta")
    return ruta


def en_claro(secreto: SecretStr | None) -> str | None:
    """A secret as it is, where there is one."""
    return None if secreto is None else secreto.get_secret_value()


def exigir_cifrado(con: str, **urls: str) -> None:
    """Raise ValueError unless each of these leads to this machine, or is talked to encrypted.

    Args:
        con: the setting for which that is so: what it holds does not travel in the clear.
        urls: by the setting's name.
    """
    for variable, url in urls.items():
        partes = urlsplit(url)
        if partes.scheme not in ("pulsar+ssl", "https") and not es_de_esta_maquina(partes.hostname):
            cifrado = "https://" if partes.scheme == "http" else "pulsar+ssl://"
            raise ValueError(f"con {con}, {variable} ha de empezar por {cifrado}: un token no viaja en claro")


def _clave_publica(dicho: str) -> str:
    if not dicho:
        return ""
    clave_publica(pem(dicho))
    return dicho


ROTACION_DIAS = 0.5
"""Days that a topic may keep what was consumed beyond its time: it forgets whole files, and looks now and then."""


def es_de_esta_maquina(host: str | None) -> bool:
    """Whether nobody but this machine reaches an address: the loopback."""
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False


def es_segura(url: str) -> bool:
    """Whether what is sent to an address of HTTP goes encrypted, or no further than this machine."""
    partes = urlsplit(url)
    if partes.scheme == "http":
        return es_de_esta_maquina(partes.hostname)
    return partes.scheme == "https" and bool(partes.hostname)


def exigir_en_casa(variable: str, host: str) -> None:
    """Let nothing listen beyond this machine where nobody is asked who they are.

    Raises:
        ValueError: it would.
    """
    if not es_de_esta_maquina(host):
        raise ValueError(
            f"con AUTENTICACION=ninguna, {variable} ha de ser de esta máquina (127.0.0.1): quien llegara a {host} "
            "podría hacerlo todo. Pon AUTENTICACION=oidc"
        )


def pem(dicho: str) -> str:
    """A key: the setting itself, or what is in the file that it names.

    Raises:
        ValueError: there is no such file.
    """
    if "-----BEGIN" in dicho:
        # In an environment's one line, its ends are often written so.
        return dicho.replace("\\n", "\n")
    try:
        return Path(dicho).read_text(encoding="ascii")
    except (OSError, ValueError):
        raise ValueError("no es una clave en PEM ni un archivo que se pueda leer") from None


Puerto = Annotated[int, Field(ge=0, le=65535)]
UrlPulsar = Annotated[str, AfterValidator(_de_pulsar)]
UrlPostgres = Annotated[str, AfterValidator(_de_postgres)]


class ConfigBase(BaseSettings):
    """What every process is told. What a setting means, its docstring tells; .env.example is written from them."""

    model_config = SettingsConfigDict(
        extra="ignore", hide_input_in_errors=True, use_attribute_docstrings=True, allow_inf_nan=False
    )

    secretos_dir: Annotated[Path, AfterValidator(_carpeta)] = SECRETOS
    """A folder of mounted secrets: one file per setting, named like it (DATABASE_URL, in capitals or not); the
    environment wins. It need not exist unless it is given."""
    pulsar_url: UrlPulsar = "pulsar://127.0.0.1:6650"
    """Where the broker is."""
    pulsar_admin_url: str = "http://127.0.0.1:8080"
    """Its admin API, for provisioning and for measuring lags."""
    pulsar_token: SecretStr | None = Field(None, min_length=1)
    """Secret: who this process is to a broker that asks (a JWT). The broker must then be on this machine, or be talked
    to encrypted (pulsar+ssl://, https://)."""
    pulsar_ca: FilePath | None = None
    """The authorities, a file in PEM, that the broker's certificate must come from, where it is talked to encrypted
    (pulsar+ssl://, https://); by default those that the system trusts. Its name is always looked at, too."""
    http_certificado: FilePath | None = None
    """The certificate, a file in PEM with its chain, by which the door, or a service's API, talks TLS (1.2 or newer);
    only together with HTTP_CLAVE. By default it talks in the clear."""
    http_clave: FilePath | None = None
    """The file of its private key, in PEM."""
    retencion_dias: PositiveFloat = 7.0
    """Days that topics keep what was consumed, and up to four hours more; the saga's topic keeps everything."""
    autenticacion: Literal["ninguna", "desarrollo", "oidc"] = "ninguna"
    """Whom callers say that they are to: `oidc`, an OpenID provider's tokens; `desarrollo`, those of a key on this
    machine (`saludtech token`); `ninguna`, nobody is asked, and nothing listens but on the loopback. The same for the
    door and all services."""
    log_nivel: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    """What is logged: DEBUG, INFO, WARNING or ERROR."""
    trazas_otlp: Annotated[str, AfterValidator(_de_colector)] = ""
    """The base URL of a collector of traces that talks OTLP over HTTP (http://127.0.0.1:4318): OpenTelemetry's own,
    Jaeger, Tempo. By default no trace is kept, at next to no cost. Headers and certificates, should it want any, as
    OpenTelemetry takes them (OTEL_EXPORTER_OTLP_HEADERS, …)."""
    trazas_muestreo: float = Field(1.0, ge=0, le=1)
    """The part of traces that is kept, from 0 to 1. The door decides of each, and whoever else works on it goes by
    that; the same for all."""

    @property
    def autenticada(self) -> bool:
        """Whether callers are asked who they are."""
        return self.autenticacion != "ninguna"

    @property
    def credencial(self) -> Credencial:
        """Who this process is to the broker, and by whom it knows the broker."""
        return Credencial(en_claro(self.pulsar_token), self.pulsar_ca)

    @property
    def tls(self) -> ssl.SSLContext | None:
        """What its HTTP server talks with."""
        return de_servidor(self.http_certificado, self.http_clave)

    @model_validator(mode="after")
    def _un_certificado_con_su_clave(self) -> Self:
        if (self.http_certificado is None) != (self.http_clave is None):
            raise ValueError("HTTP_CERTIFICADO y HTTP_CLAVE van juntas")
        try:
            _ = self.tls
        except OSError as error:
            raise ValueError(f"HTTP_CERTIFICADO y HTTP_CLAVE no sirven: {type(error).__name__}") from None
        return self

    @model_validator(mode="after")
    def _el_token_no_viaja_en_claro(self) -> Self:
        if self.pulsar_token is not None:
            exigir_cifrado("PULSAR_TOKEN", PULSAR_URL=self.pulsar_url, PULSAR_ADMIN_URL=self.pulsar_admin_url)
        return self

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


class ConfigDeMensajes(ConfigBase):
    """What every process is told that says or hears messages."""

    campos_claves: Annotated[SecretStr, AfterValidator(_de_llavero)]
    """Required, secret: the keys that personal fields travel under, each base64 of 32 random bytes (`openssl rand
    -base64 32`), with commas: the first encrypts, and signs pages' cursors; all decrypt. The same for the door and all
    services; what is encrypted under a key that is gone can't be read. The local run makes one."""
    campos_en_claro_hasta: AwareDatetime | None = None
    """An instant (2026-12-14T00:00:00Z) until which personal fields in the clear are read too: while messages of before
    there were keys may come. By default none are: whoever may publish could have its own text taken for ours."""

    @property
    def llavero(self) -> Llavero:
        """The keys of personal fields."""
        return Llavero(_claves(self.campos_claves.get_secret_value()), self.campos_en_claro_hasta)


class ConfigDeAlmacen(ConfigDeMensajes):
    """What every process is told that stores or fetches files."""

    almacen_url: Annotated[str, AfterValidator(base_de_almacen), Field(validate_default=True)] = ".local/almacen"
    """Where files lie: a folder, gs://bucket/folder or s3://bucket/folder; the same for the door and the service. An
    S3's keys, region and endpoint come as its own tools take them (AWS_ACCESS_KEY_ID, …)."""


class ConfigServicio(ConfigDeMensajes):
    """What every process of a service is told."""

    database_url: UrlPostgres
    """Required, secret: the service's own database, postgresql://user:password@host:port/database. The local run makes
    it."""
    database_url_migracion: UrlPostgres | None = None
    """Secret: the same database as its owner reaches it, for `migrar` and for rebuilding; no API and no worker has it.
    By default DATABASE_URL; then nothing in the database keeps the service from altering its tables."""
    http_host: str = "127.0.0.1"
    """Where the API and the worker's health page listen; with AUTENTICACION=ninguna, on the loopback alone."""
    puerta_clave_publica: Annotated[str, AfterValidator(_clave_publica)] = ""
    """The door's Ed25519 public key, PEM (its ends of lines may be written \\n) or a file's path: that of what it signs
    who asks with. The API needs it unless AUTENTICACION=ninguna. The local run and `make secretos` make it."""
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
    """Days that the ids of handled messages, and idempotency keys, are kept, to recognise a repeat by; more than
    RETENCION_DIAS, half a day, CARTAS_DIAS and the retries together."""
    comandos_dias: PositiveFloat = 90.0
    """Days that a command's fate can be asked, and the command is recognised by it; not less than INBOX_DIAS."""
    outbox_dias: PositiveFloat = 1.0
    """Days that outbox rows are kept after they were sent."""
    escala_objetivo_s: PositiveFloat = 30.0
    """An age of the oldest message that waits, in seconds, at which twice as many workers are wanted as keep up with
    what arrives (`saludtech_instancias_deseadas`)."""
    escala_maximo: PositiveInt = 3
    """The most workers that are wanted: what the group, the servers and their connections have room for."""
    bd_conexiones: int = Field(8, ge=7)
    """Most connections of one process to its database; what runs out is waited for, 2 s at most. A database server
    must let in the processes of all instances that there may be, times this, and ten more."""
    bd_consulta_s: PositiveFloat = 2.0
    """Seconds that a query of the API may take in the database, half of it waiting for one lock; then it is a 503."""
    bd_sentencia_s: PositiveFloat = Plazos.sentencia_s
    """Seconds that a statement of any other process may take; then it is tried again, as when the database is away."""
    bd_cerrojo_s: PositiveFloat = Plazos.cerrojo_s
    """Of these, the seconds that it may wait for one lock; less than BD_SENTENCIA_S."""
    bd_transaccion_s: PositiveFloat = Plazos.transaccion_s
    """Seconds that a transaction may stand still between two statements before the database ends it; with
    BD_SENTENCIA_S less than 15, since a frozen process holds its locks for as long."""
    bd_red_s: PositiveFloat = Plazos.red_s
    """Seconds of silence, at either end, after which a connection to the database counts as lost; at most 15."""
    bd_mantenimiento_s: PositiveFloat = 3600.0
    """Seconds that a statement of a migration or of a rebuilding may take."""
    saga_plazo_s: PositiveFloat = 120.0
    """The saga's deadline in seconds. Who notifies must be done within half of it, so set it alike for all."""

    @model_validator(mode="after")
    def _la_clave_de_la_base_no_viaja_en_claro(self) -> Self:
        if self.autenticacion == "oidc":
            for variable, url in (
                ("DATABASE_URL", self.database_url),
                ("DATABASE_URL_MIGRACION", self.database_url_migracion),
            ):
                partes = urlsplit(url or "")
                dichos = parse_qs(partes.query)
                # Of libpq's words for a connection that is encrypted, the one by which the server is known by its name.
                conocida = dichos.get("sslmode") == ["verify-full"]
                # A host may stand there, too; one that begins with a slash is a socket's folder.
                hosts = {partes.hostname or "", *dichos.get("host", ()), *dichos.get("hostaddr", ())} - {""}
                if not conocida and not all(es_de_esta_maquina(h) or h.startswith("/") for h in hosts):
                    raise ValueError(
                        f"con AUTENTICACION=oidc, {variable} de otra máquina ha de llevar sslmode=verify-full: una "
                        "clave no viaja en claro, ni hacia cualquiera"
                    )
        return self

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

    @property
    def plazos(self) -> Plazos:
        """How long anything may take on the database's connections."""
        return Plazos(
            sentencia_s=self.bd_sentencia_s,
            cerrojo_s=self.bd_cerrojo_s,
            transaccion_s=self.bd_transaccion_s,
            red_s=self.bd_red_s,
        )

    @property
    def plazos_de_consulta(self) -> Plazos:
        """Likewise, on the API's: a client waits."""
        return replace(self.plazos, sentencia_s=self.bd_consulta_s, cerrojo_s=self.bd_consulta_s / 2)

    @property
    def plazos_de_mantenimiento(self) -> Plazos:
        """Likewise, on those of who migrates or rebuilds, which may take long: whoever stands in its way has let go of
        its locks before it gives up, and it lets go of its own in time, too."""
        return replace(
            self.plazos,
            sentencia_s=self.bd_mantenimiento_s,
            cerrojo_s=2 * SIN_CERROJOS_S,
            transaccion_s=SIN_CERROJOS_S - 1,
        )

    @model_validator(mode="after")
    def _nadie_entra_sin_decir_quien_es(self) -> Self:
        if not self.autenticada:
            exigir_en_casa("HTTP_HOST", self.http_host)
        return self

    @model_validator(mode="after")
    def _nadie_retiene_a_los_demas(self) -> Self:
        if self.bd_sentencia_s + self.bd_transaccion_s >= SIN_CERROJOS_S:
            raise ValueError(
                f"BD_SENTENCIA_S y BD_TRANSACCION_S juntas han de ser menos de {SIN_CERROJOS_S:g} s: lo que un proceso "
                "detenido retiene sus cerrojos"
            )
        if self.bd_cerrojo_s >= self.bd_sentencia_s:
            raise ValueError("BD_CERROJO_S ha de ser menos que BD_SENTENCIA_S: con un cerrojo no está todo hecho")
        if self.bd_red_s > SIN_CERROJOS_S:
            raise ValueError(f"BD_RED_S ha de ser {SIN_CERROJOS_S:g} s a lo sumo")
        return self

    @model_validator(mode="after")
    def _los_reintentos_son_avance(self) -> Self:
        if self.sin_avance_s <= (total := self.ritmo.total_s):
            raise ValueError(f"SIN_AVANCE_S ha de superar los reintentos de un mensaje juntos, {total:.0f} s")
        return self

    @model_validator(mode="after")
    def _el_inbox_sobrevive(self) -> Self:
        # A letter that is replayed on its last day is on its topic again, for as long as that keeps messages.
        reintentos = self.ritmo.total_s / 86400
        ventana = self.retencion_dias + ROTACION_DIAS + self.cartas_dias + reintentos
        if self.inbox_dias <= ventana:
            raise ValueError(
                f"INBOX_DIAS ha de superar RETENCION_DIAS, medio día, CARTAS_DIAS y los reintentos juntos, "
                f"{ventana:.2f} días"
            )
        if self.comandos_dias < self.inbox_dias:
            raise ValueError(
                f"COMANDOS_DIAS ha de ser INBOX_DIAS ({self.inbox_dias:g}) al menos: el destino de un comando no se "
                "olvida mientras su repetición aún se reconoce"
            )
        return self


def cargar(clase: type[C]) -> C:
    """Read the settings, or end the process saying which variable is missing or wrong, and why.

    From now on it has secrets in its memory, and what is people's: that, and its children's, is written to no file
    where it crashes (core dump), whatever the system would do.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
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
