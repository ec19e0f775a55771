"""Rules about commands: each that was accepted takes effect exactly once, or is refused with a reason."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from tests.auditor.evidencia import COMANDOS, Dicho, Evidencia
from tests.auditor.hallazgos import Clase, Hallazgo, hallar

from contratos import motivos, procesamiento, servicio_datos, suscripciones
from contratos.sagas import TransicionSaga

APLICADO = "APLICADO"
RECHAZADO = "RECHAZADO"
REHUSAN = {
    suscripciones.ComandoSuscripcionRechazado,
    suscripciones.SuscripcionRechazada,
    servicio_datos.ComandoServicioDatosRechazado,
    procesamiento.AnonimizacionRechazada,
    TransicionSaga,
}
"""What may tell of a refusal."""

_ID = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._:-]{1,128}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

Cierto = Callable[[Evidencia, Dicho], bool]
"""Whether what a command was refused for can be true."""


def lo_aceptado_llega(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§2, §5: what got 202 is there, be it refused."""
    faltan = set(evidencia.pedidas) - evidencia.suscripciones.keys()
    yield from hallar(Clase.PERDIDO, faltan, "accepted, and no such subscription")
    faltan = set(evidencia.enviadas) - evidencia.imagenes.keys()
    yield from hallar(Clase.PERDIDO, faltan, "accepted, and no such image")


def cada_comando_tiene_su_suerte(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§2: its owner keeps the fate of each command, APLICADO or RECHAZADO with a reason, and of nothing else."""
    for contexto, tipos in COMANDOS.items():
        destinos = evidencia.servicios[contexto].destinos
        enviados = {d.id: tipo.tipo for tipo in tipos for d in evidencia.de(tipo)}
        yield from hallar(Clase.PERDIDO, enviados.keys() - destinos.keys(), f"{contexto}: command without a fate")
        yield from hallar(Clase.OTRO, destinos.keys() - enviados.keys(), f"{contexto}: a fate, and no command")
        for id, destino in destinos.items():
            if destino.tipo != enviados.get(id, destino.tipo):
                yield Hallazgo(Clase.OTRO, f"{contexto}: the fate of another type of command: {id}, {destino.tipo}")
            if (destino.estado, bool(destino.motivo)) not in {(APLICADO, False), (RECHAZADO, True)}:
                yield Hallazgo(Clase.OTRO, f"{contexto}: a fate that is none: {id}, {destino}")


def lo_rechazado_se_cuenta_una_vez(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§2, §3, §5: one event tells of each refusal, with the fate's reason, and of nothing else.

    A refused CrearSuscripcion leaves a subscription RECHAZADA and says SuscripcionRechazada, under a saga that requires
    nothing; where its subscription exists already, ComandoSuscripcionRechazado.
    """
    contados = [
        *((m.id_comando, m.motivo) for m in evidencia.mensajes(suscripciones.ComandoSuscripcionRechazado)),
        *((m.id_comando, m.motivo) for m in evidencia.mensajes(servicio_datos.ComandoServicioDatosRechazado)),
        *((m.id_comando, m.motivo) for m in evidencia.mensajes(procesamiento.AnonimizacionRechazada)),
        *(
            (m.id_saga, m.motivo)
            for m in evidencia.mensajes(suscripciones.SuscripcionRechazada)
            if not m.recursos_requeridos
        ),
    ]
    rechazados = [(id, d.motivo or "") for id, d in evidencia.destinos.items() if d.estado == RECHAZADO]
    yield from _comparar(rechazados, contados, "refused, and no event tells of it", "a refusal of what was not refused")


def lo_rechazado_no_dice_nada_mas(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§5: a refusal is all or nothing: what a refused command causes is the refusal, and a creation's two steps."""
    rechazados = {id for id, destino in evidencia.destinos.items() if destino.estado == RECHAZADO}
    for tipo, dichos in evidencia.unicos.items():
        if tipo not in REHUSAN:
            de_mas = [d.id for d in dichos if d.causa in rechazados]
            yield from hallar(Clase.OTRO, de_mas, f"a refused command caused {tipo.__name__}")


def lo_aplicado_tiene_efecto_una_vez(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§2, §5: each command that was applied has its one effect, and no effect is without its command.

    An image that is sent again is one record (``tests/auditor/reglas/imagenes.py``).
    """
    destinos = evidencia.destinos
    efectos: dict[str, list[Any]] = {
        "CrearSuscripcion": [m.id_saga for m in evidencia.mensajes(suscripciones.SuscripcionCreada)],
        "CambiarPlanSuscripcion": [m.id_saga for m in evidencia.mensajes(suscripciones.CambioPlanIniciado)],
        "CancelarSuscripcion": [m.id_suscripcion for m in evidencia.mensajes(suscripciones.SuscripcionCancelada)],
        "PagarSuscripcion": [m.id_factura for m in evidencia.mensajes(suscripciones.SuscripcionPagada)],
        "CrearServicioDatos": [
            m.id_servicio_datos for m in evidencia.mensajes(servicio_datos.ServicioDatosCreada) if not m.id_saga
        ],
        "IniciarServicioDatos": [
            m.id_servicio_datos for m in evidencia.mensajes(servicio_datos.ServicioDatosIniciado) if not m.id_saga
        ],
        "AsignarExperto": [
            (m.id_servicio_datos, m.experto_codigo)
            for m in evidencia.mensajes(servicio_datos.ExpertoAsignado)
            if m.experto_anterior_codigo
        ],
        "TerminarServicioDatos": [
            m.id_servicio_datos
            for m in evidencia.mensajes(servicio_datos.ServicioDatosTerminado)
            if m.motivo == motivos.TERMINADO_A_PETICION
        ],
    }
    pedidos: dict[str, list[Any]] = defaultdict(list)
    for id, dicho in evidencia.comandos.items():
        destino = destinos.get(id)
        if destino is None or destino.estado != APLICADO:
            continue
        match dicho.mensaje:
            case suscripciones.CrearSuscripcion() | suscripciones.CambiarPlanSuscripcion():
                efecto: Any = id
            case suscripciones.PagarSuscripcion():
                efecto = dicho.mensaje.id_factura
            case servicio_datos.AsignarExperto():
                efecto = (dicho.sujeto, dicho.mensaje.experto_codigo)
            case _:
                efecto = dicho.sujeto
        pedidos[type(dicho.mensaje).__name__].append(efecto)
    for comando, hechos in efectos.items():
        yield from _comparar(
            pedidos[comando], hechos, f"{comando} was applied, and had no effect", f"an effect of no {comando}"
        )


def lo_aplicado_tiene_un_cuerpo_valido(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§2: no text has control characters, save line breaks and tabs where it is somebody's own words."""
    for id, dicho in evidencia.comandos.items():
        destino = evidencia.destinos.get(id)
        if destino is not None and destino.estado == APLICADO and _CONTROL.search("".join(_textos(dicho.mensaje))):
            yield Hallazgo(Clase.OTRO, f"a command with control characters was applied: {id}")


def cada_rechazo_dice_la_verdad(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§2, §5: the event of a refusal tells which command it was and whose; its reason is one that can be true.

    At rest not every reason can be judged any more: what was so then may have changed since.
    """
    for tipo in (suscripciones.ComandoSuscripcionRechazado, servicio_datos.ComandoServicioDatosRechazado):
        for m in evidencia.mensajes(tipo):
            dicho = evidencia.comandos.get(m.id_comando)
            if dicho is None:
                continue
            if m.comando != type(dicho.mensaje).__name__:
                yield Hallazgo(Clase.OTRO, f"{m.motivo} of a {m.comando}: {m.id_comando}")
            if m.id_suscripcion not in _duenas(evidencia, dicho):
                yield Hallazgo(Clase.OTRO, f"{m.motivo}, of {m.id_suscripcion!r}: {m.id_comando}")
            cierto = CIERTOS.get(m.motivo)
            if cierto is not None and not cierto(evidencia, dicho):
                yield Hallazgo(Clase.OTRO, f"refused as {m.motivo}, which it was not: {m.id_comando}")


def una_clave_es_un_comando(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§2: under one idempotency key, at most one command takes effect; the first one is not refused for its key."""
    por_clave: dict[tuple[str, str], list[str]] = defaultdict(list)
    for id, dicho in evidencia.comandos.items():
        if dicho.clave is not None:
            por_clave[dicho.mensaje.contexto, dicho.clave].append(id)
    for (_, clave), ids in por_clave.items():
        suertes = [destino for id in ids if (destino := evidencia.destinos.get(id))]
        if sum(d.estado == APLICADO for d in suertes) > 1:
            yield Hallazgo(Clase.DOBLADO, f"commands under one key were applied: {clave}")
        if suertes and all(d.motivo == motivos.CLAVE_DE_IDEMPOTENCIA_REUTILIZADA for d in suertes):
            yield Hallazgo(Clase.OTRO, f"all commands under a key were refused for it: {clave}")


def _textos(mensaje: Any) -> Iterator[str]:
    for campo in mensaje.__slots__:
        valor = getattr(mensaje, campo)
        if isinstance(valor, str):
            yield valor
        elif hasattr(valor, "__slots__"):
            yield from _textos(valor)


def _duenas(evidencia: Evidencia, dicho: Dicho) -> Collection[str]:
    """The subscriptions that a refused command may be said to be of: what it names, or what its data service is of."""
    if isinstance(dicho.mensaje, servicio_datos.CrearServicioDatos):
        codigo = dicho.mensaje.suscripcion.codigo
        return (codigo if _ID.fullmatch(codigo) else "",)
    if dicho.mensaje.contexto == "suscripciones":
        return (dicho.sujeto,)
    servicio = evidencia.servicios_datos.get(dicho.sujeto)
    return ("",) if servicio is None else ("", servicio.id_suscripcion)


def _de_su_factura(estado: str) -> Cierto:
    def cierto(evidencia: Evidencia, dicho: Dicho) -> bool:
        factura = evidencia.facturas.get(dicho.mensaje.id_factura)
        return factura is not None and factura.id_suscripcion == dicho.sujeto and factura.estado == estado

    return cierto


def _de_otro_es_la_factura(evidencia: Evidencia, dicho: Dicho) -> bool:
    factura = evidencia.facturas.get(dicho.mensaje.id_factura)
    return factura is None or factura.id_suscripcion != dicho.sujeto


def _de_su_suscripcion(*estados: str) -> Cierto:
    def cierto(evidencia: Evidencia, dicho: Dicho) -> bool:
        suscripcion = evidencia.suscripciones.get(dicho.sujeto)
        return suscripcion is not None and suscripcion.estado in estados

    return cierto


def _de_su_servicio(hecho: type[Any]) -> Cierto:
    """A fact of this kind befell its data service, be it later."""
    return lambda evidencia, dicho: any(
        isinstance(m, hecho) for m in evidencia.hechos_de_servicios.get(dicho.sujeto, ())
    )


def _lo_reservo_una_saga(evidencia: Evidencia, dicho: Dicho) -> bool:
    servicio = evidencia.servicios_datos.get(dicho.sujeto)
    return servicio is not None and bool(servicio.id_saga)


def _otro_dinero(evidencia: Evidencia, dicho: Dicho) -> bool:
    factura = evidencia.facturas.get(dicho.mensaje.id_factura)
    return factura is not None and (factura.monto, factura.moneda) != (dicho.mensaje.monto, dicho.mensaje.moneda)


def _tuvo_ese_plan(evidencia: Evidencia, dicho: Dicho) -> bool:
    return any(m.plan_codigo == dicho.mensaje.plan_codigo for m in evidencia.hechos.get(dicho.sujeto, ()))


def _tuvo_ese_experto(evidencia: Evidencia, dicho: Dicho) -> bool:
    hechos = evidencia.hechos_de_servicios.get(dicho.sujeto, ())
    return any(
        m.experto_codigo == dicho.mensaje.experto_codigo
        for m in hechos
        if isinstance(m, servicio_datos.ExpertoAsignado)
    )


def _comparar(debidos: list[Any], hechos: list[Any], falta: str, sobra: str) -> Iterator[Hallazgo]:
    if debidos == hechos or sorted(debidos) == sorted(hechos):
        return
    cuantos_debidos, cuantos = Counter(debidos), Counter(hechos)
    yield from hallar(Clase.PERDIDO, cuantos_debidos - cuantos, falta)
    for cual in cuantos - cuantos_debidos:
        yield Hallazgo(Clase.DOBLADO if cual in cuantos_debidos else Clase.OTRO, f"{sobra}: {cual}")


CIERTOS: Mapping[str, Cierto] = {
    motivos.FACTURA_PAGADA: _de_su_factura("PAGADA"),
    motivos.FACTURA_ANULADA: _de_su_factura("ANULADA"),
    motivos.FACTURA_DESCONOCIDA: _de_otro_es_la_factura,
    motivos.MONTO_DISTINTO: _otro_dinero,
    motivos.SUSCRIPCION_TERMINADA: _de_su_suscripcion("RECHAZADA", "CANCELADA"),
    motivos.SUSCRIPCION_EXISTENTE: lambda e, d: d.sujeto in e.suscripciones,
    motivos.PLAN_EN_VIGOR: _tuvo_ese_plan,
    motivos.PLAN_DESCONOCIDO: lambda e, d: d.mensaje.plan_codigo not in e.planes.keys() - e.retirados,
    motivos.SERVICIO_EXISTENTE: lambda e, d: d.sujeto in e.servicios_datos,
    motivos.SERVICIO_TERMINADO: _de_su_servicio(servicio_datos.ServicioDatosTerminado),
    motivos.SERVICIO_YA_INICIADO: _de_su_servicio(servicio_datos.ServicioDatosIniciado),
    motivos.SERVICIO_REQUERIDO_POR_PLAN: _lo_reservo_una_saga,
    motivos.EXPERTO_YA_ASIGNADO: _tuvo_ese_experto,
    motivos.EXPERTO_DESCONOCIDO: lambda e, d: d.mensaje.experto_codigo not in e.expertos,
    motivos.SIN_CAPACIDAD: lambda e, d: d.mensaje.experto_codigo in e.expertos,
    motivos.NUBE_DESCONOCIDA: lambda e, d: d.mensaje.nube.codigo not in e.nubes,
    motivos.DATASET_DESCONOCIDO: lambda e, d: d.mensaje.dataset.codigo not in e.datasets,
}
"""Of each reason that can be judged at rest: what has to be so."""

REGLAS = (
    lo_aceptado_llega,
    cada_comando_tiene_su_suerte,
    lo_rechazado_se_cuenta_una_vez,
    lo_rechazado_no_dice_nada_mas,
    lo_aplicado_tiene_efecto_una_vez,
    lo_aplicado_tiene_un_cuerpo_valido,
    cada_rechazo_dice_la_verdad,
    una_clave_es_un_comando,
)
