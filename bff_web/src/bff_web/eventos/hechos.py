"""What streams tell of each event: ids, states and codes, each named here; all else of a message stays where it is.

What is a person's is encrypted in a message, and nothing here decrypts it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contratos import Mensaje, motivos
from contratos.canal import canal_de
from contratos.consultas.eventos import PUERTA
from contratos.esquemas import publicados
from contratos.notificaciones import (
    ConfirmacionNotificacion,
    ErrorProcesamientoNotificacion,
    NotificacionCreada,
    NotificacionEnviada,
)
from contratos.procesamiento import (
    AnonimizacionRechazada,
    ImagenAnonimizada,
    ImagenApartada,
    ImagenLiberada,
    OriginalDescartado,
    PaqueteCompletado,
    PaqueteRechazado,
)
from contratos.sagas import TransicionSaga
from contratos.servicio_datos import (
    AccesoInvestigadorCambiado,
    ComandoServicioDatosRechazado,
    ExpertoAsignado,
    ServicioDatosCreada,
    ServicioDatosIniciado,
    ServicioDatosRechazada,
    ServicioDatosTerminado,
)
from contratos.suscripciones import (
    CambioPlanIniciado,
    CambioPlanRechazado,
    ClienteSuprimido,
    ComandoClienteRechazado,
    ComandoSuscripcionRechazado,
    FacturaEmitida,
    SuscripcionActivada,
    SuscripcionAprovisionada,
    SuscripcionCancelada,
    SuscripcionCreada,
    SuscripcionPagada,
    SuscripcionPlanModificado,
    SuscripcionRechazada,
)
from seedwork.aplicacion.sobre import Sobre
from seedwork.dominio.reglas import es_id
from seedwork.infraestructura.lector import Lugar

DUENO = "cliente_codigo"
"""The field of those messages that say whose they are; it is not told."""


@dataclass(frozen=True, slots=True)
class Fila:
    """What is told of a message.

    Attributes:
        campos: its fields, by the names that they are told under.
        estado: the state that what it is about is in from then on; empty where that is not told, or a field.
        con_dueno: whether it says whose it is.
    """

    campos: Mapping[str, str]
    estado: str = ""
    con_dueno: bool = False


def _fila(campos: str, estado: str = "", *, con_dueno: bool = False, **otros: str) -> Fila:
    return Fila({nombre: nombre for nombre in campos.split()} | otros, estado, con_dueno)


def _de_suscripcion(mas: str = "", estado: str = "") -> Fila:
    return _fila(f"id_suscripcion id_saga {mas}", estado, con_dueno=True)


_DE_SERVICIO = "id_servicio_datos id_suscripcion id_saga"
_DE_IMAGEN = "id_imagen id_paquete"
_DE_NOTIFICACION = "id_notificacion id_suscripcion id_saga"

# fmt: off
FILAS: Mapping[type[Mensaje], Fila] = {
    SuscripcionCreada:              _de_suscripcion(estado="PENDIENTE"),
    SuscripcionAprovisionada:       _de_suscripcion(),
    SuscripcionActivada:            _de_suscripcion(estado="ACTIVA"),
    SuscripcionRechazada:           _de_suscripcion("motivo", "RECHAZADA"),
    SuscripcionCancelada:           _de_suscripcion("motivo", "CANCELADA"),
    CambioPlanIniciado:             _de_suscripcion(),
    SuscripcionPlanModificado:      _de_suscripcion(),
    CambioPlanRechazado:            _de_suscripcion("motivo"),
    FacturaEmitida:                 _de_suscripcion("id_factura", "EMITIDA"),
    SuscripcionPagada:              _de_suscripcion("id_factura", "PAGADA"),
    ComandoSuscripcionRechazado:    _fila("id_comando id_suscripcion motivo"),
    ClienteSuprimido:               _fila("id_suscripcion"),
    ComandoClienteRechazado:        _fila("id_comando motivo", con_dueno=True),

    ServicioDatosCreada:            _fila(_DE_SERVICIO, "CREADO"),
    ServicioDatosRechazada:         _fila(f"{_DE_SERVICIO} motivo"),
    ExpertoAsignado:                _fila(_DE_SERVICIO),
    ServicioDatosIniciado:          _fila(_DE_SERVICIO, "INICIADO"),
    ServicioDatosTerminado:         _fila(f"{_DE_SERVICIO} motivo", "TERMINADO"),
    AccesoInvestigadorCambiado:     _fila(_DE_SERVICIO),
    ComandoServicioDatosRechazado:  _fila("id_comando id_servicio_datos id_suscripcion motivo"),

    ImagenAnonimizada:              _fila(_DE_IMAGEN, "ANONIMIZADA"),
    ImagenApartada:                 _fila(f"{_DE_IMAGEN} estado motivo"),
    ImagenLiberada:                 _fila(f"{_DE_IMAGEN} motivo"),
    OriginalDescartado:             _fila(f"{_DE_IMAGEN} motivo"),
    PaqueteCompletado:              _fila("id_paquete", "COMPLETADO"),
    PaqueteRechazado:               _fila("id_paquete motivo", "RECHAZADO"),
    AnonimizacionRechazada:         _fila(f"{_DE_IMAGEN} id_comando motivo"),

    NotificacionCreada:             _fila(_DE_NOTIFICACION, "CREADA", con_dueno=True),
    NotificacionEnviada:            _fila(_DE_NOTIFICACION, "ENVIADA", con_dueno=True),
    ConfirmacionNotificacion:       _fila(_DE_NOTIFICACION, "CONFIRMADA", con_dueno=True),
    ErrorProcesamientoNotificacion: _fila(f"{_DE_NOTIFICACION} motivo", "FALLIDA", con_dueno=True),

    TransicionSaga:                 _fila("id_suscripcion id_saga paso recurso resultado motivo compensacion ocurrido",
                                          servicio="participante"),
}
# fmt: on
"""Each message that is told, and what of it."""


class SinFila(Exception):
    """What the door looks on at, and what it tells, are not the same: it must not start."""


def comprobar() -> None:
    """See that the door may look on at what it tells, and tells what it may look on at (``contratos/canales.py``), and
    that each field is one of the message's, and nobody's own.

    Raises:
        SinFila: not so; the text names what.
    """
    mira = {tipo for tipo in publicados() if PUERTA in canal_de(tipo).mira}
    if sobran := mira ^ FILAS.keys():
        nombres = ", ".join(sorted(tipo.__name__ for tipo in sobran))
        raise SinFila(f"contratos/canales.py y la tabla de /eventos no dicen lo mismo de: {nombres}")
    for tipo, fila in FILAS.items():
        claros = {*tipo.campos} - {propio[0] for propio in tipo.propios}
        dichos = {*fila.campos.values()} | ({DUENO} if fila.con_dueno else set())
        if faltan := dichos - claros:
            raise SinFila(f"{tipo.__name__} no puede decir {', '.join(sorted(faltan))}")
        if tipo.particiones:
            raise SinFila(f"{tipo.__name__} va en un tópico con particiones")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hecho:
    """An event as streams tell it.

    Attributes:
        cual: its topic's place among those that are read.
        lugar: its place on that.
        publicado: when, in seconds of the epoch, by its sender's clock.
        datos: what is told, JSON in one line.
        contexto: who tells it.
        comando: the command at the root of it; empty for none.
        suscripcion, saga, paquete, imagen: what it is about; empty for none.
        cliente: whose it says it is; likewise.
        rechazado: where it tells that a command took no effect, which one.
    """

    cual: int
    lugar: Lugar
    publicado: float
    datos: bytes
    contexto: str = ""
    comando: str = ""
    suscripcion: str = ""
    saga: str = ""
    paquete: str = ""
    imagen: str = ""
    cliente: str = ""
    rechazado: str = ""


def proyectar(
    tipo: type[Mensaje], sobre: Sobre, registro: Mapping[str, Any], *, cual: int, lugar: Lugar, publicado: float
) -> Hecho:
    """What is told of a message; what is no id or code, whoever published it, is left out.

    Args:
        tipo, sobre, registro: the message as it travelled.
        cual, lugar, publicado: where it was, and since when.
    """
    fila = FILAS[tipo]
    dichos: dict[str, Any] = {"tipo": tipo.__name__, "contexto": tipo.contexto}
    for nombre, campo in fila.campos.items():
        valor = registro[campo]
        if isinstance(valor, bool):
            dichos[nombre] = valor
        elif valor and es_id(valor):
            dichos[nombre] = motivos.de_la_lista(valor) if nombre == "motivo" else valor
    if motivo := dichos.get("motivo"):
        dichos["porque"] = motivos.texto(motivo)
    if fila.estado:
        dichos["estado"] = fila.estado
    dichos.setdefault("ocurrido", sobre.tiempo)
    rechazado = dichos.get("id_comando", "")
    comando = sobre.correlacion if es_id(sobre.correlacion) else ""
    if comando:
        dichos.setdefault("id_comando", comando)
    return Hecho(
        cual=cual,
        lugar=lugar,
        publicado=publicado,
        datos=json.dumps(dichos, separators=(",", ":")).encode(),
        contexto=tipo.contexto,
        comando=comando,
        suscripcion=dichos.get("id_suscripcion", ""),
        saga=dichos.get("id_saga", ""),
        paquete=dichos.get("id_paquete", ""),
        imagen=dichos.get("id_imagen", ""),
        cliente=registro[DUENO] if fila.con_dueno else "",
        rechazado=rechazado,
    )
