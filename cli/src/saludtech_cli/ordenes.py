"""What the verbs have in common: sending a command and waiting for it, showing one thing, listing many."""

from collections.abc import Mapping
from typing import Any

import typer
from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from saludtech_cli import espera, salida, vistas
from saludtech_cli.fallos import Codigo
from saludtech_cli.puerta import Objeto, Puerta


def puerta(contexto: typer.Context) -> Puerta:
    """The door that the command line was told to ask."""
    return contexto.ensure_object(Puerta)


def mandar(
    contexto: typer.Context,
    ruta: str,
    cuerpo: Objeto,
    *,
    clave: str | None,
    esperar: bool,
    plazo: float,
    en_json: bool,
    seguir: bool = False,
) -> None:
    """Send a command, wait as long as was asked for, and end with the exit code of its outcome.

    Args:
        seguir: follow the saga that it starts, which bears its id.
    """
    propia = puerta(contexto)
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
        saga = seguir_saga(propia, aceptado["id_suscripcion"], destino["id_comando"], plazo, callado=en_json)
        resultado["saga"] = saga
        hecho = saga["estado"] == "COMPLETADA"
    if en_json:
        salida.mostrar(resultado, "", en_json=True)
    acabar(hecho)


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
