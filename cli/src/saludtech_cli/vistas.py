"""What people see: tables and cards of rich. Values are shown as they are, never read as markup."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from saludtech_cli.puerta import Objeto

Columnas = Sequence[tuple[str, str]]
"""Of a table: each column's title, and the path with dots of what it shows."""

SUSCRIPCIONES: Columnas = (
    ("Suscripción", "id_suscripcion"),
    ("Estado", "estado"),
    ("Cliente", "cliente.codigo"),
    ("Plan", "plan.codigo"),
    ("Motivo", "motivo"),
)
SAGAS: Columnas = (
    ("Saga", "id_saga"),
    ("Suscripción", "id_suscripcion"),
    ("Cliente", "cliente_codigo"),
    ("Estado", "estado"),
    ("Comenzada", "comenzada"),
    ("Terminada", "terminada"),
    ("Último paso", "ultimo_paso.paso"),
    ("De", "ultimo_paso.servicio"),
    ("Motivo", "ultimo_paso.motivo"),
)
PLANES: Columnas = (
    ("Plan", "codigo"),
    ("Nombre", "nombre"),
    ("Precio", "precio"),
    ("Moneda", "moneda"),
    ("Días", "periodo_dias"),
    ("Requiere", "recursos"),
    ("Políticas", "politicas"),
)
SERVICIOS: Columnas = (
    ("Servicio de datos", "id_servicio_datos"),
    ("Estado", "estado"),
    ("Suscripción", "id_suscripcion"),
    ("Experto", "experto.codigo"),
    ("Nube", "nube.codigo"),
    ("Conjunto de datos", "dataset.codigo"),
)
PUBLICADAS: Columnas = (("Imagen", "id_imagen"), ("SHA-256", "sha256"), ("Octetos", "octetos"))
IMAGENES: Columnas = (
    ("Imagen", "id_imagen"),
    ("Estado", "estado"),
    ("Modalidad", "modalidad"),
    ("Patología", "patologia"),
    ("Región", "region_anatomica"),
    ("Ingesta", "fecha_ingesta"),
    ("Motivo", "motivo"),
)
IMAGENES_DE_PAQUETE: Columnas = (("Imagen", "id_imagen"), ("Estado", "estado"), ("Motivo", "motivo"))
PAQUETES: Columnas = (
    ("Paquete", "id_paquete"),
    ("Estado", "estado"),
    ("Total", "total"),
    ("Hechas", "hechas"),
    ("Cuarentena", "cuarentena"),
    ("Fallidas", "fallidas"),
    ("Pendientes", "pendientes"),
    ("Recibido", "recibido"),
)
NOTIFICACIONES: Columnas = (
    ("Notificación", "id_notificacion"),
    ("Estado", "estado"),
    ("Tipo", "tipo"),
    ("Cliente", "cliente_codigo"),
    ("Asunto", "asunto"),
    ("Creada", "creada"),
)
EVENTOS: Columnas = (("Versión", "version"), ("Evento", "tipo"), ("Ocurrido", "ocurrido"), ("Datos", "datos"))
AUDITORIA: Columnas = (
    ("Ocurrido", "ocurrido"),
    ("Quién", "quien"),
    ("Como", "titular"),
    ("Acción", "accion"),
    ("Recurso", "recurso"),
    ("Resultado", "resultado"),
    ("Motivo", "motivo"),
)
CARTAS: Columnas = (
    ("Carta", "id_carta"),
    ("Momento", "momento"),
    ("Tipo", "tipo"),
    ("Mensaje", "id_mensaje"),
    ("Intentos", "intentos"),
    ("Error", "error"),
)
PASOS: Columnas = (
    ("Paso", "paso"),
    ("Servicio", "servicio"),
    ("Recurso", "recurso"),
    ("Resultado", "resultado"),
    ("Motivo", "motivo"),
    ("Ocurrido", "ocurrido"),
)

_COLORES: Mapping[str, str] = {
    **dict.fromkeys(
        ("ACTIVA", "APLICADO", "COMPLETADA", "HECHO", "INICIADO", "ANONIMIZADA", "PAGADA", "LISTA"), "green"
    ),
    **dict.fromkeys(("CONFIRMADA", "ENVIADA", "COMPLETADO"), "green"),
    **dict.fromkeys(("RECHAZADA", "RECHAZADO", "FALLIDO", "FALLIDA", "CUARENTENA"), "red"),
    **dict.fromkeys(("COMPENSADA", "CANCELADA", "TERMINADO", "ANULADA", "OMITIDO"), "yellow"),
    **dict.fromkeys(("PENDIENTE", "EN_CURSO", "RECIBIDO", "CREADO", "CREADA", "EMITIDA"), "cyan"),
}


def tabla(columnas: Columnas, elementos: Iterable[Objeto], titulo: str | None = None) -> Table:
    """A table with a row for each element."""
    hecha = Table(*(nombre for nombre, _ in columnas), title=titulo, title_justify="left", box=box.SIMPLE_HEAD)
    for elemento in elementos:
        hecha.add_row(*(_celda(_en(elemento, camino)) for _, camino in columnas))
    return hecha


def ficha(datos: Objeto) -> RenderableType:
    """Everything that is known of one thing: its values, and beneath them its lists."""
    valores = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    listas: list[RenderableType] = []
    for nombre, valor in _aplanar(datos):
        if isinstance(valor, list) and valor and all(isinstance(v, dict) for v in valor):
            listas.append(tabla([(_titulo(c), c) for c in valor[0]], valor, _titulo(nombre)))
        else:
            valores.add_row(Text(_titulo(nombre), "bold"), _celda(valor))
    return Group(valores, *listas)


def linea_de_tiempo(saga: Objeto) -> RenderableType:
    """A saga's steps, in order, those that it awaits, and its state."""
    pasos = [paso | {"paso": f"{paso['paso']} ↩" if paso["compensacion"] else paso["paso"]} for paso in saga["pasos"]]
    faltan = ", ".join(" ".join(filter(None, (debido["paso"], debido["recurso"]))) for debido in saga["faltan"])
    return Group(tabla(PASOS, pasos), *([Text(f"Faltan: {faltan}")] if faltan else []), estado_de_saga(saga))


def estado_de_saga(saga: Objeto) -> Text:
    """How far a saga is."""
    return Text.assemble(f"Saga {saga['id_saga']}: ", estado(saga["estado"]))


def estado(valor: str) -> Text:
    """A state, in its colour."""
    return _celda(valor)


def paso_en_linea(paso: Objeto) -> Text:
    """A step on a line of its own, for where nothing can be drawn over."""
    partes = [paso["ocurrido"], paso["servicio"], paso["paso"] + (" ↩" if paso["compensacion"] else "")]
    motivo = f" · {paso['motivo']}" if paso["motivo"] else ""
    return Text.assemble("  ".join(partes), "  ", _celda(paso["resultado"]), motivo)


def paquete_en_linea(paquete: Objeto) -> Text:
    """What became of a package: how many of its images are what, or why it was refused."""
    cuentas = "  ".join(f"{que} {paquete[que]}" for que in ("total", "hechas", "cuarentena", "fallidas"))
    porque = " ".join(paquete[que] for que in ("motivo", "detalle") if paquete.get(que))
    return Text.assemble(f"Paquete {paquete['id_paquete']}: ", estado(paquete["estado"]), f"  {porque or cuentas}")


def salud(respuesta: Objeto) -> RenderableType:
    """The parts of the platform, and what each says."""
    hecha = Table("Parte", "Lista", "Detalle", box=box.SIMPLE_HEAD)
    for nombre, parte in {**respuesta["partes"], **respuesta["informativas"]}.items():
        hecha.add_row(Text(nombre), _celda(parte["lista"]), _celda(parte["detalle"]))
    return hecha


def _aplanar(datos: Objeto, previo: str = "") -> Iterator[tuple[str, Any]]:
    for clave, valor in datos.items():
        if isinstance(valor, dict):
            yield from _aplanar(valor, f"{previo}{clave}.")
        else:
            yield previo + clave, valor


def _en(elemento: Objeto, camino: str) -> Any:
    valor: Any = elemento
    for parte in camino.split("."):
        valor = valor.get(parte) if isinstance(valor, dict) else None
    return valor


def _titulo(camino: str) -> str:
    return camino.replace(".", " · ").replace("_", " ")


def _celda(valor: Any) -> Text:
    if valor is None:
        return Text("")
    if isinstance(valor, bool):
        return Text("sí" if valor else "no")
    if isinstance(valor, list):
        return Text(", ".join(str(_celda(v)) for v in valor))
    if isinstance(valor, dict):
        return Text(", ".join(f"{clave}: {_celda(v)}" for clave, v in valor.items()))
    return Text(str(valor), _COLORES.get(str(valor), ""))
