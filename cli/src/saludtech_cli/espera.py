"""Waiting for what becomes of a command, and of a saga: by asking again until it is told, or too late."""

import math
import time
from collections.abc import Callable

from saludtech_cli.fallos import Codigo, Fallo
from saludtech_cli.puerta import Objeto, Puerta

PAUSA_S = 0.2
PLAZO_S = 180.0
"""Longer than the platform gives a saga (120 s), and than a command waits for what it is about."""
DESCONOCIDA_S = 15.0
"""How long what may be on its way is waited for: the 10 s that the platform gives it, and slack."""

_PASAJEROS = (Codigo.NO_EXISTE, Codigo.SIN_RESPUESTA)


def destino(puerta: Puerta, aceptado: Objeto, plazo: float) -> Objeto:
    """The fate of a command that was accepted.

    Raises:
        Fallo: it is not told within so many seconds.
    """
    return _hasta(
        lambda: puerta.consultar(aceptado["comando"]),
        lambda _: True,
        plazo,
        f"El comando {aceptado['id_comando']} aún no se ha atendido",
    )


def saga(
    puerta: Puerta, id_suscripcion: str, id_saga: str | None, plazo: float, mirar: Callable[[Objeto], None]
) -> Objeto:
    """A subscription's saga once it has ended.

    Args:
        id_saga: which one; the latest without it.
        mirar: is shown the saga each time that it was asked for.

    Raises:
        Fallo: it has not ended after so many seconds, or the latest was asked for and there is none.
    """

    def preguntar() -> Objeto:
        if id_saga is None:
            return puerta.consultar(f"/suscripciones/{id_suscripcion}/saga")
        sagas = puerta.consultar(f"/suscripciones/{id_suscripcion}/sagas")["elementos"]
        propias = [s for s in sagas if s["id_saga"] == id_saga]
        if not propias:
            raise Fallo(Codigo.NO_EXISTE, f"La suscripción no tiene una saga {id_saga}.")
        return dict(propias[0])

    def acabo(vista: Objeto) -> bool:
        mirar(vista)
        return bool(vista["estado"] != "EN_CURSO")

    # A saga that is asked for by its id is that of a command which was applied: it will come.
    paciencia = min(DESCONOCIDA_S, plazo) if id_saga is None else math.inf
    return _hasta(preguntar, acabo, plazo, f"La saga de la suscripción {id_suscripcion} sigue en curso", paciencia)


def paquete(puerta: Puerta, id_paquete: str, plazo: float, mirar: Callable[[Objeto], None]) -> Objeto:
    """A package once all its images are decided, or it is refused.

    Args:
        mirar: is shown the package each time that it was asked for.

    Raises:
        Fallo: it is not so after so many seconds.
    """

    def acabo(vista: Objeto) -> bool:
        mirar(vista)
        return vista["estado"] in ("COMPLETADO", "RECHAZADO")

    si_no = f"El paquete {id_paquete} sigue en curso"
    return _hasta(lambda: puerta.consultar(f"/procesar/paquetes/{id_paquete}"), acabo, plazo, si_no)


def _hasta(
    preguntar: Callable[[], Objeto],
    cumple: Callable[[Objeto], bool],
    plazo: float,
    si_no: str,
    paciencia: float = math.inf,
) -> Objeto:
    """Ask until the answer will do.

    Args:
        plazo: for how long at most, in seconds.
        si_no: what to say then.
        paciencia: for how long it may be said, again and again, that there is no such thing.
    """
    existia = time.monotonic()
    limite = existia + plazo
    while True:
        motivo = ""
        try:
            respuesta = preguntar()
            if cumple(respuesta):
                return respuesta
        except Fallo as fallo:
            # What is not there yet, or away, may be there the next time.
            if fallo.codigo not in _PASAJEROS:
                raise
            if fallo.codigo is not Codigo.NO_EXISTE:
                existia = time.monotonic()
            elif time.monotonic() - existia > paciencia:
                raise
            motivo = f" ({fallo.texto.rstrip('.')})" if fallo.codigo is Codigo.SIN_RESPUESTA else ""
        if time.monotonic() > limite:
            raise Fallo(Codigo.SIN_RESPUESTA, f"{si_no} después de {plazo:g} s{motivo}.")
        time.sleep(PAUSA_S)
