"""Is the platform at rest in agreement with itself? The four databases against each other, and against the topics.

It looks from outside, with none of the services' code: rows as SQL shows them, messages as the topics hold them, and
the rules of the contract written down anew (§3 to §5). What it takes for granted: that nothing is in course any more
(`pendiente`), and that no outbox row was pruned yet.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pulsar
from tests.fallos.acta import Acta, Clase, Hallazgo
from tests.saga.bases import filas
from tests.saga.topicos import leer

import contratos.notificaciones
import contratos.procesamiento
import contratos.sagas
import contratos.servicio_datos
import contratos.suscripciones
from contratos import REGISTRO, Mensaje
from contratos.procesamiento import AnonimizarImagen
from contratos.sagas import TransicionSaga
from contratos.suscripciones import CrearSuscripcion
from plataforma.proveedores import Servidores
from seedwork.infraestructura import avro
from seedwork.infraestructura.aprovisionamiento import SUSCRIPCION_CARTAS, Aprovisionador, topico_cartas
from seedwork.infraestructura.pulsar import crear_cliente

OIDOS: Mapping[str, Collection[type[Mensaje]]] = {
    "suscripciones": (CrearSuscripcion, TransicionSaga),
    "servicio_datos": (
        contratos.suscripciones.SuscripcionCreada,
        contratos.suscripciones.SuscripcionActivada,
        contratos.suscripciones.SuscripcionRechazada,
    ),
    "notificaciones": (
        contratos.suscripciones.SuscripcionAprovisionada,
        contratos.suscripciones.SuscripcionActivada,
        contratos.suscripciones.SuscripcionRechazada,
    ),
    "procesamiento": (AnonimizarImagen,),
}
"""What each service, by its package, consumes."""

PROPIOS = ("suscripciones", "servicio-datos", "procesamiento", "notificaciones", "sagas")
"""The contexts of the platform; tests register messages of others."""

COMANDOS: Mapping[str, type[Mensaje]] = {"suscripciones": CrearSuscripcion, "procesamiento": AnonimizarImagen}


@dataclass(frozen=True)
class Dicho:
    """A message on a topic."""

    id: str
    fuente: str
    sujeto: str
    secuencia: int | None
    mensaje: Any


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
        """Each command has one fate; one that was applied has its effect."""
        for paquete, tipo in COMANDOS.items():
            enviados = {d.id: d.sujeto for d in self.dichos[tipo]}
            destinos = dict(filas(self.bases[paquete], "SELECT id_comando, estado FROM comandos"))
            self._acta.hallar(Clase.PERDIDO, enviados.keys() - destinos.keys(), f"{tipo.__name__} without a fate")
            self._acta.hallar(Clase.OTRO, destinos.keys() - enviados.keys(), f"a fate, and no {tipo.__name__}")
        faltan = set(self.suscripciones) - self._estados.keys()
        self._acta.hallar(Clase.PERDIDO, faltan, "accepted, and no such subscription")

    @cached_property
    def _estados(self) -> Mapping[str, tuple[str, str, tuple[str, ...]]]:
        """State, saga and required resources of each subscription."""
        consulta = "SELECT id, estado, saga->>'id', saga->'requeridos' FROM suscripciones"
        return {i: (e, s, tuple(r)) for i, e, s, r in filas(self.bases["suscripciones"], consulta)}

    def _unicos(self, tipo: type[Mensaje]) -> list[Any]:
        """The payloads on a topic, each id once."""
        return list({d.id: d.mensaje for d in self.dichos[tipo]}.values())

    def _suscripciones(self) -> None:
        """Each is decided one way, its saga ended accordingly, and each fact and step was said once."""
        acta, base = self._acta, self.bases["suscripciones"]
        pasos: dict[str, list[TransicionSaga]] = defaultdict(list)
        for paso in self._unicos(TransicionSaga):
            pasos[paso.id_saga].append(paso)
        for id_saga, suyos in pasos.items():
            veces = Counter((p.participante, p.paso, p.recurso) for p in suyos)
            acta.hallar(Clase.DOBLADO, [f"{c} of {id_saga}" for c, n in veces.items() if n > 1], "step")
            decisiones = [p.paso for p in suyos if p.paso in ("ACTIVAR", "RECHAZAR")]
            acta.exigir(len(decisiones) == 1, f"saga {id_saga} was decided as {decisiones}")
        for id, (estado, id_saga, requeridos) in self._estados.items():
            fin = _fin(pasos[id_saga])
            if estado == "PENDIENTE" or fin == "EN_CURSO":
                dados = sorted((p.paso, p.resultado) for p in pasos[id_saga])
                acta.hallar(Clase.ATASCADO, [id], f"{estado}, its saga {fin} with {dados}")
            elif (estado, fin) not in (("ACTIVA", "COMPLETADA"), ("RECHAZADA", "COMPENSADA")):
                acta.hallar(Clase.OTRO, [id], f"{estado}, and its saga {fin}")
            if estado == "RECHAZADA" and not set(requeridos) <= {
                p.recurso for p in pasos[id_saga] if p.paso == "LIBERAR"
            }:
                acta.hallar(Clase.SIN_DEVOLVER, [id], "refused, and a required resource without LIBERAR")
        acta.hallar(
            Clase.ATASCADO,
            filas(base, "SELECT id FROM suscripciones WHERE (saga->>'en_curso')::bool OR plazo IS NOT NULL"),
            "a saga in course, or a deadline, is noted on the row",
        )
        contados = {f[0] for f in filas(base, "SELECT id FROM saga_pasos")}
        acta.hallar(Clase.PERDIDO, {d.id for d in self.dichos[TransicionSaga]} - contados, "step not in the view")
        activas = [i for i, (e, _, _) in self._estados.items() if e == "ACTIVA"]
        rechazadas = [i for i, (e, _, _) in self._estados.items() if e == "RECHAZADA"]
        self._uno_por(contratos.suscripciones.SuscripcionActivada, activas)
        self._uno_por(contratos.suscripciones.SuscripcionRechazada, rechazadas)
        facturas = [f[0] for f in filas(base, "SELECT id_suscripcion FROM facturas")]
        acta.hallar(Clase.DOBLADO, _repetidos(facturas), "invoice")
        acta.hallar(Clase.OTRO, set(facturas) - set(activas), "invoice of what is not ACTIVA")
        self._uno_por(contratos.suscripciones.FacturaEmitida, facturas)

    def _uno_por(self, tipo: type[Mensaje], ids: Iterable[str]) -> None:
        """The topic holds one such fact for each of these subscriptions, and no other."""
        dichos = [m.id_suscripcion for m in self._unicos(tipo)]
        self._acta.hallar(Clase.DOBLADO, _repetidos(dichos), tipo.__name__)
        self._acta.hallar(Clase.PERDIDO, set(ids) - set(dichos), f"no {tipo.__name__}")
        self._acta.hallar(Clase.OTRO, set(dichos) - set(ids), f"{tipo.__name__} without reason")

    def _servicios(self) -> None:
        """Who is ACTIVA has what its plan requires, once; nobody else holds anything; the experts' places add up."""
        acta, base = self._acta, self.bases["servicio_datos"]
        consulta = "SELECT id_suscripcion, id_saga, estado, experto_codigo FROM servicios_datos"
        servicios = filas(base, consulta)
        vivos = {s: (saga, estado) for s, saga, estado, _ in servicios if estado != "TERMINADO"}
        acta.hallar(Clase.DOBLADO, _repetidos(saga for _, saga, _, _ in servicios), "data service of a saga")
        for id, (estado, id_saga, requeridos) in self._estados.items():
            debido = (id_saga, "INICIADO") if estado == "ACTIVA" and "servicio_datos" in requeridos else None
            hay = vivos.pop(id, None)
            if debido and not hay:
                acta.hallar(Clase.PERDIDO, [id], "ACTIVA without its data service")
            elif hay and not debido:
                acta.hallar(Clase.SIN_DEVOLVER, [id], f"{estado}, and holds a data service")
            elif hay != debido:
                acta.hallar(Clase.ATASCADO, [id], f"its data service is {hay}, not {debido}")
        acta.hallar(Clase.SIN_DEVOLVER, vivos, "a data service of an unknown subscription")
        ocupados = Counter(experto for _, _, estado, experto in servicios if estado != "TERMINADO")
        for codigo, usados in filas(base, "SELECT codigo, usados FROM expertos"):
            if usados > ocupados[codigo]:
                acta.hallar(Clase.SIN_DEVOLVER, [codigo], f"{usados} places taken, {ocupados[codigo]} in use")
            elif usados < ocupados[codigo]:
                acta.hallar(Clase.DOBLADO, [codigo], f"{usados} places taken, {ocupados[codigo]} in use")
        suscritas = [s for s, *_ in servicios]
        terminadas = [s for s, _, estado, _ in servicios if estado == "TERMINADO"]
        for tipo, ids in (
            (contratos.servicio_datos.ServicioDatosCreada, suscritas),
            (contratos.servicio_datos.ExpertoAsignado, suscritas),
            (contratos.servicio_datos.ServicioDatosTerminado, terminadas),
        ):
            self._uno_por(tipo, ids)

    def _notificaciones(self) -> None:
        """Each client was told what there was to tell, once; no delivery is left over; the view equals its events."""
        acta, base = self._acta, self.bases["notificaciones"]
        acta.hallar(Clase.ATASCADO, filas(base, "SELECT id_notificacion FROM envios"), "a delivery is left over")
        avisos = filas(base, "SELECT id_suscripcion, tipo, estado FROM vista_notificaciones")
        acta.hallar(Clase.DOBLADO, _repetidos((s, t) for s, t, _ in avisos), "notification")
        acta.hallar(
            Clase.ATASCADO, [a for a in avisos if a[2] not in ("CONFIRMADA", "FALLIDA", "ANULADA")], "not delivered"
        )
        hechos = {(s, t) for s, t, _ in avisos}
        debidos = set()
        for id, (estado, _, requeridos) in self._estados.items():
            if estado == "RECHAZADA":
                debidos.add((id, "SUSCRIPCION_RECHAZADA"))
            elif estado == "ACTIVA":
                debidos.add((id, "SERVICIO_LISTO" if requeridos else "SUSCRIPCION_ACTIVA"))
        acta.hallar(Clase.PERDIDO, debidos - hechos, "not told")
        acta.hallar(
            Clase.OTRO,
            [a for a in hechos - debidos if a[1] != "SERVICIO_LISTO"],
            "told without reason",
        )
        huecos = "SELECT flujo FROM eventos GROUP BY flujo HAVING max(version) <> count(*)"
        acta.hallar(Clase.PERDIDO, filas(base, huecos), "a stream with a gap")
        desiguales = (
            "SELECT v.id FROM vista_notificaciones v WHERE v.version <> (SELECT max(e.version) FROM eventos e"
            " WHERE e.flujo = v.id)"
        )
        acta.hallar(Clase.OTRO, filas(base, desiguales), "the view lags its events")

    def _imagenes(self) -> None:
        """Each accepted image is one record, and one event tells of it."""
        acta, base = self._acta, self.bases["procesamiento"]
        estados = dict(filas(base, "SELECT id, estado FROM imagenes"))
        acta.hallar(Clase.PERDIDO, set(self.imagenes) - estados.keys(), "accepted, and no such image")
        contadas = [m.id_imagen for m in self._unicos(contratos.procesamiento.ImagenAnonimizada)]
        acta.hallar(Clase.DOBLADO, _repetidos(contadas), "ImagenAnonimizada")
        anonimizadas = {id for id, estado in estados.items() if estado == "ANONIMIZADA"}
        acta.hallar(Clase.PERDIDO, anonimizadas - set(contadas), "no ImagenAnonimizada")
        acta.hallar(Clase.OTRO, set(contadas) - anonimizadas, "ImagenAnonimizada without a record")


def pendiente(servidores: Servidores, bases: Mapping[str, str]) -> str | None:
    """What is still in course, in words; None at rest. Dead letters are at rest.

    Raises:
        psycopg2.Error, ErrorDeAprovisionamiento: a server is away.
    """
    for paquete, base in bases.items():
        if (cuantos := filas(base, "SELECT count(*) FROM outbox WHERE enviado IS NULL")[0][0]) > 0:
            return f"{paquete}: {cuantos} outbox rows not sent"
    if (envios := filas(bases["notificaciones"], "SELECT count(*) FROM envios")[0][0]) > 0:
        return f"{envios} deliveries not over"
    indecisas = "SELECT count(*) FROM suscripciones WHERE estado = 'PENDIENTE' OR (saga->>'en_curso')::bool"
    if (cuantas := filas(bases["suscripciones"], indecisas)[0][0]) > 0:
        return f"{cuantas} sagas in course"
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


def _fin(pasos: Collection[TransicionSaga]) -> str:
    """How a saga ended, by the contract's words (§4, "The end follows from the topic alone")."""
    nombres = {p.paso for p in pasos}
    requeridos = {r for p in pasos for r in p.recursos_requeridos}
    liberados = {r for p in pasos for r in p.recursos_liberados}
    iniciados = {p.recurso for p in pasos if (p.paso, p.resultado) == ("INICIAR", "HECHO")}
    devueltos = {p.recurso for p in pasos if p.paso == "LIBERAR"}
    if "ACTIVAR" in nombres and requeridos <= iniciados and liberados <= devueltos:
        return "COMPLETADA"
    if nombres & {"RECHAZAR", "CANCELAR"} and requeridos | (liberados if "ACTIVAR" in nombres else set()) <= devueltos:
        return "COMPENSADA"
    return "EN_CURSO"


def _repetidos(valores: Iterable[Any]) -> list[Any]:
    return [valor for valor, veces in Counter(valores).items() if veces > 1]
