"""`saludtech imagen`: images to be anonymised, one by one or by the thousand."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from saludtech_cli import descarga, opciones, ordenes, vistas
from saludtech_cli.cuerpos import armar, leer
from saludtech_cli.espera import PLAZO_S
from saludtech_cli.fallos import Codigo, Fallo
from saludtech_cli.formulario import Formulario, del_disco
from saludtech_cli.lotes import Lote
from saludtech_cli.puerta import segmento
from saludtech_cli.salida import mostrar

app = typer.Typer(no_args_is_help=True, help="Imágenes: enviar sus metadatos y consultarlos ya anónimos.")

Id = Annotated[str, typer.Argument(metavar="ID_IMAGEN", help="La imagen.")]
Operador = Annotated[str, typer.Option("--operador", metavar="ID", help="Quién lo decide.")]
Razon = Annotated[
    str, typer.Option("--razon", metavar="TEXTO", help="Por qué; se verá en el informe: no nombre a nadie.")
]
RUTA = "/procesar/procesar-imagen"
RUTA_ARCHIVO = "/procesar/imagenes"
CAMPOS = (
    "id_imagen",
    "modalidad",
    "patologia",
    "region_anatomica",
    "formato_imagen",
    "fuente_de_datos",
    "antecedentes",
    "id_paciente",
    "fecha_ingesta",
)
"""In the order of the options that give them."""


class Estado(StrEnum):
    """An image's states."""

    PENDIENTE = "PENDIENTE"
    ANONIMIZADA = "ANONIMIZADA"
    CUARENTENA = "CUARENTENA"
    FALLIDA = "FALLIDA"
    RECHAZADA = "RECHAZADA"


def _campo(opcion: str, ayuda: str) -> Any:
    return typer.Option(f"--{opcion}", metavar=opcion.upper(), help=ayuda, rich_help_panel="Los metadatos")


Modalidad = Annotated[str | None, _campo("modalidad", "Cómo se tomó.")]
Patologia = Annotated[str | None, _campo("patologia", "Qué muestra.")]
Region = Annotated[str | None, _campo("region", "De qué parte del cuerpo.")]
Formato = Annotated[str | None, _campo("formato", "El formato: DICOM…")]
Fuente = Annotated[str | None, _campo("fuente", "De dónde viene.")]
Antecedentes = Annotated[str | None, _campo("antecedentes", "Los del paciente.")]
Paciente = Annotated[str | None, _campo("paciente", "El identificador del paciente.")]
Fecha = Annotated[str | None, _campo("fecha", "Cuándo se ingresó: AAAA-MM-DD HH:MM:SS.")]
IdNuevo = Annotated[str | None, _campo("id", "El identificador de la imagen.")]


@app.command()
def enviar(
    contexto: typer.Context,
    archivo: opciones.Archivo = None,
    lineas: Annotated[
        str | None,
        typer.Option("--lineas", metavar="ARCHIVO", help="Envía muchas: un objeto JSON por línea; - es la entrada."),
    ] = None,
    a_la_vez: Annotated[
        int, typer.Option("--a-la-vez", metavar="N", min=1, max=64, help="Con --lineas, cuántas a la vez.")
    ] = 8,
    id: IdNuevo = None,
    modalidad: Modalidad = None,
    patologia: Patologia = None,
    region: Region = None,
    formato: Formato = None,
    fuente: Fuente = None,
    antecedentes: Antecedentes = None,
    paciente: Paciente = None,
    fecha: Fecha = None,
    clave: opciones.Clave = None,
    esperar: opciones.Esperar = False,
    plazo: opciones.Plazo = PLAZO_S,
    en_json: opciones.EnJson = False,
) -> None:
    """Pide que se anonimicen los metadatos de una imagen, o de muchas con --lineas.

    Con --lineas, la clave de cada línea es --clave y su número.
    """
    campos = _campos(id, modalidad, patologia, region, formato, fuente, antecedentes, paciente, fecha)
    if lineas is None:
        cuerpo = armar(archivo, campos)
        ordenes.mandar(contexto, RUTA, cuerpo, clave=clave, esperar=esperar, plazo=plazo, en_json=en_json)
        return
    if archivo is not None or any(valor is not None for valor in campos.values()):
        raise Fallo(Codigo.USO, "--lineas ya dice todo de cada imagen: no se combina con --archivo ni con sus campos.")
    lote = Lote(ordenes.puerta(contexto), RUTA, clave, plazo if esperar else None)
    raise typer.Exit(lote.enviar(leer(lineas), a_la_vez, en_json=en_json))


@app.command()
def subir(
    contexto: typer.Context,
    ruta: Annotated[Path, typer.Argument(metavar="RUTA", help="El archivo de la imagen.")],
    archivo: opciones.Archivo = None,
    id: IdNuevo = None,
    modalidad: Modalidad = None,
    patologia: Patologia = None,
    region: Region = None,
    formato: Formato = None,
    fuente: Fuente = None,
    antecedentes: Antecedentes = None,
    paciente: Paciente = None,
    fecha: Fecha = None,
    clave: opciones.Clave = None,
    esperar: opciones.Esperar = False,
    plazo: opciones.Plazo = PLAZO_S,
    en_json: opciones.EnJson = False,
) -> None:
    """Pide que se anonimice el archivo de una imagen, y lo envía sin su nombre.

    --archivo da sus campos, y las opciones los cambian.
    """
    campos = _campos(id, modalidad, patologia, region, formato, fuente, antecedentes, paciente, fecha)
    dichos = armar(archivo, campos)
    if no_texto := [campo for campo, valor in dichos.items() if not isinstance(valor, str)]:
        raise Fallo(Codigo.USO, f"En un formulario cada campo es un texto, y no lo son: {', '.join(no_texto)}.")
    formulario = Formulario(dichos, [del_disco("archivo", ruta, "archivo")])
    ordenes.mandar(contexto, RUTA_ARCHIVO, formulario, clave=clave, esperar=esperar, plazo=plazo, en_json=en_json)


@app.command()
def referir(
    contexto: typer.Context,
    uri: Annotated[str, typer.Argument(metavar="URI", help="Dónde está: gs://…, s3://… o file://…")],
    sha256: Annotated[str, typer.Argument(metavar="SHA256", help="El del archivo, en hexadecimal.")],
    archivo: opciones.Archivo = None,
    clave: opciones.Clave = None,
    esperar: opciones.Esperar = False,
    plazo: opciones.Plazo = PLAZO_S,
    en_json: opciones.EnJson = False,
) -> None:
    """Pide que se anonimice el archivo de una imagen, que ya está donde el operador admite; --archivo da sus campos."""
    cuerpo = armar(archivo, {"referencia.uri": uri, "referencia.sha256": sha256})
    ordenes.mandar(contexto, RUTA_ARCHIVO, cuerpo, clave=clave, esperar=esperar, plazo=plazo, en_json=en_json)


@app.command()
def ver(contexto: typer.Context, id: Id, en_json: opciones.EnJson = False) -> None:
    """Muestra el registro de una imagen, ya sin datos del paciente."""
    ordenes.ver(contexto, f"/procesar/imagenes/{segmento(id)}", en_json=en_json)


@app.command()
def informe(contexto: typer.Context, id: Id, en_json: opciones.EnJson = False) -> None:
    """Muestra lo que se hizo con el archivo de una imagen."""
    ordenes.ver(contexto, f"/procesar/imagenes/{segmento(id)}/informe", en_json=en_json)


@app.command()
def archivo(
    contexto: typer.Context,
    id: Id,
    salida: Annotated[Path, typer.Argument(metavar="SALIDA", help="Dónde se guarda; no ha de existir.")],
    en_json: opciones.EnJson = False,
) -> None:
    """Baja el archivo limpio de una imagen, y comprueba su SHA-256. Repetida, sigue donde se cortó."""
    ruta = f"/procesar/imagenes/{segmento(id)}/archivo"
    hecho = descarga.bajar(ordenes.puerta(contexto), ruta, salida)
    mostrar(hecho, vistas.ficha(hecho), en_json=en_json)


@app.command()
def vista(
    contexto: typer.Context,
    id: Id,
    salida: Annotated[Path, typer.Argument(metavar="SALIDA", help="Dónde se guarda, en PNG; no ha de existir.")],
    en_json: opciones.EnJson = False,
) -> None:
    """Baja una imagen pequeña del archivo limpio de una imagen."""
    hecho = descarga.bajar(ordenes.puerta(contexto), f"/procesar/imagenes/{segmento(id)}/vista", salida)
    mostrar(hecho, vistas.ficha(hecho), en_json=en_json)


@app.command()
def liberar(
    contexto: typer.Context,
    id: Id,
    operador: Operador,
    razon: Razon,
    clave: opciones.Clave = None,
    esperar: opciones.Esperar = False,
    plazo: opciones.Plazo = PLAZO_S,
    en_json: opciones.EnJson = False,
) -> None:
    """Pide que una imagen apartada se limpie otra vez: una persona la ha mirado."""
    ruta = f"/procesar/imagenes/{segmento(id)}/liberar"
    cuerpo = {"operador": operador, "razon": razon}
    ordenes.mandar(contexto, ruta, cuerpo, clave=clave, esperar=esperar, plazo=plazo, en_json=en_json)


@app.command()
def descartar(
    contexto: typer.Context,
    id: Id,
    operador: Operador,
    razon: Razon,
    clave: opciones.Clave = None,
    esperar: opciones.Esperar = False,
    plazo: opciones.Plazo = PLAZO_S,
    en_json: opciones.EnJson = False,
) -> None:
    """Pide que el original de una imagen apartada se borre ya."""
    ruta = f"/procesar/imagenes/{segmento(id)}/descartar"
    cuerpo = {"operador": operador, "razon": razon}
    ordenes.mandar(contexto, ruta, cuerpo, clave=clave, esperar=esperar, plazo=plazo, en_json=en_json)


@app.command()
def listar(
    contexto: typer.Context,
    modalidad: Annotated[str | None, typer.Option(metavar="TEXTO", help="Solo las de esta modalidad.")] = None,
    patologia: Annotated[str | None, typer.Option(metavar="TEXTO", help="Solo las de esta patología.")] = None,
    region: Annotated[str | None, typer.Option(metavar="TEXTO", help="Solo las de esta región.")] = None,
    estado: Annotated[Estado | None, typer.Option(help="Solo las que están así.")] = None,
    cursor: opciones.Cursor = None,
    todas: opciones.Todas = False,
    en_json: opciones.EnJson = False,
) -> None:
    """Lista imágenes, las más nuevas primero."""
    filtros = {"modalidad": modalidad, "patologia": patologia, "region": region, "estado": estado, "cursor": cursor}
    ordenes.listar(contexto, "/procesar/imagenes", vistas.IMAGENES, filtros, todas=todas, en_json=en_json)


def _campos(*valores: str | None) -> dict[str, str | None]:
    return dict(zip(CAMPOS, valores, strict=True))
