"""The saga with a participant more: each case asks at the public door, and looks at every participant's end.

A case is `(place) -> what was seen, in words`; its docstring says what is done and must hold.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.cambio.lugar import CAPACIDAD, Lugar
from tests.saga.bases import filas
from tests.saga.espera import hasta
from tests.saga.negocio import Suscripcion
from tests.saga.plataforma_viva import RECHAZA

Caso = Callable[[Lugar], str]
SIN_CAPACIDAD = "No queda capacidad libre."


def _pasos(saga: Any) -> Counter[tuple[str, str, str]]:
    return Counter((p["paso"], p["servicio"], p["resultado"]) for p in saga.vista["pasos"])


def _expertos_en_uso(lugar: Lugar) -> int:
    (((usados,)),) = filas(lugar.plataforma.bases["servicio_datos"], "SELECT sum(usados) FROM expertos")
    return int(usados)


def _en_uso(lugar: Lugar) -> tuple[int, int]:
    """Places taken of the experts, and of the quotas."""
    return _expertos_en_uso(lugar), lugar.computo.existencias()["usados"]


def _activa(lugar: Lugar, plan: str) -> Suscripcion:
    pedida = lugar.negocio.pide_suscripcion(plan)
    pedida.queda("ACTIVA")
    pedida.su_saga_queda("COMPLETADA")
    return pedida


def un_plan_nuevo_se_ofrece(lugar: Lugar) -> str:
    """The catalogue that the door shows has both new plans beside those of before."""
    planes = {p["codigo"]: p for p in lugar.negocio.pregunta("/planes").cuerpo["elementos"]}
    assert {"free", "basico", "pro", "laboratorio", "calculo"} == planes.keys()
    return "5 plans at GET /planes"


def hacia_delante(lugar: Lugar) -> str:
    """A subscription to `laboratorio` is ACTIVA once both providers reserved; both start what they hold."""
    expertos, cuotas = _en_uso(lugar)
    pedida = lugar.negocio.pide_suscripcion("laboratorio")
    suscripcion = pedida.queda("ACTIVA")
    saga = pedida.su_saga_queda("COMPLETADA")
    esperados = [("CREAR", "suscripciones"), ("NOTIFICAR", "notificaciones"), ("ACTIVAR", "suscripciones")]
    esperados += [(paso, quien) for paso in ("RESERVAR", "INICIAR") for quien in ("servicio-datos", "computo")]
    assert _pasos(saga) == {(paso, quien, "HECHO"): 1 for paso, quien in esperados}
    pedida.su_servicio_queda("INICIADO")
    assert lugar.computo.reservas(pedida.id) == ["INICIADA"]
    assert [f["monto"] for f in suscripcion["facturas"]] == ["129.90"]
    assert _en_uso(lugar) == (expertos + 1, cuotas + 1)
    return f"COMPLETADA with {len(saga.vista['pasos'])} steps, both INICIAR"


def con_el_recurso_nuevo_solo(lugar: Lugar) -> str:
    """A plan that requires the new resource alone has no data service."""
    pedida = _activa(lugar, "calculo")
    assert pedida.sus_servicios() == []
    assert lugar.computo.reservas(pedida.id) == ["INICIADA"]
    return "COMPLETADA without servicio-datos"


def lo_de_antes_sigue_igual(lugar: Lugar) -> str:
    """The new participant takes no part in a PRO saga."""
    pedida = _activa(lugar, "pro")
    servicios = {p["servicio"] for p in pedida.su_saga_queda("COMPLETADA").vista["pasos"]}
    assert "computo" not in servicios
    assert lugar.computo.reservas(pedida.id) == []
    return "a PRO saga has no step of computo"


def sin_cuotas_todo_se_deshace(lugar: Lugar) -> str:
    """The last quota is taken: the next `laboratorio` is RECHAZADA, and servicio-datos gives its expert back."""
    libres = CAPACIDAD - lugar.computo.existencias()["usados"]
    ocupantes = [_activa(lugar, "calculo") for _ in range(libres)]
    antes = _en_uso(lugar)
    assert antes[1] == CAPACIDAD
    pedida = lugar.negocio.pide_suscripcion("laboratorio")
    motivo = pedida.queda("RECHAZADA")["motivo"]
    pasos = _pasos(pedida.su_saga_queda("COMPENSADA"))
    assert pasos["RESERVAR", "computo", "RECHAZADO"] == pasos["RECHAZAR", "suscripciones", "HECHO"] == 1
    assert pasos["LIBERAR", "computo", "OMITIDO"] == 1
    liberados = {r: n for (paso, quien, r), n in pasos.items() if (paso, quien) == ("LIBERAR", "servicio-datos")}
    # Whether it heard of the refusal before its own reservation is chance; one answer, and nothing kept, is not.
    assert sum(liberados.values()) == 1
    assert all(s["estado"] == "TERMINADO" for s in pedida.sus_servicios())
    hasta(lambda: _en_uso(lugar) == antes, "todo lo reservado se devolvió")
    assert motivo == SIN_CAPACIDAD
    assert pedida.recibe_correo("No pudimos activar su suscripción")
    return f"COMPENSADA after {len(ocupantes)} more had taken all {CAPACIDAD} quotas; experts and quotas as before"


def sin_aviso_ambos_devuelven(lugar: Lugar) -> str:
    """The client can't be notified, after both providers have reserved: both give back."""
    antes = _en_uso(lugar)
    pedida = lugar.negocio.pide_suscripcion("laboratorio", cliente=lugar.negocio.cliente_nuevo(RECHAZA))
    pedida.queda("RECHAZADA")
    pasos = _pasos(pedida.su_saga_queda("COMPENSADA"))
    for quien in ("servicio-datos", "computo"):
        assert pasos["RESERVAR", quien, "HECHO"] == pasos["LIBERAR", quien, "HECHO"] == 1
    assert lugar.computo.reservas(pedida.id) == ["TERMINADA"]
    assert _en_uso(lugar) == antes
    return "COMPENSADA, LIBERAR HECHO of both"


def de_pro_a_laboratorio_y_vuelta(lugar: Lugar) -> str:
    """A change of plan requires the new resource alone, the change back releases it; the data service stays."""
    antes = _en_uso(lugar)
    pedida = _activa(lugar, "pro")
    pedida.cambia_plan("laboratorio").queda("APLICADO")
    pedida.tiene_plan("laboratorio")
    _, ida = pedida.todo_queda_quieto(2)
    assert ida.vista["estado"] == "COMPLETADA"
    de_computo = [p["paso"] for p in ida.vista["pasos"] if p["servicio"] == "computo"]
    assert sorted(de_computo) == ["INICIAR", "RESERVAR"]
    assert lugar.computo.reservas(pedida.id) == ["INICIADA"]
    pedida.cambia_plan("pro").queda("APLICADO")
    pedida.tiene_plan("pro")
    *_, vuelta = pedida.todo_queda_quieto(3)
    assert vuelta.vista["estado"] == "COMPLETADA"
    assert _pasos(vuelta)["LIBERAR", "computo", "HECHO"] == 1
    assert "TERMINADA" in lugar.computo.reservas(pedida.id)
    for saga in (ida, vuelta):
        assert not [p for p in saga.vista["pasos"] if p["servicio"] == "servicio-datos"]
    pedida.su_servicio_queda("INICIADO")
    assert _en_uso(lugar) == (antes[0] + 1, antes[1])
    return "there: RESERVAR and INICIAR of computo; back: its LIBERAR; no step of servicio-datos"


def cancelar_devuelve_ambos(lugar: Lugar) -> str:
    """A `laboratorio` that was got by a change of plan is cancelled: both providers give back what it holds."""
    antes = _en_uso(lugar)
    pedida = _activa(lugar, "calculo")
    pedida.cambia_plan("laboratorio").queda("APLICADO")
    pedida.tiene_plan("laboratorio")
    pedida.todo_queda_quieto(2)
    pedida.cancela().queda("APLICADO")
    pedida.queda("CANCELADA")
    pedida.su_servicio_queda("TERMINADO")
    hasta(lambda: _en_uso(lugar) == antes, "expertos y cuotas quedan como antes")

    def liberan() -> set[str]:
        return {p["servicio"] for p in pedida.sus_sagas()[-1].vista["pasos"] if p["paso"] == "LIBERAR"}

    hasta(lambda: liberan() == {"servicio-datos", "computo"}, "ambos dicen LIBERAR")
    return "LIBERAR of both under the latest saga, also for what an older one had reserved"


def sin_cuotas_el_cambio_se_rechaza(lugar: Lugar) -> str:
    """A change to `laboratorio` with no quota left is undone; the plan of before stays, with its data service."""
    assert lugar.computo.existencias()["usados"] == CAPACIDAD
    pedida = _activa(lugar, "pro")
    antes = _en_uso(lugar)
    pedida.cambia_plan("laboratorio").queda("APLICADO")
    _, cambio = pedida.todo_queda_quieto(2)
    assert cambio.vista["estado"] == "COMPENSADA"
    assert pedida.queda("ACTIVA")["plan"]["codigo"] == "pro"
    pedida.su_servicio_queda("INICIADO")
    assert _en_uso(lugar) == antes
    return "COMPENSADA; PRO stays in force"


CASOS: tuple[Caso, ...] = (
    un_plan_nuevo_se_ofrece,
    hacia_delante,
    con_el_recurso_nuevo_solo,
    lo_de_antes_sigue_igual,
    sin_aviso_ambos_devuelven,
    de_pro_a_laboratorio_y_vuelta,
    cancelar_devuelve_ambos,
)
LLENO: tuple[Caso, ...] = (sin_cuotas_todo_se_deshace, sin_cuotas_el_cambio_se_rechaza)
"""For the end: they take all that is left."""
