"""The query side: what the API shows, read straight from the tables."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from contratos import motivos
from seedwork.aplicacion.sobre import en_texto
from seedwork.infraestructura.consultas import destino_comando, pagina
from suscripciones.dominio.saga import Paso, estado
from suscripciones.infraestructura import tablas
from suscripciones.infraestructura.repositorio import LineaSQL

_S, _C, _F = tablas.suscripciones.c, tablas.clientes.c, tablas.facturas.c


class Consultas:
    """Reads on a connection of their own; they lock nothing."""

    def __init__(self, motor: sa.Engine) -> None:
        self._motor = motor

    def comando(self, id_comando: str) -> dict[str, Any] | None:
        """A command's fate."""
        with self._motor.connect() as conexion:
            return destino_comando(conexion, id_comando)

    def suscripcion(self, id: str) -> dict[str, Any] | None:
        """One subscription, with its client, plan and invoices."""
        with self._motor.connect() as conexion:
            fila = conexion.execute(_con_cliente().where(_S.id == id)).mappings().one_or_none()
            return None if fila is None else _mostrar(fila, _facturas(conexion, [id]).get(id, []))

    def suscripciones(
        self, cliente: str | None, estado: str | None, plan: str | None, cursor: str | None
    ) -> dict[str, Any]:
        """A page of subscriptions, newest first."""
        filtros = {_S.cliente_codigo: cliente, _S.estado: estado, _S.plan_codigo: plan}
        with self._motor.connect() as conexion:
            hoja = pagina(conexion, _con_cliente(), _S.orden, filtros, cursor, lambda f: _mostrar(f, []))
            facturas = _facturas(conexion, [e["id_suscripcion"] for e in hoja["elementos"]])
        for elemento in hoja["elementos"]:
            elemento["facturas"] = facturas.get(elemento["id_suscripcion"], [])
        return hoja

    def sagas(self, id_suscripcion: str) -> list[dict[str, Any]]:
        """The timelines of all sagas of a subscription, the latest last: the one that its row names.

        That one has no steps yet where they are still on their way here, from the topic.
        """
        with self._motor.connect() as conexion:
            ultima = conexion.execute(sa.select(_S.saga["id"].astext).where(_S.id == id_suscripcion)).scalar()
            pasos = LineaSQL(conexion).de_suscripcion(id_suscripcion)
        por_saga: dict[str, list[Paso]] = {}
        for paso in pasos:
            por_saga.setdefault(paso.id_saga, []).append(paso)
        if ultima is not None:
            por_saga[ultima] = por_saga.pop(ultima, [])
        return [_linea(id_saga, propios) for id_saga, propios in por_saga.items()]


def _con_cliente() -> sa.Select[Any]:
    """With the client's data; empty where the subscription was refused for a client's code that can be none."""
    datos = ("nombres", "apellidos", "usuario", "rut", "cedula", "email")
    columnas = [sa.func.coalesce(_C[c], "").label(f"c_{c}") for c in datos]
    return sa.select(tablas.suscripciones, *columnas).outerjoin(tablas.clientes, _C.id == _S.cliente_codigo)


def _facturas(conexion: sa.Connection, ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    consulta = sa.select(tablas.facturas).where(_F.id_suscripcion.in_(ids)).order_by(_F.periodo)
    resultado: dict[str, list[dict[str, Any]]] = {}
    for fila in conexion.execute(consulta).mappings():
        resultado.setdefault(fila["id_suscripcion"], []).append(
            {
                "id_factura": fila["id"],
                "estado": fila["estado"],
                "monto": f"{fila['monto']:.2f}",
                "moneda": fila["moneda"],
                "medio": fila["medio"],
                "emitida": en_texto(fila["emitida"]),
            }
        )
    return resultado


def _mostrar(fila: Any, facturas: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id_suscripcion": fila["id"],
        "estado": fila["estado"],
        "motivo": motivos.texto(fila["motivo"]),
        "detalle": fila["detalle"],
        "cliente": {
            "codigo": fila["cliente_codigo"],
            "nombre": {"nombres": fila["c_nombres"], "apellidos": fila["c_apellidos"]},
            "usuario": fila["c_usuario"],
            "rut": {"numero": fila["c_rut"]},
            "cedula": {"numero": fila["c_cedula"]},
            "email": fila["c_email"],
        },
        "plan": {"codigo": fila["plan_codigo"], "nombre": fila["plan_nombre"]},
        "facturas": facturas,
    }


def _linea(id_saga: str, pasos: list[Paso]) -> dict[str, Any]:
    return {
        "id_saga": id_saga,
        "estado": estado(pasos),
        "pasos": [
            {
                "paso": p.paso,
                "servicio": p.servicio,
                "recurso": p.recurso or None,
                "resultado": p.resultado,
                "motivo": motivos.texto(p.motivo),
                "ocurrido": p.ocurrido,
                "compensacion": p.compensacion,
            }
            for p in pasos
        ],
    }
