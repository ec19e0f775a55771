"""What goes wrong in the middle of a saga's step: a trigger in the participant's own database, at the row it writes.

So a step can be made to fail, to hang, or to be caught in the act, without a line of it in the services.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import psycopg2
from tests.saga.bases import ejecutar, filas
from tests.saga.espera import hasta

from contratos import Mensaje
from contratos.sagas import TransicionSaga
from contratos.suscripciones import (
    CambiarPlanSuscripcion,
    CambioPlanIniciado,
    CancelarSuscripcion,
    CrearSuscripcion,
    SuscripcionActivada,
    SuscripcionAprovisionada,
    SuscripcionCancelada,
    SuscripcionCreada,
    SuscripcionPlanModificado,
    SuscripcionRechazada,
)
from seedwork.pruebas.bases import de_dueno

_CERROJO = 7070
_LLEGADOS = (
    f"SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = {_CERROJO} AND NOT granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


@dataclass(frozen=True)
class Paso:
    """A step of the saga, as it can be got at from outside.

    Attributes:
        proceso: whose worker does it.
        base: whose database.
        escritura: the row that it writes, as a trigger says it.
        cuando: what is true of that row.
        causa: the message that brings it about.
        previo: the last step of another participant before it, where there is one.
        malograda: whether it belongs to sagas that end badly.
        tras: for a step of what befalls a subscription in force: its plan, and what is asked then, another plan or
            CANCELAR.
    """

    nombre: str
    proceso: str
    base: str
    escritura: str
    cuando: str
    causa: type[Mensaje]
    previo: "Paso | None" = None
    malograda: bool = False
    tras: tuple[str, str] | None = None

    def __str__(self) -> str:
        return self.nombre if self.tras is None else f"{self.nombre} of {' to '.join(self.tras)}"


CREAR = Paso("CREAR", "suscripciones", "suscripciones", "INSERT ON suscripciones", "true", CrearSuscripcion)
RESERVAR = Paso(
    "RESERVAR", "servicio-datos", "servicio_datos", "INSERT ON servicios_datos", "true", SuscripcionCreada, CREAR
)
NOTIFICAR = Paso(
    "NOTIFICAR",
    "notificaciones",
    "notificaciones",
    "INSERT ON envios",
    "NEW.tipo = 'SERVICIO_LISTO'",
    SuscripcionAprovisionada,
    RESERVAR,
)
ACTIVAR = Paso("ACTIVAR", "suscripciones", "suscripciones", "INSERT ON facturas", "true", TransicionSaga, NOTIFICAR)
INICIAR = Paso(
    "INICIAR",
    "servicio-datos",
    "servicio_datos",
    "UPDATE ON servicios_datos",
    "NEW.estado = 'INICIADO'",
    SuscripcionActivada,
    ACTIVAR,
)
RECHAZAR = Paso(
    "RECHAZAR",
    "suscripciones",
    "suscripciones",
    "UPDATE ON suscripciones",
    "NEW.estado = 'RECHAZADA' AND OLD.estado <> 'RECHAZADA'",
    TransicionSaga,
    NOTIFICAR,
    malograda=True,
)
LIBERAR = Paso(
    "LIBERAR",
    "servicio-datos",
    "servicio_datos",
    "UPDATE ON servicios_datos",
    "NEW.estado = 'TERMINADO'",
    SuscripcionRechazada,
    RECHAZAR,
    malograda=True,
)
AVISAR = Paso(
    "AVISAR",
    "notificaciones",
    "notificaciones",
    "INSERT ON envios",
    "NEW.tipo = 'SUSCRIPCION_RECHAZADA'",
    SuscripcionRechazada,
    RECHAZAR,
    malograda=True,
)

SUBIR, BAJAR, CANCELAR = ("basico", "pro"), ("pro", "basico"), ("pro", "CANCELAR")
CAMBIAR = Paso(
    "CAMBIAR",
    "suscripciones",
    "suscripciones",
    "UPDATE ON suscripciones",
    "NEW.saga->>'id' <> OLD.saga->>'id'",
    CambiarPlanSuscripcion,
    tras=SUBIR,
)
RESERVAR_MAS = replace(RESERVAR, causa=CambioPlanIniciado, previo=CAMBIAR, tras=SUBIR)
NOTIFICAR_MAS = replace(NOTIFICAR, previo=RESERVAR_MAS, tras=SUBIR)
MODIFICAR = Paso(
    "ACTIVAR",
    "suscripciones",
    "suscripciones",
    "UPDATE ON suscripciones",
    "NEW.plan_codigo <> OLD.plan_codigo",
    TransicionSaga,
    NOTIFICAR_MAS,
    tras=SUBIR,
)
INICIAR_MAS = replace(INICIAR, causa=SuscripcionPlanModificado, previo=MODIFICAR, tras=SUBIR)
BAJAR_DE_PLAN = replace(CAMBIAR, tras=BAJAR)
LIBERAR_LO_DEMAS = replace(LIBERAR, causa=SuscripcionPlanModificado, previo=BAJAR_DE_PLAN, malograda=False, tras=BAJAR)
TERMINAR = Paso(
    "CANCELAR",
    "suscripciones",
    "suscripciones",
    "UPDATE ON suscripciones",
    "NEW.estado = 'CANCELADA'",
    CancelarSuscripcion,
    tras=CANCELAR,
)
LIBERAR_TODO = replace(LIBERAR, causa=SuscripcionCancelada, previo=TERMINAR, malograda=False, tras=CANCELAR)
DESPEDIR = Paso(
    "AVISAR",
    "notificaciones",
    "notificaciones",
    "INSERT ON envios",
    "NEW.tipo = 'SUSCRIPCION_CANCELADA'",
    SuscripcionCancelada,
    TERMINAR,
    tras=CANCELAR,
)
EN_VIGOR = (
    CAMBIAR,
    RESERVAR_MAS,
    NOTIFICAR_MAS,
    MODIFICAR,
    INICIAR_MAS,
    LIBERAR_LO_DEMAS,
    TERMINAR,
    LIBERAR_TODO,
    DESPEDIR,
)
"""The steps of what befalls a subscription in force: a change of plan up and down, its cancellation."""
ALTA = (CREAR, RESERVAR, NOTIFICAR, ACTIVAR, INICIAR, RECHAZAR, LIBERAR, AVISAR)
PASOS = (*ALTA, *EN_VIGOR)


class Retencion:
    """Somebody holds the door shut, in one database."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._conexion = psycopg2.connect(url)
        with self._conexion.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_lock({_CERROJO})")

    def esperar_a_alguien(self) -> None:
        """Wait until somebody stands before it."""
        hasta(lambda: filas(self._url, _LLEGADOS), "alguien llega al paso retenido")

    def soltar(self) -> None:
        """Let everybody through. May be repeated."""
        self._conexion.close()


@contextmanager
def retenido(url: str, paso: Paso) -> Iterator[Retencion]:
    """In the body, whoever comes to write the step's row waits there until it is let go."""
    with _disparador(url, paso, f"PERFORM pg_advisory_xact_lock({_CERROJO});"):
        retencion = Retencion(url)
        try:
            yield retencion
        finally:
            retencion.soltar()


@contextmanager
def que_falla(url: str, paso: Paso, veces: int) -> Iterator[None]:
    """In the body, the first so many tries to write the step's row raise an error.

    Raises AssertionError after it when there were not that many.
    """
    with _disparador(url, paso, f"IF nextval('tropiezos') <= {veces} THEN RAISE EXCEPTION 'tropiezo'; END IF;"):
        yield
        ((intentos,),) = filas(de_dueno(url), "SELECT last_value FROM tropiezos")
        assert intentos > veces, f"{paso.nombre} was tried {intentos} times only"


@contextmanager
def _disparador(url: str, paso: Paso, cuerpo: str) -> Iterator[None]:
    url = de_dueno(url)
    ejecutar(
        url,
        "CREATE SEQUENCE tropiezos;"
        f"CREATE FUNCTION tropezar() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {cuerpo} RETURN NEW; END $$;"
        f"CREATE TRIGGER tropiezo BEFORE {paso.escritura} FOR EACH ROW WHEN ({paso.cuando})"
        " EXECUTE FUNCTION tropezar();",
    )
    try:
        yield
    finally:
        ejecutar(url, "DROP FUNCTION tropezar() CASCADE; DROP SEQUENCE tropiezos;")
