"""Good evidence, written by hand: what the services say and keep of whole stories, a step after the other.

No code of the services is used: the stories are the contract's (§4).
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.auditor.evidencia import (
    OIDOS,
    Conocida,
    Destino,
    Dicho,
    Evidencia,
    Experto,
    Factura,
    Mensajeria,
    Notificacion,
    Plan,
    ServicioDatos,
    Suscripcion,
)

from contratos import Mensaje, motivos, notificaciones, procesamiento, sagas, suscripciones
from contratos import servicio_datos as datos

PLANES = {
    "free": Plan((), "0.00", "USD", 30),
    "basico": Plan((), "19.90", "USD", 30),
    "pro": Plan(("servicio_datos",), "49.90", "USD", 30),
}
DATOS = "servicio_datos"
EXPERTO = "e-1"
LUGAR = {"nube_codigo": "nube", "dataset_codigo": "rayos-x"}
_SUJETOS = {
    suscripciones.HechoSuscripcion: "id_suscripcion",
    suscripciones.ComandoSuscripcionRechazado: "id_suscripcion",
    sagas.TransicionSaga: "id_suscripcion",
    datos.HechoServicioDatos: "id_servicio_datos",
    datos.ComandoServicioDatosRechazado: "id_servicio_datos",
    notificaciones.HechoNotificacion: "id_notificacion",
    procesamiento.ImagenAnonimizada: "id_imagen",
    procesamiento.AnonimizacionRechazada: "id_imagen",
}
_SIN_NUMERO = (
    sagas.TransicionSaga,
    suscripciones.ComandoSuscripcionRechazado,
    datos.ComandoServicioDatosRechazado,
)
_QUIEN = {sagas.NOTIFICAR: "notificaciones", sagas.AVISAR: "notificaciones"}


@dataclass(frozen=True)
class Saga:
    """What every message of a saga carries."""

    id: str
    id_suscripcion: str
    requeridos: tuple[str, ...] = ()
    liberados: tuple[str, ...] = ()

    @property
    def comunes(self) -> dict[str, Any]:
        """Its fields, as messages have them."""
        return {
            "id_saga": self.id,
            "id_suscripcion": self.id_suscripcion,
            "recursos_requeridos": self.requeridos,
            "recursos_liberados": self.liberados,
        }


class Relato:
    """What was said and kept so far."""

    def __init__(self) -> None:
        self._dichos: dict[type[Mensaje], list[Dicho]] = defaultdict(list)
        self._outbox: dict[str, set[str]] = defaultdict(set)
        self._inbox: dict[str, set[str]] = defaultdict(set)
        self._destinos: dict[str, dict[str, Destino]] = defaultdict(dict)
        self._numeros: Counter[tuple[str, str]] = Counter()
        self._comando = self._causa = ""
        self._liberadas: list[Saga] = []
        self.sagas: dict[str, Saga] = {}
        self.suscripciones: dict[str, Suscripcion] = {}
        self.facturas: dict[str, Factura] = {}
        self.servicios: dict[str, ServicioDatos] = {}
        self.conocidas: dict[str, Conocida] = {}
        self.notificaciones: dict[str, Notificacion] = {}
        self.imagenes: dict[str, str] = {}

    def evidencia(self) -> Evidencia:
        """All of it, at rest."""
        en_uso = sum(s.estado != "TERMINADO" for s in self.servicios.values())
        contadas = sum(estado == "ANONIMIZADA" for estado in self.imagenes.values())
        return Evidencia(
            dichos=self._dichos,
            servicios={
                c: Mensajeria(self._outbox[c], self._inbox[c], (), (), (), dict(self._destinos[c])) for c in OIDOS
            },
            suscripciones=self.suscripciones,
            facturas=self.facturas,
            pasos={d.id for d in self._dichos[sagas.TransicionSaga]},
            servicios_datos=self.servicios,
            expertos={EXPERTO: Experto(en_uso, 100)},
            nubes={LUGAR["nube_codigo"]},
            datasets={LUGAR["dataset_codigo"]},
            conocidas=self.conocidas,
            imagenes_contadas={"rayos x": contadas} if contadas else {},
            envios=(),
            notificaciones=self.notificaciones,
            eventos=[(id, v) for id, n in self.notificaciones.items() for v in range(1, n.version + 1)],
            cartas=[id for id, n in self.notificaciones.items() if n.estado == "CONFIRMADA"],
            imagenes=self.imagenes,
            planes=PLANES,
            pedidas=[*self.suscripciones],
            enviadas=[*self.imagenes],
        )

    # What there is to say

    def manda(self, comando: Mensaje, sujeto: str, motivo: str | None = None, clave: str | None = None) -> str:
        """A command is handled; it is refused where there is a reason. Answers its id."""
        id = self._comando = self._causa = f"c-{self._cuantos() + 1}"
        self._anota(Dicho(id, "/saludtech/bff", sujeto, None, id, None, clave, comando))
        suerte = Destino(comando.tipo, "RECHAZADO" if motivo else "APLICADO", motivo)
        self._destinos[comando.contexto][id] = suerte
        return id

    def dice(self, mensaje: Any, quien: str = "") -> None:
        """Its owner says an event, which the last command caused."""
        contexto = quien or mensaje.contexto
        fuente = f"/saludtech/{contexto}"
        campo = next(campo for base, campo in _SUJETOS.items() if isinstance(mensaje, base))
        sujeto, numero = getattr(mensaje, campo), None
        if not isinstance(mensaje, _SIN_NUMERO):
            self._numeros[fuente, sujeto] += 1
            numero = self._numeros[fuente, sujeto]
        id = f"m-{self._cuantos() + 1}"
        self._outbox[contexto].add(id)
        self._anota(Dicho(id, fuente, sujeto, numero, self._comando, self._causa, None, mensaje))

    def paso(self, saga: Saga, paso: str, resultado: str = sagas.HECHO, recurso: str = "", motivo: str = "") -> None:
        """A participant tells a step."""
        quien = "servicio-datos" if recurso else _QUIEN.get(paso, "suscripciones")
        campos: dict[str, Any] = {"paso": paso, "recurso": recurso, "resultado": resultado, "motivo": motivo}
        es_undo = paso in sagas.COMPENSACIONES
        self.dice(sagas.TransicionSaga(participante=quien, compensacion=es_undo, **campos, **saga.comunes), quien)

    def avisa(self, saga: Saga, tipo: str, estado: str = "CONFIRMADA") -> None:
        """A client is told, or was to be; a step of the saga follows where the contract has one."""
        id = f"n-{len(self.notificaciones) + 1}"
        comunes = {"id_notificacion": id, "id_suscripcion": saga.id_suscripcion, "id_saga": saga.id}
        hechos: Mapping[str, list[Any]] = {
            "CONFIRMADA": [notificaciones.NotificacionEnviada, notificaciones.ConfirmacionNotificacion],
            "FALLIDA": [notificaciones.ErrorProcesamientoNotificacion],
            "ANULADA": [],
        }
        for hecho in [notificaciones.NotificacionCreada, *hechos[estado]]:
            self.dice(hecho(tipo_notificacion=tipo, **comunes))
        version = 3 if estado == "CONFIRMADA" else 2
        self.notificaciones[id] = Notificacion(saga.id_suscripcion, saga.id, tipo, estado, version)
        paso = {
            notificaciones.SERVICIO_LISTO: sagas.NOTIFICAR,
            notificaciones.SUSCRIPCION_RECHAZADA: sagas.AVISAR,
            notificaciones.SUSCRIPCION_CANCELADA: sagas.AVISAR,
            notificaciones.CAMBIO_PLAN_RECHAZADO: sagas.AVISAR,
        }.get(tipo)
        if paso:
            resultado = {"CONFIRMADA": sagas.HECHO, "FALLIDA": sagas.FALLIDO, "ANULADA": sagas.OMITIDO}[estado]
            self.paso(saga, paso, resultado)

    # Stories of a subscription

    def pide(self, id: str, plan: str) -> Saga:
        """A creation begins."""
        comando = self.manda(suscripciones.CrearSuscripcion(plan_codigo=plan), id)
        saga = self.sagas[id] = Saga(comando, id, tuple(PLANES[plan].recursos))
        self.dice(suscripciones.SuscripcionCreada(plan_codigo=plan, **saga.comunes))
        self.paso(saga, sagas.CREAR)
        self.suscripciones[id] = Suscripcion("PENDIENTE", saga.id, True, True, plan, (), None, None, False)
        return saga

    def alta(self, id: str, plan: str) -> None:
        """A creation succeeds."""
        saga = self.pide(id, plan)
        if saga.requeridos:
            self.reserva(saga)
            self.aprovisiona(saga, plan)
            self.avisa(saga, notificaciones.SERVICIO_LISTO)
        self.dice(suscripciones.SuscripcionActivada(plan_codigo=plan, **saga.comunes))
        self.paso(saga, sagas.ACTIVAR)
        self._queda(id, "ACTIVA", recursos=saga.requeridos)
        if PLANES[plan].de_pago:
            self.factura(saga, plan)
        if saga.requeridos:
            self.inicia(saga)
        else:
            self.avisa(saga, notificaciones.SUSCRIPCION_ACTIVA)

    def rechazo_al_pedir(self, id: str) -> None:
        """A creation is refused at once: nobody is told by letter."""
        motivo = motivos.PLAN_DESCONOCIDO
        saga = Saga(self.manda(suscripciones.CrearSuscripcion(plan_codigo="platino"), id, motivo), id)
        self.dice(suscripciones.SuscripcionRechazada(plan_codigo="platino", motivo=motivo, **saga.comunes))
        self.paso(saga, sagas.CREAR, sagas.RECHAZADO, motivo=motivo)
        self.paso(saga, sagas.RECHAZAR, motivo=motivo)
        self.suscripciones[id] = Suscripcion("PENDIENTE", saga.id, True, False, "platino", (), None, None, False)
        self._queda(id, "RECHAZADA", motivo=motivo)

    def rechaza(self, saga: Saga, motivo: str, plan: str, carta: str = "CONFIRMADA") -> None:
        """A creation that had begun fails; what it reserved is given back."""
        self.dice(suscripciones.SuscripcionRechazada(plan_codigo=plan, motivo=motivo, **saga.comunes))
        self.paso(saga, sagas.RECHAZAR, motivo=motivo)
        self._queda(saga.id_suscripcion, "RECHAZADA", motivo=motivo)
        self.libera(saga)
        self.avisa(saga, notificaciones.SUSCRIPCION_RECHAZADA, carta)

    def cambia(self, id: str, plan: str) -> Saga:
        """A change of plan begins."""
        comando = self.manda(suscripciones.CambiarPlanSuscripcion(id_suscripcion=id, plan_codigo=plan), id)
        tiene, nuevo = self.suscripciones[id], PLANES[plan].recursos
        requeridos = tuple(r for r in nuevo if r not in tiene.recursos)
        liberados = tuple(r for r in tiene.recursos if r not in nuevo)
        saga = self.sagas[id] = Saga(comando, id, requeridos, liberados)
        self.dice(
            suscripciones.CambioPlanIniciado(plan_codigo=plan, plan_anterior_codigo=tiene.plan, **saga.comunes),
        )
        self.paso(saga, sagas.CAMBIAR)
        self.suscripciones[id] = replace(tiene, id_saga=saga.id)
        return saga

    def cambio(self, id: str, plan: str) -> None:
        """A change of plan succeeds."""
        saga = self.cambia(id, plan)
        if saga.requeridos:
            self.reserva(saga)
            self.aprovisiona(saga, plan)
            self.avisa(saga, notificaciones.SERVICIO_LISTO)
        anterior = self.suscripciones[id].plan
        self.dice(
            suscripciones.SuscripcionPlanModificado(plan_codigo=plan, plan_anterior_codigo=anterior, **saga.comunes)
        )
        self.paso(saga, sagas.ACTIVAR)
        self._queda(id, "ACTIVA", plan=plan, recursos=tuple(PLANES[plan].recursos))
        if saga.requeridos:
            self.inicia(saga)
        if saga.liberados:
            self.libera(saga)
        self.avisa(saga, notificaciones.PLAN_MODIFICADO)

    def rechaza_el_cambio(self, saga: Saga, plan: str, motivo: str) -> None:
        """A change that had begun fails; the old plan stays."""
        self.dice(suscripciones.CambioPlanRechazado(plan_codigo=plan, motivo=motivo, **saga.comunes))
        self.paso(saga, sagas.RECHAZAR, motivo=motivo)

    def cancela(self, id: str) -> None:
        """A client ends it; what it holds is given back, and what it owes is annulled."""
        self.manda(suscripciones.CancelarSuscripcion(id_suscripcion=id), id)
        self.fin(id)

    def fin(self, id: str) -> None:
        """What a cancellation brings about."""
        saga, tiene, motivo = self.sagas[id], self.suscripciones[id], motivos.CANCELADA_POR_CLIENTE
        campos: dict[str, Any] = {"plan_codigo": tiene.plan, "motivo": motivo, **saga.comunes}
        self.dice(suscripciones.SuscripcionCancelada(recursos_en_poder=tuple(tiene.recursos), **campos))
        self.paso(saga, sagas.CANCELAR, motivo=motivo)
        self._queda(id, "CANCELADA", motivo=motivo)
        for n, factura in self.facturas.items():
            if factura.id_suscripcion == id and factura.estado == "EMITIDA":
                self.facturas[n] = replace(factura, estado="ANULADA")
        self.libera(saga, responde=bool(tiene.recursos or saga.requeridos))
        self.avisa(saga, notificaciones.SUSCRIPCION_CANCELADA)

    def factura(self, saga: Saga, plan: str, periodo: int = 1) -> str:
        """An invoice is issued. Answers its id."""
        id, precio = f"f-{len(self.facturas) + 1}", PLANES[plan]
        dinero: dict[str, Any] = {"monto": precio.precio, "moneda": precio.moneda}
        self.dice(suscripciones.FacturaEmitida(id_factura=id, plan_codigo=plan, **dinero, **saga.comunes))
        self.facturas[id] = Factura(saga.id_suscripcion, "EMITIDA", precio.precio, precio.moneda, periodo, True)
        return id

    def renueva(self, id: str) -> None:
        """A new period begins: the timer finds out, and no message."""
        self._causa = "reloj"
        self.factura(self.sagas[id], self.suscripciones[id].plan, periodo=2)

    def paga(self, id_factura: str) -> None:
        """An invoice is paid."""
        factura = self.facturas[id_factura]
        id = factura.id_suscripcion
        campos: dict[str, Any] = {
            "id_factura": id_factura,
            "monto": factura.monto,
            "moneda": factura.moneda,
            "medio": "tarjeta",
        }
        self.manda(suscripciones.PagarSuscripcion(id_suscripcion=id, **campos), id)
        self.facturas[id_factura] = replace(factura, estado="PAGADA")
        self.dice(suscripciones.SuscripcionPagada(**campos, **self.sagas[id].comunes))
        self.avisa(self.sagas[id], notificaciones.PAGO_RECIBIDO)

    def ordena_en_vano(self, comando: Any, id: str, motivo: str, clave: str | None = None) -> None:
        """A command about a subscription, or a data service, is refused."""
        campos = {"id_comando": self.manda(comando, id, motivo, clave), "comando": type(comando).__name__}
        if comando.contexto == "suscripciones":
            self.dice(suscripciones.ComandoSuscripcionRechazado(id_suscripcion=id, motivo=motivo, **campos))
        else:
            de = self.servicios[id].id_suscripcion if id in self.servicios else ""
            campos |= {"id_servicio_datos": id, "id_suscripcion": de}
            self.dice(datos.ComandoServicioDatosRechazado(motivo=motivo, **campos))

    def aprovisiona(self, saga: Saga, plan: str) -> None:
        """All is reserved."""
        self.dice(suscripciones.SuscripcionAprovisionada(plan_codigo=plan, **saga.comunes))

    def _queda(self, id: str, estado: str, **cambios: Any) -> None:
        campos: dict[str, Any] = {"estado": estado, "en_curso": False, "con_plazo": False, "recursos": ()} | cambios
        fila = replace(self.suscripciones[id], **campos)
        por_renovar = estado == "ACTIVA" and (fila.por_renovar or PLANES[fila.plan].de_pago)
        self.suscripciones[id] = replace(fila, por_renovar=por_renovar)
        self.conocidas[id] = Conocida(estado, DATOS in fila.recursos)

    # Stories of a data service

    def reserva(self, saga: Saga) -> None:
        """A data service is reserved."""
        id = f"d-{saga.id}"
        self.servicios[id] = ServicioDatos(saga.id_suscripcion, saga.id, "CREADO", EXPERTO, None)
        self._dice_de(datos.ServicioDatosCreada, id, saga.id, experto_codigo=EXPERTO, **LUGAR)
        self._dice_de(datos.ExpertoAsignado, id, saga.id, experto_codigo=EXPERTO)
        self.paso(saga, sagas.RESERVAR, recurso=DATOS)

    def no_reserva(self, saga: Saga, motivo: str) -> None:
        """There is none to be had."""
        campos = {"id_servicio_datos": f"d-{saga.id}", "id_suscripcion": saga.id_suscripcion, "id_saga": saga.id}
        self.dice(datos.ServicioDatosRechazada(motivo=motivo, **campos))
        self.paso(saga, sagas.RESERVAR, sagas.RECHAZADO, DATOS, motivo)

    def inicia(self, saga: Saga) -> None:
        """It goes to work."""
        self._dice_de(datos.ServicioDatosIniciado, f"d-{saga.id}", saga.id)
        self.servicios[f"d-{saga.id}"] = replace(self.servicios[f"d-{saga.id}"], estado="INICIADO")
        self.paso(saga, sagas.INICIAR, recurso=DATOS)

    def libera(self, saga: Saga, *, responde: bool = True) -> None:
        """What the subscription holds is given back, if anything; the saga is told so once."""
        resultado, motivo = sagas.OMITIDO, motivos.NADA_QUE_LIBERAR
        for id, servicio in self.servicios.items():
            if servicio.id_suscripcion == saga.id_suscripcion and servicio.estado != "TERMINADO":
                self._dice_de(datos.ServicioDatosTerminado, id, saga.id if servicio.id_saga else "")
                self.servicios[id] = replace(servicio, estado="TERMINADO")
                if servicio.id_saga:
                    resultado, motivo = sagas.HECHO, ""
        if responde and saga not in self._liberadas:
            self.paso(saga, sagas.LIBERAR, resultado, DATOS, motivo)
            self._liberadas.append(saga)

    def servicio_a_mano(self, id: str, id_suscripcion: str) -> None:
        """Somebody makes one, starts it, and has another expert look after it."""
        pedida = datos.SuscripcionPedida(codigo=id_suscripcion)
        self.manda(datos.CrearServicioDatos(suscripcion=pedida), id)
        self.servicios[id] = ServicioDatos(id_suscripcion, "", "INICIADO", EXPERTO, None)
        self._dice_de(datos.ServicioDatosCreada, id, "", experto_codigo="e-2", **LUGAR)
        self._dice_de(datos.ExpertoAsignado, id, "", experto_codigo="e-2")
        self.manda(datos.IniciarServicioDatos(id_servicio_datos=id), id)
        self._dice_de(datos.ServicioDatosIniciado, id, "")
        self.manda(datos.AsignarExperto(id_servicio_datos=id, experto_codigo=EXPERTO), id)
        self._dice_de(datos.ExpertoAsignado, id, "", experto_codigo=EXPERTO, experto_anterior_codigo="e-2")

    def termina_a_mano(self, id: str) -> None:
        """Somebody ends it."""
        self.manda(datos.TerminarServicioDatos(id_servicio_datos=id), id)
        self._dice_de(datos.ServicioDatosTerminado, id, "", motivo=motivos.TERMINADO_A_PETICION)
        self.servicios[id] = replace(self.servicios[id], estado="TERMINADO")

    def _dice_de(self, hecho: Any, id: str, id_saga: str, **campos: str) -> None:
        de = self.servicios[id].id_suscripcion
        self.dice(hecho(id_servicio_datos=id, id_suscripcion=de, id_saga=id_saga, **campos))

    # Stories of images

    def imagen(self, id: str) -> None:
        """An image is anonymised."""
        self.manda(procesamiento.AnonimizarImagen(id_imagen=id, modalidad="Rayos X"), id)
        self.imagenes[id] = "ANONIMIZADA"
        self.dice(procesamiento.ImagenAnonimizada(id_imagen=id, modalidad="Rayos X"))

    def imagen_rechazada(self, id: str) -> None:
        """An image is refused."""
        motivo = motivos.DATOS_INVALIDOS
        comando = self.manda(procesamiento.AnonimizarImagen(id_imagen=id), id, motivo)
        self.imagenes[id] = "RECHAZADA"
        self.dice(procesamiento.AnonimizacionRechazada(id_imagen=id, id_comando=comando, motivo=motivo))

    def _cuantos(self) -> int:
        return sum(map(len, self._dichos.values()))

    def _anota(self, dicho: Dicho) -> None:
        tipo = type(dicho.mensaje)
        self._dichos[tipo].append(dicho)
        for contexto, oidos in OIDOS.items():
            if tipo in oidos:
                self._inbox[contexto].add(dicho.id)
