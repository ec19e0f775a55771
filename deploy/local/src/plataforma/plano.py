"""The plan of a run: what is started here, what is used from elsewhere, and on which ports."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console

from plataforma import identidad, partes, puertos, sondas
from plataforma.ajustes import PUERTO_PULSAR, Ajustes
from plataforma.broker import BrokerIncrustado
from plataforma.credenciales import ADMINISTRADOR, OPERADOR, Credenciales
from plataforma.descargas import PULSAR, encontrar_java
from plataforma.errores import ErrorPlataforma
from plataforma.escala import Escalado
from plataforma.partes import Conexiones, Grupo, Parte, Preparativo
from plataforma.postgres import PostgresIncrustado, dueno, url_de
from plataforma.secretos import Secretos, escribir_privado
from plataforma.servicios import SERVICIOS

_LOCALES = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Plano:
    """What a run consists of."""

    infraestructura: list[Parte]
    preparativos: list[Preparativo]
    servicios: list[Parte]
    """The services' processes and the BFF."""
    conexiones: Conexiones
    postgres_url: str
    """The superuser's."""
    claves: dict[str, str]
    """The password of each service's database role, the one that works there."""
    claves_de_duenos: dict[str, str]
    """Likewise, of the one that owns its database."""
    externos: list[str]
    """What it uses without running it, in words."""
    escalados: list[Escalado]
    """The services whose workers come and go by their metric."""

    @property
    def partes(self) -> list[Parte]:
        """Every process, in the order of starting."""
        return self.infraestructura + self.servicios


def planear(ajustes: Ajustes, estado: Path, consola: Console, *, con_servicios: bool, de_paso: bool = False) -> Plano:
    """Decide what runs here, and make ready on disk what it needs; servers `de_paso` survive no power cut.

    Raises ErrorPlataforma for taken ports and unreachable servers, before anything else is done, and for
    whatever can't be fetched or found.
    """
    secretos = Secretos(estado / "secretos.json")
    externos: list[str] = []
    credenciales = None if ajustes.autenticacion == "ninguna" else Credenciales.en(estado / "broker.pem")
    broker = _broker(ajustes, estado, externos, de_paso, credenciales)
    postgres = _postgres(ajustes, estado, secretos, externos, de_paso)
    postgres_url = postgres.url if postgres else str(ajustes.postgres_url)
    claves = {paquete: secretos[f"base_{paquete}"] for paquete in SERVICIOS}
    de_duenos = {paquete: secretos[f"base_{paquete}_dueno"] for paquete in SERVICIOS}
    roles = ["bff", OPERADOR, ADMINISTRADOR, *(servicio.nombre for servicio in SERVICIOS.values())]
    admin = credenciales.token(ADMINISTRADOR) if broker and credenciales else None
    conexiones = Conexiones(
        pulsar_url=broker.url if broker else str(ajustes.pulsar_url),
        pulsar_admin_url=broker.admin_url if broker else _admin_url(ajustes),
        bases={paquete: url_de(postgres_url, paquete, clave, paquete) for paquete, clave in claves.items()},
        almacen=str(estado / "almacen"),
        de_duenos={p: url_de(postgres_url, dueno(p), clave, p) for p, clave in de_duenos.items()},
        tokens={rol: credenciales.token(rol) for rol in roles} if broker and credenciales else {},
        identidad=_identidad(ajustes, estado / "identidad"),
    )
    preparativos: list[Preparativo] = []
    servicios: list[Parte] = []
    infraestructura: list[Parte] = []
    if con_servicios:
        metricas = estado / "metricas"
        preparativos = partes.preparativos(ajustes, conexiones, secretos)
        servicios = partes.servicios(ajustes, conexiones, secretos, metricas)
        servicios += partes.puerta(ajustes, conexiones, secretos, metricas, estado / "balanceador")
        infraestructura.append(partes.correo(ajustes, estado / "correo"))

    puertos_postgres = (ajustes.puerto("postgres_puerto"),) if postgres else ()
    puertos_broker = (ajustes.puerto_pulsar(), ajustes.puerto_pulsar_admin()) if broker else ()
    de_las_partes = [puerto for parte in infraestructura + servicios for puerto in parte.puertos]
    puertos.comprobar([*puertos_broker, *puertos_postgres, *de_las_partes])

    if postgres:
        infraestructura.append(
            Parte("postgres", Grupo.POSTGRES, postgres.preparar(), sondas.postgres(postgres.url), puertos_postgres,
                  senal="INT")
        )  # fmt: skip
    if broker:
        orden = broker.preparar(encontrar_java(), PULSAR.obtener(consola))
        infraestructura.append(
            Parte("pulsar", Grupo.BROKER, orden, sondas.pulsar(broker.admin_url, admin), puertos_broker)
        )
    escalados = partes.escalados(ajustes) if con_servicios else []
    return Plano(
        infraestructura, preparativos, servicios, conexiones, postgres_url, claves, de_duenos, externos, escalados
    )


def _identidad(ajustes: Ajustes, carpeta: Path) -> str:
    """The folder of the keys by which callers are known; empty where nobody is asked."""
    if ajustes.autenticacion == "ninguna":
        return ""
    carpeta.mkdir(mode=0o700, exist_ok=True)
    identidad.hacer(carpeta, escribir_privado)
    return str(carpeta)


def _broker(
    ajustes: Ajustes, estado: Path, externos: list[str], de_paso: bool, credenciales: Credenciales | None
) -> BrokerIncrustado | None:
    """The broker to start here; None when one answers where PULSAR_URL says, which is then used as it is."""
    if ajustes.pulsar_url:
        direccion = urlsplit(ajustes.pulsar_url)
        anfitrion, puerto = direccion.hostname or "", direccion.port or PUERTO_PULSAR
        if puertos.responde(anfitrion, puerto):
            if motivo := sondas.pulsar(_admin_url(ajustes))():
                raise ErrorPlataforma(
                    f"Something answers at PULSAR_URL ({ajustes.pulsar_url}), but the broker's admin API "
                    f"(PULSAR_ADMIN_URL) does not say that it is a Pulsar that is ready: {motivo}"
                )
            externos.append(f"Pulsar: the one at {ajustes.pulsar_url}, not started here")
            return None
        if anfitrion not in _LOCALES:
            raise ErrorPlataforma(
                f"No broker answers at PULSAR_URL ({ajustes.pulsar_url}); one can be started here for a loopback "
                "address only."
            )
    puertos_suyos = ajustes.puerto_pulsar().numero, ajustes.puerto_pulsar_admin().numero
    return BrokerIncrustado(estado / "pulsar", *puertos_suyos, de_paso, credenciales)


def _postgres(
    ajustes: Ajustes, estado: Path, secretos: Secretos, externos: list[str], de_paso: bool
) -> PostgresIncrustado | None:
    """The PostgreSQL to start here; None when POSTGRES_URL names one."""
    if not ajustes.postgres_url:
        puerto = ajustes.puerto("postgres_puerto").numero
        return PostgresIncrustado(estado / "postgres", puerto, secretos["postgres"], de_paso)
    if motivo := sondas.postgres(ajustes.postgres_url)():
        raise ErrorPlataforma(f"The PostgreSQL that POSTGRES_URL names can't be used: {motivo}")
    externos.append("PostgreSQL: the one that POSTGRES_URL names, not started here")
    return None


def _admin_url(ajustes: Ajustes) -> str:
    """The admin API of a given broker: PULSAR_ADMIN_URL, else the usual port of PULSAR_URL's host."""
    if ajustes.pulsar_admin_url:
        return ajustes.pulsar_admin_url.rstrip("/")
    anfitrion = urlsplit(ajustes.pulsar_url or "").hostname or puertos.LOCAL
    return f"http://{anfitrion}:{ajustes.puerto_pulsar_admin().numero}"
