"""`saludtech eventos`: what happens, as it happens."""

import json
from collections.abc import Mapping
from typing import Annotated

import typer
from rich.text import Text

from saludtech_cli import ordenes, salida
from saludtech_cli.puerta import Objeto


def eventos(
    contexto: typer.Context,
    comando: Annotated[str | None, typer.Option(metavar="ID", help="Solo lo que viene de este comando.")] = None,
    suscripcion: Annotated[str | None, typer.Option(metavar="ID", help="Solo lo de esta suscripción.")] = None,
    cliente: Annotated[str | None, typer.Option(metavar="CÓDIGO", help="Solo lo de este cliente.")] = None,
    saga: Annotated[str | None, typer.Option(metavar="ID", help="Solo lo de esta saga.")] = None,
    paquete: Annotated[str | None, typer.Option(metavar="ID", help="Solo lo de este paquete.")] = None,
    imagen: Annotated[str | None, typer.Option(metavar="ID", help="Solo lo de esta imagen.")] = None,
    en_json: Annotated[bool, typer.Option("--json", help="Escribe un documento JSON por línea.")] = False,
) -> None:
    """Muestra lo que pasa, según pasa, hasta que se interrumpe; sin filtros, un operador."""
    cosas = {"comando": comando, "suscripcion": suscripcion, "saga": saga, "paquete": paquete, "imagen": imagen}
    filtros = cosas | {"cliente": cliente}
    donde = salida.consola()
    for tipo, hecho in ordenes.puerta(contexto).eventos(filtros):
        if en_json:
            print(json.dumps(hecho or {"tipo": tipo}), flush=True)
        elif tipo == "hecho":
            donde.print(_linea(hecho), soft_wrap=True)
        else:
            donde.print(Text("… algo se perdió por llegar tarde: consulte de nuevo lo que mire", style="yellow"))


def _linea(hecho: Objeto) -> Text:
    resto: Mapping[str, object] = {k: v for k, v in hecho.items() if k not in ("ocurrido", "tipo", "contexto")}
    dichos = "  ".join(f"{nombre}={valor}" for nombre, valor in resto.items())
    return Text.assemble((f"{hecho['ocurrido']}  ", "dim"), (str(hecho["tipo"]), "bold"), f"  {dichos}")
