"""What becomes of a subscription that nothing gets in the way of, or that its plan or its provider refuses."""

import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.saga.bases import filas
from tests.saga.espera import hasta
from tests.saga.negocio import CUERPO_SUSCRIPCION, Negocio, Suscripcion
from tests.saga.plataforma_viva import RECHAZA, TARDA, Plataforma

from contratos.suscripciones import CrearSuscripcion
from seedwork.infraestructura.publicador import Publicador
from seedwork.pruebas.sobres import sobre_nuevo
from seedwork.pruebas.taller import publicar

pytestmark = pytest.mark.integracion


def test_una_suscripcion_pro_queda_activa_con_su_servicio_de_datos_y_el_cliente_lo_sabe(negocio: Negocio) -> None:
    pedida = negocio.pide_suscripcion("pro")

    suscripcion = pedida.queda("ACTIVA")
    servicio = pedida.su_servicio_queda("INICIADO")
    saga = pedida.su_saga_queda("COMPLETADA")

    assert saga.resultados == [
        ("CREAR", "HECHO"),
        ("RESERVAR", "HECHO"),
        ("NOTIFICAR", "HECHO"),
        ("ACTIVAR", "HECHO"),
        ("INICIAR", "HECHO"),
    ]
    assert saga.vista["id_saga"] == pedida.id_comando
    assert not any(p["compensacion"] for p in saga.vista["pasos"])
    assert [(f["monto"], f["moneda"], f["estado"]) for f in suscripcion["facturas"]] == [("49.90", "USD", "EMITIDA")]
    assert all(f["emitida"].endswith("Z") for f in suscripcion["facturas"])
    assert servicio["id_servicio_datos"]
    assert "Pablo Perez Prieto" in pedida.recibe_correo("Su servicio de datos está listo")
    notificacion = pedida.su_notificacion_queda("SERVICIO_LISTO", "CONFIRMADA")
    historia = negocio.pregunta(f"/notificaciones/{notificacion['id_notificacion']}/eventos").cuerpo["elementos"]
    assert [e["version"] for e in historia] == list(range(1, len(historia) + 1))
    assert pedida.su_comando_queda("APLICADO")["id_comando"] == pedida.id_comando


def test_el_cuerpo_de_hoy_vale_tal_cual_una_y_otra_vez(negocio: Negocio) -> None:
    ids = set()
    for _ in range(2):
        respuesta = negocio.envia("/suscripciones/suscripcion-comando", CUERPO_SUSCRIPCION)
        assert respuesta.codigo == 202
        ids.add(respuesta.cuerpo["id_suscripcion"])

    def las_del_cliente() -> set[str]:
        return {e["id_suscripcion"] for e in negocio.pregunta("/suscripciones?cliente=0001").cuerpo["elementos"]}

    assert len(ids) == 2
    hasta(lambda: ids <= las_del_cliente(), "el cliente 0001 tiene ambas suscripciones")


def test_lo_que_se_publica_sin_pasar_por_la_puerta_se_rechaza_y_tiene_destino(
    negocio: Negocio, plataforma: Plataforma
) -> None:
    """Whoever may publish commands may publish nonsense: it is refused like any other, and no row holds it."""
    sanos = {
        "cliente_codigo": "c-1",
        **dict.fromkeys(("cliente_nombres", "cliente_apellidos", "cliente_usuario", "plan_nombre"), "x"),
        "cliente_email": "c@domain.com",
        "cliente_rut": "1",
        "cliente_cedula": "1",
    }
    hostiles = [
        {"cliente_codigo": "x" * 100_000},
        {"cliente_codigo": ""},
        {"cliente_nombres": "a\0b"},
        {"cliente_nombres": "Mari\u0301a"},
        {"cliente_apellidos": " Perez"},
        {"cliente_usuario": ""},
        {"cliente_cedula": "12.345.678-K"},
        {"cliente_email": "c@domain.com\r\nBcc: d@domain.com"},
        {"plan_nombre": "x" * 4001},
    ]
    publicador = Publicador(plataforma.servidores.pulsar_url)
    pedidas = []
    for hostil in hostiles:
        pedida = Suscripcion(negocio, str(uuid.uuid4()), str(uuid.uuid4()), "c@domain.com")
        comando = CrearSuscripcion(**{**sanos, "plan_codigo": "free", **hostil})
        sobre = sobre_nuevo(comando, fuente="/saludtech/otro", sujeto=pedida.id, id=pedida.id_comando)
        publicar(publicador, sobre, comando, espera=30)
        pedidas.append(pedida)
    publicador.cerrar()

    for pedida, hostil in zip(pedidas, hostiles, strict=True):
        motivo = "El comando no cumple las reglas del contrato."
        assert pedida.su_comando_queda("RECHAZADO")["motivo"] == motivo
        vista = pedida.queda("RECHAZADA")
        assert vista["motivo"] == motivo
        assert vista["cliente"]["codigo"] == ("" if "cliente_codigo" in hostil else "c-1")
        assert pedida.su_saga_queda("COMPENSADA").vista["pasos"][0]["motivo"] == motivo
    intentos = filas(plataforma.bases["suscripciones"], "SELECT ce_id FROM intentos")
    assert [p.id_comando for p in pedidas if (p.id_comando,) in intentos] == []


@pytest.mark.parametrize(("plan", "montos"), [("basico", ["19.90"]), ("free", [])])
def test_un_plan_sin_recursos_queda_activo_en_el_acto(negocio: Negocio, plan: str, montos: list[str]) -> None:
    pedida = negocio.pide_suscripcion(plan)

    suscripcion = pedida.queda("ACTIVA")
    saga = pedida.su_saga_queda("COMPLETADA")

    assert [f["monto"] for f in suscripcion["facturas"]] == montos
    assert saga.resultados == [("CREAR", "HECHO"), ("ACTIVAR", "HECHO")]
    assert pedida.sus_servicios() == []
    assert pedida.recibe_correo("Su suscripción está activa")


def test_un_plan_sin_recursos_se_completa_aunque_el_aviso_no_llegue(negocio: Negocio) -> None:
    pedida = negocio.pide_suscripcion("free", cliente=negocio.cliente_nuevo(RECHAZA))

    pedida.su_notificacion_queda("SUSCRIPCION_ACTIVA", "FALLIDA")

    pedida.queda("ACTIVA")
    assert pedida.su_saga_queda("COMPLETADA").resultados == [("CREAR", "HECHO"), ("ACTIVAR", "HECHO")]


def test_cada_aviso_va_a_la_direccion_de_su_hecho(negocio: Negocio) -> None:
    """The data of the last creation stand, and with them its address; what was told before stays where it went."""
    cliente = negocio.cliente_nuevo()
    primera = negocio.pide_suscripcion("free", cliente=cliente)
    primera.recibe_correo("Su suscripción está activa")

    segunda = negocio.pide_suscripcion("free", cliente={**cliente, "email": f"otra.{cliente['email']}"})
    segunda.recibe_correo("Su suscripción está activa")
    primera.cancela()
    replace(primera, direccion=segunda.direccion).recibe_correo("Su suscripción quedó cancelada")

    assert len(negocio.plataforma.buzon.de(cliente["email"])) == 1


def test_un_correo_que_tarda_se_reintenta_y_la_suscripcion_queda_activa(negocio: Negocio) -> None:
    pedida = negocio.pide_suscripcion("pro", cliente=negocio.cliente_nuevo(TARDA))

    pedida.queda("ACTIVA")

    assert pedida.recibe_correo("Su servicio de datos está listo")
    pedida.su_notificacion_queda("SERVICIO_LISTO", "CONFIRMADA")


def test_un_plan_desconocido_se_rechaza_con_su_motivo(negocio: Negocio) -> None:
    pedida = negocio.pide_suscripcion("platino")

    suscripcion = pedida.queda("RECHAZADA")
    saga = pedida.su_saga_queda("COMPENSADA")

    assert suscripcion["motivo"] == "El plan pedido no existe en el catálogo."
    assert saga.resultados == [("CREAR", "RECHAZADO"), ("RECHAZAR", "HECHO")]
    assert pedida.su_comando_queda("RECHAZADO")["motivo"] == suscripcion["motivo"]
    assert pedida.sus_notificaciones() == [], "nobody vouches for the address"


def test_sin_expertos_libres_se_rechaza_y_se_compensa(negocio: Negocio, expertos_libres: Callable[[int], None]) -> None:
    expertos_libres(1)
    primera = negocio.pide_suscripcion("pro")
    primera.queda("ACTIVA")

    segunda = negocio.pide_suscripcion("pro")

    assert segunda.queda("RECHAZADA")["motivo"] == "No queda capacidad libre."
    saga = segunda.su_saga_queda("COMPENSADA")
    assert saga.paso("RESERVAR")["resultado"] == "RECHAZADO"
    assert saga.paso("LIBERAR")["resultado"] == "OMITIDO"
    assert saga.paso("LIBERAR")["compensacion"] is True
    assert segunda.sus_servicios() == []
    assert "No queda capacidad libre." in segunda.recibe_correo("No pudimos activar su suscripción")
    segunda.su_notificacion_queda("SUSCRIPCION_RECHAZADA", "CONFIRMADA")
    avisar = segunda.su_aviso_consta()
    assert (avisar["resultado"], avisar["compensacion"]) == ("HECHO", True)
    assert segunda.su_comando_queda("APLICADO"), "la saga empezó: su desenlace no cambia la suerte del comando"
