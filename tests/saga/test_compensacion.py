"""What is undone when a saga ends badly, and that nothing of it is lost."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from tests.saga.bases import filas
from tests.saga.negocio import Negocio
from tests.saga.plataforma_viva import RECHAZA, Plataforma

pytestmark = pytest.mark.integracion

PLAZO_CORTO_S = 3


def test_si_no_se_puede_avisar_al_cliente_se_rechaza_y_la_capacidad_vuelve(
    negocio: Negocio, expertos_libres: Callable[[int], None]
) -> None:
    expertos_libres(1)
    fallida = negocio.pide_suscripcion("pro", cliente=negocio.cliente_nuevo(RECHAZA))

    assert fallida.queda("RECHAZADA")["motivo"] == "No fue posible notificar al cliente."
    assert fallida.su_servicio_queda("TERMINADO")
    saga = fallida.su_saga_queda("COMPENSADA")
    assert (saga.paso("RESERVAR")["resultado"], saga.paso("NOTIFICAR")["resultado"]) == ("HECHO", "FALLIDO")
    assert (saga.paso("LIBERAR")["resultado"], saga.paso("LIBERAR")["compensacion"]) == ("HECHO", True)
    assert fallida.su_notificacion_queda("SERVICIO_LISTO", "FALLIDA")["motivo"]
    # How its saga ended never changes the command's own fate.
    fallida.su_comando_queda("APLICADO")

    siguiente = negocio.pide_suscripcion("pro")

    siguiente.queda("ACTIVA")
    siguiente.su_saga_queda("COMPLETADA")


@contextmanager
def plazo_corto(plataforma: Plataforma) -> Iterator[None]:
    """In the body, the saga's deadline is a few seconds, for suscripciones alone."""
    servicio = plataforma.proceso("suscripciones")
    servicio.parar()
    servicio.arrancar(SAGA_PLAZO_S=str(PLAZO_CORTO_S))
    servicio.esperar_listo()
    yield
    servicio.parar()
    servicio.arrancar()
    servicio.esperar_listo()


def test_si_el_proveedor_calla_vence_el_plazo_y_al_volver_no_retiene_nada(
    negocio: Negocio, plataforma: Plataforma, expertos_libres: Callable[[int], None]
) -> None:
    expertos_libres(1)
    proveedor = plataforma.proceso("servicio-datos")
    proveedor.parar()

    with plazo_corto(plataforma):
        olvidada = negocio.pide_suscripcion("pro")
        assert olvidada.queda("RECHAZADA")["motivo"] == "La suscripción no se completó dentro del plazo."

    assert negocio.pregunta(f"/suscripciones/{olvidada.id}/saga").cuerpo["estado"] == "EN_CURSO"
    proveedor.arrancar()
    proveedor.esperar_listo()

    saga = olvidada.su_saga_queda("COMPENSADA")
    assert saga.paso("LIBERAR")["compensacion"] is True
    assert olvidada.recibe_correo("No pudimos activar su suscripción")
    assert negocio.pide_suscripcion("pro").queda("ACTIVA"), "the one place is free"
    assert all(s["estado"] == "TERMINADO" for s in olvidada.sus_servicios())


@pytest.mark.largo  # a saga's deadline has to pass
def test_el_plazo_sigue_contando_mientras_nadie_lo_mira(negocio: Negocio, plataforma: Plataforma) -> None:
    """It stands on the row, on the database's clock: a start with a longer one does not begin it anew."""
    base = plataforma.bases["suscripciones"]
    proveedor = plataforma.proceso("servicio-datos")
    proveedor.parar()
    with plazo_corto(plataforma):
        olvidada = negocio.pide_suscripcion("pro")
        olvidada.queda("PENDIENTE")
        plazo = filas(base, f"SELECT plazo FROM suscripciones WHERE id = '{olvidada.id}'")
        plataforma.proceso("suscripciones").matar()
        # Not much longer: for half of it the provider's last answer, to the scenario before, counts for work.
        plataforma.proceso("suscripciones").arrancar(SAGA_PLAZO_S=str(3 * PLAZO_CORTO_S))
        plataforma.proceso("suscripciones").esperar_listo()
        assert filas(base, f"SELECT plazo FROM suscripciones WHERE id = '{olvidada.id}'") == plazo
        assert olvidada.queda("RECHAZADA")["motivo"] == "La suscripción no se completó dentro del plazo."
    proveedor.arrancar()
    proveedor.esperar_listo()
    olvidada.su_saga_queda("COMPENSADA")


def test_lo_que_llega_tarde_no_cambia_lo_decidido(
    negocio: Negocio, plataforma: Plataforma, expertos_libres: Callable[[int], None]
) -> None:
    """Who notifies is away until the deadline has passed, and then hears cause and undo at once."""
    expertos_libres(1)
    avisador = plataforma.proceso("notificaciones")
    avisador.parar()

    with plazo_corto(plataforma):
        olvidada = negocio.pide_suscripcion("pro")
        assert olvidada.queda("RECHAZADA")["motivo"] == "La suscripción no se completó dentro del plazo."
    assert olvidada.su_saga_queda("COMPENSADA").paso("LIBERAR")["resultado"] == "HECHO"
    assert olvidada.su_servicio_queda("TERMINADO")

    avisador.arrancar()
    avisador.esperar_listo()

    assert olvidada.recibe_correo("No pudimos activar su suscripción")
    assert negocio.pide_suscripcion("pro").queda("ACTIVA"), "the one place is free again"
    olvidada.queda("RECHAZADA")
    olvidada.su_saga_queda("COMPENSADA")
    assert olvidada.su_servicio_queda("TERMINADO")
