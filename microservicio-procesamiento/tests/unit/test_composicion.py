"""Settings that give more away reach what they are for, and are off by default."""

import base64
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from procesamiento import composicion
from procesamiento.entrada.limpieza import Encargo, Hecho, Taller, hacer
from seedwork.aplicacion.almacen import ORIGINALES, base_de_almacen


@pytest.fixture(autouse=True)
def entorno(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u@h/b")
    monkeypatch.setenv("SEUDONIMO_CLAVE", base64.b64encode(bytes(32)).decode())
    monkeypatch.setenv("ALMACEN_URL", base_de_almacen(str(tmp_path)))


@pytest.mark.parametrize("ajuste", ["", "true"])
def test_el_peso_y_la_talla_quedan_solo_si_se_ajusta_y_el_informe_lo_dice(
    monkeypatch: pytest.MonkeyPatch, ajuste: str
) -> None:
    """The file is an empty one: its report has the options, whatever becomes of it."""
    if ajuste:
        monkeypatch.setenv("ARCHIVO_PESO_Y_TALLA", ajuste)
    hechos: list[Taller] = []

    def taller_de(**con_que: Any) -> Taller:
        hechos.append(Taller(**con_que))
        return hechos[-1]

    monkeypatch.setattr(composicion, "Taller", taller_de)
    composicion.servicio.__wrapped__()
    (taller,) = hechos
    guardado = taller.propio.guardar(ORIGINALES + "0f", [b""])
    encargo = Encargo(
        uri=guardado.uri, sha256=guardado.sha256, formato="PNG", emisor="h", id_paciente="p", region_anatomica="r"
    )
    hecho = hacer(taller, encargo)
    assert isinstance(hecho, Hecho) and hecho.informe
    assert ("peso_y_talla" in hecho.informe["opciones"]) == bool(ajuste)


@pytest.mark.parametrize("ajuste", ["", "true"])
def test_se_depura_solo_si_se_ajusta(monkeypatch: pytest.MonkeyPatch, ajuste: str) -> None:
    if ajuste:
        monkeypatch.setenv("ANTECEDENTES_CON_RIESGO_RESIDUAL", ajuste)
    pedidas: list[set[str]] = []
    lector = SimpleNamespace(palabras=lambda: pedidas.append({"asma"}) or {"asma"})
    monkeypatch.setattr(composicion, "leer_reconocedor", lambda _condiciones: lector)
    composicion.servicio.__wrapped__().unidad()
    assert len(pedidas) == bool(ajuste)
