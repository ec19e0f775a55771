"""The service on a real PostgreSQL."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import uuid_utils
from flask.testing import FlaskClient

from contratos import Mensaje
from contratos.ejemplos import CREAR_SUSCRIPCION
from contratos.sagas import HECHO, TransicionSaga
from contratos.suscripciones import CambiarPlanSuscripcion, CancelarSuscripcion, PagarSuscripcion
from seedwork.aplicacion.bus import Bus
from seedwork.aplicacion.recibido import Recibido
from seedwork.aplicacion.unidad import Abrir
from seedwork.pruebas.bases import de_dueno
from seedwork.pruebas.paciencia import PacienciaFija
from seedwork.pruebas.publicado import publicado
from seedwork.pruebas.respuestas import cliente_fiel
from seedwork.pruebas.sobres import recibido, sobre_nuevo
from suscripciones.aplicacion.reacciones.plazo import vencer_plazo
from suscripciones.composicion import servicio


@pytest.fixture
def motor(motor: sa.Engine, catalogo: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[sa.Engine]:
    """The database that the service's own settings name."""
    monkeypatch.setenv("DATABASE_URL", motor.url.render_as_string(hide_password=False))
    monkeypatch.setenv("DATABASE_URL_MIGRACION", de_dueno(motor.url))
    monkeypatch.setenv("CATALOGO_PLANES", str(catalogo))
    servicio.cache_clear()
    yield motor
    servicio.cache_clear()


@dataclass
class Casa:
    """The service, and a hand on it: its bus, its API, its database. Subscriptions are `s-N`, their saga `g-N`."""

    motor: sa.Engine
    bus: Bus
    api: FlaskClient
    abrir: Abrir

    # What arrives, not handled yet

    def crear(self, id: str = "s-1", plan: str = "pro") -> Recibido:
        return self._recibido(replace(CREAR_SUSCRIPCION, plan_codigo=plan), id, "g-" + id[2:])

    def cambiar(self, plan: str, id: str = "s-1", id_comando: str = "") -> Recibido:
        return self._recibido(
            CambiarPlanSuscripcion(id_suscripcion=id, plan_codigo=plan, plan_nombre=plan.upper()), id, id_comando
        )

    def cancelar(self, id: str = "s-1", motivo: str = "") -> Recibido:
        return self._recibido(CancelarSuscripcion(id_suscripcion=id, motivo=motivo), id)

    def pagar(self, id_factura: str, monto: str, id: str = "s-1") -> Recibido:
        comando = PagarSuscripcion(id_suscripcion=id, id_factura=id_factura, monto=monto, moneda="USD", medio="tarjeta")
        return self._recibido(comando, id)

    def paso(
        self,
        paso: str,
        recurso: str = "",
        *,
        id: str = "s-1",
        saga: str = "",
        resultado: str = HECHO,
        ocurrido: str = "",
    ) -> Recibido:
        """A participant's step in its latest saga, with the lists that the row has now."""
        fila = self.fila(id)
        transicion = TransicionSaga(
            id_saga=saga or fila["saga"]["id"],
            id_suscripcion=id,
            participante="otro",
            paso=paso,
            recurso=recurso,
            recursos_requeridos=tuple(fila["saga"]["requeridos"]),
            recursos_liberados=tuple(fila["saga"]["liberados"]),
            resultado=resultado,
            ocurrido=ocurrido,
        )
        return self._recibido(transicion, id)

    def _recibido(self, mensaje: Mensaje, sujeto: str, id: str = "") -> Recibido:
        sobre = sobre_nuevo(mensaje, fuente="/pruebas", sujeto=sujeto, id=id or str(uuid_utils.uuid7()))
        return recibido(sobre, mensaje)

    # Doing

    def oir(self, *recibidos: Recibido) -> None:
        for uno in recibidos:
            self.bus.procesar([uno])

    def activar(self, plan: str = "pro", id: str = "s-1") -> None:
        """A subscription in force, its saga ended."""
        self.oir(self.crear(id, plan))
        self.completar(id)

    def completar(self, id: str = "s-1") -> None:
        """Its saga goes all the way."""
        saga = self.fila(id)["saga"]
        self.oir(self.paso("CAMBIAR" if saga["plan_codigo"] else "CREAR", id=id))
        for recurso in saga["requeridos"]:
            self.oir(self.paso("RESERVAR", recurso, id=id))
        if saga["requeridos"]:
            self.oir(self.paso("NOTIFICAR", id=id))
        self.oir(self.paso("ACTIVAR", id=id))
        for recurso in saga["requeridos"]:
            self.oir(self.paso("INICIAR", recurso, id=id))
        for recurso in saga["liberados"]:
            self.oir(self.paso("LIBERAR", recurso, id=id))
        assert not self.fila(id)["saga"]["en_curso"]

    def vencer(self, id: str = "s-1") -> None:
        """The deadline's timer finds it."""
        id_saga = self.fila(id)["saga"]["id"]
        with self.abrir() as unidad, unidad.por_cuenta_propia("plazo", sujeto=id, correlacion=id_saga):
            vencer_plazo(unidad, id, id_saga)

    def ejecutar(self, sql: str) -> None:
        with self.motor.begin() as conexion:
            conexion.exec_driver_sql(sql)

    # Looking

    def fila(self, id: str = "s-1") -> Mapping[str, Any]:
        with self.motor.connect() as conexion:
            return conexion.execute(sa.text("SELECT * FROM suscripciones WHERE id = :id"), {"id": id}).mappings().one()

    def ver(self, id: str = "s-1") -> Any:
        return self.api.get(f"/suscripciones/{id}").json

    def destino(self, recibido: Recibido) -> tuple[str, str | None]:
        visto = self.api.get(f"/suscripciones/comandos/{recibido.sobre.id}").json
        return visto["estado"], visto["motivo"]

    def dicho(self, id: str = "s-1") -> list[str]:
        """Events of the subscription in their order, with their number; then its own steps."""
        eventos, pasos = [], []
        for propiedades, mensaje in publicado(self.motor):
            if propiedades["ce_subject"] != id:
                continue
            if isinstance(mensaje, TransicionSaga):
                pasos.append(mensaje.paso)
            else:
                eventos.append(f"{propiedades.get('ce_sequence', '-')} {type(mensaje).__name__}")
        return eventos + pasos


@pytest.fixture
def casa(motor: sa.Engine, abrir: Abrir) -> Casa:
    app = servicio().app_sobre(motor)
    return Casa(motor, servicio().bus(motor, PacienciaFija()), cliente_fiel(app), abrir)
