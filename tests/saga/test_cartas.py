"""A dead letter from its worker to its end, where callers say who they are: parked by who could not handle it, seen and
decided at the door by operators alone, each decision with its row in the trail.

In `make test-largo`: it is a platform of its own, of what suscripciones takes.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.saga.bases import ejecutar
from tests.saga.espera import hasta
from tests.saga.negocio import Negocio, Respuesta, Suscripcion
from tests.saga.plataforma_viva import Plataforma, plataforma_viva

from contratos.acceso import Rol
from plataforma.partes import Parte
from plataforma.proveedores import Servidores
from seedwork.aplicacion.sobre import en_instante
from seedwork.pruebas.bases import de_dueno

pytestmark = [pytest.mark.integracion, pytest.mark.largo]

CARTAS = "/suscripciones/cartas"
REPRODUCIR, DESCARTAR = "reproduccion-comando", "descarte-comando"
NADA_MAS = ("suscripciones", "suscripciones-api", "bff")


@pytest.fixture(scope="module")
def viva(servidores: Servidores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plataforma]:
    # A worker gives a message up within a second.
    pronto = {"REINTENTOS_MAXIMO": "2", "REINTENTOS_BASE_S": "0.1"}

    def arreglar(partes: list[Parte]) -> list[Parte]:
        return [replace(p, entorno={**p.entorno, **pronto}) for p in partes]

    with plataforma_viva(
        servidores, tmp_path_factory.mktemp("cartas"), solo=NADA_MAS, arreglar=arreglar, identificada=True
    ) as viva:
        yield viva


class Alguien:
    """Somebody with a token, at the door."""

    def __init__(self, viva: Plataforma, rol: Rol, sub: str, **codigos: str) -> None:
        self._negocio = Negocio(viva)
        self._cabeceras = {"Authorization": f"Bearer {viva.token(rol, sub=sub, **codigos)}"}

    def pregunta(self, ruta: str) -> Respuesta:
        return self._negocio.pregunta(ruta, **self._cabeceras)

    def pide_suscripcion(self, codigo: str) -> Suscripcion:
        cuerpo = self._negocio.cuerpo_suscripcion("free", self._negocio.cliente_nuevo() | {"codigo": codigo})
        ruta = "/suscripciones/suscripcion-comando"
        return self._negocio.acepta(self._negocio.envia(ruta, cuerpo, **self._cabeceras), cuerpo)

    def decide(self, id_carta: str, que: str, motivo: str) -> Respuesta:
        return self._negocio.envia(f"{CARTAS}/{id_carta}/{que}", {"motivo": motivo}, **self._cabeceras)

    def ve(self, ruta: str) -> list[Any]:
        """A list's first page."""
        respuesta = self.pregunta(ruta)
        assert respuesta.codigo == 200, respuesta
        elementos: list[Any] = respuesta.cuerpo["elementos"]
        return elementos

    def estado(self, ruta: str) -> str | None:
        return self.pregunta(ruta).cuerpo.get("estado")


@contextmanager
def averia(viva: Plataforma) -> Iterator[None]:
    """The service's database takes no new subscription, in the body: it is the message that can't be handled."""
    url = de_dueno(viva.bases["suscripciones"])
    ejecutar(url, "ALTER TABLE suscripciones ADD CONSTRAINT averia CHECK (id = '') NOT VALID")
    yield
    ejecutar(url, "ALTER TABLE suscripciones DROP CONSTRAINT averia")


def test_de_la_carta_aparcada_a_su_fin_con_quien_lo_decidio(viva: Plataforma) -> None:
    desde = datetime.now(UTC)
    ana = Alguien(viva, "cliente", "ana", cliente_codigo="c-ana")
    olga, oscar = (Alguien(viva, "operador", sub) for sub in ("olga", "oscar"))
    with averia(viva):
        buena, perdida, disputada = (ana.pide_suscripcion("c-ana") for _ in range(3))
        hasta(lambda: len(olga.ve(CARTAS)) == 3, "sus comandos se aparcan")
    listadas = olga.ve(CARTAS)
    cartas = {carta["id_mensaje"]: carta["id_carta"] for carta in listadas}
    assert cartas.keys() == {s.id_comando for s in (buena, perdida, disputada)}
    assert all(carta["error"].startswith("IntegrityError") for carta in listadas)
    assert not any(s.direccion in str(listadas) for s in (buena, perdida, disputada))
    assert ana.pregunta(f"/suscripciones/{buena.id}").codigo == 404

    # Whose messages they are may not, nor see that there are any.
    suya = cartas[buena.id_comando]
    assert ana.pregunta(CARTAS).codigo == ana.decide(suya, REPRODUCIR, "Es mía.").codigo == 403

    hecha = olga.decide(suya, REPRODUCIR, "La base ya responde.")
    assert (hecha.codigo, hecha.cuerpo["resultado"]) == (200, "ATENDIDA")
    hasta(lambda: ana.estado(f"/suscripciones/{buena.id}") == "ACTIVA", "lo reproducido tiene su efecto")
    assert ana.estado(f"/suscripciones/comandos/{buena.id_comando}") == "APLICADO"

    dada = oscar.decide(cartas[perdida.id_comando], DESCARTAR, "La pidió tres veces.")
    assert (dada.codigo, dada.cuerpo["resultado"]) == (200, "RECHAZADA")
    assert ana.estado(f"/suscripciones/{perdida.id}") == "RECHAZADA"
    destino = ana.pregunta(f"/suscripciones/comandos/{perdida.id_comando}").cuerpo
    assert (destino["estado"], destino["motivo"]) == ("RECHAZADO", "No fue posible procesar el comando, y se descartó.")

    de_dos = cartas[disputada.id_comando]
    with ThreadPoolExecutor(2) as hilos:
        ordenes = (olga, REPRODUCIR), (oscar, DESCARTAR)
        dichas = list(hilos.map(lambda o: o[0].decide(de_dos, o[1], "Los dos a la vez."), ordenes))
    assert sorted(d.codigo for d in dichas) in ([200, 404], [200, 409])
    gano = dichas[0].codigo == 200
    fin = "ACTIVA" if gano else "RECHAZADA"
    hasta(lambda: ana.estado(f"/suscripciones/{disputada.id}") == fin, "uno decidió")

    assert olga.ve(CARTAS) == []
    assert {olga.pregunta(f"{CARTAS}/{id_carta}").codigo for id_carta in cartas.values()} == {404}

    def notas(recurso: str) -> list[tuple[str, ...]]:
        """What was done or refused, of a letter's message, or of its place."""
        campos = ("quien", "titular", "accion", "resultado", "motivo")
        de_eso = olga.ve(f"/suscripciones/auditoria?recurso={recurso}")
        assert all(desde <= (en_instante(n["ocurrido"]) or desde) <= datetime.now(UTC) for n in de_eso)
        return [tuple(n[c] for c in campos) for n in de_eso if n["accion"].startswith(("Reproducir", "Descartar"))]

    por_olga, por_oscar = ("olga", "operador:olga", "ReproducirCarta"), ("oscar", "operador:oscar", "DescartarCarta")
    assert notas(buena.id_comando) == [(*por_olga, "ATENDIDA", "La base ya responde.")]
    assert notas(perdida.id_comando) == [(*por_oscar, "RECHAZADA", "La pidió tres veces.")]
    primero, segundo = (por_olga, por_oscar) if gano else (por_oscar, por_olga)
    dichas_de_ella = [*notas(disputada.id_comando), *notas(de_dos)]
    dichas_de_ella.remove((*primero, "ATENDIDA" if gano else "RECHAZADA", "Los dos a la vez."))
    # By its message where the other still saw the letter, by its place where not.
    ((*quien, resultado, motivo),) = dichas_de_ella
    assert (tuple(quien), motivo) == (segundo, "Los dos a la vez.")
    assert resultado in ("NO_HALLADO", "SE_QUEDA")
    # The door told the trail of whom it turned away.
    negado = ("ana", "cliente:c-ana", "ReproducirCartaDeSuscripciones", "NEGADO", "Quien lo pidió no puede pedirlo.")
    hasta(lambda: notas(suya) == [negado], "lo que se negó consta")
