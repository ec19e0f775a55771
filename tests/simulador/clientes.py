"""What clients do in a run: commands, each at its instant; some are sent again, some under a key that was used."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

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

NUNCA_VALIDO = "a\x00b"
"""No field of any command may be this (contract §2)."""

Debe = Callable[[str], tuple[str, str]]
"""The id of a subscription's latest invoice and what is due, as its client would look it up; any, for none."""
Reservado = Callable[[str], str]
"""The id of a subscription's latest data service, likewise."""


@dataclass(frozen=True, slots=True)
class Pedido:
    """A command that a client sends.

    Attributes:
        a_los_s: when, in seconds since the run began.
        sujeto: whom it is about.
        hacer: makes the message when it is sent.
        id: its ``id_comando``.
        clave: its ``ce_idempotencykey``.
        segun: the message's field that tells whom it is about, where that has to be looked up first.
    """

    a_los_s: float
    sujeto: str
    hacer: Callable[[], Mensaje]
    id: str
    clave: str | None = None
    segun: str = ""

    def sobre(self, mensaje: Mensaje, entorno: Entorno) -> Sobre:
        """Its envelope."""
        return Sobre.nuevo(
            mensaje,
            fuente="/saludtech/bff",
            sujeto=getattr(mensaje, self.segun) if self.segun else self.sujeto,
            entorno=entorno,
            id=self.id,
            clave_idempotencia=self.clave,
        )


def pedidos(azar: random.Random, enjambre: Enjambre, debe: Debe, reservado: Reservado) -> list[Pedido]:
    """All that the clients of a run send, in the order of its instants."""
    guion = _Guion(azar, enjambre, debe, reservado)
    todos = [p for n in range(enjambre.clientes) for p in guion.suscripcion(n)]
    todos += [p for n in range(enjambre.imagenes) for p in guion.imagen(n)]
    return sorted(todos, key=lambda p: (p.a_los_s, p.id))


class _Guion:
    def __init__(self, azar: random.Random, enjambre: Enjambre, debe: Debe, reservado: Reservado) -> None:
        self._azar = azar
        self._usos = enjambre.usos
        self._arribo_s = enjambre.arribo_s
        self._debe = debe
        self._reservado = reservado
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
        for uso, hacer in (
            ("insistir", self._insistir),
            ("prisa", self._con_prisa),
            ("sobre_lo_reservado", self._sobre_lo_reservado),
            ("torcer", self._torcido),
        ):
            if uso in self._usos and self._si(uso):
                yield from hacer(n, id, cuando)

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

    def _insistir(self, _: int, id: str, cuando: float) -> Iterator[Pedido]:
        """Pay exactly what is due, and again; then it may end."""
        cuando = self._despues(cuando)
        for _ in range(self._azar.choice((2, 2, 3))):
            yield from self._pedir(cuando, id, self._pago(id, justo=True))
            cuando = self._luego(cuando)
        if self._azar.random() < 0.3:
            yield from self._pedir(cuando, id, CancelarSuscripcion(id_suscripcion=id))

    def _con_prisa(self, n: int, id: str, cuando: float) -> Iterator[Pedido]:
        """Ask for one plan after the other, without waiting for how the one before ends; then it may end."""
        azar = self._azar
        dura = azar.choice((0.5, 2.0, 10.0, 150.0, 600.0))
        for _ in range(azar.choice((3, 6))):
            nuevo = azar.choice(PLANES)
            cambio = CambiarPlanSuscripcion(id_suscripcion=id, plan_codigo=nuevo, plan_nombre=nuevo.upper())
            yield from self._pedir(cuando + dura * azar.random(), id, cambio)
        if azar.random() < 0.3:
            cancelar = CancelarSuscripcion(id_suscripcion=id, motivo="ya no")
            yield from self._pedir(cuando + dura * azar.random(), id, cancelar)

    def _sobre_lo_reservado(self, _: int, suscripcion: str, cuando: float) -> Iterator[Pedido]:
        """Start, hand over and end by hand whatever data service the subscription has, a saga's too, and again."""
        azar, dura = self._azar, self._azar.choice((0.5, 2.0, 10.0, 60.0))

        def sobre(tipo: type[Mensaje], **campos: str) -> Callable[[], Mensaje]:
            return lambda: tipo(id_servicio_datos=self._reservado(suscripcion), **campos)

        ordenes = [
            sobre(IniciarServicioDatos, motivo="ya"),
            sobre(IniciarServicioDatos),
            *(sobre(AsignarExperto, experto_codigo=azar.choice(("e0", "e1"))) for _ in range(3)),
            sobre(TerminarServicioDatos, motivo="fin"),
            sobre(TerminarServicioDatos),
        ]
        for orden in azar.sample(ordenes, azar.choice((2, 4))):
            yield from self._pedir(cuando + dura * azar.random(), suscripcion, orden, segun="id_servicio_datos")

    def _torcido(self, n: int, suscripcion: str, cuando: float) -> Iterator[Pedido]:
        """A command with a field that is no text which a command may bear."""
        azar, servicio = self._azar, f"d-{n}"
        sanos: list[tuple[str, Mensaje]] = [
            (suscripcion, CancelarSuscripcion(id_suscripcion=suscripcion)),
            (suscripcion, CambiarPlanSuscripcion(id_suscripcion=suscripcion, plan_codigo="free", plan_nombre="FREE")),
            (f"nadie-{n}", CrearSuscripcion(cliente_codigo=f"c-{n}", cliente_email="c@c.example", plan_codigo="free")),
            (servicio, IniciarServicioDatos(id_servicio_datos=servicio)),
            (servicio, TerminarServicioDatos(id_servicio_datos=servicio)),
            (servicio, AsignarExperto(id_servicio_datos=servicio, experto_codigo="e1")),
            (
                f"d-{n}-otro",
                CrearServicioDatos(
                    experto_codigo="e0",
                    nube=NubePedida(codigo="n0"),
                    dataset=DatasetPedido(codigo="d0"),
                    suscripcion=SuscripcionPedida(codigo=suscripcion),
                ),
            ),
        ]
        sujeto, sano = azar.choice(sanos)
        campo = azar.choice([c for c in sano.campos if isinstance(getattr(sano, c), str)])
        yield from self._pedir(self._despues(cuando), sujeto, replace(sano, **{campo: NUNCA_VALIDO}))

    def _pago(self, suscripcion: str, *, justo: bool = False) -> Callable[[], Mensaje]:
        monto = "" if justo else self._azar.choice(("49.90", "49.90", "19.90", "499.00"))

        def hacer() -> Mensaje:
            id, debido = self._debe(suscripcion)
            return PagarSuscripcion(
                id_suscripcion=suscripcion,
                id_factura=id,
                monto=monto or debido,
                moneda="USD",
                medio="tarjeta",
            )

        return hacer

    def _pedir(
        self,
        cuando: float,
        sujeto: str,
        mensaje: Mensaje | Callable[[], Mensaje],
        clave: str | None = None,
        *,
        segun: str = "",
    ) -> Iterator[Pedido]:
        self._comandos += 1
        # Once: what is sent again without an answer is the same command, to the letter.
        hacer = (lambda: mensaje) if isinstance(mensaje, Mensaje) else cache(mensaje)
        pedido = Pedido(cuando, sujeto, hacer, f"x-{self._comandos}-{sujeto}", clave, segun)
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
