"""The files of the dead: what a process leaves when it dies in the middle of making one.

Workers that are really killed are in bff_web/tests/test_con_broker.py; no kill hits this instant.
"""

from pathlib import Path

import pytest
from prometheus_client.mmap_dict import MmapedDict

from seedwork.entrada import multiproceso

CLAVE = '["a_total", "a_total", {}, "A."]'


@pytest.fixture
def carpeta(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(multiproceso.VARIABLE, str(tmp_path))
    return tmp_path


def contar(archivo: Path, cuanto: float) -> None:
    suyas = MmapedDict(str(archivo))
    suyas.write_value(CLAVE, cuanto, 0.0)
    suyas.close()


@pytest.mark.parametrize("roto", [b"", b"\0" * 64, b"\xff\xff\xff\x7f" + b"\1" * 60])
def test_un_archivo_a_medias_no_cuenta_ni_estorba(carpeta: Path, roto: bytes) -> None:
    (carpeta / "counter_7.db").write_bytes(roto)
    (carpeta / "gauge_max_7.db").write_bytes(roto)
    multiproceso.enterrar(7)
    contar(carpeta / "counter_8.db", 2.0)
    contar(carpeta / "counter_88.db", 5.0)
    multiproceso.enterrar(8)
    contar(carpeta / "counter_8.db", 1.0)
    multiproceso.enterrar(8)
    assert {a.name for a in carpeta.glob("*.db")} == {"counter_muertos.db", "counter_88.db"}
    leidos = MmapedDict.read_all_values_from_file(str(carpeta / "counter_muertos.db"))
    assert [(clave, valor) for clave, valor, *_ in leidos] == [(CLAVE, 3.0)]


def test_lo_que_otro_servidor_cuenta_no_se_toca(carpeta: Path) -> None:
    contar(carpeta / "counter_8.db", 2.0)
    assert multiproceso._retener(carpeta)
    multiproceso.tomar()
    assert (carpeta / "counter_8.db").exists()
