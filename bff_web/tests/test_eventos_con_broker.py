"""Streams of events at the door as it is run, on a real broker (ADR 53)."""

import json
import os
import re
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from tests.oyente import Oyente, oyendo
from tests.puerta_viva import Puerta, en_marcha

from contratos import Mensaje, motivos
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
    with oyendo(puerta.puerto, f"?suscripcion={s}") as navegador, oyendo(puerta.puerto, "?suscripcion=otra") as ajeno:
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
            "porque": motivos.texto("SIN_CAPACIDAD"),
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

    def oidas(navegador: Oyente) -> list[str]:
        return [h["id_saga"] for h in navegador.hechos]

    def completan(conocidas: list[str], navegador: Oyente) -> None:
        esperar(lambda: len(conocidas) + len(navegador.hechos) >= len(todas))
        assert sorted(conocidas + oidas(navegador)) == sorted(todas)

    with oyendo(puerta.puerto, f"?suscripcion={s}") as primero:
        pasan(30)
        completan([], primero)
    for cual in (0, 13, 29):
        conocidas = oidas(primero)[: cual + 1]
        with oyendo(otra.puerto, f"?suscripcion={s}", primero.ids[cual]) as segundo:
            pasan(3)
            completan(conocidas, segundo)
        mitad = len(segundo.ids) // 2
        conocidas += oidas(segundo)[: mitad + 1]
        with oyendo(puerta.puerto, f"?suscripcion={s}", segundo.ids[mitad]) as tercero:
            pasan(2)
            completan(conocidas, tercero)


def test_un_id_que_nadie_dio_y_uno_demasiado_viejo(puerta: Puerta, publicador: Publicador, s: str) -> None:
    with oyendo(puerta.puerto, f"?suscripcion={s}") as navegador:
        decir(publicador, *varios(s, 1, 2))
        navegador.hasta("g-1")
        (bueno,) = navegador.ids
    cambiado = bueno[:40] + ("A" if bueno[40] != "A" else "B") + bueno[41:]
    for malo in (cambiado, "x", "A" * 400):
        negado = Oyente(puerta.puerto, f"?suscripcion={s}", malo)
        assert negado.respuesta.status == 422
        assert b"Last-Event-ID" in negado.respuesta.read()
        assert Oyente(puerta.puerto, f"?suscripcion={s}&ultimo={malo}").respuesta.status == 422
    with oyendo(puerta.puerto, f"?suscripcion={s}&ultimo={bueno}") as vuelto:
        decir(publicador, *varios(s, 2, 3))
        assert vuelto.hasta("g-2") == ["g-2"]


def test_al_que_le_mandan_parar_termina_sus_corrientes_en_seguida(
    servidores: Servidores, tmp_path: Path, publicador: Publicador, s: str
) -> None:
    temporal = tmp_path / "puerta"
    temporal.mkdir()
    with (
        en_marcha(servidores, temporal, DRENAJE_S="4", BFF_TRABAJADORES="1", BFF_CORRIENTES="2") as puerta,
        oyendo(puerta.puerto, f"?suscripcion={s}") as navegador,
        oyendo(puerta.puerto, f"?suscripcion={s}"),
    ):
        de_mas = Oyente(puerta.puerto, f"?suscripcion={s}").respuesta
        assert (de_mas.status, de_mas.headers["Retry-After"]) == (503, "5")
        decir(publicador, *varios(s, 1, 2))
        navegador.hasta("g-1")
        puerta.proceso.send_signal(signal.SIGTERM)
        assert navegador.terminada.wait(60)
        assert puerta.proceso.poll() is None, "it goes on elsewhere, while this one drains"
        assert puerta.proceso.wait(60) == 0


@pytest.mark.largo  # a client has seconds to read
def test_a_quien_se_congela_se_le_suelta_y_al_volver_no_pierde_ni_repite_nada(
    puerta: Puerta, publicador: Publicador, s: str, tmp_path: Path
) -> None:
    """A process that is stopped reads nothing, and its system says that it is there. What is held for it is bounded,
    and nobody else waits for it."""
    cuantos, oido = 3000, tmp_path / "oido.jsonl"
    orden = [str(Path(sys.executable).parent / "saludtech"), "eventos", f"--suscripcion={s}", "--json"]
    entorno = os.environ | {"SALUDTECH_URL": f"http://{LOCAL}:{puerta.puerto}"}
    antes = abiertas(puerta)

    def oidas() -> list[str]:
        return [json.loads(linea)["id_saga"] for linea in oido.read_text("utf-8").splitlines()]

    with (
        oido.open("wb") as salida,
        subprocess.Popen(orden, env=entorno, stdout=salida) as congelado,
        oyendo(puerta.puerto, f"?suscripcion={s}") as despierto,
    ):
        try:
            decir(publicador, *varios(s, 0, 1))
            esperar(lambda: oidas() == ["g-0"])
            congelado.send_signal(signal.SIGSTOP)
            memoria = residente(puerta)
            for n in range(1, cuantos, 500):
                decir(publicador, *varios(s, n, min(n + 500, cuantos)))
            esperar(lambda: len(despierto.hechos) == cuantos, 60)
            esperar(lambda: abiertas(puerta) == antes + 1, 60)
            assert residente(puerta) - memoria < 24 * 2**20
            congelado.send_signal(signal.SIGCONT)
            esperar(lambda: len(oidas()) >= cuantos, 60)
            decir(publicador, *varios(s, cuantos, cuantos + 1))
            esperar(lambda: f"g-{cuantos}" in oidas())
            assert sorted(oidas()) == sorted(sagas(0, cuantos + 1))
        finally:
            congelado.kill()


def abiertas(puerta: Puerta) -> int:
    """How many streams the door has open."""
    cifras = puerta.pedir("GET", "/metrics").read().decode()
    dicha = re.search(r"^saludtech_corrientes (\S+)", cifras, re.MULTILINE)
    return int(float(dicha[1])) if dicha else 0


def residente(puerta: Puerta) -> int:
    """Octets that the door's processes have in memory."""
    padre = psutil.Process(puerta.proceso.pid)
    return sum(p.memory_info().rss for p in (padre, *padre.children(recursive=True)))
