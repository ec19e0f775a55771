"""This service's unit of work in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from contratos import Mensaje, sagas
from contratos.suscripciones import CambiarPlanSuscripcion, CancelarSuscripcion, CrearSuscripcion, PagarSuscripcion
from seedwork.aplicacion.sobre import Sobre
from seedwork.dominio.dinero import Dinero
from seedwork.pruebas.cuerpos import CREAR_SUSCRIPCION
from seedwork.pruebas.memoria import EnMemoria, UnidadEnMemoria
from suscripciones.aplicacion.manejadores import MANEJADORES
from suscripciones.aplicacion.reacciones.plazo import vencer_plazo
from suscripciones.aplicacion.reacciones.renovacion import renovar
from suscripciones.dominio.cliente import Cliente
from suscripciones.dominio.factura import Factura
from suscripciones.dominio.plan import Plan
from suscripciones.dominio.saga import Paso
from suscripciones.dominio.suscripcion import Suscripcion
from suscripciones.infraestructura.despachadores import DESPACHADORES


def plan(codigo: str, *recursos: str, precio: str = "49.90", dias: int = 30) -> Plan:
    return Plan(
        codigo=codigo,
        nombre=codigo.upper(),
        recursos=recursos,
        precio=Dinero(Decimal(precio), "USD"),
        periodo_dias=dias,
    )


class FacturasEnMemoria(EnMemoria[Factura]):
    def de(self, id_suscripcion: str) -> Sequence[Factura]:
        return [f for f in self.todos.values() if f.id_suscripcion == id_suscripcion]


class LineaEnMemoria:
    def __init__(self) -> None:
        self.pasos: dict[str, Paso] = {}

    def anotar(self, id_suscripcion: str, paso: Paso) -> None:
        self.pasos.setdefault(paso.id, paso)

    def de_saga(self, id_saga: str) -> Sequence[Paso]:
        return [p for p in self.pasos.values() if p.id_saga == id_saga]


class Unidad(UnidadEnMemoria):
    plazo_s = 120.0

    def __init__(self) -> None:
        super().__init__("suscripciones", DESPACHADORES)
        self._vistos = 0
        self.suscripciones: EnMemoria[Suscripcion] = EnMemoria()
        self.clientes: EnMemoria[Cliente] = EnMemoria()
        self.facturas = FacturasEnMemoria()
        self.linea = LineaEnMemoria()
        self.planes = {
            "free": plan("free", precio="0.00"),
            "basico": plan("basico", precio="19.90"),
            "pro": plan("pro", "servicio_datos"),
            "doble": plan("doble", "servicio_datos", "computo", precio="99.00"),
            "computo": plan("computo", "computo"),
        }

    def publicar(self, mensaje: Mensaje, *, sujeto: str, secuencia: int | None = None) -> None:
        assert sujeto == self.sobre.sujeto
        super().publicar(mensaje, sujeto=sujeto, secuencia=secuencia)

    def crear(self, codigo_plan: str = "pro", *, id: str = "s-1", id_comando: str = "g-1", **campos: str) -> str | None:
        """Handle a command: today's body, but for these fields. Answers its refusal."""
        return self.mandar(replace(CREAR_SUSCRIPCION, **{"plan_codigo": codigo_plan, **campos}), id_comando, id=id)

    def mandar(self, comando: Mensaje, id_comando: str, *, id: str = "s-1") -> str | None:
        """Handle a command about the subscription. Answers its refusal."""
        self.sobre = Sobre.nuevo(comando, fuente="/saludtech/bff", sujeto=id, id=id_comando)
        rechazo = MANEJADORES[type(comando)](comando, self)
        self.recolectar(self.suscripciones)
        return rechazo

    def cambiar(self, plan: str, id_comando: str = "g-2", **campos: str) -> str | None:
        return self.mandar(
            CambiarPlanSuscripcion(**{"id_suscripcion": "s-1", "plan_codigo": plan, "plan_nombre": "x", **campos}),
            id_comando,
        )

    def cancelar(self, motivo: str = "", id_comando: str = "x-1", **campos: str) -> str | None:
        return self.mandar(CancelarSuscripcion(**{"id_suscripcion": "s-1", "motivo": motivo, **campos}), id_comando)

    def pagar(self, **campos: str) -> str | None:
        """A payment that is good, of the latest invoice, but for these fields."""
        ultima = [*self.facturas.todos][-1] if self.facturas.todos else "f-0"
        bueno = {"id_factura": ultima, "monto": "49.90", "moneda": "USD", "medio": "tarjeta"}
        return self.mandar(PagarSuscripcion(**{"id_suscripcion": "s-1", **bueno, **campos}), "p-1")

    def activa(self, plan: str = "pro") -> Suscripcion:
        """A subscription in force, its saga ended, and nothing said that the test has to mind."""
        self.crear(plan)
        self.completar()
        self.eventos()
        return self.suscripciones.todos["s-1"]

    def completar(self) -> None:
        """The saga in course goes all the way: everybody's steps arrive."""
        suscripcion = self.suscripciones.todos["s-1"]
        self.oir("CAMBIAR" if suscripcion.saga.cambia_plan else "CREAR")
        for recurso in suscripcion.saga.requeridos:
            self.oir("RESERVAR", recurso=recurso)
        if suscripcion.saga.requeridos:
            self.oir("NOTIFICAR")
        self.oir("ACTIVAR")
        for recurso in suscripcion.saga.requeridos:
            self.oir("INICIAR", recurso=recurso)
        for recurso in suscripcion.saga.liberados:
            self.oir("LIBERAR", recurso=recurso)
        assert not suscripcion.saga.en_curso

    def renovar(self, **transcurrido: float) -> list[str]:
        """Time passes, and the timer strikes. Answers what was said."""
        self.ahora += timedelta(**transcurrido)
        self.sobre = Sobre.nuevo(CrearSuscripcion, fuente="/saludtech/suscripciones", sujeto="s-1")
        renovar(self, "s-1")
        self.recolectar(self.suscripciones)
        return self.eventos()

    def oir(self, paso: str, resultado: str = sagas.HECHO, *, recurso: str = "", motivo: str = "", **mas: str) -> None:
        """Another participant's step, or the service's own, arrives from the topic."""
        suscripcion = self.suscripciones.todos["s-1"]
        transicion = sagas.TransicionSaga(
            id_saga=mas.get("id_saga", suscripcion.saga.id),
            id_suscripcion="s-1",
            participante="otro",
            paso=paso,
            recurso=recurso,
            recursos_requeridos=suscripcion.saga.requeridos,
            recursos_liberados=suscripcion.saga.liberados,
            resultado=resultado,
            motivo=motivo,
        )
        self.sobre = Sobre.nuevo(transicion, fuente="/saludtech/otro", sujeto="s-1", id=mas.get("id"))
        assert MANEJADORES[sagas.TransicionSaga](transicion, self) is None
        self.recolectar(self.suscripciones)

    def vencer_plazo(self) -> None:
        self.sobre = Sobre.nuevo(CrearSuscripcion, fuente="/saludtech/suscripciones", sujeto="s-1")
        vencer_plazo(self, "s-1", self.suscripciones.todos["s-1"].saga.id)
        self.recolectar(self.suscripciones)

    def eventos(self) -> list[str]:
        """What was said since the last call, steps as PASO or PASO:RESULTADO."""
        nuevos = self.publicado[self._vistos :]
        self._vistos = len(self.publicado)
        return [_nombre(p.mensaje) for p in nuevos]


def _nombre(mensaje: Mensaje) -> str:
    if not isinstance(mensaje, sagas.TransicionSaga):
        return type(mensaje).__name__
    return mensaje.paso if mensaje.resultado == sagas.HECHO else f"{mensaje.paso}:{mensaje.resultado}"


@pytest.fixture
def unidad() -> Unidad:
    return Unidad()
