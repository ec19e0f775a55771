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


def test_una_suscripcion_que_lo_requiere_tiene_su_servicio(casa, hecho):
    casa.recibir(hecho("creada"))

    servicio = casa.el_servicio
    assert (servicio.estado, servicio.id_suscripcion, servicio.id_saga) == ("CREADO", "s-1", "g-1")
    assert casa.pasos() == [RESERVADO]
    assert [(d.sobre.sujeto, d.sobre.secuencia, type(d.carga).__name__) for d in casa.dichos[1:]] == [
        (servicio.id, 1, "ServicioDatosCreada"),
        (servicio.id, 2, "ExpertoAsignado"),
    ]
    (creada,) = casa.de_tipo(contrato.ServicioDatosCreada)
    assert (creada.experto_codigo, creada.nube_codigo, creada.dataset_codigo) == ("e1", "n1", "d1")


def test_la_saga_es_la_que_dice_el_hecho_y_no_su_correlacion(casa, hecho):
    creada = hecho("creada")
    casa.recibir(replace(creada, sobre=replace(creada.sobre, correlacion="otra")))

    (paso,) = casa.de_tipo(TransicionSaga)
    assert (paso.id_saga, casa.el_servicio.id_saga) == ("g-1", "g-1")


@pytest.mark.parametrize("orden", sorted(set(permutations(["creada", "activada", "creada", "activada"]))))
def test_activada_acaba_iniciado_en_cualquier_orden_y_por_mucho_que_se_repita(casa, hecho, orden):
    casa.recibir(*map(hecho, orden))

    servicio = casa.el_servicio
    assert servicio.estado == "INICIADO"
    assert casa.pasos() == [RESERVADO, INICIADO]
    assert casa.eventos() == ["ServicioDatosCreada", "ExpertoAsignado", "ServicioDatosIniciado"]
    assert casa.libres == 0


@pytest.mark.parametrize("orden", sorted(set(permutations(["creada", "rechazada", "creada", "rechazada"]))))
def test_rechazada_no_retiene_nada_y_se_contesta_una_vez(casa, hecho, orden):
    casa.recibir(*map(hecho, orden))

    assert casa.libres == 1
    assert all(s.estado == "TERMINADO" and s.motivo == "PLAZO_VENCIDO" for s in casa.servicios())
    if orden[0] == "creada":
        assert casa.pasos() == [RESERVADO, LIBERADO]
        assert casa.eventos() == ["ServicioDatosCreada", "ExpertoAsignado", "ServicioDatosTerminado"]
    else:
        assert casa.pasos() == [NADA_QUE_LIBERAR, ("RESERVAR", "OMITIDO", "SAGA_CERRADA")]
        assert casa.eventos() == []


def test_lo_que_activa_una_saga_cerrada_se_omite(casa, hecho):
    casa.recibir(hecho("creada"), hecho("rechazada"), hecho("activada"))

    assert casa.pasos() == [RESERVADO, LIBERADO, ("INICIAR", "OMITIDO", "SAGA_CERRADA")]
    assert casa.el_servicio.estado == "TERMINADO"


def test_sin_capacidad_se_rechaza_y_no_deja_fila(casa, hecho):
    casa.recibir(hecho("creada", 1), hecho("creada", 2))

    assert len(casa.servicios()) == 1
    assert casa.pasos("g-2") == [("RESERVAR", "RECHAZADO", "SIN_CAPACIDAD")]
    (rechazada,) = casa.de_tipo(contrato.ServicioDatosRechazada)
    assert (rechazada.id_suscripcion, rechazada.id_saga, rechazada.motivo) == ("s-2", "g-2", "SIN_CAPACIDAD")
    (dicho,) = [d for d in casa.dichos if d.carga is rechazada]
    assert (dicho.sobre.sujeto, dicho.sobre.secuencia) == (rechazada.id_servicio_datos, 1)

    casa.recibir(hecho("rechazada", 2))
    assert casa.pasos("g-2")[1:] == [NADA_QUE_LIBERAR]
    assert casa.libres == 0


def test_lo_liberado_sirve_a_la_siguiente(casa, hecho):
    casa.recibir(hecho("creada", 1), hecho("rechazada", 1), hecho("creada", 2))

    assert casa.pasos("g-2") == [RESERVADO]


@pytest.mark.parametrize(("falta", "motivo"), [("nubes", "SIN_NUBE"), ("datasets", "SIN_DATASET")])
def test_lo_que_falta_en_el_catalogo_rechaza_sin_ocupar_a_nadie(casa, hecho, falta, motivo):
    casa.ofrecer(e1=1, **{falta: ()})

    casa.recibir(hecho("creada"))

    assert casa.pasos() == [("RESERVAR", "RECHAZADO", motivo)]
    assert casa.libres == 1


def test_una_suscripcion_no_tiene_dos_servicios_vivos(casa, hecho):
    casa.ofrecer(e1=2)

    casa.recibir(hecho("creada", 1), hecho("creada", 1, saga="g-otra"))

    assert casa.pasos("g-otra") == [("RESERVAR", "RECHAZADO", "YA_TIENE_SERVICIO")]
    assert casa.libres == 1


def test_la_activacion_de_otra_saga_no_inicia_este_servicio(casa, hecho):
    casa.recibir(hecho("creada", 1), hecho("activada", 1, saga="g-otra"))

    assert casa.el_servicio.estado == "CREADO"
    assert casa.pasos("g-otra") == []


@pytest.mark.parametrize("nombre", ["creada", "activada", "rechazada"])
@pytest.mark.parametrize("recursos", [(), ("telemetria",)])
def test_una_saga_que_no_lo_requiere_no_le_toca(casa, hecho, nombre, recursos):
    casa.recibir(hecho(nombre, recursos=recursos))

    assert casa.dichos == []
    assert casa.filas("participaciones") == []


def test_rechazada_devuelve_tambien_lo_que_la_saga_no_requeria(casa, hecho):
    casa.recibir(hecho("creada", 1), hecho("rechazada", 1, saga="g-otra", recursos=()))

    assert casa.pasos("g-otra") == [LIBERADO]
    assert casa.libres == 1
