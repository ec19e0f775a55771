"""Whatever a producer sends is read, or told to be unreadable: nothing else may come of it.

The fast part runs in ``make check``; 10,000 inputs of each kind take minutes, and are ``largo``.
"""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contratos import REGISTRO, Mensaje
from contratos.ejemplos import ANONIMIZAR_IMAGEN, CREAR_SUSCRIPCION
from contratos.sagas import TransicionSaga
from contratos.suscripciones import SuscripcionCreada
from seedwork.aplicacion.broker import NoCabe
from seedwork.aplicacion.recibido import Recibido
from seedwork.aplicacion.tratamiento import Ilegible
from seedwork.entrada.cartas import Filtro, en_su_lugar
from seedwork.entrada.cli import _json, _resumen
from seedwork.infraestructura import avro
from seedwork.infraestructura.cartas import Carta, CartasMuertas
from seedwork.infraestructura.cloudevents import a_propiedades
from seedwork.infraestructura.decodificador import Decodificador
from seedwork.infraestructura.subscription import MensajePulsar
from seedwork.pruebas.entorno import EntornoSimulado
from seedwork.pruebas.sobres import sobre_nuevo

from .mensajes import MARCA, PAPELES, Crudo, crudos


def _hasta_el_borde() -> TransicionSaga:
    """It keeps every rule, and tells an instant that UTC does not have."""
    return TransicionSaga(
        id_saga="g-1",
        id_suscripcion="s-1",
        participante="suscripciones",
        paso="CREAR",
        resultado="HECHO",
        ocurrido="0001-01-01T00:00:00+14:00",
    )


_MENSAJES: list[Mensaje] = [
    CREAR_SUSCRIPCION,
    ANONIMIZAR_IMAGEN,
    TransicionSaga(id_saga="g-1", ocurrido="2026-01-01T00:00:00Z"),
]
_MENSAJES += [_hasta_el_borde()]
_MENSAJES += [SuscripcionCreada(id_suscripcion="s-1", id_saga="g-1")]


def _ajeno(esquema: Mapping[str, Any]) -> dict[str, Any]:
    """A schema that Avro takes for compatible: bytes for texts, and one field more."""
    campos = [{**c, "type": "bytes"} if c["type"] == "string" else c for c in esquema["fields"]]
    return {**esquema, "fields": [*campos, {"name": "de_mas", "type": {"type": "array", "items": "long"}}]}


class Registro:
    """A registry: version 0 is the platform's own; others are whatever somebody registered."""

    def texto(self, topico: str, version: int) -> str | None:
        (tipo,) = (t for t in REGISTRO.values() if t.topico == topico)
        textos = [avro.texto_esquema(tipo), json.dumps(_ajeno(tipo.esquema)), "", '{"type": "record"}', '"bytes"', "7"]
        return textos[version] if version < len(textos) else None


class Llegado(MensajePulsar):
    """A message of the client's that has not been anywhere."""

    __slots__ = ("_esquema", "_topico")

    def __init__(self, crudo: Crudo, topico: str, esquema: int) -> None:
        super().__init__(crudo.llegado())
        self._topico, self._esquema = topico, esquema

    @property
    def topico(self) -> str:
        return self._topico

    @property
    def esquema(self) -> int:
        return self._esquema


class Salida:
    """A broker that takes letters of a certain size."""

    def __init__(self) -> None:
        self.cartas: list[Crudo] = []

    def publicar_carga(self, topico, carga, propiedades, clave, *, espera):
        if len(carga) + sum(len(n) + len(v) for n, v in propiedades.items()) > 100_000:
            raise NoCabe
        self.cartas.append(Crudo({n.encode(): v.encode() for n, v in propiedades.items()}, clave.encode(), carga))


@st.composite
def llegados(dibujar: st.DrawFn) -> Llegado:
    mensaje: Mensaje = dibujar(st.sampled_from(_MENSAJES))
    sobre = sobre_nuevo(mensaje, fuente="/pruebas", sujeto="s-1", id="m-1")
    crudo = dibujar(crudos(a_propiedades(sobre, mensaje.topico), "s-1", avro.codificar(mensaje, sobre)))
    # -1 is what a producer without a schema leaves, where a namespace does not demand one.
    return Llegado(crudo, mensaje.topico, dibujar(st.sampled_from([-1, 0, 0, 0, 1, 2, 3, 4, 5, 99])))


def leer_y_aparcar(llegado: Llegado) -> None:
    """All that happens to it, up to the letter and what is shown of that."""
    decodificador = Decodificador(Registro(), {type(m) for m in _MENSAJES})
    for leer in (decodificador.leer, decodificador.leer_en_espera):
        leido = leer(llegado)
        assert isinstance(leido, Recibido | Ilegible)
        original = leido.original
        if isinstance(leido, Ilegible):
            assert MARCA not in leido.motivo
            assert len(leido.motivo) < 200
            assert original.topico in ("", llegado.topico)
            original = leido.original
        else:
            assert all(
                isinstance(getattr(leido.mensaje, c.name), str | int | tuple | None)
                or dataclasses.is_dataclass(getattr(leido.mensaje, c.name))
                for c in dataclasses.fields(leido.mensaje)
            )
        salida = Salida()
        CartasMuertas(salida, "c", "c", EntornoSimulado()).aparcar(original, error="ValueError", intentos=0)
        (escrita,) = salida.cartas
        carta = Carta.de(escrita.llegado())
        assert (carta.error, carta.intentos, carta.topico) == ("ValueError", 0, original.topico)
        assert not carta.propiedades.keys() & set(PAPELES[:7])
        mostrar(carta)


def mostrar(carta: Carta) -> None:
    """What the command line does with a letter before anything else."""
    todo = {**_resumen(carta), "propiedades": carta.propiedades}
    assert json.loads(_json(todo)) == todo
    assert len(_json(todo).splitlines()) == 1
    assert len(json.dumps(_resumen(carta))) < 20_000
    assert Filtro(ids=frozenset([en_su_lugar(carta)])).admite(carta)
    assert not Filtro(tipo="Otro", desde=carta.instante).admite(carta)


_LENTO = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@given(llegados())
@settings(_LENTO, max_examples=150)
def test_lo_que_llega_se_lee_o_se_aparca(llegado: Llegado):
    leer_y_aparcar(llegado)


@pytest.mark.largo
@given(llegados())
@settings(_LENTO, max_examples=10_000)
def test_lo_que_llega_se_lee_o_se_aparca_diez_mil_veces(llegado: Llegado):
    leer_y_aparcar(llegado)


@given(llegados())
@settings(_LENTO, max_examples=150)
def test_lo_que_otro_escribio_entre_las_cartas_es_una_carta(llegado: Llegado):
    mostrar(Carta.de(llegado.mensaje))


@pytest.mark.largo
@given(llegados())
@settings(_LENTO, max_examples=10_000)
def test_lo_que_otro_escribio_entre_las_cartas_es_una_carta_diez_mil_veces(llegado: Llegado):
    mostrar(Carta.de(llegado.mensaje))
