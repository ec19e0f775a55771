"""New versions of events: a breaking one on a topic of its own beside the old, a compatible one on the same topic."""

import os
import secrets
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from functools import partial

import pulsar
import sqlalchemy as sa
from tests.cambio.lugar import Lugar
from tests.saga.espera import hasta
from tests.saga.topicos import leer, repetir_todos

import contrato_computo
from contratos import REGISTRO, Mensaje, mensaje, suscripciones
from contratos.esquemas import incompatibilidades
from plataforma.postgres import borrar_base, crear_bases
from seedwork.aplicacion.bus import Bus, Manejador
from seedwork.aplicacion.entorno import EntornoReal
from seedwork.aplicacion.ritmo import Ritmo
from seedwork.aplicacion.unidad import UnidadTrabajo, abridor
from seedwork.entrada.consumidores import consumidores_reales
from seedwork.infraestructura import avro, bd, ddl
from seedwork.infraestructura.aprovisionamiento import Aprovisionador
from seedwork.infraestructura.decodificador import Decodificador
from seedwork.infraestructura.outbox import OutboxSQL
from seedwork.infraestructura.publicador import Publicador, cerrar_cliente, crear_cliente
from seedwork.infraestructura.relay import Relay
from seedwork.infraestructura.roles import conceder
from seedwork.infraestructura.subscription import EsquemasPulsar, MensajePulsar
from seedwork.infraestructura.transaccion_sql import transacciones
from seedwork.pruebas.bases import como_dueno
from seedwork.pruebas.sobres import sobre_nuevo
from seedwork.pruebas.taller import publicar

FacturaEmitidaV1 = suscripciones.FacturaEmitida
CONTEXTO = "suscripciones"


@mensaje(CONTEXTO, "evento", sujeto="id_suscripcion", version=2)
class FacturaEmitida(suscripciones.HechoSuscripcion):
    """An invoice is due. ``monto`` is a number of cents now, no text: a reader of version 1 could not read it."""

    id_factura: str = ""
    monto: int = 0
    moneda: str = ""


_LEIDAS = "CREATE TABLE leidas (lector text NOT NULL, id_factura text NOT NULL, monto text NOT NULL)"
"""Effects. Nothing is unique here, so that a message that took effect twice shows."""


def _traducir(v1: suscripciones.FacturaEmitida, unidad: UnidadTrabajo) -> None:
    """The bridge: say in version 2 what was said in version 1, through inbox and outbox as everything is."""
    campos = {campo: getattr(v1, campo) for campo in FacturaEmitida.campos}
    v2 = FacturaEmitida(**{**campos, "monto": int(Decimal(v1.monto) * 100)})
    unidad.publicar(v2, sujeto=unidad.sobre.sujeto, secuencia=unidad.sobre.secuencia)


def _leer(lector: str, factura: suscripciones.FacturaEmitida | FacturaEmitida, unidad: UnidadTrabajo) -> None:
    valores = {"lector": lector, "id_factura": factura.id_factura, "monto": str(factura.monto)}
    unidad.transaccion.escribir(sa.text("INSERT INTO leidas VALUES (:lector, :id_factura, :monto)"), valores)


_OYEN: Mapping[str, tuple[type[Mensaje], Manejador]] = {
    "facturas-puente": (FacturaEmitidaV1, _traducir),
    "facturas-lector-v1": (FacturaEmitidaV1, partial(_leer, "v1")),
    "facturas-lector-v2": (FacturaEmitida, partial(_leer, "v2")),
}
"""Each consumer by its subscription: what it hears, and what it does."""


@contextmanager
def _oyendo(lugar: Lugar) -> Iterator[sa.Engine]:
    """The bridge and both readers at work in the body, each on a thread; their one database.

    A new topic comes before its readers' subscriptions, and these before whoever publishes there.
    """
    servidores = lugar.servidores
    aprovisionador = Aprovisionador(servidores.admin_url)
    aprovisionador.topicos([FacturaEmitida])
    for nombre, (tipo, _) in _OYEN.items():
        aprovisionador.subscriptions(CONTEXTO, nombre, [tipo])
    base = f"versiones_{secrets.token_hex(4)}"
    parada = threading.Event()
    with ExitStack() as pila:
        url = crear_bases(servidores.postgres_url, {base: secrets.token_hex(16)})[base]
        pila.callback(borrar_base, servidores.postgres_url, base)
        motor = bd.crear_motor(url, conexiones=8)
        pila.callback(motor.dispose)
        with como_dueno(motor) as dueno:
            with dueno.begin() as conexion:
                conexion.execute(sa.text(ddl.mensajeria()))
                conexion.execute(sa.text(_LEIDAS))
            conceder(dueno, motor.url.username or "")
        cliente = crear_cliente(servidores.pulsar_url)
        pila.callback(cerrar_cliente, cliente)
        salida = Publicador(servidores.pulsar_url, plazo_ms=0, esperar_cola=True)
        pila.callback(salida.cerrar)
        tareas, entorno = [Relay(OutboxSQL(motor, EntornoReal()), salida).correr], EntornoReal()
        abrir = abridor(
            transacciones(motor, sa.MetaData(), entorno),
            partial(UnidadTrabajo, participante=CONTEXTO, traducciones={}),
        )
        for nombre, (tipo, manejador) in _OYEN.items():
            consumidores = consumidores_reales(
                Bus(nombre, abrir, {tipo: manejador}),
                motor,
                cliente,
                salida,
                entorno,
                contexto=CONTEXTO,
                ritmo=Ritmo(),
                lote=500,
                cola=1000,
            )
            tareas += [c.correr for c in consumidores.todos]
        hilos = [threading.Thread(target=tarea, args=(parada,), daemon=True) for tarea in tareas]
        for hilo in hilos:
            hilo.start()
        try:
            yield motor
        finally:
            parada.set()
            for hilo in hilos:
                hilo.join(10)


def una_version_incompatible_al_lado(lugar: Lugar) -> str:
    """FacturaEmitida.v2 has an amount in cents: refused on the first version's topic, it gets its own.

    A bridge says each v1 in v2. A reader of each version gets every invoice once, those from before it came too, and
    though all of v1 is said again meanwhile; nobody who says or hears v1 is touched.
    """
    assert incompatibilidades(FacturaEmitidaV1.esquema, FacturaEmitida.esquema)
    assert _rechaza_el_broker(lugar)
    cliente = crear_cliente(lugar.servidores.pulsar_url)
    try:
        _facturar(lugar, 3)
        with _oyendo(lugar) as motor:
            _facturar(lugar, 3)
            dichas = leer(cliente, FacturaEmitidaV1.topico)
            ids = {m.properties()["ce_id"] for m in dichas}
            hasta(lambda: _cuantas(motor) >= 2 * len(ids), "ambos lectores lo tienen todo")
            repetir_todos(lugar.servidores.pulsar_url, FacturaEmitidaV1.topico, dichas)
            _facturar(lugar, 1)
            hasta(lambda: _cuantas(motor) >= 2 * len(ids) + 2, "y la última")
            _sin_atraso(lugar)
            leidas = _leidas(motor)
        en_v2 = {m.properties()["ce_id"] for m in leer(cliente, FacturaEmitida.topico)}
    finally:
        cerrar_cliente(cliente)
    facturas = {id for _, id, _ in leidas}
    assert len(facturas) == len(en_v2) == len(ids) + 1
    assert Counter((lector, id) for lector, id, _ in leidas) == {(v, id): 1 for v in ("v1", "v2") for id in facturas}
    montos = {(lector, id): monto for lector, id, monto in leidas}
    assert all(int(Decimal(montos["v1", id]) * 100) == int(montos["v2", id]) for id in facturas)
    return f"{len(facturas)} invoices, {len(dichas)} of them said twice: each reader has each once"


def _rechaza_el_broker(lugar: Lugar) -> bool:
    """Whether version 2 can't be said on the topic of version 1."""
    ajeno = pulsar.schema.AvroSchema(None, schema_definition=FacturaEmitida.esquema)
    # The client would quote both schemas in full.
    callado = pulsar.FileLogger(pulsar.LoggerLevel.Error, os.devnull)
    cliente = pulsar.Client(lugar.servidores.pulsar_url, logger=callado)
    try:
        cliente.create_producer(FacturaEmitidaV1.topico, schema=ajeno)
    except pulsar.IncompatibleSchema:
        return True
    finally:
        cerrar_cliente(cliente)
    return False


def _facturar(lugar: Lugar, cuantas: int) -> None:
    for pedida in [lugar.negocio.pide_suscripcion("basico") for _ in range(cuantas)]:
        pedida.queda("ACTIVA")


def _leidas(motor: sa.Engine) -> list[tuple[str, str, str]]:
    with motor.connect() as conexion:
        return [(lector, id, monto) for lector, id, monto in conexion.execute(sa.text("SELECT * FROM leidas"))]


def _cuantas(motor: sa.Engine) -> int:
    return len(_leidas(motor))


def _sin_atraso(lugar: Lugar) -> None:
    """Wait until each has taken all that it was delivered, what was said again included."""
    aprovisionador = Aprovisionador(lugar.servidores.admin_url)
    for nombre, (tipo, _) in _OYEN.items():
        hasta(partial(_al_dia, aprovisionador, tipo.topico, nombre), f"{nombre} está al día")


def _al_dia(aprovisionador: Aprovisionador, topico: str, suscripcion: str) -> bool:
    return aprovisionador.atraso(topico, suscripcion) == 0


def un_campo_mas_en_la_misma(lugar: Lugar) -> str:
    """ComputoReservado gets a field more: yesterday's reader reads today's writer, today's reads yesterday's.

    The service itself, a release behind, goes on publishing meanwhile.
    """
    vieja = contrato_computo.ComputoReservado
    nueva = _con_un_campo_mas()
    marca = secrets.token_hex(4)
    cliente = crear_cliente(lugar.servidores.pulsar_url)
    try:
        publicador = Publicador(lugar.servidores.pulsar_url)
        with _vigente(nueva):
            # As the new release's own provisioning does, before any of it is published.
            Aprovisionador(lugar.servidores.admin_url).registrar(nueva.topico, avro.texto_esquema(nueva))
            dicha = nueva(id_reserva=marca, id_suscripcion=marca, id_saga=marca, cuotas=3)
            publicar(publicador, sobre_nuevo(dicha, fuente="/saludtech/computo", sujeto=marca), dicha, espera=30)
        publicador.cerrar()
        lugar.negocio.pide_suscripcion("calculo").queda("ACTIVA")
        todas = leer(cliente, vieja.topico)
        con: dict[type[Mensaje], list[Mensaje]] = {}
        for tipo in (vieja, nueva):
            with _vigente(tipo):
                decodificador = Decodificador(EsquemasPulsar(cliente), [tipo])
                con[tipo] = [decodificador.decodificar(MensajePulsar(m)).mensaje for m in todas]
    finally:
        cerrar_cliente(cliente)
    assert vieja(id_reserva=marca, id_suscripcion=marca, id_saga=marca) in con[vieja]
    cuotas = Counter(m.cuotas for m in con[nueva])
    assert cuotas == {0: len(todas) - 1, 3: 1}
    assert con[nueva][-1] != dicha, "the service has published after the new release"
    return f"{len(todas)} messages of two releases, read by both"


def _con_un_campo_mas() -> type[Mensaje]:
    """The event as the service's next release has it; what is in force here stays the present one."""
    with _vigente(None):

        @mensaje("computo", "evento", sujeto="id_reserva")
        class ComputoReservado(Mensaje):
            """A computing quota is held for a subscription, of so many units; 0 where nobody has counted."""

            id_reserva: str = ""
            id_suscripcion: str = ""
            id_saga: str = ""
            cuotas: int = 0

    return ComputoReservado


@contextmanager
def _vigente(tipo: type[Mensaje] | None) -> Iterator[None]:
    """In the body this process is of the release whose event this is."""
    propio = contrato_computo.ComputoReservado
    del REGISTRO[propio.tipo]
    if tipo is not None:
        REGISTRO[propio.tipo] = tipo
    try:
        yield
    finally:
        REGISTRO[propio.tipo] = propio


CASOS = (una_version_incompatible_al_lado, un_campo_mas_en_la_misma)
