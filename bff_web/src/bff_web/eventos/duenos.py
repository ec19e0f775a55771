"""Whose what happens is: as the event says, or as its owner answers whoever wants to hear of it.

What events say, and what an owner has answered, is kept: whose a thing is never changes. The owner decides: who is
answered as for an unknown thing hears nothing of it.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from bff_web.eventos.hechos import Hecho
from bff_web.eventos.reparto import Filtro
from bff_web.servicios import Servicio
from contratos.consultas.procesamiento import ObtenerComandoImagen, ObtenerImagenAnonimizada, ObtenerPaquete
from contratos.consultas.servicio_datos import ObtenerComandoServicioDatos
from contratos.consultas.suscripciones import ObtenerComandoSuscripcion, ObtenerSuscripcion
from seedwork.aplicacion.identidad import Acceso, Quien
from seedwork.entrada.problemas import ErrorHttp

SUSCRIPCIONES = 20_000
"""Subscriptions whose client is kept."""
RESPUESTAS = 20_000
"""Answers that are kept."""
NO_HALLADO_S = 5.0
"""Seconds after which what was not found is asked for again, where something happens to it once more."""
REINTENTO_S = 2.0
"""Seconds until an owner that did not answer is asked again."""
_HILOS = 4
_DESTINOS = {
    destino.contexto: destino
    for destino in (ObtenerComandoSuscripcion, ObtenerComandoServicioDatos, ObtenerComandoImagen)
}
"""Of a command's owner, the query for its fate."""

PUERTA = Quien(id="bff", roles=frozenset({"operador"}), tipo="system")
"""The door itself, as which it asks whose something is that happened."""
Credencial = Callable[[Quien | None], Mapping[str, str]]
"""The header that says to a service who asks."""


class Duenos:
    """Knows whose subscriptions, packages, images and commands are.

    Args:
        servicios: the owners.
        credencial: says to them who asks.
        reloj: seconds.
    """

    def __init__(
        self,
        servicios: Mapping[str, Servicio],
        credencial: Credencial,
        reloj: Callable[[], float] = time.monotonic,
    ) -> None:
        self._servicios = servicios
        self._credencial = credencial
        self._reloj = reloj
        self._clientes: OrderedDict[str, str] = OrderedDict()
        self._respuestas: OrderedDict[tuple[str, str], tuple[str, float]] = OrderedDict()
        self._en_curso: dict[tuple[str, str], asyncio.Future[str]] = {}
        self._hilos = ThreadPoolExecutor(_HILOS, thread_name_prefix="duenos")

    def aprender(self, hecho: Hecho) -> None:
        """What an event says."""
        if hecho.suscripcion and hecho.cliente:
            self._saber(hecho.suscripcion, hecho.cliente)

    def _saber(self, suscripcion: str, cliente: str) -> None:
        self._clientes[suscripcion] = cliente
        self._clientes.move_to_end(suscripcion)
        if len(self._clientes) > SUSCRIPCIONES:
            self._clientes.popitem(last=False)

    def cliente(self, hecho: Hecho) -> str | None:
        """Whose an event is; None where that is not known."""
        return hecho.cliente or self._clientes.get(hecho.suscripcion)

    async def preguntar_cliente(self, hecho: Hecho, correlacion: str) -> str:
        """Whose an event's subscription is; nobody's is empty. It happened, and nobody asked for it: so the door asks,
        once for all, and the trail does not say of whoever watches that they wanted to see another's.

        Raises:
            ErrorHttp: 503, nobody answers.
        """
        conocido = self.cliente(hecho)
        if conocido is not None:
            return conocido
        ruta = ObtenerSuscripcion.ruta.format(id_suscripcion=hecho.suscripcion)
        cliente = await self._preguntar(ObtenerSuscripcion.contexto, ruta, PUERTA, correlacion, _cliente)
        if cliente:
            self._saber(hecho.suscripcion, cliente)
        return cliente

    async def preguntar_paquete(self, paquete: str, quien: Quien | None, correlacion: str) -> bool:
        """Whether a package is the caller's.

        Raises:
            ErrorHttp: 503, nobody answers.
        """
        ruta = ObtenerPaquete.ruta.format(id_paquete=paquete)
        return await self._es_suyo(ObtenerPaquete.contexto, ruta, quien, correlacion)

    async def preguntar_imagen(self, imagen: str, quien: Quien | None, correlacion: str) -> bool:
        """Likewise of an image; that somebody looked at it is told, as of every other look (ADR 10).

        Raises:
            ErrorHttp: 503, nobody answers.
        """
        ruta = ObtenerImagenAnonimizada.ruta.format(id_imagen=imagen)
        return await self._es_suyo(ObtenerImagenAnonimizada.contexto, ruta, quien, correlacion)

    async def preguntar_comando(self, hecho: Hecho, quien: Quien | None, correlacion: str) -> bool:
        """Whether the command that an event says took no effect is the caller's, whatever it was about.

        Raises:
            ErrorHttp: 503, nobody answers.
        """
        ruta = _DESTINOS[hecho.contexto].ruta.format(id_comando=hecho.rechazado)
        return await self._es_suyo(hecho.contexto, ruta, quien, correlacion)

    async def _es_suyo(self, contexto: str, ruta: str, quien: Quien | None, correlacion: str) -> bool:
        return bool(await self._preguntar(contexto, ruta, quien, correlacion, lambda _: "suyo"))

    async def _preguntar(
        self, contexto: str, ruta: str, quien: Quien | None, correlacion: str, sacar: Callable[[dict[str, Any]], str]
    ) -> str:
        """What is wanted of an owner's answer to a caller, empty for none: asked once, however many of that caller's
        streams want to know. What it knew is remembered, and what it did not for a while."""
        llave = (ruta, "" if quien is None else quien.id + quien.afirmaciones())
        en_curso = self._en_curso.get(llave)
        if en_curso is None:
            sabida = self._respuestas.get(llave)
            if sabida is not None and (sabida[0] or self._reloj() < sabida[1]):
                return sabida[0]
            servicio, credencial = self._servicios[contexto], self._credencial(quien)

            def pedir() -> str:
                dicho = servicio.buscar(ruta, correlacion, credencial)
                return "" if dicho is None else sacar(dicho)

            en_curso = asyncio.get_running_loop().run_in_executor(self._hilos, pedir)
            self._en_curso[llave] = en_curso
            en_curso.add_done_callback(lambda hecha: self._anotar(llave, hecha))
        return await asyncio.shield(en_curso)

    def _anotar(self, llave: tuple[str, str], hecha: "asyncio.Future[str]") -> None:
        del self._en_curso[llave]
        if not hecha.cancelled() and hecha.exception() is None:
            self._respuestas[llave] = hecha.result(), self._reloj() + NO_HALLADO_S
            self._respuestas.move_to_end(llave)
            if len(self._respuestas) > RESPUESTAS:
                self._respuestas.popitem(last=False)


def _cliente(suscripcion: dict[str, Any]) -> str:
    """Whose it is; one that was forgotten has none."""
    return str((suscripcion.get("cliente") or {}).get("codigo") or "")


@dataclass(frozen=True, slots=True)
class Espectador:
    """Somebody who watches.

    Attributes:
        duenos: know whose things are.
        acceso: who, before the route's rule.
        filtro: what they want to hear of.
        correlacion: under which owners are asked.
    """

    duenos: Duenos
    acceso: Acceso
    filtro: Filtro
    correlacion: str

    def sabe(self, hecho: Hecho) -> bool | None:
        """Whether they may hear of an event, and want to; None where somebody has to be asked."""
        propio = self.acceso.propio("cliente")
        if propio is not None and self._es_su_rechazo(hecho):
            return None
        if propio is not None and (hecho.paquete or hecho.imagen):
            return None if self.acceso.propio("clinica") else False
        if propio is None and not self.filtro.cliente:
            return True
        if propio == "" or not (hecho.suscripcion or hecho.cliente):
            return False
        de_quien = self.duenos.cliente(hecho)
        return None if de_quien is None else self._es_de(de_quien)

    def _es_su_rechazo(self, hecho: Hecho) -> bool:
        """Whether it may be the refusal of what they sent: then it is theirs, though what that was about may be
        another's, or nobody's. Of a package's files the package is asked for, once for all."""
        return bool(self.filtro.comando and hecho.rechazado and not hecho.paquete)

    def _es_de(self, cliente: str) -> bool:
        return self.acceso.alcanza("cliente", cliente) and self.filtro.cliente in ("", cliente)

    async def preguntar(self, hecho: Hecho) -> bool:
        """The same, by whoever it takes; where an owner is away, once that is back."""
        while True:
            try:
                return await self._preguntar(hecho)
            except ErrorHttp:
                await asyncio.sleep(REINTENTO_S)

    async def _preguntar(self, hecho: Hecho) -> bool:
        duenos, quien = self.duenos, self.acceso.quien
        if self.acceso.propio("cliente") is not None:
            if self._es_su_rechazo(hecho):
                return await duenos.preguntar_comando(hecho, quien, self.correlacion)
            # Of a package's images once for all, unless it is one of them that they want to hear of.
            if hecho.paquete and not self.filtro.imagen:
                return await duenos.preguntar_paquete(hecho.paquete, quien, self.correlacion)
            if hecho.imagen:
                return await duenos.preguntar_imagen(hecho.imagen, quien, self.correlacion)
        return self._es_de(await duenos.preguntar_cliente(hecho, self.correlacion))
