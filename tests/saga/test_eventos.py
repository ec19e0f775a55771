"""What happens, heard as it happens by whoever may hear it, on a whole platform that asks everybody who they are.

In `make test-largo`: it is a platform of its own, whose two instances of the door are killed, and its broker.
"""

import io
import json
import os
import secrets
import signal
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import urllib3
from pydicom.data import get_testdata_file
from rich.console import Console
from tests.documento.plataforma import Viva, plataforma
from tests.oyente import Oyente, oyendo

from contratos.ejemplos import SUSCRIPCION
from seedwork.pruebas.taller import esperar

pytestmark = [pytest.mark.integracion, pytest.mark.largo]

UN_SITIO = Path(__file__).parents[2] / "microservicio-servicio-datos/servicio_datos/catalogo-demo.toml"
"""A catalogue of one expert, who has one place."""
CREAR = "/suscripciones/suscripcion-comando"
PACIENCIA_S = 240.0
"""A broker that was killed starts anew: on a busy machine that takes its time."""


@pytest.fixture(scope="module")
def viva() -> Iterator[Viva]:
    with plataforma(Console(quiet=True), "desarrollo", bff=2, CATALOGO_RECURSOS=str(UN_SITIO)) as viva:
        yield viva


class Persona:
    """An ordinary caller, who sends commands with a token and hears what comes of them."""

    def __init__(self, viva: Viva, rol: str, codigo: str) -> None:
        self.codigo, self._url = codigo, viva.url
        self._puerto = int(viva.url.rpartition(":")[2])
        self._token = viva.token(rol, f"--{rol}={codigo}")
        self._http = urllib3.PoolManager(retries=False, timeout=30)

    def oye(self, **filtros: str) -> AbstractContextManager[Oyente]:
        """A stream of theirs, which comes back as a browser's does."""
        return oyendo(self._puerto, f"?{urlencode(filtros)}", token=self._token, vuelve=True)

    def manda(self, ruta: str, **cuerpo: Any) -> dict[str, Any]:
        """A command, sent until it is taken: what is unknown is asked for again with the same key."""
        cabeceras = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": secrets.token_hex(8)}
        aceptado: dict[str, Any] = {}

        def tomado() -> bool:
            with suppress(urllib3.exceptions.HTTPError):
                respuesta = self._http.request("POST", self._url + ruta, headers=cabeceras, **cuerpo)
                assert respuesta.status in (202, 502, 503), respuesta.data
                if respuesta.status == 202:
                    aceptado.update(respuesta.json())
            return bool(aceptado)

        esperar(tomado, PACIENCIA_S)
        return aceptado

    def ve(self, ruta: str) -> Any:
        """What a query answers."""
        respuesta = self._http.request("GET", self._url + ruta, headers={"Authorization": f"Bearer {self._token}"})
        return respuesta.json() if respuesta.status == 200 else None


class Cliente(Persona):
    """One whose subscriptions these are."""

    def __init__(self, viva: Viva, codigo: str) -> None:
        super().__init__(viva, "cliente", codigo)
        orden = json.loads(SUSCRIPCION)
        self.orden = orden | {"cliente": orden["cliente"] | {"codigo": codigo}}

    def pide(self, plan: str) -> dict[str, Any]:
        """A subscription to a plan."""
        return self.manda(CREAR, json=self.orden | {"plan": {"codigo": plan, "nombre": plan.upper()}})


@pytest.fixture(scope="module")
def ana(viva: Viva) -> Cliente:
    return Cliente(viva, "0001")


@pytest.fixture(scope="module")
def luis(viva: Viva) -> Cliente:
    return Cliente(viva, "0002")


def paso(cual: str) -> Callable[[Mapping[str, Any]], bool]:
    """Whether an event is that step of a saga."""
    return lambda hecho: hecho.get("paso") == cual


def pasos(oyente: Oyente) -> list[tuple[str, str]]:
    """The steps that were heard, in the order in which they happened."""
    dichos = sorted((h for h in oyente.hechos if "paso" in h), key=lambda h: str(h["ocurrido"]))
    return [(h["paso"], h["resultado"]) for h in dichos]


def vistos(cliente: Cliente, aceptado: Mapping[str, str]) -> list[tuple[str, str]]:
    """The same as the query tells it."""
    saga = cliente.ve(f"/suscripciones/{aceptado['id_suscripcion']}/saga")
    return [(p["paso"], p["resultado"]) for p in saga["pasos"]]


def datos(oyente: Oyente) -> list[str]:
    return sorted(json.dumps(h, sort_keys=True) for h in oyente.hechos)


def exigir_sin_nadie(cliente: Cliente, *oyentes: Oyente) -> None:
    """Of all that was told, nothing is a person's."""
    suyo = cliente.orden["cliente"]
    propios = {suyo["usuario"], suyo["email"], *suyo["nombre"].values(), str(suyo["rut"]["numero"]), suyo["codigo"]}
    for oyente in oyentes:
        assert [v for v in propios if f'"{v}"'.encode() in oyente.crudo] == []


def test_una_saga_entera_la_oye_quien_la_empezo_y_nadie_mas(ana: Cliente, luis: Cliente) -> None:
    """All of it once, from before the command was sent; by whichever of its ids it is asked for, it is the same."""
    with ana.oye(cliente=ana.codigo) as de_todo, luis.oye(cliente=ana.codigo) as curioso:
        aceptado = ana.pide("pro")
        comando, suscripcion = aceptado["id_comando"], aceptado["id_suscripcion"]
        with (
            ana.oye(comando=comando) as de_comando,
            ana.oye(suscripcion=suscripcion) as de_suscripcion,
            ana.oye(saga=comando) as de_saga,
            luis.oye(suscripcion=suscripcion) as ajeno,
            luis.oye(comando=comando) as otro_ajeno,
        ):
            for oyente in (de_todo, de_comando, de_suscripcion, de_saga):
                for fin in (paso("INICIAR"), lambda h: h["tipo"] == "ConfirmacionNotificacion"):
                    oyente.hasta_que(fin)
                for tipo in ("FacturaEmitida", "ServicioDatosIniciado", "ExpertoAsignado"):
                    oyente.hasta_que(lambda h, tipo=tipo: h["tipo"] == tipo)
            assert Counter(h["tipo"] for h in de_comando.hechos) == {
                **dict.fromkeys(("SuscripcionCreada", "SuscripcionAprovisionada", "SuscripcionActivada"), 1),
                **dict.fromkeys(("ServicioDatosCreada", "ExpertoAsignado", "ServicioDatosIniciado"), 1),
                **dict.fromkeys(("NotificacionCreada", "NotificacionEnviada", "ConfirmacionNotificacion"), 1),
                **{"FacturaEmitida": 1, "TransicionSaga": 5},
            }
            assert {h["id_comando"] for h in de_comando.hechos} == {comando}
            assert datos(de_comando) == datos(de_suscripcion) == datos(de_saga)
            assert [d for d in datos(de_todo) if comando in d] == datos(de_comando)
            assert pasos(de_comando) == vistos(ana, aceptado)
            assert pasos(de_comando)[-1] == ("INICIAR", "HECHO")
            assert (curioso.hechos, ajeno.hechos, otro_ajeno.hechos) == ([], [], [])
            exigir_sin_nadie(ana, de_todo, de_comando)


def test_y_una_que_se_compensa_igual(ana: Cliente) -> None:
    """There is one place: what is asked for first has it, or finds it taken already."""
    with ana.oye(cliente=ana.codigo) as de_todo:
        primera = ana.pide("pro")["id_suscripcion"]
        decidida = ("SuscripcionActivada", "SuscripcionRechazada")
        de_todo.hasta_que(lambda h: h["tipo"] in decidida and h["id_suscripcion"] == primera)
        aceptado = ana.pide("pro")
        with ana.oye(comando=aceptado["id_comando"]) as de_comando:
            for oyente in (de_todo, de_comando):
                for cual in ("LIBERAR", "AVISAR"):
                    oyente.hasta_que(lambda h, cual=cual: paso(cual)(h) and h["id_comando"] == aceptado["id_comando"])
            assert Counter(pasos(de_comando)) == {
                **{("CREAR", "HECHO"): 1, ("RESERVAR", "RECHAZADO"): 1, ("RECHAZAR", "HECHO"): 1},
                **{("LIBERAR", "OMITIDO"): 1, ("AVISAR", "HECHO"): 1},
            }
            esperar(lambda: pasos(de_comando) == vistos(ana, aceptado))
            rechazada = de_comando.hasta_que(lambda h: h["tipo"] == "SuscripcionRechazada")
            assert (rechazada["estado"], rechazada["motivo"]) == ("RECHAZADA", "SIN_CAPACIDAD")
            assert {h["paso"] for h in de_comando.hechos if h.get("compensacion")} == {"LIBERAR", "AVISAR"}
            assert len(datos(de_comando)) == len(set(datos(de_comando)))
            exigir_sin_nadie(ana, de_todo, de_comando)


def test_el_rechazo_de_un_comando_lo_oye_quien_lo_envio_tambien_si_era_sobre_lo_de_otro(
    ana: Cliente, luis: Cliente
) -> None:
    """He can't hear of what is hers; that his command took no effect is his to hear, and nothing of hers."""
    suya = ana.pide("free")
    with ana.oye(comando=suya["id_comando"]) as de_ana:
        de_ana.hasta_que(lambda h: h["tipo"] == "SuscripcionActivada")
    intento = luis.manda(f"/suscripciones/{suya['id_suscripcion']}/cancelacion-comando", json={})
    with luis.oye(comando=intento["id_comando"]) as de_luis, ana.oye(comando=intento["id_comando"]) as de_otra:
        dicho = de_luis.hasta_que(lambda h: h["tipo"] == "ComandoSuscripcionRechazado")
        assert (dicho["id_comando"], dicho["motivo"]) == (intento["id_comando"], "SUSCRIPCION_DESCONOCIDA")
        assert luis.ve(intento["comando"])["estado"] == "RECHAZADO"
        assert len(de_luis.hechos) == 1
        assert de_otra.hechos == []
    assert ana.ve(suya["consulta"])["estado"] == "ACTIVA"


def test_una_clinica_oye_cada_imagen_de_su_paquete_y_una_sola_si_quiere(viva: Viva) -> None:
    norte, sur = Persona(viva, "clinica", "norte"), Persona(viva, "clinica", "sur")
    zip, placa = io.BytesIO(), Path(str(get_testdata_file("CT_small.dcm"))).read_bytes()
    with zipfile.ZipFile(zip, "w") as archivo:
        for nombre, contenido in {"uno.dcm": placa, "dos.dcm": placa, "leeme.txt": b"no es imagen"}.items():
            archivo.writestr(nombre, contenido)
    aceptado = norte.manda("/procesar/paquetes", fields={"paquete": ("envio.zip", zip.getvalue())})
    paquete = aceptado["id_paquete"]
    with (
        norte.oye(paquete=paquete) as de_paquete,
        norte.oye(comando=aceptado["id_comando"]) as de_comando,
        sur.oye(paquete=paquete) as ajena,
    ):
        for oyente in (de_paquete, de_comando):
            esperar(lambda oyente=oyente: len(oyente.hechos) == 4, 180)
        assert Counter(h["tipo"] for h in de_paquete.hechos) == {
            **{"ImagenAnonimizada": 2, "ImagenApartada": 1, "PaqueteCompletado": 1}
        }
        assert {h["id_paquete"] for h in de_paquete.hechos} == {paquete}
        assert datos(de_paquete) == datos(de_comando)
        una = next(h for h in de_paquete.hechos if h["tipo"] == "ImagenAnonimizada")
        with norte.oye(imagen=una["id_imagen"]) as de_imagen, sur.oye(imagen=una["id_imagen"]) as otra_ajena:
            de_imagen.hasta_que(lambda h: h == una)
            assert de_imagen.hechos == [una]
            assert ajena.hechos == otra_ajena.hechos == []


def test_cae_una_puerta_tras_otra_y_la_corriente_sigue_por_la_que_queda(viva: Viva, ana: Cliente) -> None:
    """Through the balancer, which keeps nothing of it: whatever instance it is that ends or is killed."""
    pedidas: list[str] = []

    def se_oyen(oyente: Oyente) -> None:
        esperar(lambda: activas(oyente).keys() >= set(pedidas), 60)

    with ana.oye(cliente=ana.codigo) as oyente:
        for cual, senal in (("bff-1", signal.SIGTERM), ("bff-2", signal.SIGKILL), ("bff-1", signal.SIGKILL)):
            pedidas += [ana.pide("free")["id_suscripcion"] for _ in range(5)]
            muere = viva.corrida.latir()[cual].pid
            os.kill(muere, senal)
            pedidas += [ana.pide("free")["id_suscripcion"] for _ in range(5)]
            esperar(lambda muere=muere, cual=cual: viva.corrida.latir()[cual].pid not in (0, muere), 60)
            se_oyen(oyente)
        assert oyente.veces > 1, "it was never cut: nothing was shown"
        assert {cual: veces for cual, veces in activas(oyente).items() if cual in pedidas} == dict.fromkeys(pedidas, 1)
        assert len(datos(oyente)) == len(set(datos(oyente)))
        assert "reinicio" not in {b.get("event") for b in oyente.bloques}


def activas(oyente: Oyente) -> Counter[str]:
    """How often it was heard of each subscription that it was activated."""
    return Counter(h["id_suscripcion"] for h in oyente.hechos if h["tipo"] == "SuscripcionActivada")


@pytest.mark.timeout(600)
def test_cae_el_broker_y_vuelve_y_la_corriente_sigue(viva: Viva, ana: Cliente) -> None:
    with ana.oye(cliente=ana.codigo) as oyente:
        pedidas = [ana.pide("free")["id_suscripcion"] for _ in range(5)]
        os.kill(viva.corrida.latir()["pulsar"].pid, signal.SIGKILL)
        pedidas += [ana.pide("free")["id_suscripcion"] for _ in range(5)]
        esperar(lambda: activas(oyente).keys() >= set(pedidas), PACIENCIA_S)
        # Where its door had only just come up, it may have begun with what happened minutes ago.
        assert {cual: veces for cual, veces in activas(oyente).items() if cual in pedidas} == dict.fromkeys(pedidas, 1)
        assert len(datos(oyente)) == len(set(datos(oyente)))
        assert oyente.veces == 1, "it is the door that goes on, with the same stream"
        assert "reinicio" not in {b.get("event") for b in oyente.bloques}
