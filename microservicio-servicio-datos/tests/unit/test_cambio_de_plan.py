"""A change of plan: what it reserves, what it releases, and what its refusal leaves alone."""

from itertools import permutations

import pytest

RESERVADO = ("RESERVAR", "HECHO", "")
INICIADO = ("INICIAR", "HECHO", "")
LIBERADO = ("LIBERAR", "HECHO", "")
NADA_QUE_LIBERAR = ("LIBERAR", "OMITIDO", "NADA_QUE_LIBERAR")
SUYO = ("servicio_datos",)


@pytest.fixture
def cambio(hecho):
    """The facts of a change of plan, which is saga ``g-2``."""

    def hacer(nombre, *, requiere=(), libera=(), saga="g-2", **campos):
        return hecho(nombre, saga=saga, recursos=requiere, recursos_liberados=libera, **campos)

    return hacer


@pytest.fixture
def activa(casa, hecho):
    """Subscription 1 is ACTIVA, and its plan requires nothing."""
    casa.recibir(hecho("creada", recursos=()), hecho("activada", recursos=()))
    return casa


@pytest.fixture
def con_servicio(casa, hecho):
    """Subscription 1 is ACTIVA, and its plan requires a data service."""
    casa.recibir(hecho("creada"), hecho("activada"))
    casa.olvidar()
    return casa


@pytest.mark.parametrize("orden", sorted(set(permutations(["cambio", "modificado", "cambio", "modificado"]))))
def test_lo_que_el_plan_nuevo_requiere_acaba_iniciado_en_cualquier_orden(activa, cambio, orden):
    activa.recibir(*(cambio(nombre, requiere=SUYO) for nombre in orden))

    assert activa.el_servicio.estado == "INICIADO"
    assert activa.pasos("g-2") == [RESERVADO, INICIADO]
    assert activa.conocida().requiere_servicio


def test_lo_que_el_plan_nuevo_no_requiere_termina_y_devuelve_su_lugar(con_servicio, cambio):
    con_servicio.recibir(*(cambio(nombre, libera=SUYO) for nombre in ("cambio", "modificado", "modificado")))

    assert (con_servicio.el_servicio.estado, con_servicio.el_servicio.motivo) == ("TERMINADO", "PLAN_MODIFICADO")
    assert con_servicio.pasos("g-2") == [LIBERADO]
    assert con_servicio.eventos() == ["ServicioDatosTerminado"]
    assert con_servicio.libres == 1
    assert not con_servicio.conocida().requiere_servicio


def test_de_ida_y_vuelta_cada_saga_tiene_su_servicio_y_sus_pasos(con_servicio, cambio):
    con_servicio.recibir(
        cambio("cambio", libera=SUYO, saga="g-2", secuencia=5),
        cambio("modificado", libera=SUYO, saga="g-2", secuencia=6),
        cambio("cambio", requiere=SUYO, saga="g-3", secuencia=7),
        cambio("modificado", requiere=SUYO, saga="g-3", secuencia=8),
        cambio("modificado", libera=SUYO, saga="g-2", secuencia=6),
    )

    assert [(s.id_saga, s.estado) for s in con_servicio.servicios()] == [
        ("g-1", "TERMINADO"),
        ("g-3", "INICIADO"),
    ]
    assert con_servicio.pasos("g-2") == [LIBERADO]
    assert con_servicio.pasos("g-3") == [RESERVADO, INICIADO]
    assert con_servicio.conocida().requiere_servicio, "the repeat is older than what is in force"


@pytest.mark.parametrize("orden", sorted(set(permutations(["cambio", "cambio rechazado", "cambio rechazado"]))))
def test_el_cambio_rechazado_devuelve_lo_que_reservo(activa, cambio, orden):
    activa.recibir(*(cambio(nombre, requiere=SUYO) for nombre in orden))

    assert activa.libres == 1
    if orden[0] == "cambio":
        assert activa.pasos("g-2") == [RESERVADO, LIBERADO]
        assert activa.el_servicio.motivo == "PLAZO_VENCIDO"
    else:
        assert activa.pasos("g-2") == [NADA_QUE_LIBERAR, ("RESERVAR", "OMITIDO", "SAGA_CERRADA")]


@pytest.mark.parametrize("requiere", [(), ("telemetria",)])
@pytest.mark.parametrize("libera", [(), SUYO])
def test_el_cambio_rechazado_no_toca_el_servicio_en_vigor(con_servicio, cambio, requiere, libera):
    con_servicio.recibir(
        cambio("cambio", requiere=requiere, libera=libera), cambio("cambio rechazado", requiere=requiere, libera=libera)
    )

    assert con_servicio.el_servicio.estado == "INICIADO"
    assert con_servicio.dichos == []


def test_uno_hecho_a_mano_impide_la_reserva_y_queda_como_estaba(activa, cambio, crear):
    assert activa.recibir(crear("a-mano")) is None

    activa.recibir(cambio("cambio", requiere=SUYO), cambio("cambio rechazado", requiere=SUYO))

    assert activa.pasos("g-2") == [("RESERVAR", "RECHAZADO", "YA_TIENE_SERVICIO"), NADA_QUE_LIBERAR]
    assert activa.el_servicio.estado == "CREADO"


def test_uno_hecho_a_mano_no_lo_libera_ningun_plan(activa, cambio, crear):
    assert activa.recibir(crear("a-mano")) is None

    activa.recibir(cambio("modificado", libera=SUYO))

    assert activa.pasos("g-2") == [NADA_QUE_LIBERAR]
    assert activa.el_servicio.estado == "CREADO"


def test_lo_que_alguien_inicio_a_mano_antes_tambien_se_cuenta_a_la_saga(activa, cambio, orden):
    activa.recibir(cambio("cambio", requiere=SUYO))
    assert activa.recibir(orden("iniciar", activa.el_servicio.id)) is None

    activa.recibir(cambio("modificado", requiere=SUYO))

    assert activa.pasos("g-2") == [RESERVADO, INICIADO]
    assert activa.eventos().count("ServicioDatosIniciado") == 1


def test_lo_que_libera_quien_nada_tiene_se_omite_una_vez(activa, cambio):
    activa.recibir(*(cambio("modificado", libera=SUYO) for _ in range(2)))

    assert activa.pasos("g-2") == [NADA_QUE_LIBERAR]
