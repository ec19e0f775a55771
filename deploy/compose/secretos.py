"""Makes the containers' secrets, one file each, and says in .env where they are; what exists is kept.

The folder is its owner's alone (0700). The files in it can be read by anyone who gets that far (0644): they are
mounted into containers as they are, where another user reads them. The keys that others are made of are mounted
nowhere, and their owner's alone (0600): that of development tokens, which ``saludtech token --clave`` reads, of the
broker's tokens, and of the authority by which all the parts know each other.
"""

import base64
import json
import secrets
import time
from pathlib import Path
from urllib.parse import urlsplit

from joserfc import jwk, jwt
from joserfc.errors import JoseError

from contratos.canales import ROLES
from plataforma import autoridad, identidad
from plataforma.credenciales import ADMINISTRADOR, Credenciales
from plataforma.postgres import dueno
from plataforma.servicios import RAIZ, SERVICIOS
from seedwork.infraestructura.tokens import Firmante

CARPETA = "deploy/compose/secretos"
AJUSTE = "SECRETOS_CONTENEDORES"
MONTADOS = "/run/secrets"
"""Where a container sees its own."""
BROKER_CLAVE = "broker_clave"
"""What the broker's tokens are signed with. Without it, all of them are made anew."""
BROKER_CLAVE_PUBLICA = "broker_clave_publica.der"
METRICAS = "metricas_token"
"""What Prometheus shows the door: an operator's token without any scope, which opens the metrics and the panorama,
figures both, and nothing else. It is good for as long as a certificate, and made anew as early."""
_DIA_S = 86_400
DE_NADIE = frozenset({identidad.DESARROLLO_CLAVE, BROKER_CLAVE, autoridad.CLAVE})
"""Those that no container sees."""
_AQUI = ("localhost", "127.0.0.1")


def azar() -> list[str]:
    """The names of the secrets that are nothing but chance: 32 octets, in base64."""
    propias = [ajuste.lower() for s in SERVICIOS.values() for ajuste in s.secretos]
    return ["postgres_clave", "campos_claves", "idempotencia_secreto", "grafana_clave", *propias]


def urls() -> dict[str, tuple[str, str]]:
    """Of each file with a database's URL, the role, and what follows its password."""
    return {
        f"{s.paquete}_database_url{cual}": (
            rol,
            f"{s.nombre}-bd:5432/{s.paquete}?sslmode=verify-full&sslrootcert={MONTADOS}/{autoridad.CERTIFICADO}",
        )
        for s in SERVICIOS.values()
        for cual, rol in (("", s.paquete), ("_migracion", dueno(s.paquete)))
    }


def tokens() -> dict[str, str]:
    """Of each file with a broker's token, whose it is."""
    return {f"pulsar_token_{rol.replace('-', '_')}": rol for rol in (*ROLES, ADMINISTRADOR)}


def partes() -> dict[str, list[str]]:
    """Who has a certificate, and its names: as the others call it, and as its own health check does, or this machine
    where its port is published."""
    servicios = [parte for s in SERVICIOS.values() for parte in (f"{s.nombre}-bd", f"{s.nombre}-api")]
    return {parte: [parte, *_AQUI] for parte in ("pulsar", "correo", "bff", *servicios)}


def nombres() -> set[str]:
    """Every file's."""
    de_partes = {f"{parte}.{que}" for parte in partes() for que in ("crt", "key")}
    del_broker = {BROKER_CLAVE, BROKER_CLAVE_PUBLICA, *tokens()}
    de_la_autoridad = {autoridad.CERTIFICADO, autoridad.CLAVE}
    return {*azar(), *urls(), METRICAS, *del_broker, *identidad.ARCHIVOS, *de_la_autoridad, *de_partes}


def hacer(raiz: Path) -> list[str]:
    """Make what is missing beneath a checkout, and what can't be used any more: a token of a broker's key that is gone,
    a certificate that ends soon. Gives the names of what was made."""
    carpeta = raiz / CARPETA
    carpeta.mkdir(mode=0o700, parents=True, exist_ok=True)
    carpeta.chmod(0o700)
    hechos = []

    def poner(nombre: str, valor: str | bytes) -> None:
        _escribir(carpeta / nombre, valor)
        hechos.append(nombre)

    for nombre in azar():
        if not (carpeta / nombre).exists():
            poner(nombre, base64.b64encode(secrets.token_bytes(32)).decode())
    for nombre, (rol, resto) in urls().items():
        # A database has the password that it was made with: that stays, whatever else the URL says from now on.
        hay = (carpeta / nombre).read_text("utf-8") if (carpeta / nombre).exists() else ""
        url = f"postgresql://{rol}:{urlsplit(hay).password or secrets.token_urlsafe(32)}@{resto}"
        if hay != url:
            poner(nombre, url)
    if not (carpeta / BROKER_CLAVE).exists():
        hechos.append(BROKER_CLAVE)
    credenciales = Credenciales.en(carpeta / BROKER_CLAVE)
    publica = carpeta / BROKER_CLAVE_PUBLICA
    if not publica.exists() or publica.read_bytes() != credenciales.publica():
        poner(BROKER_CLAVE_PUBLICA, credenciales.publica())
    for nombre, rol in tokens().items():
        archivo = carpeta / nombre
        if not archivo.exists() or not credenciales.es_de(archivo.read_text("utf-8"), rol):
            poner(nombre, credenciales.token(rol))
    hechos += identidad.hacer(carpeta, _escribir)
    desarrollo = json.loads((carpeta / identidad.DESARROLLO_CLAVE).read_text("utf-8"))
    if not _sirve(carpeta / METRICAS, desarrollo["clave"]):
        poner(METRICAS, _token_de_metricas(desarrollo))
    hechos += autoridad.hacer(carpeta, partes(), _escribir)
    _decir_donde(raiz / ".env")
    return hechos


def _token_de_metricas(desarrollo: dict[str, str]) -> str:
    ahora = int(time.time())
    dichas = {
        **{"iss": desarrollo["emisor"], "aud": desarrollo["audiencia"], "sub": "prometheus", "client_id": "prometheus"},
        **{"iat": ahora, "exp": ahora + autoridad.DIAS * _DIA_S, "scope": "", "roles": ["operador"]},
    }
    return Firmante(desarrollo["clave"], "at+jwt").firmar(dichas)


def _sirve(token: Path, clave: dict[str, str]) -> bool:
    """Whether it is there, of that key, and good for long enough."""
    if not token.exists():
        return False
    try:
        leido = jwt.decode(token.read_text("utf-8"), jwk.OKPKey.import_key(clave), algorithms=["EdDSA"])
    except (JoseError, ValueError):
        return False
    return bool(leido.claims["exp"] - time.time() > autoridad.RESTO_DIAS * _DIA_S)


def _escribir(archivo: Path, valor: str | bytes) -> None:
    """By rename: half a secret must not be taken for one."""
    nuevo = archivo.with_name(f"{archivo.name}.nuevo")
    nuevo.touch(mode=0o600)
    nuevo.write_bytes(valor if isinstance(valor, bytes) else valor.encode())
    nuevo.chmod(0o600 if archivo.name in DE_NADIE else 0o644)
    nuevo.rename(archivo)


def _decir_donde(env: Path) -> None:
    """Add the setting to .env, unless one is there: the operator's own folder stands."""
    texto = env.read_text(encoding="utf-8") if env.exists() else ""
    if not any(linea.startswith(f"{AJUSTE}=") for linea in texto.splitlines()):
        separador = "" if not texto or texto.endswith("\n") else "\n"
        with env.open("a", encoding="utf-8") as archivo:
            archivo.write(f"{separador}{AJUSTE}={CARPETA}\n")


if __name__ == "__main__":
    hechos = hacer(RAIZ)
    print(f"{CARPETA}: {', '.join(hechos) or 'todo estaba ya'}")
