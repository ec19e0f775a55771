"""A world: the four services' real parts on a broker and on stores in memory, in one thread, led by a scheduler.

Nothing here decides anything: what can be done next is told (:meth:`Mundo.posible`), and done when it is asked for
(:meth:`Mundo.hacer`). Each deed brings its own seed, so that a schedule can be repeated with deeds left out.
"""

import heapq
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.simulador.azar import Azar
from tests.simulador.clientes import Pedido, pedidos
from tests.simulador.enjambre import PROPIOS, SERVICIOS, Enjambre
from tests.simulador.operador import Operador
from tests.simulador.proceso import NUNCA, PLAZOS, Ficha, Muerte, Paso, Proceso, Tropiezos, desorden, es_ajeno

from anonimizacion.seudonimos import Seudonimizador
from contratos import Mensaje
from contratos.notificaciones import TIPOS
from contratos.suscripciones import CrearSuscripcion
from notificaciones.aplicacion.envio import Politica
from notificaciones.aplicacion.manejadores import MANEJADORES as DE_NOTIFICACIONES
from notificaciones.infraestructura.plantillas import Plantillas
from notificaciones.pruebas import memoria as de_notificaciones
from procesamiento.aplicacion.manejadores import MANEJADORES as DE_PROCESAMIENTO
from procesamiento.aplicacion.rechazo import rechazar_comando as rechazar_imagen
from procesamiento.dominio.anonimizacion import Anonimizador
from procesamiento.pruebas import memoria as de_procesamiento
from procesamiento.pruebas.reconocedor import reconocedor
from seedwork.aplicacion.broker import SinConfirmacion
from seedwork.aplicacion.bus import Manejador, Rechazar
from seedwork.aplicacion.recibido import Recibido
from seedwork.aplicacion.tratamiento import Ilegible
from seedwork.aplicacion.unidad import Abrir
from seedwork.dominio.dinero import Dinero
from seedwork.infraestructura.cloudevents import a_propiedades
from seedwork.infraestructura.tabla import SinBase
from seedwork.infraestructura.topicos import SUBSCRIPTION_CARTAS, topico_cartas, topico_espera
from seedwork.pruebas.almacen import Almacen
from seedwork.pruebas.broker import BrokerEnMemoria, Capricho, MensajeEnMemoria, Suerte
from seedwork.pruebas.entorno import EntornoSimulado, RelojSimulado
from servicio_datos.aplicacion.manejadores import MANEJADORES as DE_SERVICIO_DATOS
from servicio_datos.aplicacion.rechazo import rechazar_comando as rechazar_servicio
from servicio_datos.dominio.catalogo import Catalogo, Dataset, Experto, Nube
from servicio_datos.pruebas import memoria as de_servicio_datos
from suscripciones.aplicacion.manejadores import MANEJADORES as DE_SUSCRIPCIONES
from suscripciones.aplicacion.rechazo import rechazar_comando as rechazar_suscripcion
from suscripciones.dominio.plan import Plan
from suscripciones.pruebas import memoria as de_suscripciones

PLANTILLAS = Plantillas(TIPOS)


def _plan(codigo: str, *recursos: str, precio: str) -> Plan:
    return Plan(
        codigo=codigo,
        nombre=codigo.upper(),
        recursos=recursos,
        precio=Dinero(Decimal(precio), "USD"),
        periodo_dias=30,
    )


PLANES = {
    p.codigo: p
    for p in (
        _plan("free", precio="0.00"),
        _plan("basico", precio="19.90"),
        _plan("pro", "servicio_datos", precio="49.90"),
        _plan("pro-anual", "servicio_datos", precio="499.00"),
    )
}

_VECES = 20
"""How often one topic holds somebody up."""
_MOMENTOS = (0, 0, 1_000, 10_000, 50_000)
"""Microseconds that a deed may take."""
_TARDANZAS = (1, 1, 2, 10)
_LIBRE_S = (0.1, 0.5, 2.0)
"""How long a slow topic moves, between two times that it does not."""
_QUIETO_S = (2.0, 10.0, 60.0, 250.0)


class Imprevisto(Exception):
    """A part ended with an error that no part may end with."""


class _Voluntad(Capricho):
    """What the broker does where it might do one thing or another: as the deed's chance has it."""

    def __init__(self, mundo: "Mundo") -> None:
        self._mundo = mundo

    def elegir(self, cabezas: Sequence[MensajeEnMemoria]) -> int:
        return self._mundo.azar.randrange(len(cabezas))

    def cuantos(self, hay: int) -> int:
        azar = self._mundo.azar
        return hay if azar.random() < 0.5 else azar.randint(1, hay)

    def activo(self, particion: str, cuantos: int) -> int:
        return self._mundo.azar.randrange(cuantos)

    def acuse_llega(self, mensaje: MensajeEnMemoria) -> bool:
        mundo = self._mundo
        mundo.punto("antes de acusar")
        if not mundo.ocurre("acuse_perdido"):
            return True
        mundo.acuse_perdido(mensaje.topico)
        return False

    def suerte(self, topico: str, carga: Any) -> Suerte:
        mundo = self._mundo
        mundo.punto("antes de publicar")
        if mundo.ocurre("publicacion_rechazada"):
            return Suerte.RECHAZADO
        mundo.avisar(topico)
        if mundo.ocurre("publicacion_incierta"):
            return Suerte.SIN_CONFIRMACION
        return Suerte.BIEN


class _Testigo:
    """Counts what becomes of messages. One that fails for no fault of ours is a finding."""

    def __init__(self, mundo: "Mundo") -> None:
        self._mundo = mundo

    def acabado(self, recibido: Recibido, resultado: str) -> None:
        self._mundo.cuentas[resultado] += 1

    def ilegible(self, ilegible: Ilegible) -> None:
        self._mundo.imprevistos.append(f"ilegible: {ilegible.original.topico}: {ilegible.motivo}")

    def fallo(self, recibido: Recibido, intento: int, error: str) -> None:
        self._mundo.cuentas["intento fallido"] += 1
        if not error.startswith("Tropiezo"):
            self._mundo.imprevistos.append(f"{type(recibido.mensaje).__name__}: {error}")

    def lote_tratado(self, mensajes: int, segundos: float, error: str | None) -> None:
        self._mundo.cuentas["lote" if error is None else "lote partido"] += 1


class Mundo:
    """Everything, and its time.

    Args:
        semilla: of its ids, and of what its clients send.
        enjambre: what it has.
        sin: subjects whose clients send nothing.

    Attributes:
        azar: the chance of the deed that is being done.
        cuentas: what happened, by its kind, faults included.
        imprevistos: errors that no part should have met.
        muertos: processes that died since somebody last looked.
        sin_acuse: likewise, processes and topics whose connection has lost an acknowledgement, and breaks by and by.
        cartas: how often each letter arrived.
        planes: the catalogue.
        rechazadas: the letters that no mailbox will take.
        pedidos_confirmados: the subjects of creations that got their 202.
        lentos: of each slow topic, and who hears it slowly, how long it stands still, and how long it then moves.
        retenidos: those of them that began to hold something back.
        proximo: where nothing is possible, the next instant at which something is due by itself, in seconds; infinity
            for never.
        ultimo_latido: when consumers were last called though there was nothing for them, on the world's clock.
    """

    politica = Politica(plazo_s=48.0, espera_s=5.0, pausa_s=0.5)
    plantillas = PLANTILLAS

    def __init__(self, semilla: int, enjambre: Enjambre, sin: Collection[str] = ()) -> None:
        self.enjambre = enjambre
        self.reloj = RelojSimulado()
        self.entorno = EntornoSimulado(semilla, reloj=self.reloj)
        self.azar: random.Random = Azar(semilla)
        self._faltas = enjambre.faltas
        self.cuentas: Counter[str] = Counter()
        self.imprevistos: list[str] = []
        self.muertos: list[str] = []
        self.sin_acuse: list[tuple[str, str]] = []
        self.rechazadas: set[str] = set()
        self.cartas: Counter[str] = Counter()
        self.pedidos_confirmados: set[str] = set()
        self.planes = dict(PLANES)
        self.testigo = _Testigo(self)
        self.tropiezos = Tropiezos(self)
        self.broker = BrokerEnMemoria(self.reloj, _Voluntad(self))
        self.broker.topicos(PROPIOS)
        self._inicio = self.reloj.ahora()
        self.fichas = self._fichas()
        guion = pedidos(random.Random(semilla), enjambre, self._debe, self._reservado)
        self.guion = [p for p in guion if p.sujeto not in sin]
        self._puerta = self.broker.conectar(plazo_s=4.5)
        self._dichos = 0
        self._callada_hasta = 0.0
        self._actor: Proceso | None = None
        self._cliente = Paso("cliente", None, self._hablar, self._toca_hablar)
        self._pasos: Sequence[Paso] = ()
        self._por_nombre: Mapping[str, Paso] = {}
        self._lista: list[Paso] = []
        self.proximo = NUNCA
        self.ultimo_latido = 0.0
        self._alarmas: list[tuple[float, int, Paso]] = []
        self._orden = 0
        self._oyentes: dict[str, list[Paso]] = defaultdict(list)
        self._pendientes_de: dict[str, list[Paso]] = defaultdict(list)
        self.lentos = self._sortear_lentos(random.Random(f"{semilla}/lentos"))
        self.retenidos: list[str] = []
        self._por_soltar: set[str] = set()
        self._veces: Counter[str] = Counter()
        self._lentos_de: dict[str, list[str]] = defaultdict(list)
        for cual in self.lentos:
            self._lentos_de[cual.split(" ")[0]].append(cual)
        desfases = random.Random(f"{semilla}/desfases")
        self.procesos = {
            p.nombre: p
            for ficha in self.fichas.values()
            for n in range(enjambre.instancias[ficha.nombre])
            for p in [Proceso(self, ficha, n, desorden(desfases))]
        }
        for proceso in self.procesos.values():
            proceso.nacer()
        self._reconocer()

    # What can be done

    def posible(self, azar: random.Random) -> str | None:
        """A deed that would do something, faults left out; None where there is none before :attr:`proximo`."""
        ahora, alarmas = self.reloj.micros / 1e6, self._alarmas
        while alarmas and alarmas[0][0] <= ahora:
            paso = heapq.heappop(alarmas)[2]
            paso.alarma = NUNCA
            self._tener_en_mente(paso)
        posible = self._de_la_lista(azar, ahora)
        if posible is None:
            # Nobody is told of everything that befalls others: so before time goes by, all are looked at.
            self.proximo = NUNCA
            for paso in self._pasos:
                cuando = paso.cuando()
                if cuando <= ahora:
                    self._tener_en_mente(paso)
                elif cuando < self.proximo:
                    self.proximo = cuando
            posible = self._de_la_lista(azar, ahora)
        return None if posible is None else posible.nombre

    def _de_la_lista(self, azar: random.Random, ahora: float) -> Paso | None:
        lista = self._lista
        while lista:
            cual = int(azar.random() * len(lista))
            paso = lista[cual]
            cuando = paso.cuando()
            if cuando <= ahora:
                return paso
            if cuando < paso.alarma:
                paso.alarma = cuando
                self._orden += 1
                heapq.heappush(self._alarmas, (cuando, self._orden, paso))
            ultimo = lista.pop()
            if ultimo is not paso:
                lista[cual] = ultimo
            paso.en_lista = False
        return None

    def _tener_en_mente(self, paso: Paso) -> None:
        if not paso.en_lista and not paso.muerto:
            paso.en_lista = True
            self._lista.append(paso)

    def despertar(self) -> None:
        """Anything may have changed."""
        for paso in self._pasos:
            self._tener_en_mente(paso)

    def avisar(self, topico: str) -> None:
        """Something is published there."""
        for cual in self._lentos_de.get(topico, ()):
            if cual not in self._por_soltar and self._veces[cual] < _VECES:
                self._veces[cual] += 1
                self._por_soltar.add(cual)
                self.retenidos.append(cual)
        for paso in self._oyentes[topico]:
            if not paso.en_lista:
                self._tener_en_mente(paso)

    def hacer(self, hecho: str, semilla: int) -> None:
        """Do one deed. It takes a moment.

        Raises:
            Imprevisto: a part ended with an error that it should not have.
        """
        azar = self.azar
        azar.seed(semilla)
        paso = self._por_nombre.get(hecho)
        if paso is not None or hecho.partition("/")[0] in self.procesos:
            # A step of a process whose life is over takes its moment, too.
            self.reloj.micros += _MOMENTOS[semilla % 5]
            if paso is self._cliente:
                paso.no_antes = self._hablar()
            elif paso is not None and paso.proceso is not None and paso.proceso.despierto():
                self._dar(paso, paso.proceso)
        else:
            verbo, *resto = hecho.split(" ")
            getattr(self, f"_{verbo}")(*resto)

    def _dar(self, paso: Paso, proceso: Proceso) -> None:
        self._actor = proceso
        try:
            pausa_s = paso.hacer()
        except Muerte:
            self._matar(proceso)
            return
        except Exception as error:
            if not es_ajeno(error):
                raise Imprevisto(f"{paso.nombre}: {type(error).__name__}: {error}") from error
            pausa_s = 0.5
        finally:
            self._actor = None
        if pausa_s:
            # A thread may be scheduled later than it could be: whoever waits does not come back on the dot.
            paso.no_antes = self.reloj.segundos() + pausa_s * self.azar.choice(_TARDANZAS)
        if not paso.en_lista:
            self._tener_en_mente(paso)

    def _matar(self, proceso: Proceso) -> None:
        proceso.morir()
        self._lista = [p for p in self._lista if not p.muerto]
        self.muertos.append(proceso.nombre)
        self._reconocer()
        # What it held, others get.
        self.despertar()

    def _reconocer(self) -> None:
        """Who hears which topic, and who looks at which database."""
        self._oyentes.clear()
        self._pendientes_de.clear()
        self._pasos = [*(paso for p in self.procesos.values() for paso in p.pasos.values()), self._cliente]
        self._por_nombre = {paso.nombre: paso for paso in self._pasos}
        for proceso in self.procesos.values():
            oidos = {o.nombre.removeprefix(f"{proceso.ficha.nombre}-") for o in proceso.oyentes}
            self._pendientes_de[proceso.ficha.nombre] += [p for n, p in proceso.pasos.items() if n not in oidos]
            for oyente in proceso.oyentes:
                paso = proceso.pasos[oyente.nombre.removeprefix(f"{proceso.ficha.nombre}-")]
                for topico in oyente.topicos:
                    self._oyentes[topico].append(paso)

    # Faults in the middle of a deed

    def ocurre(self, falta: str) -> bool:
        """Whether a fault strikes here."""
        p = self._faltas.get(falta)
        if p is None or self.azar.random() >= p:
            return False
        self.cuentas[f"falta {falta}"] += 1
        return True

    def acuse_perdido(self, topico: str) -> None:
        """An acknowledgement went into a connection that is no more; both ends find that out later."""
        if self._actor is not None:
            self.sin_acuse.append((self._actor.nombre, topico))

    def punto(self, cual: str) -> None:
        """A place between two port calls where the process may be killed.

        Raises:
            Muerte: it is.
        """
        if "muerte" in self._faltas and self._actor is not None and self.ocurre("muerte"):
            self.cuentas[f"muerte {cual}"] += 1
            raise Muerte

    # Faults between deeds

    def _caida(self, nombre: str) -> None:
        proceso = self.procesos[nombre]
        if proceso.vivo:
            self._anotar("caida")
            self._matar(proceso)

    def _nacer(self, nombre: str) -> None:
        if not self.procesos[nombre].vivo:
            self.procesos[nombre].nacer()
            self._reconocer()
            self.despertar()

    def _congelar(self, nombre: str) -> None:
        self._anotar("congelar")
        self.procesos[nombre].congelado_hasta = self.reloj.segundos() + self.azar.choice((0.5, 5.0, 20.0, 90.0, 200.0))

    def _base_ausente(self, servicio: str) -> None:
        almacen = self.fichas[servicio].almacen
        if not almacen.ausente:
            self._anotar("base_ausente")
            almacen.ausente = True
            almacen.lider = None

    def _base_presente(self, servicio: str) -> None:
        self.fichas[servicio].almacen.ausente = False
        self.despertar()

    def _broker(self, como: str) -> None:
        if como == "ausente" and not self.broker.ausente:
            self._anotar("broker_ausente")
            self.broker.irse()
        elif como == "presente" and self.broker.ausente:
            self.broker.volver()
        self.despertar()

    def _reconectar(self, nombre: str, topico: str) -> None:
        self.procesos[nombre].reconectar(topico)
        self.avisar(topico)

    def _desalojo(self, topico: str, _servicio: str) -> None:
        self._anotar("desalojo")
        self.broker.desalojar(topico)
        self.avisar(topico)

    def _expulsion(self, topico: str, servicio: str) -> None:
        self._anotar("expulsion")
        self.broker.expulsar(topico, servicio)
        self.avisar(topico)

    def _olvidar_acuses(self, topico: str, servicio: str) -> None:
        """A crash of the broker's own."""
        self._anotar("olvidar_acuses")
        self.broker.olvidar_acuses(topico, servicio, self.azar.randint(1, 5))
        self.broker.desalojar(topico)
        self.avisar(topico)

    def _repetir(self, topico: str, servicio: str) -> None:
        mensajes = self.broker.leer(topico)
        if mensajes:
            self._anotar("repetir")
            self.broker.repetir(self.azar.choice(mensajes), servicio)
            self.avisar(topico)

    def _salto(self, segundos: str) -> None:
        self._anotar(f"salto {segundos}")
        self._tiempo(f"{segundos}000000")

    def _cartas(self, servicio: str) -> None:
        try:
            Operador(self, self.fichas[servicio]).trabajar()
        except Exception as error:
            if not es_ajeno(error):
                raise Imprevisto(f"cartas {servicio}: {type(error).__name__}: {error}") from error
        self.despertar()

    def _retirar(self, plan: str) -> None:
        """It is taken out of the catalogue, for all who start anew: all do, at once."""
        if self.planes.pop(plan, None):
            self._anotar("retirar_plan")

    def _detener(self, topico: str, servicio: str) -> None:
        cual = f"{topico} {servicio}"
        self._por_soltar.discard(cual)
        if self._veces[cual] == _VECES:
            # It has been slow for long enough.
            return
        self.broker.detener(topico, servicio)
        if self.broker.atraso(topico, servicio):
            self.avisar(topico)

    def _soltar(self, topico: str, servicio: str) -> None:
        self._anotar("tópico lento")
        self.broker.soltar(topico, servicio)
        self.avisar(topico)

    # Time

    def _tiempo(self, micros: str) -> None:
        self.reloj.micros += int(micros)

    def _latido(self, micros: str) -> None:
        """Time goes by, and those who listen go on listening: a long silence of theirs would prove nothing."""
        self._tiempo(micros)
        self.ultimo_latido = self.reloj.segundos()
        for proceso in list(self.procesos.values()):
            for oyente in proceso.oyentes if proceso.despierto() else ():
                paso = proceso.pasos.get(oyente.nombre.removeprefix(f"{proceso.ficha.nombre}-"))
                if paso is not None and paso.no_antes <= self.reloj.segundos():
                    self._dar(paso, proceso)

    def con_latido(self) -> bool:
        """Whether anybody's listening matters: a deadline runs, or a command waits."""
        if any(f["plazo"] is not None for f in self.fichas["suscripciones"].almacen.tablas["suscripciones"].values()):
            return True
        return any(f.almacen.esperas for f in self.fichas.values())

    def instante(self, instante: datetime | None) -> float:
        """An instant in seconds, on the world's clock; infinity for none."""
        return NUNCA if instante is None else (instante - self._inicio).total_seconds()

    # At rest

    def amainar(self) -> None:
        """No fault strikes any more, and everybody is there."""
        self._faltas = {}
        if self.broker.ausente:
            self.broker.volver()
        for topico, suscripcion in list(self.broker.detenidos):
            self.broker.soltar(topico, suscripcion)
        for ficha in self.fichas.values():
            ficha.almacen.ausente = False
        for proceso in self.procesos.values():
            proceso.congelado_hasta = 0.0
            if not proceso.vivo:
                proceso.nacer()
        self.muertos.clear()
        self.sin_acuse.clear()
        self._reconocer()
        # An acknowledgement got lost with its connection: what it was for is delivered again.
        self.broker.desalojar()
        # A schedule that is repeated comes here without having asked what was possible.
        for paso in self._pasos:
            paso.en_lista, paso.alarma = False, NUNCA
        self._lista.clear()
        self._alarmas.clear()
        self.despertar()

    def en_curso(self) -> str | None:
        """What is not over yet; None at rest."""
        if self.faltan_pedidos():
            return "clients have more to say"
        for fila in self.fichas["suscripciones"].almacen.tablas["suscripciones"].values():
            if fila["estado"] == "PENDIENTE" or fila["saga"]["en_curso"]:
                return f"saga {fila['saga']['id']} in course"
        for ficha in self.fichas.values():
            almacen = ficha.almacen
            if almacen.sin_enviar:
                return f"{ficha.nombre}: outbox rows not sent"
            if almacen.esperas:
                return f"{ficha.nombre}: commands wait"
            for topico in ficha.topicos:
                if self.broker.atraso(topico, ficha.nombre):
                    return f"{ficha.nombre}: {topico} not acknowledged"
        if con_cartas := self.con_cartas():
            return f"{con_cartas[0]}: dead letters"
        if self.fichas["notificaciones"].almacen.tablas["envios"]:
            return "deliveries not over"
        return None

    def con_cartas(self) -> list[str]:
        """The services that have dead letters."""
        return [s for s in self.fichas if self.broker.atraso(topico_cartas(s), SUBSCRIPTION_CARTAS)]

    def sagas(self) -> int:
        """How many there were."""
        return len({f["id_saga"] for f in self.fichas["suscripciones"].almacen.tablas["saga_pasos"].values()})

    # For its parts

    def _anotar(self, falta: str) -> None:
        self.cuentas[f"falta {falta}"] += 1

    def _sortear_lentos(self, azar: random.Random) -> Mapping[str, tuple[float, float]]:
        return {
            f"{topico} {servicio}": (azar.choice(_QUIETO_S) * (0.1 + azar.random()), azar.choice(_LIBRE_S))
            for topico, servicio in self.enjambre.lentos
            if topico in self.fichas[servicio].topicos
        }

    def faltan_pedidos(self) -> bool:
        """Whether clients have more to say."""
        return self._dichos < len(self.guion)

    def _toca_hablar(self) -> float:
        return max(self.guion[self._dichos].a_los_s, self._callada_hasta) if self.faltan_pedidos() else NUNCA

    def _hablar(self) -> float:
        if self._dichos == len(self.guion):
            return 0.0
        pedido: Pedido = self.guion[self._dichos]
        mensaje = pedido.hacer()
        sobre = pedido.sobre(mensaje, self.entorno)
        # Without a confirmation the client knows nothing, and asks again: the same command, to the letter.
        try:
            self._puerta.publicar_carga(
                mensaje.topico, mensaje, a_propiedades(sobre, mensaje.topico), sobre.sujeto, espera=4.5
            )
        except SinConfirmacion:
            self._puerta.descartar(mensaje.topico)
            self._callada_hasta = self.reloj.segundos() + self.azar.choice((0.1, 1.0, 5.0))
            return self._callada_hasta
        self._dichos += 1
        if isinstance(mensaje, CrearSuscripcion):
            self.pedidos_confirmados.add(sobre.sujeto)
        return 0.0

    def _debe(self, suscripcion: str) -> tuple[str, str]:
        filas = self.fichas["suscripciones"].almacen.tablas["facturas"].values()
        suyas = [f for f in filas if f["id_suscripcion"] == suscripcion]
        if not suyas:
            return "f-0", "49.90"
        ultima = max(suyas, key=lambda f: f["periodo"])
        return ultima["id"], f"{ultima['monto']:.2f}"

    def _reservado(self, suscripcion: str) -> str:
        filas = self.fichas["servicio-datos"].almacen.tablas["servicios_datos"].values()
        suyos = [f["id"] for f in filas if f["id_suscripcion"] == suscripcion]
        # Rather anybody's than one that commands would have to wait for.
        return (suyos or [f["id"] for f in filas] or ["d-0"])[-1]

    def _antes_de_confirmar(self) -> None:
        self.punto("antes de confirmar")
        if self.ocurre("confirmacion_fallida"):
            raise SinBase("no se confirmó")

    def _tras_confirmar(self, servicio: str) -> None:
        for paso in self._pendientes_de[servicio]:
            if not paso.en_lista:
                self._tener_en_mente(paso)
        self.punto("tras confirmar")
        if self.ocurre("confirmacion_incierta"):
            raise SinBase("se confirmó, y nadie lo supo")

    def _fichas(self) -> Mapping[str, Ficha]:
        capacidad, falta = self.enjambre.capacidad, self.enjambre.falta_en_catalogo
        catalogo = Catalogo(
            expertos=(
                Experto(codigo="e0", nombres="E", apellidos="Cero", capacidad=capacidad // 2),
                Experto(codigo="e1", nombres="E", apellidos="Uno", capacidad=capacidad - capacidad // 2),
            ),
            nubes=() if falta == "nubes" else (Nube(codigo="n0", nombre="N", tipo="publica"),),
            datasets=() if falta == "datasets" else (Dataset(codigo="d0", nombre="D", modalidad="rayos x"),),
        )
        de = {s: self.entorno.otro(f"base/{s}") for s in SERVICIOS}
        sus = de_suscripciones.almacen(de["suscripciones"])
        dat = de_servicio_datos.almacen(de["servicio-datos"], catalogo)
        pro = de_procesamiento.almacen(de["procesamiento"])
        noti = de_notificaciones.almacen(de["notificaciones"])
        asuntos = self.plantillas.asuntos
        abrir_noti = de_notificaciones.abrir_en(noti, asuntos=asuntos, canal="CORREO", politica=self.politica)
        anonimizador = Anonimizador({2: Seudonimizador(bytes(range(32)), 2)}, reconocedor())
        partes: Sequence[tuple[str, Almacen, Abrir, Mapping[type[Mensaje], Manejador], Rechazar | None]] = (
            (
                "suscripciones",
                sus,
                de_suscripciones.abrir_en(sus, self.planes, PLAZOS.plazo_s, PLAZOS.proveedores),
                DE_SUSCRIPCIONES,
                rechazar_suscripcion,
            ),
            ("servicio-datos", dat, de_servicio_datos.abrir_en(dat), DE_SERVICIO_DATOS, rechazar_servicio),
            ("procesamiento", pro, de_procesamiento.abrir_en(pro, anonimizador), DE_PROCESAMIENTO, rechazar_imagen),
            ("notificaciones", noti, abrir_noti, DE_NOTIFICACIONES, None),
        )
        return {parte[0]: self._ficha(*parte) for parte in partes}

    def _ficha(
        self,
        nombre: str,
        almacen: Almacen,
        abrir: Abrir,
        manejadores: Mapping[type[Mensaje], Manejador],
        rechazar: Rechazar | None,
    ) -> Ficha:
        self.broker.subscriptions(nombre, nombre, manejadores)
        topicos = [t.topico for t in manejadores] + ([topico_espera(nombre)] if rechazar else [])
        almacen.antes_de_confirmar = self._antes_de_confirmar
        almacen.tras_confirmar = _con(self._tras_confirmar, nombre)
        return Ficha(nombre, almacen, abrir, manejadores, rechazar, topicos)


def _con(hacer: Callable[[str], None], nombre: str) -> Callable[[], None]:
    return lambda: hacer(nombre)
