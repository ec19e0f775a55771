"""A door of tests: answers over real HTTP what it is told, or what the real door's document shows."""

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from bff_web.papeles.openapi import describir

DOCUMENTO = describir()

Respuesta = tuple[int, Any] | tuple[int, Any, dict[str, str]]


@dataclass(frozen=True)
class Pedido:
    """What was asked."""

    metodo: str
    ruta: str
    cuerpo: Any
    clave: str | None
    octetos: bytes
    tramo: str | None = None
    tipo: str | None = None
    credencial: str | None = None
    ultimo: str | None = None


class PuertaDePruebas(ThreadingHTTPServer):
    """Answers each request with the next answer told for it, the last one again and again; else with the example."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Atencion)
        self.pedidos: list[Pedido] = []
        self._dichas: dict[tuple[str, str], list[Respuesta]] = {}
        self._ejemplos: list[tuple[str, re.Pattern[str], str, Respuesta]] = []
        for ruta, operaciones in DOCUMENTO["paths"].items():
            patron = re.compile(re.sub(r"\{\w+\}", "[^/]+", ruta))
            for metodo, operacion in operaciones.items():
                estado = next(e for e in operacion["responses"] if e.startswith("2"))
                contenido = operacion["responses"][estado]["content"].get("application/json")
                ejemplo = contenido["examples"]["ejemplo"]["value"] if contenido else ""
                self._ejemplos.append((metodo.upper(), patron, ruta, (int(estado), ejemplo)))
        # Addresses without ids first: a command's is not that of a resource.
        self._ejemplos.sort(key=lambda e: e[2].count("{"))
        self.rutas_pedidas: set[tuple[str, str]] = set()
        """Of every answer, besides."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def responde(self, metodo: str, ruta: str, *respuestas: Respuesta) -> None:
        self._dichas[metodo, ruta] = list(respuestas)

    def respuesta(self, pedido: Pedido) -> Respuesta:
        self.pedidos.append(pedido)
        camino = pedido.ruta.partition("?")[0]
        dichas = self._dichas.get((pedido.metodo, pedido.ruta)) or self._dichas.get((pedido.metodo, camino))
        for metodo, patron, ruta, ejemplo in self._ejemplos:
            if metodo == pedido.metodo and patron.fullmatch(camino):
                self.rutas_pedidas.add((metodo, ruta))
                if dichas is None:
                    return ejemplo
                break
        if dichas is None:
            return 404, {"title": "No encontrado", "status": 404, "detail": "No existe nada en esta dirección."}
        return dichas.pop(0) if len(dichas) > 1 else dichas[0]


class _Atencion(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: PuertaDePruebas

    def do_GET(self) -> None:
        leido = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        tipo = self.headers.get("Content-Type")
        cuerpo = json.loads(leido) if tipo == "application/json" else None
        clave, tramo = (self.headers.get(nombre) for nombre in ("Idempotency-Key", "Range"))
        credencial, ultimo = self.headers.get("Authorization"), self.headers.get("Last-Event-ID")
        pedido = Pedido(self.command, self.path, cuerpo, clave, leido, tramo, tipo, credencial, ultimo)
        dicha = self.server.respuesta(pedido)
        estado, respuesta, cabeceras = dicha if len(dicha) == 3 else (*dicha, {})
        if isinstance(respuesta, str):
            respuesta = respuesta.encode()
        datos = respuesta if isinstance(respuesta, bytes) else json.dumps(respuesta).encode()
        self.send_response(estado)
        for nombre, valor in {"Content-Length": str(len(datos)), **cabeceras}.items():
            self.send_header(nombre, valor)
        self.end_headers()
        self.wfile.write(datos)
        if int(cabeceras.get("Content-Length", len(datos))) > len(datos):
            self.close_connection = True

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def puerta(monkeypatch: pytest.MonkeyPatch) -> Iterator[PuertaDePruebas]:
    servidor = PuertaDePruebas()
    hilo = threading.Thread(target=servidor.serve_forever, kwargs={"poll_interval": 0.02})
    hilo.start()
    monkeypatch.setenv("SALUDTECH_URL", servidor.url)
    yield servidor
    servidor.shutdown()
    servidor.server_close()
    hilo.join()


class Linea:
    """The command line, run in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.salida = ""
        self.errores = ""

    def __call__(self, *argumentos: str) -> int:
        """Its exit code; what it said is kept beside."""
        from saludtech_cli.__main__ import ejecutar

        self._capsys.readouterr()
        codigo = ejecutar(list(argumentos))
        self.salida, self.errores = self._capsys.readouterr()
        return codigo

    @property
    def json(self) -> Any:
        return json.loads(self.salida)


@pytest.fixture
def linea(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Linea:
    monkeypatch.setattr("saludtech_cli.espera.PAUSA_S", 0.01)
    return Linea(capsys)
