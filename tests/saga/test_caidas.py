"""kill -9, in the middle of it all: whatever was accepted ends, and once."""

import secrets
from collections import Counter
from functools import partial

import pytest
from tests.saga.bases import filas
from tests.saga.espera import hasta
from tests.saga.negocio import Imagen, Negocio, Suscripcion
from tests.saga.plataforma_viva import Plataforma

pytestmark = [pytest.mark.integracion, pytest.mark.timeout(240)]

SUSCRIPCIONES = 30
IMAGENES = 200
SEGUNDOS = 120


def test_mueran_los_trabajadores_que_mueran_todo_lo_aceptado_termina(negocio: Negocio, plataforma: Plataforma) -> None:
    suscripciones: list[Suscripcion] = []
    imagenes: list[Imagen] = []
    marca = secrets.token_hex(6)
    victimas = plataforma.trabajadores
    for victima in victimas:
        for _ in range(SUSCRIPCIONES // len(victimas) + 1):
            suscripciones.append(negocio.pide_suscripcion("pro"))
        for _ in range(IMAGENES // len(victimas)):
            imagenes.append(negocio.envia_imagen(id_imagen=f"{marca}-{len(imagenes)}", id_paciente=f"p-{marca}"))
        victima.matar()
        victima.arrancar()

    for suscripcion in suscripciones:
        suscripcion.queda("ACTIVA", segundos=SEGUNDOS)
        saga = suscripcion.su_saga_queda("COMPLETADA", segundos=SEGUNDOS)
        assert Counter(saga.resultados) == {
            (paso, "HECHO"): 1 for paso in ("CREAR", "RESERVAR", "NOTIFICAR", "ACTIVAR", "INICIAR")
        }
        suscripcion.su_servicio_queda("INICIADO")
        suscripcion.su_notificacion_queda("SERVICIO_LISTO", "CONFIRMADA")
        _las_cartas_son_una(plataforma, suscripcion)
    for imagen in imagenes:
        imagen.queda("ANONIMIZADA")
    for victima in victimas:
        victima.esperar_listo()
    _nada_queda_por_hacer(plataforma)
    _ninguna_plaza_se_pierde(plataforma)


def _las_cartas_son_una(plataforma: Plataforma, suscripcion: Suscripcion) -> None:
    """An e-mail may repeat after a crash, always with the same Message-ID."""
    cartas = plataforma.buzon.de(suscripcion.direccion)
    ids = {linea for carta in cartas for linea in carta.splitlines() if linea.lower().startswith("message-id:")}
    assert len(ids) == 1, cartas


def _nada_queda_por_hacer(plataforma: Plataforma) -> None:
    for paquete, base in plataforma.bases.items():
        hasta(partial(_outbox_vacio, base), f"el outbox de {paquete} queda vacío")
        assert filas(base, "SELECT * FROM intentos") == [], f"no message of {paquete} was left or parked"


def _outbox_vacio(base: str) -> bool:
    return not filas(base, "SELECT 1 FROM outbox WHERE enviado IS NULL")


def _ninguna_plaza_se_pierde(plataforma: Plataforma) -> None:
    base = plataforma.bases["servicio_datos"]
    usados = "SELECT codigo, usados FROM expertos WHERE usados > 0 ORDER BY codigo"
    vivos = (
        "SELECT experto_codigo, count(*)::int FROM servicios_datos WHERE estado <> 'TERMINADO' "
        "GROUP BY experto_codigo ORDER BY experto_codigo"
    )
    assert filas(base, usados) == filas(base, vivos)
