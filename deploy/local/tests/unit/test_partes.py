from dataclasses import replace
from pathlib import Path

import pytest

from bff_web.config import Config
from plataforma import balanceador, partes
from plataforma.ajustes import leer_ajustes
from plataforma.balanceador import DRENAJE_S, ESPERA_S, MIRADA_S, OCIO_S, Balanceador
from plataforma.credenciales import ADMINISTRADOR, OPERADOR
from plataforma.errores import ErrorPlataforma
from plataforma.partes import Conexiones, Grupo, Parte
from plataforma.secretos import Secretos
from plataforma.servicios import SERVICIOS

CONEXIONES = Conexiones(
    "pulsar://127.0.0.1:6650",
    "http://127.0.0.1:8080",
    {s: f"postgresql://{s}@localhost/{s}" for s in SERVICIOS},
    "/donde/almacen",
)


@pytest.fixture
def todas(tmp_path: Path) -> dict[str, Parte]:
    ajustes, secretos = leer_ajustes(tmp_path, procesamiento=3), Secretos(tmp_path / "secretos.json")
    metricas = tmp_path / "metricas"
    lista = partes.servicios(ajustes, CONEXIONES, secretos, metricas)
    lista += partes.puerta(ajustes, CONEXIONES, secretos, metricas, tmp_path / "balanceador")
    lista.append(partes.correo(ajustes, tmp_path / "correo"))
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


def test_la_puerta_y_todos_los_servicios_tienen_las_mismas_claves_de_campos(
    todas: dict[str, Parte], tmp_path: Path
) -> None:
    suyas = {nombre: parte.entorno.get("CAMPOS_CLAVES") for nombre, parte in todas.items() if nombre != "correo"}
    assert set(suyas.values()) == {Secretos(tmp_path / "secretos.json")["campos"]}


def test_cuando_es_automatico_uno_corre_y_los_demas_quedan_en_reserva(tmp_path: Path) -> None:
    ajustes, secretos = leer_ajustes(tmp_path, procesamiento="auto"), Secretos(tmp_path / "secretos.json")
    lista = partes.servicios(ajustes, CONEXIONES, secretos, tmp_path / "metricas")
    assert [p.nombre for p in lista if p.reserva] == ["procesamiento-2", "procesamiento-3"]
    (escalado,) = partes.escalados(ajustes)
    assert escalado.servicio == "procesamiento"
    assert escalado.trabajadores == ["procesamiento-1", "procesamiento-2", "procesamiento-3"]
    assert escalado.metricas == f"http://127.0.0.1:{ajustes.puerto('procesamiento_puerto').numero}/metrics"


def test_cuando_su_numero_es_fijo_no_hay_reserva(tmp_path: Path, todas: dict[str, Parte]) -> None:
    assert [nombre for nombre, parte in todas.items() if parte.reserva] == []
    assert partes.escalados(leer_ajustes(tmp_path, procesamiento=3)) == []


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


def test_dos_instancias_de_la_puerta_tienen_un_balanceador_delante(tmp_path: Path) -> None:
    ajustes, secretos = leer_ajustes(tmp_path, bff=2), Secretos(tmp_path / "secretos.json")
    una, otra, delante = partes.puerta(ajustes, CONEXIONES, secretos, tmp_path / "metricas", tmp_path / "b")
    assert [parte.nombre for parte in (una, otra, delante)] == ["bff-1", "bff-2", "balanceador"]
    assert una.entorno["PROMETHEUS_MULTIPROC_DIR"] != otra.entorno["PROMETHEUS_MULTIPROC_DIR"]
    # The same request under the same key is the same command, whichever of them gets it.
    assert una.entorno["IDEMPOTENCIA_SECRETO"] == otra.entorno["IDEMPOTENCIA_SECRETO"]
    # Clients find the door where it ever was.
    assert [puerto.numero for puerto in delante.puertos] == [5005]
    dicho = Path(delante.orden[-1]).read_text("utf-8")
    for instancia in (una, otra):
        assert f'"dial": "127.0.0.1:{instancia.puertos[0].numero}"' in dicho


def test_un_balanceador_que_falta_se_dice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plataforma.balanceador.sysconfig.get_path", lambda _: str(tmp_path))
    with pytest.raises(ErrorPlataforma, match="The balancer is not there"):
        Balanceador(tmp_path / "b", 1, [2, 3]).preparar()


def test_el_balanceador_guarda_las_reglas_de_sus_vecinos() -> None:
    """It waits at least 10 s, lets no connection lie for longer than the door does, and sees that one goes in time."""
    assert ESPERA_S >= 10
    assert Config.model_fields["bff_inactividad_s"].default > OCIO_S
    assert Config.model_fields["bff_conexiones"].default > 2 * balanceador.CONEXIONES
    assert DRENAJE_S >= 2 * MIRADA_S
    assert Grupo.BFF.value >= DRENAJE_S + 3


def test_los_secretos_son_los_mismos_en_cada_arranque(tmp_path: Path) -> None:
    ruta = tmp_path / "secretos.json"
    primero = Secretos(ruta)["seudonimo"]
    assert Secretos(ruta)["seudonimo"] == primero
    assert Secretos(ruta)["idempotencia"] != primero
    assert ruta.stat().st_mode & 0o077 == 0


def test_los_grupos_arrancan_en_orden_y_paran_en_quince_segundos() -> None:
    assert [g.name for g in sorted(Grupo, key=lambda g: g.prioridad)] == ["POSTGRES", "BROKER", "SERVICIOS", "BFF"]
    assert sum(grupo.value for grupo in Grupo) < 15


def test_cada_proceso_tiene_su_token_y_ninguno_el_de_quien_administra(tmp_path: Path) -> None:
    roles = ["bff", OPERADOR, ADMINISTRADOR, *(servicio.nombre for servicio in SERVICIOS.values())]
    con_tokens = replace(
        CONEXIONES,
        tokens={rol: f"token-de-{rol}" for rol in roles},
        de_duenos={s: f"postgresql://{s}_dueno@localhost/{s}" for s in SERVICIOS},
    )
    ajustes, secretos, metricas = leer_ajustes(tmp_path), Secretos(tmp_path / "secretos.json"), tmp_path / "metricas"
    procesos = partes.servicios(ajustes, con_tokens, secretos, metricas)
    procesos += partes.puerta(ajustes, con_tokens, secretos, metricas, tmp_path / "balanceador")
    for proceso in procesos:
        rol = next(r for r in sorted(roles, key=len, reverse=True) if proceso.nombre.startswith(r))
        assert proceso.entorno["PULSAR_TOKEN"] == f"token-de-{rol}"
        assert {"PULSAR_TOKEN_ADMIN", "DATABASE_URL_MIGRACION"}.isdisjoint(proceso.entorno)
    antes = {p.nombre: p.entorno for p in partes.preparativos(ajustes, con_tokens, secretos)}
    assert [n for n, entorno in antes.items() if "PULSAR_TOKEN_ADMIN" in entorno] == ["broker"]
    for paquete, servicio in SERVICIOS.items():
        assert antes[servicio.nombre]["PULSAR_TOKEN"] == f"token-de-{OPERADOR}"
        assert antes[servicio.nombre]["DATABASE_URL_MIGRACION"] == con_tokens.de_duenos[paquete]


def test_sin_autenticacion_no_hay_tokens_ni_nada_que_provisionar_aparte(
    tmp_path: Path, todas: dict[str, Parte]
) -> None:
    assert not [nombre for nombre, parte in todas.items() if "PULSAR_TOKEN" in parte.entorno]
    antes = partes.preparativos(leer_ajustes(tmp_path), CONEXIONES, Secretos(tmp_path / "secretos.json"))
    assert {p.nombre for p in antes} == {servicio.nombre for servicio in SERVICIOS.values()}
