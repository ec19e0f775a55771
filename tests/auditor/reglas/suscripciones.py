"""Rules about subscriptions and their invoices: rows against facts, facts against the catalogue."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.auditor.evidencia import Evidencia
from tests.auditor.hallazgos import Clase, Hallazgo, hallar, hallar_una_por
from tests.auditor.historia import COMPENSADA, EN_CURSO

from contratos.suscripciones import (
    CambioPlanIniciado,
    CambioPlanRechazado,
    CrearSuscripcion,
    FacturaEmitida,
    HechoParaElCliente,
    PagarSuscripcion,
    SuscripcionActivada,
    SuscripcionAprovisionada,
    SuscripcionCancelada,
    SuscripcionCreada,
    SuscripcionPagada,
    SuscripcionPlanModificado,
    SuscripcionRechazada,
)

PENDIENTE = "PENDIENTE"
ACTIVA = "ACTIVA"
RECHAZADA = "RECHAZADA"
CANCELADA = "CANCELADA"
_CAMBIANDO = "ACTIVA, a change undecided"
_DEL_CLIENTE = ("cliente_codigo", "cliente_nombres", "cliente_apellidos", "cliente_email")

SIGUIENTE = {
    ("", SuscripcionCreada): PENDIENTE,
    ("", SuscripcionRechazada): RECHAZADA,
    (PENDIENTE, SuscripcionAprovisionada): PENDIENTE,
    (PENDIENTE, SuscripcionActivada): ACTIVA,
    (PENDIENTE, SuscripcionRechazada): RECHAZADA,
    (PENDIENTE, SuscripcionCancelada): CANCELADA,
    (ACTIVA, FacturaEmitida): ACTIVA,
    (ACTIVA, SuscripcionPagada): ACTIVA,
    (ACTIVA, CambioPlanIniciado): _CAMBIANDO,
    (ACTIVA, SuscripcionCancelada): CANCELADA,
    (_CAMBIANDO, FacturaEmitida): _CAMBIANDO,
    (_CAMBIANDO, SuscripcionPagada): _CAMBIANDO,
    (_CAMBIANDO, SuscripcionAprovisionada): _CAMBIANDO,
    (_CAMBIANDO, SuscripcionPlanModificado): ACTIVA,
    (_CAMBIANDO, CambioPlanRechazado): ACTIVA,
}
"""What may happen to a subscription in a state, and the state that it leaves it in."""


@dataclass
class _Vida:
    """What a subscription's facts make of it."""

    estado: str = ""
    plan: str = ""
    recursos: set[str] = field(default_factory=set)
    motivo: str | None = None
    detalle: str | None = None
    id_saga: str = ""

    def seguir(self, hecho: Any) -> str:
        """Take in the next fact; why it can't be that one, or nothing."""
        siguiente = SIGUIENTE.get((self.estado, type(hecho)))
        if siguiente is None:
            return f"{type(hecho).__name__} of what is {self.estado or 'unknown'}"
        mal = ""
        match hecho:
            case SuscripcionCreada() | SuscripcionRechazada():
                self.plan = hecho.plan_codigo
            case SuscripcionActivada():
                self.recursos.update(hecho.recursos_requeridos)
            case CambioPlanIniciado():
                if hecho.plan_codigo == self.plan or hecho.plan_anterior_codigo != self.plan:
                    mal = f"a change from {hecho.plan_anterior_codigo} to {hecho.plan_codigo} of what has {self.plan}"
                elif self.recursos & {*hecho.recursos_requeridos} or {*hecho.recursos_liberados} - self.recursos:
                    mal = f"a change requires or releases something else than {sorted(self.recursos)} leave open"
            case SuscripcionPlanModificado():
                self.plan = hecho.plan_codigo
                self.recursos = self.recursos - {*hecho.recursos_liberados} | {*hecho.recursos_requeridos}
            case SuscripcionCancelada():
                if {*hecho.recursos_en_poder} != self.recursos:
                    mal = f"SuscripcionCancelada of {hecho.recursos_en_poder}, and it holds {sorted(self.recursos)}"
                self.recursos, self.detalle = set(), hecho.detalle or None
        if siguiente in (RECHAZADA, CANCELADA):
            self.motivo = hecho.motivo
        self.estado, self.id_saga = siguiente, hecho.id_saga
        return mal


def cada_fila_es_lo_que_cuentan_sus_hechos(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§2, §4: the facts of a subscription, in their order, are ones that its states allow, and lead to its row.

    Its plan is the one of the last SuscripcionPlanModificado; a change leaves what it holds to R and L; a cancellation
    tells all that it held, with its client's words, and a refusal its reason.
    """
    for id, suscripcion in evidencia.suscripciones.items():
        vida = _Vida()
        for hecho in evidencia.hechos.get(id, ()):
            if mal := vida.seguir(hecho):
                yield Hallazgo(Clase.OTRO, f"{id}: {mal}")
        debida = (vida.estado, vida.plan, vida.recursos, vida.motivo, vida.detalle, vida.id_saga)
        fila = suscripcion
        hay = (fila.estado, fila.plan, {*fila.recursos}, fila.motivo, fila.detalle, fila.id_saga)
        if hay != debida:
            yield Hallazgo(Clase.OTRO, f"{id}: its row says {hay}, its facts {debida}")
    yield from hallar(
        Clase.PERDIDO, evidencia.hechos.keys() - evidencia.suscripciones.keys(), "facts of an unknown subscription"
    )


def en_reposo_todas_estan_decididas(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§4: at rest, nothing is PENDIENTE, and no row notes a saga in course or a deadline; the saga ended likewise."""
    for id, suscripcion in evidencia.suscripciones.items():
        historia = evidencia.historias.get(suscripcion.id_saga)
        fin = historia.fin if historia else "unknown"
        if suscripcion.estado == PENDIENTE:
            yield Hallazgo(Clase.ATASCADO, f"PENDIENTE, its saga {fin}: {id}")
        elif suscripcion.en_curso or suscripcion.con_plazo or fin == EN_CURSO:
            yield Hallazgo(
                Clase.ATASCADO, f"a saga in course, or a deadline, is noted on the row, its saga {fin}: {id}"
            )
        elif historia is None or (suscripcion.estado == RECHAZADA and fin != COMPENSADA):
            yield Hallazgo(Clase.OTRO, f"{suscripcion.estado}, and its saga {fin}: {id}")


def cada_saga_pide_lo_que_dice_el_catalogo(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§4: a creation requires its plan's resources; a change, what the new plan requires and the old did not.

    L is the reverse. What was refused at once requires nothing.
    """
    planes = evidencia.planes
    for hecho in evidencia.mensajes(SuscripcionCreada):
        plan = planes.get(hecho.plan_codigo)
        if plan is None or {*hecho.recursos_requeridos} != {*plan.recursos} or hecho.recursos_liberados:
            yield Hallazgo(Clase.OTRO, f"a creation requires not what {hecho.plan_codigo} does: {hecho.id_saga}")
    for hecho in evidencia.mensajes(CambioPlanIniciado):
        nuevo, viejo = planes.get(hecho.plan_codigo), planes.get(hecho.plan_anterior_codigo)
        if nuevo is None or viejo is None:
            yield Hallazgo(Clase.OTRO, f"a change from or to a plan that there is not: {hecho.id_saga}")
            continue
        requeridos = {*nuevo.recursos} - {*viejo.recursos}
        liberados = {*viejo.recursos} - {*nuevo.recursos}
        if ({*hecho.recursos_requeridos}, {*hecho.recursos_liberados}) != (requeridos, liberados):
            yield Hallazgo(Clase.OTRO, f"a change requires and releases not what its plans do: {hecho.id_saga}")


def lo_que_se_pide_al_crear_es_lo_que_se_cuenta(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§2: a client's data are those of the last creation that was applied: what one causes is told with its own.

    Where its plan requires something, others may be applied before the next fact: only the first one's code is held to.
    """
    pedidas = {d.id: d.mensaje for d in evidencia.de(CrearSuscripcion)}
    for tipo in (SuscripcionCreada, SuscripcionActivada):
        campos = _DEL_CLIENTE if issubclass(tipo, HechoParaElCliente) else _DEL_CLIENTE[:1]
        for d in evidencia.de(tipo):
            pedida = pedidas.get(d.causa or "")
            distintos = [c for c in campos if pedida is not None and getattr(pedida, c) != getattr(d.mensaje, c)]
            if distintos:
                yield Hallazgo(Clase.OTRO, f"{tipo.__name__} of another client than its command's: {d.id}, {distintos}")


def se_factura_al_activar_y_por_periodo(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§4, row 5: the first invoice comes with the activation, where the plan has a price; none comes with a change.

    Further ones come by the timer, one a period, none before its period begins; whoever is ACTIVA on a plan with price
    and period has the next one noted. Each is the row and the event of the same money, at the plan's price.
    """
    activadas = {d.causa: d.mensaje for d in evidencia.de(SuscripcionActivada)}
    emitidas = evidencia.de(FacturaEmitida)
    yield from hallar_una_por(evidencia.facturas, [d.mensaje.id_factura for d in emitidas], "FacturaEmitida")
    al_activar = [d.causa for d in emitidas if d.causa in activadas]
    yield from hallar(Clase.DOBLADO, _repetidos(al_activar), "invoice of one activation, caused by")
    de_pago = {c for c, m in activadas.items() if (p := evidencia.planes.get(m.plan_codigo)) and p.de_pago}
    yield from hallar(Clase.PERDIDO, de_pago - set(al_activar), "no invoice at the activation that was caused by")
    for d in emitidas:
        m = d.mensaje
        # What a timer finds out is caused by no message.
        if d.causa not in activadas and d.causa in evidencia.ids:
            yield Hallazgo(Clase.OTRO, f"an invoice without an activation or a new period: {m.id_factura}")
        plan = evidencia.planes.get(m.plan_codigo)
        if plan is not None and (not plan.de_pago or (m.monto, m.moneda) != (plan.precio, plan.moneda)):
            yield Hallazgo(Clase.OTRO, f"an invoice of {m.monto} {m.moneda} for {m.plan_codigo}: {m.id_factura}")
        fila = evidencia.facturas.get(m.id_factura)
        if fila is not None and (fila.id_suscripcion, fila.monto, fila.moneda) != (m.id_suscripcion, m.monto, m.moneda):
            yield Hallazgo(Clase.OTRO, f"invoice {m.id_factura} is not what FacturaEmitida told")
    sin_empezar = [id for id, f in evidencia.facturas.items() if not f.empezado]
    yield from hallar(Clase.OTRO, sin_empezar, "an invoice of a period that had not begun")
    for id in evidencia.en(ACTIVA):
        plan = evidencia.planes.get(evidencia.suscripciones[id].plan)
        if plan is not None and plan.de_pago and plan.periodo_dias and not evidencia.suscripciones[id].por_renovar:
            yield Hallazgo(Clase.PERDIDO, f"no next invoice is noted: {id}")
    periodos = [(f.id_suscripcion, f.periodo) for f in evidencia.facturas.values()]
    yield from hallar(Clase.DOBLADO, _repetidos(periodos), "invoice of one period")


def cada_factura_se_paga_una_vez_o_se_debe_o_se_anula(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§2: PAGADA with one SuscripcionPagada of its money; else ANULADA where it was cancelled, and EMITIDA if not."""
    pagos = evidencia.mensajes(SuscripcionPagada)
    pagadas = [id for id, factura in evidencia.facturas.items() if factura.estado == "PAGADA"]
    yield from hallar_una_por(pagadas, [m.id_factura for m in pagos], "SuscripcionPagada")
    for m in pagos:
        fila = evidencia.facturas.get(m.id_factura)
        if fila is not None and (fila.id_suscripcion, fila.monto, fila.moneda) != (m.id_suscripcion, m.monto, m.moneda):
            yield Hallazgo(Clase.OTRO, f"invoice {m.id_factura} is not what was paid")
    for dicho in evidencia.de(PagarSuscripcion):
        destino, fila = evidencia.destinos.get(dicho.id), evidencia.facturas.get(dicho.mensaje.id_factura)
        if destino is None or destino.estado != "APLICADO":
            continue
        if fila is None or (fila.monto, fila.moneda) != (dicho.mensaje.monto, dicho.mensaje.moneda):
            yield Hallazgo(Clase.OTRO, f"paid with other money than its invoice's: {dicho.id}")
    canceladas = evidencia.en(CANCELADA)
    for id, factura in evidencia.facturas.items():
        debido = "ANULADA" if factura.id_suscripcion in canceladas else "EMITIDA"
        if factura.estado not in ("PAGADA", debido):
            yield Hallazgo(Clase.OTRO, f"invoice {id} is {factura.estado}, not {debido}")


def _repetidos(valores: Sequence[Any]) -> list[Any]:
    return [valor for valor, veces in Counter(valores).items() if veces > 1] if len(set(valores)) < len(valores) else []


REGLAS = (
    cada_fila_es_lo_que_cuentan_sus_hechos,
    en_reposo_todas_estan_decididas,
    cada_saga_pide_lo_que_dice_el_catalogo,
    lo_que_se_pide_al_crear_es_lo_que_se_cuenta,
    se_factura_al_activar_y_por_periodo,
    cada_factura_se_paga_una_vez_o_se_debe_o_se_anula,
)
