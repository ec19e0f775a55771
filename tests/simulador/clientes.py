"""What clients do in a run: commands, each at its instant; some are sent again, some under a key that was used."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from tests.simulador.enjambre import Enjambre

from contratos import Mensaje
from contratos.ejemplos import ANONIMIZAR_IMAGEN
from contratos.servicio_datos import (
    AsignarExperto,
    CrearServicioDatos,
    DatasetPedido,
    IniciarServicioDatos,
    NubePedida,
    SuscripcionPedida,
    TerminarServicioDatos,
)
from contratos.suscripciones import (
    CambiarPlanSuscripcion,
    CancelarSuscripcion,
    CrearSuscripcion,
    PagarSuscripcion,
)
from seedwork.aplicacion.entorno import Entorno
from seedwork.aplicacion.sobre import Sobre

PLANES = ("pro", "pro", "pro", "basico", "basico", "free", "pro-anual")

Facturas = Callable[[str], str]
"""The id of a subscription's latest invoice, as its client would look it up; any id where there is none."""


@dataclass(frozen=True, slots=True)
class Pedido:
    """A command that a client sends.

    Attributes:
        a_los_s: when, in seconds since the run began.
        hacer: makes the message when it is sent.
        id: its ``id_comando``.
        clave: its ``ce_idempotencykey``.
    """

    a_los_s: float
    sujeto: str
    hacer: Callable[[], Mensaje]
    id: str
    clave: str | None = None

    def sobre(self, mensaje: Mensaje, entorno: Entorno) -> Sobre:
        """Its envelope."""
        return Sobre.nuevo(
            mensaje,
            fuente="/saludtech/bff",
            sujeto=self.sujeto,
            entorno=entorno,
            id=self.id,
            clave_idempotencia=self.clave,
        )


def pedidos(azar: random.Random, enjambre: Enjambre, facturas: Facturas) -> list[Pedido]:
    """All that the clients of a run send, in the order of its instants."""
    guion = _Guion(azar, enjambre, facturas)
    todos = [p for n in range(enjambre.clientes) for p in guion.suscripcion(n)]
    todos += [p for n in range(enjambre.imagenes) for p in guion.imagen(n)]
    return sorted(todos, key=lambda p: (p.a_los_s, p.id))


class _Guion:
    def __init__(self, azar: random.Random, enjambre: Enjambre, facturas: Facturas) -> None:
        self._azar = azar
        self._usos = enjambre.usos
        self._arribo_s = enjambre.arribo_s
        self._facturas = facturas
        self._comandos = 0

    def suscripcion(self, n: int) -> Iterator[Pedido]:
        """One subscription, and what its client does with it."""
        azar, id, cliente = self._azar, f"s-{n}", f"c-{n // 2}"
        cuando = azar.uniform(0, self._arribo_s)
        plan = azar.choice(PLANES)
        codigo = "nada" if azar.random() < 0.03 else plan
        email = "" if azar.random() < 0.03 else f"{cliente}@clinica.example"
        crear = CrearSuscripcion(
            cliente_codigo=cliente,
            cliente_nombres="Ana",
            cliente_apellidos=f"Número {n}",
            cliente_usuario=cliente,
            cliente_rut="123457890",
            cliente_cedula="123457890",
            cliente_email=email,
            plan_codigo=codigo,
            plan_nombre=codigo.upper(),
        )
        clave = f"k-{n}" if self._si("clave") else None
        if self._si("cancelar_antes"):
            # Sent before the creation, or back to back with it: it waits, and counts.
            antes = max(0.0, cuando - azar.choice((0.0, 0.0, 3.0)))
            yield from self._pedir(antes, id, CancelarSuscripcion(id_suscripcion=id, motivo="mejor no"))
        yield from self._pedir(cuando, id, crear, clave)
        if clave and azar.random() < 0.5:
            # The same key with another body.
            yield from self._pedir(self._luego(cuando), id, replace(crear, plan_codigo="basico"), clave)
        if self._si("cambiar"):
            for _ in range(azar.choice((1, 1, 2, 3))):
                nuevo = azar.choice(PLANES)
                cambio = CambiarPlanSuscripcion(id_suscripcion=id, plan_codigo=nuevo, plan_nombre=nuevo.upper())
                otra = f"k-{n}-{nuevo}" if clave else None
                despues = self._despues(cuando)
                yield from self._pedir(despues, id, cambio, otra)
                if otra:
                    # The same key with another body: the first one's stands.
                    distinto = azar.choice([p for p in PLANES if p != nuevo])
                    cambio = CambiarPlanSuscripcion(id_suscripcion=id, plan_codigo=distinto, plan_nombre=distinto)
                    yield from self._pedir(self._despues(despues), id, cambio, otra)
        if self._si("pagar"):
            for _ in range(azar.choice((1, 2))):
                yield from self._pedir(self._despues(cuando), id, self._pago(id))
        if self._si("meses"):
            # Renewals come due meanwhile; what was issued then is paid, and maybe the plan is changed.
            despues = cuando + self._azar.choice((31, 62, 400)) * 86_400.0
            yield from self._pedir(despues, id, self._pago(id))
            if self._si("cambiar"):
                nuevo = azar.choice(PLANES)
                cambio = CambiarPlanSuscripcion(id_suscripcion=id, plan_codigo=nuevo, plan_nombre=nuevo.upper())
                yield from self._pedir(self._luego(despues), id, cambio)
            if self._si("cancelar"):
                yield from self._pedir(self._luego(despues), id, CancelarSuscripcion(id_suscripcion=id))
        if self._si("a_mano"):
            yield from self._servicio(n, id, cuando)
        if self._si("cancelar"):
            yield from self._pedir(self._luego(cuando), id, CancelarSuscripcion(id_suscripcion=id, motivo="me voy"))
        if self._si("ajeno"):
            nadie = f"nadie-{n}"
            yield from self._pedir(cuando, nadie, CancelarSuscripcion(id_suscripcion=nadie))

    def imagen(self, n: int) -> Iterator[Pedido]:
        """An image, sent once or twice, as it was or not."""
        id, cuando = f"i-{n}", self._azar.uniform(0, self._arribo_s)
        imagen = replace(ANONIMIZAR_IMAGEN, id_imagen=id, id_paciente=f"paciente-{n:04}")
        yield from self._pedir(cuando, id, imagen)
        if self._azar.random() < 0.3:
            otra = self._azar.choice((imagen, replace(imagen, patologia="Otra"), replace(imagen, fecha_ingesta="x")))
            yield from self._pedir(self._luego(cuando), id, otra)

    def _servicio(self, n: int, suscripcion: str, cuando: float) -> Iterator[Pedido]:
        azar, id = self._azar, f"d-{n}"
        crear = CrearServicioDatos(
            experto_codigo=azar.choice(("e0", "e0", "e1", "e9")),
            nube=NubePedida(codigo=azar.choice(("n0", "n0", "n0", "n9"))),
            dataset=DatasetPedido(codigo=azar.choice(("d0", "d0", "d0", "d9"))),
            suscripcion=SuscripcionPedida(codigo=suscripcion),
        )
        cuando = self._despues(cuando)
        yield from self._pedir(cuando, id, crear)
        if azar.random() < 0.6:
            yield from self._pedir(self._luego(cuando), id, IniciarServicioDatos(id_servicio_datos=id, motivo="ya"))
        if azar.random() < 0.4:
            otro = AsignarExperto(id_servicio_datos=id, experto_codigo=azar.choice(("e0", "e1", "e9")))
            yield from self._pedir(self._luego(cuando), id, otro)
        if azar.random() < 0.5:
            yield from self._pedir(self._luego(cuando), id, TerminarServicioDatos(id_servicio_datos=id, motivo="fin"))

    def _pago(self, suscripcion: str) -> Callable[[], Mensaje]:
        monto = self._azar.choice(("49.90", "49.90", "19.90", "499.00"))

        def hacer() -> Mensaje:
            return PagarSuscripcion(
                id_suscripcion=suscripcion,
                id_factura=self._facturas(suscripcion),
                monto=monto,
                moneda="USD",
                medio="tarjeta",
            )

        return hacer

    def _pedir(
        self, cuando: float, sujeto: str, mensaje: Mensaje | Callable[[], Mensaje], clave: str | None = None
    ) -> Iterator[Pedido]:
        self._comandos += 1
        hacer = (lambda: mensaje) if isinstance(mensaje, Mensaje) else mensaje
        pedido = Pedido(cuando, sujeto, hacer, f"x-{self._comandos}-{sujeto}", clave)
        yield pedido
        if isinstance(mensaje, Mensaje) and self._azar.random() < 0.3 * self._usos.get("repetir", 0.0):
            # The client, or the network, sends it again: the same command, to the letter.
            yield replace(pedido, a_los_s=self._luego(cuando))

    def _luego(self, cuando: float) -> float:
        return cuando + self._azar.choice((0.0, 0.001, 0.05, 0.5, 5.0, 60.0, 150.0)) * self._azar.random()

    def _despues(self, cuando: float) -> float:
        """Late enough, mostly, for what was asked for before."""
        return cuando + self._azar.choice((0.05, 2.0, 10.0, 60.0, 200.0)) * (0.3 + self._azar.random())

    def _si(self, uso: str) -> bool:
        return self._azar.random() < self._usos.get(uso, 0.0)
