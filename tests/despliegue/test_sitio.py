"""The documentation's site: it builds without a warning, and no page of it asks anything of another site.

The build is `make test-largo`'s: it makes the tool's environment first, from its lock. What is vendored is looked at in
`make check`.
"""

import hashlib
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.arquitectura.codigo import RAIZ

TERCEROS = RAIZ / "deploy/sitio/terceros"
ENTORNO = "build/sitio/.listo"


class _Pedidos(HTMLParser):
    """What a page has a browser fetch by itself: whatever a link only leads to is not among it."""

    def __init__(self) -> None:
        super().__init__()
        self.pedidos: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        dichos = dict(attrs)
        if tag == "link" and dichos.get("rel") not in ("next", "prev", "canonical"):
            self.pedidos.append(dichos.get("href") or "")
        self.pedidos += [dichos.get(a) or "" for a in ("src", "srcset", "poster", "data") if a in dichos]


def test_lo_de_terceros_es_lo_que_se_dice() -> None:
    dichos = dict(linea.split()[::-1] for linea in (TERCEROS / "SHA256SUMS").read_text("utf-8").splitlines())
    assert dichos == {a.name: hashlib.sha256(a.read_bytes()).hexdigest() for a in TERCEROS.glob("*.js")}
    assert all((TERCEROS / f"{nombre.split('.')[0]}.LICENSE").read_text("utf-8") for nombre in dichos)


@pytest.mark.largo
def test_el_sitio_se_hace_sin_un_aviso_y_no_pide_nada_fuera(tmp_path: Path) -> None:
    entorno = subprocess.run(["make", ENTORNO], cwd=RAIZ, capture_output=True, text=True, check=False)
    if entorno.returncode != 0:
        pytest.skip(f"NO SITE: ITS TOOL'S ENVIRONMENT COULD NOT BE MADE\n{entorno.stderr[-500:]}")
    orden = ["build/sitio/bin/mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    hecho = subprocess.run(orden, cwd=RAIZ, capture_output=True, text=True, check=False)
    assert hecho.returncode == 0, hecho.stderr[-3000:]

    paginas = sorted(tmp_path.rglob("*.html"))
    relativas = {str(p.relative_to(tmp_path)) for p in paginas}
    docs = {str(p.relative_to(RAIZ / "docs").with_suffix(".html")) for p in (RAIZ / "docs").rglob("*.md")}
    assert {"index.html", "adr/index.html", "partes/bff_web.html"} | docs <= relativas
    fuera, faltan = [], []
    for pagina in paginas:
        lector = _Pedidos()
        lector.feed(pagina.read_text("utf-8"))
        for pedido in lector.pedidos:
            if re.match(r"(\w+:)?//", pedido):
                fuera.append(f"{pagina.name}: {pedido}")
            elif pagina.name != "404.html" and pedido and not pedido.startswith("data:"):
                lugar = pagina.parent / pedido.partition("#")[0].partition("?")[0]
                faltan += [] if lugar.exists() else [f"{pagina.name}: {pedido}"]
    assert (fuera, faltan) == ([], [])
    for hoja in tmp_path.rglob("*.css"):
        assert not re.search(r"(url\(|@import)\s*[\"']?(https?:)?//", hoja.read_text("utf-8")), hoja
    (guion,) = tmp_path.glob("assets/javascripts/bundle.*.min.js")
    assert "unpkg.com" not in guion.read_text("utf-8")
    assert "terceros/mermaid.tiny.js" in guion.read_text("utf-8")
    # A list that stands right beneath its paragraph is one here, too.
    decision = (tmp_path / "adr/0059-papeles-que-leen-las-herramientas.html").read_text("utf-8")
    assert re.search(r"<p><strong>Decision\.</strong></p>\s*<ul>", decision)
