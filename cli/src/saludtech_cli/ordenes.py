"""What the verbs have in common: sending a command and waiting for it, showing one thing, listing many."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

import typer
from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from saludtech_cli import espera, salida, vistas
from saludtech_cli.fallos import Codigo
from saludtech_cli.formulario import Formulario
from saludtech_cli.puerta import Objeto, Puerta

_TROZO = 256 * 1024
Seguir = Callable[[Puerta, Objeto, float, bool], tuple[str, Objeto, bool]]
"""Follows what a command that was applied began: given what the door and its owner said of it, the longest wait in
seconds, and whether nothing is to be shown; gives its name, what became of it, and whether that is what was wished."""


def puerta(contexto: typer.Context) -> Puerta:
    """The door that the command line was told to ask."""
    return contexto.ensure_object(Puerta)


def mandar(
    contexto: typer.Context,
    ruta: str,
    cuerpo: Objeto | Formulario,
    *,
    clave: str | None,
    esperar: bool,
    plazo: float,
    en_json: bool,
    seguir: Seguir | None = None,
) -> None:
    """Send a command, wait as long as was asked for, and end with the exit code of its outcome.

    Args:
        seguir: follow what it begins, too.
    """
    propia = puerta(contexto)
    if isinstance(cuerpo, Formulario):
        aceptado = _subir(propia, ruta, cuerpo, clave)
    else:
        aceptado = propia.enviar(ruta, cuerpo, clave)
    if not (esperar or seguir):
        salida.mostrar(aceptado, _aceptado(aceptado), en_json=en_json)
        return
    if not en_json:
        salida.consola().print(_aceptado(aceptado), soft_wrap=True)
    destino = espera.destino(propia, aceptado, plazo)
    resultado = aceptado | destino
    if not en_json:
        salida.consola().print(_destino(destino), soft_wrap=True)
    hecho = destino["estado"] == "APLICADO"
    if hecho and seguir:
        que, visto, hecho = seguir(propia, resultado, plazo, en_json)
        resultado[que] = visto
    if en_json:
        salida.mostrar(resultado, "", en_json=True)
    acabar(hecho)


def _subir(propia: Puerta, ruta: str, formulario: Formulario, clave: str | None) -> Objeto:
    """Send a form, and show how far it is. Where none was given its key is told before: with it, it can be repeated."""
    if clave is None:
        clave = str(uuid.uuid4())
        salida.consola_de_errores().print(f"--clave {clave}", soft_wrap=True)
    with salida.barra("Enviando", octetos=True) as barra:
        tarea = barra.add_task("", total=formulario.octetos)
        return propia.subir(ruta, formulario, clave, lambda octetos: barra.advance(tarea, octetos))


def su_saga(propia: Puerta, resultado: Objeto, plazo: float, callado: bool) -> tuple[str, Objeto, bool]:
    """Follow the saga that a command begins, which bears its id."""
    saga = seguir_saga(propia, resultado["id_suscripcion"], resultado["id_comando"], plazo, callado=callado)
    return "saga", saga, saga["estado"] == "COMPLETADA"


def su_paquete(propia: Puerta, resultado: Objeto, plazo: float, callado: bool) -> tuple[str, Objeto, bool]:
    """Follow a package until each of its images is decided, or it is refused."""
    with salida.barra("Anonimizando") as barra:
        tarea = barra.add_task("", total=None)

        def mirar(paquete: Objeto) -> None:
            total = paquete["total"]
            barra.update(tarea, total=total or None, completed=total - paquete["pendientes"])

        paquete = espera.paquete(propia, resultado["id_paquete"], plazo, mirar)
    if not callado:
        salida.consola().print(vistas.paquete_en_linea(paquete), soft_wrap=True)
    return "paquete", paquete, paquete["estado"] == "COMPLETADO"


def acabar(hecho: bool) -> None:
    """End the process as done, or as refused."""
    raise typer.Exit(Codigo.HECHO if hecho else Codigo.RECHAZADO)


def seguir_saga(propia: Puerta, id_suscripcion: str, id_saga: str | None, plazo: float, *, callado: bool) -> Objeto:
    """Show a saga live until it ends; line by line where nothing can be drawn over, not at all where told so."""
    consola = salida.consola()
    if callado:
        return espera.saga(propia, id_suscripcion, id_saga, plazo, lambda _: None)
    if not consola.is_terminal:
        vistos: set[str] = set()

        def nombrar(saga: Objeto) -> None:
            for linea in map(vistas.paso_en_linea, saga["pasos"]):
                if str(linea) not in vistos:
                    vistos.add(str(linea))
                    consola.print(linea, soft_wrap=True)

        saga = espera.saga(propia, id_suscripcion, id_saga, plazo, nombrar)
        consola.print(vistas.estado_de_saga(saga), soft_wrap=True)
        return saga
    with Live(console=consola, auto_refresh=False) as vivo:
        return espera.saga(
            propia,
            id_suscripcion,
            id_saga,
            plazo,
            lambda saga: vivo.update(vistas.linea_de_tiempo(saga), refresh=True),
        )


def ver(contexto: typer.Context, ruta: str, *, en_json: bool) -> None:
    """Show one thing."""
    datos = puerta(contexto).consultar(ruta)
    salida.mostrar(datos, vistas.ficha(datos), en_json=en_json)


def cumplir(contexto: typer.Context, ruta: str, cuerpo: Objeto, *, en_json: bool) -> None:
    """Have something done at once, and show what became of it."""
    datos = puerta(contexto).enviar(ruta, cuerpo)
    salida.mostrar(datos, vistas.ficha(datos), en_json=en_json)


def listar(
    contexto: typer.Context,
    ruta: str,
    columnas: vistas.Columnas,
    filtros: Mapping[str, str | None] | None = None,
    *,
    todas: bool = False,
    en_json: bool,
) -> None:
    """Show a page of a list, or all of them; where there is more, say how to get at it."""
    propia = puerta(contexto)
    elementos: list[Any] = []
    siguiente = None
    for pagina in propia.paginas(ruta, filtros or {}):
        elementos += pagina["elementos"]
        siguiente = pagina.get("siguiente")
        if not todas:
            break
    vista: RenderableType = vistas.tabla(columnas, elementos) if elementos else Text("No hay ninguno.")
    if siguiente:
        vista = Group(vista, Text(f"Hay más: --cursor {siguiente}, o --todas."))
    salida.mostrar({"elementos": elementos, "siguiente": siguiente}, vista, en_json=en_json)


def _aceptado(aceptado: Objeto) -> RenderableType:
    ids = [f"{clave.removeprefix('id_').replace('_', ' ')} {v}" for clave, v in aceptado.items() if clave[:3] == "id_"]
    return Text.assemble(("ACEPTADO", "green"), "  ", "  ".join(ids), f"  → {aceptado['consulta']}")


def _destino(destino: Objeto) -> RenderableType:
    motivo = f"  {destino['motivo']}" if destino["motivo"] else ""
    return Text.assemble(vistas.estado(destino["estado"]), f"  {destino['tipo']}{motivo}")
