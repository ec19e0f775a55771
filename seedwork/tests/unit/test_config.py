"""Settings that contradict each other stop the start, with a reason."""

import pytest

from seedwork.entrada.config import ConfigServicio, cargar
from seedwork.entrada.consumidor import PoliticaReintentos


@pytest.fixture(autouse=True)
def entorno(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:secreta@127.0.0.1/b")


def test_los_valores_por_defecto_concuerdan():
    assert cargar(ConfigServicio).inbox_dias > cargar(ConfigServicio).retencion_dias


@pytest.mark.parametrize("cambio", [{"INBOX_DIAS": "7"}, {"RETENCION_DIAS": "20"}, {"REINTENTOS_TOPE_S": "200000"}])
def test_un_inbox_que_olvida_demasiado_pronto_no_arranca(monkeypatch, capsys, cambio):
    for nombre, valor in cambio.items():
        monkeypatch.setenv(nombre, valor)

    with pytest.raises(SystemExit):
        cargar(ConfigServicio)

    dicho = capsys.readouterr().err
    assert "INBOX_DIAS ha de superar" in dicho
    assert "secreta" not in dicho


def test_las_esperas_crecen_hasta_su_tope():
    politica = PoliticaReintentos(maximo=20, inmediatos=2, base_s=1.0, tope_s=10.0)

    assert politica.espera(1) == 0.0
    for intento, pausa in {2: 1, 3: 2, 4: 4, 5: 8, 6: 10, 15: 10}.items():
        assert pausa * 0.8 <= politica.espera(intento) <= pausa * 1.2
    assert politica.espera(100_000) <= 12.0
