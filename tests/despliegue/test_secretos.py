"""`make secretos`: the containers' secrets, made once and kept."""

import stat
from pathlib import Path

from deploy.compose import secretos
from tests.despliegue.archivos import RAIZ

from plataforma import identidad


def _modo(ruta: Path) -> int:
    return stat.S_IMODE(ruta.stat().st_mode)


def test_los_hace_todos_para_los_ojos_de_su_dueno(tmp_path: Path) -> None:
    todos = {*secretos.nuevos(), *identidad.ARCHIVOS}
    assert set(secretos.hacer(tmp_path)) == todos
    carpeta = tmp_path / secretos.CARPETA
    assert {a.name for a in carpeta.iterdir()} == todos
    # Nobody else gets into the folder; a container's user reads the file that is mounted for it.
    assert _modo(carpeta) == 0o700
    de_nadie_mas = carpeta / identidad.DESARROLLO_CLAVE
    assert _modo(de_nadie_mas) == 0o600
    assert {_modo(a) for a in carpeta.iterdir() if a != de_nadie_mas} == {0o644}


def test_lo_que_existe_se_queda(tmp_path: Path) -> None:
    secretos.hacer(tmp_path)
    carpeta = tmp_path / secretos.CARPETA
    antes = {a.name: a.read_text() for a in carpeta.iterdir()}
    (carpeta / "idempotencia_secreto").unlink()
    assert secretos.hacer(tmp_path) == ["idempotencia_secreto"]
    despues = {a.name: a.read_text() for a in carpeta.iterdir()}
    assert despues.pop("idempotencia_secreto") != antes.pop("idempotencia_secreto")
    assert despues == antes


def test_las_publicas_son_siempre_las_de_las_privadas(tmp_path: Path) -> None:
    secretos.hacer(tmp_path)
    carpeta = tmp_path / secretos.CARPETA
    antes = {a.name: a.read_text() for a in carpeta.iterdir()}
    for publica in (identidad.DESARROLLO_JWKS, identidad.PUERTA_CLAVE_PUBLICA):
        (carpeta / publica).unlink()
    assert secretos.hacer(tmp_path) == [identidad.DESARROLLO_JWKS, identidad.PUERTA_CLAVE_PUBLICA]
    assert {a.name: a.read_text() for a in carpeta.iterdir()} == antes


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
