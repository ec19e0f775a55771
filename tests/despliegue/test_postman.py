"""The Postman collection tells every route of the door, with bodies that the door takes."""

import json
import re
from typing import Any

import pytest
from deploy.postman import coleccion as postman

from bff_web.comandos import COMANDOS
from bff_web.papeles.openapi import describir

COLECCION: dict[str, Any] = json.loads(postman.ARCHIVO.read_text(encoding="utf-8"))
PETICIONES = {p["name"]: p["request"] for p in postman.peticiones(COLECCION)}
_VARIABLE = re.compile(r"\{\{(\w+)\}\}")


def test_la_coleccion_es_la_del_documento_de_hoy() -> None:
    assert postman.ARCHIVO.read_text(encoding="utf-8") == postman.escrita(), "make it anew: make generados"


def test_lo_que_la_historia_no_cuenta_queda_al_final_de_su_carpeta() -> None:
    documento = describir()
    nueva = "/suscripciones/{id_suscripcion}/otro-comando"
    documento["paths"][nueva] = documento["paths"]["/suscripciones/{id_suscripcion}/pago-comando"]
    hecha = postman.coleccion(documento)
    (suya,) = [c for c in hecha["item"] if c["name"] == "Suscripciones"]
    assert _ruta(suya["item"].pop()["request"]["url"]) == nueva
    assert hecha["item"] == COLECCION["item"], "the story goes on as it did"


def test_estan_todas_las_rutas_cada_una_una_vez() -> None:
    contadas = {r: ms for r, ms in describir()["paths"].items() if not postman.SIN_CONTAR.search(r)}
    dichas = [(metodo.upper(), ruta) for ruta, metodos in contadas.items() for metodo in metodos]
    pedidas = [(p["method"], _ruta(p["url"])) for p in PETICIONES.values()]
    assert sorted(pedidas) == sorted(dichas)
    assert len(PETICIONES) == len(pedidas) == len(list(postman.peticiones(COLECCION)))


@pytest.mark.parametrize("nombre", PETICIONES)
def test_toda_variable_existe_y_todo_parametro_de_la_ruta_tiene_la_suya(nombre: str) -> None:
    pedido = PETICIONES[nombre]
    assert set(_VARIABLE.findall(json.dumps(pedido))) <= {v["key"] for v in COLECCION["variable"]}
    url = pedido["url"]
    assert url["raw"] == "/".join([*url["host"], *url["path"]])
    parametros = [parte[1:] for parte in url["path"] if parte.startswith(":")]
    assert {v["key"]: v["value"] for v in url.get("variable", [])} == {p: f"{{{{{p}}}}}" for p in parametros}


@pytest.mark.parametrize("comando", COMANDOS, ids=lambda c: c.mensaje.__name__)
def test_la_puerta_admite_el_cuerpo_de_cada_comando(comando: Any) -> None:
    for ruta in comando.rutas:
        (pedido,) = [p for p in PETICIONES.values() if p["method"] == "POST" and _ruta(p["url"]) == ruta]
        cuerpo = pedido["body"]
        if comando.cuerpo is None:
            # Its files are the reader's own to choose, and its key is no longer theirs to leave out.
            partes = {p["key"] for p in cuerpo["formdata"] if not p["disabled"]}
            assert partes == {n for n, c in comando.formularios[0].model_fields.items() if c.is_required()}
            assert [c["key"] for c in pedido["header"] if not c["disabled"]] == ["Idempotency-Key"]
            continue
        comando.cuerpo.model_validate_json(_VARIABLE.sub("x-1", cuerpo["raw"]))
        assert {"key": "Content-Type", "value": "application/json"} in pedido["header"]


def test_lo_que_se_consulta_lo_guardo_antes_alguna_respuesta() -> None:
    """In the story's order, no variable is used before an answer could fill it."""
    guardadas = {"base"}
    for pedido in PETICIONES.values():
        assert set(_VARIABLE.findall(json.dumps(pedido))) <= guardadas, _ruta(pedido["url"])
        guardadas |= _guarda(pedido)


def _guarda(pedido: dict[str, Any]) -> set[str]:
    ruta = _ruta(pedido["url"])
    if pedido["method"] == "POST":
        (comando,) = [c for c in COMANDOS if ruta in c.rutas]
        return {"id_comando", comando.recurso.id}
    return {
        "/suscripciones/{id_suscripcion}": {"id_factura"},
        "/notificaciones": {"id_notificacion", "cliente_codigo"},
    }.get(ruta, set())


def _ruta(url: dict[str, Any]) -> str:
    return "/" + "/".join(f"{{{parte[1:]}}}" if parte.startswith(":") else parte for parte in url["path"])
