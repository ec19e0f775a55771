"""Letters carry the platform's words to the address that was given; trouble with our mail server is ours."""

from typing import Any

import pytest
from tests.saga.espera import hasta
from tests.saga.negocio import Negocio
from tests.saga.plataforma_viva import Plataforma

pytestmark = pytest.mark.integracion

ENGANO = "Su cuenta fue suspendida; entre en https://mal.example"


@pytest.mark.parametrize(
    ("paso", "respuesta"),
    [("RCPT", "554 5.7.1 Relay access denied"), ("MAIL", "530 5.7.0 Must issue a STARTTLS command first")],
)
def test_lo_que_el_servidor_de_correo_tiene_contra_nosotros_espera_a_quien_lo_arregle(
    negocio: Negocio, plataforma: Plataforma, paso: str, respuesta: str
) -> None:
    """Nobody's subscription ends for it while there is time; operators see it in the readiness, once several
    recipients have met it; mended, all goes on."""
    trabajador, averias = plataforma.proceso("notificaciones"), plataforma.buzon.averias
    averias[paso] = respuesta
    try:
        pedidas = [negocio.pide_suscripcion("pro") for _ in range(3)]
        motivo = hasta(lambda: trabajador.motivo, "el trabajador dice que el correo no está listo")
        assert "No está listo: correo." in motivo
        for pedida in pedidas:
            assert pedida.vista()["estado"] == "PENDIENTE"
            assert [n["estado"] for n in pedida.sus_notificaciones()] in ([], ["CREADA"])
    finally:
        averias.clear()

    for pedida in pedidas:
        pedida.queda("ACTIVA")
        assert pedida.recibe_correo("Su servicio de datos está listo")
        assert pedida.su_saga_queda("COMPLETADA").paso("NOTIFICAR")["resultado"] == "HECHO"
    trabajador.esperar_listo()


def test_ninguna_carta_cita_lo_que_alguien_pidio(negocio: Negocio, plataforma: Plataforma) -> None:
    """It would be an attacker's text, to any address, in the platform's name."""
    aceptada, rechazada = (_pide_con_engano(negocio, plan) for plan in ("pro", "platino"))
    aceptada.queda("ACTIVA")
    rechazada.queda("RECHAZADA")
    carta = aceptada.recibe_correo("Su servicio de datos está listo")
    aceptada.cancela(ENGANO).queda("APLICADO")
    despedida = aceptada.recibe_correo("Su suscripción quedó cancelada")

    for texto in (carta, despedida):
        assert texto.splitlines()[0] == "Hola:"
        assert " plan PRO " in texto
        assert "mal.example" not in texto
    # What came later has its letters: nothing was to be sent of what was refused at once.
    assert rechazada.su_saga_queda("COMPENSADA").resultados == [("CREAR", "RECHAZADO"), ("RECHAZAR", "HECHO")]
    assert rechazada.sus_notificaciones() == []
    assert plataforma.buzon.de(rechazada.direccion) == []


@pytest.mark.parametrize(
    ("nombres", "apellidos", "saludo"),
    [
        ("Su cuenta fue suspendida llame ya al", "banco", "Hola:"),
        ("Entre en mal. co", "hoy", "Hola:"),
        ("Entre en mal.\u0301com", "hoy", "Hola:"),
        ("José Ma.", "de la O", "Hola, José Ma. de la O:"),
    ],
)
def test_se_saluda_por_su_nombre_a_quien_dio_uno(negocio: Negocio, nombres: str, apellidos: str, saludo: str) -> None:
    """Without punctuation that gives it away, a stranger's sentence is still none."""
    cliente = {**negocio.cliente_nuevo(), "nombre": {"nombres": nombres, "apellidos": apellidos}}
    carta = negocio.pide_suscripcion("free", cliente=cliente).recibe_correo("Su suscripción está activa")
    assert carta.splitlines()[0] == saludo


def test_la_carta_va_al_dominio_que_se_dio(negocio: Negocio, plataforma: Plataforma) -> None:
    """By IDNA 2008, from the door to the mail server: by that of 2003, fass.de, a stranger would get it."""
    cliente: dict[str, Any] = negocio.cliente_nuevo()
    usuario = cliente["email"].partition("@")[0]
    pedida = negocio.pide_suscripcion("pro", cliente={**cliente, "email": f"{usuario}@faß.de"})

    pedida.queda("ACTIVA")

    assert pedida.vista()["cliente"]["email"] == f"{usuario}@faß.de"
    assert len(plataforma.buzon.de(f"{usuario}@xn--fa-hia.de")) == 1
    assert plataforma.buzon.de(f"{usuario}@fass.de") == []


def _pide_con_engano(negocio: Negocio, plan: str) -> Any:
    cliente = negocio.cliente_nuevo()
    cuerpo = negocio.cuerpo_suscripcion(
        plan, {**cliente, "nombre": {"nombres": ENGANO, "apellidos": ENGANO}, "usuario": "mal.example"}
    )
    cuerpo["plan"]["nombre"] = ENGANO
    respuesta = negocio.envia("/suscripciones/suscripcion-comando", cuerpo)
    return negocio.acepta(respuesta, cuerpo)
