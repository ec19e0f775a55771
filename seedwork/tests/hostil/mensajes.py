"""Messages as nobody should send them: anything at all, and what was right but for one thing."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

import _pulsar
import pulsar
from hypothesis import strategies as st

MARCA = "Ana1020304050"
"""Stands in values; no text that the platform makes of them may quote it."""

ATRIBUTOS = [
    "ce_id",
    "ce_type",
    "ce_source",
    "ce_subject",
    "ce_time",
    "ce_specversion",
    "ce_correlationid",
    "ce_causationid",
    "ce_sequence",
    "ce_idempotencykey",
    "ce_traceparent",
    "content-type",
]
PAPELES = [
    *(f"carta_{n}" for n in ("error", "intentos", "topico", "consumidor", "instante", "esquema", "octetos")),
    *(f"espera_{n}" for n in ("topico", "esquema", "vuelta")),
]
_VALORES = [
    b"",
    b" ",
    b"\x00",
    b"a\x00b",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"..",
    b"../../x",
    b"-1",
    b"1e9",
    b"9" * 30,
    b"9" * 5000,
    b"NaN",
    "٣".encode(),
    "ñ\u202e\u200b".encode(),
    "\U0001f9ec".encode(),
    b"x" * 513,
    b"x" * 200_000,
    b"0001-01-01T00:00:00+14:00",
    b"9999-12-31T23:59:59-14:00",
    b"9999-12-31T23:59:59Z",
    b"1970-01-01T00:00:00Z",
    b"persistent://saludtech/otro/nadie.v1",
    b"persistent://",
    b"'; DROP TABLE inbox; --",
    MARCA.encode(),
]
valores = st.one_of(st.sampled_from(_VALORES), st.binary(max_size=40), st.text(max_size=40).map(str.encode))
nombres = st.one_of(st.sampled_from([*ATRIBUTOS, *PAPELES]).map(str.encode), st.binary(max_size=12))


@dataclass(frozen=True)
class Crudo:
    """A message as a producer may send it: any bytes.

    Attributes:
        clave: None for no partition key.
    """

    propiedades: Mapping[bytes, bytes]
    clave: bytes | None
    carga: bytes

    def construir(self) -> _pulsar.Message:
        """As the client takes it, which minds no encoding."""
        constructor = _pulsar.MessageBuilder()
        constructor.content(self.carga)
        for nombre, valor in self.propiedades.items():
            constructor.property(nombre, valor)
        if self.clave is not None:
            constructor.partition_key(self.clave)
        return constructor.build()

    def llegado(self) -> pulsar.Message:
        """As a consumer gets it."""
        return pulsar.Message._wrap(self.construir())


@st.composite
def cargas(dibujar: st.DrawFn, buena: bytes) -> bytes:
    """A payload: a good one, one that was good, or any bytes."""
    modo = dibujar(st.sampled_from(["buena", "corta", "larga", "tocada", "otra"]))
    if modo == "corta":
        return buena[: dibujar(st.integers(0, len(buena)))]
    if modo == "larga":
        return buena + dibujar(st.binary(min_size=1, max_size=9))
    if modo == "tocada":
        azar, tocada = random.Random(dibujar(st.integers(0, 2**32))), bytearray(buena)
        for _ in range(dibujar(st.integers(1, 4))):
            tocada[azar.randrange(len(tocada))] = azar.randrange(256)
        return bytes(tocada)
    return dibujar(st.binary(max_size=200)) if modo == "otra" else buena


@st.composite
def crudos(dibujar: st.DrawFn, propiedades: Mapping[str, str], clave: str, carga: bytes) -> Crudo:
    """A message like this one, but for what is wrong with it; or one like none."""
    todas = {n.encode(): v.encode() for n, v in propiedades.items()}
    if dibujar(st.integers(0, 9)) == 0:
        todas = {}
    for _ in range(dibujar(st.integers(0, 4))):
        if todas and dibujar(st.booleans()):
            del todas[dibujar(st.sampled_from(sorted(todas)))]
        else:
            todas[dibujar(nombres)] = dibujar(valores)
    if dibujar(st.booleans()):
        # What the platform's own letters and waits bear, with anything in it.
        todas |= dibujar(st.dictionaries(st.sampled_from([p.encode() for p in PAPELES]), valores, max_size=4))
    claves = st.one_of(st.just(clave.encode()), st.none(), valores)
    return Crudo(todas, dibujar(claves), dibujar(cargas(carga)))
