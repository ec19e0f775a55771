"""`saludtech cliente`: all that is held of a client, and its erasure."""

from typing import Annotated

import typer

from saludtech_cli import opciones, ordenes
from saludtech_cli.espera import PLAZO_S
from saludtech_cli.puerta import segmento

app = typer.Typer(no_args_is_help=True, help="Clientes: ver todo lo que se guarda de uno, y suprimirlo.")

Codigo = Annotated[str, typer.Argument(metavar="CODIGO", help="El código del cliente.")]
Comando = Annotated[str, typer.Argument(metavar="ID_COMANDO", help="El comando que lo pidió.")]


@app.command()
def exportar(
    contexto: typer.Context,
    codigo: Codigo,
    clave: opciones.Clave = None,
    esperar: opciones.Esperar = False,
    plazo: opciones.Plazo = PLAZO_S,
    en_json: opciones.EnJson = False,
) -> None:
    """Pide todo lo que se guarda de un cliente; después se lee con «exportacion»."""
    ruta = f"/clientes/{segmento(codigo)}/exportacion-comando"
    ordenes.mandar(contexto, ruta, {}, clave=clave, esperar=esperar, plazo=plazo, en_json=en_json)


@app.command()
def exportacion(contexto: typer.Context, codigo: Codigo, id: Comando, en_json: opciones.EnJson = False) -> None:
    """Muestra todo lo que se guarda de un cliente."""
    ordenes.ver(contexto, f"/clientes/{segmento(codigo)}/exportaciones/{segmento(id)}", en_json=en_json)


@app.command()
def suprimir(
    contexto: typer.Context,
    codigo: Codigo,
    clave: opciones.Clave = None,
    esperar: opciones.Esperar = False,
    plazo: opciones.Plazo = PLAZO_S,
    en_json: opciones.EnJson = False,
) -> None:
    """Pide que se olvide a un cliente, que no ha de tener ya ninguna suscripción."""
    ruta = f"/clientes/{segmento(codigo)}/supresion-comando"
    ordenes.mandar(contexto, ruta, {}, clave=clave, esperar=esperar, plazo=plazo, en_json=en_json)


@app.command()
def supresion(contexto: typer.Context, id: Comando, en_json: opciones.EnJson = False) -> None:
    """Muestra qué fue de una supresión, y qué caduca dónde y cuándo."""
    ordenes.ver(contexto, f"/clientes/supresiones/{segmento(id)}", en_json=en_json)
