"""The command line: its tree of commands, and those that belong to no resource."""

from enum import StrEnum
from typing import Annotated

import typer

from saludtech_cli import (
    anonimizar,
    auditoria,
    cartas,
    cliente,
    eventos,
    imagen,
    notificacion,
    opciones,
    ordenes,
    paquete,
    salida,
    servicio,
    suscripcion,
    token_de_desarrollo,
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
    "cliente": cliente.app,
    "servicio": servicio.app,
    "imagen": imagen.app,
    "paquete": paquete.app,
    "notificacion": notificacion.app,
    "cartas": cartas.app,
}.items():
    app.add_typer(grupo, name=nombre)
app.command()(anonimizar.anonimizar)
app.command("token")(token_de_desarrollo.dar)
app.command()(auditoria.auditoria)
app.command()(eventos.eventos)
comando = typer.Typer(no_args_is_help=True, help="Comandos: qué fue de ellos.")
app.add_typer(comando, name="comando")


class Dueno(StrEnum):
    """Who answers for a command: where its query is."""

    SUSCRIPCION = "suscripcion"
    SERVICIO = "servicio"
    IMAGEN = "imagen"


_SERVICIOS = {
    Dueno.SUSCRIPCION: opciones.De.SUSCRIPCIONES,
    Dueno.SERVICIO: opciones.De.SERVICIO_DATOS,
    Dueno.IMAGEN: opciones.De.PROCESAMIENTO,
}


_PESO = {Codigo.RECHAZADO: 0, Codigo.NO_EXISTE: 1, Codigo.USO: 2, Codigo.SIN_RESPUESTA: 2}
"""Which of several failures to find a command tells more."""


@app.callback()
def raiz(
    contexto: typer.Context,
    url: Annotated[
        str, typer.Option("--url", envvar="SALUDTECH_URL", metavar="URL", help="Dónde está la plataforma.")
    ] = URL,
    token: Annotated[
        str | None,
        typer.Option(
            "--token",
            envvar="SALUDTECH_TOKEN",
            metavar="TOKEN",
            show_envvar=True,
            help="Quién lo pide, si se pregunta.",
        ),
    ] = None,
) -> None:
    """Keep the door that is to be asked."""
    contexto.obj = Puerta(url, conexiones=64, token=token)


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
            destino = puerta.consultar(f"{opciones.RUTAS[_SERVICIOS[dueno]]}/comandos/{segmento(id)}")
        except Fallo as fallo:
            # Who is away may be the one that knows it: then it is unknown, not missing. Whom one may not ask is not.
            if ultimo is None or _PESO[fallo.codigo] >= _PESO[ultimo.codigo]:
                ultimo = fallo
            continue
        salida.mostrar(destino, vistas.ficha(destino), en_json=en_json)
        ordenes.acabar(destino["estado"] == "APLICADO")
    if ultimo:
        raise ultimo
