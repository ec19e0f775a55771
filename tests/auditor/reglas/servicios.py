"""Rules about data services and what they hold."""

from collections import Counter
from collections.abc import Iterator

from tests.auditor.evidencia import Evidencia
from tests.auditor.hallazgos import Clase, Hallazgo, hallar

from contratos.servicio_datos import (
    ExpertoAsignado,
    ServicioDatosCreada,
    ServicioDatosIniciado,
    ServicioDatosRechazada,
    ServicioDatosTerminado,
)
from contratos.suscripciones import SuscripcionActivada

RECURSO = "servicio_datos"
TERMINADO = "TERMINADO"


def quien_esta_activa_tiene_lo_que_su_plan_requiere(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§4: an ACTIVA subscription has the data service that it requires, INICIADO and of a saga; nobody else has one.

    One that requires none may have one that was made by hand. At most one per subscription is alive.
    """
    vivos: dict[str, tuple[str, str]] = {}
    for s in evidencia.servicios_datos.values():
        if s.estado != TERMINADO:
            if s.id_suscripcion in vivos:
                yield Hallazgo(Clase.DOBLADO, f"data service alive of one subscription: {s.id_suscripcion}")
            vivos[s.id_suscripcion] = (s.id_saga, s.estado)
    for id, suscripcion in evidencia.suscripciones.items():
        saga, hay = vivos.pop(id, ("", ""))
        if suscripcion.estado != "ACTIVA":
            if hay:
                yield Hallazgo(Clase.SIN_DEVOLVER, f"{suscripcion.estado}, and holds a data service: {id}")
        elif RECURSO not in suscripcion.recursos:
            if saga:
                sobra = f"its plan requires no data service, and it holds one of {saga}"
                yield Hallazgo(Clase.SIN_DEVOLVER, f"{sobra}: {id}")
        elif not hay:
            yield Hallazgo(Clase.PERDIDO, f"ACTIVA without its data service: {id}")
        elif hay != "INICIADO" or not saga:
            yield Hallazgo(Clase.ATASCADO, f"its data service is {hay}, of saga {saga!r}: {id}")
    yield from hallar(Clase.SIN_DEVOLVER, vivos, "a data service of an unknown subscription")


def las_plazas_cuadran(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§4: an expert's places in use are those of the data services alive: none lost, none given back twice."""
    ocupadas = Counter(s.experto for s in evidencia.servicios_datos.values() if s.estado != TERMINADO)
    for codigo, experto in evidencia.expertos.items():
        en_uso = ocupadas.pop(codigo, 0)
        if experto.usados != en_uso:
            clase = Clase.SIN_DEVOLVER if experto.usados > en_uso else Clase.DOBLADO
            yield Hallazgo(clase, f"{experto.usados} places taken, {en_uso} in use: {codigo}")
        if experto.usados > experto.capacidad:
            yield Hallazgo(Clase.DOBLADO, f"{experto.usados} places taken of {experto.capacidad}: {codigo}")
    yield from hallar(Clase.OTRO, ocupadas, "places in use of an unknown expert")


def cada_servicio_es_lo_que_cuentan_sus_hechos(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§3, §4: one ServicioDatosCreada with expert, cloud and data set; at most one …Iniciado and one …Terminado.

    One of a saga is the one that was reserved for it; by hand, it is made for what was activated. A refused reservation
    leaves no row.
    """
    filas = evidencia.servicios_datos
    creados = {m.id_servicio_datos: m for m in evidencia.mensajes(ServicioDatosCreada)}
    iniciados = Counter(m.id_servicio_datos for m in evidencia.mensajes(ServicioDatosIniciado))
    terminados = Counter(m.id_servicio_datos for m in evidencia.mensajes(ServicioDatosTerminado))
    asignados = {m.id_servicio_datos: m.experto_codigo for m in evidencia.mensajes(ExpertoAsignado)}
    activadas = {m.id_suscripcion for m in evidencia.mensajes(SuscripcionActivada)}
    for id, fila in filas.items():
        creado = creados.get(id)
        if creado is None:
            yield Hallazgo(Clase.PERDIDO, f"no ServicioDatosCreada: {id}")
        elif (creado.id_suscripcion, creado.id_saga) != (fila.id_suscripcion, fila.id_saga):
            yield Hallazgo(Clase.OTRO, f"it is not of whom ServicioDatosCreada told: {id}")
        elif not (creado.experto_codigo and creado.nube_codigo and creado.dataset_codigo):
            yield Hallazgo(Clase.OTRO, f"no expert, no cloud or no data set was assigned: {id}")
        if not fila.id_saga and fila.id_suscripcion not in activadas:
            yield Hallazgo(Clase.OTRO, f"made by hand for what was never ACTIVA: {id}")
        if asignados.get(id) != fila.experto:
            yield Hallazgo(Clase.OTRO, f"its expert is not the one that was last told: {id}")
        if terminados[id] != (fila.estado == TERMINADO):
            yield Hallazgo(Clase.OTRO, f"{fila.estado}, and {terminados[id]} ServicioDatosTerminado: {id}")
        if iniciados[id] not in {"CREADO": (0,), "INICIADO": (1,)}.get(fila.estado, (0, 1)):
            yield Hallazgo(Clase.OTRO, f"{fila.estado}, and {iniciados[id]} ServicioDatosIniciado: {id}")
    if len(creados) != len(evidencia.de(ServicioDatosCreada)):
        yield Hallazgo(Clase.DOBLADO, "ServicioDatosCreada")
    contados = creados.keys() | iniciados.keys() | terminados.keys() | asignados.keys()
    yield from hallar(Clase.PERDIDO, contados - filas.keys(), "told of, and no such data service")
    rechazados = {m.id_servicio_datos for m in evidencia.mensajes(ServicioDatosRechazada)}
    yield from hallar(Clase.OTRO, rechazados & filas.keys(), "refused, and there all the same")


def lo_conocido_es_lo_que_hay(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§4: servicio-datos has heard of each subscription how it is, in whatever order the facts came."""
    for id, suscripcion in evidencia.suscripciones.items():
        conocida = evidencia.conocidas.get(id)
        if conocida is None or conocida.estado != suscripcion.estado:
            yield Hallazgo(Clase.OTRO, f"{suscripcion.estado}, and servicio-datos knows {conocida}: {id}")
        elif suscripcion.estado == "ACTIVA" and conocida.requiere_servicio != (RECURSO in suscripcion.recursos):
            yield Hallazgo(Clase.OTRO, f"it holds {suscripcion.recursos}, and servicio-datos knows {conocida}: {id}")


REGLAS = (
    quien_esta_activa_tiene_lo_que_su_plan_requiere,
    las_plazas_cuadran,
    cada_servicio_es_lo_que_cuentan_sus_hechos,
    lo_conocido_es_lo_que_hay,
)
