"""Every published message has its schema's file, and a listener or a word in the documentation; a reason, its text."""

import ast
import importlib

import pytest
from tests.arquitectura import mapa
from tests.arquitectura.codigo import PAQUETES, RAIZ, SERVICIOS, arboles

from contratos import Mensaje, motivos
from contratos.esquemas import archivo, publicados

MENSAJES = publicados()
cada_mensaje = pytest.mark.parametrize("tipo", MENSAJES, ids=lambda tipo: tipo.__name__)


@cada_mensaje
def test_tiene_su_esquema_publicado_y_dice_que_significa(tipo: type[Mensaje]) -> None:
    assert archivo(tipo).is_file()
    # The map shows the first line alone: it is no half of a sentence.
    assert (tipo.__doc__ or "").strip().splitlines()[0].endswith(".")


@cada_mensaje
def test_alguien_lo_oye_o_la_documentacion_lo_nombra(tipo: type[Mensaje]) -> None:
    oidos = {
        oido
        for paquete in SERVICIOS.values()
        for oido in importlib.import_module(f"{paquete}.aplicacion.manejadores").MANEJADORES
    }
    assert tipo in oidos or tipo.__name__ in _documentacion(), f"{tipo.__name__}: nobody hears it, nothing tells of it"


@cada_mensaje
def test_su_topico_y_su_tipo_siguen_el_contrato(tipo: type[Mensaje]) -> None:
    assert tipo.tipo == f"co.saludtech.{tipo.contexto}.{tipo.__name__}.v{tipo.version}"
    assert tipo.topico.startswith(f"persistent://saludtech/{tipo.contexto}/")
    assert tipo.topico.endswith(f".v{tipo.version}")


def test_todo_motivo_que_da_un_dominio_esta_en_la_lista() -> None:
    """A domain knows no contract, so it writes its reasons out; a misspelt one would be a fate, and shown raw."""
    dichos = {
        f"{archivo}:{nodo.lineno}": nodo.args[0].value
        for archivo, arbol in arboles(*(paquete / "dominio" for paquete in PAQUETES))
        for nodo in ast.walk(arbol)
        if isinstance(nodo, ast.Call)
        and ast.unparse(nodo.func) == "ReglaViolada"
        and isinstance(nodo.args[0], ast.Constant)
    }
    assert len(dichos) > 10
    assert {lugar: motivo for lugar, motivo in dichos.items() if motivo not in motivos.TEXTOS} == {}


def _documentacion() -> str:
    """What people wrote: the map names every message, and so proves nothing."""
    paginas = {*(RAIZ / "docs").rglob("*.md"), *RAIZ.glob("*/README.md"), RAIZ / "README.md"} - {mapa.PAGINA}
    return "\n".join(pagina.read_text(encoding="utf-8") for pagina in paginas)
