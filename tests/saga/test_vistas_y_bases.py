"""What is kept, where it can be made anew from, and who may touch it."""

from contextlib import closing
from itertools import permutations

import psycopg2
import pytest
from tests.saga.bases import ejecutar, filas
from tests.saga.negocio import Negocio
from tests.saga.plataforma_viva import RECHAZA, Plataforma

from plataforma.postgres import url_de
from plataforma.servicios import SERVICIOS

pytestmark = pytest.mark.integracion

# A given broker may hold other platforms' sagas too.
LINEA = (
    "SELECT to_jsonb(p) - 'apuntado' FROM saga_pasos AS p JOIN suscripciones AS s ON s.id = p.id_suscripcion"
    " ORDER BY p.id"
)
"""All that a step tells; when it was taken in, the topic does not know."""
RESUMENES = "SELECT r.* FROM saga_resumenes AS r JOIN suscripciones AS s ON s.id = r.id_suscripcion ORDER BY r.id"
VISTA = "SELECT * FROM vista_notificaciones ORDER BY id"


@pytest.fixture(scope="module")
def historia(negocio: Negocio) -> None:
    """Some sagas that ended, well and badly, and whose clients were told."""
    activa, rechazada = negocio.pide_suscripcion("pro"), negocio.pide_suscripcion("platino")
    cancelada = negocio.pide_suscripcion("free")
    sin_aviso = negocio.pide_suscripcion("pro", cliente=negocio.cliente_nuevo(RECHAZA))
    activa.su_saga_queda("COMPLETADA")
    rechazada.su_saga_queda("COMPENSADA")
    cancelada.cancela().queda("APLICADO")
    cancelada.su_notificacion_queda("SUSCRIPCION_CANCELADA", "CONFIRMADA")
    sin_aviso.su_notificacion_queda("SUSCRIPCION_RECHAZADA", "FALLIDA")
    cancelada.su_aviso_consta("COMPLETADA")
    sin_aviso.su_aviso_consta()


def test_la_vista_de_la_saga_se_rehace_igual_desde_su_topico(plataforma: Plataforma, historia: None) -> None:
    base = plataforma.bases["suscripciones"]
    viva, resumidas = filas(base, LINEA), filas(base, RESUMENES)
    assert viva and resumidas
    ejecutar(base, "DELETE FROM saga_pasos; DELETE FROM saga_resumenes")

    dicho = plataforma.ordenar("suscripciones", "saga", "reconstruir")

    assert filas(base, LINEA) == viva
    assert filas(base, RESUMENES) == resumidas
    assert "pasos reconstruidos" in dicho


def test_tras_rehacerla_la_saga_sigue_contandose(negocio: Negocio, plataforma: Plataforma) -> None:
    plataforma.ordenar("suscripciones", "saga", "reconstruir")
    negocio.pide_suscripcion("pro").su_saga_queda("COMPLETADA")


def test_la_vista_de_las_notificaciones_se_rehace_igual_desde_sus_eventos(
    plataforma: Plataforma, historia: None
) -> None:
    base = plataforma.bases["notificaciones"]
    viva = filas(base, VISTA)
    assert viva
    ejecutar(base, "DELETE FROM vista_notificaciones")

    plataforma.ordenar("notificaciones", "vistas", "reconstruir")

    assert filas(base, VISTA) == viva
    assert "íntegro" in plataforma.ordenar("notificaciones", "eventos", "verificar")


@pytest.mark.parametrize(
    "orden", ["UPDATE eventos SET tipo = 'Otro'", "DELETE FROM eventos", "TRUNCATE eventos"], ids=str.lower
)
@pytest.mark.parametrize("quien", ["el servicio", "el superusuario"])
def test_los_eventos_no_se_cambian_ni_se_borran(plataforma: Plataforma, historia: None, orden: str, quien: str) -> None:
    base = plataforma.bases["notificaciones"]
    nombre = base.rsplit("/", 1)[1]
    url = base if quien == "el servicio" else url_de(plataforma.servidores.postgres_url, base=nombre)
    antes = filas(base, "SELECT * FROM eventos ORDER BY orden")
    assert antes

    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ejecutar(url, orden)

    assert filas(base, "SELECT * FROM eventos ORDER BY orden")[: len(antes)] == antes


@pytest.mark.parametrize(("propio", "ajeno"), list(permutations(SERVICIOS, 2)))
def test_ningun_servicio_entra_en_la_base_de_otro(plataforma: Plataforma, propio: str, ajeno: str) -> None:
    base_ajena = plataforma.bases[ajeno].rsplit("/", 1)[1]
    with (
        pytest.raises(psycopg2.OperationalError, match="permission denied for database"),
        closing(psycopg2.connect(url_de(plataforma.bases[propio], base=base_ajena))),
    ):
        pass
