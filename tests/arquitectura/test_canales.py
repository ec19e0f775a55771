"""The broker's rule table (`contratos/canales.py`) is what the code says and hears: no less, and no more."""

from collections.abc import Mapping

import pytest
from tests.arquitectura import mapa
from tests.arquitectura.codigo import SERVICIOS

from contratos import Mensaje, canal
from contratos.canal import OPERADOR
from contratos.canales import ROLES
from contratos.esquemas import publicados
from plataforma import credenciales
from seedwork.infraestructura import permisos
from seedwork.infraestructura.permisos import permisos_de

cada_mensaje = pytest.mark.parametrize("tipo", publicados(), ids=lambda tipo: tipo.__name__)
MIRAN: Mapping[str, set[str]] = {"CrearSuscripcion": {"servicio-datos"}, "TransicionSaga": {"operador"}}
"""By hand: who asks how far another service has heard it (`servicio_datos.aplicacion.peticiones`), and who rebuilds a
view from it. The door looks on at those events besides that its streams tell of; it does not start with others."""
NO_SE_CUENTAN = {"AccesoNegado", "ConsultaAnonimizacion"}
"""By hand: the events that no stream may tell of. Of all others they tell, so that none is forgotten."""

DE_AQUI = {paquete.replace("_", "-") for paquete in SERVICIOS.values()} | {"bff"}


@cada_mensaje
def test_la_regla_es_lo_que_el_codigo_dice_y_oye(tipo: type[Mensaje]) -> None:
    regla = canal.canal_de(tipo)
    # A service of the tests' own, declared beside its contract, may say and hear it too.
    assert regla.dice & DE_AQUI == mapa.dicen()[tipo]
    assert regla.oye & DE_AQUI == mapa.oyen()[tipo]
    assert regla.mira - {"bff"} == MIRAN.get(tipo.__name__, set())
    assert ("bff" in regla.mira) == (tipo.clase == "evento" and tipo.__name__ not in NO_SE_CUENTAN)


def test_el_operador_se_llama_igual_en_todas_partes() -> None:
    assert credenciales.OPERADOR == OPERADOR
    assert credenciales.ADMINISTRADOR not in ROLES


def test_lo_que_no_tiene_regla_no_empieza() -> None:
    activada = next(t for t in publicados() if t.__name__ == "SuscripcionActivada")
    with pytest.raises(canal.SinCanal, match=r"procesamiento no puede.* oye SuscripcionActivada"):
        canal.comprobar("procesamiento", oye=[activada])
    with pytest.raises(canal.SinCanal, match="dice SuscripcionActivada"):
        canal.comprobar("procesamiento", dice=[activada])
    canal.comprobar("notificaciones", oye=[activada])


def test_las_cartas_y_lo_que_espera_son_del_suyo(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose they are, and whoever operates; the door learns of them from the services."""
    # Tests of contracts have messages of their own.
    monkeypatch.setattr(permisos, "REGISTRO", {tipo.tipo: tipo for tipo in publicados()})
    for contexto in {tipo.contexto for tipo in publicados()} - {"sagas"}:
        for topico, suyos in permisos_de(contexto).topicos.items():
            if topico.endswith("/cartas-muertas"):
                assert set(suyos) == {contexto, OPERADOR}
            if topico.endswith("/en-espera"):
                assert set(suyos) == {contexto}
