"""Bus and unit of work on a real PostgreSQL: one effect a message, and all of it or nothing."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from seedwork.aplicacion.bus import Bus, Recibido
from seedwork.aplicacion.sobre import Sobre
from seedwork.infraestructura.unidad_sql import abridor
from seedwork.pruebas import cuaderno

pytestmark = pytest.mark.integracion

TODO = ("apuntes", "inbox", "outbox", "comandos", "claves_idempotencia", "lotes")


def cuentas(taller) -> dict[str, int]:
    return {tabla: taller.contar(f"SELECT count(*) FROM {tabla}") for tabla in TODO}


def destino(taller, orden) -> tuple[str, str | None]:
    sql = f"SELECT estado || coalesce(' ' || motivo, '') FROM comandos WHERE id_comando = '{orden.sobre.id}'"
    with taller.motor.connect() as conexion:
        return conexion.exec_driver_sql(sql).scalar_one()


def test_una_repeticion_no_hace_nada(taller):
    orden = taller.orden("h", 1)
    taller.bus().procesar([orden])
    antes = cuentas(taller)

    for _ in range(3):
        taller.bus().procesar([orden])

    assert cuentas(taller) == antes
    assert taller.apuntes() == [("h", 1)]


def test_una_orden_que_el_inbox_olvido_se_conoce_por_su_destino(taller):
    orden = taller.orden("h", 1)
    taller.bus().procesar([orden])
    with taller.motor.begin() as conexion:
        conexion.exec_driver_sql("DELETE FROM inbox")

    taller.bus().procesar([orden, taller.orden("h", 2)])

    assert taller.apuntes() == [("h", 1), ("h", 2)]
    assert taller.contar("SELECT count(*) FROM comandos") == 2


def test_dos_veces_en_un_lote_es_una_vez_y_en_su_orden(taller):
    uno, dos = taller.orden("h", 1), taller.orden("h", 2)

    taller.bus().procesar([uno, dos, uno, uno, dos])

    assert taller.apuntes() == [("h", 1), ("h", 2)]


def test_veinte_copias_a_la_vez_son_una(taller):
    orden = taller.orden("h", 1, "duerme:0.01")

    with ThreadPoolExecutor(20) as hilos:
        list(hilos.map(lambda _: taller.bus().procesar([orden]), range(20)))

    assert taller.apuntes() == [("h", 1)]
    assert taller.contar("SELECT count(*) FROM outbox") == 1


def test_un_fallo_no_deja_nada_ni_del_resto_del_lote(taller):
    bus = taller.bus()

    with pytest.raises(ValueError, match="no pude"):
        bus.procesar([taller.orden("h", 1, clave_idempotencia="k"), taller.orden("h", 2, "falla")])

    assert not any(cuentas(taller).values())


def test_estado_bandeja_y_salida_se_confirman_juntos(taller):
    fabrica = cuaderno.UnidadCuaderno
    orden = taller.orden("h", 1)

    with abridor(taller.motor, lambda c: fabrica(c, taller.contexto))() as unidad:
        assert unidad.recibir("c", {orden.sobre.id}) == {orden.sobre.id}
        unidad.atender(orden.sobre)
        unidad.apuntar("h", 1)
        unidad.volcar()
        assert not any(cuentas(taller).values()), "nadie ve nada antes de confirmar"
        unidad._salientes.clear()

    assert cuentas(taller) == dict.fromkeys(TODO, 0) | {"apuntes": 1, "inbox": 1, "outbox": 1}


def test_una_clave_es_del_primer_comando_que_la_trae(taller):
    primero, segundo, tercero = (taller.orden("h", n, clave_idempotencia="k") for n in range(3))

    taller.bus().procesar([primero, segundo])
    taller.bus().procesar([tercero])
    taller.bus().procesar([primero])

    assert taller.apuntes() == [("h", 0)]
    assert destino(taller, primero) == "APLICADO"
    assert destino(taller, segundo) == destino(taller, tercero) == "RECHAZADO CLAVE_DE_IDEMPOTENCIA_REUTILIZADA"


def test_un_rechazo_tambien_gasta_la_clave(taller):
    primero = taller.orden("h", 0, "rechaza", clave_idempotencia="k")
    segundo = taller.orden("h", 1, clave_idempotencia="k")

    taller.bus().procesar([primero])
    taller.bus().procesar([segundo])

    assert taller.apuntes() == []
    assert destino(taller, primero) == "RECHAZADO NO_QUIERO"


def test_el_lote_termina_con_su_transaccion(taller):
    consumidor = taller.hacer_consumidor()
    entregas = consumidor._entregas
    orden = taller.orden("h", 1)
    assert entregas.empezar_lote({orden.sobre.id}) == set()
    assert entregas.empezar_lote({orden.sobre.id}) == set(), "el propio no es sospechoso"

    otro = taller.hacer_consumidor()._entregas
    assert otro.empezar_lote({orden.sobre.id, "otra"}) == {orden.sobre.id}
    otro.terminar_lote()

    taller.bus().procesar([orden], lote=entregas.lote)
    assert otro.empezar_lote({orden.sobre.id}) == set()


def test_el_constructor_exige_saber_rechazar_ordenes(taller):
    apuntar = taller.apuntar
    with pytest.raises(ValueError, match="cómo se rechaza"):
        Bus("c", lambda: None, {apuntar: lambda _m, _u: None})
    with pytest.raises(ValueError, match="no tiene manejadores"):
        Bus("c", lambda: None, {})
    assert isinstance(taller.orden("h", 1), Recibido)
    assert isinstance(taller.orden("h", 1).sobre, Sobre)


def test_quien_descarta_espera_a_quien_esta_atendiendo(taller):
    orden = taller.orden("h", 1)
    atendiendo, seguir = threading.Event(), threading.Event()

    def despacio(orden, unidad):
        atendiendo.set()
        assert seguir.wait(30)
        unidad.apuntar(orden.hoja, orden.linea)

    lento = cuaderno.hacer_bus(taller.motor, taller.contexto, despacio)
    with ThreadPoolExecutor() as hilos:
        atendida = hilos.submit(lento.procesar, [orden])
        assert atendiendo.wait(30)
        descartada = hilos.submit(taller.bus().descartar, orden)
        taller.esperar(lambda: taller.contar("SELECT count(*) FROM pg_locks WHERE NOT granted") > 0)
        seguir.set()
        atendida.result(30)
        assert descartada.result(30) is False

    assert destino(taller, orden) == "APLICADO"
    assert taller.apuntes() == [("h", 1)]
