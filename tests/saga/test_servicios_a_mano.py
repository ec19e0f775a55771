"""Operators make data services by hand, start them, give them another expert, and end them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.saga.bases import filas
from tests.saga.negocio import Negocio, Orden
from tests.saga.plataforma_viva import Plataforma
from tests.saga.test_planes import suscrita

pytestmark = pytest.mark.integracion


@pytest.fixture
def experto(plataforma: Plataforma, expertos_libres: Callable[[int], None]) -> str:
    """The one expert of the catalogue, with room for two."""
    expertos_libres(2)
    return _vigentes(plataforma)[0]


def _vigentes(plataforma: Plataforma) -> list[str]:
    return [f[0] for f in filas(plataforma.bases["servicio_datos"], "SELECT codigo FROM expertos WHERE vigente")]


def hace(negocio: Negocio, orden: Orden, verbo: str, cuerpo: dict[str, object] | None = None) -> Orden:
    return negocio.ordena(f"/servicios-datos/{orden.aceptado['id_servicio_datos']}/{verbo}-comando", cuerpo or {})


def vista(negocio: Negocio, orden: Orden) -> dict[str, object]:
    cuerpo: dict[str, object] = negocio.pregunta(orden.aceptado["consulta"]).cuerpo
    return cuerpo


def test_un_servicio_a_mano_se_crea_se_inicia_y_se_termina(negocio: Negocio, experto: str) -> None:
    cliente = suscrita(negocio, "free")
    creado = negocio.crea_servicio(cliente.id, experto)
    assert creado.queda("APLICADO") is None
    assert vista(negocio, creado)["estado"] == "CREADO"

    assert hace(negocio, creado, "inicio").queda("APLICADO") is None
    assert vista(negocio, creado)["estado"] == "INICIADO"
    assert hace(negocio, creado, "inicio").queda("RECHAZADO") == "El servicio de datos ya está iniciado."

    assert hace(negocio, creado, "fin", {"motivo": "acabó el estudio"}).queda("APLICADO") is None
    terminado = vista(negocio, creado)
    assert (terminado["estado"], terminado["detalle"]) == ("TERMINADO", "acabó el estudio")
    assert hace(negocio, creado, "fin").queda("RECHAZADO") == "El servicio de datos ya terminó."
    assert len(cliente.sus_sagas()) == 1, "a mano no hay saga"


def test_creado_justo_detras_de_su_suscripcion_la_espera(negocio: Negocio, experto: str) -> None:
    cliente = negocio.pide_suscripcion("free")
    assert negocio.crea_servicio(cliente.id, experto).queda("APLICADO") is None


@pytest.mark.largo  # each refusal waits for ten seconds
def test_de_lo_que_no_se_tiene_no_hay_servicio_y_cada_rechazo_dice_por_que(negocio: Negocio, experto: str) -> None:
    # Refused after ten seconds: the others' turn.
    desconocida = negocio.crea_servicio("nadie-la-pidio", experto)
    cliente, pro = suscrita(negocio, "free"), suscrita(negocio, "pro")
    assert negocio.crea_servicio(pro.id, experto).queda("RECHAZADO") == "La suscripción ya tiene un servicio de datos."
    assert negocio.crea_servicio(cliente.id, "nadie").queda("RECHAZADO") == "El experto no está en el catálogo."
    sin_nube = negocio.crea_servicio(cliente.id, experto, nube={"codigo": "otra"})
    assert sin_nube.queda("RECHAZADO") == "La nube no está en el catálogo."
    assert negocio.crea_servicio(cliente.id, experto).queda("APLICADO") is None
    lleno = suscrita(negocio, "free")
    assert negocio.crea_servicio(lleno.id, experto).queda("RECHAZADO") == "No queda capacidad libre."
    cliente.cancela().queda("APLICADO")
    cliente.su_servicio_queda("TERMINADO")
    # The place that the cancelled one had.
    assert negocio.crea_servicio(lleno.id, experto).queda("APLICADO") is None
    assert desconocida.queda("RECHAZADO") == "La suscripción no existe."


def test_lo_que_un_plan_requiere_no_se_termina_a_mano(negocio: Negocio, experto: str) -> None:
    cliente = suscrita(negocio, "pro")
    (servicio,) = cliente.sus_servicios()
    orden = negocio.ordena(f"/servicios-datos/{servicio['id_servicio_datos']}/fin-comando", {})
    assert (
        orden.queda("RECHAZADO") == "El plan de la suscripción requiere el servicio de datos: cancele la suscripción."
    )
    assert cliente.sus_servicios()[0]["estado"] == "INICIADO"


def test_a_mano_no_deja_sitio_al_del_plan_y_cancelar_lo_termina_sin_paso(negocio: Negocio, experto: str) -> None:
    cliente = suscrita(negocio, "free")
    negocio.crea_servicio(cliente.id, experto).queda("APLICADO")

    cliente.cambia_plan("pro").queda("APLICADO")
    _, cambio = cliente.todo_queda_quieto(2)
    assert cambio.paso("RESERVAR")["motivo"] == "La suscripción ya tiene un servicio de datos."
    assert cambio.vista["estado"] == "COMPENSADA"
    assert cliente.sus_servicios()[0]["estado"] == "CREADO"

    cliente.cancela().queda("APLICADO")
    cliente.su_servicio_queda("TERMINADO")
    assert [p for p, _ in cliente.todo_queda_quieto(2)[1].resultados].count("LIBERAR") == 1


def test_otro_experto_toma_el_relevo_y_los_sitios_cuadran(
    negocio: Negocio, plataforma: Plataforma, experto: str, expertos_libres: Callable[[int], None], tmp_path: Path
) -> None:
    cliente = suscrita(negocio, "pro")
    (servicio,) = cliente.sus_servicios()
    ruta = f"/servicios-datos/{servicio['id_servicio_datos']}/experto-comando"
    assert negocio.ordena(ruta, {"experto": {"codigo": experto}}).queda("RECHAZADO")
    expertos_libres(1)
    (otro,) = _vigentes(plataforma)

    assert negocio.ordena(ruta, {"experto": {"codigo": otro}}).queda("APLICADO") is None

    assert cliente.sus_servicios()[0]["experto"]["codigo"] == otro
    usados = dict(filas(plataforma.bases["servicio_datos"], "SELECT codigo, usados FROM expertos"))
    assert (usados[experto], usados[otro]) == (0, 1)
