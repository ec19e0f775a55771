import hashlib
from pathlib import Path

from plataforma.descargas import Jar, jars_fijados


def test_cada_maquina_recibe_solo_sus_bibliotecas_nativas() -> None:
    linux, mac = jars_fijados("linux-x86_64"), jars_fijados("osx-aarch_64")
    assert any("linux-x86_64" in jar.coordenadas for jar in linux)
    assert not any("osx" in jar.coordenadas or "aarch_64" in jar.coordenadas for jar in linux)
    assert not any("linux" in jar.coordenadas for jar in mac)


def test_ningun_archivo_pisa_a_otro() -> None:
    archivos = [jar.archivo for jar in jars_fijados()]
    assert len(archivos) == len(set(archivos)) > 300


def test_un_archivo_danado_no_cuenta(tmp_path: Path) -> None:
    jar = Jar("g:a:jar:1", hashlib.sha256(b"entero").hexdigest())
    assert not jar.esta_en(tmp_path)
    (tmp_path / "g.a-1.jar").write_bytes(b"enter")
    assert not jar.esta_en(tmp_path)
    (tmp_path / "g.a-1.jar").write_bytes(b"entero")
    assert jar.esta_en(tmp_path)
