"""The notification's states, folded from its events."""

import pytest

from notificaciones.aplicacion.traducciones import TRADUCCIONES
from notificaciones.dominio import eventos
from notificaciones.dominio.notificacion import ESTADO_TRAS, Notificacion
from notificaciones.infraestructura.eventos_guardados import CATALOGO


@pytest.fixture
def notificacion() -> Notificacion:
    return Notificacion.crear(
        "n-1",
        id_suscripcion="s-1",
        id_saga="g-1",
        cliente_codigo="0001",
        tipo="T",
        canal="CORREO",
        asunto="Hola",
        datos={"plan": "PRO"},
    )


def plegada(notificacion: Notificacion) -> Notificacion:
    """The same, from its events as the store keeps them."""
    otra = Notificacion(id=notificacion.id)
    for evento in notificacion.registrados:
        otra.aplicar(CATALOGO.leer(*CATALOGO.escribir(evento)))
    return otra


def test_confirmada(notificacion):
    assert notificacion.confirmar(intentos=2)

    assert notificacion.estado == "CONFIRMADA"
    assert plegada(notificacion) == notificacion


def test_fallida(notificacion):
    assert notificacion.fallar(3, "CANAL_RECHAZO")

    assert (notificacion.estado, notificacion.motivo) == ("FALLIDA", "CANAL_RECHAZO")
    assert plegada(notificacion) == notificacion


def test_anulada(notificacion):
    assert notificacion.anular("SAGA_CERRADA")

    assert (notificacion.estado, notificacion.motivo) == ("ANULADA", "SAGA_CERRADA")
    assert plegada(notificacion) == notificacion


@pytest.mark.parametrize(
    "fin", [lambda n: n.confirmar(1), lambda n: n.fallar(1, "CANAL_RECHAZO"), lambda n: n.anular("SAGA_CERRADA")]
)
def test_lo_decidido_no_cambia(notificacion, fin):
    fin(notificacion)
    decidido = notificacion.estado

    assert not notificacion.confirmar(9)
    assert not notificacion.fallar(9, "CANAL_RECHAZO")
    assert not notificacion.anular("SAGA_CERRADA")
    assert notificacion.estado == decidido


def test_cada_evento_tiene_su_estado_su_nombre_y_su_traduccion():
    todos = {c for c in eventos.EventoNotificacion.__subclasses__() if getattr(eventos, c.__name__) is c}

    assert todos == set(ESTADO_TRAS) == set(TRADUCCIONES)
