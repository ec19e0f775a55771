"""Dead letters on a real broker and database: seen, replayed and discarded, by an operator or by age."""

import io
import json
import os
import secrets
import signal
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import fastavro
import pytest
from typer.testing import Result

from contratos import Mensaje, a_dict
from plataforma.puertos import libres
from seedwork.aplicacion.bus import Bus
from seedwork.aplicacion.entorno import EntornoReal
from seedwork.aplicacion.identidad import SIN_PREGUNTAR
from seedwork.aplicacion.recibido import Recibido
from seedwork.aplicacion.sobre import Sobre
from seedwork.entrada.cartas import Cartero, SeQueda
from seedwork.infraestructura import campos
from seedwork.infraestructura.aprovisionamiento import Aprovisionador
from seedwork.infraestructura.campos import Llavero
from seedwork.infraestructura.cartas import abrir_buzon
from seedwork.infraestructura.cloudevents import a_propiedades
from seedwork.infraestructura.consultas import LecturaDeComandos
from seedwork.infraestructura.intentos import IntentosSQL
from seedwork.infraestructura.publicador import EsquemaCodificado
from seedwork.infraestructura.topicos import topico_cartas
from seedwork.pruebas import cuaderno
from seedwork.pruebas.linea import Cli, linea_de_cartas, lineas
from seedwork.pruebas.sobres import recibido, sobre_nuevo
from seedwork.pruebas.taller import publicar

pytestmark = pytest.mark.integracion

SECRETO = "Ana Pérez 1020304050"


@pytest.fixture
def cli(taller, monkeypatch) -> Cli:
    monkeypatch.setenv("DATABASE_URL", taller.url_base)
    monkeypatch.setenv("PULSAR_URL", taller.servidores.pulsar_url)
    ordenar = linea_de_cartas(taller.contexto)

    def correr(*orden: str) -> Result:
        resultado = ordenar(*orden)
        assert "Ana" not in resultado.output, "una carga se mostró"
        return resultado

    return correr


def listadas(cli: Cli, *filtro: str) -> list[str]:
    resultado = cli("list", *filtro)
    assert resultado.exit_code == 0, resultado.output
    return [c["id"] for c in lineas(resultado)]


def aparcar(taller, *ordenes: Recibido, bus: Bus | None = None, cuantas: int = 0) -> list[str]:
    """Have them fail until they are parked."""
    taller.enviar(*ordenes)
    with taller.consumiendo(bus):
        taller.esperar(lambda: len(taller.cartas()) >= (cuantas or len(ordenes)) and taller.atraso() == 0)
    return [o.sobre.id for o in ordenes]


def malas(taller, cuantas: int) -> list[Recibido]:
    return [taller.orden(f"h-{n}", n, "falla", secreto=SECRETO) for n in range(cuantas)]


def remediado(taller) -> Bus:
    """The notebook whose handler was mended."""
    return cuaderno.hacer_bus(taller.motor, taller.contexto, lambda orden, u: u.apuntar(orden.hoja, orden.linea))


@contextmanager
def atendiendo(taller, bus: Bus | None = None) -> Iterator[None]:
    """A worker that is at work all along, and has done everything at the end."""
    with taller.consumiendo(bus or remediado(taller)):
        yield
        taller.esperar(lambda: taller.atraso() == 0)


def destino(taller, id: str) -> tuple[str, str] | None:
    fila = LecturaDeComandos(taller.motor).comando(id, SIN_PREGUNTAR)
    return fila and (fila.estado, fila.motivo)


DESCARTADO = ("RECHAZADO", "No fue posible procesar el comando, y se descartó.")


def avisos(taller, hoja: str) -> int:
    """Refusals of the page's commands that are told, or about to be."""
    return taller.contar(f"SELECT count(*) FROM outbox WHERE sujeto = '{hoja}' AND secuencia IS NULL")


# Looking


def test_se_listan_y_se_muestran_sin_sus_cargas(taller, cli):
    ordenes = malas(taller, 3)
    ids = aparcar(taller, *ordenes)

    for _ in range(2):
        listado = cli("list")
        assert listado.exit_code == 0
        assert sorted(c["clave"] for c in lineas(listado)) == ["h-0", "h-1", "h-2"]
        assert {c["intentos"] for c in lineas(listado)} == {4}

    carta = json.loads(cli("show", ids[1]).stdout)
    assert (carta["id"], carta["topico"], carta["esquema"]) == (ids[1], taller.apuntar.topico, 0)
    assert carta["propiedades"] == a_propiedades(ordenes[1].sobre, ordenes[1].mensaje.topico)
    assert cli("show", "ninguna").exit_code == 1
    assert all(SECRETO.encode() not in m.data() for m in taller.leer(topico_cartas(taller.contexto)))


def test_lo_cifrado_con_una_clave_que_falta_se_aparca_y_vuelve_con_ella(taller, cli):
    """A process that was not given the new key yet, or no longer the old one."""
    orden = taller.orden("h", 1, secreto=SECRETO)
    (id,) = taller.enviar(orden)
    with campos.con(Llavero([secrets.token_bytes(32)])), taller.consumiendo():
        taller.esperar(lambda: len(taller.cartas()) == 1 and taller.atraso() == 0)

    (carta,) = lineas(cli("list"))
    assert (carta["id"], carta["intentos"]) == (id, 0)
    assert carta["error"] == "secreto se cifró con una clave que no está en CAMPOS_CLAVES"
    assert destino(taller, id) is None

    with atendiendo(taller):
        assert lineas(cli("replay", id))[0]["resultado"] == "REENVIADA"
        taller.esperar(lambda: taller.apuntes() == [("h", 1)])


def test_lo_que_otro_escribe_en_claro_se_aparca(taller, cli):
    """Whoever has a producer's token can't have its own text taken for what the platform wrote."""
    orden = taller.orden("h", 1, secreto="")
    ajeno = io.BytesIO()
    fastavro.schemaless_writer(
        ajeno, fastavro.parse_schema(taller.apuntar.esquema), a_dict(orden.mensaje) | {"secreto": SECRETO}
    )
    _, propiedades, clave = taller.codificar(orden)
    taller.enviar_cargas((ajeno.getvalue(), propiedades, clave))
    with taller.consumiendo():
        taller.esperar(lambda: len(taller.cartas()) == 1)
    assert lineas(cli("list"))[0]["error"] == "secreto no está cifrado"


def test_se_eligen_por_id_por_tipo_y_por_instante(taller, cli):
    ids = aparcar(taller, *malas(taller, 2))
    medio = datetime.now(UTC).isoformat()
    ids += aparcar(taller, *malas(taller, 1), cuantas=3)

    assert listadas(cli, ids[1], ids[2], "otra") == ids[1:]
    assert listadas(cli, "--hasta", medio, ids[1]) == [ids[1]]
    assert set(listadas(cli, "--hasta", medio)) == set(ids[:2])
    assert listadas(cli, "--desde", medio) == ids[2:]
    assert listadas(cli, "--tipo", "Otro") == []
    for nombre in ("Apuntar", taller.apuntar.tipo):
        assert set(listadas(cli, "--tipo", nombre)) == set(ids) == set(listadas(cli, "--todas"))


@pytest.mark.parametrize(
    "orden",
    [
        ["replay"],
        ["discard"],
        ["discard", "--todas", "--tipo", "Apuntar"],
        ["list", "--desde", "ayer"],
        ["list", "--hasta", "2026-01-31T09:00:00"],
    ],
)
def test_lo_que_no_dice_cuales_no_se_hace(cli, orden):
    assert cli(*orden).exit_code == 2


# Replaying


def test_reenviadas_tras_remediar_la_causa_son_un_efecto(taller, cli):
    ids = aparcar(taller, *malas(taller, 3))

    with atendiendo(taller):
        assert destino(taller, ids[0]) is None
        primero = cli("replay", ids[0])
        assert (primero.exit_code, lineas(primero)[0]["resultado"]) == (0, "REENVIADA")
        taller.esperar(lambda: taller.apuntes() == [("h-0", 0)])
        assert set(listadas(cli)) == set(ids[1:])
        assert cli("replay", "--todas").exit_code == 0
        taller.esperar(lambda: len(taller.apuntes()) == 3)

    assert sorted(taller.apuntes()) == [("h-0", 0), ("h-1", 1), ("h-2", 2)]
    assert {destino(taller, id) for id in ids} == {("APLICADO", None)}
    assert listadas(cli) == []
    assert cli("replay", "--todas").exit_code == 1
    *_, ultima = taller.leer(taller.apuntar.topico)
    original = taller.leer(taller.apuntar.topico)[0]
    assert {k for k in ultima.properties() if k.startswith("carta_")} == set()
    assert original.data() in [m.data() for m in taller.leer(taller.apuntar.topico)[3:]]


def test_una_repeticion_tardia_de_lo_aparcado_no_se_intenta(taller, cli):
    (mala,) = malas(taller, 1)
    aparcar(taller, mala)

    with atendiendo(taller):
        taller.enviar(mala)

    assert taller.apuntes() == []
    assert taller.cartas_aparcadas() == 1


def test_un_reenvio_entre_la_carta_y_la_marca_no_se_pierde(taller, cli, monkeypatch):
    """The worker stalls after the letter is durable and before it marks its inbox; the operator is quicker."""
    mala = taller.orden("h", 1, "falla:5", secreto=SECRETO)
    marcar = IntentosSQL.aparcar

    def demorado(suyos: IntentosSQL, ce_id: str, intentos: int) -> None:
        assert lineas(cli("replay", ce_id))[0]["resultado"] == "REENVIADA"
        marcar(suyos, ce_id, intentos)

    monkeypatch.setattr(IntentosSQL, "aparcar", demorado)
    taller.enviar(mala)
    with taller.consumiendo():
        taller.esperar(lambda: taller.apuntes() == [("h", 1)])
    assert destino(taller, mala.sobre.id) == ("APLICADO", None)


@pytest.mark.largo  # processes that are killed
@pytest.mark.parametrize("fallo", ["antes_de_reenviar", "antes_de_quitar"])
def test_un_reenvio_matado_a_medias_se_repite(taller, cli, fallo):
    ids = aparcar(taller, *malas(taller, 2))

    with atendiendo(taller):
        for _ in range(2):
            assert taller.trabajador(fallo, "--", "cartas", "replay", "--todas").wait(60) == -signal.SIGKILL
        taller.esperar(lambda: set(listadas(cli)) == set(ids))
        assert cli("replay", "--todas").exit_code == 0
        taller.esperar(lambda: len(taller.apuntes()) >= 2)

    assert sorted(taller.apuntes()) == [("h-0", 0), ("h-1", 1)]
    assert taller.cartas_aparcadas() == 0


def test_lo_que_sigue_fallando_vuelve_a_aparcarse(taller, cli):
    vacio = cli("list")
    assert (vacio.exit_code, vacio.stdout, vacio.stderr) == (0, "", "no hay cartas\n")
    (id,) = aparcar(taller, *malas(taller, 1))

    with atendiendo(taller, taller.bus()):
        assert cli("replay", "--todas").exit_code == 0
        taller.esperar(lambda: len(taller.cartas()) == 2)

    (otra,) = lineas(cli("list"))
    assert (otra["id"], otra["intentos"]) == (id, 4)
    assert taller.contar("SELECT count(*) FROM inbox WHERE aparcado IS NOT NULL") == 1


def test_lo_ilegible_vuelve_a_aparcarse_y_el_reenvio_termina(taller, cli):
    carga, propiedades, clave = taller.codificar(taller.orden("h", 1))
    with atendiendo(taller):
        taller.enviar_cargas((carga[:-1], propiedades, clave), (carga, {}, clave))
        taller.esperar(lambda: len(taller.cartas()) == 2)
        reenvio = cli("replay", "--todas")
        assert [c["resultado"] for c in lineas(reenvio)] == ["REENVIADA"] * 2
        taller.esperar(lambda: len(taller.cartas()) == 4)

    assert [c["intentos"] for c in lineas(cli("list"))] == [0, 0]
    descarte = cli("discard", "--todas")
    assert [c["resultado"] for c in lineas(descarte)] == ["DESCARTADA"] * 2
    assert taller.cartas_aparcadas() == 0


@pytest.mark.parametrize("escrito_con", [0, 1])
def test_vuelve_con_el_esquema_con_que_se_escribio(taller, cli, escrito_con):
    """The topic's schema has two versions; the letter was written with either, and the reader knows the first."""
    propio = taller.apuntar.esquema
    v2 = {**propio, "fields": [*propio["fields"], {"name": "color", "type": "string", "default": "negro"}]}
    Aprovisionador(taller.servidores.admin_url).registrar(taller.apuntar.topico, json.dumps(v2))
    escritores = [
        taller.cliente.create_producer(taller.apuntar.topico, schema=EsquemaCodificado(None, schema_definition=e))
        for e in (propio, v2)
    ]
    datos = {"hoja": "h", "linea": 7, "modo": "falla", "secreto": "", "color": "rojo"}
    destino_carga = io.BytesIO()
    fastavro.schemaless_writer(destino_carga, fastavro.parse_schema((propio, v2)[escrito_con]), datos)
    orden = taller.orden("h", 7)
    propiedades = a_propiedades(orden.sobre, orden.mensaje.topico)
    escritores[escrito_con].send(destino_carga.getvalue(), properties=propiedades, partition_key="h")
    with taller.consumiendo():
        taller.esperar(lambda: len(taller.cartas()) == 1)
    assert json.loads(cli("show", orden.sobre.id).stdout)["esquema"] == escrito_con

    with atendiendo(taller):
        assert cli("replay", "--todas").exit_code == 0
        taller.esperar(lambda: taller.apuntes() == [("h", 7)])

    original, copia = taller.leer(taller.apuntar.topico)
    assert copia._message.int_schema_version() == original._message.int_schema_version() == escrito_con
    assert copia.data() == original.data()


@pytest.mark.parametrize("taller", [4], indirect=True)
def test_lo_de_un_topico_particionado_vuelve_a_su_particion(taller, cli):
    aparcar(taller, *malas(taller, 8))
    assert {c["topico"] for c in lineas(cli("list"))} == {taller.apuntar.topico}

    with atendiendo(taller):
        assert cli("replay", "--todas").exit_code == 0
        taller.esperar(lambda: len(taller.apuntes()) == 8)

    particiones = [[m.partition_key() for m in taller.leer(f"{taller.apuntar.topico}-partition-{n}")] for n in range(4)]
    assert sum(map(len, particiones)) == 16
    assert all(claves.count(c) == 2 for claves in particiones for c in claves)


def test_lo_que_no_puede_volver_se_queda(taller, cli):
    productor = taller.cliente.create_producer(topico_cartas(taller.contexto))
    productor.send(b"de nadie")
    _, propiedades, clave = taller.codificar(taller.orden("h", 1))
    for version in (-1, 99):
        carta = {**propiedades, **papeles(taller), "carta_esquema": str(version)}
        productor.send(b"?", properties=carta, partition_key=clave)

    reenvio = cli("replay", "--todas")

    assert [c["resultado"] for c in lineas(reenvio)] == ["SE_QUEDA"] * 3
    assert reenvio.exit_code == 1
    assert taller.cartas_aparcadas() == 3
    assert cli("discard", "--todas").exit_code == 0
    assert taller.cartas_aparcadas() == 0


def papeles(taller, instante: str = "2026-01-31T09:00:00.000000Z") -> dict[str, str]:
    """What a consumer writes on a letter."""
    return {
        "carta_error": "ValueError",
        "carta_intentos": "4",
        "carta_topico": taller.apuntar.topico,
        "carta_consumidor": taller.contexto,
        "carta_instante": instante,
        "carta_esquema": "0",
    }


# Discarding


def auditadas(taller) -> list[tuple[str, ...]]:
    """What the trail tells of letters, oldest first."""
    with taller.motor.connect() as conexion:
        filas = conexion.exec_driver_sql("SELECT quien, accion, recurso, resultado FROM auditoria ORDER BY id")
        return [tuple(fila) for fila in filas]


def test_un_comando_descartado_queda_rechazado_y_se_dice(taller, cli):
    orden = taller.orden("h", 1, "falla", secreto=SECRETO, clave_idempotencia="k")
    (id,) = aparcar(taller, orden)
    assert destino(taller, id) is None

    descarte = cli("discard", id, "--operador", "ana")

    assert (descarte.exit_code, lineas(descarte)[0]["resultado"]) == (0, "RECHAZADA")
    assert id in descarte.stderr, "lo descartado se anota"
    assert destino(taller, id) == DESCARTADO
    with taller.corriendo(taller.relay().correr):
        taller.esperar(lambda: len(taller.leer(taller.apuntado.topico)) == 1)
    (dicho,) = taller.leer(taller.apuntado.topico)
    assert dicho.properties()["ce_causationid"] == id
    assert taller.contar("SELECT count(*) FROM inbox WHERE aparcado IS NULL") == 1
    assert taller.cartas_aparcadas() == 0
    assert auditadas(taller) == [("ana", "DescartarCarta", id, "RECHAZADA")]

    with atendiendo(taller):
        taller.enviar(orden, taller.orden("h", 2, clave_idempotencia="k"))
    assert taller.apuntes() == [], "ni su repetición ni otro con su clave tienen efecto"


@pytest.mark.largo  # processes that are killed
def test_un_descarte_matado_a_medias_se_repite(taller, cli):
    (id,) = aparcar(taller, *malas(taller, 1))

    for _ in range(2):
        assert taller.trabajador("antes_de_quitar", "--", "cartas", "discard", id).wait(60) == -signal.SIGKILL
    taller.esperar(lambda: listadas(cli) == [id])

    assert lineas(cli("discard", id))[0]["resultado"] == "YA_ATENDIDA"
    assert destino(taller, id) == DESCARTADO
    assert avisos(taller, "h-0") == 1
    assert taller.cartas_aparcadas() == 0


def test_lo_reenviado_y_atendido_ya_no_se_rechaza(taller, cli):
    (id,) = aparcar(taller, *malas(taller, 1))
    with atendiendo(taller):
        assert taller.trabajador("antes_de_quitar", "--", "cartas", "replay", id).wait(60) == -signal.SIGKILL
        taller.esperar(lambda: taller.apuntes() == [("h-0", 0)])

    assert lineas(cli("discard", id))[0]["resultado"] == "YA_ATENDIDA"
    assert destino(taller, id) == ("APLICADO", None)
    assert avisos(taller, "h-0") == 0


def test_lo_descartado_ya_no_se_reenvia(taller, cli):
    (id,) = aparcar(taller, *malas(taller, 1))
    assert taller.trabajador("antes_de_quitar", "--", "cartas", "discard", id).wait(60) == -signal.SIGKILL

    with atendiendo(taller):
        assert cli("replay", id).exit_code == 0

    assert taller.apuntes() == []
    assert destino(taller, id) == DESCARTADO
    hecho = [(accion, resultado) for _, accion, _, resultado in auditadas(taller)]
    assert hecho == [("DescartarCarta", "RECHAZADA"), ("ReenviarCarta", "REENVIADA")], "the one that was killed, too"


def test_un_rechazo_que_no_se_puede_decir_espera_a_que_venza_y_queda_anotado(taller, cli):
    (id,) = aparcar(taller, taller.orden(cuaderno.INDECIBLE, 1, "falla"))

    descarte = cli("discard", id)
    assert (descarte.exit_code, lineas(descarte)[0]["resultado"]) == (1, "SE_QUEDA")
    assert destino(taller, id) is None
    assert taller.cartas_aparcadas() == 1

    assert cuaderno.servicio(taller.contexto).cartero(taller.cliente, taller.motor).vencer(timedelta(0)) == 1
    assert destino(taller, id) == DESCARTADO
    assert auditadas(taller) == [], "neither what stays, nor what nobody in particular gave up"
    assert taller.cartas_aparcadas() == 0


def oyente(taller, oir: Callable[[Any, Any], None]) -> tuple[Bus, Sobre, Mensaje]:
    """A service that hears the notebook's event, and one to hear."""
    Aprovisionador(taller.servidores.admin_url).subscriptions(taller.contexto, taller.contexto, [taller.apuntado])
    bus = Bus(
        taller.contexto,
        cuaderno.abrir_en(taller.motor, taller.contexto),
        {taller.apuntado: oir},
    )
    hecho = taller.apuntado(hoja="h", linea=1)
    return bus, sobre_nuevo(hecho, fuente="/pruebas", sujeto="h"), hecho


@pytest.mark.parametrize("reenviar", [True, False])
def test_un_evento_se_reenvia_o_se_descarta_sin_mas(taller, reenviar):
    oidos: list[Any] = []

    def fallar(_hecho: Any, _unidad: Any) -> None:
        raise ValueError

    malo, sobre, hecho = oyente(taller, fallar)
    bueno, _, _ = oyente(taller, lambda hecho, _: oidos.append(hecho.linea))
    publicar(taller.publicador, sobre, hecho)
    with taller.consumiendo(malo):
        taller.esperar(lambda: len(taller.cartas()) == 1)
    cartero = Cartero(taller.cliente, taller.contexto, bueno, taller.motor, EntornoReal(), memoria=timedelta(days=15))

    with taller.consumiendo(bueno):
        with abrir_buzon(taller.cliente, taller.contexto) as buzon:
            (carta,) = buzon
            hacer = cartero.reenviar if reenviar else cartero.descartar
            assert hacer(buzon, carta) == ("REENVIADA" if reenviar else "DESCARTADA")
        if not reenviar:
            publicar(taller.publicador, sobre, hecho)
        suscripcion = Aprovisionador(taller.servidores.admin_url)
        taller.esperar(lambda: oidos == [1] * reenviar)
        taller.esperar(lambda: suscripcion.atraso(taller.apuntado.topico, taller.contexto) == 0)

    assert oidos == [1] * reenviar
    assert taller.contar("SELECT count(*) FROM comandos") == 0
    assert taller.cartas_aparcadas() == 0


def test_un_evento_que_otros_pueden_haber_olvidado_no_vuelve(taller):
    bus, sobre, hecho = oyente(taller, lambda *_: None)
    viejo = {**a_propiedades(sobre, hecho.topico), "ce_time": (datetime.now(UTC) - timedelta(days=16)).isoformat()}
    productor = taller.cliente.create_producer(topico_cartas(taller.contexto))
    carga = b"\x02h\x02"
    productor.send(carga, properties={**viejo, **papeles(taller), "carta_topico": taller.apuntado.topico})
    cartero = Cartero(taller.cliente, taller.contexto, bus, taller.motor, EntornoReal(), memoria=timedelta(days=15))

    with abrir_buzon(taller.cliente, taller.contexto) as buzon:
        (carta,) = buzon
        with pytest.raises(SeQueda, match="memoria"):
            cartero.reenviar(buzon, carta)

    assert taller.cartas_aparcadas() == 1
    assert taller.leer(taller.apuntado.topico) == []


# The topic


def test_las_de_un_lote_del_broker_van_cada_una_por_su_lado(taller, cli):
    ordenes = [taller.orden(f"h-{n}", n) for n in range(5)]
    productor = taller.cliente.create_producer(
        topico_cartas(taller.contexto), batching_enabled=True, batching_max_publish_delay_ms=60_000
    )
    for orden in ordenes:
        carga, propiedades, clave = taller.codificar(orden)
        carta = {**propiedades, **papeles(taller)}
        productor.send_async(carga, lambda *_: None, properties=carta, partition_key=clave)
    productor.flush()
    assert {m.message_id().entry_id() for m in taller.cartas()} == {0}
    ids = [o.sobre.id for o in ordenes]

    with atendiendo(taller):
        assert cli("discard", ids[2]).exit_code == 0
        assert listadas(cli) == [ids[0], ids[1], ids[3], ids[4]]
        assert cli("replay", ids[4]).exit_code == 0
        assert listadas(cli) == [ids[0], ids[1], ids[3]]
        assert cli("replay", "--todas").exit_code == 0
        taller.esperar(lambda: len(taller.apuntes()) == 4)

    assert sorted(n for _, n in taller.apuntes()) == [0, 1, 3, 4]
    assert taller.cartas_aparcadas() == 0


def test_lo_quitado_no_se_queda_en_el_topico(taller, cli):
    ids = aparcar(taller, *malas(taller, 3))
    assert cli("discard", ids[0], ids[1], ids[2]).exit_code == 0
    assert len(taller.cartas()) == 3, "el broker recorta al cerrar un libro"

    ruta = "/" + topico_cartas(taller.contexto).replace("://", "/")
    Aprovisionador(taller.servidores.admin_url)._pedir("PUT", f"{ruta}/unload")

    # While it is being opened again, the broker answers with an error.
    taller.esperar(lambda: taller.con_paciencia(lambda: taller.cartas() == []))


# By age


def test_las_vencidas_se_descartan_y_las_demas_no(taller, cli):
    vieja = taller.orden("h", 1)
    carga, propiedades, clave = taller.codificar(vieja)
    hace = (datetime.now(UTC) - timedelta(days=7.01)).isoformat()
    productor = taller.cliente.create_producer(topico_cartas(taller.contexto))
    productor.send(carga, properties={**propiedades, **papeles(taller, hace)}, partition_key=clave)
    ids = aparcar(taller, *malas(taller, 2), cuantas=3)
    cartero = cuaderno.servicio(taller.contexto).cartero(taller.cliente, taller.motor)

    with abrir_buzon(taller.cliente, taller.contexto) as buzon:
        primera, *resto = [c.id for c in buzon]
        assert (primera, sorted(resto)) == (vieja.sobre.id, ids), "las demás se aparcan en cualquier orden"
        assert cartero.vencer(timedelta(days=7)) == 0, "las tiene otro"
    assert cartero.vencer(timedelta(days=8)) == 0
    assert cartero.vencer(timedelta(days=7)) == 1

    assert destino(taller, vieja.sobre.id) == DESCARTADO
    assert destino(taller, ids[0]) is None
    assert sorted(listadas(cli)) == ids


def test_una_que_no_se_deja_descartar_no_estorba_a_las_demas(taller, monkeypatch):
    ids = aparcar(taller, *malas(taller, 2))
    servicio = cuaderno.servicio
    monkeypatch.setenv("DATABASE_URL", taller.url_base)
    cartero = servicio(taller.contexto).cartero(taller.cliente, taller.motor)
    descartar = cartero._bus.descartar

    def a_veces(recibido: Recibido, **opciones: Any) -> bool:
        if recibido.sobre.sujeto == "h-0":
            raise ValueError
        return descartar(recibido, **opciones)

    monkeypatch.setattr(cartero._bus, "descartar", a_veces)
    assert cartero.vencer(timedelta(0)) == 1
    assert destino(taller, ids[1]) == DESCARTADO
    assert taller.cartas_aparcadas() == 1


@pytest.mark.largo  # letters have to fall due
def test_los_trabajadores_las_cuentan_y_las_descartan_a_su_hora(taller, cli):
    (puerto,) = libres(1)
    ids = aparcar(taller, *malas(taller, 2))

    def salud() -> Any:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{puerto}/salud/lista", timeout=5) as respuesta:
                return json.load(respuesta)["informativas"]["cartas"]["detalle"]
        except OSError:
            return "no responde"

    with en_marcha(taller.trabajador(SALUD_PUERTO=str(puerto))):
        taller.esperar(lambda: salud() == "aparcadas: 2")
    assert destino(taller, ids[0]) is None

    dos = [taller.trabajador(CARTAS_DIAS="0.00001", SALUD_PUERTO=str(p)) for p in (puerto, *libres(1))]
    with en_marcha(*dos):
        taller.esperar(lambda: taller.cartas_aparcadas() == 0)
        taller.esperar(lambda: salud() is None)
    assert {destino(taller, id) for id in ids} == {DESCARTADO}


@contextmanager
def en_marcha(*procesos: "subprocess.Popen[bytes]") -> Iterator[None]:
    try:
        yield
    finally:
        for proceso in procesos:
            proceso.terminate()
        for proceso in procesos:
            assert proceso.wait(60) == os.EX_OK


# What does not fit

MAXIMO = 5 * 1024 * 1024
"""The broker's limit for a message with its properties, as it comes."""


def enviar_hasta_el_borde(taller, orden: Recibido, *, relleno: str = "carga") -> None:
    """Send it as large as the broker takes it: its payload, or a property that nobody knows."""
    productor = taller.cliente.create_producer(
        taller.apuntar.topico,
        schema=EsquemaCodificado(None, schema_definition=taller.apuntar.esquema),
        batching_enabled=False,
    )
    if relleno == "carga":
        # Three octets travel as four.
        mensaje = replace(orden.mensaje, secreto="x" * ((MAXIMO - 610) * 3 // 4))
        carga, propiedades, clave = taller.codificar(recibido(orden.sobre, mensaje))
    else:
        carga, propiedades, clave = taller.codificar(orden)
        propiedades["otra"] = "y" * (MAXIMO - 800)
    productor.send(carga, properties=propiedades, partition_key=clave)
    productor.close()


def test_lo_que_no_cabe_con_su_carta_se_aparca_sin_carga_y_lo_siguiente_sigue(taller, cli):
    """Wrapped it is larger than what the broker takes: it was tried for ever, and its subscription stood still."""
    grande = taller.orden("h", 1, "falla")
    enviar_hasta_el_borde(taller, grande)
    taller.enviar(taller.orden("h", 2))
    with taller.consumiendo():
        taller.esperar(lambda: taller.apuntes() == [("h", 2)] and taller.atraso() == 0)

    (linea,) = lineas(cli("list"))
    assert linea["id"] == grande.sobre.id
    assert linea["topico"] == taller.apuntar.topico
    assert linea["octetos"] > MAXIMO - 1000
    assert "pesa" in linea["error"]
    (carta,) = taller.cartas()
    assert carta.data() == b""

    resultado = cli("replay", "--todas")
    assert resultado.exit_code == 1
    assert "no cupo" in resultado.output
    assert [x["resultado"] for x in lineas(cli("discard", "--todas"))] == ["DESCARTADA"]


def test_una_clave_enorme_no_detiene_a_nadie(taller):
    """On a letter with it, the broker hung up without a word, again and again."""
    productor = taller.cliente.create_producer(
        taller.apuntar.topico,
        schema=EsquemaCodificado(None, schema_definition=taller.apuntar.esquema),
        batching_enabled=False,
    )
    productor.send(b"", partition_key="k" * (3 * 1024 * 1024))
    productor.close()
    taller.enviar(taller.orden("h", 1))
    with taller.consumiendo():
        taller.esperar(lambda: taller.apuntes() == [("h", 1)] and taller.atraso() == 0)
    (carta,) = taller.cartas()
    assert "propiedades" in carta.properties()["carta_error"]


def test_una_carta_deja_lo_que_nadie_conoce_antes_que_la_carga(taller, cli):
    grande = taller.orden("h", 1, "falla", secreto=SECRETO)
    enviar_hasta_el_borde(taller, grande, relleno="propiedad")
    taller.enviar(taller.orden("h", 2))
    with taller.consumiendo():
        taller.esperar(lambda: taller.apuntes() == [("h", 2)] and taller.atraso() == 0)
    (carta,) = taller.cartas()
    assert carta.data() == taller.leer(taller.apuntar.topico)[0].data()
    assert "otra" not in carta.properties()
    assert carta.properties()["carta_intentos"] == "4"
    with atendiendo(taller):
        assert [x["resultado"] for x in lineas(cli("replay", "--todas"))] == ["REENVIADA"]
    assert taller.apuntes() == [("h", 2), ("h", 1)]


@pytest.mark.parametrize("relleno", ["carga", "propiedad"])
def test_lo_que_no_cabe_con_su_espera_no_detiene_al_outbox(taller, relleno):
    """What the relay could not send stood before all else for ever."""
    grande = taller.orden("a", 1, "tras:b")
    enviar_hasta_el_borde(taller, grande, relleno=relleno)
    taller.enviar(taller.orden("c", 1))
    with taller.atendiendo():
        taller.esperar(lambda: taller.apuntes("c") == [("c", 1)])
        taller.enviar(taller.orden("b", 1))
        esperado = 3 if relleno == "propiedad" else 2
        taller.esperar(lambda: taller.contar("SELECT count(*) FROM outbox WHERE enviado IS NOT NULL") == esperado)
    assert len(taller.cartas()) == 3 - esperado
    assert taller.contar("SELECT count(*) FROM esperas") == 0
