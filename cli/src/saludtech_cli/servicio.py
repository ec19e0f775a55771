"""`saludtech servicio`: data services, as operators make, start and end them."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

import typer

from saludtech_cli import descarga, opciones, ordenes, vistas
from saludtech_cli.cuerpos import armar
from saludtech_cli.espera import PLAZO_S
from saludtech_cli.puerta import segmento
from saludtech_cli.salida import mostrar

app = typer.Typer(
    no_args_is_help=True, help="Servicios de datos: crearlos a mano, iniciarlos, atenderlos y terminarlos."
)

Id = Annotated[str, typer.Argument(metavar="ID_SERVICIO_DATOS", help="El servicio de datos.")]

Version = Annotated[str | None, typer.Option(metavar="N", help="Cuál; si no se dice, la última.")]


class Estado(StrEnum):
    """A data service's states."""

    CREADO = "CREADO"
    INICIADO = "INICIADO"
    TERMINADO = "TERMINADO"


@app.command()
def crear(
    contexto: typer.Context,
    archivo: opciones.Archivo = None,
    suscripcion: Annotated[str | None, typer.Option(metavar="ID_SUSCRIPCION", help="A cuál sirve.")] = None,
    experto: Annotated[str | None, typer.Option(metavar="CODIGO", help="Quién lo atiende.")] = None,
    nube: Annotated[str | None, typer.Option(metavar="CODIGO", help="Dónde está.")] = None,
    dataset: Annotated[str | None, typer.Option(metavar="CODIGO", help="Qué datos ofrece.")] = None,
    clave: opciones.Clave = None,
    esperar: opciones.Esperar = False,
    plazo: opciones.Plazo = PLAZO_S,
    en_json: opciones.EnJson = False,
) -> None:
    """Pide un servicio de datos para una suscripción activa que no tiene uno."""
    cuerpo = armar(
        archivo,
        {
            "suscripcion.codigo": suscripcion,
            "experto.codigo": experto,
            "nube.codigo": nube,
            "dataset.codigo": dataset,
        },
    )
    ruta = "/servicios-datos/servicio-datos-comando"
    ordenes.mandar(contexto, ruta, cuerpo, clave=clave, esperar=esperar, plazo=plazo, en_json=en_json)


@app.command()
def ver(contexto: typer.Context, id: Id, en_json: opciones.EnJson = False) -> None:
    """Muestra un servicio de datos."""
    ordenes.ver(contexto, f"/servicios-datos/{segmento(id)}", en_json=en_json)


@app.command()
def listar(
    contexto: typer.Context,
    suscripcion: Annotated[str | None, typer.Option(metavar="ID_SUSCRIPCION", help="Solo los de esta.")] = None,
    estado: Annotated[Estado | None, typer.Option(help="Solo los que están así.")] = None,
    cursor: opciones.Cursor = None,
    todas: opciones.Todas = False,
    en_json: opciones.EnJson = False,
) -> None:
    """Lista servicios de datos, los más nuevos primero."""
    filtros = {"suscripcion": suscripcion, "estado": estado, "cursor": cursor}
    ordenes.listar(contexto, "/servicios-datos", vistas.SERVICIOS, filtros, todas=todas, en_json=en_json)


@app.command()
def dataset(
    contexto: typer.Context,
    id: Id,
    version: Version = None,
    cursor: opciones.Cursor = None,
    todas: opciones.Todas = False,
    en_json: opciones.EnJson = False,
) -> None:
    """Lista las imágenes de una versión de su conjunto de datos, con la huella de cada archivo."""
    ruta, filtros = f"/servicios-datos/{segmento(id)}/dataset", {"version": version, "cursor": cursor}
    ordenes.listar(contexto, ruta, vistas.PUBLICADAS, filtros, todas=todas, en_json=en_json)


@app.command()
def manifiesto(contexto: typer.Context, id: Id, version: Version = None, en_json: opciones.EnJson = False) -> None:
    """Muestra qué es una versión de su conjunto de datos, y con qué comprobarla."""
    cual = f"?{urlencode({'version': version})}" if version else ""
    ordenes.ver(contexto, f"/servicios-datos/{segmento(id)}/dataset/manifiesto{cual}", en_json=en_json)


@app.command()
def archivo(
    contexto: typer.Context,
    id: Id,
    imagen: Annotated[str, typer.Argument(metavar="ID_IMAGEN", help="Una imagen de su conjunto de datos.")],
    salida: Annotated[Path, typer.Argument(metavar="SALIDA", help="Dónde se guarda; no ha de existir.")],
    en_json: opciones.EnJson = False,
) -> None:
    """Baja el archivo de una imagen de su conjunto de datos, y comprueba su SHA-256. Repetida, sigue donde se cortó."""
    ruta = f"/servicios-datos/{segmento(id)}/dataset/imagenes/{segmento(imagen)}/archivo"
    hecho = descarga.bajar(ordenes.puerta(contexto), ruta, salida)
    mostrar(hecho, vistas.ficha(hecho), en_json=en_json)


@app.command()
def investigador(
    contexto: typer.Context,
    id: Id,
    quien: Annotated[str, typer.Argument(metavar="SUB", help="Quién: el `sub` de su token.")],
    retirar: Annotated[bool, typer.Option("--retirar", help="Ya no puede; sin esto, puede desde ahora.")] = False,
    clave: opciones.Clave = None,
    esperar: opciones.Esperar = False,
    plazo: opciones.Plazo = PLAZO_S,
    en_json: opciones.EnJson = False,
) -> None:
    """Pide que un investigador pueda leer su conjunto de datos, o que ya no."""
    ruta = f"/servicios-datos/{segmento(id)}/investigador-comando"
    cuerpo = {"investigador": quien, "acceso": "RETIRADO" if retirar else "CONCEDIDO"}
    ordenes.mandar(contexto, ruta, cuerpo, clave=clave, esperar=esperar, plazo=plazo, en_json=en_json)


@app.command()
def iniciar(
    contexto: typer.Context,
    id: Id,
    motivo: opciones.Motivo = None,
    clave: opciones.Clave = None,
    esperar: opciones.Esperar = False,
    plazo: opciones.Plazo = PLAZO_S,
    en_json: opciones.EnJson = False,
) -> None:
    """Pide que un servicio de datos empiece."""
    ruta = f"/servicios-datos/{segmento(id)}/inicio-comando"
    cuerpo = armar(None, {"motivo": motivo})
    ordenes.mandar(contexto, ruta, cuerpo, clave=clave, esperar=esperar, plazo=plazo, en_json=en_json)


@app.command()
def asignar(
    contexto: typer.Context,
    id: Id,
    experto: Annotated[str, typer.Argument(metavar="EXPERTO", help="El código del experto.")],
    clave: opciones.Clave = None,
    esperar: opciones.Esperar = False,
    plazo: opciones.Plazo = PLAZO_S,
    en_json: opciones.EnJson = False,
) -> None:
    """Pide otro experto para un servicio de datos."""
    ruta = f"/servicios-datos/{segmento(id)}/experto-comando"
    cuerpo = {"experto": {"codigo": experto}}
    ordenes.mandar(contexto, ruta, cuerpo, clave=clave, esperar=esperar, plazo=plazo, en_json=en_json)


@app.command()
def terminar(
    contexto: typer.Context,
    id: Id,
    motivo: opciones.Motivo = None,
    clave: opciones.Clave = None,
    esperar: opciones.Esperar = False,
    plazo: opciones.Plazo = PLAZO_S,
    en_json: opciones.EnJson = False,
) -> None:
    """Pide el fin de un servicio de datos."""
    ruta = f"/servicios-datos/{segmento(id)}/fin-comando"
    cuerpo = armar(None, {"motivo": motivo})
    ordenes.mandar(contexto, ruta, cuerpo, clave=clave, esperar=esperar, plazo=plazo, en_json=en_json)
