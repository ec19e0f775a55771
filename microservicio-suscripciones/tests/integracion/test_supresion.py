"""A client is forgotten on a real PostgreSQL, and races with its own return."""

import threading
from dataclasses import replace

import pytest
import sqlalchemy as sa

from contratos.ejemplos import CREAR_SUSCRIPCION
from contratos.suscripciones import ExportarCliente, SuprimirCliente
from seedwork.aplicacion.identidad import Quien

pytestmark = pytest.mark.integracion


def suprimir(casa, codigo="0001"):
    return casa._recibido(SuprimirCliente(cliente_codigo=codigo), codigo)


def olvidable(casa, id="s-1"):
    """A subscription that is over, its saga too."""
    casa.activar("free", id)
    casa.oir(casa.cancelar(id, "me voy"))


def contar(casa, sql):
    with casa.motor.connect() as conexion:
        return conexion.execute(sa.text(sql)).scalar_one()


def test_no_queda_nada_suyo_y_la_respuesta_dice_que_caduca_donde_y_cuando(casa):
    olvidable(casa)
    orden = suprimir(casa)
    casa.oir(orden, orden)
    assert casa.destino(orden) == ("APLICADO", None)
    fila = casa.fila()
    assert (fila["cliente_codigo"], fila["detalle"]) == ("", None)
    assert contar(casa, "SELECT count(*) FROM clientes") == 0
    assert [d.partition(" ")[2] for d in casa.dicho()].count("ClienteSuprimido") == 1
    visto = casa.api.get(f"/clientes/supresiones/{orden.sobre.id}").json
    assert visto["estado"] == "APLICADO" and len([q for q in visto["queda"] if q["hasta"]]) == 5
    assert casa.api.get(f"/clientes/supresiones/{suprimir(casa).sobre.id}").status_code == 404


def test_como_fue_olvidado_lo_leen_el_y_los_operadores_y_nadie_mas(casa):
    """Though the row that told whose it was is gone."""
    duena, otra = (Quien(id=c, roles=frozenset({"cliente"}), cliente=c) for c in ("0001", "0002"))
    olvidable(casa)
    orden = suprimir(casa)
    orden = replace(orden, sobre=replace(orden.sobre, quien=duena))
    casa.oir(orden)

    def leer(quien, id=orden.sobre.id):
        casa.api.application.identificar = lambda: quien
        respuesta = casa.api.get(f"/clientes/supresiones/{id}")
        return respuesta.status_code, respuesta.json | {"instance": ""}

    visto = leer(duena)
    assert (visto[0], visto[1]["estado"]) == (200, "APLICADO")
    assert leer(Quien(id="op", roles=frozenset({"operador"}))) == visto
    clinica = Quien(id="norte-1", roles=frozenset({"clinica"}), clinica="0001")
    for ajeno in (otra, clinica, Quien(id=duena.id)):
        assert leer(ajeno) == leer(ajeno, "nadie") == leer(duena, "nadie")
        assert leer(ajeno)[0] == 404


def test_a_la_vez_que_una_creacion_queda_un_olvidado_o_uno_nuevo(casa):
    """Two workers, again and again: never a subscription in force whose client is gone, nor a client half there."""
    for vuelta in range(12):
        olvidable(casa, f"s-a{vuelta}")
        creacion = casa.crear(f"s-b{vuelta}", "free")
        nueva = replace(CREAR_SUSCRIPCION, plan_codigo="free", cliente_nombres=f"N{vuelta}")
        orden, creacion = suprimir(casa), replace(creacion, mensaje=nueva)
        juntos = threading.Barrier(2)

        def atender(recibido, juntos=juntos):
            juntos.wait()
            casa.bus.procesar([recibido])

        hilos = [threading.Thread(target=atender, args=(uno,)) for uno in (orden, creacion)]
        for hilo in hilos:
            hilo.start()
        for hilo in hilos:
            hilo.join()
        estado, _ = casa.destino(orden)
        vieja, otra = casa.fila(f"s-a{vuelta}"), casa.fila(f"s-b{vuelta}")
        assert vieja["cliente_codigo"] == ("" if estado == "APLICADO" else "0001")
        assert (otra["cliente_codigo"], otra["estado"]) == ("0001", "ACTIVA")
        assert contar(casa, "SELECT nombres FROM clientes WHERE id = '0001'") == f"N{vuelta}"
        casa.oir(casa.cancelar(f"s-b{vuelta}"))
        for id in (f"s-a{vuelta}", f"s-b{vuelta}"):
            casa.ejecutar(f"UPDATE suscripciones SET saga = jsonb_set(saga, '{{en_curso}}', 'false') WHERE id = '{id}'")
        casa.oir(suprimir(casa))
        assert contar(casa, "SELECT count(*) FROM suscripciones WHERE cliente_codigo <> ''") == 0


def test_lo_que_un_cliente_pidio_saber_lo_leen_el_y_los_operadores_y_caduca(casa):
    duena, otra = (Quien(id=c, roles=frozenset({"cliente"}), cliente=c) for c in ("0001", "0002"))
    casa.oir(casa.crear("s-1", "free"))
    orden = casa._recibido(ExportarCliente(cliente_codigo="0001"), "0001")
    orden = replace(orden, sobre=replace(orden.sobre, quien=duena))
    ajena = replace(orden, sobre=replace(orden.sobre, quien=otra, id="x-ajena"))
    casa.oir(orden, ajena)

    def leer(quien, id=orden.sobre.id, codigo="0001"):
        casa.api.application.identificar = lambda: quien
        return casa.api.get(f"/clientes/{codigo}/exportaciones/{id}")

    visto = leer(duena).json
    assert (visto["cliente"]["nombre"], visto["cliente"]["rut"]) == (
        {"nombres": CREAR_SUSCRIPCION.cliente_nombres, "apellidos": CREAR_SUSCRIPCION.cliente_apellidos},
        {"numero": CREAR_SUSCRIPCION.cliente_rut},
    )
    assert leer(Quien(id="op", roles=frozenset({"operador"}))).json == visto
    assert {leer(otra).status_code, leer(otra, codigo="0002").status_code, leer(duena, "x-ajena").status_code} == {404}
    casa.ejecutar("UPDATE comandos SET ocurrido = ocurrido - interval '8 days'")
    assert leer(duena).status_code == 404
