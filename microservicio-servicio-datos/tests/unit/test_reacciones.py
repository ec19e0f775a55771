"""What the service answers to the facts of a saga, in whatever order they arrive."""

from dataclasses import replace
from itertools import permutations

import pytest

from contratos import servicio_datos as contrato
from contratos.sagas import TransicionSaga

RESERVADO = ("RESERVAR", "HECHO", "")
INICIADO = ("INICIAR", "HECHO", "")
LIBERADO = ("LIBERAR", "HECHO", "")
NADA_QUE_LIBERAR = ("LIBERAR", "OMITIDO", "NADA_QUE_LIBERAR")


def test_una_suscripcion_que_lo_requiere_tiene_su_servicio(unidad, hecho):
    unidad.recibir(hecho("creada"))

    servicio = unidad.el_servicio
    assert (servicio.estado, servicio.id_suscripcion, servicio.id_saga) == ("CREADO", "s-1", "g-1")
    assert unidad.pasos() == [RESERVADO]
    assert [(s, n, type(m).__name__) for m, s, n in unidad.publicado[1:]] == [
        (servicio.id, 1, "ServicioDatosCreada"),
        (servicio.id, 2, "ExpertoAsignado"),
    ]
    (creada,) = unidad.de_tipo(contrato.ServicioDatosCreada)
    assert (creada.experto_codigo, creada.nube_codigo, creada.dataset_codigo) == ("e1", "n1", "d1")


def test_la_saga_es_la_que_dice_el_hecho_y_no_su_correlacion(unidad, hecho):
    creada = hecho("creada")
    unidad.recibir(replace(creada, sobre=replace(creada.sobre, correlacion="otra")))

    (paso,) = unidad.de_tipo(TransicionSaga)
    assert (paso.id_saga, unidad.el_servicio.id_saga) == ("g-1", "g-1")


@pytest.mark.parametrize("orden", sorted(set(permutations(["creada", "activada", "creada", "activada"]))))
def test_activada_acaba_iniciado_en_cualquier_orden_y_por_mucho_que_se_repita(unidad, hecho, orden):
    unidad.recibir(*map(hecho, orden))

    servicio = unidad.el_servicio
    assert servicio.estado == "INICIADO"
    assert unidad.pasos() == [RESERVADO, INICIADO]
    assert unidad.eventos() == ["ServicioDatosCreada", "ExpertoAsignado", "ServicioDatosIniciado"]
    assert unidad.recursos.libres == 0


@pytest.mark.parametrize("orden", sorted(set(permutations(["creada", "rechazada", "creada", "rechazada"]))))
def test_rechazada_no_retiene_nada_y_se_contesta_una_vez(unidad, hecho, orden):
    unidad.recibir(*map(hecho, orden))

    assert unidad.recursos.libres == 1
    assert all(s.estado == "TERMINADO" and s.motivo == "PLAZO_VENCIDO" for s in unidad.servicios.todos.values())
    if orden[0] == "creada":
        assert unidad.pasos() == [RESERVADO, LIBERADO]
        assert unidad.eventos() == ["ServicioDatosCreada", "ExpertoAsignado", "ServicioDatosTerminado"]
    else:
        assert unidad.pasos() == [NADA_QUE_LIBERAR, ("RESERVAR", "OMITIDO", "SAGA_CERRADA")]
        assert unidad.eventos() == []


def test_lo_que_activa_una_saga_cerrada_se_omite(unidad, hecho):
    unidad.recibir(hecho("creada"), hecho("rechazada"), hecho("activada"))

    assert unidad.pasos() == [RESERVADO, LIBERADO, ("INICIAR", "OMITIDO", "SAGA_CERRADA")]
    assert unidad.el_servicio.estado == "TERMINADO"


def test_sin_capacidad_se_rechaza_y_no_deja_fila(unidad, hecho):
    unidad.recibir(hecho("creada", 1), hecho("creada", 2))

    assert len(unidad.servicios.todos) == 1
    assert unidad.pasos("g-2") == [("RESERVAR", "RECHAZADO", "SIN_CAPACIDAD")]
    (rechazada,) = unidad.de_tipo(contrato.ServicioDatosRechazada)
    assert (rechazada.id_suscripcion, rechazada.id_saga, rechazada.motivo) == ("s-2", "g-2", "SIN_CAPACIDAD")
    assert (rechazada, rechazada.id_servicio_datos, 1) in unidad.publicado

    unidad.recibir(hecho("rechazada", 2))
    assert unidad.pasos("g-2")[1:] == [NADA_QUE_LIBERAR]
    assert unidad.recursos.libres == 0


def test_lo_liberado_sirve_a_la_siguiente(unidad, hecho):
    unidad.recibir(hecho("creada", 1), hecho("rechazada", 1), hecho("creada", 2))

    assert unidad.pasos("g-2") == [RESERVADO]


@pytest.mark.parametrize(("falta", "motivo"), [("nubes", "SIN_NUBE"), ("datasets", "SIN_DATASET")])
def test_lo_que_falta_en_el_catalogo_rechaza_sin_ocupar_a_nadie(unidad, hecho, falta, motivo):
    setattr(unidad.recursos, falta, [])

    unidad.recibir(hecho("creada"))

    assert unidad.pasos() == [("RESERVAR", "RECHAZADO", motivo)]
    assert unidad.recursos.libres == 1


def test_una_suscripcion_no_tiene_dos_servicios_vivos(unidad, hecho):
    unidad.recursos.lugares["e1"] = 2

    unidad.recibir(hecho("creada", 1), hecho("creada", 1, saga="g-otra"))

    assert unidad.pasos("g-otra") == [("RESERVAR", "RECHAZADO", "YA_TIENE_SERVICIO")]
    assert unidad.recursos.libres == 1


def test_la_activacion_de_otra_saga_no_inicia_este_servicio(unidad, hecho):
    unidad.recibir(hecho("creada", 1), hecho("activada", 1, saga="g-otra"))

    assert unidad.el_servicio.estado == "CREADO"
    assert unidad.pasos("g-otra") == []


@pytest.mark.parametrize("nombre", ["creada", "activada", "rechazada"])
@pytest.mark.parametrize("recursos", [(), ("telemetria",)])
def test_una_saga_que_no_lo_requiere_no_le_toca(unidad, hecho, nombre, recursos):
    unidad.recibir(hecho(nombre, recursos=recursos))

    assert unidad.publicado == []
    assert unidad.participaciones.todos == {}


def test_rechazada_devuelve_tambien_lo_que_la_saga_no_requeria(unidad, hecho):
    unidad.recibir(hecho("creada", 1), hecho("rechazada", 1, saga="g-otra", recursos=()))

    assert unidad.pasos("g-otra") == [LIBERADO]
    assert unidad.recursos.libres == 1
