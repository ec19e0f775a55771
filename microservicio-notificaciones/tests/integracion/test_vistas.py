"""The view follows from the events, live and rebuilt; the API shows it."""

import os
import subprocess
import sys
import threading

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from contratos.suscripciones import ClienteSuprimido
from notificaciones.aplicacion.consultas.obtener_correo_de_notificacion import AVISO
from notificaciones.entrada.http import registrar_rutas
from notificaciones.infraestructura.consultas import LecturaNotificaciones
from notificaciones.infraestructura.vistas import atrasadas, reconstruir
from seedwork.entrada.servicio import crear_app_sobre
from seedwork.infraestructura.almacen_eventos import verificar
from seedwork.infraestructura.consultas import TAMANO_PAGINA
from seedwork.pruebas.bases import ajena, como_dueno, de_dueno
from seedwork.pruebas.respuestas import cliente_fiel

pytestmark = pytest.mark.integracion

INDICES = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename LIKE 'vista%' ORDER BY 1"
TODA = "SELECT to_jsonb(v) FROM vista_notificaciones v ORDER BY orden"


@pytest.fixture
def cliente(servicio) -> FlaskClient:
    app = crear_app_sobre(servicio.motor)
    registrar_rutas(app, LecturaNotificaciones(servicio.motor, servicio.plantillas))
    return cliente_fiel(app)


def _rehacer(servicio) -> int:
    with como_dueno(servicio.motor) as dueno:
        return reconstruir(dueno)


def test_reconstruida_es_igual_a_la_viva(servicio, hecho, buzon, hasta):
    buzon.respuestas = ["250 OK", "550 5.2.1 no", "250 OK"]
    servicio.procesar(hecho("aprovisionada", 1), hecho("rechazada", 1), hecho("activada", 2, recursos_requeridos=()))
    with servicio.enviando(hilos=1):
        for n in range(3, 6):
            servicio.procesar(hecho("aprovisionada", n))
        hasta(servicio.sin_envios)
    servicio.procesar(hecho("aprovisionada", 9))
    viva = servicio.filas(TODA)
    assert {f["estado"] for (f,) in viva} == {"ANULADA", "CONFIRMADA", "FALLIDA", "CREADA"}

    indices = servicio.filas(INDICES)
    for _ in range(2):
        assert _rehacer(servicio) == servicio.filas("SELECT count(*) FROM eventos")[0][0]
        assert servicio.filas(TODA) == viva
        assert servicio.filas(INDICES) == indices

    with servicio.enviando():
        hasta(servicio.sin_envios)
    assert servicio.filas("SELECT estado FROM vista_notificaciones WHERE id_saga = 'g-9'") == [("CONFIRMADA",)]


def test_reconstruir_no_pierde_lo_que_llega_mientras(servicio, hecho, hasta):
    llegados = 0
    parada = threading.Event()

    def llegar() -> None:
        nonlocal llegados
        while not parada.is_set():
            servicio.procesar(hecho("aprovisionada", llegados))
            llegados += 1

    hilo = threading.Thread(target=llegar)
    hilo.start()
    try:
        hasta(lambda: llegados > 20)
        for _ in range(5):
            _rehacer(servicio)
    finally:
        parada.set()
        hilo.join()

    assert servicio.filas("SELECT count(*) FROM vista_notificaciones") == [(llegados,)]
    with servicio.motor.connect() as conexion:
        assert atrasadas(conexion) == []


def test_un_almacen_recortado_al_final_se_nota_en_la_vista(servicio, hecho):
    servicio.procesar(hecho("aprovisionada"))
    servicio.procesar(hecho("rechazada"))
    with como_dueno(servicio.motor) as dueno, dueno.begin() as conexion:
        assert list(verificar(conexion)) == []
        assert atrasadas(conexion) == []
        conexion.execute(sa.text("ALTER TABLE eventos DISABLE TRIGGER eventos_solo_anexar"))
        (id,) = conexion.execute(sa.text("DELETE FROM eventos WHERE version = 2 RETURNING flujo")).one()
        assert list(verificar(conexion)) == []
        assert atrasadas(conexion) == [id]


def mandar(url: str, *verbo: str) -> "subprocess.Popen[str]":
    orden = [sys.executable, "-m", "notificaciones", *verbo]
    entorno = os.environ | {"DATABASE_URL": url, "DATABASE_URL_MIGRACION": de_dueno(url)}
    return subprocess.Popen(orden, env=entorno, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("verbo", ["vistas reconstruir", "eventos verificar"])
def test_sin_base_de_datos_un_mando_lo_dice_en_una_linea(verbo):
    proceso = mandar("postgresql://u:clave@127.0.0.1:1/nada", *verbo.split())
    salida, errores = proceso.communicate(timeout=60)
    assert (proceso.returncode, salida) == (1, "")
    assert errores == "no se puede hacer ahora (OperationalError): ¿responden la base de datos y el broker?\n"


def test_si_la_base_muere_mientras_se_rehace_la_vista_se_dice_y_la_vista_queda(servicio, hecho, hasta):
    matar = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    servicio.procesar(hecho("aprovisionada"))
    antes = servicio.filas(TODA)

    def matar_al_que_espera() -> int:
        # A role ends its own sessions: this one is the owner's.
        with como_dueno(servicio.motor) as dueno, dueno.connect() as conexion:
            return len(conexion.execute(sa.text(matar)).all())

    with ajena(de_dueno(servicio.url)) as conexion:
        conexion.execute(sa.text("LOCK TABLE eventos IN ACCESS EXCLUSIVE MODE"))
        proceso = mandar(servicio.url, "vistas", "reconstruir")
        hasta(matar_al_que_espera, 180)
    salida, errores = proceso.communicate(timeout=60)
    assert (proceso.returncode, salida) == (1, "")
    (linea,) = errores.splitlines()
    assert linea.startswith("no se puede hacer ahora (")
    assert linea.endswith("): ¿responden la base de datos y el broker?")
    assert servicio.filas(TODA) == antes


def test_el_mando_dice_que_evento_no_es_el_que_se_anexo(servicio, hecho):
    def verificado() -> tuple[int, str]:
        orden = [sys.executable, "-m", "notificaciones", "eventos", "verificar"]
        hecho = subprocess.run(
            orden, env=os.environ | {"DATABASE_URL": servicio.url}, capture_output=True, text=True, timeout=60
        )
        return hecho.returncode, hecho.stdout + hecho.stderr

    servicio.procesar(hecho("aprovisionada"))
    servicio.procesar(hecho("rechazada"))
    assert verificado()[0] == 0

    with como_dueno(servicio.motor) as dueno, dueno.begin() as conexion:
        conexion.execute(sa.text("ALTER TABLE eventos DISABLE TRIGGER eventos_solo_anexar"))
        (id,) = conexion.execute(
            sa.text(
                "UPDATE eventos SET datos = jsonb_set(datos, '{motivo}', '\"OTRO\"') WHERE version = 2 RETURNING flujo"
            )
        ).one()
    codigo, dicho = verificado()
    assert codigo == 1
    assert f"{id} versión 2: su huella no es la de su contenido" in dicho


def test_una_notificacion_y_su_historia(servicio, hecho, buzon, hasta, cliente):
    buzon.respuestas = ["550 5.2.1 no"]
    with servicio.enviando():
        servicio.procesar(hecho("aprovisionada"))
        hasta(servicio.sin_envios)

    (elemento,) = cliente.get("/notificaciones?suscripcion=s-1").json["elementos"]
    id = elemento["id_notificacion"]
    una = cliente.get(f"/notificaciones/{id}")
    historia = cliente.get(f"/notificaciones/{id}/eventos").json

    assert una.status_code == 200
    assert una.json == elemento
    assert elemento == {
        "id_notificacion": id,
        "estado": "FALLIDA",
        "motivo": "El canal rechazó la notificación.",
        "tipo": "SERVICIO_LISTO",
        "canal": "CORREO",
        "asunto": "Su servicio de datos está listo",
        "id_suscripcion": "s-1",
        "id_saga": "g-1",
        "cliente_codigo": "0001",
        "creada": elemento["creada"],
        "actualizada": elemento["actualizada"],
    }
    assert elemento["creada"].endswith("Z") and elemento["actualizada"].endswith("Z")
    assert historia["siguiente"] is None
    assert [(e["tipo"], e["version"]) for e in historia["elementos"]] == [
        ("NotificacionCreada", 1),
        ("NotificacionFallida", 2),
    ]
    assert historia["elementos"][0]["ocurrido"] == elemento["creada"]
    assert historia["elementos"][1]["datos"]["motivo"] == "CANAL_RECHAZO"


def test_la_carta_se_vuelve_a_componer_sin_nombre_aunque_se_olvide_al_cliente(servicio, hecho, buzon, hasta, cliente):
    with servicio.enviando():
        servicio.procesar(hecho("rechazada"))
        hasta(servicio.sin_envios)
    enviada = buzon.mensajes[0].get_content()
    id = cliente.get("/notificaciones?suscripcion=s-1").json["elementos"][0]["id_notificacion"]

    servicio.procesar(ClienteSuprimido(id_suscripcion="s-1"))

    carta = cliente.get(f"/notificaciones/{id}/carta").json
    assert carta == {
        "id_notificacion": id,
        "asunto": buzon.mensajes[0]["Subject"],
        "texto": carta["texto"],
        "aviso": AVISO,
    }
    # Line by line, all but the greeting is what was sent.
    iguales = zip(carta["texto"].splitlines(), enviada.splitlines(), strict=True)
    assert [(mia, suya) for mia, suya in iguales if mia != suya] == [("Hola:", "Hola, Íñigo Zuluaga Ñáñez:")]
    assert "@" not in str(carta)


def test_las_paginas_filtran_y_no_repiten(servicio, hecho, cliente):
    servicio.procesar(*[hecho("aprovisionada", n, cliente_codigo="0007") for n in range(TAMANO_PAGINA + 5)])
    servicio.procesar(hecho("aprovisionada", 999))

    primera = cliente.get("/notificaciones?cliente=0007").json
    segunda = cliente.get(f"/notificaciones?cliente=0007&cursor={primera['siguiente']}").json

    assert cliente.get(f"/notificaciones?cursor={primera['siguiente']}").status_code == 422
    assert (len(primera["elementos"]), len(segunda["elementos"])) == (TAMANO_PAGINA, 5)
    assert segunda["siguiente"] is None
    assert len({e["id_suscripcion"] for e in primera["elementos"] + segunda["elementos"]}) == TAMANO_PAGINA + 5
    assert len(cliente.get("/notificaciones?cliente=0007&suscripcion=s-3").json["elementos"]) == 1
    como_estan = {e["estado"] for e in primera["elementos"]}
    assert len(como_estan) == 1
    (estado,) = como_estan
    assert cliente.get(f"/notificaciones?cliente=0007&estado={estado}").json["elementos"] == primera["elementos"]
    assert cliente.get("/notificaciones?estado=FALLIDA").json["elementos"] == []
    assert cliente.get("/notificaciones?cliente=nadie").json == {"elementos": [], "siguiente": None}


@pytest.mark.parametrize("ruta", ["/notificaciones/nada", "/notificaciones/nada/eventos", "/notificaciones/nada/carta"])
def test_lo_que_no_existe(cliente, ruta):
    respuesta = cliente.get(ruta)

    assert respuesta.status_code == 404
    assert respuesta.headers["Retry-After"] == "1"
