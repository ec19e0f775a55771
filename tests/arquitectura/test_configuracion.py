"""`.env.example` documents exactly the settings that exist, with their defaults; services declare what they are."""

from typing import Any

import pytest
from pydantic import SecretBytes, SecretStr
from pydantic_settings import BaseSettings
from tests.arquitectura import ajustes
from tests.arquitectura.codigo import SERVICIOS, configuraciones

from plataforma.servicios import SERVICIOS as DECLARADOS
from plataforma.servicios import Servicio, hallar
from seedwork.entrada.config import ConfigDeMensajes

CONFIG = configuraciones()
cada_servicio = pytest.mark.parametrize("servicio", DECLARADOS.values(), ids=DECLARADOS)


def test_env_example_es_el_que_el_codigo_da() -> None:
    escrito = ajustes.ARCHIVO.read_text(encoding="utf-8")
    assert escrito == ajustes.texto(), f".env.example is out of date; write it anew: .venv/bin/{ajustes.ORDEN}"


def test_una_copia_de_env_example_no_cambia_nada() -> None:
    lineas = ajustes.ARCHIVO.read_text(encoding="utf-8").splitlines()
    assert [linea for linea in lineas if linea and not linea.startswith(("# ", "## "))] == []


@cada_servicio
def test_un_servicio_declara_los_puertos_de_sus_ajustes(servicio: Servicio) -> None:
    clase = CONFIG[servicio.nombre]
    propios = tuple(_predeterminado(clase, campo) for campo in ("http_puerto", "salud_puerto"))
    assert (servicio.puerto, servicio.salud_puerto) == propios


@cada_servicio
def test_un_servicio_declara_los_secretos_que_necesita(servicio: Servicio) -> None:
    campos = CONFIG[servicio.nombre].model_fields
    secretos = {
        nombre.upper()
        for nombre, campo in campos.items()
        if nombre not in ConfigDeMensajes.model_fields
        and campo.is_required()
        and any(tipo.__name__ in str(campo.annotation) for tipo in (SecretStr, SecretBytes))
    }
    assert set(servicio.secretos) == secretos


@cada_servicio
def test_un_servicio_declara_si_manda_correo(servicio: Servicio) -> None:
    suyos = {"smtp_host", "smtp_puerto"} & set(CONFIG[servicio.nombre].model_fields)
    assert len(suyos) == (2 if servicio.correo else 0)


def test_se_hallan_todos_los_servicios() -> None:
    assert list(DECLARADOS) == list(SERVICIOS.values())


@pytest.mark.parametrize(
    ("tabla", "motivo"),
    [
        ("", "saludtech"),
        ("[tool.saludtech]\npuerto = 1\n", "salud_puerto"),
        ("[tool.saludtech]\npuerto = 1\nsalud_puerto = 2\nrelay = 3\n", "relay"),
    ],
)
def test_lo_que_un_servicio_declara_mal_se_dice_con_su_archivo(tmp_path: Any, tabla: str, motivo: str) -> None:
    carpeta = tmp_path / "microservicio-otro"
    carpeta.mkdir()
    (carpeta / "pyproject.toml").write_text(f"[tool]\n{tabla}")
    with pytest.raises(ValueError, match=rf"microservicio-otro/pyproject\.toml.*{motivo}"):
        hallar(tmp_path)


def test_la_puerta_pregunta_donde_cada_servicio_escucha() -> None:
    puerta = CONFIG["bff"]
    preguntados = {servicio for servicio in DECLARADOS if f"{servicio}_url" in puerta.model_fields}
    assert len(preguntados) >= 4
    for paquete in preguntados:
        assert _predeterminado(puerta, f"{paquete}_url") == f"http://127.0.0.1:{DECLARADOS[paquete].puerto}"


def test_ningun_puerto_es_de_dos() -> None:
    """Whoever starts all of them on one machine without a setting finds no port twice."""
    puertos = [puerto for servicio in DECLARADOS.values() for _, puerto in servicio.puertos.values()]
    puertos.append(_predeterminado(CONFIG["bff"], "bff_puerto"))
    assert len(set(puertos)) == len(puertos) >= 10


def _predeterminado(clase: type[BaseSettings], campo: str) -> Any:
    return clase.model_fields[campo].default
