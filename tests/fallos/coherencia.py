"""Is the platform at rest in agreement with itself? The four databases against each other, and against the topics.

It looks from outside, with none of the services' code: rows as SQL shows them, messages as the topics hold them, and
the rules of the contract written down anew (§3 to §5). What it takes for granted: that nothing is in course any more
(`pendiente`), and that no outbox row was pruned yet.
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pulsar
from tests.fallos.acta import Acta, Clase, Hallazgo
from tests.saga.bases import filas
from tests.saga.topicos import leer

from contratos import REGISTRO, Mensaje, procesamiento, servicio_datos, suscripciones
from contratos.procesamiento import AnonimizarImagen
from contratos.sagas import TransicionSaga
from plataforma.proveedores import Servidores
from seedwork.infraestructura import avro
from seedwork.infraestructura.aprovisionamiento import SUSCRIPCION_CARTAS, Aprovisionador, topico_cartas
from seedwork.infraestructura.pulsar import crear_cliente

OIDOS: Mapping[str, Collection[type[Mensaje]]] = {
    "suscripciones": (
        suscripciones.CrearSuscripcion,
        suscripciones.CambiarPlanSuscripcion,
        suscripciones.CancelarSuscripcion,
        suscripciones.PagarSuscripcion,
        TransicionSaga,
    ),
    "servicio_datos": (
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
    "procesamiento": (AnonimizarImagen,),
}
"""What each service, by its package, consumes."""

PROPIOS = ("suscripciones", "servicio-datos", "procesamiento", "notificaciones", "sagas")
"""The contexts of the platform; tests register messages of others."""

COMANDOS: Mapping[str, Collection[type[Mensaje]]] = {
    paquete: [tipo for tipo in tipos if tipo.clase == "comando"] for paquete, tipos in OIDOS.items()
}


@dataclass(frozen=True)
class Dicho:
    """A message on a topic."""

    id: str
    fuente: str
    sujeto: str
    secuencia: int | None
    mensaje: Any


@dataclass(frozen=True)
class Ficha:
    """A subscription's row."""

    estado: str
    id_saga: str
    recursos: Collection[str]


DECISIONES = (
    {"ACTIVAR"},
    {"RECHAZAR"},
    {"CANCELAR"},
    {"ACTIVAR", "CANCELAR"},
    {"RECHAZAR", "CANCELAR"},
)
"""How a saga may be decided; also by its own end and then by that of the subscription."""


@dataclass(frozen=True)
class Historia:
    """A saga's steps."""

    pasos: Sequence[TransicionSaga]

    @cached_property
    def nombres(self) -> set[str]:
        return {p.paso for p in self.pasos}

    @property
    def id_suscripcion(self) -> str:
        return self.pasos[0].id_suscripcion

    @property
    def decisiones(self) -> set[str]:
        return self.nombres & {"ACTIVAR", "RECHAZAR", "CANCELAR"}

    @property
    def dados(self) -> list[tuple[str, str, str]]:
        return sorted((p.paso, p.recurso, p.resultado) for p in self.pasos)

    @property
    def repetidos(self) -> list[Any]:
        """Steps that were told more than once; the client is told of a refused change and of a cancellation."""
        veces = Counter((p.participante, p.paso, p.recurso) for p in self.pasos)
        avisos = len(self.nombres & {"RECHAZAR", "CANCELAR"})
        return [clave for clave, n in veces.items() if n > (avisos if clave[1] == "AVISAR" else 1)]

    @cached_property
    def requeridos(self) -> set[str]:
        return {r for p in self.pasos for r in p.recursos_requeridos}

    @property
    def fin(self) -> str:
        """How it ended, by the contract's words (§4, "The end follows from the topic alone")."""
        liberados = {r for p in self.pasos for r in p.recursos_liberados}
        iniciados = {p.recurso for p in self.pasos if (p.paso, p.resultado) == ("INICIAR", "HECHO")}
        devueltos = {p.recurso for p in self.pasos if p.paso == "LIBERAR"}
        activada = "ACTIVAR" in self.nombres
        if activada and self.requeridos <= iniciados and liberados <= devueltos:
            return "COMPLETADA"
        if self.nombres & {"RECHAZAR", "CANCELAR"} and (
            self.requeridos | (liberados if activada else set()) <= devueltos
        ):
            return "COMPENSADA"
        return "EN_CURSO"


@dataclass
class Examen:
    """One look at everything.

    Attributes:
        servidores: where broker and PostgreSQL are.
        bases: each service's database, by its package.
        imagenes: ids whose commands were accepted.
        suscripciones: likewise.
        cartas: dead letters that there ought to be.
    """

    servidores: Servidores
    bases: Mapping[str, str]
    imagenes: Collection[str] = ()
    suscripciones: Collection[str] = ()
    cartas: int = 0
    hallazgos: list[Hallazgo] = field(default_factory=list)

    def examinar(self) -> list[Hallazgo]:
        """Everything that is not as it ought to be."""
        self._acta = Acta("examen")
        self._mensajes()
        self._comandos()
        self._suscripciones()
        self._servicios()
        self._notificaciones()
        self._imagenes()
        return self._acta.hallazgos

    @cached_property
    def dichos(self) -> Mapping[type[Mensaje], list[Dicho]]:
        """What each topic holds, in its order, repeats included."""
        cliente = crear_cliente(self.servidores.pulsar_url)
        try:
            tipos = [tipo for tipo in REGISTRO.values() if tipo.contexto in PROPIOS]
            return {tipo: [_dicho(tipo, m) for m in leer(cliente, tipo.topico)] for tipo in tipos}
        finally:
            cliente.shutdown()

    @property
    def repetidos(self) -> int:
        """Messages that a topic holds again, under the same id: repeated by a relay, or on purpose."""
        return sum(len(d) - len({x.id for x in d}) for d in self.dichos.values())

    def _mensajes(self) -> None:
        """Outbox rows equal messages; each aggregate counts 1, 2, 3 …, in order; all that is heard was taken in."""
        acta = self._acta
        for paquete, base in self.bases.items():
            fuente = "/saludtech/" + paquete.replace("_", "-")
            guardados = {f[0] for f in filas(base, "SELECT ce_id FROM outbox")}
            propios = {d.id for dichos in self.dichos.values() for d in dichos if d.fuente == fuente}
            acta.hallar(Clase.PERDIDO, guardados - propios, f"{paquete}: committed and not on its topic")
            acta.hallar(Clase.OTRO, propios - guardados, f"{paquete}: on a topic and never committed")
            oidos = {d.id for tipo in OIDOS[paquete] for d in self.dichos[tipo]}
            tomados = {f[0] for f in filas(base, "SELECT ce_id FROM inbox")}
            acta.hallar(Clase.PERDIDO, oidos - tomados, f"{paquete}: on a topic and not in the inbox")
            acta.hallar(Clase.ATASCADO, filas(base, "SELECT ce_id, tipo FROM intentos"), f"{paquete}: attempts left")
            # A batch that vanished stays noted until it is pruned; what it held must have been taken in.
            acta.hallar(
                Clase.ATASCADO,
                {id for (ids,) in filas(base, "SELECT ce_ids FROM lotes") for id in ids} - tomados,
                f"{paquete}: in a batch that never ended",
            )
        for tipo, dichos in self.dichos.items():
            ultima: dict[str, int] = defaultdict(int)
            vistos: set[str] = set()
            for dicho in dichos:
                if dicho.secuencia is None or dicho.id in vistos:
                    continue
                vistos.add(dicho.id)
                if dicho.secuencia <= ultima[dicho.sujeto]:
                    acta.hallar(Clase.OTRO, [dicho.sujeto], f"{tipo.__name__} out of order")
                ultima[dicho.sujeto] = dicho.secuencia
        numeros: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
        for dichos in self.dichos.values():
            for d in dichos:
                if d.secuencia is not None:
                    numeros[d.fuente, d.sujeto][d.id] = d.secuencia
        for (fuente, sujeto), de in numeros.items():
            if sorted(de.values()) != list(range(1, len(de) + 1)):
                acta.hallar(Clase.OTRO, [sujeto], f"{fuente}: sequence numbers {sorted(de.values())}")
        aprovisionador = Aprovisionador(self.servidores.admin_url)
        contextos = [paquete.replace("_", "-") for paquete in self.bases]
        cartas = {c: aprovisionador.atraso(topico_cartas(c), SUSCRIPCION_CARTAS) for c in contextos}
        acta.exigir(sum(cartas.values()) == self.cartas, f"dead letters: {cartas}, not {self.cartas}")

    def _comandos(self) -> None:
        """Each command has one fate, and each that was accepted has its aggregate."""
        for paquete, tipos in COMANDOS.items():
            enviados = {d.id for tipo in tipos for d in self.dichos[tipo]}
            destinos = {f[0] for f in filas(self.bases[paquete], "SELECT id_comando FROM comandos")}
            self._acta.hallar(Clase.PERDIDO, enviados - destinos, f"{paquete}: command without a fate")
            self._acta.hallar(Clase.OTRO, destinos - enviados, f"{paquete}: a fate, and no command")
        faltan = set(self.suscripciones) - self._fichas.keys()
        self._acta.hallar(Clase.PERDIDO, faltan, "accepted, and no such subscription")

    @cached_property
    def _fichas(self) -> Mapping[str, Ficha]:
        """Each subscription, as its row shows it."""
        consulta = "SELECT id, estado, saga->>'id', recursos FROM suscripciones"
        return {id: Ficha(*resto) for id, *resto in filas(self.bases["suscripciones"], consulta)}

    def _en(self, *estados: str) -> set[str]:
        return {id for id, ficha in self._fichas.items() if ficha.estado in estados}

    @cached_property
    def _sagas(self) -> Mapping[str, Historia]:
        """Each saga, as the topic tells it."""
        pasos: dict[str, list[TransicionSaga]] = defaultdict(list)
        for paso in self._unicos(TransicionSaga):
            pasos[paso.id_saga].append(paso)
        return {id: Historia(suyos) for id, suyos in pasos.items()}

    def _sagas_con(self, *pasos: str) -> set[str]:
        return {id for id, historia in self._sagas.items() if historia.nombres >= set(pasos)}

    def _unicos(self, tipo: type[Mensaje]) -> list[Any]:
        """The payloads on a topic, each id once."""
        return list({d.id: d.mensaje for d in self.dichos[tipo]}.values())

    def _uno_por(self, tipo: type[Mensaje], ids: Iterable[str], campo: str = "id_suscripcion") -> None:
        """The topic holds one such fact for each of these, and no other."""
        dichos = [getattr(m, campo) for m in self._unicos(tipo)]
        self._acta.hallar(Clase.DOBLADO, _repetidos(dichos), tipo.__name__)
        self._acta.hallar(Clase.PERDIDO, set(ids) - set(dichos), f"no {tipo.__name__}")
        self._acta.hallar(Clase.OTRO, set(dichos) - set(ids), f"{tipo.__name__} without reason")

    def _suscripciones(self) -> None:
        """Each is decided one way, its sagas ended accordingly, and each fact and step was said once."""
        acta, base = self._acta, self.bases["suscripciones"]
        for id_saga, historia in self._sagas.items():
            acta.hallar(Clase.DOBLADO, [f"{c} of {id_saga}" for c in historia.repetidos], "step")
            acta.exigir(historia.decisiones in DECISIONES, f"saga {id_saga} was decided as {historia.decisiones}")
            acta.hallar(
                Clase.ATASCADO, [id_saga] if historia.fin == "EN_CURSO" else [], f"saga in course: {historia.dados}"
            )
        for id, ficha in self._fichas.items():
            fin = self._sagas[ficha.id_saga].fin if ficha.id_saga in self._sagas else "unknown"
            if ficha.estado == "PENDIENTE":
                acta.hallar(Clase.ATASCADO, [id], f"PENDIENTE, its saga {fin}")
            elif ficha.estado == "RECHAZADA" and fin != "COMPENSADA":
                acta.hallar(Clase.OTRO, [id], f"RECHAZADA, and its saga {fin}")
        acta.hallar(
            Clase.ATASCADO,
            filas(base, "SELECT id FROM suscripciones WHERE (saga->>'en_curso')::bool OR plazo IS NOT NULL"),
            "a saga in course, or a deadline, is noted on the row",
        )
        contados = {f[0] for f in filas(base, "SELECT id FROM saga_pasos")}
        acta.hallar(Clase.PERDIDO, {d.id for d in self.dichos[TransicionSaga]} - contados, "step not in the view")
        activadas = {self._sagas[s].id_suscripcion for s in self._sagas_con("CREAR", "ACTIVAR")}
        acta.hallar(Clase.OTRO, self._en("ACTIVA") - activadas, "ACTIVA, and was never activated")
        canceladas = {self._sagas[s].id_suscripcion for s in self._sagas_con("CANCELAR")}
        acta.hallar(Clase.OTRO, canceladas ^ self._en("CANCELADA"), "CANCELADA and CANCELAR differ")
        self._uno_por(suscripciones.SuscripcionActivada, activadas)
        self._uno_por(suscripciones.SuscripcionRechazada, self._en("RECHAZADA"))
        self._uno_por(suscripciones.SuscripcionCancelada, self._en("CANCELADA"))
        self._uno_por(suscripciones.CambioPlanIniciado, self._sagas_con("CAMBIAR"), "id_saga")
        self._uno_por(suscripciones.SuscripcionPlanModificado, self._sagas_con("CAMBIAR", "ACTIVAR"), "id_saga")
        self._uno_por(suscripciones.CambioPlanRechazado, self._sagas_con("CAMBIAR", "RECHAZAR"), "id_saga")
        self._facturas(activadas)

    def _facturas(self, activadas: Collection[str]) -> None:
        """One for each period of what has a price, paid at most once; none is due of what was cancelled."""
        acta = self._acta
        facturas = filas(self.bases["suscripciones"], "SELECT id, id_suscripcion, estado, periodo FROM facturas")
        acta.hallar(Clase.DOBLADO, _repetidos((s, periodo.date()) for _, s, _, periodo in facturas), "invoice")
        acta.hallar(Clase.OTRO, {s for _, s, *_ in facturas} - set(activadas), "invoice of what was never activated")
        self._uno_por(suscripciones.FacturaEmitida, [id for id, *_ in facturas], "id_factura")
        pagadas = [id for id, _, estado, _ in facturas if estado == "PAGADA"]
        self._uno_por(suscripciones.SuscripcionPagada, pagadas, "id_factura")
        canceladas = self._en("CANCELADA")
        for id, suscripcion, estado, _ in facturas:
            if estado == "PAGADA":
                continue
            debido = "ANULADA" if suscripcion in canceladas else "EMITIDA"
            acta.exigir(estado == debido, f"invoice {id} is {estado}, not {debido}")

    def _servicios(self) -> None:
        """Who is ACTIVA has what its plan requires, once; nobody else holds anything; the experts' places add up."""
        acta, base = self._acta, self.bases["servicio_datos"]
        consulta = "SELECT id, id_suscripcion, coalesce(id_saga, ''), estado, experto_codigo FROM servicios_datos"
        servicios = filas(base, consulta)
        vivos = {s: (saga, estado) for _, s, saga, estado, _ in servicios if estado != "TERMINADO"}
        acta.hallar(Clase.DOBLADO, _repetidos(saga for _, _, saga, _, _ in servicios if saga), "data service of a saga")
        for id, ficha in self._fichas.items():
            saga, hay = vivos.pop(id, ("", ""))
            a_mano = bool(hay) and not saga
            if ficha.estado != "ACTIVA":
                acta.hallar(Clase.SIN_DEVOLVER, [id] if hay else [], f"{ficha.estado}, and holds a data service")
            elif "servicio_datos" not in ficha.recursos:
                sobra = [id] if hay and not a_mano else []
                acta.hallar(Clase.SIN_DEVOLVER, sobra, "its plan requires no data service, and it holds a saga's")
            elif not hay:
                acta.hallar(Clase.PERDIDO, [id], "ACTIVA without its data service")
            elif hay != "INICIADO" or a_mano:
                acta.hallar(Clase.ATASCADO, [id], f"its data service is {hay}, of saga {saga!r}")
        acta.hallar(Clase.SIN_DEVOLVER, vivos, "a data service of an unknown subscription")
        ocupados = Counter(experto for _, _, _, estado, experto in servicios if estado != "TERMINADO")
        for codigo, usados in filas(base, "SELECT codigo, usados FROM expertos"):
            if usados > ocupados[codigo]:
                acta.hallar(Clase.SIN_DEVOLVER, [codigo], f"{usados} places taken, {ocupados[codigo]} in use")
            elif usados < ocupados[codigo]:
                acta.hallar(Clase.DOBLADO, [codigo], f"{usados} places taken, {ocupados[codigo]} in use")
        todos = [id for id, *_ in servicios]
        terminados = [id for id, _, _, estado, _ in servicios if estado == "TERMINADO"]
        self._uno_por(servicio_datos.ServicioDatosCreada, todos, "id_servicio_datos")
        self._uno_por(servicio_datos.ServicioDatosTerminado, terminados, "id_servicio_datos")
        asignados = {m.id_servicio_datos: m.experto_codigo for m in self._unicos(servicio_datos.ExpertoAsignado)}
        acta.hallar(
            Clase.OTRO,
            [id for id, _, _, _, experto in servicios if asignados.get(id) != experto],
            "its expert is not the one that was last told",
        )

    def _notificaciones(self) -> None:
        """Each client was told what there was to tell, once; no delivery is left over; the view equals its events."""
        acta, base = self._acta, self.bases["notificaciones"]
        acta.hallar(Clase.ATASCADO, filas(base, "SELECT id_notificacion FROM envios"), "a delivery is left over")
        avisos = filas(base, "SELECT id, id_saga, id_suscripcion, tipo, estado FROM vista_notificaciones")
        acta.hallar(
            Clase.ATASCADO, [a for a in avisos if a[4] not in ("CONFIRMADA", "FALLIDA", "ANULADA")], "not delivered"
        )
        pagos = Counter(s for _, _, s, tipo, _ in avisos if tipo == "PAGO_RECIBIDO")
        pagadas = Counter(m.id_suscripcion for m in self._unicos(suscripciones.SuscripcionPagada))
        acta.exigir(pagos == pagadas, f"payments told: {(pagos - pagadas) or (pagadas - pagos)} differ")
        dados = [(saga, tipo) for _, saga, _, tipo, _ in avisos if tipo != "PAGO_RECIBIDO"]
        acta.hallar(Clase.DOBLADO, _repetidos(dados), "notification")
        debidos = {(s, "SERVICIO_LISTO") for s in self._sagas_con("ACTIVAR") if self._sagas[s].requeridos}
        debidos |= {(s, "SUSCRIPCION_RECHAZADA") for s in self._sagas_con("CREAR", "RECHAZAR")}
        debidos |= {(s, "CAMBIO_PLAN_RECHAZADO") for s in self._sagas_con("CAMBIAR", "RECHAZAR")}
        debidos |= {(s, "SUSCRIPCION_CANCELADA") for s in self._sagas_con("CANCELAR")}
        acta.hallar(Clase.PERDIDO, debidos - set(dados), "not told")
        # What a cancellation overtook need not be told any more; until then it has to be.
        posibles = {(s, "SUSCRIPCION_ACTIVA") for s in self._sagas_con("CREAR", "ACTIVAR")}
        posibles |= {(s, "PLAN_MODIFICADO") for s in self._sagas_con("CAMBIAR", "ACTIVAR")}
        vigentes = {
            (s, t)
            for s, t in posibles
            if self._sagas[s].id_suscripcion in self._en("ACTIVA")
            and (t == "PLAN_MODIFICADO" or not self._sagas[s].requeridos)
        }
        acta.hallar(Clase.PERDIDO, vigentes - set(dados), "not told")
        posibles |= {(m.id_saga, "SERVICIO_LISTO") for m in self._unicos(suscripciones.SuscripcionAprovisionada)}
        acta.hallar(Clase.OTRO, set(dados) - debidos - posibles, "told without reason")
        huecos = "SELECT flujo FROM eventos GROUP BY flujo HAVING max(version) <> count(*)"
        acta.hallar(Clase.PERDIDO, filas(base, huecos), "a stream with a gap")
        desiguales = (
            "SELECT v.id FROM vista_notificaciones v WHERE v.version <> (SELECT max(e.version) FROM eventos e"
            " WHERE e.flujo = v.id)"
        )
        acta.hallar(Clase.OTRO, filas(base, desiguales), "the view lags its events")

    def _imagenes(self) -> None:
        """Each accepted image is one record, one event tells of it, and it counts once in its modality."""
        acta, base = self._acta, self.bases["procesamiento"]
        estados = dict(filas(base, "SELECT id, estado FROM imagenes"))
        acta.hallar(Clase.PERDIDO, set(self.imagenes) - estados.keys(), "accepted, and no such image")
        contadas = [m.id_imagen for m in self._unicos(procesamiento.ImagenAnonimizada)]
        acta.hallar(Clase.DOBLADO, _repetidos(contadas), "ImagenAnonimizada")
        anonimizadas = {id for id, estado in estados.items() if estado == "ANONIMIZADA"}
        acta.hallar(Clase.PERDIDO, anonimizadas - set(contadas), "no ImagenAnonimizada")
        acta.hallar(Clase.OTRO, set(contadas) - anonimizadas, "ImagenAnonimizada without a record")
        dichas = Counter(_llana(m.modalidad) for m in self._unicos(procesamiento.ImagenAnonimizada))
        debidas = {modalidad: n for modalidad, n in dichas.items() if 0 < len(modalidad) <= 200}
        cuentas = dict(filas(self.bases["servicio_datos"], "SELECT modalidad, cuantas FROM imagenes_por_modalidad"))
        for modalidad in debidas.keys() | cuentas.keys():
            hay, debe = cuentas.get(modalidad, 0), debidas.get(modalidad, 0)
            clase = Clase.PERDIDO if hay < debe else Clase.DOBLADO
            acta.hallar(clase, [modalidad] if hay != debe else [], f"{hay} images counted, {debe} told")


def pendiente(servidores: Servidores, bases: Mapping[str, str]) -> str | None:
    """What is still in course, in words; None at rest. Dead letters are at rest.

    One look goes from place to place, and what moves may pass behind it: at rest is what nothing was committed in
    meanwhile.

    Raises:
        psycopg2.Error, ErrorDeAprovisionamiento: a server is away.
    """
    if (visto := _en_curso(servidores, bases)) is not None:
        return visto
    antes = _confirmado(bases)
    visto = _en_curso(servidores, bases)
    return visto or (None if _confirmado(bases) == antes else "something was committed while looking")


def _confirmado(bases: Mapping[str, str]) -> list[Any]:
    """What grows with every message that is taken in or said."""
    return [filas(base, "SELECT (SELECT count(*) FROM inbox), (SELECT max(id) FROM outbox)") for base in bases.values()]


def _en_curso(servidores: Servidores, bases: Mapping[str, str]) -> str | None:
    for paquete, base in bases.items():
        if (cuantos := filas(base, "SELECT count(*) FROM outbox WHERE enviado IS NULL")[0][0]) > 0:
            return f"{paquete}: {cuantos} outbox rows not sent"
    if (envios := filas(bases["notificaciones"], "SELECT count(*) FROM envios")[0][0]) > 0:
        return f"{envios} deliveries not over"
    indecisas = "SELECT count(*) FROM suscripciones WHERE estado = 'PENDIENTE' OR (saga->>'en_curso')::bool"
    if (cuantas := filas(bases["suscripciones"], indecisas)[0][0]) > 0:
        return f"{cuantas} sagas in course"
    vencidas = "SELECT count(*) FROM suscripciones WHERE renueva <= clock_timestamp()"
    if (cuantas := filas(bases["suscripciones"], vencidas)[0][0]) > 0:
        return f"{cuantas} renewals due"
    aprovisionador = Aprovisionador(servidores.admin_url)
    for paquete, tipos in OIDOS.items():
        for tipo in tipos:
            if atraso := aprovisionador.atraso(tipo.topico, paquete.replace("_", "-")):
                return f"{paquete}: {atraso} {tipo.__name__} not acknowledged"
    return None


def _dicho(tipo: type[Mensaje], original: pulsar.Message) -> Dicho:
    p = original.properties()
    secuencia = int(p["ce_sequence"]) if "ce_sequence" in p else None
    return Dicho(p["ce_id"], p["ce_source"], p["ce_subject"], secuencia, avro.decodificar(tipo, original.data()))


def _llana(texto: str) -> str:
    """Without case and accents, as modalities are compared."""
    return "".join(c for c in unicodedata.normalize("NFKD", texto.casefold()) if not unicodedata.combining(c))


def _repetidos(valores: Iterable[Any]) -> list[Any]:
    return [valor for valor, veces in Counter(valores).items() if veces > 1]
