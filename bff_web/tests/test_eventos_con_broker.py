"""Streams of events at the door as it is run, on a real broker (ADR 53)."""

import http.client
import json
import secrets
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from tests.puerta_viva import Puerta, en_marcha

from contratos import Mensaje
from contratos.notificaciones import NotificacionCreada
from contratos.sagas import TransicionSaga
from contratos.suscripciones import SuscripcionActivada, SuscripcionCreada
from plataforma.proveedores import Servidores
from plataforma.puertos import LOCAL
from seedwork.infraestructura import avro, cloudevents
from seedwork.infraestructura.publicador import Publicador
from seedwork.pruebas.sobres import sobre_nuevo
from seedwork.pruebas.taller import esperar

pytestmark = pytest.mark.integracion

FIN = "fin"


class Navegador:
    """A browser's end of a stream: it hears on a thread of its own."""

    def __init__(self, puerta: Puerta, filtro: str, ultimo: str = "") -> None:
        self._conexion = http.client.HTTPConnection(LOCAL, puerta.puerto, timeout=60)
        self._conexion.request("GET", f"/eventos{filtro}", headers={"Last-Event-ID": ultimo} if ultimo else {})
        self.respuesta = self._conexion.getresponse()
        self.bloques: list[dict[str, str]] = []
        self.terminada = threading.Event()
        if self.respuesta.status == 200:
            threading.Thread(target=self._oir, daemon=True).start()

    def _oir(self) -> None:
        dicho: dict[str, str] = {}
        try:
            while cruda := self.respuesta.readline():
                nombre, _, valor = cruda.decode().rstrip("\n").partition(": ")
                if nombre:
                    dicho[nombre] = valor
                elif dicho:
                    self.bloques.append(dicho)
                    dicho = {}
        except (OSError, ValueError, http.client.HTTPException, AttributeError):
            pass
        self.terminada.set()

    @property
    def hechos(self) -> list[dict[str, Any]]:
        """What it was told."""
        return [json.loads(b["data"]) for b in list(self.bloques) if b.get("event") == "hecho"]

    @property
    def ids(self) -> list[str]:
        """The ids of that, each of which it may go on from."""
        return [b["id"] for b in list(self.bloques) if b.get("event") == "hecho"]

    def hasta(self, saga: str) -> list[str]:
        """The sagas that it was told of, once this one is among them."""
        esperar(lambda: any(h.get("id_saga") == saga for h in self.hechos))
        return [h["id_saga"] for h in self.hechos]

    def cerrar(self) -> None:
        enchufe = self._conexion.sock
        with suppress(OSError, AttributeError):
            enchufe.shutdown(socket.SHUT_RDWR)
        self._conexion.close()


@contextmanager
def mirando(puerta: Puerta, filtro: str, ultimo: str = "") -> Iterator[Navegador]:
    navegador = Navegador(puerta, filtro, ultimo)
    try:
        yield navegador
    finally:
        navegador.cerrar()


@pytest.fixture(scope="module")
def puerta(servidores: Servidores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Puerta]:
    with en_marcha(servidores, tmp_path_factory.mktemp("puerta"), BFF_TRABAJADORES="1") as puerta:
        yield puerta


@pytest.fixture(scope="module")
def otra(servidores: Servidores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Puerta]:
    """Another instance, which nobody has watched at yet: it reads back what the first one has told."""
    with en_marcha(servidores, tmp_path_factory.mktemp("otra"), BFF_TRABAJADORES="1") as puerta:
        yield puerta


@pytest.fixture(scope="module")
def publicador(servidores: Servidores) -> Iterator[Publicador]:
    publicador = Publicador(servidores.pulsar_url)
    yield publicador
    publicador.cerrar()


@pytest.fixture
def s() -> str:
    return f"s-{secrets.token_hex(4)}"


def decir(publicador: Publicador, *mensajes: Mensaje) -> None:
    """One after the other, none waiting for the broker."""
    fallos: list[object] = []
    for mensaje in mensajes:
        topico, sujeto = mensaje.topico, getattr(mensaje, mensaje.nombre_sujeto)
        sobre = sobre_nuevo(mensaje, fuente="/saludtech/pruebas", sujeto=sujeto)
        propiedades = cloudevents.a_propiedades(sobre, topico)
        publicador.enviar(topico, avro.codificar(mensaje, sobre), propiedades, sujeto, fallos.append)
    esperar(lambda: len(fallos) == len(mensajes))
    assert set(fallos) == {None}


def varios(s: str, desde: int, hasta: int) -> list[Mensaje]:
    """Events of a subscription on several topics, each of a saga of its own."""
    return [
        (SuscripcionCreada, SuscripcionActivada)[n % 2](id_suscripcion=s, id_saga=f"g-{n}", cliente_codigo="0001")
        if n % 3
        else NotificacionCreada(id_notificacion=f"n-{s}", id_suscripcion=s, id_saga=f"g-{n}", tipo_notificacion="X")
        for n in range(desde, hasta)
    ]


def sagas(desde: int, hasta: int) -> list[str]:
    return [f"g-{n}" for n in range(desde, hasta)]


def test_se_oye_lo_que_pasa_y_nada_de_nadie(puerta: Puerta, publicador: Publicador, s: str) -> None:
    """Also what happened just before, of one thing; and of a client's name, though it travels there, nothing."""
    decir(publicador, SuscripcionCreada(id_suscripcion=s, id_saga="g-0", cliente_codigo="0001"))
    activada = SuscripcionActivada(
        id_suscripcion=s, id_saga="g-1", cliente_codigo="0001", cliente_nombres="Aureliano", cliente_email="a@b.co"
    )
    paso = TransicionSaga(
        id_suscripcion=s,
        id_saga=FIN,
        participante="servicio-datos",
        paso="RESERVAR",
        recurso="servicio_datos",
        resultado="RECHAZADO",
        motivo="SIN_CAPACIDAD",
        ocurrido="2026-02-01T09:10:01.312000Z",
    )
    with mirando(puerta, f"?suscripcion={s}") as navegador, mirando(puerta, "?suscripcion=otra") as ajeno:
        cabeceras = navegador.respuesta.headers
        assert cabeceras["Content-Type"] == "text/event-stream"
        assert (cabeceras["Cache-Control"], cabeceras["X-Accel-Buffering"]) == ("no-store", "no")
        assert navegador.hasta("g-0") == ["g-0"]
        decir(publicador, activada)
        navegador.hasta("g-1")
        decir(publicador, paso)
        navegador.hasta(FIN)
        dicho = navegador.hechos[2]
        assert dicho.pop("id_comando"), "which command it follows from"
        assert dicho == {
            "tipo": "TransicionSaga",
            "contexto": "sagas",
            "id_suscripcion": s,
            "id_saga": FIN,
            "paso": "RESERVAR",
            "resultado": "RECHAZADO",
            "motivo": "SIN_CAPACIDAD",
            "compensacion": False,
            "ocurrido": "2026-02-01T09:10:01.312000Z",
            "servicio": "servicio-datos",
            "recurso": "servicio_datos",
        }
        assert navegador.hechos[1]["estado"] == "ACTIVA"
        assert not {"Aureliano", "a@b.co", "0001"} & {v for h in navegador.hechos for v in h.values()}
        assert ajeno.hechos == []


def test_quien_vuelve_a_otra_instancia_no_pierde_ni_repite_nada(
    puerta: Puerta, otra: Puerta, publicador: Publicador, s: str
) -> None:
    """From whichever event it goes on, and back again from whichever it heard there: what it had not heard, once."""
    todas: list[str] = []

    def pasan(cuantas: int) -> None:
        decir(publicador, *varios(s, len(todas), len(todas) + cuantas))
        todas.extend(sagas(len(todas), len(todas) + cuantas))

    def oidas(navegador: Navegador) -> list[str]:
        return [h["id_saga"] for h in navegador.hechos]

    def completan(conocidas: list[str], navegador: Navegador) -> None:
        esperar(lambda: len(conocidas) + len(navegador.hechos) >= len(todas))
        assert sorted(conocidas + oidas(navegador)) == sorted(todas)

    with mirando(puerta, f"?suscripcion={s}") as primero:
        pasan(30)
        completan([], primero)
    for cual in (0, 13, 29):
        conocidas = oidas(primero)[: cual + 1]
        with mirando(otra, f"?suscripcion={s}", primero.ids[cual]) as segundo:
            pasan(3)
            completan(conocidas, segundo)
        mitad = len(segundo.ids) // 2
        conocidas += oidas(segundo)[: mitad + 1]
        with mirando(puerta, f"?suscripcion={s}", segundo.ids[mitad]) as tercero:
            pasan(2)
            completan(conocidas, tercero)


def test_un_id_que_nadie_dio_y_uno_demasiado_viejo(puerta: Puerta, publicador: Publicador, s: str) -> None:
    with mirando(puerta, f"?suscripcion={s}") as navegador:
        decir(publicador, *varios(s, 1, 2))
        navegador.hasta("g-1")
        (bueno,) = navegador.ids
    cambiado = bueno[:40] + ("A" if bueno[40] != "A" else "B") + bueno[41:]
    for malo in (cambiado, "x", "A" * 400):
        negado = Navegador(puerta, f"?suscripcion={s}", malo)
        assert negado.respuesta.status == 422
        assert b"Last-Event-ID" in negado.respuesta.read()
        assert Navegador(puerta, f"?suscripcion={s}&ultimo={malo}").respuesta.status == 422
    with mirando(puerta, f"?suscripcion={s}&ultimo={bueno}") as vuelto:
        decir(publicador, *varios(s, 2, 3))
        assert vuelto.hasta("g-2") == ["g-2"]


def test_al_que_le_mandan_parar_termina_sus_corrientes_en_seguida(
    servidores: Servidores, tmp_path: Path, publicador: Publicador, s: str
) -> None:
    temporal = tmp_path / "puerta"
    temporal.mkdir()
    with (
        en_marcha(servidores, temporal, DRENAJE_S="4", BFF_TRABAJADORES="1", BFF_CORRIENTES="2") as puerta,
        mirando(puerta, f"?suscripcion={s}") as navegador,
        mirando(puerta, f"?suscripcion={s}"),
    ):
        de_mas = Navegador(puerta, f"?suscripcion={s}").respuesta
        assert (de_mas.status, de_mas.headers["Retry-After"]) == (503, "5")
        decir(publicador, *varios(s, 1, 2))
        navegador.hasta("g-1")
        puerta.proceso.send_signal(signal.SIGTERM)
        assert navegador.terminada.wait(60)
        assert puerta.proceso.poll() is None, "it goes on elsewhere, while this one drains"
        assert puerta.proceso.wait(60) == 0
