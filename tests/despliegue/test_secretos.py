"""`make secretos`: the containers' secrets, made once and kept."""

import json
import stat
import time
from pathlib import Path

import pytest
from deploy.compose import secretos
from tests.despliegue.archivos import RAIZ

from plataforma import identidad
from seedwork.infraestructura.tokens import ClavesFijas, Juego, Verificador


def _modo(ruta: Path) -> int:
    return stat.S_IMODE(ruta.stat().st_mode)


def _leidos(carpeta: Path) -> dict[str, bytes]:
    return {a.name: a.read_bytes() for a in carpeta.iterdir()}


def test_los_hace_todos_para_los_ojos_de_su_dueno(tmp_path: Path) -> None:
    todos = secretos.nombres()
    assert set(secretos.hacer(tmp_path)) == todos
    carpeta = tmp_path / secretos.CARPETA
    assert {a.name for a in carpeta.iterdir()} == todos
    # Nobody else gets into the folder; a container's user reads the file that is mounted for it.
    assert _modo(carpeta) == 0o700
    assert {_modo(carpeta / nombre) for nombre in secretos.DE_NADIE} == {0o600}
    assert {_modo(carpeta / nombre) for nombre in todos - secretos.DE_NADIE} == {0o644}


def test_lo_que_existe_se_queda(tmp_path: Path) -> None:
    secretos.hacer(tmp_path)
    carpeta = tmp_path / secretos.CARPETA
    antes = _leidos(carpeta)
    (carpeta / "idempotencia_secreto").unlink()
    assert secretos.hacer(tmp_path) == ["idempotencia_secreto"]
    despues = _leidos(carpeta)
    assert despues.pop("idempotencia_secreto") != antes.pop("idempotencia_secreto")
    assert despues == antes


def test_las_publicas_son_siempre_las_de_las_privadas(tmp_path: Path) -> None:
    secretos.hacer(tmp_path)
    carpeta = tmp_path / secretos.CARPETA
    antes = _leidos(carpeta)
    for publica in (identidad.DESARROLLO_JWKS, identidad.PUERTA_CLAVE_PUBLICA):
        (carpeta / publica).unlink()
    assert secretos.hacer(tmp_path) == [identidad.DESARROLLO_JWKS, identidad.PUERTA_CLAVE_PUBLICA]
    assert _leidos(carpeta) == antes


def test_la_clave_de_una_base_se_queda_aunque_su_direccion_sea_otra(tmp_path: Path) -> None:
    """The database has it since its volume was new: a URL of before there was TLS gets the rest alone."""
    carpeta = tmp_path / secretos.CARPETA
    carpeta.mkdir(parents=True)
    url = carpeta / "suscripciones_database_url"
    url.write_text("postgresql://suscripciones:de-antes@suscripciones-bd:5432/suscripciones")
    secretos.hacer(tmp_path)
    assert url.read_text() == (
        "postgresql://suscripciones:de-antes@suscripciones-bd:5432/suscripciones"
        "?sslmode=verify-full&sslrootcert=/run/secrets/ca.crt"
    )


def test_sin_la_clave_del_broker_todos_los_tokens_son_otros(tmp_path: Path) -> None:
    """How they are taken back."""
    secretos.hacer(tmp_path)
    carpeta = tmp_path / secretos.CARPETA
    antes = _leidos(carpeta)
    (carpeta / secretos.BROKER_CLAVE).unlink()
    rehechos = {secretos.BROKER_CLAVE, secretos.BROKER_CLAVE_PUBLICA, *secretos.tokens()}
    assert set(secretos.hacer(tmp_path)) == rehechos
    despues = _leidos(carpeta)
    assert {nombre for nombre, valor in despues.items() if valor != antes[nombre]} == rehechos


def test_env_dice_donde_estan_salvo_que_ya_diga_otra_cosa(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text("LOG_NIVEL=DEBUG")
    secretos.hacer(tmp_path)
    secretos.hacer(tmp_path)
    assert env.read_text() == f"LOG_NIVEL=DEBUG\n{secretos.AJUSTE}={secretos.CARPETA}\n"
    env.write_text(f"{secretos.AJUSTE}=/etc/saludtech\n")
    secretos.hacer(tmp_path)
    assert env.read_text() == f"{secretos.AJUSTE}=/etc/saludtech\n"


def test_git_no_los_ve() -> None:
    ignorados = (RAIZ / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {f"{secretos.CARPETA}/", "deploy/compose/entorno.env", ".env"} <= set(ignorados)


def test_el_token_de_las_metricas_no_abre_nada_mas_y_se_renueva(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever asks for a scope refuses it; near its end, or of another key, it is made anew."""
    with monkeypatch.context() as hace_un_ano:
        ahora = time.time()
        hace_un_ano.setattr(secretos.time, "time", lambda: ahora - 340 * 86_400)
        secretos.hacer(tmp_path)
    carpeta = tmp_path / secretos.CARPETA
    assert secretos.hacer(tmp_path) == [secretos.METRICAS]
    desarrollo = json.loads((carpeta / identidad.DESARROLLO_CLAVE).read_text("utf-8"))
    claves = json.loads((carpeta / identidad.DESARROLLO_JWKS).read_text("utf-8"))["keys"]
    verificador = Verificador(
        ClavesFijas(Juego(claves, desarrollo=True)), emisor=desarrollo["emisor"], audiencia=desarrollo["audiencia"]
    )
    leido = verificador.verificar((carpeta / secretos.METRICAS).read_text("utf-8"))
    assert (leido.quien.roles, leido.ambitos) == ({"operador"}, frozenset())
    (carpeta / identidad.DESARROLLO_CLAVE).unlink()
    assert secretos.METRICAS in secretos.hacer(tmp_path)
