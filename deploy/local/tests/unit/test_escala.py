"""How many workers a service's metrics ask for."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from plataforma.escala import METRICA, Escalado

Decir = Callable[[str], Escalado]


@pytest.fixture
def diciendo() -> Iterator[Decir]:
    """A service whose API shows these metrics."""

    class Pagina(BaseHTTPRequestHandler):
        texto = ""

        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(self.texto.encode())

        def log_message(self, *_: object) -> None:
            pass

    servidor = HTTPServer(("127.0.0.1", 0), Pagina)
    threading.Thread(target=servidor.serve_forever, daemon=True).start()

    def decir(texto: str) -> Escalado:
        Pagina.texto = texto
        return Escalado("procesamiento", ["p-1", "p-2", "p-3"], f"http://127.0.0.1:{servidor.server_port}/metrics")

    yield decir
    servidor.shutdown()
    servidor.server_close()


@pytest.mark.parametrize(("valor", "son"), [("1.0", 1), ("2.0", 2), ("3.0", 3), ("50.0", 3), ("0.0", 1)])
def test_tantos_como_desea_y_ninguno_que_no_haya(diciendo: Decir, valor: str, son: int) -> None:
    otra = f'{METRICA}{{servicio="otro"}} 3.0\n'
    texto = f'# HELP {METRICA} x\n# TYPE {METRICA} gauge\n{otra}{METRICA}{{servicio="procesamiento"}} {valor}\n'
    assert diciendo(texto).deseados() == son


@pytest.mark.parametrize("texto", ["", f'{METRICA}{{servicio="otro"}} 3.0\n', f'{METRICA}_x{{servicio="p"}} 3.0\n'])
def test_mientras_no_lo_diga_todo_queda_como_esta(diciendo: Decir, texto: str) -> None:
    assert diciendo(texto).deseados() is None


@pytest.mark.parametrize(
    ("deseados", "detenidos", "cambios"),
    [
        (1, ["p-2", "p-3"], ([], [])),
        (3, ["p-2", "p-3"], (["p-2", "p-3"], [])),
        (2, ["p-3"], ([], [])),
        (1, ["p-3"], ([], ["p-2"])),
        (2, ["p-1"], (["p-1"], ["p-3"])),
    ],
)
def test_los_primeros_corren_y_los_ultimos_se_van(
    deseados: int, detenidos: list[str], cambios: tuple[list[str], list[str]]
) -> None:
    assert Escalado("procesamiento", ["p-1", "p-2", "p-3"], "").cambios(deseados, detenidos) == cambios


def test_sin_nadie_que_conteste_tambien() -> None:
    assert Escalado("procesamiento", ["p-1"], "http://127.0.0.1:1/metrics").deseados() is None
