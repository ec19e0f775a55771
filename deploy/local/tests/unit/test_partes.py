from pathlib import Path

import pytest

from plataforma import partes
from plataforma.ajustes import leer_ajustes
from plataforma.partes import Conexiones, Grupo, Parte
from plataforma.secretos import Secretos
from plataforma.servicios import SERVICIOS

CONEXIONES = Conexiones(
    "pulsar://127.0.0.1:6650", "http://127.0.0.1:8080", {s: f"postgresql://{s}@localhost/{s}" for s in SERVICIOS}
)


@pytest.fixture
def todas(tmp_path: Path) -> dict[str, Parte]:
    ajustes, secretos = leer_ajustes(tmp_path, procesamiento=3), Secretos(tmp_path / "secretos.json")
    metricas = tmp_path / "metricas"
    lista = partes.servicios(ajustes, CONEXIONES, secretos, metricas)
    lista += [partes.bff(ajustes, CONEXIONES, secretos, metricas), partes.correo(ajustes, tmp_path / "correo")]
    return {parte.nombre: parte for parte in lista}


def test_cada_servicio_tiene_su_api_y_sus_trabajadores(todas: dict[str, Parte]) -> None:
    apis = {f"{servicio.nombre}-api" for servicio in SERVICIOS.values()}
    solos = {servicio.nombre for servicio in SERVICIOS.values()} - {"procesamiento"}
    repartidos = {"procesamiento-1", "procesamiento-2", "procesamiento-3", "procesamiento-relay"}
    assert set(todas) == {"correo", "bff"} | apis | solos | repartidos


def test_los_trabajadores_que_se_reparten_la_carga_dejan_el_relay_a_otro(todas: dict[str, Parte]) -> None:
    aparte = {nombre for nombre, parte in todas.items() if "RELAY_APARTE" in parte.entorno}
    assert aparte == {"procesamiento-1", "procesamiento-2", "procesamiento-3"}
    assert [nombre for nombre, parte in todas.items() if parte.orden[-1] == "relay"] == ["procesamiento-relay"]


def test_un_servicio_recibe_los_secretos_y_el_correo_que_declara(todas: dict[str, Parte]) -> None:
    (puerto,) = todas["correo"].puertos
    for nombre, parte in todas.items():
        de_procesamiento, de_notificaciones = nombre.startswith("procesamiento"), nombre.startswith("notificaciones")
        assert ("SEUDONIMO_CLAVE" in parte.entorno) == de_procesamiento
        assert parte.entorno.get("SMTP_PUERTO") == (str(puerto.numero) if de_notificaciones else None)


def test_ningun_puerto_se_repite(todas: dict[str, Parte]) -> None:
    numeros = [puerto.numero for parte in todas.values() for puerto in parte.puertos]
    assert len(numeros) == len(set(numeros)) == len(todas)


def test_cada_servicio_conoce_su_base_y_ninguna_otra(todas: dict[str, Parte]) -> None:
    for parte in todas.values():
        suya = {s for s in SERVICIOS if CONEXIONES.bases[s] in parte.entorno.values()}
        assert suya == {paquete for paquete, s in SERVICIOS.items() if parte.nombre.startswith(s.nombre)}


def test_el_bff_encuentra_a_cada_servicio(todas: dict[str, Parte]) -> None:
    for paquete, servicio in SERVICIOS.items():
        api = todas[f"{servicio.nombre}-api"]
        assert todas["bff"].entorno[f"{paquete.upper()}_URL"].endswith(f":{api.puertos[0].numero}")


def test_los_secretos_son_los_mismos_en_cada_arranque(tmp_path: Path) -> None:
    ruta = tmp_path / "secretos.json"
    primero = Secretos(ruta)["seudonimo"]
    assert Secretos(ruta)["seudonimo"] == primero
    assert Secretos(ruta)["idempotencia"] != primero
    assert ruta.stat().st_mode & 0o077 == 0


def test_los_grupos_arrancan_en_orden_y_paran_en_quince_segundos() -> None:
    assert [g.name for g in sorted(Grupo, key=lambda g: g.prioridad)] == ["POSTGRES", "BROKER", "SERVICIOS", "BFF"]
    assert sum(grupo.value for grupo in Grupo) < 15
