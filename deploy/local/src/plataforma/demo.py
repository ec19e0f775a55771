"""The demonstration: a subscription that succeeds, an image, a package of files, and one that is compensated."""

import hashlib
import json
import mailbox
import shutil
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from urllib3.filepost import encode_multipart_formdata

from plataforma import muestras
from plataforma.ajustes import leer_ajustes_libres
from plataforma.corrida import Corrida, correr
from plataforma.errores import ErrorPlataforma
from plataforma.puertos import LOCAL
from plataforma.servicios import RAIZ
from plataforma.sistema import CERROJO, cerrojo
from plataforma.sondas import ABRIDOR

SEGUNDOS_POR_ESCENA = 30.0
PAUSA = 0.1

# The two bodies that today's web clients send, to the letter.
SUSCRIPCION = """\
{"cliente": {"codigo": "0001", "nombre": {"nombres": "Pablo", "apellidos": "Perez Prieto"}, "usuario": "pperez",
  "rut": {"numero": 123457890}, "cedula": {"numero": 123457890}, "email": "pperez@domain.com"},
 "plan": {"codigo": "pro", "nombre": "PRO"}, "facturas": []}
"""
IMAGEN = """\
{"id_imagen": "46769a88-00000-4468o-8a14-1579887d01", "modalidad": "Rayos X", "patologia": "Neumonía",
 "region_anatomica": "Cráneo", "formato_imagen": "DICOM", "fuente_de_datos": "Hospital del norte",
 "antecedentes": "Diabético", "id_paciente": "46769a88-181f-4468-8i34-15f750381d01", "fecha_ingesta": "2024-02-01 09:10:00"}
"""  # noqa: E501
CATALOGO = RAIZ / "microservicio-servicio-datos/servicio_datos/catalogo-demo.toml"
"""Its only expert has one place: the second PRO subscription finds it taken."""
_COLORES = {"HECHO": "green", "RECHAZADO": "red", "FALLIDO": "red", "OMITIDO": "yellow"}


@dataclass
class Demostracion:
    """The scenes, against a platform that runs; each raises ErrorPlataforma for what did not come true."""

    bff: str
    buzon: Path
    consola: Console
    cumplido: list[tuple[str, float]] = field(default_factory=list)
    """What came true, and after how many seconds."""

    def suscripcion_pro(self) -> None:
        """A PRO subscription reaches ACTIVA and its data service INICIADO; the client gets an e-mail."""
        self.consola.rule("[bold]1 · A PRO subscription")
        comienzo = time.monotonic()
        id_suscripcion = self._enviar(
            "/suscripciones/suscripcion-comando", SUSCRIPCION, "application/json", "id_suscripcion"
        )
        self._seguir_saga(id_suscripcion, "COMPLETADA")
        suscripcion = self._hasta(f"/suscripciones/{id_suscripcion}", lambda r: r["estado"] == "ACTIVA")
        self._cumplir(f"Subscription {suscripcion['estado']}", comienzo)
        servicios = self._hasta(
            f"/servicios-datos?suscripcion={id_suscripcion}",
            lambda r: [s["estado"] for s in r["elementos"]] == ["INICIADO"],
        )
        self._cumplir(f"Data service {servicios['elementos'][0]['estado']}", comienzo)
        notificaciones = self._hasta(
            f"/notificaciones?suscripcion={id_suscripcion}", lambda r: len(r["elementos"]) == 1
        )
        self._mostrar_correo(notificaciones["elementos"][0])
        self._cumplir("Notification in the mailbox", comienzo)

    def imagen(self) -> None:
        """An image command ends in a record that names no patient."""
        self.consola.rule("[bold]2 · An image")
        comienzo = time.monotonic()
        id_imagen = self._enviar("/procesar/procesar-imagen", IMAGEN, "json/application", "id_imagen")
        registro = self._hasta(f"/procesar/imagenes/{id_imagen}", lambda r: r["estado"] == "ANONIMIZADA")
        texto = json.dumps(registro, ensure_ascii=False, indent=1)
        self.consola.print(Panel(Text(texto), title="The anonymised record", title_align="left"))
        if json.loads(IMAGEN)["id_paciente"] in texto:
            raise ErrorPlataforma("The anonymised record holds the patient's id.")
        self._cumplir("Image ANONIMIZADA, without the patient's id", comienzo)

    def paquete(self, carpeta: Path) -> None:
        """A package of real files comes out clean, and what can't be cleaned stays apart."""
        self.consola.rule("[bold]3 · A package of DICOM files")
        comienzo = time.monotonic()
        estado, respuesta = _abrir(
            _formulario(
                self.bff + "/procesar/paquetes",
                paquete=("envio.zip", muestras.paquete()),
                metadatos=("envio.csv", muestras.metadatos()),
            )
        )
        self.consola.print(f"POST /procesar/paquetes  [dim]Content-Type: multipart/form-data[/]  → [bold]{estado}[/]")
        if estado != 202:
            raise ErrorPlataforma(f"POST /procesar/paquetes answers {estado} instead of 202: {respuesta}")
        ruta = f"/procesar/paquetes/{respuesta['id_paquete']}"
        paquete = self._hasta(ruta, lambda r: r["estado"] == "COMPLETADO")
        self.consola.print(Text(json.dumps(paquete, ensure_ascii=False, indent=1), style="dim"))
        self._mostrar_imagenes(self._hasta(f"{ruta}/imagenes", lambda r: len(r["elementos"]) == paquete["total"]))
        antes = muestras.original(muestras.CON_TEXTO)
        despues = self._descargar(f"/procesar/imagenes/{muestras.CON_TEXTO}/archivo")
        self.consola.print(muestras.etiquetas(antes, despues))
        (carpeta / "despues.dcm").write_bytes(despues)
        muestras.lado_a_lado(antes, despues).save(carpeta / "antes-y-despues.png")
        self.consola.print("Its picture before and after: .local/demo/antes-y-despues.png")
        if (paquete["hechas"], paquete["cuarentena"]) != (len(muestras.MUESTRAS) - 1, 1):
            raise ErrorPlataforma(f"The package's counts are not what they should be: {paquete}")
        self._cumplir("Package COMPLETADO, its clean files downloaded, one image in CUARENTENA", comienzo)

    def _mostrar_imagenes(self, pagina: Any) -> None:
        tabla = Table("Imagen", "Estado", "Paciente", "Ingesta", "Motivo")
        for imagen in pagina["elementos"]:
            tabla.add_row(
                imagen["id_imagen"],
                imagen["estado"],
                (imagen["seudonimo_paciente"] or "")[:11],
                (imagen["fecha_ingesta"] or "")[:10],
                imagen["motivo"] or "",
            )
        self.consola.print(tabla)

    def _descargar(self, ruta: str) -> bytes:
        with ABRIDOR.open(self.bff + ruta, timeout=10) as respuesta:
            octetos: bytes = respuesta.read()
            if hashlib.sha256(octetos).hexdigest() != respuesta.headers["ETag"].strip('"'):
                raise ErrorPlataforma(f"GET {ruta} gives other bytes than its ETag says.")
        return octetos

    def suscripcion_rechazada(self) -> None:
        """A second PRO subscription finds the only expert taken, and is compensated."""
        self.consola.rule("[bold]4 · A second PRO subscription: the only expert is taken")
        comienzo = time.monotonic()
        id_suscripcion = self._enviar(
            "/suscripciones/suscripcion-comando", SUSCRIPCION, "application/json", "id_suscripcion"
        )
        self._seguir_saga(id_suscripcion, "COMPENSADA")
        suscripcion = self._hasta(f"/suscripciones/{id_suscripcion}", lambda r: r["estado"] == "RECHAZADA")
        self.consola.print(f"Reason: {suscripcion['motivo']}")
        self._cumplir("Second subscription RECHAZADA, its saga COMPENSADA", comienzo)

    def _enviar(self, ruta: str, cuerpo: str, tipo: str, id_recurso: str) -> str:
        """Send a command, and give the id of the resource that will show its effect."""
        pedido = urllib.request.Request(  # noqa: S310 - the address is our own
            self.bff + ruta, cuerpo.encode(), {"Content-Type": tipo}, method="POST"
        )
        estado, respuesta = _abrir(pedido)
        self.consola.print(f"POST {ruta}  [dim]Content-Type: {tipo}[/]  → [bold]{estado}[/]")
        if estado != 202:
            raise ErrorPlataforma(f"POST {ruta} answers {estado} instead of 202: {respuesta}")
        self.consola.print(Text(json.dumps(respuesta, ensure_ascii=False, indent=1), style="dim"))
        return str(respuesta[id_recurso])

    def _hasta(self, ruta: str, cumple: Callable[[Any], bool], mirar: Callable[[Any], None] | None = None) -> Any:
        """Ask until the answer is what it should be."""
        limite = time.monotonic() + SEGUNDOS_POR_ESCENA
        while True:
            estado, respuesta = _abrir(urllib.request.Request(self.bff + ruta))  # noqa: S310 - the address is our own
            if estado == 200:
                if mirar:
                    mirar(respuesta)
                if cumple(respuesta):
                    return respuesta
            if time.monotonic() > limite:
                raise ErrorPlataforma(
                    f"GET {ruta} is not what it should be after {SEGUNDOS_POR_ESCENA:.0f} s; it answers {estado}: "
                    + json.dumps(respuesta, ensure_ascii=False)
                )
            time.sleep(PAUSA)

    def _seguir_saga(self, id_suscripcion: str, final: str) -> None:
        comienzo = time.monotonic()
        with Live(console=self.consola, auto_refresh=False) as vivo:

            def mirar(saga: Any) -> None:
                vivo.update(_linea_de_tiempo(saga, time.monotonic() - comienzo), refresh=True)

            saga = self._hasta(
                f"/suscripciones/{id_suscripcion}/saga", lambda r: r["estado"] in ("COMPLETADA", "COMPENSADA"), mirar
            )
        if not self.consola.is_terminal:
            self.consola.line()  # there, Live leaves the cursor behind its last line
        if saga["estado"] != final:
            raise ErrorPlataforma(f"The saga ends as {saga['estado']} instead of {final}.")

    def _mostrar_correo(self, notificacion: Any) -> None:
        limite = time.monotonic() + SEGUNDOS_POR_ESCENA
        while not (carta := _carta(self.buzon, notificacion["asunto"])):
            if time.monotonic() > limite:
                raise ErrorPlataforma(f"No e-mail with the subject {notificacion['asunto']!r} arrived.")
            time.sleep(PAUSA)
        cabeceras = "\n".join(f"{n}: {carta[n]}" for n in ("From", "To", "Subject", "Message-ID"))
        cuerpo = carta.get_body(("plain",))
        texto = str(cuerpo.get_content()).strip() if cuerpo else ""
        self.consola.print(Panel(Text(f"{cabeceras}\n\n{texto}"), title="An e-mail in the sink", title_align="left"))

    def _cumplir(self, hecho: str, comienzo: float) -> None:
        segundos = time.monotonic() - comienzo
        self.cumplido.append((hecho, segundos))
        self.consola.print(f"[green]✓[/] {hecho} [dim]({segundos:.1f} s)[/]\n")


def demostrar(raiz: Path, estado: Path, consola: Console) -> None:
    """Start a platform of its own from nothing, play every scene, and stop it again.

    Raises ErrorPlataforma for whatever did not come true.
    """
    comienzo = time.monotonic()
    _vaciar(estado)
    vaciado = time.monotonic()
    consola.print("Starting SaludTech de los Alpes for a demonstration (state and logs in .local/demo/)")
    elegir = partial(leer_ajustes_libres, raiz, procesamiento=1)
    with correr(elegir, raiz, estado, consola, entorno={"CATALOGO_RECURSOS": str(CATALOGO)}) as corrida:
        arranque = time.monotonic() - vaciado
        bff = f"http://{LOCAL}:{corrida.ajustes.puerto('bff_puerto').numero}"
        demostracion = Demostracion(bff, estado / "correo", consola)
        demostracion.suscripcion_pro()
        demostracion.imagen()
        demostracion.paquete(estado)
        demostracion.suscripcion_rechazada()
        memoria = _memoria(corrida)
        consola.print("Stopping everything …")
    _resumir(consola, demostracion, arranque, time.monotonic() - comienzo, memoria)


def _vaciar(estado: Path) -> None:
    """Forget the last demonstration: the expert's place is free again."""
    with cerrojo(estado):
        for ruta in estado.iterdir():
            if ruta.is_dir():
                shutil.rmtree(ruta)
            elif ruta.name != CERROJO:
                ruta.unlink()


def _abrir(pedido: urllib.request.Request) -> tuple[int, Any]:
    """The status and the JSON body of an answer, whatever its status."""
    try:
        with ABRIDOR.open(pedido, timeout=10) as respuesta:
            return respuesta.status, json.load(respuesta)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def _formulario(direccion: str, **archivos: tuple[str, bytes]) -> urllib.request.Request:
    """A form of files, each with its name. Only with a key is one taken."""
    cuerpo, tipo = encode_multipart_formdata(dict(archivos))
    cabeceras = {"Content-Type": tipo, "Idempotency-Key": uuid.uuid4().hex}
    return urllib.request.Request(direccion, cuerpo, cabeceras, method="POST")  # noqa: S310 - the address is our own


def _carta(buzon: Path, asunto: str) -> EmailMessage | None:
    """The first e-mail with that subject, if it has arrived."""
    for mensaje in mailbox.Maildir(buzon, factory=None, create=False):
        carta = BytesParser(EmailMessage, policy=policy.default).parsebytes(mensaje.as_bytes())
        if carta["Subject"] == asunto:
            return carta
    return None


def _linea_de_tiempo(saga: Any, segundos: float) -> RenderableType:
    tabla = Table("Paso", "Servicio", "Resultado", "Motivo", "Ocurrido", title_justify="left")
    for paso in saga["pasos"]:
        deshace = " (compensación)" if paso["compensacion"] else ""
        tabla.add_row(
            paso["paso"] + deshace,
            paso["servicio"],
            Text(paso["resultado"], _COLORES.get(paso["resultado"], "")),
            paso["motivo"] or "",
            paso["ocurrido"].partition("T")[2][:12],
        )
    return Group(tabla, Text(f"Saga {saga['estado']} after {segundos:.1f} s", "bold"))


def _memoria(corrida: Corrida) -> Table:
    tabla = Table("Process", "MB (PSS)", box=None)
    memoria = corrida.memoria()
    for nombre, octetos in sorted(memoria.items(), key=lambda par: -par[1]):
        tabla.add_row(nombre, f"{octetos / 1e6:.0f}")
    tabla.add_row("[bold]all", f"[bold]{sum(memoria.values()) / 1e6:.0f}")
    return tabla


def _resumir(
    consola: Console, demostracion: Demostracion, arranque: float, total: float, memoria: RenderableType
) -> None:
    consola.rule("[bold]Summary")
    for hecho, segundos in demostracion.cumplido:
        consola.print(f"[green]✓[/] {hecho} [dim]({segundos:.1f} s)[/]")
    consola.print(Padding(memoria, (1, 0)))
    consola.print(f"Started in {arranque:.1f} s; all of it took {total:.1f} s. Nothing was left running.")
