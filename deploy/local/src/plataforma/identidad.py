"""The keys of a run that asks who its callers are: one that development tokens are signed with, and the door's own.

``saludtech token`` reads the first, with all that it needs besides. No start but one with ``AUTENTICACION=desarrollo``
takes what it signs.
"""

import json
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from joserfc import jwk

from contratos.acceso import ROLES, Alcance
from contratos.permisos import PERMISOS
from seedwork.infraestructura.tokens import EMISOR_DESARROLLO, PREFIJO_DESARROLLO

AUDIENCIA = "saludtech"
DESARROLLO_CLAVE = "desarrollo_clave"
"""The private key: with it, a token says whatever its owner likes."""
DESARROLLO_JWKS = "desarrollo_jwks"
PUERTA_CLAVE = "puerta_clave"
PUERTA_CLAVE_PUBLICA = "puerta_clave_publica"
ARCHIVOS = (DESARROLLO_CLAVE, DESARROLLO_JWKS, PUERTA_CLAVE, PUERTA_CLAVE_PUBLICA)


def hacer(carpeta: Path, escribir: Callable[[Path, str], None]) -> list[str]:
    """Make what is missing in a folder; a private key that exists is kept. Gives the names of what was written.

    Args:
        carpeta: it exists.
        escribir: replaces a file's text.

    Raises:
        TypeError: the door's key there is of another kind.
    """
    desarrollo, puerta = _de_desarrollo(carpeta / DESARROLLO_CLAVE), _de_la_puerta(carpeta / PUERTA_CLAVE)
    textos = {
        DESARROLLO_CLAVE: json.dumps(_para_firmar(desarrollo), indent=1),
        DESARROLLO_JWKS: json.dumps({"keys": [desarrollo.as_dict(private=False)]}, indent=1),
        PUERTA_CLAVE: puerta.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        PUERTA_CLAVE_PUBLICA: puerta.public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        .decode(),
    }
    hechos = [n for n, texto in textos.items() if not _dice(carpeta / n, texto)]
    for nombre in hechos:
        escribir(carpeta / nombre, textos[nombre])
    return hechos


def ambitos() -> dict[str, list[str]]:
    """The scopes that are of any use to each role."""
    return {
        rol: sorted({p.ambito for p in PERMISOS.values() if p.ambito and p.alcance(rol) is not Alcance.NADA})
        for rol in ROLES
    }


def _para_firmar(clave: jwk.OKPKey) -> dict[str, object]:
    return {
        "emisor": EMISOR_DESARROLLO,
        "audiencia": AUDIENCIA,
        "clave": clave.as_dict(private=True),
        "ambitos": ambitos(),
    }


def _de_desarrollo(archivo: Path) -> jwk.OKPKey:
    if archivo.exists():
        return jwk.OKPKey.import_key(json.loads(archivo.read_text("utf-8"))["clave"])
    clave = jwk.OKPKey.generate_key("Ed25519")
    return jwk.OKPKey.import_key(
        clave.as_dict(private=True) | {"kid": PREFIJO_DESARROLLO + clave.thumbprint(), "alg": "EdDSA", "use": "sig"}
    )


def _de_la_puerta(archivo: Path) -> Ed25519PrivateKey:
    if not archivo.exists():
        return Ed25519PrivateKey.generate()
    clave = load_pem_private_key(archivo.read_bytes(), None)
    if not isinstance(clave, Ed25519PrivateKey):
        raise TypeError(f"{archivo}: no es una clave Ed25519")
    return clave


def _dice(archivo: Path, texto: str) -> bool:
    return archivo.exists() and archivo.read_text("utf-8") == texto
