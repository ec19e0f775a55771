"""All services have one shape: who knows one knows them all."""

import ast
import importlib
import re
import typing
from collections.abc import Mapping
from types import FunctionType

import pytest
from tests.arquitectura.codigo import RAIZ, SERVICIOS, arboles
from tests.arquitectura.mapa import hechos

from contratos import REGISTRO, Mensaje
from contratos.consultas import Consulta, de_contexto
from contratos.consultas.auditoria import ConsultaDeAuditoria, auditoria_de
from contratos.consultas.cartas import ConsultaDeCarta, ConsultaDeCartas
from seedwork.aplicacion.consultas import Anunciada, Respondedor, Solicitante

cada_servicio = pytest.mark.parametrize(("carpeta", "paquete"), SERVICIOS.items())

ARCHIVOS = (
    "README.md",
    "pyproject.toml",
    "migraciones/env.py",
    "migraciones/versions/0001_inicial.py",
    "tests",
)
MODULOS = (
    "py.typed",
    "__main__.py",
    "composicion.py",
    "config.py",
    "dominio/eventos.py",
    "aplicacion/consultas/__init__.py",
    "aplicacion/lectura.py",
    "aplicacion/manejadores.py",
    "aplicacion/puertos.py",
    "aplicacion/traducciones.py",
    "entrada/http.py",
    "infraestructura/consultas.py",
    "infraestructura/repositorio.py",
    "infraestructura/tablas.py",
    "pruebas/memoria.py",
)
PEDIDO = re.compile(r"_pedid[oa]$")
INFINITIVO = re.compile(r"[a-z]+(ar|er|ir)_")
CAPAS = {"dominio", "aplicacion", "entrada", "infraestructura", "pruebas"}


@cada_servicio
def test_tiene_los_mismos_archivos_que_los_demas(carpeta: str, paquete: str) -> None:
    esperados = [RAIZ / carpeta / a for a in ARCHIVOS] + [RAIZ / carpeta / paquete / m for m in MODULOS]
    assert [str(e.relative_to(RAIZ)) for e in esperados if not e.exists()] == []


@cada_servicio
def test_tiene_las_mismas_capas_y_ninguna_otra(carpeta: str, paquete: str) -> None:
    paquetes = {p.parent.name for p in (RAIZ / carpeta / paquete).glob("*/__init__.py")}
    assert paquetes == CAPAS


@cada_servicio
def test_cada_comando_y_cada_reaccion_tiene_su_archivo(carpeta: str, paquete: str) -> None:
    """Each handler has a module of its own: a command's bears the command's name, a reaction's words of its event's."""
    for tipo, manejador in _manejadores(paquete).items():
        grupo, modulo = manejador.__module__.rsplit(".", 2)[1:]
        assert grupo == {"comando": "comandos", "evento": "reacciones"}[tipo.clase]
        nombre = _con_rayas(tipo)
        if tipo.clase == "comando":
            assert modulo == manejador.__name__ == nombre
        else:
            assert set(modulo.split("_")) <= set(nombre.split("_")), f"{modulo}: of which event? {nombre}"
    modulos = [m.__module__ for m in _manejadores(paquete).values()]
    assert len(modulos) == len(set(modulos))


@cada_servicio
def test_los_comandos_que_oye_son_todos_los_suyos_y_solo_ellos(carpeta: str, paquete: str) -> None:
    contexto = paquete.replace("_", "-")
    suyos = {m for m in REGISTRO.values() if m.clase == "comando" and m.contexto == contexto}
    assert {m for m in _manejadores(paquete) if m.clase == "comando"} == suyos


@cada_servicio
def test_las_consultas_que_responde_son_todas_las_suyas_y_solo_ellas(carpeta: str, paquete: str) -> None:
    """Its trail's and its dead letters' are seedwork's to answer, in every service alike."""
    contexto = paquete.replace("_", "-")
    comunes = ConsultaDeAuditoria, ConsultaDeCartas, ConsultaDeCarta
    propias = {c for c in de_contexto(contexto) if not issubclass(c, comunes)}
    assert set(_consultas(paquete)) == propias
    assert auditoria_de(contexto) is not None


@cada_servicio
def test_cada_consulta_tiene_su_archivo_y_responde_lo_que_dice_el_contrato(carpeta: str, paquete: str) -> None:
    """Its module and function bear its name; that takes it, the reading side and who asks, and answers what it says."""
    for tipo, respondedor in _consultas(paquete).items():
        funcion = _funcion(respondedor)
        nombre = _con_rayas(tipo)
        assert (funcion.__module__, funcion.__name__) == (f"{paquete}.aplicacion.consultas.{nombre}", nombre)
        *recibe, responde = typing.get_type_hints(funcion).values()
        lectura = importlib.import_module(f"{paquete}.aplicacion.lectura").Lectura
        assert recibe == [tipo, lectura, Solicitante]
        assert responde in (tipo.respuesta, tipo.respuesta | None)


@cada_servicio
def test_la_consulta_que_publica_un_hecho_lo_dice_en_la_tabla_y_ninguna_otra_publica(
    carpeta: str, paquete: str
) -> None:
    raiz = RAIZ / carpeta / paquete
    dicen = {
        donde.rpartition("/")[2].removesuffix(".py"): set(hechos(arbol, arbol, {}))
        for donde, arbol in arboles(raiz / "aplicacion/consultas")
    }
    for tipo, respondedor in _consultas(paquete).items():
        marcados = {respondedor.publica} if isinstance(respondedor, Anunciada) else set()
        assert dicen.pop(_con_rayas(tipo)) == marcados, f"{tipo.__name__}: the table must say what it publishes"
    assert not any(dicen.values())
    # What a query tells is told in its own module, where it is seen, and not further in or out.
    for donde, arbol in arboles(raiz / "entrada", raiz / "infraestructura"):
        if donde.endswith(("/http.py", "/consultas.py")):
            assert not list(hechos(arbol, arbol, {})), donde


@cada_servicio
def test_su_composicion_se_llama_igual_que_las_demas(carpeta: str, paquete: str) -> None:
    composicion = importlib.import_module(f"{paquete}.composicion")
    assert callable(composicion.servicio)
    assert callable(composicion.crear_api)
    assert importlib.import_module(f"{paquete}.aplicacion.traducciones").TRADUCCIONES
    memoria = importlib.import_module(f"{paquete}.pruebas.memoria")
    assert callable(memoria.almacen)
    assert callable(memoria.abrir_en)


@cada_servicio
def test_quien_oye_comandos_dice_como_se_rechazan(carpeta: str, paquete: str) -> None:
    oye = any(m.clase == "comando" for m in _manejadores(paquete))
    modulo = RAIZ / carpeta / paquete / "aplicacion/rechazo.py"
    assert modulo.exists() == oye
    if oye:
        assert callable(importlib.import_module(f"{paquete}.aplicacion.rechazo").rechazar_comando)


@cada_servicio
def test_cada_papel_se_llama_igual_que_en_los_demas(carpeta: str, paquete: str) -> None:
    """What finds is `<aggregate>_pedid…(unidad)` in peticiones.py, what refuses `rechazar_comando` in rechazo.py, what
    decides a saga stands in decision.py; a reaction's name begins with what it does."""
    aplicacion = RAIZ / carpeta / paquete / "aplicacion"
    funciones = {
        donde.rpartition("/")[2].removesuffix(".py"): {
            n.name: [a.arg for a in n.args.args] for n in arbol.body if isinstance(n, ast.FunctionDef)
        }
        for donde, arbol in arboles(aplicacion)
    }
    hallan = {f"{m}.{f}": args for m, fs in funciones.items() for f, args in fs.items() if PEDIDO.search(f)}
    assert set(hallan) == {h for h in hallan if h.startswith("peticiones.")}
    assert all(args == ["unidad"] for args in hallan.values())
    rechazan = {f"{m}.{f}" for m, fs in funciones.items() for f in fs if f.startswith("rechazar_")}
    assert rechazan <= {"rechazo.rechazar_comando"}
    deciden = {donde for donde, arbol in arboles(aplicacion) if "sagas.ACTIVAR" in ast.unparse(arbol)}
    assert all(donde.endswith("/decision.py") for donde in deciden)
    for tipo, manejador in _manejadores(paquete).items():
        if tipo.clase == "evento":
            assert INFINITIVO.match(manejador.__name__), f"{manejador.__name__}: what does it do?"


@cada_servicio
def test_su_unidad_de_trabajo_tiene_todo_lo_que_dicen_los_puertos(carpeta: str, paquete: str) -> None:
    """What handlers are promised is set where the unit of work is made: an annotation alone makes nothing."""
    promete = importlib.import_module(f"{paquete}.aplicacion.puertos").Unidad.__annotations__
    arbol = ast.parse((RAIZ / carpeta / paquete / "infraestructura/repositorio.py").read_text("utf-8"))
    (hace,) = (n for n in arbol.body if isinstance(n, ast.ClassDef) and "Unidad" in map(ast.unparse, n.bases))
    pone = {n.attr for n in ast.walk(hace) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)}
    assert promete
    assert set(promete) <= pone


def _con_rayas(tipo: type) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", tipo.__name__).lower()


def _consultas(paquete: str) -> Mapping[type[Consulta], Respondedor | Anunciada]:
    consultas: Mapping[type[Consulta], Respondedor | Anunciada] = importlib.import_module(
        f"{paquete}.aplicacion.consultas"
    ).CONSULTAS
    return consultas


def _funcion(respondedor: Respondedor | Anunciada) -> FunctionType:
    funcion = respondedor.responder if isinstance(respondedor, Anunciada) else respondedor
    assert isinstance(funcion, FunctionType)
    return funcion


def _manejadores(paquete: str) -> Mapping[type[Mensaje], FunctionType]:
    manejadores: Mapping[type[Mensaje], FunctionType] = importlib.import_module(
        f"{paquete}.aplicacion.manejadores"
    ).MANEJADORES
    return manejadores
