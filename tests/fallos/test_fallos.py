"""The fault suite's short form: its most telling cases, in few rounds. `make experimento2` runs all of them in full.

In the long tier, since each case loads the whole platform and waits until it is at rest. In `make test`, a process, the
broker and the database are killed under a worker (`seedwork/tests/integracion/test_procesos.py`, `test_caidas.py`), and
the platform's processes in the middle of a saga (`tests/saga/`).
"""

from typing import Any

import pytest
from tests.auditor.hallazgos import Clase
from tests.fallos import caidas, carreras, coherencia, cuaderno_entregas, cuaderno_muertes, matriz
from tests.fallos.acta import Acta, Caso, levantar, nombre
from tests.fallos.escenario import Escenario
from tests.fallos.mesa import Mesa
from tests.fallos.tropiezo import ACTIVAR, LIBERAR, LIBERAR_TODO, MODIFICAR, RESERVAR
from tests.saga.bases import ejecutar

from seedwork.pruebas.bases import de_dueno

pytestmark = [pytest.mark.integracion, pytest.mark.largo, pytest.mark.timeout(240)]


@pytest.mark.parametrize(
    ("caso", "tamanos"),
    [
        (cuaderno_muertes.muerto_al_azar, {"vueltas": 2, "ordenes": 60}),
        (cuaderno_muertes.primera_puesta_en_marcha, {"minutos": 0.05}),
        (cuaderno_entregas.cada_mensaje_muchas_veces, {"ordenes": 60}),
    ],
    ids=lambda valor: nombre(valor) if callable(valor) else "",
)
def test_cuaderno(mesa: Mesa, caso: Caso, tamanos: dict[str, Any]) -> None:
    acta = levantar(caso, mesa, **tamanos)
    assert acta.hallazgos == [], str(acta)


@pytest.mark.parametrize(
    ("caso", "tamanos"),
    [
        (caidas.cada_proceso_muere, {"imagenes": 150, "suscripciones": 30, "segundos": 10, "vueltas": 1}),
        (matriz.paso_duplicado, {"sagas": 1, "pasos": (RESERVAR, ACTIVAR, LIBERAR, MODIFICAR, LIBERAR_TODO)}),
        (matriz.paso_rechazado, {"sagas": 2}),
        (carreras.exito_y_cancelacion_a_la_vez, {"vueltas": 2, "sagas": 5}),
        (carreras.carga_mezclada, {"ordenes": 200, "imagenes": 300}),
        (matriz.todo_otra_vez_y_al_reves, {"veces": 2}),
    ],
    ids=lambda valor: nombre(valor) if callable(valor) else "",
)
def test_plataforma(lugar: Escenario, caso: Caso, tamanos: dict[str, Any]) -> None:
    acta = levantar(caso, lugar, **tamanos)
    lugar.restablecer()
    assert acta.hallazgos == [], str(acta)


# A sample of each database, to see that the auditor's rules get to see it; tests/auditor spoils all that they judge.
# In this order, each on what the ones before have left.
DANOS = [
    ("notificaciones", "UPDATE vista_notificaciones SET estado = 'ENVIADA'", Clase.ATASCADO, "not delivered"),
    ("servicio_datos", "UPDATE expertos SET usados = usados + 1", Clase.SIN_DEVOLVER, "places taken"),
    ("suscripciones", "DELETE FROM saga_pasos WHERE paso = 'ACTIVAR'", Clase.PERDIDO, "not in the view"),
    ("suscripciones", "DELETE FROM suscripciones", Clase.PERDIDO, "no such subscription"),
    ("suscripciones", "DELETE FROM outbox", Clase.OTRO, "never committed"),
    ("notificaciones", "DELETE FROM inbox", Clase.PERDIDO, "not in the inbox"),
    ("procesamiento", "DELETE FROM imagenes", Clase.PERDIDO, "no such image"),
]


def test_no_esta_en_reposo_lo_que_se_mueve_mientras_se_mira(lugar: Escenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message may pass behind the look: it is taken in after the outboxes were looked at, and before the backlogs."""
    base = lugar.plataforma.bases["notificaciones"]
    de_verdad = coherencia.Aprovisionador.atraso

    def y_entretanto(yo: coherencia.Aprovisionador, topico: str, suscripcion: str) -> int:
        ejecutar(base, "INSERT INTO inbox (consumidor, ce_id) VALUES ('otro', gen_random_uuid()::text)")
        return de_verdad(yo, topico, suscripcion)

    lugar.sosegar(Acta("sosiego"))
    with monkeypatch.context() as parche:
        parche.setattr(coherencia.Aprovisionador, "atraso", y_entretanto)
        assert lugar.pendiente() == "something was committed while looking"
    assert lugar.pendiente() is None


def test_el_auditor_encuentra_lo_que_se_estropea(lugar: Escenario) -> None:
    """The last one here: it leaves the stage in ruins."""
    with lugar.bajo_carga(acta := Acta("sano"), imagenes=3, suscripciones=2, segundos=1):
        pass
    assert acta.hallazgos == []
    # Nobody must react to what is done to the databases.
    for proceso in lugar.plataforma.procesos:
        proceso.matar()

    base = lugar.plataforma.bases["suscripciones"]
    ejecutar(base, "UPDATE suscripciones SET renueva = renueva - interval '10 years'")
    assert str(lugar.pendiente()).endswith(" renewals due")
    ejecutar(base, "UPDATE suscripciones SET renueva = renueva + interval '10 years'")
    assert lugar.pendiente() is None

    for paquete, dano, clase, que in DANOS:
        ejecutar(de_dueno(lugar.plataforma.bases[paquete]), dano)
        lugar.examinar(acta := Acta(dano))
        assert [h for h in acta.hallazgos if h.clase == clase and que in h.que], (dano, acta.hallazgos)
