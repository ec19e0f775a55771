"""The door's word to the services' APIs about who asks: a token of its own, that they take from nobody else.

It is short-lived, and says of a caller what its own token said; that one goes no further than the door.
"""

import threading
import time
from collections.abc import Callable

from seedwork.aplicacion.identidad import Quien
from seedwork.infraestructura.tokens import SISTEMA, ClavesFijas, Firmante, Juego, Verificador, clave_publica

EMISOR = "saludtech-puerta"
AUDIENCIA = "saludtech-servicios"
TIPO = "puerta+jwt"
"""No provider's token is of this type, and no other check of ours takes it."""
VIDA_S = 60
"""Seconds that it is good for."""
_REUSO_S = VIDA_S / 2
_MAXIMO = 10_000


class Sello:
    """The door's end.

    Args:
        clave: its Ed25519 private key, PEM.
        reloj: seconds of the epoch.

    Raises:
        ValueError: it is no such key.
    """

    def __init__(self, clave: str, reloj: Callable[[], float] = time.time) -> None:
        self._firmante = Firmante(clave, TIPO)
        self._reloj = reloj
        self._hechos: dict[Quien, tuple[str, float]] = {}
        self._cerrojo = threading.Lock()

    def de(self, quien: Quien) -> str:
        """The token that says that it is this caller who asks: the same one for half of its life."""
        ahora = self._reloj()
        hecho = self._hechos.get(quien)
        if hecho is not None and ahora < hecho[1]:
            return hecho[0]
        token = self._firmar(quien, int(ahora))
        with self._cerrojo:
            self._hechos.pop(quien, None)
            while len(self._hechos) >= _MAXIMO:
                del self._hechos[next(iter(self._hechos))]
            self._hechos[quien] = token, ahora + _REUSO_S
        return token

    def _firmar(self, quien: Quien, ahora: int) -> str:
        de_quien = {
            "sub": quien.id,
            "roles": sorted(quien.roles),
            "cliente_codigo": quien.cliente,
            "clinica": quien.clinica,
            # As a provider says it of who is no person.
            **({"client_id": quien.id} if quien.tipo == "service_account" else {}),
            **({SISTEMA: True} if quien.tipo == "system" else {}),
        }
        return self._firmante.firmar({"iss": EMISOR, "aud": AUDIENCIA, "iat": ahora, "exp": ahora + VIDA_S, **de_quien})


def lector(clave: str, reloj: Callable[[], float] = time.time) -> Verificador:
    """The services' end.

    Args:
        clave: the door's public key, PEM.
        reloj: seconds of the epoch.

    Raises:
        ValueError: it is no such key.
    """
    publica = clave_publica(clave)
    return Verificador(
        ClavesFijas(Juego([publica.as_dict(private=False) | {"kid": publica.thumbprint()}])),
        emisor=EMISOR,
        audiencia=AUDIENCIA,
        algoritmos=["EdDSA"],
        tipos=[TIPO],
        de_casa=True,
        reloj=reloj,
    )
