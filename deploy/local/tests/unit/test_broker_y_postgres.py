from pathlib import Path

from plataforma.broker import DEL_DISCO, BrokerIncrustado
from plataforma.descargas import Java
from plataforma.postgres import PostgresIncrustado, url_de


def test_la_orden_del_broker_soporta_espacios_y_dice_donde_guarda(tmp_path: Path) -> None:
    carpeta = tmp_path / "con espacios" / "pulsar"
    broker = BrokerIncrustado(carpeta, 16650, 18080)
    orden = broker.preparar(Java(Path("/java"), 25), [Path("/jars/a.jar"), Path("/jars/b.jar")])
    assert orden == ["/java", f"@{carpeta}/java.args"]
    argumentos = (carpeta / "java.args").read_text().splitlines()
    assert f'"{carpeta}/metadata"' in argumentos
    assert '"/jars/a.jar:/jars/b.jar"' in argumentos
    conf = dict(linea.split("=", 1) for linea in (carpeta / "standalone.conf").read_text().splitlines())
    assert (conf["brokerServicePort"], conf["webServicePort"], conf["bindAddress"]) == ("16650", "18080", "127.0.0.1")


def test_lo_que_se_olvida_se_olvida_tambien_donde_no_pasa_nada(tmp_path: Path) -> None:
    """Pulsar's own default never closes an idle ledger, and so never deletes it. That it helps, `make olvido` shows."""
    for de_paso in (False, True):
        conf = BrokerIncrustado(tmp_path, 1, 2, de_paso).configuracion()
        assert 0 < int(conf["managedLedgerInactiveLedgerRolloverTimeSeconds"]) <= 3600


def test_un_java_mas_viejo_no_recibe_opciones_que_no_conoce(tmp_path: Path) -> None:
    BrokerIncrustado(tmp_path, 1, 2).preparar(Java(Path("/java"), 17), [])
    assert "sun-misc-unsafe" not in (tmp_path / "java.args").read_text()


def test_solo_lo_que_es_de_paso_fia_el_disco_al_sistema(tmp_path: Path) -> None:
    assert DEL_DISCO.items() <= BrokerIncrustado(tmp_path, 1, 2).configuracion().items()
    assert "journalSyncData" not in BrokerIncrustado(tmp_path, 1, 2).configuracion()
    assert BrokerIncrustado(tmp_path, 1, 2, de_paso=True).configuracion()["journalSyncData"] == "false"
    (tmp_path / "datos").mkdir()
    ordenes = {de_paso: PostgresIncrustado(tmp_path, 3, "clave", de_paso).preparar() for de_paso in (False, True)}
    assert [sorted(set(ordenes[True]) - set(ordenes[False]))] == [
        ["autovacuum_naptime=10s", "fsync=off", "full_page_writes=off"]
    ]


def test_la_url_de_otra_base_y_otro_usuario() -> None:
    url = "postgresql://postgres:a%2Fb@127.0.0.1:5433/postgres"
    assert url_de(url, base="x") == "postgresql://postgres:a%2Fb@127.0.0.1:5433/x"
    assert url_de(url, "rol", "c/d", "x") == "postgresql://rol:c%2Fd@127.0.0.1:5433/x"
