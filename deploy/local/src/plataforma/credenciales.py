"""Who is who to a broker that asks: a key made once, and a token of each role that it signs.

Whoever has the key can be anybody. The broker has its public half alone, and a service its own token.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from plataforma.secretos import escribir_privado

ADMINISTRADOR = "administrador"
"""The role that may do everything on the broker: provisioning's, and the broker's own. No service has its token."""
OPERADOR = "operador"
"""Whoever works dead letters by a service's command line."""
_ALGORITMO = "ES256"


@dataclass(frozen=True)
class Credenciales:
    """A key, in PEM."""

    pem: bytes

    @classmethod
    def en(cls, archivo: Path) -> "Credenciales":
        """The key that a file holds; made, for its owner's eyes, where there is none yet."""
        if not archivo.exists():
            archivo.parent.mkdir(parents=True, exist_ok=True)
            escribir_privado(archivo, nueva_clave().decode())
        return cls(archivo.read_bytes())

    def token(self, rol: str) -> str:
        """A role's token. It does not expire: it is as good as the key, and goes with it (docs/operacion.md)."""
        return jwt.encode({"alg": _ALGORITMO}, {"sub": rol}, ECKey.import_key(self.pem), algorithms=[_ALGORITMO])

    def ajustes(self) -> Mapping[str, str]:
        """The broker's settings by which it asks everybody who they are, itself too, and who scrapes its metrics."""
        return {
            "authenticationEnabled": "true",
            "authenticationProviders": "org.apache.pulsar.broker.authentication.AuthenticationProviderToken",
            "authenticateMetricsEndpoint": "true",
            "tokenPublicKey": f"data:;base64,{base64.b64encode(self.publica()).decode()}",
            "tokenPublicAlg": _ALGORITMO,
            "authorizationEnabled": "true",
            "superUserRoles": ADMINISTRADOR,
            "brokerClientAuthenticationPlugin": "org.apache.pulsar.client.impl.auth.AuthenticationToken",
            "brokerClientAuthenticationParameters": f"token:{self.token(ADMINISTRADOR)}",
        }

    def es_de(self, token: str, rol: str) -> bool:
        """Whether a token is a role's that this key has signed."""
        try:
            return jwt.decode(token, ECKey.import_key(self.pem), algorithms=[_ALGORITMO]).claims.get("sub") == rol
        except (JoseError, ValueError):
            return False

    def publica(self) -> bytes:
        """The half that the broker has, in DER, which it reads no other form of."""
        privada = serialization.load_pem_private_key(self.pem, None)
        return privada.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )


def nueva_clave() -> bytes:
    """A new private key, in PEM."""
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
