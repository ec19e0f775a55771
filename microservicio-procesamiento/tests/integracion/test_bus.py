"""From the bus to the tables, and back through the queries."""

import threading

import pytest
import sqlalchemy as sa

from contratos.ejemplos import ANONIMIZAR_IMAGEN
from procesamiento.infraestructura import tablas
from seedwork.infraestructura import bd
from seedwork.infraestructura.tabla import ClaveRepetida
from seedwork.pruebas.bases import como_dueno

from .conftest import recibido

pytestmark = pytest.mark.integracion


def cuantas(motor, tabla):
    with motor.connect() as conexion:
        return conexion.scalar(sa.select(sa.func.count()).select_from(tabla))


def test_una_imagen_y_el_destino_de_su_comando(bus, api):
    bus.procesar([recibido("c-1")])
    imagen = api.get(f"/procesar/imagenes/{ANONIMIZAR_IMAGEN.id_imagen}").json
    aviso = imagen.pop("aviso")
    assert "RGPD" in aviso
    assert imagen.pop("seudonimo_paciente").startswith("v2:")
    assert imagen.pop("fecha_ingesta").endswith("T09:10:00")
    assert imagen.pop("recibida") == imagen.pop("decidida")
    assert imagen == {
        "id_imagen": ANONIMIZAR_IMAGEN.id_imagen,
        "estado": "ANONIMIZADA",
        "motivo": None,
        "modalidad": "Rayos X",
        "patologia": "Neumonía",
        "region_anatomica": "Cráneo",
        "formato_imagen": "DICOM",
        "fuente_de_datos": "Hospital del norte",
        "condiciones": [{"codigo": "E14", "nombre": "Diabetes mellitus, no especificada"}],
        "version_clave": 2,
        "id_paquete": None,
        "descartada": False,
        "decidible": [],
    }
    assert api.get("/procesar/comandos/c-1").json == {
        "id_comando": "c-1",
        "tipo": "AnonimizarImagen",
        "estado": "APLICADO",
        "motivo": None,
    }


def test_lo_que_no_se_conoce_todavia_es_404_con_reintento(api):
    for ruta in ("/procesar/imagenes/nada", "/procesar/comandos/nada"):
        respuesta = api.get(ruta)
        assert (respuesta.status_code, respuesta.headers["Retry-After"]) == (404, "1")


@pytest.mark.parametrize("juntos", [True, False])
def test_repetida_y_distinta_en_un_lote_o_en_tres(bus, api, motor, juntos):
    llegan = [recibido("c-1"), recibido("c-2"), recibido("c-3", modalidad="TAC")]
    for lote in [llegan] if juntos else [[r] for r in llegan]:
        bus.procesar(lote)
    assert cuantas(motor, tablas.imagenes) == 1
    assert cuantas(motor, bd.outbox) == 2
    assert api.get("/procesar/comandos/c-2").json["estado"] == "APLICADO"
    rechazado = api.get("/procesar/comandos/c-3").json
    assert (rechazado["estado"], rechazado["motivo"]) == (
        "RECHAZADO",
        "Ya existe una imagen con ese identificador y otro contenido.",
    )
    assert api.get(f"/procesar/imagenes/{ANONIMIZAR_IMAGEN.id_imagen}").json["modalidad"] == "Rayos X"


def test_la_misma_entrega_dos_veces_es_una(bus, motor):
    bus.procesar([recibido("c-1")])
    bus.procesar([recibido("c-1")])
    assert cuantas(motor, bd.outbox) == 1


def test_uno_malo_no_estropea_el_lote(bus, api, motor):
    malos = [
        recibido("m-1", id_imagen="m-1", antecedentes="a\x00b"),
        recibido("m-2", id_imagen=""),
        recibido("m-3", id_imagen="m-3", patologia="x" * 101),
        recibido("m-4", id_imagen=f"de-{ANONIMIZAR_IMAGEN.id_paciente}"),
    ]
    larga = recibido("c-2", id_imagen="i-2", patologia="ñ" * 100)
    bus.procesar([recibido("c-1"), *malos, larga])
    assert api.get("/procesar/imagenes/i-2").json["estado"] == "ANONIMIZADA"
    rechazada = api.get("/procesar/imagenes/m-1").json
    assert (rechazada["estado"], rechazada["motivo"]) == ("RECHAZADA", "El comando no cumple las reglas del contrato.")
    assert rechazada["condiciones"] == []
    assert api.get("/procesar/comandos/m-2").json["estado"] == "RECHAZADO"
    assert cuantas(motor, tablas.imagenes) == 4


def test_ni_el_paciente_ni_el_texto_libre_estan_en_la_base(bus, motor):
    texto = "Diabético, vive con Rosalba en la vereda"
    bus.procesar(
        [
            recibido("c-1", antecedentes=texto),
            recibido("c-2", id_imagen="i-2", fuente_de_datos=f"Sala {ANONIMIZAR_IMAGEN.id_paciente.upper()}"),
            recibido("c-3", id_imagen=f"rx-{ANONIMIZAR_IMAGEN.id_paciente}"),
            recibido("c-4", id_imagen="i-4", fecha_ingesta=ANONIMIZAR_IMAGEN.id_paciente),
            recibido("c-5", modalidad=ANONIMIZAR_IMAGEN.id_paciente),
        ]
    )
    with motor.connect() as conexion:
        for tabla in (*bd.METADATOS.tables.values(), *tablas.METADATOS.tables.values()):
            for fila in conexion.execute(sa.select(tabla)):
                todo = " ".join(v.tobytes().decode("latin-1") if isinstance(v, memoryview) else str(v) for v in fila)
                assert ANONIMIZAR_IMAGEN.id_paciente not in todo.lower()
                assert "rosalba" not in todo.lower()
                assert ANONIMIZAR_IMAGEN.fecha_ingesta not in todo


def test_dos_trabajadores_con_la_misma_imagen_acaban_en_un_registro(bus, motor):
    """The one that loses fails as a whole, as the consumer expects, and finds the record when it tries again."""
    for vuelta in range(20):
        salida, errores = threading.Barrier(2), []

        def trabajar(quien, vuelta=vuelta, salida=salida, errores=errores):
            mensaje = recibido(f"c-{vuelta}-{quien}", id_imagen=f"i-{vuelta}")
            salida.wait()
            try:
                bus.procesar([mensaje])
            except ClaveRepetida as error:
                errores.append(f"{error} {error.__cause__}")
                bus.procesar([mensaje])

        hilos = [threading.Thread(target=trabajar, args=(quien,)) for quien in range(2)]
        for hilo in hilos:
            hilo.start()
        for hilo in hilos:
            hilo.join()
        assert not any("Rayos" in e for e in errores)
    assert cuantas(motor, tablas.imagenes) == 20
    assert cuantas(motor, bd.outbox) == 20
    assert cuantas(motor, bd.comandos) == 40


def test_un_lote_grande_son_pocas_sentencias(bus, motor):
    sentencias = []
    sa.event.listen(motor, "before_cursor_execute", lambda *a: sentencias.append(a[2]))
    bus.procesar([recibido(f"c-{i}", id_imagen=f"i-{i}") for i in range(200)])
    assert cuantas(motor, tablas.imagenes) == 200
    assert len(sentencias) <= 8


def test_paginas_y_filtros(bus, api):
    bus.procesar(
        [recibido(f"c-{i}", id_imagen=f"i-{i}", modalidad="TAC" if i % 3 == 0 else "Rayos X") for i in range(120)]
    )
    vistas, cursor = [], None
    while True:
        hoja = api.get("/procesar/imagenes", query_string={"cursor": cursor} if cursor else {}).json
        vistas += [e["id_imagen"] for e in hoja["elementos"]]
        cursor = hoja["siguiente"]
        if cursor is None:
            break
        assert api.get("/procesar/imagenes", query_string={"cursor": cursor, "modalidad": "TAC"}).status_code == 422
    assert len(vistas) == len(set(vistas)) == 120
    solo = api.get("/procesar/imagenes", query_string={"modalidad": "TAC", "region": "Cráneo"}).json
    assert {e["modalidad"] for e in solo["elementos"]} == {"TAC"}
    assert len(solo["elementos"]) == 40
    nada = api.get("/procesar/imagenes", query_string={"patologia": "x" * 70}).json
    assert nada == {"elementos": [], "siguiente": None}


def test_los_filtros_tienen_indice(motor, api):
    with como_dueno(motor) as dueno, dueno.begin() as conexion:
        conexion.execute(
            sa.text(
                "INSERT INTO imagenes (id, secuencia, estado, modalidad)"
                " SELECT i, 1, 'RECHAZADA', 'm' || i FROM generate_series(1, 20000) i"
            )
        )
        conexion.execute(sa.text("ANALYZE imagenes"))
    planes = []

    def explicar(conexion, cursor, sentencia, parametros, contexto, _muchos):
        if sentencia.startswith("SELECT imagenes"):
            cursor.execute(f"EXPLAIN {sentencia}", parametros)
            planes.append("\n".join(f[0] for f in cursor.fetchall()))

    sa.event.listen(motor, "before_cursor_execute", explicar)
    assert len(api.get("/procesar/imagenes", query_string={"modalidad": "m7"}).json["elementos"]) == 1
    assert "imagenes_modalidad" in planes[0]


def test_un_comando_descartado_queda_rechazado_y_lo_dice(bus, api, motor):
    assert bus.descartar(recibido("c-1"))
    assert not bus.descartar(recibido("c-1"))

    rechazado = api.get("/procesar/comandos/c-1").json
    assert rechazado["estado"] == "RECHAZADO"
    assert rechazado["motivo"] == "No fue posible procesar el comando, y se descartó."
    assert cuantas(motor, tablas.imagenes) == 0
    with motor.connect() as conexion:
        dicho = conexion.execute(sa.select(bd.outbox.c.tipo, bd.outbox.c.causa)).one()
    assert dicho.tipo.endswith(".AnonimizacionRechazada.v1")
    assert dicho.causa == "c-1"
