"""Whose a data service is, what becomes of a stranger's commands, and which researchers it names."""

from dataclasses import replace
from typing import Any

import pytest

from contratos import motivos
from contratos.servicio_datos import (
    AccesoInvestigadorCambiado,
    AsignarExperto,
    CambiarAccesoInvestigador,
    ComandoServicioDatosRechazado,
    IniciarServicioDatos,
    TerminarServicioDatos,
)
from seedwork.aplicacion.identidad import Quien
from seedwork.aplicacion.recibido import Recibido
from servicio_datos.dominio.servicio_datos import MAXIMO_INVESTIGADORES

ANA = Quien(id="ana", roles=frozenset({"cliente"}), cliente="0001")
EVA = Quien(id="eva", roles=frozenset({"cliente"}), cliente="0002")
OPERADOR = Quien(id="op-17", roles=frozenset({"operador"}))
CLINICA = Quien(id="norte-1", roles=frozenset({"clinica"}), clinica="norte")

CAMBIAR = CambiarAccesoInvestigador(id_servicio_datos="sd", investigador="inv-07", acceso="CONCEDIDO")
COMANDOS = (
    IniciarServicioDatos(id_servicio_datos="sd"),
    AsignarExperto(id_servicio_datos="sd", experto_codigo="e2"),
    TerminarServicioDatos(id_servicio_datos="sd"),
    CAMBIAR,
)


def de(quien: Quien | None, recibido: Recibido) -> Recibido:
    return replace(recibido, sobre=replace(recibido.sobre, quien=quien))


@pytest.fixture
def suyo(casa: Any, hecho: Any, crear: Any) -> Any:
    """Ana's subscription 1 is ACTIVA and has a data service, ``sd``, made by hand; Eva's is subscription 2."""
    casa.ofrecer(e1=2, e2=2)
    for n, cliente in ((1, "0001"), (2, "0002")):
        casa.recibir(*(hecho(que, n, recursos=(), cliente_codigo=cliente) for que in ("creada", "activada")))
    assert casa.recibir(de(ANA, crear("sd", cliente_codigo="0001"))) is None
    casa.olvidar()
    return casa


def pedir(casa: Any, quien: Quien | None, mensaje: Any) -> str | None:
    """Handle a command about a data service; answers the reason with which it is refused, at once."""
    recibido = casa.recibido(mensaje, "bff", sujeto=mensaje.id_servicio_datos, quien=quien)
    motivo: str | None = casa.mandar(recibido)
    return motivo


def espera(casa: Any, recibido: Recibido) -> tuple[Any, str | None, Any]:
    """For what it waits, the reason with which it is refused after that, and what is told then."""
    antes, dicho = casa.foto(), len(casa.dichos)
    assert casa.procesar(recibido) == [recibido.sobre.id]
    etapas = casa.paciencia.etapas
    casa.avanzar(seconds=casa.paciencia.espera_s)
    motivo = casa.mandar(casa.otra_vez(recibido))
    assert casa.foto() == antes
    (rechazo,) = casa.dichos[dicho:]
    assert isinstance(rechazo.carga, ComandoServicioDatosRechazado)
    return etapas, motivo, replace(rechazo.carga, id_comando="", id_servicio_datos="")


@pytest.mark.parametrize("comando", COMANDOS, ids=lambda comando: type(comando).__name__)
def test_lo_de_otro_espera_y_se_rechaza_como_lo_que_no_existe(suyo: Any, comando: Any) -> None:
    """For the same, as long, for the same reason, in the same words, which tell nothing of its subscription."""
    ajeno = suyo.recibido(comando, "bff", sujeto="sd", quien=EVA)
    ninguno = suyo.recibido(replace(comando, id_servicio_datos="nadie"), "bff", sujeto="nadie", quien=EVA)
    visto = espera(suyo, ajeno)
    assert visto == espera(suyo, ninguno)
    assert visto[1] == motivos.SERVICIO_DESCONOCIDO


@pytest.mark.parametrize("quien", [ANA, OPERADOR, None], ids=["su cliente", "un operador", "sin preguntar"])
@pytest.mark.parametrize("comando", COMANDOS, ids=lambda comando: type(comando).__name__)
def test_lo_propio_se_puede(suyo: Any, quien: Quien | None, comando: Any) -> None:
    assert pedir(suyo, quien, comando) is None
    assert suyo.el_servicio.cliente_codigo == "0001"


@pytest.mark.parametrize("comando", COMANDOS, ids=lambda comando: type(comando).__name__)
def test_quien_no_es_cliente_ni_operador_no_puede_ni_se_le_dice_nada(suyo: Any, comando: Any) -> None:
    assert pedir(suyo, CLINICA, comando) == motivos.NO_AUTORIZADO
    suyo.bus.autenticada = True
    assert pedir(suyo, None, comando) == motivos.NO_AUTORIZADO
    assert {m.id_suscripcion for m in suyo.de_tipo(ComandoServicioDatosRechazado)} == {""}


def test_se_crea_a_nombre_propio_y_para_una_suscripcion_propia(suyo: Any, hecho: Any, crear: Any) -> None:
    """Else the subscription is as unknown, and so is one that the named client has not."""
    ninguna = espera(suyo, de(EVA, crear("x", 7)))
    assert ninguna[1] == motivos.SUSCRIPCION_DESCONOCIDA
    for n, quien, cliente in ((1, EVA, ""), (1, EVA, "0002"), (2, EVA, "0001"), (2, OPERADOR, "0001")):
        visto = espera(suyo, de(quien, crear(f"x-{n}-{cliente}-{quien.id}", n, cliente_codigo=cliente)))
        # That names the subscription, as the command does.
        assert (visto[:2], visto[2].id_suscripcion) == (ninguna[:2], f"s-{n}")
    assert suyo.recibir(de(EVA, crear("sd-2", 2, cliente_codigo="0002"))) is None
    assert [s.cliente_codigo for s in suyo.servicios()] == ["0001", "0002"]


def test_lo_que_reserva_una_saga_es_del_cliente_de_su_suscripcion(casa: Any, hecho: Any) -> None:
    casa.recibir(hecho("creada", cliente_codigo="0001"))
    assert casa.el_servicio.cliente_codigo == "0001"


def test_lo_de_antes_es_de_su_cliente_desde_que_alguien_lo_dice(casa: Any, hecho: Any) -> None:
    """Before, it is an operator's alone."""
    casa.recibir(hecho("creada"))
    assert casa.el_servicio.cliente_codigo == ""
    casa.recibir(hecho("activada", cliente_codigo="0001"))
    assert casa.el_servicio.cliente_codigo == "0001"


def test_un_servicio_dice_que_investigadores_leen_su_conjunto_de_datos(suyo: Any) -> None:
    """What is so already stays so, and is not told again."""
    retirar = replace(CAMBIAR, acceso="RETIRADO")
    otro = replace(CAMBIAR, investigador="auth0|a b@c")
    for comando, quedan in (
        (retirar, []),
        (CAMBIAR, ["inv-07"]),
        (CAMBIAR, ["inv-07"]),
        (otro, ["auth0|a b@c", "inv-07"]),
        (retirar, ["auth0|a b@c"]),
    ):
        assert pedir(suyo, ANA, comando) is None
        assert suyo.el_servicio.investigadores == quedan
    assert [(m.investigador, m.acceso) for m in suyo.de_tipo(AccesoInvestigadorCambiado)] == [
        ("inv-07", "CONCEDIDO"),
        ("auth0|a b@c", "CONCEDIDO"),
        ("inv-07", "RETIRADO"),
    ]


@pytest.mark.parametrize("cambio", [{"investigador": ""}, {"investigador": "x" * 256}, {"investigador": "ñ"},
    {"investigador": "a\n"}, {"acceso": ""}, {"acceso": "LEER"}])  # fmt: skip
def test_quien_no_puede_ser_nadie_no_es_investigador(suyo: Any, cambio: dict[str, str]) -> None:
    assert pedir(suyo, ANA, replace(CAMBIAR, **cambio)) == motivos.DATOS_INVALIDOS


def test_lo_terminado_no_lo_lee_nadie_mas_y_hay_un_tope(suyo: Any) -> None:
    for n in range(MAXIMO_INVESTIGADORES):
        assert pedir(suyo, ANA, replace(CAMBIAR, investigador=f"i-{n}")) is None
    assert pedir(suyo, ANA, CAMBIAR) == motivos.DEMASIADOS_INVESTIGADORES
    assert pedir(suyo, ANA, replace(CAMBIAR, investigador="i-7")) is None
    assert pedir(suyo, ANA, TerminarServicioDatos(id_servicio_datos="sd")) is None
    assert pedir(suyo, ANA, CAMBIAR) == motivos.SERVICIO_TERMINADO
    assert pedir(suyo, ANA, replace(CAMBIAR, investigador="i-7", acceso="RETIRADO")) is None
