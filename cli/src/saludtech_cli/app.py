"""The command line: its tree of commands, and those that belong to no resource."""

from enum import StrEnum
from typing import Annotated

import typer

from saludtech_cli import (
    anonimizar,
    auditoria,
    imagen,
    notificacion,
    opciones,
    ordenes,
    paquete,
    salida,
    servicio,
    suscripcion,
    vistas,
)
from saludtech_cli.fallos import Codigo, Fallo
from saludtech_cli.puerta import URL, Puerta, segmento

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="La línea de comandos de SaludTech de los Alpes.",
    epilog="Códigos de salida: 0 hecho; 1 rechazado; 2 petición no válida; 3 no existe; 4 sin respuesta; "
    "130 interrumpido; 141 quien leía la respuesta se fue.",
)
for nombre, grupo in {
    "suscripcion": suscripcion.app,
    "servicio": servicio.app,
    "imagen": imagen.app,
    "paquete": paquete.app,
    "notificacion": notificacion.app,
}.items():
    app.add_typer(grupo, name=nombre)
app.command()(anonimizar.anonimizar)
app.command()(auditoria.auditoria)
comando = typer.Typer(no_args_is_help=True, help="Comandos: qué fue de ellos.")
app.add_typer(comando, name="comando")


class Dueno(StrEnum):
    """Who answers for a command: where its query is."""

    SUSCRIPCION = "suscripcion"
    SERVICIO = "servicio"
    IMAGEN = "imagen"


_CONSULTAS = {
    Dueno.SUSCRIPCION: "/suscripciones/comandos/",
    Dueno.SERVICIO: "/servicios-datos/comandos/",
    Dueno.IMAGEN: "/procesar/comandos/",
}


@app.callback()
def raiz(
    contexto: typer.Context,
    url: Annotated[
        str, typer.Option("--url", envvar="SALUDTECH_URL", metavar="URL", help="Dónde está la plataforma.")
    ] = URL,
) -> None:
    """Keep the door that is to be asked."""
    contexto.obj = Puerta(url, conexiones=64)


@app.command()
def planes(contexto: typer.Context, en_json: opciones.EnJson = False) -> None:
    """Muestra el catálogo de planes."""
    ordenes.listar(contexto, "/planes", vistas.PLANES, en_json=en_json)


@app.command()
def salud(contexto: typer.Context, en_json: opciones.EnJson = False) -> None:
    """Muestra si la plataforma puede atender, y cómo está cada parte."""
    lista, respuesta = ordenes.puerta(contexto).salud()
    salida.mostrar(respuesta, vistas.salud(respuesta), en_json=en_json)
    raise typer.Exit(Codigo.HECHO if lista else Codigo.SIN_RESPUESTA)


@comando.command("ver")
def ver_comando(
    contexto: typer.Context,
    id: Annotated[str, typer.Argument(metavar="ID_COMANDO", help="El comando.")],
    de: Annotated[Dueno | None, typer.Option("--de", help="De qué era; sin ello, se pregunta por los tres.")] = None,
    en_json: opciones.EnJson = False,
) -> None:
    """Muestra qué fue de un comando: 1 es su código de salida si se rechazó."""
    puerta, ultimo = ordenes.puerta(contexto), None
    for dueno in [de] if de else list(Dueno):
        try:
            destino = puerta.consultar(_CONSULTAS[dueno] + segmento(id))
        except Fallo as fallo:
            # Who is away may be the one that knows it: then it is unknown, not missing.
            if ultimo is None or fallo.codigo is not Codigo.NO_EXISTE:
                ultimo = fallo
            continue
        salida.mostrar(destino, vistas.ficha(destino), en_json=en_json)
        ordenes.acabar(destino["estado"] == "APLICADO")
    if ultimo:
        raise ultimo
