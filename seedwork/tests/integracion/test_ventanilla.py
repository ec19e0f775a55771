"""Dead letters over HTTP, on a real broker and database: seen, had handled, given up; by operators alone, and noted."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from contratos.acceso import ROLES
from contratos.consultas.cartas import cartas_de
from contratos.ordenes import ordenes_de
from plataforma.servicios import SERVICIOS
from seedwork.aplicacion.entorno import EntornoReal
from seedwork.aplicacion.identidad import SIN_PREGUNTAR, Quien
from seedwork.entrada import ventanilla as modulo
from seedwork.entrada.auditoria import registrar_auditoria
from seedwork.entrada.cartas import Cartero
from seedwork.entrada.servicio import crear_app_sobre
from seedwork.entrada.ventanilla import Ventanilla, registrar_cartas
from seedwork.infraestructura.avance import CursoresPulsar
from seedwork.infraestructura.cartas import abrir_buzon
from seedwork.infraestructura.consultas import LecturaDeComandos
from seedwork.infraestructura.publicador import crear_cliente
from seedwork.pruebas import cuaderno
from seedwork.pruebas.respuestas import cliente_fiel
from seedwork.pruebas.taller import Taller

pytestmark = pytest.mark.integracion

SECRETO = "Ana Pérez 1020304050"
OPERADOR = Quien(id="op", roles=frozenset({"operador"}))
RUTA = "/suscripciones/cartas"
"""As one of the four answers; the letters are the notebook's."""
MOTIVO = {"motivo": "La causa se remedió."}

Pedir = Callable[..., TestResponse]


def abrir(taller: Taller, manejar: Any = None) -> tuple[Any, FlaskClient]:
    """An API's process of its own, with its own client; its handlers are mended, unless told otherwise."""
    manejar = manejar or (lambda orden, u: u.apuntar(orden.hoja, orden.linea))
    bus = cuaderno.hacer_bus(taller.motor, taller.contexto, manejar)

    def cartero(cliente: Any, **quien: Any) -> Cartero:
        return Cartero(cliente, taller.contexto, bus, taller.motor, EntornoReal(), memoria=timedelta(days=15), **quien)

    ventanilla = Ventanilla(
        taller.contexto,
        lambda: crear_cliente(taller.servidores.pulsar_url, espera_s=4),
        CursoresPulsar(taller.servidores.admin_url),
        cartero,
        taller.motor,
        EntornoReal(),
    )
    app = crear_app_sobre(taller.motor)
    registrar_cartas(app, "suscripciones", ventanilla)
    registrar_auditoria(app, "suscripciones", taller.motor)
    app.identificar = lambda: OPERADOR
    return app, cliente_fiel(app)


@pytest.fixture
def api(taller: Taller) -> Iterator[FlaskClient]:
    app, cliente = abrir(taller)
    yield cliente
    app.terminar()


def aparcar(taller: Taller, cuantas: int) -> list[str]:
    ordenes = [taller.orden(f"h-{n}", n, "falla", secreto=SECRETO) for n in range(cuantas)]
    taller.enviar(*ordenes)
    with taller.consumiendo():
        taller.esperar(lambda: len(taller.cartas()) == cuantas and taller.atraso() == 0)
    return [o.sobre.id for o in ordenes]


def listadas(api: FlaskClient, **filtros: str) -> dict[str, str]:
    """The id of each letter by its message's."""
    respuesta = api.get(RUTA, query_string=filtros)
    assert respuesta.status_code == 200, respuesta.text
    assert "Ana" not in respuesta.text
    return {c["id_mensaje"]: c["id_carta"] for c in respuesta.json["elementos"]}


def notas(taller: Taller) -> list[tuple[str, ...]]:
    """What the trail has of what was done, not seen."""
    consulta = (
        "SELECT quien, titular, accion, recurso, resultado, motivo FROM auditoria"
        " WHERE accion NOT LIKE 'Listar%' AND accion NOT LIKE 'Obtener%' ORDER BY id"
    )
    with taller.motor.connect() as conexion:
        return [tuple(fila) for fila in conexion.execute(sa.text(consulta))]


def test_las_hay_en_los_cuatro_servicios_con_la_misma_forma() -> None:
    for servicio in SERVICIOS.values():
        consultas, (una, otra) = cartas_de(servicio.nombre), ordenes_de(servicio.nombre)
        assert consultas is not None
        lista, de_una = consultas
        assert de_una.ruta == f"{lista.ruta}/{{id_carta}}"
        assert (una.ruta, otra.ruta) == (f"{de_una.ruta}/reproduccion-comando", f"{de_una.ruta}/descarte-comando")


def test_se_ve_se_reproduce_y_se_descarta_y_queda_quien_lo_hizo(taller: Taller, api: FlaskClient) -> None:
    buena, perdida, otra = aparcar(taller, 3)
    cartas = listadas(api)
    assert set(cartas) == {buena, perdida, otra}
    una = api.get(f"{RUTA}/{cartas[buena]}")
    assert "Ana" not in una.text
    assert (una.json["clave"], una.json["intentos"], una.json["topico"]) == ("h-0", 4, taller.apuntar.topico)
    assert una.json["error"].startswith("ValueError")

    hecha = api.post(f"{RUTA}/{cartas[buena]}/reproduccion-comando", json=MOTIVO)
    dada = api.post(f"{RUTA}/{cartas[perdida]}/descarte-comando", json=MOTIVO)

    assert hecha.json == {"id_carta": cartas[buena], "id_mensaje": buena, "resultado": "ATENDIDA"}
    assert dada.json == {"id_carta": cartas[perdida], "id_mensaje": perdida, "resultado": "RECHAZADA"}
    assert taller.apuntes() == [("h-0", 0)]
    destinos = [LecturaDeComandos(taller.motor).comando(id, SIN_PREGUNTAR) for id in (buena, perdida)]
    assert [d and d.estado for d in destinos] == ["APLICADO", "RECHAZADO"]
    # Gone from the middle, and from every way to ask.
    assert list(listadas(api)) == [otra]
    for ida in (buena, perdida):
        assert api.get(f"{RUTA}/{cartas[ida]}").status_code == 404
        for orden in ("reproduccion-comando", "descarte-comando"):
            respuesta = api.post(f"{RUTA}/{cartas[ida]}/{orden}", json=MOTIVO)
            assert (respuesta.status_code, respuesta.json["detail"][:15]) == (404, "No hay tal cart")
    motivo = MOTIVO["motivo"]
    assert notas(taller)[:2] == [
        ("op", "operador:op", "ReproducirCarta", buena, "ATENDIDA", motivo),
        ("op", "operador:op", "DescartarCarta", perdida, "RECHAZADA", motivo),
    ]
    assert [(n[3], n[4]) for n in notas(taller)[2:]] == [
        (cartas[ida], "NO_HALLADO") for ida in (buena, buena, perdida, perdida)
    ]


def test_lo_que_vuelve_a_fallar_se_queda_aparcado_y_se_dice(taller: Taller) -> None:
    (id,) = aparcar(taller, 1)

    def fallar(_orden: Any, _unidad: Any) -> None:
        raise KeyError(SECRETO)

    app, api = abrir(taller, fallar)
    carta = listadas(api)[id]
    respuesta = api.post(f"{RUTA}/{carta}/reproduccion-comando", json=MOTIVO)
    assert (respuesta.status_code, respuesta.json["detail"]) == (409, "La carta se queda: volvió a fallar: KeyError.")
    assert list(listadas(api)) == [id]
    assert taller.contar("SELECT count(*) FROM inbox WHERE aparcado IS NOT NULL") == 1
    assert [(n[3], n[4]) for n in notas(taller)] == [(id, "SE_QUEDA")], (
        "under its message's id, as all that is done to it"
    )
    app.terminar()


def test_mientras_otro_las_tiene_en_la_mano_se_ven_y_no_se_tocan(
    taller: Taller, api: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An operator at the command line, a worker's expiry, another API's process."""
    monkeypatch.setattr(modulo, "BUZON_S", 0.1)
    (id,) = aparcar(taller, 1)
    with abrir_buzon(taller.cliente, taller.contexto) as buzon:
        assert [c.id for c in buzon] == [id]
        carta = listadas(api)[id]
        respuesta = api.post(f"{RUTA}/{carta}/descarte-comando", json=MOTIVO)
        assert (respuesta.status_code, respuesta.headers["Retry-After"]) == (409, "5")
    assert api.post(f"{RUTA}/{carta}/descarte-comando", json=MOTIVO).status_code == 200
    todas = api.get("/suscripciones/auditoria", query_string={"recurso": id}).json["elementos"]
    assert [n["resultado"] for n in todas] == ["RECHAZADA", "SE_QUEDA"]


def test_dos_procesos_a_la_vez_son_un_efecto_y_una_nota(taller: Taller) -> None:
    (id,) = aparcar(taller, 1)
    apis = [abrir(taller) for _ in range(2)]
    carta = listadas(apis[0][1])[id]
    with ThreadPoolExecutor(2) as hilos:
        dichas = list(
            hilos.map(lambda a: a[1].post(f"{RUTA}/{carta}/reproduccion-comando", json=MOTIVO).status_code, apis)
        )
    assert sorted(dichas) == [200, 404]
    assert taller.apuntes() == [("h-0", 0)]
    assert sorted(n[4] for n in notas(taller)) == ["ATENDIDA", "NO_HALLADO"]
    for app, _ in apis:
        app.terminar()


def test_se_listan_por_paginas_y_por_tipo(taller: Taller, api: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modulo, "TAMANO_PAGINA", 2)
    ids = aparcar(taller, 5)
    vistos: list[str] = []
    cursor = ""
    while cursor is not None:
        pagina = api.get(RUTA, query_string={"cursor": cursor} if cursor else {}).json
        vistos += [c["id_mensaje"] for c in pagina["elementos"]]
        assert len(pagina["elementos"]) <= 2
        cursor = pagina["siguiente"]
    assert sorted(vistos) == sorted(ids), "each once; they are parked in no order of theirs"
    assert list(listadas(api, tipo="Apuntar")) == vistos[:2]
    assert listadas(api, tipo="Otro") == {} == listadas(api, consumidor="nadie")
    assert api.get(RUTA, query_string={"cursor": "AAAA"}).status_code == 422


def test_a_quien_no_es_operador_no_se_le_dice_que_las_hay(taller: Taller) -> None:
    (id,) = aparcar(taller, 1)
    app, api = abrir(taller)
    carta = listadas(api)[id]
    for rol in {*ROLES} - {"operador"}:
        app.identificar = lambda rol=rol: Quien(id=rol, roles=frozenset({rol}), cliente="0001", clinica="norte")
        assert api.get(RUTA).status_code == api.get(f"{RUTA}/{carta}").status_code == 404
        assert api.post(f"{RUTA}/{carta}/reproduccion-comando", json=MOTIVO).status_code == 404
    assert taller.apuntes() == []
    assert {n[4] for n in notas(taller)} == {"NO_HALLADO"}
    app.terminar()


@pytest.mark.parametrize("cuerpo", [{}, {"motivo": ""}, {"motivo": "x" * 5000}, {"motivo": 1}, []])
def test_sin_motivo_no_se_hace_nada(taller: Taller, api: FlaskClient, cuerpo: Any) -> None:
    assert api.post(f"{RUTA}/41:0:-1/descarte-comando", json=cuerpo).status_code == 422
