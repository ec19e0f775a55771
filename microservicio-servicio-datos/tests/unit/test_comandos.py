"""What may be asked for by hand, and each reason to refuse it."""

import pytest

from contratos import servicio_datos as contrato
from contratos.servicio_datos import SuscripcionPedida


@pytest.fixture
def activa(casa, hecho):
    """Subscription 1 is ACTIVA, and its plan requires nothing; two experts have a place each."""
    casa.ofrecer(e1=1, e2=1)
    casa.recibir(hecho("creada", recursos=()), hecho("activada", recursos=()))
    return casa


@pytest.fixture
def a_mano(activa, crear):
    """It has a data service, ``sd``, made by hand."""
    assert activa.recibir(crear("sd")) is None
    activa.olvidar()
    return activa


def rechazado(casa, recibido):
    """The reason; the refusal was told, and nothing else happened."""
    antes, dicho = casa.foto(), len(casa.dichos)
    motivo = casa.recibir(recibido)
    assert casa.foto() == antes
    (rechazo,) = casa.dichos[dicho:]
    mensaje = rechazo.carga
    assert isinstance(mensaje, contrato.ComandoServicioDatosRechazado)
    assert (rechazo.sobre.sujeto, rechazo.sobre.secuencia) == (recibido.sobre.sujeto, None)
    assert (mensaje.id_comando, mensaje.comando) == (recibido.sobre.id, type(recibido.mensaje).__name__)
    assert (mensaje.id_servicio_datos, mensaje.motivo) == (recibido.sobre.sujeto, motivo)
    return motivo


def espera(casa, recibido):
    """The reason with which it will be refused if nothing comes, and the consumers that it waits for."""
    antes, dicho = casa.foto(), casa.dichos
    assert casa.procesar(recibido) == [recibido.sobre.id]
    assert (casa.foto(), casa.dichos) == (antes, dicho)
    etapas = [[c.consumidor for c in etapa] for etapa in casa.paciencia.etapas]
    casa.avanzar(seconds=casa.paciencia.espera_s)
    return rechazado(casa, casa.otra_vez(recibido)), etapas


def test_se_crea_con_lo_elegido_y_sin_saga(activa, crear):
    assert activa.recibir(crear("sd", experto="e2")) is None

    servicio = activa.el_servicio
    assert (servicio.id, servicio.estado, servicio.id_saga) == ("sd", "CREADO", "")
    assert activa.lugares == {"e1": 1, "e2": 0}
    assert [d.carga for d in activa.dichos] == [
        contrato.ServicioDatosCreada(
            id_servicio_datos="sd", id_suscripcion="s-1", experto_codigo="e2", nube_codigo="n1", dataset_codigo="d1"
        ),
        contrato.ExpertoAsignado(id_servicio_datos="sd", id_suscripcion="s-1", experto_codigo="e2"),
    ]


@pytest.mark.parametrize(
    "campos",
    [
        {"suscripcion": SuscripcionPedida(codigo="")},
        {"suscripcion": SuscripcionPedida(codigo="con espacio")},
        {"experto": ""},
        {"nube": ".."},
        {"dataset": "x" * 129},
        {"cliente_codigo": "a/b"},
        {"cliente_nombres": "x" * 4001},
        {"experto_cedula": "12a"},
        {"experto_email": "a@b, c@d"},
        {"nube": "n1\n"},
    ],
)
def test_crear_con_datos_invalidos(activa, crear, campos):
    assert rechazado(activa, crear("sd", **campos)) == "DATOS_INVALIDOS"


def test_un_id_de_suscripcion_invalido_no_sale_en_el_rechazo(activa, crear):
    activa.recibir(crear("sd", suscripcion=SuscripcionPedida(codigo="con espacio")))

    assert activa.dichos[-1].carga.id_suscripcion == ""


@pytest.mark.parametrize(
    ("campos", "motivo"),
    [
        ({"experto": "nadie"}, "EXPERTO_DESCONOCIDO"),
        ({"nube": "ninguna"}, "NUBE_DESCONOCIDA"),
        ({"dataset": "ninguno"}, "DATASET_DESCONOCIDO"),
    ],
)
def test_crear_con_lo_que_no_esta_en_el_catalogo(activa, crear, campos, motivo):
    assert rechazado(activa, crear("sd", **campos)) == motivo


def test_crear_sin_lugar_de_ese_experto_aunque_otro_tenga(activa, crear):
    activa.ofrecer(e1=0, e2=1)

    assert rechazado(activa, crear("sd")) == "SIN_CAPACIDAD"


def test_crear_donde_ya_hay_uno(a_mano, crear):
    assert rechazado(a_mano, crear("otro")) == "YA_TIENE_SERVICIO"
    assert rechazado(a_mano, crear("sd", n=2)) == "SERVICIO_EXISTENTE"


def test_el_id_de_uno_terminado_sigue_tomado(a_mano, crear, orden):
    a_mano.recibir(orden("terminar", "sd"))

    assert rechazado(a_mano, crear("sd")) == "SERVICIO_EXISTENTE"
    assert a_mano.recibir(crear("otro")) is None


def test_crear_espera_a_la_suscripcion(casa, hecho, crear):
    etapas = [["suscripciones"], ["servicio-datos", "servicio-datos"]]
    assert espera(casa, crear("sd")) == ("SUSCRIPCION_DESCONOCIDA", etapas)
    casa.recibir(hecho("creada", recursos=()))
    assert espera(casa, crear("sd")) == ("SUSCRIPCION_NO_ACTIVA", etapas)
    casa.recibir(hecho("activada", recursos=()))
    assert casa.recibir(crear("sd")) is None


def test_lo_pedido_espera_a_su_creacion_tambien_mientras_ella_espera(casa, hecho, crear, orden):
    creacion, inicio = crear("sd"), orden("iniciar", "sd")
    casa.procesar(creacion)
    casa.procesar(inicio)
    casa.avanzar(seconds=casa.paciencia.espera_s)
    assert casa.procesar(casa.otra_vez(inicio)) == [inicio.sobre.id]

    casa.recibir(hecho("creada", recursos=()), hecho("activada", recursos=()))
    assert casa.recibir(casa.otra_vez(creacion), casa.otra_vez(inicio)) is None
    assert casa.el_servicio.estado == "INICIADO"


@pytest.mark.parametrize("final", ["rechazada", "cancelada"])
def test_crear_para_una_suscripcion_terminada(activa, hecho, crear, final):
    activa.recibir(hecho(final, recursos=()))

    assert rechazado(activa, crear("sd")) == "SUSCRIPCION_NO_ACTIVA"


@pytest.mark.parametrize("nombre", ["iniciar", "asignar", "terminar"])
def test_lo_desconocido_espera_a_su_creacion(activa, orden, nombre):
    campos = {"experto_codigo": "e2"} if nombre == "asignar" else {}

    assert espera(activa, orden(nombre, "sd", **campos)) == ("SERVICIO_DESCONOCIDO", [["servicio-datos"]])


@pytest.mark.parametrize(
    ("nombre", "campos"),
    [
        ("iniciar", {"id_servicio_datos": "otro"}),
        ("iniciar", {"motivo": "a\x00"}),
        ("asignar", {"id_servicio_datos": "otro", "experto_codigo": "e2"}),
        ("asignar", {"experto_codigo": ""}),
        ("terminar", {"id_servicio_datos": "otro"}),
        ("terminar", {"motivo": "x" * 4001}),
    ],
)
def test_datos_invalidos(a_mano, orden, nombre, campos):
    assert rechazado(a_mano, orden(nombre, "sd", **campos)) == "DATOS_INVALIDOS"


def test_iniciar_y_terminar_guardan_las_palabras_de_quien_lo_pide(a_mano, orden):
    assert a_mano.recibir(orden("iniciar", "sd", motivo="ya hay contrato")) is None
    assert (a_mano.el_servicio.estado, a_mano.el_servicio.detalle) == ("INICIADO", "ya hay contrato")
    assert a_mano.dichos[-1].carga == contrato.ServicioDatosIniciado(
        id_servicio_datos="sd", id_suscripcion="s-1", detalle="ya hay contrato"
    )

    assert a_mano.recibir(orden("terminar", "sd")) is None
    servicio = a_mano.el_servicio
    assert (servicio.estado, servicio.motivo, servicio.detalle) == ("TERMINADO", "TERMINADO_A_PETICION", None)
    assert a_mano.libres == 2
    assert a_mano.dichos[-1].carga.motivo == "TERMINADO_A_PETICION"
    assert "contrato" not in repr(a_mano.dichos)


def test_lo_que_ya_esta_hecho_se_rechaza(a_mano, orden):
    a_mano.recibir(orden("iniciar", "sd"))
    assert rechazado(a_mano, orden("iniciar", "sd")) == "SERVICIO_YA_INICIADO"
    a_mano.recibir(orden("terminar", "sd"))
    assert a_mano.dichos[-1].carga.id_suscripcion == "s-1"
    for nombre in ("iniciar", "terminar"):
        assert rechazado(a_mano, orden(nombre, "sd")) == "SERVICIO_TERMINADO"
    assert rechazado(a_mano, orden("asignar", "sd", experto_codigo="e2")) == "SERVICIO_TERMINADO"


def test_otro_experto_toma_el_lugar(a_mano, orden):
    assert a_mano.recibir(orden("asignar", "sd", experto_codigo="e2")) is None

    assert a_mano.lugares == {"e1": 1, "e2": 0}
    assert [d.carga for d in a_mano.dichos] == [
        contrato.ExpertoAsignado(
            id_servicio_datos="sd", id_suscripcion="s-1", experto_codigo="e2", experto_anterior_codigo="e1"
        )
    ]


def test_asignar_se_rechaza_sin_tomar_nada(a_mano, orden):
    assert rechazado(a_mano, orden("asignar", "sd", experto_codigo="e1")) == "EXPERTO_YA_ASIGNADO"
    assert rechazado(a_mano, orden("asignar", "sd", experto_codigo="nadie")) == "EXPERTO_DESCONOCIDO"
    a_mano.ofrecer(e1=1, e2=0)
    assert rechazado(a_mano, orden("asignar", "sd", experto_codigo="e2")) == "SIN_CAPACIDAD"
    assert a_mano.el_servicio.experto_codigo == "e1"


def test_lo_reservado_para_una_suscripcion_pendiente_no_se_toca_a_mano(casa, hecho, orden):
    casa.recibir(hecho("creada"))
    casa.ofrecer(e1=1, e2=1)
    id = casa.el_servicio.id

    assert espera(casa, orden("iniciar", id))[0] == "SUSCRIPCION_NO_ACTIVA"
    assert espera(casa, orden("asignar", id, experto_codigo="e2"))[0] == "SUSCRIPCION_NO_ACTIVA"
    assert rechazado(casa, orden("terminar", id)) == "SERVICIO_REQUERIDO_POR_PLAN"


def test_lo_que_el_plan_en_vigor_requiere_no_se_termina_a_mano(casa, hecho, orden):
    casa.recibir(hecho("creada"), hecho("activada"))

    assert rechazado(casa, orden("terminar", casa.el_servicio.id)) == "SERVICIO_REQUERIDO_POR_PLAN"


def test_lo_que_un_cambio_sin_decidir_reservo_no_se_termina_a_mano(activa, hecho, orden):
    activa.recibir(hecho("cambio", saga="g-2"))

    assert rechazado(activa, orden("terminar", activa.el_servicio.id)) == "SERVICIO_REQUERIDO_POR_PLAN"


def test_al_liberar_recibe_el_lugar_el_experto_reasignado(casa, hecho, orden):
    casa.recibir(hecho("creada"), hecho("activada"))
    casa.ofrecer(e1=1, e2=1)
    casa.recibir(orden("asignar", casa.el_servicio.id, experto_codigo="e2"))
    assert casa.lugares == {"e1": 1, "e2": 0}

    casa.recibir(hecho("cancelada"))

    assert casa.lugares == {"e1": 1, "e2": 1}


def test_lo_que_dice_un_hecho_mas_viejo_no_cambia_la_copia(casa, hecho):
    casa.recibir(
        hecho("modificado", saga="g-2", recursos=(), recursos_liberados=("servicio_datos",), secuencia=7),
        hecho("activada", secuencia=3),
        hecho("creada", secuencia=1),
    )

    conocida = casa.conocida()
    assert (conocida.estado, conocida.requiere_servicio) == ("ACTIVA", False)
