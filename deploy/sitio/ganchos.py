"""What the documentation's site has besides ``docs/``: READMEs, an index of the decisions, and nothing from outside.

Run by mkdocs, as ``mkdocs.yml`` says. Pages stay as they lie in the repository, where links lead from file to file;
here each is led to the page that the file became, and what is no page is named without a link.
"""

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

RAIZ = Path(__file__).parents[2]
TERCEROS = Path(__file__).parent / "terceros"
AFUERA = {
    "https://unpkg.com/mermaid@11/dist/mermaid.min.js": "mermaid.tiny.js",
    "https://unpkg.com/resize-observer-polyfill": "",
}
"""What the theme's script would fetch from elsewhere, and which of our files stands for it; the last, no browser of
today lacks."""
OTRAS = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contribuir.md",
    "CHANGELOG.md": "cambios.md",
    **{
        f"{carpeta}/README.md": f"partes/{carpeta.replace('/', '-')}.md"
        for carpeta in sorted(
            str(leeme.parent.relative_to(RAIZ))
            for cuales in ("[!.]*/README.md", "deploy/*/README.md")
            for leeme in RAIZ.glob(cuales)
        )
    },
}
"""The pages that lie outside ``docs/``: the file, and its page."""
INDICE = "adr/index.md"
_DE = {pagina: archivo for archivo, pagina in OTRAS.items()}
_CERCA = re.compile(r"(?ms)^(```.*?^```[ \t]*$)")
_ENLACE = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\((?!https?:|mailto:|#)([^)#\s]*)(#[^)\s]*)?\)")
_LISTA = re.compile(r"^ *(?:[-*]|\d+\.) ")


def on_files(files: Files, config: Any) -> Files:
    """Add the pages that lie elsewhere, and the decisions' index."""
    for archivo, pagina in OTRAS.items():
        files.append(File.generated(config, pagina, content=(RAIZ / archivo).read_text("utf-8")))
    filas = [f"- [{_titulo(d)}]({d.name})" for d in _decisiones()]
    files.append(File.generated(config, INDICE, content="\n".join(["# Decisions\n", *filas])))
    for archivo in TERCEROS.glob("*.js"):
        files.append(File.generated(config, f"terceros/{archivo.name}", content=archivo.read_text("utf-8")))
    return files


def on_config(config: Any) -> Any:
    """Fill the navigation's empty sections by what there is."""
    dichas = {pagina for seccion in config.nav for paginas in seccion.values() for pagina in paginas}
    por_llenar = {
        "Decisions": [INDICE, *({_titulo(d): f"adr/{d.name}"} for d in _decisiones())],
        "Parts": [p for p in OTRAS.values() if p.startswith("partes/")],
        "Reference": sorted({p.name for p in (RAIZ / "docs").glob("*.md")} - dichas),
    }
    config.nav = [
        {nombre: paginas or por_llenar[nombre]}
        for seccion in config.nav
        for nombre, paginas in seccion.items()
        if paginas or por_llenar[nombre]
    ]
    return config


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """The page as the site's Markdown wants it, its links led to pages."""
    pagina = page.file.src_uri
    if pagina == INDICE:
        return markdown
    archivo = _DE.get(pagina, f"docs/{pagina}")
    partes = _CERCA.split(markdown)
    # Every second one stands in a fence, and is not looked at.
    partes[::2] = [_listas(_ENLACE.sub(lambda e: _llevar(e, archivo, pagina), parte)) for parte in partes[::2]]
    return "".join(partes)


def on_post_build(config: Any) -> None:
    """Let the theme's script take from the site what it would fetch elsewhere."""
    for guion in Path(config.site_dir).glob("assets/javascripts/bundle.*.min.js"):
        texto = guion.read_text("utf-8")
        for direccion, nuestro in AFUERA.items():
            if texto.count(f'"{direccion}"') != 1:
                raise SystemExit(f"the theme does not fetch {direccion} once any more: look at deploy/sitio/ganchos.py")
            donde = f'new URL("terceros/{nuestro}",__md_scope).href' if nuestro else '""'
            texto = texto.replace(f'"{direccion}"', donde)
        guion.write_text(texto, "utf-8")


def _decisiones() -> list[Path]:
    return sorted((RAIZ / "docs/adr").glob("0*.md"))


def _titulo(pagina: Path) -> str:
    return pagina.read_text("utf-8").splitlines()[0].removeprefix("# ")


def _llevar(enlace: re.Match[str], archivo: str, pagina: str) -> str:
    imagen, texto, destino, ancla = enlace.groups()
    lleva = posixpath.normpath(posixpath.join(posixpath.dirname(archivo), destino)) if destino else archivo
    if (RAIZ / lleva).is_dir() and f"{lleva}/README.md" in OTRAS:
        lleva = f"{lleva}/README.md"
    if lleva == "docs/adr":
        lleva = f"docs/{INDICE}"
    elif lleva == "docs":
        lleva = "docs/arquitectura.md"
    alli = OTRAS.get(lleva) or (lleva.removeprefix("docs/") if lleva.startswith("docs/") else None)
    if alli is None:
        return texto
    relativo = posixpath.relpath(alli, posixpath.dirname(pagina) or ".")
    return f"{imagen}[{texto}]({relativo}{ancla or ''})"


def _listas(texto: str) -> str:
    """Lists as this Markdown takes them: after an empty line, and four blanks in for each level."""
    lineas: list[str] = []
    for linea in texto.split("\n"):
        sangria = ""
        if _LISTA.match(linea):
            antes = lineas[-1] if lineas else ""
            sangria = " " * (len(linea) - len(linea.lstrip(" ")))
            if antes.strip() and not sangria and not _LISTA.match(antes) and not antes.startswith(" "):
                lineas.append("")
        lineas.append(sangria + linea)
    return "\n".join(lineas)
