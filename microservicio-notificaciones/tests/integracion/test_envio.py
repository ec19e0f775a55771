"""From a fact to the letter in the client's box, and what is told of it."""

import threading

import pytest
import sqlalchemy as sa

from notificaciones.aplicacion.envio import Politica
from notificaciones.entrada import enviador
from notificaciones.infraestructura.envios import ColaEnviosSQL
from seedwork.pruebas.bases import como_dueno

pytestmark = pytest.mark.integracion

LISTO = ["ConfirmacionNotificacion", "NOTIFICAR HECHO", "NotificacionCreada", "NotificacionEnviada"]


def test_un_servicio_listo_llega_por_correo_y_responde_a_la_saga(servicio, hecho, buzon, hasta):
    with servicio.enviando():
        servicio.procesar(hecho("aprovisionada"), ids=["hecho-1"])
        hasta(lambda: servicio.estados() == {"SERVICIO_LISTO": "CONFIRMADA"})

    (mensaje,) = buzon.mensajes
    ((id,),) = servicio.filas("SELECT id FROM vista_notificaciones")
    assert mensaje["To"].addresses[0].addr_spec == "izuluaga1@correo.example"
    assert mensaje["Message-ID"] == f"<{id}@saludtech.example>"
    assert mensaje["Subject"] == "Su servicio de datos está listo"
    assert "Hola, Íñigo Zuluaga Ñáñez:" in mensaje.get_content()
    assert servicio.dicho() == LISTO
    for propiedades, _ in servicio.publicado():
        assert propiedades["ce_causationid"] == "hecho-1"
        assert propiedades["ce_correlationid"] == "g-1"
    secuencias = {type(m).__name__: p.get("ce_sequence") for p, m in servicio.publicado()}
    assert secuencias == {
        "NotificacionCreada": "1",
        "NotificacionEnviada": "2",
        "ConfirmacionNotificacion": "3",
        "TransicionSaga": None,
    }
    paso = servicio.mensaje("TransicionSaga")
    assert (paso.id_saga, paso.id_suscripcion, paso.participante) == ("g-1", "s-1", "notificaciones")
    assert paso.recursos_requeridos == ("servicio_datos",)


def test_lo_que_queda_no_dice_de_quien_es(servicio, hecho, buzon, hasta, capsys):
    buzon.respuestas = ["554 no", "451 luego"]
    with servicio.enviando(hilos=1):
        todos = ["aprovisionada", "rechazada", "activada", "plan_modificado", "pagada", "cancelada", "cambio_rechazado"]
        for n, nombre in enumerate(todos, 1):
            servicio.procesar(hecho(nombre, n, recursos_requeridos=()))
        hasta(servicio.sin_envios)

    tablas = [t for (t,) in servicio.filas("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    assert {"eventos", "outbox", "envios", "vista_notificaciones"} <= set(tablas)
    quedan = [f"{tabla}: {fila}" for tabla in tablas for fila in servicio.filas(f"SELECT t::text FROM {tabla} t")]
    quedan += [bytes(carga).decode(errors="replace") for (carga,) in servicio.filas("SELECT carga FROM outbox")]
    quedan.append(capsys.readouterr().out)
    assert "SUSCRIPCION_ACTIVA" in str(quedan)
    for dato in ("Íñigo", "Zuluaga", "izuluaga", "correo.example", "Cali"):
        assert [q for q in quedan if dato in q] == []


def test_muchos_a_la_vez_una_carta_cada_uno(servicio, hecho, buzon, hasta):
    hechos = [hecho("aprovisionada", n) for n in range(60)]
    with servicio.enviando():
        for i in range(0, 60, 20):
            servicio.procesar(*hechos[i : i + 20], *hechos[:i])
        hasta(servicio.sin_envios)

    assert len({m["Message-ID"] for m in buzon.mensajes}) == len(buzon.mensajes) == 60
    assert servicio.filas("SELECT DISTINCT estado, count(*) FROM vista_notificaciones GROUP BY 1") == [
        ("CONFIRMADA", 60)
    ]
    assert len(buzon.conexiones) <= 4
    assert servicio.dicho().count("NOTIFICAR HECHO") == 60
    # What ended together was noted together.
    ((transacciones,),) = servicio.filas("SELECT count(DISTINCT xmin::text) FROM eventos WHERE version = 2")
    assert transacciones < 60


def _cuatro_en_mano(servicio, hecho, buzon, hasta):
    """Four letters on their way at once, which the server lets wait."""
    buzon.paso.clear()
    servicio.procesar(*[hecho("aprovisionada", n) for n in range(4)])
    hasta(lambda: servicio.filas("SELECT count(*) FROM envios WHERE tomado_hasta > clock_timestamp()") == [(4,)])


def test_un_envio_que_no_se_puede_asentar_no_estorba_a_los_demas(servicio, hecho, buzon, hasta):
    with como_dueno(servicio.motor) as dueno, dueno.begin() as conexion:
        conexion.execute(
            sa.text(
                "CREATE FUNCTION negar() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;"
                "CREATE TRIGGER negar BEFORE INSERT ON outbox FOR EACH ROW"
                " WHEN (NEW.sujeto = 's-2' AND NEW.tipo LIKE '%TransicionSaga%') EXECUTE FUNCTION negar()"
            )
        )
    with servicio.enviando():
        _cuatro_en_mano(servicio, hecho, buzon, hasta)
        buzon.paso.set()
        hasta(lambda: servicio.filas("SELECT id_suscripcion FROM envios") == [("s-2",)])
        assert servicio.dicho().count("NOTIFICAR HECHO") == 3
        with como_dueno(servicio.motor) as dueno, dueno.begin() as conexion:
            conexion.execute(sa.text("DROP TRIGGER negar ON outbox"))
            conexion.execute(sa.text("UPDATE envios SET tomado_hasta = NULL"))
        hasta(servicio.sin_envios)

    assert servicio.dicho().count("NOTIFICAR HECHO") == 4
    assert len({m["Message-ID"] for m in buzon.mensajes}) == 4


def test_el_que_se_anula_en_este_momento_se_asienta_despues(servicio, hecho, buzon, hasta):
    en_espera = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'enviador' AND wait_event_type = 'Lock'"
    with servicio.enviando():
        _cuatro_en_mano(servicio, hecho, buzon, hasta)
        with servicio.motor.begin() as conexion:
            conexion.execute(sa.text("SELECT 1 FROM envios ORDER BY id_notificacion DESC LIMIT 1 FOR UPDATE"))
            buzon.paso.set()
            # It waits for that one with no other locked: so the two can't wait for each other.
            hasta(lambda: servicio.filas(en_espera))
            conexion.execute(sa.text("SELECT 1 FROM envios FOR UPDATE NOWAIT"))
        hasta(servicio.sin_envios)

    assert servicio.dicho().count("NOTIFICAR HECHO") == 4


def test_un_servidor_que_pide_tiempo_se_intenta_otra_vez(servicio, hecho, buzon, hasta):
    buzon.respuestas = ["451 más tarde", "452 sin sitio"]
    with servicio.enviando():
        servicio.procesar(hecho("aprovisionada"))
        hasta(servicio.sin_envios)

    assert len(buzon.mensajes) == 1
    assert servicio.dicho() == LISTO
    assert servicio.mensaje("NotificacionEnviada").intentos == 3


@pytest.mark.parametrize(
    ("donde", "respuesta"), [("al_destinatario", "550 no existe"), ("respuestas", "550 5.1.1 no existe")]
)
def test_un_buzon_que_se_rechaza_no_se_intenta_mas(servicio, hecho, buzon, hasta, donde, respuesta):
    getattr(buzon, donde).append(respuesta)
    with servicio.enviando():
        servicio.procesar(hecho("aprovisionada"))
        hasta(servicio.sin_envios)

    assert buzon.mensajes == []
    assert servicio.estados() == {"SERVICIO_LISTO": "FALLIDA"}
    assert servicio.dicho() == ["ErrorProcesamientoNotificacion", "NOTIFICAR FALLIDO", "NotificacionCreada"]
    error = servicio.mensaje("ErrorProcesamientoNotificacion")
    assert (error.intentos, error.motivo) == (1, "CANAL_RECHAZO")


def test_un_relevo_que_nos_rechaza_no_es_culpa_de_ningun_cliente(servicio, hecho, buzon, hasta):
    """`554 5.7.1 Relay access denied`, and each letter of its own waits as long as there is time."""
    buzon.al_destinatario = ["554 5.7.1 Relay access denied"] * 1000
    with servicio.enviando():
        servicio.procesar(*[hecho("aprovisionada", n) for n in range(3)])
        hasta(servicio.vigia.motivo)
        assert "RCPT 554 5.7.1" in servicio.vigia.motivo()
        assert servicio.estados() == {"SERVICIO_LISTO": "CREADA"}
        buzon.al_destinatario.clear()
        hasta(servicio.sin_envios)
        assert servicio.vigia.motivo() is None

    assert servicio.estados() == {"SERVICIO_LISTO": "CONFIRMADA"}
    assert servicio.dicho() == sorted(LISTO * 3)


def test_un_servidor_que_no_nos_oye_no_gasta_los_intentos_de_nadie(servicio, hecho, buzon, hasta):
    """`530 Must issue a STARTTLS command first`, say: the watch closes the channel, and letters wait for its word."""
    buzon.al_remitente = "530 5.7.0 Must issue a STARTTLS command first"
    with servicio.enviando():
        hasta(lambda: servicio.vigia.cerrado)
        servicio.procesar(*[hecho("aprovisionada", n) for n in range(20)])
        vistas = buzon.rechazos
        hasta(lambda: buzon.rechazos >= vistas + 3)
        assert servicio.filas("SELECT DISTINCT intentos, proximo = creado FROM envios") == [(0, True)]
        assert "MAIL 530 5.7.0" in servicio.vigia.motivo()
        buzon.al_remitente = ""
        hasta(servicio.sin_envios)

    assert servicio.estados() == {"SERVICIO_LISTO": "CONFIRMADA"}
    assert {m.intentos for _, m in servicio.publicado() if type(m).__name__ == "NotificacionEnviada"} == {1}


def test_si_no_se_arregla_a_tiempo_fallan_a_tiempo(servicio, hecho, buzon, hasta):
    buzon.al_remitente = "530 5.7.0 Must issue a STARTTLS command first"
    servicio.politica = Politica(plazo_s=4, espera_s=1, pausa_s=0.05)
    with servicio.enviando():
        servicio.procesar(*[hecho("aprovisionada", n) for n in range(20)])
        hasta(servicio.sin_envios)

    assert servicio.estados() == {"SERVICIO_LISTO": "FALLIDA"}
    assert servicio.dicho().count("NOTIFICAR FALLIDO") == 20
    # They were tried again; until when, test_enviador.py shows by a clock that nobody holds up.
    ((antes,),) = servicio.filas("SELECT min(extract(epoch FROM actualizada - creada)) FROM vista_notificaciones")
    assert antes > 1


def test_un_buzon_malo_no_cuesta_nada_a_sus_vecinos(servicio, hecho, buzon, hasta):
    """One whose refusal looks like trouble of ours is tried to its end, and nobody waits for it."""
    buzon.solo_a["izuluaga7@correo.example"] = "554 5.7.1 not from you"
    servicio.politica = Politica(plazo_s=4, espera_s=1, pausa_s=0.05)
    with servicio.enviando():
        servicio.procesar(*[hecho("aprovisionada", n) for n in range(20)])
        hasta(servicio.sin_envios)
        assert servicio.vigia.motivo() is None

    assert servicio.filas("SELECT id_suscripcion FROM vista_notificaciones WHERE estado <> 'CONFIRMADA'") == [("s-7",)]
    assert servicio.dicho().count("NOTIFICAR HECHO") == 19
    assert {m.intentos for _, m in servicio.publicado() if type(m).__name__ == "NotificacionEnviada"} == {1}


def test_la_carta_va_al_dominio_que_se_dio(servicio, hecho, buzon, hasta):
    with servicio.enviando():
        servicio.procesar(hecho("aprovisionada", cliente_email="ana@faß.de"))
        hasta(servicio.sin_envios)

    assert buzon.destinatarios == ["ana@xn--fa-hia.de"], "fass.de is a stranger's"


def test_una_direccion_imposible_falla_sin_molestar_al_servidor(servicio, hecho, buzon, hasta):
    with servicio.enviando():
        servicio.procesar(hecho("aprovisionada", cliente_email="a@b.co\r\nBcc: otra@mal.example"))
        hasta(servicio.sin_envios)

    assert buzon.conexiones == set()
    assert servicio.estados() == {"SERVICIO_LISTO": "FALLIDA"}


def test_sin_servidor_los_reintentos_acaban_a_tiempo(servicio, hecho, hasta):
    servicio.puerto_smtp = 1
    servicio.politica = Politica(plazo_s=4, espera_s=1, pausa_s=0.05)
    with servicio.enviando():
        servicio.procesar(hecho("aprovisionada"))
        hasta(servicio.sin_envios)

    assert servicio.estados() == {"SERVICIO_LISTO": "FALLIDA"}
    assert servicio.mensaje("TransicionSaga").motivo == "CANAL_NO_DISPONIBLE"
    ((segundos,),) = servicio.filas("SELECT extract(epoch FROM actualizada - creada) FROM vista_notificaciones")
    assert segundos > 1


def test_un_servidor_mudo_no_retiene_mas_que_su_tiempo(servicio, hecho, buzon, hasta):
    servicio.politica = Politica(plazo_s=40, espera_s=1, pausa_s=2)
    buzon.paso.clear()
    with servicio.enviando():
        servicio.procesar(hecho("aprovisionada"))
        hasta(lambda: servicio.filas("SELECT 1 FROM envios WHERE tomado_hasta IS NULL AND intentos = 1"))
        buzon.paso.set()
        hasta(servicio.sin_envios)

    assert servicio.estados() == {"SERVICIO_LISTO": "CONFIRMADA"}
    assert len({m["Message-ID"] for m in buzon.mensajes}) == 1


def test_no_hay_transaccion_abierta_mientras_se_habla_con_el_servidor(servicio, hecho, buzon, hasta):
    buzon.paso.clear()
    with servicio.enviando():
        servicio.procesar(hecho("aprovisionada"))
        hasta(buzon.esperando.is_set)
        abiertas = servicio.filas(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND xact_start IS NOT NULL AND pid <> pg_backend_pid()"
        )
        assert abiertas == [(0,)]
        assert servicio.filas("SELECT intentos FROM envios WHERE tomado_hasta > clock_timestamp()") == [(1,)]
        buzon.paso.set()
        hasta(servicio.sin_envios)


def test_lo_que_un_proceso_dejo_al_morir_lo_envia_el_siguiente(servicio, hecho, buzon, hasta):
    servicio.procesar(hecho("aprovisionada"))
    with servicio.motor.begin() as conexion:
        conexion.execute(sa.text("UPDATE envios SET intentos = 1, tomado_hasta = clock_timestamp() + interval '0.3 s'"))
    with servicio.enviando():
        hasta(servicio.sin_envios)

    assert len(buzon.mensajes) == 1
    assert servicio.mensaje("NotificacionEnviada").intentos == 2


def test_al_parar_se_devuelve_lo_que_no_acabo(servicio, hecho, buzon, hasta):
    buzon.paso.clear()
    with servicio.enviando():
        servicio.procesar(hecho("aprovisionada"))
        hasta(buzon.esperando.is_set)

    assert servicio.filas("SELECT intentos, tomado_hasta FROM envios") == [(1, None)]
    buzon.paso.set()
    with servicio.enviando():
        hasta(servicio.sin_envios)
    assert servicio.estados() == {"SERVICIO_LISTO": "CONFIRMADA"}
    assert len({m["Message-ID"] for m in buzon.mensajes}) == 1


def test_al_parar_no_se_devuelve_lo_que_ya_tiene_otro(servicio, hecho, buzon, hasta):
    """Its lease ended meanwhile: whoever has it now must not lose it to a third, or the letter goes out once more."""
    buzon.paso.clear()
    with servicio.enviando():
        servicio.procesar(hecho("aprovisionada"))
        hasta(buzon.esperando.is_set)
        with servicio.motor.begin() as conexion:
            conexion.execute(sa.text("UPDATE envios SET tomado_hasta = clock_timestamp()"))
        (otro,) = ColaEnviosSQL(servicio.motor).tomar(1, 30.0, [])

    assert servicio.filas("SELECT intentos, tomado_hasta FROM envios") == [(2, otro.tomado_hasta)]
    buzon.paso.set()


def test_el_rechazo_mientras_se_reintenta_anula_y_avisa(servicio, hecho, buzon, hasta):
    buzon.respuestas = ["451 luego"] * 1000
    with servicio.enviando():
        servicio.procesar(hecho("aprovisionada"))
        hasta(lambda: servicio.filas("SELECT 1 FROM envios WHERE intentos > 1"))
        servicio.procesar(hecho("rechazada"))
        hasta(lambda: servicio.estados().get("SERVICIO_LISTO") == "ANULADA")
        buzon.respuestas.clear()
        hasta(servicio.sin_envios)

    assert servicio.estados() == {"SERVICIO_LISTO": "ANULADA", "SUSCRIPCION_RECHAZADA": "CONFIRMADA"}
    (mensaje,) = buzon.mensajes
    assert "no se completó dentro del plazo" in mensaje.get_content()
    assert [d for d in servicio.dicho() if " " in d] == ["AVISAR HECHO", "NOTIFICAR OMITIDO"]
    assert {m.paso: m.compensacion for _, m in servicio.publicado() if hasattr(m, "paso")} == {
        "NOTIFICAR": False,
        "AVISAR": True,
    }


def test_el_exito_de_lo_que_se_enviaba_al_rechazar_se_anota(servicio, hecho, buzon, hasta):
    buzon.paso.clear()
    with servicio.enviando():
        servicio.procesar(hecho("aprovisionada"))
        hasta(buzon.esperando.is_set)
        servicio.procesar(hecho("rechazada"))
        buzon.paso.set()
        hasta(servicio.sin_envios)

    assert servicio.estados() == {"SERVICIO_LISTO": "CONFIRMADA", "SUSCRIPCION_RECHAZADA": "CONFIRMADA"}
    assert [d for d in servicio.dicho() if " " in d] == ["AVISAR HECHO", "NOTIFICAR HECHO"]


def test_de_lo_que_se_rechazo_al_pedirlo_no_sale_carta(servicio, hecho, buzon, hasta):
    with servicio.enviando():
        servicio.procesar(hecho("rechazada", recursos_requeridos=()), hecho("aprovisionada", 2))
        hasta(lambda: servicio.estados() == {"SERVICIO_LISTO": "CONFIRMADA"} and servicio.sin_envios())

    assert len(buzon.mensajes) == 1
    assert [d for d in servicio.dicho() if " " in d] == ["NOTIFICAR HECHO"]
    assert servicio.filas("SELECT id_suscripcion FROM suscripciones WHERE cerrada") == [("s-1",)]


@pytest.mark.parametrize("juntos", [True, False], ids=["en un lote", "en dos"])
def test_el_rechazo_antes_que_su_causa(servicio, hecho, buzon, hasta, juntos):
    antes, despues = hecho("rechazada"), hecho("aprovisionada")
    with servicio.enviando():
        for lote in [(antes, despues)] if juntos else [(antes,), (despues,)]:
            servicio.procesar(*lote)
        hasta(servicio.sin_envios)

    assert servicio.estados() == {"SUSCRIPCION_RECHAZADA": "CONFIRMADA"}
    assert [d for d in servicio.dicho() if " " in d] == ["AVISAR HECHO", "NOTIFICAR OMITIDO"]


def test_en_un_lote_el_rechazo_anula_lo_que_su_causa_encolo_y_nada_mas(servicio, hecho):
    """What this transaction queued is not in the table yet when it is called off."""
    servicio.procesar(hecho("aprovisionada", 1), hecho("aprovisionada", 2), hecho("rechazada", 1))

    assert servicio.filas("SELECT id_suscripcion, tipo, intentos FROM envios ORDER BY 1") == [
        ("s-1", "SUSCRIPCION_RECHAZADA", 0),
        ("s-2", "SERVICIO_LISTO", 0),
    ]
    assert servicio.filas("SELECT id_suscripcion, tipo, estado FROM vista_notificaciones ORDER BY 1, 2") == [
        ("s-1", "SERVICIO_LISTO", "ANULADA"),
        ("s-1", "SUSCRIPCION_RECHAZADA", "CREADA"),
        ("s-2", "SERVICIO_LISTO", "CREADA"),
    ]
    assert [d for d in servicio.dicho() if " " in d] == ["NOTIFICAR OMITIDO"]


@pytest.mark.parametrize(
    "hechos",
    [
        ("aprovisionada", "cambio_rechazado", "cancelada"),
        ("aprovisionada", "cancelada", "cambio_rechazado"),
    ],
)
@pytest.mark.parametrize("juntos", [True, False], ids=["en un lote", "cada uno"])
def test_cancelar_con_un_cambio_sin_decidir(servicio, hecho, buzon, hasta, hechos, juntos):
    todos = [hecho(n) for n in hechos]
    for lote in [todos] if juntos else [[h] for h in todos]:
        servicio.procesar(*lote)
    with servicio.enviando():
        hasta(servicio.sin_envios)

    assert servicio.estados() == {
        "SERVICIO_LISTO": "ANULADA",
        "CAMBIO_PLAN_RECHAZADO": "CONFIRMADA",
        "SUSCRIPCION_CANCELADA": "CONFIRMADA",
    }
    assert [d for d in servicio.dicho() if " " in d] == ["AVISAR HECHO", "AVISAR HECHO", "NOTIFICAR OMITIDO"]
    assert not [m for m in buzon.mensajes if "Cali" in m.get_content()]


@pytest.mark.parametrize("juntos", [True, False], ids=["en un lote", "cada uno"])
def test_lo_que_llega_tras_la_cancelacion_no_anuncia_nada(servicio, hecho, buzon, hasta, juntos):
    """A later saga's cancellation closes the subscription, and with it the sagas before."""
    todos = [
        hecho("cancelada", id_saga="g-9"),
        hecho("activada", recursos_requeridos=()),
        hecho("plan_modificado", id_saga="g-9"),
        hecho("aprovisionada", id_saga="g-9"),
        hecho("pagada"),
        hecho("activada", 2, recursos_requeridos=(), cliente_codigo="0001"),
    ]
    for lote in [todos] if juntos else [[h] for h in todos]:
        servicio.procesar(*lote)
    with servicio.enviando():
        hasta(servicio.sin_envios)

    assert servicio.filas("SELECT id_suscripcion, tipo, estado FROM vista_notificaciones ORDER BY 1, 2") == [
        ("s-1", "PAGO_RECIBIDO", "CONFIRMADA"),
        ("s-1", "SUSCRIPCION_CANCELADA", "CONFIRMADA"),
        ("s-2", "SUSCRIPCION_ACTIVA", "CONFIRMADA"),
    ]
    assert [d for d in servicio.dicho() if " " in d] == ["AVISAR HECHO", "NOTIFICAR OMITIDO"]


def test_una_suscripcion_en_marcha_y_luego_cancelada(servicio, hecho, buzon, hasta):
    with servicio.enviando():
        for nombre in ("aprovisionada", "activada", "pagada", "plan_modificado", "cancelada"):
            servicio.procesar(hecho(nombre))
            hasta(servicio.sin_envios)

    assert [m["Subject"] for m in buzon.mensajes] == [
        "Su servicio de datos está listo",
        "Recibimos su pago",
        "Su plan cambió",
        "Su suscripción quedó cancelada",
    ]
    assert set(servicio.estados().values()) == {"CONFIRMADA"}
    assert [d for d in servicio.dicho() if " " in d] == ["AVISAR HECHO", "NOTIFICAR HECHO"]


def test_el_hecho_y_su_deshacer_a_la_vez_se_turnan(servicio, hecho, hasta):
    """Whichever of two transactions comes first, the other sees what it did."""
    vueltas = 25
    barrera = threading.Barrier(2)

    def procesar(nombre: str) -> None:
        for n in range(vueltas):
            barrera.wait(20)
            servicio.procesar(hecho(nombre, n))

    hilos = [threading.Thread(target=procesar, args=(nombre,)) for nombre in ("aprovisionada", "cancelada")]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()

    assert servicio.filas(
        "SELECT count(*) FROM vista_notificaciones WHERE tipo = 'SERVICIO_LISTO' AND estado <> 'ANULADA'"
    ) == [(0,)]
    assert servicio.dicho().count("NOTIFICAR OMITIDO") == vueltas


def test_sigue_cuando_la_base_de_datos_corta_las_conexiones(servicio, hecho, buzon, hasta):
    cortar = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'enviador' AND usename = current_user"
    )
    with servicio.enviando():
        servicio.procesar(hecho("aprovisionada", 1))
        hasta(servicio.sin_envios)
        buzon.paso.clear()
        servicio.procesar(hecho("aprovisionada", 2))
        hasta(buzon.esperando.is_set)
        assert servicio.filas(cortar)
        buzon.paso.set()
        hasta(servicio.sin_envios)
        servicio.procesar(hecho("aprovisionada", 3))
        hasta(servicio.sin_envios)

    assert servicio.filas("SELECT count(*) FROM vista_notificaciones WHERE estado = 'CONFIRMADA'") == [(3,)]
    assert len({m["Message-ID"] for m in buzon.mensajes}) == 3


@pytest.mark.parametrize("corte", [False, True], ids=["tras un aviso", "tras perder la conexión"])
def test_en_reposo_no_mira_la_cola_sin_cesar(servicio, hecho, hasta, monkeypatch, corte):
    """What wakes its connection, be it a notice or the end of it, is read, or it would never sleep again."""
    monkeypatch.setattr(enviador, "SONDEO_S", 2.0)
    propias = "FROM pg_stat_activity WHERE application_name = 'enviador' AND usename = current_user"
    escucha = f"SELECT 1 {propias} AND query LIKE 'LISTEN%'"
    visto = [0, 0]

    def en_reposo() -> bool:
        visto[0], visto[1] = servicio.cola.miradas, visto[1] + 1 if visto[0] == servicio.cola.miradas else 0
        return visto[1] >= 20

    with servicio.enviando():
        hasta(lambda: servicio.filas(escucha))
        if corte:
            assert servicio.filas(f"SELECT pg_terminate_backend(pid) {propias}")
            hasta(lambda: servicio.filas(escucha))
        for n in range(3):
            servicio.procesar(hecho("aprovisionada", n))
            hasta(servicio.sin_envios)
        hasta(en_reposo)


def test_el_mismo_hecho_repetido_no_cambia_nada(servicio, hecho, buzon, hasta):
    with servicio.enviando():
        servicio.procesar(hecho("aprovisionada"), hecho("aprovisionada"), ids=["x", "x"])
        hasta(servicio.sin_envios)
        servicio.procesar(hecho("aprovisionada"), hecho("aprovisionada"), ids=["x", "y"])
        hasta(servicio.sin_envios)

    assert len(buzon.mensajes) == 1
    assert servicio.dicho() == LISTO


def test_no_se_toman_mas_de_los_que_caben_aunque_las_estadisticas_esten_vacias(servicio, hecho):
    """With the planner's idea of an empty table, a limit in a plain subquery was applied once per row."""
    with servicio.motor.connect() as conexion:
        autocommit = conexion.execution_options(isolation_level="AUTOCOMMIT")
        servicio.procesar(hecho("aprovisionada", 99))
        autocommit.execute(sa.text("DELETE FROM envios"))
        with como_dueno(servicio.motor) as dueno, dueno.begin() as suya:
            suya.execute(sa.text("ANALYZE envios"))
        servicio.procesar(*[hecho("aprovisionada", n) for n in range(40)])
        assert len(ColaEnviosSQL(servicio.motor).tomar(4, 30.0, [])) == 4
