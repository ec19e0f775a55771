"""Settings that contradict the saga's deadline, or each other, are refused at the start."""

import pytest
from pydantic import ValidationError

from notificaciones.config import Config
from seedwork.entrada.config import cargar

DATABASE_URL = "postgresql://n@127.0.0.1/n"


def config(**ajustes) -> Config:
    return Config(database_url=DATABASE_URL, **ajustes)


@pytest.mark.parametrize("plazo", [1, 5, 20, 120, 86_400])
def test_sin_decir_nada_los_reintentos_siguen_al_plazo_de_la_saga(plazo):
    politica = config(saga_plazo_s=plazo).politica

    assert politica.plazo_s <= plazo / 2
    assert politica.espera_s <= 5


@pytest.mark.parametrize(
    ("ajustes", "texto"),
    [
        ({"saga_plazo_s": 100, "envio_plazo_s": 51}, "mitad de SAGA_PLAZO_S"),
        ({"envio_plazo_s": 10, "smtp_espera_s": 6}, "no cabe ningún reintento"),
        ({"envio_plazo_s": 10, "envio_pausa_s": 9}, "no cabe ningún reintento"),
        ({"smtp_usuario": "u"}, "van juntas"),
        ({"smtp_clave": "c"}, "van juntas"),
        ({"smtp_usuario": "u", "smtp_clave": "secreto-1"}, "SMTP_STARTTLS"),
        ({"smtp_remitente": "nadie"}, "dirección de correo"),
        ({"smtp_remitente": "<>"}, "dirección de correo"),
        ({"smtp_puerto": 0}, "greater than or equal to 1"),
    ],
)
def test_lo_contradictorio_se_rechaza(ajustes, texto):
    with pytest.raises(ValidationError, match=texto) as rechazo:
        config(**ajustes)

    assert "secreto-1" not in str(rechazo.value)


def test_el_proceso_acaba_diciendo_que_se_contradice(monkeypatch, capsys):
    for nombre, valor in {"DATABASE_URL": DATABASE_URL, "SAGA_PLAZO_S": "10", "ENVIO_PLAZO_S": "8"}.items():
        monkeypatch.setenv(nombre, valor)

    with pytest.raises(SystemExit) as salida:
        cargar(Config)

    assert salida.value.code == 2
    assert "ENVIO_PLAZO_S (8 s) pasa de la mitad de SAGA_PLAZO_S (5 s)" in capsys.readouterr().err
