"""What a subscription holds, and nobody provides any more: its provider was retired. Its sagas end nevertheless.

No step is told here but by suscripciones itself: nobody else is there to tell any.
"""

from typing import Any

import pytest

from contratos.sagas import LIBERAR, TransicionSaga
from saga.fin import COMPENSADA, COMPLETADA, estado

Casa = Any


def oirse(casa: Casa) -> None:
    """What the service itself told reaches it."""
    for dicho in casa.nuevos():
        if isinstance(dicho.carga, TransicionSaga):
            casa.procesar(casa.recibido(dicho.carga, "suscripciones", sujeto="s-1"))


def liberados(casa: Casa) -> list[tuple[str, str]]:
    """What was answered, under which saga."""
    return [(p.id_saga, p.recurso) for p in casa.de_tipo(TransicionSaga) if p.paso == LIBERAR]


@pytest.fixture
def sin_computo(casa: Casa) -> Casa:
    """A subscription in force to a plan whose one provider is retired, and the plan with it."""
    casa.activa("computo")
    casa.olvidar()
    del casa.proveedores["computo"], casa.planes["computo"]
    return casa


def test_se_cambia_a_otro_plan_y_luego_a_otro(sin_computo: Casa) -> None:
    assert sin_computo.cambiar("basico") is None
    oirse(sin_computo)
    assert estado(sin_computo.linea("g-2")) == COMPLETADA
    assert sin_computo.suscripcion().recursos == ()
    assert sin_computo.cambiar("free", "g-3") is None
    oirse(sin_computo)
    assert estado(sin_computo.linea("g-3")) == COMPLETADA
    assert liberados(sin_computo) == [("g-2", "computo")]


def test_el_cambio_a_uno_que_alguien_sirve_tambien_acaba(sin_computo: Casa) -> None:
    sin_computo.cambiar("pro")
    for paso, recurso in (("RESERVAR", "servicio_datos"), ("NOTIFICAR", "")):
        sin_computo.oir(paso, recurso=recurso)
    oirse(sin_computo)
    sin_computo.oir("INICIAR", recurso="servicio_datos")
    assert estado(sin_computo.linea("g-2")) == COMPLETADA
    assert not sin_computo.suscripcion().saga.en_curso
    assert (sin_computo.suscripcion().recursos, liberados(sin_computo)) == (
        ("servicio_datos",),
        [("g-2", "computo")],
    )


def test_un_cambio_rechazado_deja_lo_que_habia_y_se_cancela(sin_computo: Casa) -> None:
    sin_computo.cambiar("pro")
    sin_computo.oir("RESERVAR", "RECHAZADO", recurso="servicio_datos", motivo="SIN_CAPACIDAD")
    oirse(sin_computo)
    sin_computo.oir("LIBERAR", recurso="servicio_datos")
    assert estado(sin_computo.linea("g-2")) == COMPENSADA
    assert (sin_computo.suscripcion().recursos, liberados(sin_computo)) == (("computo",), [])
    sin_computo.cancelar()
    assert liberados(sin_computo) == [("g-2", "computo")], "as a provider answers for what it holds"


@pytest.mark.parametrize("fin", ["plazo", "cancelar"])
def test_lo_que_estaba_a_medias_cuando_se_retiro_tambien_acaba(casa: Casa, fin: str) -> None:
    """Of a creation that asked for it, and of a change."""
    casa.crear("doble")
    del casa.proveedores["computo"]
    if fin == "plazo":
        casa.avanzar(seconds=121)
        casa.vencer_plazo()
    else:
        casa.cancelar()
    oirse(casa)
    casa.oir("LIBERAR", recurso="servicio_datos")
    assert estado(casa.linea("g-1")) == COMPENSADA
    assert not casa.suscripcion().saga.en_curso
    assert liberados(casa) == [("g-1", "computo")]


@pytest.mark.parametrize("fin", ["plazo", "cancelar", "plazo y cancelar"])
def test_un_cambio_a_medias_cuando_se_retiro_tambien_acaba(casa: Casa, fin: str) -> None:
    casa.activa("pro")
    casa.cambiar("doble")
    del casa.proveedores["computo"]
    if "plazo" in fin:
        casa.avanzar(seconds=121)
        casa.vencer_plazo()
    if "cancelar" in fin:
        casa.cancelar()
        casa.oir("LIBERAR", recurso="servicio_datos")
    oirse(casa)
    assert estado(casa.linea("g-2")) == COMPENSADA
    assert not casa.suscripcion().saga.en_curso
    assert liberados(casa) == [("g-2", "computo")], "one answer per saga and resource"


def test_por_lo_que_alguien_provee_responde_el(casa: Casa) -> None:
    casa.activa("doble")
    casa.cambiar("basico")
    casa.completar()
    casa.cancelar()
    assert liberados(casa) == []
