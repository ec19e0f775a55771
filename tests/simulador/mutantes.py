"""`make mutantes`: the rules are changed on purpose, one small change at a time; the simulator has to find each.

A mutant is one changed expression or statement inside a function. Everything is imported once; each mutant runs in a
process of its own, forked from that, where the function's code is exchanged in place: whoever holds the function has
the mutant. What is decided while a module is imported (tables, defaults, decorators) is not changed.
"""

import ast
import copy
import gc
import json
import multiprocessing
import signal
import types
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from multiprocessing.connection import wait
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from tests.simulador.corrida import correr

RAIZ = Path(__file__).parents[2]
INFORME = RAIZ / ".local/mutantes.json"

MODULOS = (
    "seedwork/src/saga/*.py",
    "seedwork/src/seedwork/aplicacion/bus.py",
    "seedwork/src/seedwork/aplicacion/unidad.py",
    "seedwork/src/seedwork/aplicacion/tratamiento.py",
    "seedwork/src/seedwork/aplicacion/paciencia.py",
    "seedwork/src/seedwork/aplicacion/puesta_al_dia.py",
    "seedwork/src/seedwork/infraestructura/repositorio.py",
    "seedwork/src/seedwork/infraestructura/relay.py",
    "seedwork/src/seedwork/entrada/consumidor.py",
    "microservicio-suscripciones/suscripciones/dominio/*.py",
    "microservicio-suscripciones/suscripciones/aplicacion/**/*.py",
    "microservicio-suscripciones/suscripciones/entrada/temporizadores.py",
    "microservicio-suscripciones/suscripciones/infraestructura/repositorio.py",
    "microservicio-servicio-datos/servicio_datos/dominio/*.py",
    "microservicio-servicio-datos/servicio_datos/aplicacion/**/*.py",
    "microservicio-servicio-datos/servicio_datos/infraestructura/repositorio.py",
    "microservicio-notificaciones/notificaciones/dominio/*.py",
    "microservicio-notificaciones/notificaciones/aplicacion/**/*.py",
)
"""The rules: saga, bus, inbox, outbox, waits, timers, capacity, letters."""

AJENAS = frozenset(
    {
        *("__init__", "__repr__"),
        # Threads, readiness and metrics: they have tests of their own, and decide nothing.
        *("correr", "_reposar", "cerrar", "atascado", "anotar_atraso", "espera_por", "en_mano", "labores", "retenidas"),
        # Hints: each handler finds without them what it finds with them.
        *("precargar", "_ids_por_nombre"),
    }
)
"""Functions that hold no rule."""

SANO: list[Counter[str]] = []
FRECUENTE = 10
"""What was seen so often has to be seen at all."""

CPU_S = 15
POR_SEGUNDO = 50
"""After so long, and a second more for so many sagas, a mutant is one that does not come to rest; after four times as
long by the clock, it waits."""

_COMPARACIONES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}

consola = Console(highlight=False, soft_wrap=True)


@dataclass(frozen=True)
class Mutante:
    """One change.

    Attributes:
        archivo: from the root on.
        linea: where.
        que: what was done, in words.
        numero: its place among those of its file.
    """

    archivo: str
    linea: int
    que: str
    numero: int

    @property
    def nombre(self) -> str:
        """As `--cual` takes it."""
        return f"{self.archivo}:{self.linea}:{self.numero}"


@dataclass(frozen=True)
class Fin:
    """What became of one.

    Attributes:
        hallazgo: what the simulator found; empty where it found nothing.
        sagas: after so many.
    """

    hallazgo: str
    sagas: int


@cache
def mutantes() -> Sequence[Mutante]:
    """All of them, in the order of their files and lines."""
    return [
        Mutante(archivo, linea, que, numero)
        for archivo in _archivos(MODULOS)
        for numero, (linea, que, _) in enumerate(_cambios(_arbol(archivo)))
    ]


def probar(mutante: Mutante, sagas: int) -> Fin:
    """Run it in a process of its own."""
    ((_, fin),) = probar_todos([mutante], sagas, 1)
    return fin


def probar_todos(mutantes: Iterable[Mutante], sagas: int, procesos: int) -> Iterator[tuple[Mutante, Fin]]:
    """Run each in a process of its own, so many at a time; they come as they end."""
    preparar(sagas)
    contexto, pendientes = multiprocessing.get_context("fork"), iter(mutantes)
    en_curso: dict[int, tuple[Mutante, Any, Any]] = {}
    while True:
        for mutante in islice(pendientes, procesos - len(en_curso)):
            aqui, alla = contexto.Pipe(duplex=False)
            proceso = contexto.Process(target=_en_su_proceso, args=(mutante, sagas, alla))
            proceso.start()
            alla.close()
            en_curso[proceso.sentinel] = mutante, proceso, aqui
        if not en_curso:
            return
        for acabado in wait(list(en_curso)):
            mutante, proceso, aqui = en_curso.pop(acabado)  # type: ignore[call-overload]
            proceso.join()
            yield mutante, _leer(aqui)


def _leer(aqui: Any) -> Fin:
    try:
        fin: Fin = aqui.recv()
    except EOFError:
        # It was ended by the clock.
        return Fin("ATASCADO: it does not end", 0)
    return fin


def _en_su_proceso(mutante: Mutante, sagas: int, salida: Any) -> None:
    limite_s = CPU_S + sagas // POR_SEGUNDO
    signal.setitimer(signal.ITIMER_VIRTUAL, limite_s)
    signal.alarm(4 * limite_s)
    try:
        cambiar_en_todos(mutante)
    except Exception:
        salida.send(Fin("SIN EFECTO: nobody has what it changes", 0))
        return
    hechas, semilla, visto = 0, 1, Counter[str]()
    while hechas < sagas and semilla < sagas:
        try:
            resultado = correr(semilla)
        except Exception as error:
            salida.send(Fin(f"IMPREVISTO: {type(error).__name__}: {error}", hechas))
            return
        hechas += max(1, resultado.sagas)
        visto += resultado.censo
        if resultado.hallazgos:
            salida.send(Fin(resultado.hallazgos[0], hechas))
            return
        semilla += 1
    # These seeds, with the rules as they are: what was frequent then has to be there.
    nunca = [que for que, veces in censo_sano(semilla).items() if veces >= FRECUENTE and not visto[que]]
    salida.send(Fin(f"NUNCA: {nunca[0]}" if nunca else "", hechas))


def censo_sano(hasta: int) -> Counter[str]:
    """What is seen in the runs up to this seed, with the rules as they are."""
    visto: Counter[str] = Counter()
    for censo in SANO[: hasta - 1]:
        visto += censo
    return visto


def preparar(sagas: int) -> None:
    """Run the rules as they are, once, for all mutants to be compared with."""
    while sum(c["CrearSuscripcion APLICADO"] for c in SANO) < sagas:
        SANO.append(correr(len(SANO) + 1).censo)


def cambiar_en_todos(mutante: Mutante) -> int:
    """Let everybody in this process have the mutant; answers how many functions there were to change.

    Raises:
        LookupError: nobody has the function that it changes.
    """
    arbol = _arbol(mutante.archivo)
    _, _, cambiar = list(_cambios(arbol))[mutante.numero]
    cambiar()
    ast.fix_missing_locations(arbol)
    ruta = str(RAIZ / mutante.archivo)
    nuevos = {(c.co_qualname, c.co_firstlineno): c for c in _codigos(compile(arbol, ruta, "exec"))}
    cuantas = 0
    for objeto in gc.get_objects():
        if isinstance(objeto, types.FunctionType) and objeto.__code__.co_filename == ruta:
            nuevo = nuevos.get((objeto.__code__.co_qualname, objeto.__code__.co_firstlineno))
            if nuevo is not None and nuevo != objeto.__code__:
                objeto.__code__ = nuevo
                cuantas += 1
    if not cuantas:
        raise LookupError(mutante.nombre)
    return cuantas


def _codigos(codigo: types.CodeType) -> Iterator[types.CodeType]:
    yield codigo
    for constante in codigo.co_consts:
        if isinstance(constante, types.CodeType):
            yield from _codigos(constante)


def _archivos(modulos: Iterable[str]) -> list[str]:
    rutas = [ruta for modulo in modulos for ruta in sorted(RAIZ.glob(modulo)) if ruta.name != "__init__.py"]
    return [str(ruta.relative_to(RAIZ)) for ruta in rutas if "consultas" not in ruta.parts]


def _arbol(archivo: str) -> ast.Module:
    return ast.parse((RAIZ / archivo).read_text(encoding="utf-8"))


def _cambios(arbol: ast.Module) -> Iterator[tuple[int, str, Any]]:
    """Each possible change: its line, what it is, and what makes it."""
    for funcion in _funciones(arbol):
        for nodo in _propios(funcion):
            yield from _de_expresion(nodo)
            for campo in ("body", "orelse", "finalbody"):
                cuerpo = getattr(nodo, campo, None)
                if isinstance(cuerpo, list):
                    yield from _de_cuerpo(cuerpo)


def _funciones(nodo: ast.AST) -> Iterator[ast.FunctionDef]:
    for hijo in ast.iter_child_nodes(nodo):
        if isinstance(hijo, ast.FunctionDef):
            if hijo.name not in AJENAS:
                yield hijo
        elif isinstance(hijo, ast.ClassDef) and not any(
            isinstance(b, ast.Name) and b.id == "Protocol" for b in hijo.bases
        ):
            yield from _funciones(hijo)


def _propios(funcion: ast.FunctionDef) -> Iterator[ast.AST]:
    """The function's own nodes: what its annotations, defaults and decorators say is decided at import."""
    yield funcion
    pendientes: list[ast.AST] = list(funcion.body)
    while pendientes:
        nodo = pendientes.pop(0)
        yield nodo
        pendientes[:0] = [h for h in ast.iter_child_nodes(nodo) if not isinstance(h, ast.arguments)]


def _de_expresion(nodo: ast.AST) -> Iterator[tuple[int, str, Any]]:
    if isinstance(nodo, ast.Compare) and len(nodo.ops) == 1 and (otra := _COMPARACIONES.get(type(nodo.ops[0]))):
        viejo = ast.unparse(nodo)
        yield nodo.lineno, f"{viejo} → {otra.__name__}", lambda: nodo.ops.__setitem__(0, otra())
    elif isinstance(nodo, ast.BoolOp):
        otro = ast.Or() if isinstance(nodo.op, ast.And) else ast.And()
        yield nodo.lineno, f"{ast.unparse(nodo)} → {type(otro).__name__}", lambda: setattr(nodo, "op", otro)
        for n in range(len(nodo.values)):
            neutro = ast.Constant(isinstance(nodo.op, ast.And))
            que = f"{ast.unparse(nodo)} → without {ast.unparse(nodo.values[n])}"
            yield nodo.lineno, que, lambda n=n, neutro=neutro: nodo.values.__setitem__(n, neutro)
    elif isinstance(nodo, ast.Constant) and isinstance(nodo.value, bool | int | float):
        nuevo: Any = (not nodo.value) if isinstance(nodo.value, bool) else nodo.value + 1
        yield nodo.lineno, f"{nodo.value} → {nuevo}", lambda: setattr(nodo, "value", nuevo)
    elif isinstance(nodo, ast.BinOp) and isinstance(nodo.op, ast.Add | ast.Sub):
        signo = ast.Sub() if isinstance(nodo.op, ast.Add) else ast.Add()
        yield nodo.lineno, f"{ast.unparse(nodo)} → {type(signo).__name__}", lambda: setattr(nodo, "op", signo)
    elif isinstance(nodo, ast.If | ast.IfExp | ast.While):
        for valor in (True, False) if isinstance(nodo, ast.If) else (False,):
            que = f"if {ast.unparse(nodo.test)} → {valor}"
            yield nodo.lineno, que, lambda valor=valor: setattr(nodo, "test", ast.Constant(valor))
        if isinstance(nodo, ast.IfExp):
            vuelto = ast.UnaryOp(ast.Not(), nodo.test)
            yield nodo.lineno, f"{ast.unparse(nodo)} → swapped", lambda: setattr(nodo, "test", vuelto)


def _de_cuerpo(cuerpo: list[ast.stmt]) -> Iterator[tuple[int, str, Any]]:
    for n, sentencia in enumerate(cuerpo):
        quitable = (
            (isinstance(sentencia, ast.Expr) and isinstance(sentencia.value, ast.Call))
            or isinstance(sentencia, ast.AugAssign | ast.Delete | ast.Raise)
            or (
                isinstance(sentencia, ast.Assign)
                and all(isinstance(d, ast.Attribute | ast.Subscript) for d in sentencia.targets)
            )
        )
        if quitable:
            que = f"without {ast.unparse(sentencia).splitlines()[0]}"
            yield sentencia.lineno, que, lambda n=n: cuerpo.__setitem__(n, ast.Pass())
        elif (
            isinstance(sentencia, ast.Return)
            and sentencia.value is not None
            and len(cuerpo) > 1
            and n == len(cuerpo) - 1
        ):
            anterior = cuerpo[n - 1]
            if isinstance(anterior, ast.If) and not anterior.orelse:
                que = f"early {ast.unparse(sentencia)}"
                yield sentencia.lineno, que, lambda n=n, s=sentencia: cuerpo.insert(n - 1, copy.deepcopy(s))


def muestra(todos: Sequence[Mutante], cuantos: int) -> Sequence[Mutante]:
    """So many of them, spread evenly."""
    return [todos[n * len(todos) // cuantos] for n in range(min(cuantos, len(todos)))]


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def principal(
    sagas: Annotated[int, typer.Option(min=1, help="How many a mutant may survive.")] = 2_000,
    cuantos: Annotated[int, typer.Option(min=0, help="How many mutants, spread evenly; 0 for all.")] = 0,
    procesos: Annotated[int, typer.Option(min=1, help="How many are tried at a time.")] = 1,
    cual: Annotated[str, typer.Option(help="Only those whose name or change contains this.")] = "",
) -> None:
    """Try them, and say which survive."""
    from tests.simulador.__main__ import callar

    callar()
    todos = [m for m in mutantes() if cual in m.nombre or cual in m.que]
    elegidos = muestra(todos, cuantos) if cuantos else todos
    fines: list[tuple[Mutante, Fin]] = []
    _contar(probar_todos(elegidos, sagas, procesos), fines, len(elegidos))
    INFORME.parent.mkdir(exist_ok=True)
    datos = [{**vars(m), "nombre": m.nombre, **vars(f)} for m, f in fines]
    INFORME.write_text(json.dumps(datos, ensure_ascii=False, indent=1), encoding="utf-8")
    consola.print(_tabla(fines))


def _contar(pruebas: Iterable[tuple[Mutante, Fin]], fines: list[tuple[Mutante, Fin]], cuantos: int) -> None:
    for n, (mutante, fin) in enumerate(pruebas, 1):
        fines.append((mutante, fin))
        estado = f"[green]{fin.hallazgo[:70]!r} after {fin.sagas}" if fin.hallazgo else "[red]survives"
        consola.print(f"{n}/{cuantos} {mutante.nombre} {mutante.que[:90]!r}: {estado}", markup=True)


def _tabla(fines: Sequence[tuple[Mutante, Fin]]) -> Table:
    tabla = Table("module", "made", "found", "within 35 sagas", "survive")
    por_modulo: dict[str, Counter[str]] = {}
    for mutante, fin in fines:
        cuenta = por_modulo.setdefault(mutante.archivo.split("/", 1)[-1], Counter())
        cuenta["made"] += 1
        cuenta["found"] += bool(fin.hallazgo)
        cuenta["soon"] += bool(fin.hallazgo) and fin.sagas <= 35
    for modulo, cuenta in por_modulo.items():
        hechos, hallados = cuenta["made"], cuenta["found"]
        tabla.add_row(modulo, str(hechos), str(hallados), str(cuenta["soon"]), str(hechos - hallados))
    hallados = sum(bool(f.hallazgo) for _, f in fines)
    tabla.add_row("all", str(len(fines)), str(hallados), "", str(len(fines) - hallados))
    return tabla


if __name__ == "__main__":
    app()
