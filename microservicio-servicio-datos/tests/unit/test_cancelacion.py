"""A cancellation: it ends whatever the subscription holds, tells its saga once, and closes the subscription here."""

from dataclasses import replace
from itertools import permutations

import pytest

from contratos import servicio_datos as contrato

RESERVADO = ("RESERVAR", "HECHO", "")
LIBERADO = ("LIBERAR", "HECHO", "")
NADA_QUE_LIBERAR = ("LIBERAR", "OMITIDO", "NADA_QUE_LIBERAR")
SUYO = ("servicio_datos",)
OTRO = ("telemetria",)


def test_termina_lo_que_la_saga_reservo(casa, hecho):
    casa.recibir(*map(hecho, ["creada", "activada", "cancelada", "cancelada"]))

    assert (casa.el_servicio.estado, casa.el_servicio.motivo) == ("TERMINADO", "CANCELADA_POR_CLIENTE")
    assert casa.pasos()[2:] == [LIBERADO]
    assert casa.libres == 1


@pytest.mark.parametrize("donde", ["recursos", "recursos_liberados", "recursos_en_poder"])
def test_nada_vivo_pero_la_saga_lo_espera(casa, hecho, donde):
    casa.recibir(hecho("cancelada", **{"recursos": (), donde: SUYO}))

    assert casa.pasos() == [NADA_QUE_LIBERAR]


def test_nada_vivo_y_nadie_lo_espera(casa, hecho):
    casa.recibir(hecho("cancelada", recursos=OTRO))

    assert casa.dichos == []


@pytest.mark.parametrize("requiere", [(), SUYO], ids=["sin saga", "su saga lo pedía"])
def test_lo_hecho_a_mano_termina_sin_paso(casa, hecho, crear, requiere):
    casa.recibir(hecho("creada", recursos=()), hecho("activada", recursos=()), crear("a-mano"))

    casa.recibir(hecho("cancelada", saga="g-2", recursos=requiere))

    assert (casa.el_servicio.estado, casa.el_servicio.motivo) == ("TERMINADO", "CANCELADA_POR_CLIENTE")
    assert casa.libres == 1
    (terminado,) = casa.de_tipo(contrato.ServicioDatosTerminado)
    assert terminado.id_saga == ""
    assert casa.pasos("g-2") == [NADA_QUE_LIBERAR] * len(requiere)


@pytest.mark.parametrize("tarde", ["creada", "activada", "cambio", "modificado"])
@pytest.mark.parametrize("saga", ["g-1", "g-2"])
def test_lo_que_llega_despues_no_reserva_ni_inicia_nada(casa, hecho, tarde, saga):
    casa.recibir(hecho("cancelada", saga="g-2"), hecho(tarde, saga=saga))

    paso = "RESERVAR" if tarde in ("creada", "cambio") else "INICIAR"
    assert casa.pasos(saga)[-1] == (paso, "OMITIDO", "SAGA_CERRADA")
    assert casa.servicios() == []
    assert casa.conocida().estado == "CANCELADA"


def historia(hecho, requiere, libera, en_poder, final):
    """A subscription that holds ``en_poder``, a change of plan that is undecided, or in force, and a cancellation."""
    lista = {"saga": "g-2", "recursos": requiere, "recursos_liberados": libera}
    quedan = en_poder if final == "cambio rechazado" else tuple({*en_poder, *requiere} - {*libera})
    return [
        hecho("creada", recursos=en_poder),
        hecho("activada", recursos=en_poder),
        hecho("cambio", **lista),
        hecho(final, **lista),
        hecho("cancelada", **lista, recursos_en_poder=quedan),
    ]


@pytest.mark.parametrize("final", ["cambio rechazado", "modificado"])
@pytest.mark.parametrize(
    ("requiere", "libera", "en_poder"),
    [(SUYO, (), ()), (OTRO, SUYO, SUYO), (OTRO, (), SUYO), (SUYO, OTRO, OTRO)],
    ids=["lo requiere", "lo libera", "lo conserva", "lo cambia por otro"],
)
def test_un_cambio_y_la_cancelacion_en_cualquier_orden_de_llegada(casa, hecho, requiere, libera, en_poder, final):
    """Nothing stays alive, and the saga that both belong to gets exactly one LIBERAR."""
    for llegada in permutations(historia(hecho, requiere, libera, en_poder, final)):
        de_nuevo = type(casa)()

        de_nuevo.recibir(*llegada)

        nombres = [type(r.mensaje).__name__ for r in llegada]
        assert de_nuevo.libres == 1, nombres
        assert not any(s.vivo for s in de_nuevo.servicios()), nombres
        for saga in ("g-1", "g-2"):
            contados = [paso for paso, _, _ in de_nuevo.pasos(saga)]
            assert len(contados) == len(set(contados)), nombres
        assert "LIBERAR" in contados, nombres


def test_un_cambio_sin_decidir_que_lo_libera_y_la_cancelacion_terminan_el_servicio_en_vigor(casa, hecho):
    casa.recibir(*historia(hecho, OTRO, SUYO, SUYO, "cambio rechazado"))

    assert casa.pasos("g-2") == [LIBERADO]
    assert casa.el_servicio.motivo == "CANCELADA_POR_CLIENTE"


def test_un_motivo_que_no_es_de_la_lista_no_se_guarda_ni_se_cuenta(casa, hecho):
    cancelada = hecho("cancelada")
    dicha = replace(cancelada.mensaje, motivo="Palabras de alguien")

    casa.recibir(hecho("creada"), hecho("activada"), replace(cancelada, mensaje=dicha))

    assert casa.el_servicio.motivo == "RECHAZO_DE_PARTICIPANTE"
    (terminado,) = casa.de_tipo(contrato.ServicioDatosTerminado)
    assert terminado.motivo == "RECHAZO_DE_PARTICIPANTE"
