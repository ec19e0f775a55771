"""Dead letters over HTTP, the same in every service: its API shows them, and carries out what an operator decides.

It is the service itself that does: what is its own on the broker is its letters and their subscription, and to have a
message handled here takes no right to publish it (docs/adr/0057-cartas-por-la-puerta.md).
"""

import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

import flask
import pulsar
import sqlalchemy as sa
import structlog

from contratos.acceso import Alcance, permiso
from contratos.consultas import Id, Texto
from contratos.consultas.cartas import CartaMuerta, ConsultaDeCartas, PaginaCartas, cartas_de
from contratos.ordenes import CartaAtendida, Orden, ReproducirCarta, ordenes_de
from seedwork.aplicacion.auditoria import NO_HALLADO
from seedwork.aplicacion.broker import SinBroker
from seedwork.aplicacion.cartas import SE_QUEDA, LecturaDeCartas, listar_cartas, obtener_carta
from seedwork.aplicacion.entorno import Entorno
from seedwork.aplicacion.identidad import Acceso
from seedwork.aplicacion.sobre import en_texto
from seedwork.dominio import textos
from seedwork.dominio.reglas import es_id
from seedwork.entrada.cartas import DESCARTAR, REPRODUCIR, Cartero, Filtro, QuienOpera, SeQueda
from seedwork.entrada.consultas import registrar
from seedwork.entrada.http import App, correlacion, en_flask
from seedwork.entrada.problemas import ErrorHttp, problema
from seedwork.infraestructura.auditoria import anotar
from seedwork.infraestructura.avance import CursoresPulsar
from seedwork.infraestructura.cartas import Buzon, Carta, Mirador, abrir_buzon, conocido
from seedwork.infraestructura.consultas import TAMANO_PAGINA, escribir_cursor, leer_cursor
from seedwork.infraestructura.publicador import cerrar_cliente

log = structlog.get_logger(__name__)

PAGINA_S = 1.5
"""Seconds after which a page ends with what it has: whoever asks waits for three."""
BUZON_S = 3.0
"""Seconds that an order waits while somebody else has the letters in hand."""

BUSQUEDA_S = 5.0
"""Seconds that it looks for its letter among those before it."""


class Carteros(Protocol):
    """Makes a cartero."""

    def __call__(self, cliente: pulsar.Client, *, operador: QuienOpera | None) -> Cartero:
        """Who acts for an operator.

        Args:
            cliente: made in this process.
            operador: who it is; None where nobody is asked who they are.
        """
        ...


class Ventanilla(LecturaDeCartas):
    """What an API has of its service's letters. It talks to the broker from the first question on, in the process that
    is asked.

    Args:
        contexto: the service's name.
        conectar: makes a client.
        cursores: where the cursor is told.
        carteros: makes who acts.
        motor: the service's own database, for what the trail is told.
        entorno: whose clock is used.
    """

    def __init__(
        self,
        contexto: str,
        conectar: Callable[[], pulsar.Client],
        cursores: CursoresPulsar,
        carteros: Carteros,
        motor: sa.Engine,
        entorno: Entorno,
    ) -> None:
        self._contexto = contexto
        self._conectar = conectar
        self._cerrojo = threading.Lock()
        self._cliente: pulsar.Client | None = None
        self._mirador = Mirador(self._hecho, cursores, contexto)
        self._carteros = carteros
        self._motor = motor
        self._entorno = entorno

    def _hecho(self) -> pulsar.Client:
        with self._cerrojo:
            if self._cliente is None:
                self._cliente = self._conectar()
            return self._cliente

    def cerrar(self) -> None:
        """Let go of the broker."""
        if self._cliente is not None:
            cerrar_cliente(self._cliente)

    def cartas(self, consulta: ConsultaDeCartas) -> PaginaCartas:
        """A page of them, oldest first: at most :data:`TAMANO_PAGINA`, in :data:`PAGINA_S`."""
        de = {"consumidor": consulta.consumidor, "tipo": consulta.tipo}
        filtro = Filtro(tipo=consulta.tipo)

        def ver(carta: Carta) -> CartaMuerta | None:
            suya = consulta.consumidor in (None, carta.consumidor) and filtro.admite(carta)
            return self._mostrar(carta) if suya else None

        dados = {nombre: valor for nombre, valor in de.items() if valor is not None}
        tras = None if consulta.cursor is None else leer_cursor(consulta.cursor, type(consulta), dados)
        elementos, hasta = self._mirador.pagina(tras, ver, cuantas=TAMANO_PAGINA, plazo_s=PAGINA_S)
        siguiente = None if hasta is None else escribir_cursor(hasta, type(consulta), dados)
        return PaginaCartas(elementos=elementos, siguiente=siguiente)

    def carta(self, id_carta: str) -> CartaMuerta | None:
        """One of them."""
        carta = self._mirador.una(id_carta)
        return None if carta is None else self._mostrar(carta)

    def _mostrar(self, carta: Carta) -> CartaMuerta:
        """What is seen of one: never its payload, and of what anybody may have written on it, what is of the
        contract."""
        return CartaMuerta(
            id_carta=carta.lugar,
            servicio=self._contexto,
            consumidor=carta.consumidor or None,
            tipo=conocido(carta.tipo),
            clave=carta.clave if es_id(carta.clave) else None,
            momento=en_texto(carta.instante),
            error=carta.error or None,
            intentos=carta.intentos,
            topico=carta.topico or None,
            id_mensaje=carta.id or None,
            correlacion=carta.correlacion or None,
            octetos=carta.octetos,
        )

    def cumplir(self, orden: Orden, acceso: Acceso) -> CartaAtendida | None:
        """Do what an operator decided of a letter, and tell the trail, whatever comes of it; None where there is no
        such letter any more.

        Raises:
            SeQueda: it can't be done now.
            pulsar.PulsarException, SinBroker: the broker is in trouble.
        """
        carta: Carta | None = None
        try:
            if (carta := self._mirador.una(orden.id_carta)) is None:
                self.negar(orden, acceso)
                return None
            resultado = self._cumplir(orden, _quien_opera(orden, acceso))
        except (SeQueda, SinBroker, pulsar.PulsarException):
            self._anotar(orden, acceso, SE_QUEDA, carta)
            raise
        if resultado is None:
            # Somebody else was quicker, and the trail has what they did.
            self._anotar(orden, acceso, NO_HALLADO, carta)
            return None
        return CartaAtendida(id_carta=carta.lugar, id_mensaje=carta.id or None, resultado=resultado)

    def _cumplir(self, orden: Orden, operador: QuienOpera | None) -> str | None:
        """What became of the letter; None where it is there no more."""
        cliente = self._hecho()
        try:
            with abrir_buzon(cliente, self._contexto, espera_s=BUZON_S) as buzon:
                # Whoever had the mailbox before may have seen to it: it is not to be waited for.
                if self._mirador.una(orden.id_carta) is None:
                    return None
                carta = _hallar(buzon, orden.id_carta)
                if carta is None:
                    return None
                cartero = self._carteros(cliente, operador=operador)
                hacer = cartero.reproducir if isinstance(orden, ReproducirCarta) else cartero.descartar
                return hacer(buzon, carta)
        except pulsar.ConsumerBusy:
            raise SeQueda("otro tiene ahora en la mano las cartas de este servicio") from None

    def negar(self, orden: Orden, acceso: Acceso) -> None:
        """Tell the trail that there is no such letter, or none for that one."""
        self._anotar(orden, acceso, NO_HALLADO)

    def _anotar(self, orden: Orden, acceso: Acceso, resultado: str, carta: Carta | None = None) -> None:
        """Without a letter, by the place that was named and under the request's own id."""
        quien = _quien_opera(orden, acceso)
        if quien is not None:
            accion = REPRODUCIR if isinstance(orden, ReproducirCarta) else DESCARTAR
            recurso, raiz = (orden.id_carta, correlacion()) if carta is None else (carta.recurso, carta.correlacion)
            anotar(self._motor, quien.anotacion(accion, recurso, resultado, raiz, self._entorno.ahora()))


def _quien_opera(orden: Orden, acceso: Acceso) -> QuienOpera | None:
    if acceso.quien is None:
        return None
    return QuienOpera(id=acceso.quien.id, titular=acceso.titular, motivo=orden.motivo)


def _hallar(buzon: Buzon, lugar: str) -> Carta | None:
    limite = time.monotonic() + BUSQUEDA_S
    for carta in buzon:
        if carta.lugar == lugar:
            return carta
        if time.monotonic() > limite:
            raise SeQueda("hay demasiadas delante; la línea de comandos las recorre todas")
    return None


def registrar_cartas(app: App, contexto: str, ventanilla: Ventanilla) -> None:
    """Add the routes of a context's letters, where the contract has them."""
    consultas = cartas_de(contexto)
    if consultas is None:
        return
    lista, una = consultas
    registrar(app, {lista: listar_cartas, una: obtener_carta}, ventanilla)
    for orden in ordenes_de(contexto):
        app.add_url_rule(en_flask(orden.ruta), orden.__name__, _vista(orden, ventanilla, app), methods=["POST"])
    app.register_error_handler(pulsar.PulsarException, _sin_broker)
    app.register_error_handler(SinBroker, _sin_broker)
    antes = app.terminar

    def terminar() -> None:
        antes()
        ventanilla.cerrar()

    app.terminar = terminar


def _vista(tipo: type[Orden], ventanilla: Ventanilla, app: App) -> Callable[..., dict[str, Any]]:
    suyo = permiso(tipo)

    def vista(id_carta: str) -> dict[str, Any]:
        acceso = Acceso(app.identificar(), suyo)
        dicho = flask.request.get_json(silent=True)
        motivo = dicho.get("motivo") if isinstance(dicho, dict) else None
        # The door has looked at it; what comes by another way is not to swell the trail.
        if not (isinstance(motivo, str) and textos.TEXTO.es(motivo)):
            raise ErrorHttp(422, errores=[{"campo": "motivo", "motivo": textos.TEXTO.descripcion}])
        orden = tipo(id_carta=Id(id_carta), motivo=Texto(motivo))
        if acceso.alcance is Alcance.NADA:
            ventanilla.negar(orden, acceso)
            raise _ninguna()
        try:
            hecha = ventanilla.cumplir(orden, acceso)
        except SeQueda as error:
            raise ErrorHttp(409, f"La carta se queda: {error}.", cabeceras={"Retry-After": "5"}) from None
        if hecha is None:
            raise _ninguna()
        return vars(hecha)

    return vista


def _ninguna() -> ErrorHttp:
    return ErrorHttp(404, "No hay tal carta: no la hubo, o alguien la reprodujo o la descartó.")


def _sin_broker(error: Exception) -> flask.Response:
    log.warning("cartas sin broker", error=type(error).__name__)
    return problema(503, cabeceras={"Retry-After": "2"})
