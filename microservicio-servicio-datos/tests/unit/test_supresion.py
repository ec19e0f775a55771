"""Whose a subscription was is forgotten here, in whatever order its facts arrive."""

from collections.abc import Callable
from typing import Any

import pytest

from contratos.servicio_datos import CambiarAccesoInvestigador
from contratos.suscripciones import ClienteSuprimido
from seedwork.aplicacion.recibido import Recibido
from seedwork.pruebas.sobres import recibido, sobre_nuevo

Casa = Any


@pytest.fixture
def suprimido() -> Recibido:
    hecho = ClienteSuprimido(id_suscripcion="s-1")
    return recibido(sobre_nuevo(hecho, fuente="/saludtech/suscripciones", sujeto="s-1"), hecho)


def test_lo_que_tuvo_queda_de_nadie_y_sin_palabras_de_nadie(
    casa: Casa, hecho: Callable[..., Recibido], orden: Any, suprimido: Recibido
) -> None:
    casa.ofrecer(e1=2)
    casa.recibir(hecho("creada", cliente_codigo="0001"), hecho("activada", cliente_codigo="0001"))
    (fila,) = casa.filas("servicios_datos")
    acceso = CambiarAccesoInvestigador(id_servicio_datos=fila["id"], investigador="inv-07", acceso="CONCEDIDO")
    assert casa.mandar(casa.recibido(acceso, "bff", sujeto=fila["id"])) is None
    casa.recibir(hecho("cancelada", cliente_codigo="0001"))
    casa.olvidar()

    casa.recibir(suprimido)

    (fila,) = casa.filas("servicios_datos")
    assert (fila["estado"], fila["cliente_codigo"], fila["detalle"]) == ("TERMINADO", "", None)
    assert list(fila["investigadores"]) == []
    (conocida,) = casa.filas("suscripciones_conocidas")
    assert (conocida["estado"], conocida["cliente_codigo"], conocida["suprimida"]) == ("CANCELADA", "", True)
    assert casa.dichos == []
    assert "0001" not in repr(casa.foto())


@pytest.mark.parametrize("puesto", range(4))
def test_llegue_cuando_llegue_no_vuelve_a_saberse_de_quien_era(
    casa: Casa, hecho: Callable[..., Recibido], suprimido: Recibido, puesto: int
) -> None:
    hechos = [hecho(que, cliente_codigo="0001") for que in ("creada", "activada", "cancelada")]
    hechos.insert(puesto, suprimido)
    casa.recibir(*hechos)
    assert casa.conocida().suprimida
    assert "0001" not in repr(casa.foto())
