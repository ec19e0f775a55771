"""The object store keeps its port's word on a folder and on an S3 (a stand-in, in this process).

Here because it needs neither broker nor database: the folder is a temporary one, and the S3 is a library's.
"""

import asyncio
import hashlib
import os
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from seedwork.aplicacion.almacen import ORIGINALES, Negado, NoEsta, SinAlmacen, base_de_almacen, comprobar
from seedwork.infraestructura.almacen import TROZO, AlmacenDeObjetos, Referencias

GRANDE = os.urandom(1024) * 9 * 1024
"""More than a part of the store's, and than a piece that is read."""
AHORA = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    # Slow to load, and for these alone.
    import boto3
    from moto.server import ThreadedMotoServer

    servidor = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    servidor.start()
    anfitrion, puerto = servidor.get_host_and_port()
    entorno = {
        "AWS_ENDPOINT": f"http://{anfitrion}:{puerto}",
        "AWS_ACCESS_KEY_ID": "uno",
        "AWS_SECRET_ACCESS_KEY": "otro",
        "AWS_REGION": "us-east-1",
    }
    with pytest.MonkeyPatch.context() as parche:
        for nombre, valor in entorno.items():
            parche.setenv(nombre, valor)
        boto3.client("s3", endpoint_url=entorno["AWS_ENDPOINT"], region_name="us-east-1").create_bucket(Bucket="cubo")
        yield "s3://cubo/saludtech"
        servidor.stop()


@pytest.fixture(params=["carpeta", "s3"])
def base(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "s3":
        return str(request.getfixturevalue("s3"))
    return base_de_almacen(str(tmp_path / "almacén con espacio"))


@pytest.fixture
def almacen(base: str) -> AlmacenDeObjetos:
    return AlmacenDeObjetos(base)


async def _trozos(contenido: bytes, fallo: Exception | None = None) -> AsyncIterator[bytes]:
    for desde in range(0, len(contenido), 65536):
        yield contenido[desde : desde + 65536]
    if fallo is not None:
        raise fallo


@pytest.mark.parametrize("contenido", [b"", b"corto", GRANDE], ids=["vacio", "corto", "grande"])
def test_lo_que_llega_se_guarda_contado_y_se_lee_igual(almacen: AlmacenDeObjetos, contenido: bytes) -> None:
    guardado = asyncio.run(almacen.recibir("originales/uno.dcm", _trozos(contenido)))
    assert (guardado.sha256, guardado.octetos) == (hashlib.sha256(contenido).hexdigest(), len(contenido))
    assert almacen.nombre(guardado.uri) == "originales/uno.dcm"
    assert b"".join(almacen.leer("originales/uno.dcm")) == contenido
    assert almacen.guardar("resultados/dos", iter([contenido])).sha256 == guardado.sha256
    assert b"".join(almacen.leer("resultados/dos")) == contenido


def test_de_lo_que_falla_a_medias_no_queda_nada_y_el_fallo_es_de_quien_enviaba(almacen: AlmacenDeObjetos) -> None:
    for fallo in (ConnectionResetError("se fue"), ValueError("roto")):
        with pytest.raises(type(fallo)) as dicho:
            asyncio.run(almacen.recibir("originales/medio", _trozos(GRANDE, fallo)))
        assert dicho.value is fallo
    assert almacen.describir("originales/medio") is None
    assert list(almacen.listar(ORIGINALES + "medio", AHORA)) == []


def test_un_rango_es_lo_pedido_y_mas_alla_del_fin_no_hay_nada(almacen: AlmacenDeObjetos) -> None:
    almacen.guardar("resultados/r", [GRANDE])
    assert b"".join(almacen.leer("resultados/r", 5, 9)) == GRANDE[5:9]
    assert b"".join(almacen.leer("resultados/r", TROZO - 3, TROZO + 3)) == GRANDE[TROZO - 3 : TROZO + 3]
    with pytest.raises(NoEsta):
        list(almacen.leer("resultados/r", 0, len(GRANDE) + 1))
    with pytest.raises(NoEsta):
        list(almacen.leer("resultados/otro"))


def test_se_listan_los_de_un_prefijo_y_una_edad(almacen: AlmacenDeObjetos) -> None:
    for nombre in ("lista/a", "lista/b/c", "otra/d"):
        almacen.guardar(nombre, [b"x"])
    assert sorted(o.nombre for o in almacen.listar("lista/", AHORA)) == ["lista/a", "lista/b/c"]
    assert list(almacen.listar("lista/", datetime.now(UTC) - timedelta(hours=1))) == []


def test_borrar_dos_veces_es_borrar(almacen: AlmacenDeObjetos) -> None:
    almacen.guardar("originales/x", [b"x"])
    almacen.borrar("originales/x")
    almacen.borrar("originales/x")
    assert almacen.describir("originales/x") is None


@pytest.mark.parametrize(
    "nombre", ["../fuera", "a/../../fuera", "a//b", "", "/etc/passwd", "a\nb", "a%2e%2e/b", "..", "."]
)
def test_una_uri_no_sale_del_almacen(almacen: AlmacenDeObjetos, nombre: str) -> None:
    assert almacen.nombre(almacen.uri(nombre)) is None


def test_una_referencia_lleva_solo_a_donde_se_permite_y_nunca_al_almacen_propio(tmp_path: Path) -> None:
    propio = AlmacenDeObjetos(base_de_almacen(str(tmp_path / "todo" / "propio")))
    referencias = Referencias(propio, [base_de_almacen(str(tmp_path / "todo")), "s3://clinica/envios"])
    assert referencias.lugar(f"{base_de_almacen(str(tmp_path))}/todo/a.dcm") is not None
    assert referencias.lugar("s3://clinica/envios/2024/a.dcm") is not None
    for ajena in (
        "s3://clinica/envios2/a",
        "s3://clinica/envios/../a",
        "file:///etc/passwd",
        propio.uri("originales/a"),
    ):
        assert referencias.lugar(ajena) is None


def test_una_referencia_lleva_a_un_archivo_y_no_sale_por_un_enlace(tmp_path: Path) -> None:
    todo, propia = tmp_path / "todo", tmp_path / "todo" / "propio"
    propia.mkdir(parents=True)
    (tmp_path / "fuera").write_bytes(b"x")
    (todo / "a.dcm").write_bytes(b"x")
    referencias = Referencias(AlmacenDeObjetos(base_de_almacen(str(propia))), [base_de_almacen(str(todo))])
    for enlace, destino in (("b", todo / "a.dcm"), ("c", tmp_path / "fuera"), ("d", tmp_path), ("e", propia)):
        (todo / enlace).symlink_to(destino)
    os.mkfifo(todo / "f")
    base = base_de_almacen(str(todo))
    assert [
        n for n in ("a.dcm", "b", "c", "d/fuera", "d/todo/a.dcm", "e/x", "f") if referencias.lugar(f"{base}/{n}")
    ] == [*("a.dcm", "b", "d/todo/a.dcm")]


def test_un_almacen_ausente_se_dice_sin_nombrar_nada(s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr("seedwork.infraestructura.almacen._REINTENTOS", timedelta(milliseconds=1))
    ausente = AlmacenDeObjetos("s3://cubo/secreto")
    with pytest.raises(SinAlmacen, match=r"^[A-Za-z]+$"):
        ausente.describir("originales/confidencial")


def test_un_almacen_que_niega_responde_y_uno_ausente_no(
    almacen: AlmacenDeObjetos, s3: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert comprobar(almacen) is None
    monkeypatch.setattr("seedwork.infraestructura.almacen._REINTENTOS", timedelta(milliseconds=1))

    class Atencion(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_error(403)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Atencion) as servidor, ExitStack() as al_salir:
        threading.Thread(target=servidor.serve_forever, kwargs={"poll_interval": 0.02}).start()
        al_salir.callback(servidor.shutdown)
        monkeypatch.setenv("AWS_ENDPOINT", f"http://127.0.0.1:{servidor.server_port}")
        negado = AlmacenDeObjetos(s3)
        with pytest.raises(Negado):
            negado.describir("resultados/ajeno")
        assert comprobar(negado) is None
    assert (comprobar(negado) or "").startswith("no responde (")


@pytest.mark.parametrize("mala", ["http://a/b", "s3:///x", "", "file://otra/carpeta", "az://c"])
def test_lo_que_no_es_un_almacen_se_dice(mala: str) -> None:
    with pytest.raises(ValueError, match=r"ha de|no puede"):
        base_de_almacen(mala)


def test_en_una_carpeta_se_olvida_lo_que_quedo_a_medias(tmp_path: Path) -> None:
    almacen = AlmacenDeObjetos(base_de_almacen(str(tmp_path)))
    almacen.guardar("originales/entero", [b"x"])
    (tmp_path / "originales" / "medio#1").write_bytes(b"x")
    almacen.olvidar_a_medias(datetime.now(UTC) - timedelta(hours=1))
    assert (tmp_path / "originales" / "medio#1").exists()
    almacen.olvidar_a_medias(AHORA)
    assert [p.name for p in (tmp_path / "originales").iterdir()] == ["entero"]
