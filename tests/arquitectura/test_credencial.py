"""Whoever talks to the broker says who it is: no client of its is made without the token that the settings give."""

import ast

from tests.arquitectura.codigo import RAIZ, TODO, arboles

CLIENTES = {"crear_cliente", "Publicador", "Aprovisionador", "AvancePulsar", "AtrasosPulsar"}


def test_cada_cliente_del_broker_recibe_el_token() -> None:
    hechos = [
        (f"{archivo}:{nodo.lineno}", nodo)
        for archivo, arbol in arboles(*(carpeta for carpeta in TODO if carpeta != RAIZ / "deploy/local/src"))
        if "/pruebas/" not in archivo
        for nodo in ast.walk(arbol)
        if isinstance(nodo, ast.Call) and isinstance(nodo.func, ast.Name) and nodo.func.id in CLIENTES
    ]
    assert len(hechos) >= 10
    assert [donde for donde, nodo in hechos if not _con_token(nodo)] == []


def _con_token(nodo: ast.Call) -> bool:
    dados = [*nodo.args[1:], *(k.value for k in nodo.keywords if k.arg == "quien")]
    return any(
        ast.unparse(dado).split(".")[-1] in ("quien", "_quien", "credencial", "credencial_admin") for dado in dados
    )
