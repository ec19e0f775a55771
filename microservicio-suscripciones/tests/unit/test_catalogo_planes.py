"""The plan catalogue: a plan is a file, and a wrong file is told by name, field and rule."""

from pathlib import Path

import pytest

from seedwork.infraestructura.catalogos import CatalogoInvalido
from suscripciones.infraestructura.catalogo import INCLUIDOS, leer_planes

BUENO = 'codigo = "oro"\nnombre = "Oro"\nrecursos = ["a"]\nprecio = "9.90"\nmoneda = "USD"\nperiodo_dias = 30\n'


def test_los_planes_de_hoy() -> None:
    planes = leer_planes(INCLUIDOS)
    vistos = {c: (p.recursos, str(p.precio)) for c, p in planes.items()}
    # At least these: a further plan is a file, and nothing else.
    de_hoy = {"free": ((), "0.00"), "basico": ((), "19.90"), "pro": (("servicio_datos",), "49.90")}
    assert vistos.items() >= de_hoy.items()


def test_un_plan_nuevo_es_un_archivo(tmp_path: Path) -> None:
    (tmp_path / "oro.toml").write_text(BUENO)
    assert leer_planes(tmp_path, {"a": "alguien"})["oro"].recursos == ("a",)


@pytest.mark.parametrize(
    ("cambio", "nombrado"),
    [
        (("9.90", "9.9"), "precio"),
        (("9.90", "-9.90"), "precio"),
        (('"USD"', '"usd"'), "moneda"),
        (("periodo_dias = 30", "periodo_dias = -1"), "periodo_dias"),
        (('codigo = "oro"', 'codigo = "o ro"'), "codigo"),
        (('nombre = "Oro"\n', ""), "nombre"),
        (("moneda", "divisa"), "divisa"),
    ],
)
def test_un_archivo_errado_se_nombra(tmp_path: Path, cambio: tuple[str, str], nombrado: str) -> None:
    (tmp_path / "malo.toml").write_text(BUENO.replace(*cambio))
    with pytest.raises(CatalogoInvalido, match=nombrado) as error:
        leer_planes(tmp_path)
    assert "malo.toml" in str(error.value)


def test_dos_planes_con_un_codigo_y_ninguno(tmp_path: Path) -> None:
    with pytest.raises(CatalogoInvalido, match="ningún plan"):
        leer_planes(tmp_path)
    (tmp_path / "a.toml").write_text(BUENO)
    (tmp_path / "b.toml").write_text(BUENO)
    with pytest.raises(CatalogoInvalido, match="ya está"):
        leer_planes(tmp_path, {"a": "alguien"})


def test_lo_que_nadie_provee_se_nombra_y_se_dice_que_hacer(tmp_path: Path) -> None:
    (tmp_path / "oro.toml").write_text(BUENO.replace('["a"]', '["a", "servicio_datos", "b"]'))
    with pytest.raises(CatalogoInvalido) as error:
        leer_planes(tmp_path)
    for que in ("oro.toml", "el plan oro requiere a, b, y nadie", "servicio_datos", "CATALOGO_PLANES", "contratos"):
        assert que in str(error.value)
