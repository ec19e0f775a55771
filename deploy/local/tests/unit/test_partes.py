from pathlib import Path

import pytest

from plataforma import partes
from plataforma.ajustes import Ajustes
from plataforma.partes import SERVICIOS, Conexiones, Grupo, Parte
from plataforma.secretos import Secretos

CONEXIONES = Conexiones(
    "pulsar://127.0.0.1:6650", "http://127.0.0.1:8080", {s: f"postgresql://{s}@localhost/{s}" for s in SERVICIOS}
)


@pytest.fixture
def todas(tmp_path: Path) -> dict[str, Parte]:
    ajustes, secretos = Ajustes(procesamiento=3), Secretos(tmp_path / "secretos.json")
    metricas = tmp_path / "metricas"
    lista = partes.servicios(ajustes, CONEXIONES, secretos, metricas)
    lista += [partes.bff(ajustes, CONEXIONES, secretos, metricas), partes.correo(ajustes, tmp_path / "correo")]
    return {parte.nombre: parte for parte in lista}


def test_cada_servicio_tiene_su_api_y_sus_trabajadores(todas: dict[str, Parte]) -> None:
    assert set(todas) == {
        "correo", "bff", "suscripciones", "servicio-datos", "notificaciones",
        "procesamiento-1", "procesamiento-2", "procesamiento-3", "procesamiento-relay",
        "suscripciones-api", "servicio-datos-api", "notificaciones-api", "procesamiento-api",
    }  # fmt: skip


def test_ningun_puerto_se_repite(todas: dict[str, Parte]) -> None:
    numeros = [puerto.numero for parte in todas.values() for puerto in parte.puertos]
    assert len(numeros) == len(set(numeros)) == len(todas)


def test_cada_servicio_conoce_su_base_y_ninguna_otra(todas: dict[str, Parte]) -> None:
    for parte in todas.values():
        suya = {s for s in SERVICIOS if CONEXIONES.bases[s] in parte.entorno.values()}
        assert suya == {s for s in SERVICIOS if parte.nombre.startswith(s.replace("_", "-"))}


def test_el_bff_encuentra_a_cada_servicio(todas: dict[str, Parte]) -> None:
    for servicio in SERVICIOS:
        api = todas[f"{servicio.replace('_', '-')}-api"]
        assert todas["bff"].entorno[f"{servicio.upper()}_URL"].endswith(f":{api.puertos[0].numero}")


def test_los_secretos_son_los_mismos_en_cada_arranque(tmp_path: Path) -> None:
    ruta = tmp_path / "secretos.json"
    primero = Secretos(ruta)["seudonimo"]
    assert Secretos(ruta)["seudonimo"] == primero
    assert Secretos(ruta)["idempotencia"] != primero
    assert ruta.stat().st_mode & 0o077 == 0


def test_los_grupos_arrancan_en_orden_y_paran_en_quince_segundos() -> None:
    assert [g.name for g in sorted(Grupo, key=lambda g: g.prioridad)] == ["POSTGRES", "BROKER", "SERVICIOS", "BFF"]
    assert sum(grupo.value for grupo in Grupo) < 15
