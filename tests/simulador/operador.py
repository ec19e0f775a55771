"""An operator, who has mended the causes, replays and discards dead letters: with the cartero's own rules."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.simulador.proceso import Ficha, leer

from seedwork.aplicacion.bus import Bus
from seedwork.aplicacion.recibido import Recibido
from seedwork.aplicacion.sobre import en_instante
from seedwork.aplicacion.tratamiento import Ilegible
from seedwork.entrada.cartas import Cartero, SeQueda
from seedwork.infraestructura.cartas import Carta
from seedwork.infraestructura.cloudevents import MensajeIlegible
from seedwork.infraestructura.topicos import SUBSCRIPTION_CARTAS, topico_cartas
from seedwork.pruebas.broker import MensajeEnMemoria
from seedwork.pruebas.mensajeria import IntentosMemoria
from seedwork.pruebas.paciencia import PacienciaFija

if TYPE_CHECKING:
    from tests.simulador.mundo import Mundo

_PREFIJO = "carta_"


class Operador(Cartero):
    """Works on one service's letters. What becomes of each is decided in the cartero; here is what Pulsar does for it.

    The cartero's own constructor makes Pulsar's producers and consumers: it is not called.
    """

    def __init__(self, mundo: "Mundo", ficha: Ficha) -> None:
        self._mundo = mundo
        self._contexto = ficha.nombre
        self._topico = topico_cartas(ficha.nombre)
        self._salida = mundo.broker.conectar(plazo_s=8.0)
        self._entorno = mundo.entorno.otro(f"operador/{ficha.nombre}")
        self._memoria = timedelta(days=36_500)
        self._bus = Bus(ficha.nombre, ficha.abrir, ficha.manejadores, ficha.rechazar, PacienciaFija(0))
        self._intentos = IntentosMemoria(ficha.almacen, ficha.nombre, "operador")  # type: ignore[assignment]
        # The trail that a named one leaves lies in a database; here is none.
        self._operador = None

    def trabajar(self) -> None:
        """Go through all the letters that are there, once."""
        mundo = self._mundo
        for mensaje in mundo.broker.sin_aceptar(self._topico, SUBSCRIPTION_CARTAS):
            carta = _carta(mensaje)
            mundo.tropiezos.remediar(self._contexto, carta.id)
            # An event is only dropped by who knows that nothing hangs on it: here, everything does.
            descartable = _clase(self._bus, carta) == "comando"
            hacer = self.descartar if descartable and mundo.azar.random() < 0.5 else self.reenviar
            try:
                fin = hacer(self, carta)  # type: ignore[arg-type]
            except SeQueda as error:
                mundo.imprevistos.append(f"{self._contexto}: a letter stays: {error}")
                return
            mundo.cuentas[f"carta {fin}"] += 1

    def quitar(self, carta: Carta) -> None:
        """Remove a letter for good: it is the letters' place, too."""
        self._mundo.punto("antes de quitar la carta")
        self._mundo.broker.aceptar(carta.mensaje, SUBSCRIPTION_CARTAS)

    def _productor(self, carta: Carta) -> Any:
        self._salida.descartar(carta.topico)
        self._salida.preparar(carta.topico)

    def _publicar(self, productor: Any, carta: Carta) -> None:
        carga = carta.mensaje.carga
        self._salida.publicar_carga(carta.topico, carga, carta.propiedades, carta.clave, espera=10.0)

    def _decodificar(self, carta: Carta) -> Recibido:
        leido = leer(carta.mensaje)
        if isinstance(leido, Ilegible):
            raise MensajeIlegible(leido.motivo)
        return leido

    def _anotar(self, que: str, carta: Carta, resultado: str) -> None:
        """Nobody reads it."""


def _clase(bus: Bus, carta: Carta) -> str:
    return next(tipo.clase for tipo in bus.manejadores if tipo.topico == carta.topico)


def _carta(mensaje: MensajeEnMemoria) -> Carta:
    todas = mensaje.propiedades
    propias = {n: v for n, v in todas.items() if not n.startswith(_PREFIJO)}
    return Carta(
        mensaje=mensaje,
        lugar=mensaje.lugar,
        id=propias["ce_id"],
        tipo=propias["ce_type"],
        correlacion=propias["ce_correlationid"],
        clave=mensaje.clave,
        instante=en_instante(todas["carta_instante"]) or datetime.now(UTC),
        error=todas["carta_error"],
        intentos=int(todas["carta_intentos"]),
        topico=todas["carta_topico"],
        consumidor=todas["carta_consumidor"],
        esquema=int(todas["carta_esquema"]),
        propiedades=propias,
    )
