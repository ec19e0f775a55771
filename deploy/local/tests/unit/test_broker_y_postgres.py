from pathlib import Path

from plataforma.broker import BrokerIncrustado
from plataforma.descargas import Java
from plataforma.postgres import url_de


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


def test_un_java_mas_viejo_no_recibe_opciones_que_no_conoce(tmp_path: Path) -> None:
    BrokerIncrustado(tmp_path, 1, 2).preparar(Java(Path("/java"), 17), [])
    assert "sun-misc-unsafe" not in (tmp_path / "java.args").read_text()


def test_la_url_de_otra_base_y_otro_usuario() -> None:
    url = "postgresql://postgres:a%2Fb@127.0.0.1:5433/postgres"
    assert url_de(url, base="x") == "postgresql://postgres:a%2Fb@127.0.0.1:5433/x"
    assert url_de(url, "rol", "c/d", "x") == "postgresql://rol:c%2Fd@127.0.0.1:5433/x"
