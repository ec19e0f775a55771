"""A client's code, as the event store keeps it: under the client's key (contract §9, "Erasure and access")."""

import os
from collections.abc import Callable, Collection, Mapping, Sequence

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from notificaciones.infraestructura import tablas
from seedwork.infraestructura import cifrado
from seedwork.infraestructura.almacen_eventos import Datos
from seedwork.infraestructura.bd import entre
from seedwork.infraestructura.cifrado import LARGO_CLAVE

_CERRADO = "~"
"""Begins what is encrypted. No code does: an event of before there were keys has its code as it is."""

Claves = Callable[[Collection[str]], Mapping[str, bytes | None]]
"""The keys of these subscriptions: None for one that is destroyed; those that never were are not there."""


def nueva_clave() -> bytes:
    """A key for one subscription of a client."""
    return os.urandom(LARGO_CLAVE)


class CandadoDeCliente:
    """AES-256-GCM, for its subscription alone.

    Args:
        claves: looks keys up.
    """

    def __init__(self, claves: Claves) -> None:
        self._claves = claves

    def cerrar(self, datos: Datos) -> Datos:
        """With the client's code encrypted; without it, where the client is forgotten."""
        suscripcion, codigo = datos["id_suscripcion"], datos["cliente_codigo"]
        if not codigo:
            return datos
        clave = self._claves([suscripcion]).get(suscripcion)
        return {**datos, "cliente_codigo": "" if clave is None else _cifrar(clave, suscripcion, codigo)}

    def abrir(self, varios: Sequence[Datos]) -> Sequence[Datos]:
        """With the clients' codes as they were; empty, where a client is forgotten."""
        cerrados = [d["id_suscripcion"] for d in varios if _cerrado(d)]
        claves = self._claves(cerrados) if cerrados else {}
        return [
            {**d, "cliente_codigo": _descifrar(claves.get(d["id_suscripcion"]), d)} if _cerrado(d) else d
            for d in varios
        ]


def leer_claves(conexion: sa.Connection) -> Claves:
    """Looks keys up by a connection; it locks nothing."""

    def leer(suscripciones: Collection[str]) -> Mapping[str, bytes | None]:
        filas = conexion.execute(_CLAVES, {"ids": sorted(set(suscripciones))})
        return {id: None if clave is None else bytes(clave) for id, clave in filas}

    return leer


_CLAVES = sa.select(tablas.claves.c.id, tablas.claves.c.clave).where(entre(tablas.claves.c.id, "ids"))


def _cerrado(datos: Datos) -> bool:
    return str(datos.get("cliente_codigo", "")).startswith(_CERRADO)


def _cifrar(clave: bytes, suscripcion: str, codigo: str) -> str:
    return _CERRADO + cifrado.cifrar(AESGCM(clave), codigo, suscripcion.encode())


def _descifrar(clave: bytes | None, datos: Datos) -> str:
    if clave is None:
        return ""
    codigo = datos["cliente_codigo"][len(_CERRADO) :]
    try:
        return cifrado.descifrar(AESGCM(clave), codigo, datos["id_suscripcion"].encode())
    except InvalidTag:
        # Under an older key, whose table was restored from a backup of before.
        return ""
