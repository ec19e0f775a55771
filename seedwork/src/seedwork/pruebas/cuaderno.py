"""A notebook: the smallest service there can be. The suites prove seedwork with it, in threads and in processes.

``python -m seedwork.pruebas.cuaderno CONTEXT [FAULT] [-- VERB…]`` runs its worker, or a verb of every service's command
line; it kills itself (SIGKILL) at the fault; ``name:N`` is its N-th passage there.
"""

import functools
import itertools
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from contratos import Mensaje, mensaje, motivos
from contratos.base import campo
from contratos.canal import agregar, canal
from seedwork.aplicacion.bus import Bus, Manejador
from seedwork.aplicacion.entorno import EntornoReal
from seedwork.aplicacion.espera import Creacion, Paciencia, PorConocer
from seedwork.aplicacion.unidad import Abrir, UnidadTrabajo, abridor
from seedwork.dominio.errores import ReglaViolada
from seedwork.entrada.cartas import Cartero
from seedwork.entrada.cli import crear_cli, ejecutar
from seedwork.entrada.config import ConfigServicio, Puerto, cargar
from seedwork.entrada.servicio import Servicio
from seedwork.infraestructura import ddl
from seedwork.infraestructura.poda import DEL_OUTBOX, sin_restos
from seedwork.infraestructura.relay import Relay
from seedwork.infraestructura.roles import conceder
from seedwork.infraestructura.subscription import SubscriptionPulsar
from seedwork.infraestructura.transaccion_sql import TransaccionSQL, transacciones
from seedwork.pruebas.bases import como_dueno
from seedwork.pruebas.paciencia import PacienciaFija

INDECIBLE = "indecible"
CREADOR = "creador"
"""Who would have to handle the notebook's events before a page is taken for one that nobody makes (``tras:PAGE``)."""

_TABLAS = sa.MetaData()
apuntes = sa.Table(
    "apuntes",
    _TABLAS,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("hoja", sa.Text, nullable=False),
    sa.Column("linea", sa.BigInteger, nullable=False),
    comment="Effects. Nothing here is unique, so that an effect done twice shows.",
)


@functools.cache
def mensajes(contexto: str) -> tuple[Any, Any]:
    """The command and the event of one notebook, in a namespace of its own."""

    @mensaje(contexto, "comando", sujeto="hoja")
    class Apuntar(Mensaje):
        """Write a line on a page. ``modo`` tells the handler how to misbehave."""

        hoja: str = ""
        linea: int = 0
        modo: str = ""
        secreto: str = campo(propio=True)

    @mensaje(contexto, "evento", sujeto="hoja")
    class Apuntado(Mensaje):
        """A line was written."""

        hoja: str = ""
        linea: int = 0

    agregar({Apuntar: canal(contexto, contexto), Apuntado: canal(contexto)})
    return Apuntar, Apuntado


def preparar(motor: sa.Engine) -> None:
    """Make its tables, and those of every service's messages, as their owner; the engine's role may work there."""
    with como_dueno(motor) as dueno:
        with dueno.begin() as conexion:
            conexion.execute(sa.text(ddl.mensajeria()))
            _TABLAS.create_all(conexion)
        sin_restos(dueno, ())
        conceder(dueno, motor.url.username or "", DEL_OUTBOX)


class UnidadCuaderno(UnidadTrabajo):
    """Its unit of work."""

    def __init__(self, transaccion: TransaccionSQL, contexto: str) -> None:
        super().__init__(transaccion, contexto, {})
        self._sql = transaccion

    def tiene(self, hoja: str) -> bool:
        """Whether there is a line on the page."""
        return bool(self._sql.conexion.scalar(sa.select(sa.exists().where(apuntes.c.hoja == hoja))))

    def apuntar(self, hoja: str, linea: int) -> None:
        """Write the line, and say so."""
        self._sql.escribir(sa.insert(apuntes).values(hoja=hoja, linea=linea))
        _, apuntado = mensajes(self.participante)
        self.publicar(apuntado(hoja=hoja, linea=linea), sujeto=hoja, secuencia=linea)


def abrir_en(motor: sa.Engine, contexto: str) -> Abrir:
    """How its units of work are opened."""
    fabrica = functools.partial(UnidadCuaderno, contexto=contexto)
    return abridor(transacciones(motor, _TABLAS, EntornoReal()), fabrica)


def hacer_bus(
    motor: sa.Engine, contexto: str, manejador: Manejador | None = None, paciencia: Paciencia | None = None
) -> Bus:
    """Its bus. A handler's faults are counted by bus, so each starts with none."""
    manejadores = _manejadores(contexto, manejador)
    return Bus(contexto, abrir_en(motor, contexto), manejadores, _rechazar, paciencia or PacienciaFija())


def _manejadores(contexto: str, manejador: Manejador | None = None) -> dict[type[Mensaje], Manejador]:
    apuntar, _ = mensajes(contexto)
    return {apuntar: manejador or _Manejador()}


class _Config(ConfigServicio):
    http_puerto: Puerto = 0
    salud_puerto: Puerto = 0


def servicio(contexto: str) -> Servicio:
    """The notebook as a service, from the environment's settings."""
    return Servicio(
        nombre=contexto,
        config=cargar(_Config),
        migraciones=Path(),
        manejadores=_manejadores(contexto),
        rechazar=_rechazar,
        traducciones={},
        tablas=_TABLAS,
        unidad=lambda: functools.partial(UnidadCuaderno, contexto=contexto),
        api=lambda _app, _motor: None,
    )


class _Manejador:
    def __init__(self) -> None:
        self._fallos: Counter[str] = Counter()

    def __call__(self, orden: Any, unidad: UnidadCuaderno) -> None:
        verbo, _, cuanto = orden.modo.partition(":")
        if verbo == "muere":
            os._exit(9)
        if verbo == "duerme":
            time.sleep(float(cuanto))
        if verbo == "falla":
            self._fallos[unidad.sobre.id] += 1
            if not cuanto or self._fallos[unidad.sobre.id] <= int(cuanto):
                raise ValueError(f"no pude con {orden.secreto}")
        if verbo == "rechaza":
            raise ReglaViolada("NO_QUIERO")
        if verbo == "tras" and not unidad.tiene(cuanto):
            _, apuntado = mensajes(unidad.participante)
            raise PorConocer(motivos.SUSCRIPCION_DESCONOCIDA, (Creacion(apuntado, CREADOR),))
        unidad.apuntar(orden.hoja, orden.linea)
        if verbo == "tarda":
            time.sleep(float(cuanto))


def _rechazar(orden: Any, unidad: UnidadCuaderno, motivo: str) -> None:
    """Tell it, as a line that no page has. A page's name is all it takes to make the telling fail."""
    if orden.hoja == INDECIBLE:
        raise ValueError("no puedo ni decirlo")
    _, apuntado = mensajes(unidad.participante)
    unidad.publicar(apuntado(hoja=orden.hoja, linea=-1), sujeto=orden.hoja)


def _morir() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _a_la(vez: int, clase: type, metodo: str, *, tras: bool = False) -> None:
    """Die at the ``vez``-th call of a method: instead of it, or right after it."""
    original, veces = getattr(clase, metodo), itertools.count(1)

    def contado(self: Any, *args: Any) -> Any:
        if next(veces) < vez:
            return original(self, *args)
        if tras:
            original(self, *args)
        return _morir()

    setattr(clase, metodo, contado)


FALLOS: dict[str, Callable[[int], None]] = {
    "antes_de_confirmar": lambda vez: _a_la(vez, UnidadTrabajo, "volcar", tras=True),
    "antes_de_aceptar": lambda vez: _a_la(vez, SubscriptionPulsar, "aceptar"),
    "antes_de_marcar": lambda vez: _a_la(vez, Relay, "_marcar"),
    "antes_de_reenviar": lambda vez: _a_la(vez, Cartero, "_publicar"),
    "antes_de_quitar": lambda vez: _a_la(vez, Cartero, "_quitar"),
}
"""Where a worker can be told to die: right before the commit, between commit and acknowledge, between a relay's
send and its mark, before a dead letter is sent again, and before it is taken away."""

if __name__ == "__main__":
    _, propio, *resto = sys.argv
    corte = resto.index("--") if "--" in resto else len(resto)
    for fallo in resto[:corte]:
        nombre, _, vez = fallo.partition(":")
        FALLOS[nombre](int(vez or 1))
    if resto[corte:]:
        sys.argv = [propio, *resto[corte + 1 :]]
        ejecutar(crear_cli(lambda: servicio(propio), "cuaderno"))
    raise SystemExit(servicio(propio).trabajar())
