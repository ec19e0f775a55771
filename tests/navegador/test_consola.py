"""The console in a real Chromium, before a whole platform: what an operator looks at, does, and is told.

In `make test-largo`, as all that wants a browser is: it takes a platform, and people's time.
"""

import os
import re
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.documento.plataforma import Viva
from tests.navegador.conftest import CERRADO, MIRAR_SALTOS, SALTAR, Abrir
from tests.saga.espera import hasta

from bff_web.consola import ESTATICOS
from contratos import motivos
from contratos.suscripciones import CancelarSuscripcion
from seedwork.aplicacion.entorno import EntornoReal
from seedwork.aplicacion.sobre import Sobre
from seedwork.infraestructura.avro import codificar
from seedwork.infraestructura.cartas import CartasMuertas
from seedwork.infraestructura.cloudevents import a_propiedades
from seedwork.infraestructura.publicador import Publicador

pytestmark = [pytest.mark.integracion, pytest.mark.largo]

ESCRITORIO = {"width": 1280, "height": 860}
TELEFONO = {"width": 360, "height": 740}


class Consola:
    """What a person does with it.

    Attributes:
        pagina: the browser's tab.
    """

    def __init__(self, abrir: Abrir, url: str, camino: str = "", **opciones: Any) -> None:
        self._url = url
        opciones = {"viewport": ESCRITORIO, "al_empezar": CERRADO + MIRAR_SALTOS} | opciones
        self.pagina = abrir(f"{url}/consola/{camino}", **opciones)

    def ir(self, camino: str) -> None:
        self.pagina.goto(f"{self._url}/consola/{camino}")

    def titulo(self) -> str:
        """The page's own heading, once it has one."""
        titulo = self.pagina.locator("main h1")
        titulo.wait_for()
        return titulo.inner_text()

    def crear_la_primera(self) -> str:
        """Press the newcomer's button; the id of the subscription whose saga is then seen."""
        self.pagina.locator("[data-accion=primera]").click()
        self.pagina.wait_for_url(re.compile(r"/consola/sagas/.+"))
        return self.pagina.url.rpartition("/")[2]

    def primera_de(self, lista: str) -> str:
        """The address of a list's first element."""
        self.ir(lista)
        enlace = self.pagina.locator(f"[data-lista='/{lista}'] tbody th a").first
        return str(enlace.get_attribute("href")).partition("/consola/")[2]

    def confirmar(self) -> None:
        """Send a form that asks first, and answer yes."""
        self.pagina.locator("[data-accion=enviar]").click()
        self.pagina.get_by_role("dialog").locator("[data-accion=confirmar]").click()

    def esperar_saga(self, estado: str = "COMPLETADA") -> None:
        self.pagina.locator(f"[data-parte=linea][data-saga={estado}]").wait_for()


@pytest.fixture
def consola(abrir: Abrir, viva: Viva) -> Callable[..., Consola]:
    """Opens the console, at one of its pages."""
    return lambda camino="", **opciones: Consola(abrir, viva.url, camino, **opciones)


def exigir_accesible(pagina: Page) -> None:
    """axe finds nothing (WCAG 2.2 A and AA, and what it calls best practice)."""
    visto = Axe().run(pagina)
    assert visto.violations_count == 0, visto.generate_report()


@contextmanager
def detenido(viva: Viva, nombre: str) -> Iterator[None]:
    """One of its processes stands still."""
    pid = viva.corrida.latir()[nombre].pid
    assert pid
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_una_saga_se_ve_en_vivo_hasta_su_fin(consola: Callable[..., Consola], viva: Viva, capturas: Path) -> None:
    una = consola()
    linea = una.pagina.locator("[data-parte=linea]")
    with detenido(viva, "notificaciones"):
        una.crear_la_primera()
        # What was reserved is seen before anybody was told of it: the rest is awaited.
        linea.locator("[data-paso=RESERVAR][data-resultado=HECHO]").wait_for()
        expect(linea.locator("[data-paso=NOTIFICAR]")).to_have_attribute("data-resultado", "DEBIDO")
        expect(linea).to_have_attribute("data-saga", "EN_CURSO")
        expect(linea.locator("[data-resultado=DEBIDO] .paso-cuando").first).to_contain_text("desde")
        una.pagina.screenshot(path=capturas / "consola-saga.png")
    una.esperar_saga()
    for servicio in ("Suscripciones", "Servicios de datos", "Notificaciones"):
        assert una.pagina.locator("[data-parte=linea]").get_by_text(servicio).count() > 0
    # It was watched: the page that asked while it ran was told, and asked for nothing by hand.
    assert una.pagina.locator("[data-conexion=abierto]").count() == 1


@dataclass(frozen=True)
class _Original:
    """A message as it would have travelled."""

    carga: bytes
    propiedades: Mapping[str, str]
    clave: str
    topico: str = CancelarSuscripcion.topico
    esquema: int = 0
    lugar: str = ""
    publicado: float = 0.0


def aparcar(viva: Viva, id_suscripcion: str) -> None:
    """Leave a command that nobody has handled among the dead letters: a cancellation."""
    entorno = EntornoReal()
    orden = CancelarSuscripcion(id_suscripcion=id_suscripcion)
    sobre = Sobre.nuevo(orden, sujeto=id_suscripcion, fuente="bff", entorno=entorno)
    publicador = Publicador(str(viva.corrida.ajustes.pulsar_url), plazo_ms=10_000)
    try:
        original = _Original(codificar(orden, sobre), a_propiedades(sobre, orden.topico), id_suscripcion)
        cartas = CartasMuertas(publicador, "suscripciones", "suscripciones", entorno)
        cartas.aparcar(original, error="La base de datos no respondió.", intentos=5)
    finally:
        publicador.cerrar()


def test_de_una_carta_muerta_se_ve_el_sobre_y_se_reproduce(
    consola: Callable[..., Consola], viva: Viva, capturas: Path
) -> None:
    una = consola()
    suscripcion = una.crear_la_primera()
    una.esperar_saga()
    aparcar(viva, suscripcion)
    una.ir("cartas")
    una.pagina.locator("select[name=tipo]").select_option(label="Cancelar suscripción")
    una.pagina.wait_for_url(re.compile("tipo="))
    una.pagina.locator("[data-lista='/cartas'] a").first.click()
    una.pagina.locator("[data-parte=sobre]").wait_for()
    assert una.pagina.get_by_text("La base de datos no respondió.").is_visible()
    assert "Perez" not in una.pagina.content() and "pperez" not in una.pagina.content()
    una.pagina.screenshot(path=capturas / "consola-carta-muerta.png")
    una.pagina.locator("[data-accion=reproducir]").click()
    dialogo = una.pagina.get_by_role("dialog")
    dialogo.get_by_label("Motivo").fill("La base de datos ya responde.")
    exigir_accesible(una.pagina)
    dialogo.locator("[data-accion=confirmar]").click()
    dialogo.locator("[data-destino]").wait_for()
    expect(dialogo.locator("[data-destino=ATENDIDA]")).to_be_visible()
    una.ir(f"suscripciones/{suscripcion}")
    una.pagina.get_by_text("Cancelada").first.wait_for()


_TABLA = re.findall(r"const PAGINAS = \{(.*?)\n\};", (ESTATICOS / "js/aplicacion.js").read_text("utf-8"), re.DOTALL)
PAGINAS = (*re.findall(r'^  "?(\w*)"?: ', _TABLA[0], re.MULTILINE), "nada")
"""Every page that is reached without an id, as the console itself has them, and one that is none."""


@pytest.mark.parametrize("tema", ["light", "dark"])
def test_cada_pagina_la_puede_usar_cualquiera(consola: Callable[..., Consola], tema: str) -> None:
    una = consola(color_scheme=tema)
    suscripcion = una.crear_la_primera()
    una.esperar_saga()
    exigir_accesible(una.pagina)
    for camino in (*PAGINAS, f"suscripciones/{suscripcion}"):
        una.ir(camino)
        assert una.titulo()
        una.pagina.wait_for_load_state("networkidle") if camino else una.pagina.locator(
            "[data-frescura=viva]"
        ).wait_for()
        exigir_accesible(una.pagina)


def test_en_un_telefono_nada_se_sale_de_la_pantalla(consola: Callable[..., Consola], capturas: Path) -> None:
    una = consola(viewport=TELEFONO, has_touch=True)
    suscripcion = una.crear_la_primera()
    una.esperar_saga()
    una.pagina.screenshot(path=capturas / "consola-telefono.png")
    for camino in (*PAGINAS, f"suscripciones/{suscripcion}", "comandos/crearSuscripcion"):
        una.ir(camino)
        assert una.titulo()
        anchos = una.pagina.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert anchos[0] <= anchos[1], camino
        # The way to the tour has its own room.
        assert una.pagina.evaluate(
            "document.querySelector('[data-accion=recorrido]').getBoundingClientRect().top"
            " >= document.querySelector('main').getBoundingClientRect().bottom"
        ), camino


@pytest.mark.parametrize("tamano", [ESCRITORIO, TELEFONO], ids=["escritorio", "telefono"])
def test_mientras_se_abre_una_pagina_nada_salta(consola: Callable[..., Consola], tamano: dict[str, int]) -> None:
    una = consola(viewport=tamano)
    suscripcion = una.crear_la_primera()
    una.esperar_saga()
    saltos = {}
    for camino in (
        *PAGINAS,
        *(f"{lista}/{suscripcion}" for lista in ("suscripciones", "sagas")),
        *("comandos/crearSuscripcion", "comandos/anonimizarArchivo"),
        *(una.primera_de(lista) for lista in ("servicios", "notificaciones")),
    ):
        una.ir(camino)
        assert una.titulo()
        una.pagina.wait_for_load_state("networkidle") if camino else una.pagina.locator(
            "[data-frescura=viva]"
        ).wait_for()
        saltos[camino] = round(una.pagina.evaluate("window.saltos"), 3)
    assert {camino: cuanto for camino, cuanto in saltos.items() if cuanto > SALTAR} == {}


def test_con_el_teclado_se_llega_y_se_crea(consola: Callable[..., Consola]) -> None:
    una = consola()
    una.titulo()
    una.pagina.keyboard.press("Tab")
    expect(una.pagina.locator(":focus")).to_have_text("Ir al contenido")
    una.pagina.keyboard.press("Enter")
    una.pagina.keyboard.press("Tab")
    expect(una.pagina.locator(":focus")).to_have_attribute("data-accion", "primera")
    una.pagina.keyboard.press("Enter")
    una.pagina.wait_for_url(re.compile(r"/consola/sagas/.+"))
    una.esperar_saga()


def test_cada_comando_tiene_su_formulario_con_el_ejemplo(consola: Callable[..., Consola]) -> None:
    una = consola("comandos")
    enlaces = una.pagina.locator("main a[href*='/comandos/']")
    enlaces.first.wait_for()
    for donde in [enlace.get_attribute("href") for enlace in enlaces.all()]:
        una.pagina.goto(una.pagina.url.partition("/consola")[0] + str(donde))
        formulario = una.pagina.locator("form[data-formulario]")
        formulario.wait_for()
        if formulario.get_attribute("data-grave") == "true":
            # What cannot be undone is about what somebody named, for a reason of theirs.
            assert {c.input_value() for c in formulario.locator("input, textarea").all()} == {""}, donde
            continue
        vacios = formulario.locator(
            "fieldset:not(:has(legend:text('A qué se dirige'))) [required]:not([type=file])"
            ":not([name=id_factura], [name=monto])"  # of an invoice that there is, if any
        )
        assert [v.get_attribute("name") for v in vacios.all() if not v.input_value()] == [], donde


def test_lo_que_no_se_deshace_se_pregunta_y_dice_de_que(consola: Callable[..., Consola]) -> None:
    una = consola("comandos/suprimirCliente?cliente_codigo=nadie-1")
    mandados: list[str] = []
    una.pagina.on("request", lambda pedido: mandados.append(pedido.url) if pedido.method == "POST" else None)
    una.pagina.locator("[data-accion=enviar]").click()
    dialogo = una.pagina.get_by_role("dialog")
    expect(dialogo).to_contain_text("nadie-1")
    expect(dialogo).to_contain_text("No se puede deshacer")
    exigir_accesible(una.pagina)
    una.pagina.keyboard.press("Escape")
    expect(dialogo).to_have_count(0)
    assert mandados == []
    una.confirmar()
    una.pagina.wait_for_url(re.compile(r"/consola/resultados"))
    assert len(mandados) == 1


def test_una_imagen_antes_y_despues(consola: Callable[..., Consola], capturas: Path) -> None:
    una = consola("comandos/anonimizarArchivo")
    una.pagina.locator("[data-accion=muestra]").click()
    una.pagina.locator("[data-elegido]").wait_for()
    una.pagina.locator("[data-accion=enviar]").click()
    una.pagina.wait_for_url(re.compile(r"/consola/imagenes/.+"))
    una.pagina.locator("[data-parte=antes-despues] img[alt='La imagen, ya limpia']").wait_for(timeout=180_000)
    # A name and a number were burned in.
    expect(una.pagina.locator("[data-parte=antes-despues]")).to_contain_text(re.compile("Se tap(ó|aron)"))
    expect(una.pagina.locator("main")).to_contain_text("Tórax")
    assert una.pagina.locator("[data-parte=antes-despues] img").count() == 2
    exigir_accesible(una.pagina)
    una.pagina.screenshot(path=capturas / "consola-imagen.png")
    # The browser that sent it had it in memory; to any other the platform shows no original.
    una.pagina.reload()
    una.pagina.get_by_text("El original no se muestra nunca").wait_for()


def test_lo_de_antes_se_ve_aunque_nada_se_oiga(consola: Callable[..., Consola]) -> None:
    """What a page tells of before it was opened, its services say: here no stream reaches it."""
    una = consola()
    suscripcion = una.crear_la_primera()
    una.esperar_saga()
    sorda = consola("planes")
    sorda.pagina.route(re.compile(r"/eventos\?"), lambda ruta: ruta.abort())
    sorda.ir(f"suscripciones/{suscripcion}")
    historia = sorda.pagina.locator("[data-parte=historia]")
    for hecho in ("FacturaEmitida", "NotificacionCreada"):
        historia.locator(f"[data-hecho={hecho}]").first.wait_for()
    expect(historia.locator("[data-hecho=TransicionSaga]")).to_have_count(5)
    sorda.pagina.locator("main a[href*='/servicios/']").first.click()
    expect(historia.locator("[data-hecho=TransicionSaga]")).to_have_count(5)


def test_un_paquete_antes_y_despues(consola: Callable[..., Consola], capturas: Path) -> None:
    una = consola("comandos/anonimizarPaquete")
    una.pagina.locator("[data-accion=muestra]").click()
    una.pagina.locator("[data-campo=archivos] [data-elegido]").wait_for()
    una.pagina.locator("[data-accion=enviar]").click()
    una.pagina.wait_for_url(re.compile(r"/consola/paquetes/.+"))
    parejas = una.pagina.locator("[data-parte=parejas]")
    expect(parejas.locator("img[alt^=Antes]")).to_have_count(3, timeout=180_000)
    for despues in parejas.locator("img[alt^=Después]").all():
        hasta(lambda d=despues: d.evaluate("i => i.naturalWidth") > 0, "se ve limpia")
    exigir_accesible(una.pagina)
    una.pagina.screenshot(path=capturas / "consola-paquete.png")
    una.pagina.reload()
    una.pagina.get_by_text("El original no se muestra nunca").wait_for()
    assert parejas.locator("img[alt^=Antes]").count() == 0


def test_por_que_se_rechazo_un_comando_se_lee_donde_ocurre(consola: Callable[..., Consola]) -> None:
    una = consola()
    suscripcion = una.crear_la_primera()
    una.esperar_saga()
    una.ir(f"suscripciones/{suscripcion}")
    una.pagina.locator("[data-conexion=abierto]").wait_for()
    otra = consola(f"comandos/cambiarPlanSuscripcion?id_suscripcion={suscripcion}&plan.codigo=pro")
    otra.pagina.locator("[data-accion=enviar]").click()
    porque = una.pagina.locator(f"[data-hecho] [data-motivo={motivos.PLAN_EN_VIGOR}]")
    expect(porque).to_have_text(str(motivos.texto(motivos.PLAN_EN_VIGOR)))


def test_de_lo_apartado_se_ofrece_lo_que_cabe_y_lo_descartado_se_dice(consola: Callable[..., Consola]) -> None:
    una = consola("comandos/anonimizarArchivo")
    roto = {"name": "a.dcm", "mimeType": "application/dicom", "buffer": b"no es un DICOM" * 100}
    una.pagina.locator("[name=archivo]").set_input_files(roto)  # type: ignore[arg-type]
    una.pagina.locator("[data-accion=enviar]").click()
    una.pagina.wait_for_url(re.compile(r"/consola/imagenes/.+"))
    id = una.pagina.url.rpartition("/")[2]
    # That it is no DICOM, no look settles.
    una.pagina.locator("[data-accion=descartar]").wait_for()
    assert una.pagina.locator("[data-accion=liberar]").count() == 0
    una.ir("cuarentena")
    fila = una.pagina.locator(f"[data-id='{id}']")
    fila.locator("[data-accion=descartar]").click()
    dialogo = una.pagina.get_by_role("dialog")
    dialogo.get_by_label("Por qué").fill("No es una imagen.")
    dialogo.locator("[data-accion=confirmar]").click()
    expect(dialogo.locator("[data-destino=APLICADO]")).to_be_visible()
    dialogo.get_by_role("button", name="Cerrar").click()
    for camino, donde in (("cuarentena", f"[data-id='{id}']"), (f"imagenes/{id}", ".cabeza")):
        una.ir(camino)
        expect(una.pagina.locator(f"{donde} [data-estado=DESCARTADA]")).to_be_visible()
        assert una.pagina.locator(f"{donde} button").count() == 0
    exigir_accesible(una.pagina)


def test_se_cae_el_broker_y_vuelve_y_la_pagina_sigue(
    consola: Callable[..., Consola], viva: Viva, capturas: Path
) -> None:
    una, panorama = consola(), consola()
    suscripcion = una.crear_la_primera()
    una.esperar_saga()
    panorama.pagina.locator("[data-frescura=viva]").wait_for()
    os.kill(viva.corrida.latir()["pulsar"].pid, signal.SIGKILL)
    panorama.pagina.locator("[data-parte=broker]").get_by_text("Mal").wait_for()
    # At the top, and for who looks at another tab.
    expect(panorama.pagina.locator("[data-parte=mal]")).to_contain_text("Broker de mensajes")
    expect(panorama.pagina).to_have_title(re.compile("⚠.*Broker de mensajes"))
    panorama.pagina.screenshot(path=capturas / "consola-sin-broker.png")
    panorama.pagina.locator("[data-parte=broker]").get_by_text("Bien").wait_for()
    # The first one was left alone: what happens after the outage reaches it by itself.
    otra = consola(f"comandos/cancelarSuscripcion?id_suscripcion={suscripcion}")
    otra.confirmar()
    una.esperar_saga("COMPLETADA")
    una.pagina.get_by_text("Cancelar").first.wait_for()


def test_un_broker_parado_no_se_da_por_vivo(consola: Callable[..., Consola], viva: Viva) -> None:
    una = consola()
    una.crear_la_primera()
    una.esperar_saga()
    broker = viva.corrida.latir()["pulsar"].pid
    os.kill(broker, signal.SIGSTOP)  # its connections stay: nothing but silence says so
    try:
        una.pagina.locator("[data-conexion=perdido]").wait_for()
    finally:
        os.kill(broker, signal.SIGCONT)
    una.pagina.locator("[data-conexion=abierto]").wait_for()


def test_de_quien_no_responde_no_se_dice_que_no_tiene_cartas(consola: Callable[..., Consola], viva: Viva) -> None:
    una = consola("cartas?tipo=NoLoHay")
    una.pagina.get_by_text("Nada coincide con los filtros").wait_for()
    servicio = viva.corrida.latir()["suscripciones-api"].pid
    os.killpg(servicio, signal.SIGSTOP)
    try:
        una.ir("cartas")
        una.pagina.get_by_text("No se pudo preguntar a Suscripciones").wait_for()
        expect(una.pagina.get_by_text("se pudo atender")).to_have_count(0)
    finally:
        os.killpg(servicio, signal.SIGCONT)


def test_el_recorrido_sigue_lo_que_se_hace_y_no_tapa_nada(abrir: Abrir, viva: Viva) -> None:
    pagina = abrir(f"{viva.url}/consola/", viewport=ESCRITORIO)
    pagina.locator(".recorrido[data-paso='1']").wait_for()
    pagina.locator("[data-accion=primera]").click()
    pagina.locator(".recorrido[data-paso='2']").wait_for()
    expect(pagina.locator("[data-accion=ir]")).to_have_count(0)  # one is there
    pagina.locator("[data-parte=linea]").wait_for()
    assert pagina.evaluate(
        "document.querySelector('.recorrido').getBoundingClientRect().bottom"
        " <= document.querySelector('main h1').getBoundingClientRect().top"
    )
    exigir_accesible(pagina)
    for _ in range(6):
        pagina.locator("[data-accion=paso-siguiente]").click()
    expect(pagina.locator(".recorrido")).to_contain_text("no se anota")
