"""`saludtech anonimizar`: images cleaned here, by the platform's own engine, without the platform."""

import base64
import binascii
import csv
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from saludtech_cli import opciones, originales, salida, vistas
from saludtech_cli.diario import Diario, Ficha
from saludtech_cli.fallos import Codigo, Fallo, del_sistema
from saludtech_cli.imagen import CAMPOS
from saludtech_cli.originales import Original

if TYPE_CHECKING:
    from anonimizacion.modelo import Remitente
    from saludtech_cli.limpieza import Conocido, Encargo, Hecho
    from saludtech_cli.obreros import Perdida

MIB = 1 << 20
_PUEDE_IR_MEJOR = "ERROR_INTERNO"
"""A quarantine that is tried again the next time: it may have been for want of memory."""
_COMO_HACERLA = "Una clave se hace con: openssl rand -base64 32"


def anonimizar(
    entrada: Annotated[Path, typer.Argument(metavar="ENTRADA", help="Una carpeta, o un zip.")],
    destino: Annotated[
        Path | None, typer.Argument(metavar="SALIDA", help="La carpeta de los resultados; sobra con --en-seco.")
    ] = None,
    fuente: Annotated[
        str,
        typer.Option(
            "--fuente", metavar="TEXTO", help="Obligatoria: quién dio los números de paciente que no lo dicen."
        ),
    ] = "",
    clave: Annotated[
        Path | None,
        typer.Option(
            "--clave",
            envvar="SALUDTECH_CLAVE",
            metavar="ARCHIVO",
            help="Obligatoria, salvo con --en-seco: la de los seudónimos, en base64.",
        ),
    ] = None,
    version: Annotated[int, typer.Option("--version-de-clave", metavar="N", min=2, help="Su versión.")] = 2,
    metadatos: Annotated[
        Path | None,
        typer.Option(
            "--metadatos",
            metavar="CSV",
            help="De quién es cada uno (archivo, id_paciente, fuente_de_datos), como los de un paquete.",
        ),
    ] = None,
    en_seco: Annotated[
        bool, typer.Option("--en-seco", help="No escribe nada: dice qué se haría con cada atributo.")
    ] = False,
    peso_y_talla: Annotated[
        bool, typer.Option("--peso-y-talla", help="Los conserva: con la edad y el sexo pueden decir quién es.")
    ] = False,
    sin_ocr: Annotated[bool, typer.Option("--sin-ocr", help="Aparta lo que pueda llevar texto en la imagen.")] = False,
    correspondencia: Annotated[
        Path | None,
        typer.Option("--correspondencia", metavar="CSV", help="Escribe aquí qué fue de cada archivo, con su nombre."),
    ] = None,
    procesos: Annotated[
        int, typer.Option("--procesos", metavar="N", min=1, max=256, help="Cuántos procesos trabajan.")
    ] = os.cpu_count() or 1,
    plazo: Annotated[float, typer.Option("--plazo", metavar="SEGUNDOS", min=1, help="Lo más que tarda uno.")] = 600,
    memoria: Annotated[
        int, typer.Option("--memoria", metavar="MIB", min=512, help="Lo más que ocupa un proceso.")
    ] = 4096,
    en_json: opciones.EnJson = False,
) -> None:
    """Anonimiza las imágenes de una carpeta o de un zip, aquí y sin la plataforma.

    Cada resultado se llama como su contenido; informe.json e informe.csv dicen qué se hizo, sin ningún dato ni nombre.
    Repetida, la orden sigue donde se quedó. Acaba con 1 si alguna imagen queda apartada o falla.
    """
    limpieza, modelo, obreros = _motor()
    if not fuente.strip():
        raise Fallo(Codigo.USO, "Falta --fuente: sin ella no se sabe de quién es un número de paciente.")
    todos = originales.en(entrada)
    lista = todos.listar()
    remitente = modelo.Remitente(fuente.strip())
    elegidas = modelo.Opciones(peso_y_talla=peso_y_talla, leer_texto=not sin_ocr)
    octetos = os.urandom(32) if en_seco and clave is None else _clave(clave)
    remitentes = _remitentes(metadatos, lista, fuente.strip(), modelo.Remitente)
    diario = None
    if not en_seco:
        carpeta = _destino(destino, entrada)
        if correspondencia is not None:
            _exigir_correspondencia(correspondencia, carpeta, entrada, (clave, metadatos))
        leer = limpieza.lectores(frozenset())["Hecho"]
        encabezado = _encabezado(modelo, octetos, version, elegidas, sin_ocr=sin_ocr)
        diario = Diario(carpeta, encabezado, lambda linea: leer(linea).como_ficha())
    hechas = dict(diario.hechas) if diario else {}
    taller = limpieza.Taller(
        originales=todos,
        destino=diario.imagenes.absolute() if diario else None,
        clave=octetos,
        version=version,
        remitentes=remitentes,
        remitente=remitente,
        opciones=elegidas,
        memoria=memoria * MIB,
        hechas={original: ficha["archivo"] for original, ficha in hechas.items()},
    )
    suyos = obreros.Obreros(procesos, taller, limpieza.__name__, limpieza.lectores(hechas.keys()), plazo)
    respuestas = suyos.hacer([limpieza.Encargo(original) for original in lista])
    fichas = list(_con_barra(_fichas(respuestas, hechas, diario), len(lista)))
    cuentas = Counter(ficha["estado"] for _, ficha in fichas)
    resumen = {"archivos": len(lista), **{e: cuentas[e] for e in ("ANONIMIZADA", "CUARENTENA", "FALLIDA")}}
    if diario is None:
        _decir_en_seco(fichas, resumen, en_json=en_json)
    else:
        suyas = [ficha for _, ficha in fichas]
        retiradas = diario.retirar(suyas)
        diario.informar(suyas, resumen)
        diario.cerrar()
        if correspondencia is not None:
            _corresponder(correspondencia, fichas)
        if retiradas:
            salida.consola_de_errores().print(f"Resultados retirados, porque la ENTRADA ya no los da: {retiradas}.")
        salida.mostrar(resumen, Text("  ".join(f"{n} {que}" for que, n in resumen.items())), en_json=en_json)
    raise typer.Exit(Codigo.HECHO if cuentas["ANONIMIZADA"] == len(lista) else Codigo.RECHAZADO)


def _motor() -> tuple[Any, Any, Any]:
    """The engine, which is loaded for this verb alone: it is large, and who asks the platform needs none of it."""
    try:
        from anonimizacion import modelo
        from saludtech_cli import limpieza, obreros
    except ModuleNotFoundError as falta:
        raise Fallo(Codigo.USO, f"Falta el motor ({falta.name}): instálelo con pip install ./anonimizacion.") from None
    return limpieza, modelo, obreros


def _clave(ruta: Path | None) -> bytes:
    if ruta is None:
        raise Fallo(Codigo.USO, f"Falta --clave: de ella salen los seudónimos y las fechas. {_COMO_HACERLA}")
    try:
        texto = ruta.read_text(encoding="ascii").strip()
        octetos = base64.b64decode(texto.translate(str.maketrans("-_", "+/")), validate=True)
    except (OSError, UnicodeError, binascii.Error):
        raise Fallo(Codigo.USO, f"La clave no se puede leer, o no es base64. {_COMO_HACERLA}") from None
    if len(octetos) < 32:
        raise Fallo(Codigo.USO, f"La clave ha de tener al menos 32 bytes. {_COMO_HACERLA}")
    return octetos


def _destino(destino: Path | None, entrada: Path) -> Path:
    if destino is None:
        raise Fallo(Codigo.USO, "Falta la SALIDA.")
    final = destino.resolve()
    if final == entrada.resolve() or (entrada.is_dir() and final.is_relative_to(entrada.resolve())):
        raise Fallo(Codigo.USO, "La SALIDA no puede estar en la ENTRADA.")
    if entrada.resolve().is_relative_to(final):
        raise Fallo(Codigo.USO, "La ENTRADA no puede estar en la SALIDA.")
    return destino


def _exigir_correspondencia(ruta: Path, destino: Path, entrada: Path, leidos: Iterable[Path | None]) -> None:
    """That it may be written there, before anything is done: over nothing that is read, and not among the results."""
    final = ruta.resolve()
    if final.is_relative_to(destino.resolve()):
        raise Fallo(Codigo.USO, "La correspondencia dice nombres: no puede estar en la SALIDA.")
    if final.is_relative_to(entrada.resolve()) or any(leido and final == leido.resolve() for leido in leidos):
        raise Fallo(Codigo.USO, "La correspondencia no puede estar en la ENTRADA, ni ser la clave ni los metadatos.")
    lugar = final if final.exists() else final.parent
    if final.is_dir() or not final.parent.is_dir() or not os.access(lugar, os.W_OK):
        raise Fallo(Codigo.USO, "La correspondencia no se puede escribir: su carpeta no existe, o no hay permiso.")


def _encabezado(modelo: Any, clave: bytes, version: int, elegidas: Any, *, sin_ocr: bool) -> Mapping[str, Any]:
    from anonimizacion.seudonimos import Seudonimizador

    return {
        "motor": modelo.MOTOR,
        "perfil": modelo.PERFIL,
        "edicion": modelo.EDICION,
        "opciones": [*elegidas.nombres(), *(["sin_ocr"] if sin_ocr else [])],
        "version_de_clave": version,
        "sello": Seudonimizador(clave, version).huella("sello").hex()[:16],
    }


def _remitentes(
    ruta: Path | None, lista: Iterable[Original], fuente: str, remitente: "type[Remitente]"
) -> "Mapping[str, Remitente]":
    """Whose each file is, as a table says that the platform would take too."""
    from anonimizacion import paquete as reglas
    from anonimizacion.metadatos import MetadatosNoValidos, entradas

    if ruta is None:
        return {}
    try:
        octetos = ruta.read_bytes()
    except OSError as error:
        raise Fallo(Codigo.USO, f"Los metadatos no se pueden leer: {del_sistema(error)}.") from None
    por_ruta: dict[str, list[str]] = {}
    for original in lista:
        por_ruta.setdefault(reglas.ruta(original.nombre), []).append(original.nombre)
    dichos = {}
    try:
        for donde, archivo, entrada in entradas(octetos, por_ruta, CAMPOS):
            if len(suyos := por_ruta[archivo]) > 1:
                raise MetadatosNoValidos(f"{donde}: archivo: hay más de uno con ese nombre")
            emisor, numero = (entrada.get(campo, "").strip() for campo in ("fuente_de_datos", "id_paciente"))
            dichos[suyos[0]] = remitente(emisor or fuente, numero or None)
    except MetadatosNoValidos as falta:
        raise Fallo(Codigo.USO, f"Los metadatos no valen: {falta}.") from None
    return dichos


def _fichas(
    respuestas: "Iterable[tuple[Encargo, Hecho | Conocido | Perdida]]",
    hechas: Mapping[str, Ficha],
    diario: Diario | None,
) -> Iterator[tuple[str, Ficha]]:
    """What became of each file, written down as it comes."""
    from saludtech_cli.limpieza import Conocido, Hecho
    from saludtech_cli.obreros import Perdida

    for encargo, respuesta in respuestas:
        match respuesta:
            case Perdida(motivo):
                ficha = {**Hecho(estado="FALLIDA").como_ficha(), "motivo": f"PROCESO_{motivo}"}
            case Conocido(original):
                ficha = hechas[original]
            case _:
                ficha = respuesta.como_ficha()
                if diario is not None and ficha["estado"] != "FALLIDA" and ficha["motivo"] != _PUEDE_IR_MEJOR:
                    diario.anotar(ficha)
        yield encargo.original.nombre, ficha


def _con_barra(fichas: Iterator[tuple[str, Ficha]], cuantas: int) -> Iterator[tuple[str, Ficha]]:
    with salida.barra("Anonimizando") as barra:
        yield from barra.track(fichas, total=cuantas)


_COLUMNAS = [
    ("Atributo", "ruta"),
    ("Nombre", "nombre"),
    ("Acción", "accion"),
    ("Veces", "veces"),
    ("Archivos", "archivos"),
]


def _decir_en_seco(fichas: list[tuple[str, Ficha]], resumen: Mapping[str, int], *, en_json: bool) -> None:
    """What would be done to each attribute, over all files."""
    veces: Counter[tuple[str, str]] = Counter()
    archivos: Counter[tuple[str, str]] = Counter()
    motivos: Counter[str] = Counter()
    for _, ficha in fichas:
        if ficha["motivo"]:
            motivos[ficha["motivo"]] += 1
        for hecha in ficha.get("informe", {}).get("acciones", []):
            veces[hecha["ruta"], hecha["accion"]] += hecha["veces"]
            archivos[hecha["ruta"], hecha["accion"]] += 1
    acciones = [
        {"ruta": ruta, "nombre": _nombre(ruta), "accion": accion, "veces": n, "archivos": archivos[ruta, accion]}
        for (ruta, accion), n in sorted(veces.items())
    ]
    titulo = "  ".join(f"{n} {que}" for que, n in [*resumen.items(), *sorted(motivos.items())])
    vista = vistas.tabla(_COLUMNAS, acciones, titulo)
    salida.mostrar({**resumen, "motivos": dict(sorted(motivos.items())), "acciones": acciones}, vista, en_json=en_json)


def _nombre(ruta: str) -> str:
    """The last attribute of a path by its name in the standard."""
    from pydicom.datadict import keyword_for_tag

    ultimo = ruta.rsplit("/", 1)[-1].replace(",", "")
    try:
        return keyword_for_tag(int(ultimo, 16)) or ""
    except ValueError:
        return ""


def _corresponder(ruta: Path, fichas: list[tuple[str, Ficha]]) -> None:
    """Tell the sender, by name, what became of each file. It names people: nobody else may read it."""
    try:
        descriptor = os.open(ruta, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape", newline="") as abierto:
            escritor = csv.writer(abierto)
            escritor.writerow(("nombre", "original", "estado", "motivo", "archivo"))
            for nombre, ficha in sorted(fichas, key=lambda par: par[0]):
                escritor.writerow((nombre, *(ficha[c] for c in ("original", "estado", "motivo", "archivo"))))
    except OSError as error:
        raise Fallo(Codigo.USO, f"No se pudo escribir la correspondencia: {del_sistema(error)}.") from None
