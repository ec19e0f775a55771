"""A provider of identities for tests: its keys, the tokens that it issues, and those that somebody else makes up."""

import base64
import hmac
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, get_args

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from joserfc import jwk

from contratos.acceso import Rol
from seedwork.infraestructura.tokens import Firmante

EMISOR = "https://identidad.example"
AUDIENCIA = "saludtech"
SIN_LIMITE = {"BFF_RITMO": "1000000", "BFF_RAFAGA": "1000000"}
"""A door's settings by which nobody asks it too often."""

Falso = Literal[
    "caducado", "todavia_no", "falsificado", "otra_audiencia", "otro_emisor", "none", "confusion", "kid_desconocido"
]
"""A token that must not count, by what is wrong with it."""
FALSOS: tuple[Falso, ...] = get_args(Falso)


class Proveedor:
    """It issues tokens, and knows how others would forge them.

    Args:
        carpeta: where its public keys and the door's two are put.
    """

    def __init__(self, carpeta: Path) -> None:
        self.clave = jwk.OKPKey.generate_key("Ed25519", {"kid": "de-prueba"})
        self.jwks = carpeta / "jwks.json"
        self.jwks.write_text(json.dumps({"keys": [self.clave.as_dict(private=False)]}))
        puerta = Ed25519PrivateKey.generate()
        self.puerta_clave = carpeta / "puerta.pem"
        self.puerta_clave.write_bytes(puerta.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        self.puerta_clave_publica = carpeta / "puerta.pub.pem"
        self.puerta_clave_publica.write_bytes(
            puerta.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        )

    @property
    def ajustes(self) -> dict[str, str]:
        """The settings by which the door and the services know it, by their names in lower case."""
        return {
            "autenticacion": "oidc",
            "oidc_emisor": EMISOR,
            "oidc_audiencia": AUDIENCIA,
            "oidc_jwks": str(self.jwks),
            "puerta_clave": str(self.puerta_clave),
            "puerta_clave_publica": str(self.puerta_clave_publica),
        }

    def token(
        self,
        *roles: Rol,
        sub: str = "ana",
        cliente: str = "",
        clinica: str = "",
        ambitos: str = "",
        clave: jwk.OKPKey | None = None,
        **dichas: Any,
    ) -> str:
        """One that it issues; further claims are put over its own."""
        ahora = int(time.time())
        propias: dict[str, Any] = {
            "iss": EMISOR,
            "aud": AUDIENCIA,
            "sub": sub,
            "iat": ahora,
            "exp": ahora + 3600,
            "scope": ambitos,
            "roles": list(roles),
            "cliente_codigo": cliente,
            "clinica": clinica,
        }
        return Firmante((clave or self.clave).as_dict(private=True), "at+jwt").firmar(propias | dichas)

    def falso(self, cual: Falso, **como: Any) -> str:
        """One that must not count, though it says what a good one says; the rest is as for :meth:`token`."""
        ahora = int(time.time())
        hechuras: Mapping[Falso, Callable[[], str]] = {
            "caducado": lambda: self._con(como, iat=ahora - 7200, exp=ahora - 3600),
            "todavia_no": lambda: self._con(como, nbf=ahora + 3600),
            "falsificado": lambda: self._con(como, clave=jwk.OKPKey.generate_key("Ed25519", {"kid": "de-prueba"})),
            "otra_audiencia": lambda: self._con(como, aud="otra"),
            "otro_emisor": lambda: self._con(como, iss="https://otro.example"),
            "none": lambda: self._sin_firma(como),
            "confusion": lambda: self._confundido(como),
            "kid_desconocido": lambda: self._con(como, clave=jwk.OKPKey.generate_key("Ed25519", {"kid": "nadie"})),
        }
        return hechuras[cual]()

    def _con(self, como: dict[str, Any], **otras: Any) -> str:
        roles = como.get("roles", ())
        return self.token(*roles, **{n: v for n, v in como.items() if n != "roles"} | otras)

    def _sin_firma(self, como: dict[str, Any]) -> str:
        """What needs no key: the same claims under ``alg: none``."""
        return f"{self._parte({'alg': 'none', 'typ': 'at+jwt'})}.{self._con(como).split('.')[1]}."

    def _confundido(self, como: dict[str, Any]) -> str:
        """Signed with the public key, as if that were a secret that both have."""
        dicho = f"{self._parte({'alg': 'HS256', 'typ': 'at+jwt', 'kid': 'de-prueba'})}.{self._con(como).split('.')[1]}"
        publica = self.clave.as_pem(private=False)
        return f"{dicho}.{self._parte(hmac.digest(publica, dicho.encode(), 'sha256'))}"

    @staticmethod
    def _parte(dicho: Any) -> str:
        octetos = dicho if isinstance(dicho, bytes) else json.dumps(dicho).encode()
        return base64.urlsafe_b64encode(octetos).rstrip(b"=").decode()
