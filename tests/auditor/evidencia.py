"""What the auditor looks at once the platform is at rest: rows and messages, wherever they come from.

Real servers (`tests/fallos/coherencia.py`) or a simulator's memory: the rules don't know. A service is named by its
context, as messages name it (``servicio-datos``). It is taken for granted that nothing is in course any more, and that
no outbox row was pruned yet.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from tests.auditor.historia import Historia

from contratos import Mensaje, notificaciones, procesamiento, servicio_datos, suscripciones
from contratos.sagas import TransicionSaga
from contratos.suscripciones import HechoSuscripcion

OIDOS: Mapping[str, Collection[type[Mensaje]]] = {
    "suscripciones": (
        suscripciones.CrearSuscripcion,
        suscripciones.CambiarPlanSuscripcion,
        suscripciones.CancelarSuscripcion,
        suscripciones.PagarSuscripcion,
        TransicionSaga,
    ),
    "servicio-datos": (
        servicio_datos.CrearServicioDatos,
        servicio_datos.IniciarServicioDatos,
        servicio_datos.AsignarExperto,
        servicio_datos.TerminarServicioDatos,
        suscripciones.SuscripcionCreada,
        suscripciones.SuscripcionActivada,
        suscripciones.SuscripcionRechazada,
        suscripciones.SuscripcionCancelada,
        suscripciones.CambioPlanIniciado,
        suscripciones.SuscripcionPlanModificado,
        suscripciones.CambioPlanRechazado,
        procesamiento.ImagenAnonimizada,
    ),
    "notificaciones": (
        suscripciones.SuscripcionAprovisionada,
        suscripciones.SuscripcionActivada,
        suscripciones.SuscripcionRechazada,
        suscripciones.SuscripcionCancelada,
        suscripciones.SuscripcionPlanModificado,
        suscripciones.CambioPlanRechazado,
        suscripciones.SuscripcionPagada,
    ),
    "procesamiento": (procesamiento.AnonimizarImagen,),
}
"""What each service consumes."""

COMANDOS: Mapping[str, Collection[type[Mensaje]]] = {
    contexto: [tipo for tipo in tipos if tipo.clase == "comando"] for contexto, tipos in OIDOS.items()
}


@dataclass(frozen=True, slots=True)
class Dicho:
    """A message on a topic: its envelope, as far as it is judged, and its payload."""

    id: str
    fuente: str
    sujeto: str
    secuencia: int | None
    correlacion: str
    causa: str | None
    clave: str | None
    """``ce_idempotencykey``."""
    mensaje: Any

    @classmethod
    def de(cls, propiedades: Mapping[str, str], mensaje: Any) -> "Dicho":
        """What a message says: its properties, and its payload decoded."""
        p = propiedades
        return cls(
            id=p["ce_id"],
            fuente=p["ce_source"],
            sujeto=p["ce_subject"],
            secuencia=int(p["ce_sequence"]) if "ce_sequence" in p else None,
            correlacion=p["ce_correlationid"],
            causa=p.get("ce_causationid"),
            clave=p.get("ce_idempotencykey"),
            mensaje=mensaje,
        )


@dataclass(frozen=True, slots=True)
class Espera:
    """A command that was put off until what it names is known."""

    consumidor: str
    ce_id: str
    tipo: str
    sujeto: str


@dataclass(frozen=True, slots=True)
class Destino:
    """A command's fate. ``tipo`` is its ``ce_type``."""

    tipo: str
    estado: str
    motivo: str | None


@dataclass(frozen=True, slots=True)
class Mensajeria:
    """What one service keeps of its messages.

    Attributes:
        outbox: ids of all that it committed to say.
        inbox: ids of all that it took in.
        intentos: ids of what it counts attempts of.
        lotes: ids in batches that were begun, and not noted as ended.
        esperas: commands that are waiting.
        destinos: the fate of each command, by its id.
        aparcadas: how many dead letters there are.
    """

    outbox: Set[str]
    inbox: Set[str]
    intentos: Collection[str]
    lotes: Collection[str]
    esperas: Collection[Espera]
    destinos: Mapping[str, Destino]
    aparcadas: int = 0


@dataclass(frozen=True, slots=True)
class Suscripcion:
    """A subscription's row.

    Attributes:
        con_plazo: whether a deadline is noted.
        recursos: what it holds.
        detalle: its client's own words.
        por_renovar: whether an instant is noted at which its next invoice is due.
    """

    estado: str
    id_saga: str
    en_curso: bool
    con_plazo: bool
    plan: str
    recursos: Collection[str]
    motivo: str | None
    detalle: str | None
    por_renovar: bool


@dataclass(frozen=True, slots=True)
class Factura:
    """An invoice's row; ``monto`` with two places, ``periodo`` whatever tells one period from another.

    ``empezado``: whether its period had begun when it was issued.
    """

    id_suscripcion: str
    estado: str
    monto: str
    moneda: str
    periodo: Any
    empezado: bool


@dataclass(frozen=True, slots=True)
class ServicioDatos:
    """A data service's row; without a saga, it was made by hand. ``detalle``: the words of who asked for its state."""

    id_suscripcion: str
    id_saga: str
    estado: str
    experto: str
    detalle: str | None


@dataclass(frozen=True, slots=True)
class Experto:
    """An expert's places."""

    usados: int
    capacidad: int


@dataclass(frozen=True, slots=True)
class Conocida:
    """A subscription as servicio-datos knows it."""

    estado: str
    requiere_servicio: bool


@dataclass(frozen=True, slots=True)
class Notificacion:
    """A notification's row in the view."""

    id_suscripcion: str
    id_saga: str
    tipo: str
    estado: str
    version: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan of the catalogue; ``precio`` with two places, ``periodo_dias`` 0 for no renewal."""

    recursos: Collection[str]
    precio: str
    moneda: str
    periodo_dias: int

    @property
    def de_pago(self) -> bool:
        """Whether it has a price."""
        return Decimal(self.precio) > 0


@dataclass(frozen=True, kw_only=True)
class Evidencia:
    """All that is looked at. The mappings go by the row's id.

    Attributes:
        dichos: what each topic holds, in its order, repeats included.
        servicios: what each service keeps of its messages, by its context.
        pasos: ids of the steps in the sagas' view.
        nubes, datasets: the codes of these in the catalogue.
        imagenes: the state of each image.
        imagenes_contadas: how many images servicio-datos counts, by modality.
        envios: notifications whose delivery is not over.
        eventos: stream and version of each event of the event store.
        cartas: the ids that the letters bear which clients got, their notifications'.
        planes: the catalogue, by the plan's code.
        retirados: those of them that were taken out of it meanwhile.
        pedidas: subscriptions whose creation got its 202.
        enviadas: images likewise.
        aparcadas: dead letters that there ought to be.
    """

    dichos: Mapping[type[Mensaje], Sequence[Dicho]]
    servicios: Mapping[str, Mensajeria]
    suscripciones: Mapping[str, Suscripcion]
    facturas: Mapping[str, Factura]
    pasos: Set[str]
    servicios_datos: Mapping[str, ServicioDatos]
    expertos: Mapping[str, Experto]
    nubes: Set[str]
    datasets: Set[str]
    conocidas: Mapping[str, Conocida]
    imagenes_contadas: Mapping[str, int]
    envios: Collection[str]
    notificaciones: Mapping[str, Notificacion]
    eventos: Collection[tuple[str, int]]
    cartas: Collection[str]
    imagenes: Mapping[str, str]
    planes: Mapping[str, Plan]
    retirados: Set[str] = frozenset()
    pedidas: Collection[str] = ()
    enviadas: Collection[str] = ()
    aparcadas: int = 0

    @cached_property
    def unicos(self) -> Mapping[type[Mensaje], Sequence[Dicho]]:
        """What each topic holds, each message once, where it came first."""
        return {tipo: _una_vez(dichos) for tipo, dichos in self.dichos.items() if dichos}

    def de(self, tipo: type[Mensaje]) -> Sequence[Dicho]:
        """The messages of a type, each once."""
        return self.unicos.get(tipo, ())

    def mensajes(self, tipo: type[Mensaje]) -> list[Any]:
        """The payloads of a type."""
        return [d.mensaje for d in self.unicos.get(tipo, ())]

    @cached_property
    def ids(self) -> Set[str]:
        """The id of every message."""
        return {d.id for dichos in self.unicos.values() for d in dichos}

    @cached_property
    def comandos(self) -> Mapping[str, Dicho]:
        """Each command, by its id."""
        return {d.id: d for tipo, dichos in self.unicos.items() if tipo.clase == "comando" for d in dichos}

    @cached_property
    def destinos(self) -> Mapping[str, Destino]:
        """The fate of each command, whoever owns it."""
        return {id: destino for servicio in self.servicios.values() for id, destino in servicio.destinos.items()}

    @cached_property
    def historias(self) -> Mapping[str, Historia]:
        """Each saga, as its topic tells it."""
        pasos: dict[str, list[TransicionSaga]] = defaultdict(list)
        for dicho in self.de(TransicionSaga):
            pasos[dicho.mensaje.id_saga].append(dicho.mensaje)
        return {id: Historia(id, suyos) for id, suyos in pasos.items()}

    @cached_property
    def hechos(self) -> Mapping[str, Sequence[Any]]:
        """The facts of each subscription, in the order of their numbers."""
        return self._numerados(HechoSuscripcion, "id_suscripcion")

    @cached_property
    def hechos_de_servicios(self) -> Mapping[str, Sequence[Any]]:
        """Likewise, of each data service."""
        return self._numerados(servicio_datos.HechoServicioDatos, "id_servicio_datos")

    @cached_property
    def hechos_de_notificaciones(self) -> Mapping[str, Sequence[Any]]:
        """Likewise, of each notification."""
        return self._numerados(notificaciones.HechoNotificacion, "id_notificacion")

    def _numerados(self, base: type[Mensaje], id: str) -> Mapping[str, Sequence[Any]]:
        numerados: dict[str, list[tuple[int, Any]]] = defaultdict(list)
        for tipo, dichos in self.unicos.items():
            if issubclass(tipo, base):
                for d in dichos:
                    numerados[getattr(d.mensaje, id)].append((d.secuencia or 0, d.mensaje))
        return {id: [m for _, m in sorted(suyos, key=_numero)] for id, suyos in numerados.items()}

    @cached_property
    def en_poder(self) -> Mapping[str, Collection[str]]:
        """What each cancelled subscription held, by the saga under which that was told."""
        return {m.id_saga: m.recursos_en_poder for m in self.mensajes(suscripciones.SuscripcionCancelada)}

    def en(self, estado: str) -> set[str]:
        """The subscriptions in a state."""
        return {id for id, suscripcion in self.suscripciones.items() if suscripcion.estado == estado}


def _una_vez(dichos: Sequence[Dicho]) -> Sequence[Dicho]:
    primeros: dict[str, Dicho] = {}
    for dicho in dichos:
        primeros.setdefault(dicho.id, dicho)
    return dichos if len(primeros) == len(dichos) else list(primeros.values())


def _numero(numerado: tuple[int, Any]) -> int:
    return numerado[0]
