"""Time, ids and chance come from the injected Entorno: with the same seed, a simulation does the same again."""

import ast
import re
from collections.abc import Iterator

import pytest
from tests.arquitectura.codigo import PAQUETES, RAIZ, arboles

SEEDWORK = RAIZ / "seedwork/src/seedwork"
CAPAS = [raiz / capa for raiz in (*PAQUETES, SEEDWORK) for capa in ("dominio", "aplicacion", "infraestructura")]
CARPETAS = [*CAPAS, *(paquete / "pruebas" for paquete in PAQUETES), RAIZ / "seedwork/src/saga"]

AJENAS = re.compile(
    r"time\..+|random\.(?!Random$).+|secrets\..+|os\.(urandom|getrandom)"
    r"|datetime\.datetime\.(now|utcnow|today)|datetime\.date\.today"
    r"|uuid\.uuid[14]|uuid_utils\.uuid[1467]|uuid_utils\.compat\.uuid[1467]"
    r"|seedwork\.aplicacion\.entorno\.EntornoReal"
)
"""What a process knows of the world by itself. ``random.Random`` may be named, as a type, but not made."""

EXENTOS = {
    "seedwork/src/seedwork/aplicacion/entorno.py": "it is where they come from",
    "seedwork/src/seedwork/infraestructura/bd.py": "how long a real database is waited for",
    "seedwork/src/seedwork/infraestructura/cifrado.py": "a nonce that comes again gives away what it encrypted",
    "microservicio-notificaciones/notificaciones/infraestructura/candado.py": "likewise, a key that somebody can guess",
    "seedwork/src/seedwork/infraestructura/campos.py": "until when a real message may bear a field in the clear",
    "seedwork/src/seedwork/infraestructura/cartas.py": "how long a real broker may take to hand out what it holds",
    "seedwork/src/seedwork/infraestructura/lector.py": "until when a real broker has been read",
    "seedwork/src/seedwork/infraestructura/publicador.py": "how long a real broker may take to confirm, and to close",
    "seedwork/src/seedwork/infraestructura/sello.py": "until when a token is good, which its reader's own clock says",
    "seedwork/src/seedwork/infraestructura/tokens.py": "likewise, and how old a provider's keys are",
    "seedwork/src/seedwork/infraestructura/subscription.py": "how often a real broker is asked for more partitions",
}


def _faltas(arbol: ast.Module) -> Iterator[tuple[int, str]]:
    """Each use of what a process knows by itself, and its line."""
    origenes = dict(_importados(arbol))
    for nodo in ast.walk(arbol):
        nombre = _nombre(nodo, origenes)
        if AJENAS.fullmatch(nombre):
            yield nodo.lineno, nombre  # type: ignore[attr-defined]
        elif isinstance(nodo, ast.Call) and _nombre(nodo.func, origenes) == "random.Random":
            yield nodo.lineno, "random.Random()"


def _importados(arbol: ast.Module) -> Iterator[tuple[str, str]]:
    """What each imported name stands for, wherever it is imported."""
    for nodo in ast.walk(arbol):
        if isinstance(nodo, ast.Import):
            for alias in nodo.names:
                completo = alias.name if alias.asname else alias.name.partition(".")[0]
                yield alias.asname or completo, completo
        elif isinstance(nodo, ast.ImportFrom) and nodo.module:
            for alias in nodo.names:
                yield alias.asname or alias.name, f"{nodo.module}.{alias.name}"


def _nombre(nodo: ast.AST, origenes: dict[str, str]) -> str:
    """The full name of what is named; empty for whatever was not imported."""
    if isinstance(nodo, ast.Name):
        return origenes.get(nodo.id, "")
    if isinstance(nodo, ast.Attribute):
        base = _nombre(nodo.value, origenes)
        return base and f"{base}.{nodo.attr}"
    return ""


def test_la_hora_los_ids_y_el_azar_vienen_del_entorno() -> None:
    faltas = {donde: lineas for donde, arbol in arboles(*CARPETAS) if (lineas := list(_faltas(arbol)))}
    assert {donde: lineas for donde, lineas in faltas.items() if donde not in EXENTOS} == {}
    assert EXENTOS.keys() - faltas.keys() == set(), "these need no exemption any more"


@pytest.mark.parametrize(
    "codigo",
    [
        "import time\ntime.monotonic()",
        "import time as t\nt.time_ns()",
        "from time import sleep\nsleep(1)",
        "from datetime import datetime, UTC\ndatetime.now(UTC)",
        "import datetime as dt\ndt.datetime.utcnow()",
        "import datetime\ndatetime.date.today()",
        "import uuid\nuuid.uuid4()",
        "def f():\n    import uuid_utils\n    return str(uuid_utils.uuid7())",
        "from uuid import uuid4\ncampo = field(default_factory=uuid4)",
        "import random\nrandom.uniform(0, 1)",
        "from random import Random\nazar = Random()",
        "import secrets\nsecrets.token_hex(4)",
        "import os\nos.urandom(4)",
        "from seedwork.aplicacion.entorno import EntornoReal\nEntornoReal()",
    ],
)
def test_cada_manera_de_saberlos_por_su_cuenta_se_ve(codigo: str) -> None:
    assert len(list(_faltas(ast.parse(codigo)))) == 1


@pytest.mark.parametrize(
    "codigo",
    [
        "from random import Random\ndef f(azar: Random) -> float:\n    return azar.uniform(0, 1)",
        "import uuid\nuuid.uuid5(uuid.NAMESPACE_URL, 'x')",
        "from datetime import datetime, timedelta\ndatetime.fromisoformat('x') + timedelta(days=1)",
        "entorno.ahora() + time.monotonic",
        "from seedwork.aplicacion.entorno import Entorno\ndef f(entorno: Entorno) -> str:\n    return entorno.id()",
    ],
)
def test_lo_demas_no_es_falta(codigo: str) -> None:
    assert list(_faltas(ast.parse(codigo))) == []
