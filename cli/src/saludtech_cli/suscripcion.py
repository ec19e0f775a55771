"""`saludtech suscripcion`: subscriptions, their plans, invoices and sagas."""

from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Group
from rich.text import Text

from saludtech_cli import opciones, ordenes, salida, vistas
from saludtech_cli.cuerpos import armar
from saludtech_cli.espera import PLAZO_S
from saludtech_cli.fallos import Codigo, Fallo
from saludtech_cli.puerta import Puerta, segmento

app = typer.Typer(no_args_is_help=True, help="Suscripciones: crearlas, cambiarlas, pagarlas y seguir sus sagas.")

Id = Annotated[str, typer.Argument(metavar="ID_SUSCRIPCION", help="La suscripción.")]


class Estado(StrEnum):
    """A subscription's states."""

    PENDIENTE = "PENDIENTE"
    ACTIVA = "ACTIVA"
    RECHAZADA = "RECHAZADA"
    CANCELADA = "CANCELADA"


class EstadoDeSaga(StrEnum):
    """A saga's states."""

    EN_CURSO = "EN_CURSO"
    COMPLETADA = "COMPLETADA"
    COMPENSADA = "COMPENSADA"


def _cliente(campo: str, ayuda: str) -> Any:
    return typer.Option(f"--{campo}", metavar=campo.upper(), help=ayuda, rich_help_panel="El cliente y el plan")


@app.command()
def crear(
    contexto: typer.Context,
    archivo: opciones.Archivo = None,
    codigo: Annotated[str | None, _cliente("codigo", "El código del cliente.")] = None,
    nombres: Annotated[str | None, _cliente("nombres", "Sus nombres.")] = None,
    apellidos: Annotated[str | None, _cliente("apellidos", "Sus apellidos.")] = None,
    usuario: Annotated[str | None, _cliente("usuario", "Su usuario.")] = None,
    rut: Annotated[str | None, _cliente("rut", "El número de su RUT.")] = None,
    cedula: Annotated[str | None, _cliente("cedula", "El número de su cédula.")] = None,
    email: Annotated[str | None, _cliente("email", "Su correo.")] = None,
    plan: Annotated[str | None, _cliente("plan", "El código del plan.")] = None,
    clave: opciones.Clave = None,
    esperar: opciones.Esperar = False,
    seguir: opciones.Seguir = False,
    plazo: opciones.Plazo = PLAZO_S,
    en_json: opciones.EnJson = False,
) -> None:
    """Pide una suscripción de un cliente a un plan: con un archivo, con opciones, o con ambos."""
    cuerpo = armar(
        archivo,
        {
            "cliente.codigo": codigo,
            "cliente.nombre.nombres": nombres,
            "cliente.nombre.apellidos": apellidos,
            "cliente.usuario": usuario,
            "cliente.rut.numero": rut,
            "cliente.cedula.numero": cedula,
            "cliente.email": email,
            "plan.codigo": plan,
            "plan.nombre": plan.upper() if plan else None,
        },
    )
    ruta = "/suscripciones/suscripcion-comando"
    su_saga = ordenes.su_saga if seguir else None
    ordenes.mandar(contexto, ruta, cuerpo, clave=clave, esperar=esperar, seguir=su_saga, plazo=plazo, en_json=en_json)


@app.command()
def ver(contexto: typer.Context, id: Id, en_json: opciones.EnJson = False) -> None:
    """Muestra una suscripción, con su cliente, su plan y sus facturas."""
    ordenes.ver(contexto, f"/suscripciones/{segmento(id)}", en_json=en_json)


@app.command()
def listar(
    contexto: typer.Context,
    cliente: Annotated[str | None, typer.Option(metavar="CODIGO", help="Solo las de este cliente.")] = None,
    estado: Annotated[Estado | None, typer.Option(help="Solo las que están así.")] = None,
    plan: Annotated[str | None, typer.Option(metavar="CODIGO", help="Solo las de este plan.")] = None,
    cursor: opciones.Cursor = None,
    todas: opciones.Todas = False,
    en_json: opciones.EnJson = False,
) -> None:
    """Lista suscripciones, las más nuevas primero."""
    filtros = {"cliente": cliente, "estado": estado, "plan": plan, "cursor": cursor}
    ordenes.listar(contexto, "/suscripciones", vistas.SUSCRIPCIONES, filtros, todas=todas, en_json=en_json)


@app.command("cambiar-plan")
def cambiar_plan(
    contexto: typer.Context,
    id: Id,
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="El código del plan.")],
    nombre: Annotated[str | None, typer.Option(metavar="NOMBRE", help="El nombre del plan.")] = None,
    clave: opciones.Clave = None,
    esperar: opciones.Esperar = False,
    seguir: opciones.Seguir = False,
    plazo: opciones.Plazo = PLAZO_S,
    en_json: opciones.EnJson = False,
) -> None:
    """Pide otro plan para una suscripción."""
    ruta = f"/suscripciones/{segmento(id)}/plan-comando"
    cuerpo = {"plan": {"codigo": plan, "nombre": nombre or plan.upper()}}
    su_saga = ordenes.su_saga if seguir else None
    ordenes.mandar(contexto, ruta, cuerpo, clave=clave, esperar=esperar, seguir=su_saga, plazo=plazo, en_json=en_json)


@app.command()
def cancelar(
    contexto: typer.Context,
    id: Id,
    motivo: opciones.Motivo = None,
    clave: opciones.Clave = None,
    esperar: opciones.Esperar = False,
    plazo: opciones.Plazo = PLAZO_S,
    en_json: opciones.EnJson = False,
) -> None:
    """Pide el fin de una suscripción."""
    ruta = f"/suscripciones/{segmento(id)}/cancelacion-comando"
    cuerpo = armar(None, {"motivo": motivo})
    ordenes.mandar(contexto, ruta, cuerpo, clave=clave, esperar=esperar, plazo=plazo, en_json=en_json)


@app.command()
def pagar(
    contexto: typer.Context,
    id: Id,
    medio: Annotated[str, typer.Option(metavar="MEDIO", help="Con qué se paga: tarjeta, transferencia…")],
    factura: Annotated[
        str | None, typer.Option(metavar="ID_FACTURA", help="Sin ella, la más antigua por pagar.")
    ] = None,
    monto: Annotated[str | None, typer.Option(metavar="MONTO", help="Sin él, el de la factura.")] = None,
    moneda: Annotated[str | None, typer.Option(metavar="MONEDA", help="Sin ella, la de la factura.")] = None,
    clave: opciones.Clave = None,
    esperar: opciones.Esperar = False,
    plazo: opciones.Plazo = PLAZO_S,
    en_json: opciones.EnJson = False,
) -> None:
    """Dice que se pagó una factura; lo que no se da se toma de la suscripción."""
    ruta = f"/suscripciones/{segmento(id)}"
    if factura is None or monto is None or moneda is None:
        emitida = _por_pagar(ordenes.puerta(contexto), ruta, factura)
        factura, monto, moneda = emitida["id_factura"], monto or emitida["monto"], moneda or emitida["moneda"]
    cuerpo = {"id_factura": factura, "monto": monto, "moneda": moneda, "medio": medio}
    ordenes.mandar(contexto, f"{ruta}/pago-comando", cuerpo, clave=clave, esperar=esperar, plazo=plazo, en_json=en_json)


def _por_pagar(puerta: Puerta, ruta: str, factura: str | None) -> dict[str, Any]:
    facturas = puerta.consultar(ruta)["facturas"]
    elegidas = [f for f in facturas if (f["estado"] == "EMITIDA" if factura is None else f["id_factura"] == factura)]
    if not elegidas:
        que = "facturas por pagar" if factura is None else f"la factura {factura}"
        raise Fallo(Codigo.NO_EXISTE, f"La suscripción no tiene {que}.")
    return dict(elegidas[0])


@app.command()
def saga(
    contexto: typer.Context,
    id: Id,
    seguir: opciones.Seguir = False,
    plazo: opciones.Plazo = PLAZO_S,
    en_json: opciones.EnJson = False,
) -> None:
    """Muestra la última saga de una suscripción; con --seguir, hasta que acabe."""
    puerta = ordenes.puerta(contexto)
    if not seguir:
        datos = puerta.consultar(f"/suscripciones/{segmento(id)}/saga")
        salida.mostrar(datos, vistas.linea_de_tiempo(datos), en_json=en_json)
        return
    datos = ordenes.seguir_saga(puerta, segmento(id), None, plazo, callado=en_json)
    if en_json:
        salida.mostrar(datos, "", en_json=True)
    ordenes.acabar(datos["estado"] == "COMPLETADA")


@app.command()
def sagas(contexto: typer.Context, id: Id, en_json: opciones.EnJson = False) -> None:
    """Muestra todas las sagas de una suscripción."""
    datos = ordenes.puerta(contexto).consultar(f"/suscripciones/{segmento(id)}/sagas")
    vista = Group(*(parte for s in datos["elementos"] for parte in (vistas.linea_de_tiempo(s), Text())))
    salida.mostrar(datos, vista, en_json=en_json)


@app.command("sagas-recientes")
def sagas_recientes(
    contexto: typer.Context,
    cliente: Annotated[str | None, typer.Option(metavar="CODIGO", help="Solo las de este cliente.")] = None,
    suscripcion: Annotated[str | None, typer.Option(metavar="ID_SUSCRIPCION", help="Solo las de esta.")] = None,
    estado: Annotated[EstadoDeSaga | None, typer.Option(help="Solo las que están así.")] = None,
    cursor: opciones.Cursor = None,
    todas: opciones.Todas = False,
    en_json: opciones.EnJson = False,
) -> None:
    """Lista las sagas de todas las suscripciones, la que comenzó la última primero."""
    filtros = {"cliente": cliente, "suscripcion": suscripcion, "estado": estado, "cursor": cursor}
    ordenes.listar(contexto, "/suscripciones/sagas", vistas.SAGAS, filtros, todas=todas, en_json=en_json)
