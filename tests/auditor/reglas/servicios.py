"""Rules about data services and what they hold."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

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
CREADO = "CREADO"
INICIADO = "INICIADO"
TERMINADO = "TERMINADO"
_SIN_EXPERTO = "CREADO, its expert untold"

SIGUIENTE = {
    ("", ServicioDatosCreada): _SIN_EXPERTO,
    (_SIN_EXPERTO, ExpertoAsignado): CREADO,
    (CREADO, ExpertoAsignado): CREADO,
    (CREADO, ServicioDatosIniciado): INICIADO,
    (CREADO, ServicioDatosTerminado): TERMINADO,
    (INICIADO, ExpertoAsignado): INICIADO,
    (INICIADO, ServicioDatosTerminado): TERMINADO,
}
"""What may happen to a data service in a state, and the state that it leaves it in."""


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


@dataclass
class _Vida:
    """What a data service's facts make of it."""

    estado: str = ""
    de: tuple[str, str] = ("", "")
    experto: str = ""
    detalle: str | None = None

    def seguir(self, hecho: Any, evidencia: Evidencia) -> str:
        """Take in the next fact; why it can't be that one, or nothing."""
        siguiente = SIGUIENTE.get((self.estado, type(hecho)))
        if siguiente is None:
            return f"{type(hecho).__name__} of what is {self.estado or 'unknown'}"
        mal, anterior, self.estado = "", self.estado, siguiente
        match hecho:
            case ServicioDatosCreada():
                self.de = (hecho.id_suscripcion, hecho.id_saga)
                if hecho.nube_codigo not in evidencia.nubes or hecho.dataset_codigo not in evidencia.datasets:
                    mal = "its cloud or its data set is not in the catalogue"
                self.experto = hecho.experto_codigo
            case ExpertoAsignado() if anterior == _SIN_EXPERTO:
                if hecho.experto_codigo != self.experto or hecho.experto_anterior_codigo:
                    mal = f"it begins with {hecho.experto_codigo}, and not with {self.experto}"
            case ExpertoAsignado():
                if hecho.experto_anterior_codigo != self.experto or hecho.experto_codigo == self.experto:
                    mal = f"{hecho.experto_codigo} after {hecho.experto_anterior_codigo}, of what has {self.experto}"
                self.experto = hecho.experto_codigo
            case ServicioDatosIniciado() | ServicioDatosTerminado():
                self.detalle = hecho.detalle or None
        if hecho.id_suscripcion != self.de[0]:
            mal = f"{type(hecho).__name__} of another subscription"
        return mal


def cada_servicio_es_lo_que_cuentan_sus_hechos(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§2 to §4: the facts of a data service, in their order, are ones that its states allow, and lead to its row.

    It begins with expert, cloud and data set of the catalogue; each further expert is another one, and takes over from
    the one before. One of a saga is the one that was reserved for it; a refused reservation leaves no row.
    """
    filas = evidencia.servicios_datos
    for id, fila in filas.items():
        vida = _Vida()
        for hecho in evidencia.hechos_de_servicios.get(id, ()):
            if mal := vida.seguir(hecho, evidencia):
                yield Hallazgo(Clase.OTRO, f"{id}: {mal}")
        debida = (*vida.de, vida.estado, vida.experto, vida.detalle)
        hay = (fila.id_suscripcion, fila.id_saga, fila.estado, fila.experto, fila.detalle)
        if hay != debida:
            yield Hallazgo(Clase.OTRO, f"{id}: its row says {hay}, its facts {debida}")
    rechazados = {m.id_servicio_datos for m in evidencia.mensajes(ServicioDatosRechazada)}
    contados = evidencia.hechos_de_servicios.keys() - rechazados
    yield from hallar(Clase.PERDIDO, contados - filas.keys(), "told of, and no such data service")
    yield from hallar(Clase.OTRO, rechazados & filas.keys(), "refused, and there all the same")


def a_mano_se_trabaja_en_lo_activo(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§4: by hand, a data service is made, started and handed over for what has been ACTIVA alone."""
    activadas = {m.id_suscripcion for m in evidencia.mensajes(SuscripcionActivada)}
    for id, hechos in evidencia.hechos_de_servicios.items():
        for m in hechos:
            a_mano = not m.id_saga and type(m) in (ServicioDatosCreada, ServicioDatosIniciado, ExpertoAsignado)
            if a_mano and m.id_suscripcion not in activadas:
                yield Hallazgo(Clase.OTRO, f"{type(m).__name__} by hand, of what was never ACTIVA: {id}")


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
    a_mano_se_trabaja_en_lo_activo,
    lo_conocido_es_lo_que_hay,
)
