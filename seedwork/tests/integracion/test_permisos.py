"""Role × topic × (produce, consume), whole, on a real broker that asks who is who.

In `make test-largo`: the broker is one of its own. That the table is what the code says and hears,
`tests/arquitectura/test_canales.py` sees in `make check`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext

import pulsar
import pytest
import urllib3
from rich.console import Console

from contratos import REGISTRO, canales
from contratos.canal import OPERADOR
from contratos.esquemas import publicados
from contratos.suscripciones import CancelarSuscripcion, CrearSuscripcion
from plataforma.credenciales import ADMINISTRADOR, Credenciales, nueva_clave
from plataforma.partes import Conexiones
from plataforma.proveedores import pasajeros
from seedwork.aplicacion.broker import SinAvance
from seedwork.infraestructura import avro
from seedwork.infraestructura.aprovisionamiento import Aprovisionador, ErrorDeAprovisionamiento
from seedwork.infraestructura.avance import CursoresPulsar
from seedwork.infraestructura.cartas import Mirador
from seedwork.infraestructura.credencial import Credencial
from seedwork.infraestructura.permisos import permisos_de
from seedwork.infraestructura.publicador import EsquemaCodificado, cerrar_cliente, crear_cliente
from seedwork.infraestructura.topicos import SUBSCRIPTION_CARTAS, topico_cartas, topico_espera
from seedwork.pruebas.matrices import contar

pytestmark = [pytest.mark.integracion, pytest.mark.largo]

CONTEXTOS = ("suscripciones", "servicio-datos", "procesamiento", "notificaciones")
ROLES = ("bff", *CONTEXTOS, OPERADOR)

# By hand, not from the table: who may say, and who may read, what names a person, what commands, what decides a saga,
# and what could not be handled. The door reads events besides, to tell streams of their ids and states.
PELIGROSOS: Mapping[str, tuple[set[str], set[str]]] = {
    # servicio-datos must know how far its commands' subscriptions have been made: the broker tells readers alone.
    "suscripciones/comando-crear-suscripcion.v1": ({"bff", "operador"}, {"suscripciones", "servicio-datos"}),
    "suscripciones/comando-cambiar-plan-suscripcion.v1": ({"bff", "operador"}, {"suscripciones"}),
    "suscripciones/comando-cancelar-suscripcion.v1": ({"bff", "operador"}, {"suscripciones"}),
    "suscripciones/comando-pagar-suscripcion.v1": ({"bff", "operador"}, {"suscripciones"}),
    "suscripciones/comando-exportar-cliente.v1": ({"bff", "operador"}, {"suscripciones"}),
    "suscripciones/comando-suprimir-cliente.v1": ({"bff", "operador"}, {"suscripciones"}),
    "suscripciones/evento-suscripcion-aprovisionada.v1": ({"suscripciones", "operador"}, {"notificaciones", "bff"}),
    "suscripciones/evento-suscripcion-activada.v1": (
        {"suscripciones", "operador"},
        {"servicio-datos", "notificaciones", "bff"},
    ),
    "suscripciones/evento-suscripcion-rechazada.v1": (
        {"suscripciones", "operador"},
        {"servicio-datos", "notificaciones", "bff"},
    ),
    "bff/evento-acceso-negado.v1": ({"bff", "operador"}, {"suscripciones"}),
    "suscripciones/cartas-muertas": ({"suscripciones"}, {"suscripciones", "operador"}),
    "suscripciones/en-espera": ({"suscripciones"}, {"suscripciones"}),
    "servicio-datos/comando-crear-servicio-datos.v1": ({"bff", "operador"}, {"servicio-datos"}),
    "servicio-datos/comando-iniciar-servicio-datos.v1": ({"bff", "operador"}, {"servicio-datos"}),
    "servicio-datos/comando-asignar-experto.v1": ({"bff", "operador"}, {"servicio-datos"}),
    "servicio-datos/comando-terminar-servicio-datos.v1": ({"bff", "operador"}, {"servicio-datos"}),
    "servicio-datos/comando-cambiar-acceso-investigador.v1": ({"bff", "operador"}, {"servicio-datos"}),
    "servicio-datos/cartas-muertas": ({"servicio-datos"}, {"servicio-datos", "operador"}),
    "servicio-datos/en-espera": ({"servicio-datos"}, {"servicio-datos"}),
    "procesamiento/comando-anonimizar-imagen.v1": ({"bff", "operador"}, {"procesamiento"}),
    "procesamiento/comando-anonimizar-archivo.v1": ({"bff", "procesamiento", "operador"}, {"procesamiento"}),
    "procesamiento/comando-anonimizar-paquete.v1": ({"bff", "operador"}, {"procesamiento"}),
    "procesamiento/comando-liberar-imagen.v1": ({"bff", "operador"}, {"procesamiento"}),
    "procesamiento/comando-descartar-imagen.v1": ({"bff", "operador"}, {"procesamiento"}),
    "procesamiento/evento-imagen-anonimizada.v1": ({"procesamiento", "operador"}, {"servicio-datos", "bff"}),
    "procesamiento/cartas-muertas": ({"procesamiento"}, {"procesamiento", "operador"}),
    "procesamiento/en-espera": ({"procesamiento"}, {"procesamiento"}),
    "notificaciones/cartas-muertas": ({"notificaciones"}, {"notificaciones", "operador"}),
    "sagas/saga-suscripciones.v1": (
        {"suscripciones", "servicio-datos", "notificaciones", "operador"},
        {"suscripciones", "operador", "bff"},
    ),
}
DE_TODOS = [
    *(tipo.topico for tipo in publicados()),
    *(topico_cartas(contexto) for contexto in CONTEXTOS),
    *(topico_espera(contexto) for contexto in CONTEXTOS if contexto != "notificaciones"),
]


@pytest.fixture(scope="module", autouse=True)
def _solo_los_publicados() -> Iterator[None]:
    """Messages that other tests of this process have of their own have no rule."""
    with pytest.MonkeyPatch.context() as sin:
        for tipo in set(REGISTRO.values()) - set(publicados()):
            sin.delitem(REGISTRO, tipo.tipo)
        yield


@pytest.fixture(scope="module")
def broker() -> Iterator[Conexiones]:
    """A broker that asks, provisioned by who may."""
    with pasajeros(Console(quiet=True), de_paso=True, autenticacion="desarrollo") as corrida:
        conexiones = corrida.plano.conexiones
        Aprovisionador(conexiones.pulsar_admin_url, quien=Credencial(conexiones.tokens[ADMINISTRADOR])).todo()
        yield conexiones


@contextmanager
def _cliente(broker: Conexiones, token: str | None) -> Iterator[pulsar.Client]:
    cliente = crear_cliente(broker.pulsar_url, quien=Credencial(token), espera_s=5)
    try:
        yield cliente
    finally:
        cerrar_cliente(cliente)


def _produce(cliente: pulsar.Client, topico: str) -> bool:
    tipo = next((t for t in REGISTRO.values() if t.topico == topico), None)
    esquema = EsquemaCodificado(None, schema_definition=tipo.esquema) if tipo else pulsar.schema.BytesSchema()
    try:
        cliente.create_producer(topico, schema=esquema).close()
    except pulsar.AuthorizationError:
        return False
    return True


def _consume(cliente: pulsar.Client, topico: str, subscription: str) -> bool:
    try:
        cliente.subscribe(topico, subscription, consumer_type=pulsar.ConsumerType.Shared).close()
    except pulsar.AuthorizationError:
        return False
    return True


def _lee(cliente: pulsar.Client, topico: str) -> bool:
    """By a reader, whose subscription nobody has a rule for."""
    try:
        cliente.create_reader(topico, pulsar.MessageId.latest).close()
    except pulsar.AuthorizationError:
        return False
    return True


def _corto(topico: str) -> str:
    return topico.removeprefix("persistent://saludtech/")


@pytest.mark.parametrize("rol", ROLES)
def test_cada_rol_dice_y_oye_lo_que_la_tabla_y_nada_mas(broker: Conexiones, rol: str) -> None:
    debidos = {
        topico: suyos.get(rol, frozenset())
        for contexto in ("bff", *CONTEXTOS, "sagas")
        for topico, suyos in permisos_de(contexto).topicos.items()
    }
    assert sorted(debidos) == sorted(DE_TODOS)
    visto, mal = {}, []
    with _cliente(broker, broker.tokens[rol]) as cliente:
        for topico, debido in debidos.items():
            nombre = SUBSCRIPTION_CARTAS if topico.endswith("/cartas-muertas") else rol
            visto[topico] = {
                *(["produce"] if _produce(cliente, topico) else []),
                *(["consume"] if _consume(cliente, topico, nombre) else []),
            }
            if _lee(cliente, topico) != ("consume" in debido):
                mal.append(f"{_corto(topico)}: a reader")
            if visto[topico] != debido:
                mal.append(f"{_corto(topico)}: {visto[topico]}")
    assert mal == []
    contar(
        "role × topic",
        {(topico, que): que in suyo for topico, suyo in visto.items() for que in ("produce", "consume")},
        a_mano=lambda casilla: _corto(casilla[0]) in PELIGROSOS,
    )
    for corto, (dicen, oyen) in PELIGROSOS.items():
        esperado = {*(["produce"] if rol in dicen else []), *(["consume"] if rol in oyen else [])}
        assert visto[f"persistent://saludtech/{corto}"] == esperado, corto


def test_los_peligrosos_son_todos() -> None:
    """Each command, each topic of a service's own and the saga's are among those that were written down by hand."""
    deben = {_corto(t.topico) for t in publicados() if t.clase == "comando" or t.contexto == "sagas"}
    deben |= {_corto(topico) for topico in DE_TODOS if topico.endswith(("/cartas-muertas", "/en-espera"))}
    assert deben - PELIGROSOS.keys() == set()
    assert len(PELIGROSOS) * 3 >= len(DE_TODOS)


def test_lo_permitido_llega(broker: Conexiones) -> None:
    mensaje = CancelarSuscripcion(id_suscripcion="s-1")
    esquema = EsquemaCodificado(None, schema_definition=CancelarSuscripcion.esquema)
    with (
        _cliente(broker, broker.tokens["bff"]) as dice,
        _cliente(broker, broker.tokens["suscripciones"]) as oye,
    ):
        oyente = oye.subscribe(CancelarSuscripcion.topico, "suscripciones")
        dice.create_producer(CancelarSuscripcion.topico, schema=esquema).send(avro.codificar(mensaje))
        assert oyente.receive(5000).data() == avro.codificar(mensaje)


@pytest.mark.parametrize(
    ("rol", "subscription"),
    [("notificaciones", "servicio-datos"), ("servicio-datos", "notificaciones")],
)
def test_nadie_oye_por_otro(broker: Conexiones, rol: str, subscription: str) -> None:
    """Who may hear a topic takes nothing out of another's subscription to it."""
    topico = "persistent://saludtech/suscripciones/evento-suscripcion-activada.v1"
    with _cliente(broker, broker.tokens[rol]) as cliente:
        assert _consume(cliente, topico, rol)
        assert not _consume(cliente, topico, subscription)


@pytest.mark.parametrize("quien", ["nadie", "otra clave"])
def test_quien_no_se_identifica_no_entra(broker: Conexiones, quien: str) -> None:
    token = None if quien == "nadie" else Credenciales(nueva_clave()).token("suscripciones")
    with _cliente(broker, token) as cliente, pytest.raises((pulsar.Timeout, pulsar.AuthenticationError)):
        cliente.subscribe(CrearSuscripcion.topico, "suscripciones")
    for ruta in (f"/admin/v2/{CrearSuscripcion.topico.replace('://', '/')}/stats", "/metrics/"):
        cabeceras = {} if token is None else {"Authorization": f"Bearer {token}"}
        assert urllib3.request("GET", broker.pulsar_admin_url + ruta, headers=cabeceras).status == 401


@pytest.mark.parametrize("rol", ROLES)
def test_ningun_rol_provisiona(broker: Conexiones, rol: str) -> None:
    suyo = Aprovisionador(broker.pulsar_admin_url, quien=Credencial(broker.tokens[rol]))
    for hacer in (suyo.todo, suyo.permisos):
        with pytest.raises(ErrorDeAprovisionamiento, match=r": 40[13] "):
            hacer()


@pytest.mark.parametrize("rol", ROLES)
def test_mira_quien_dice_u_oye(broker: Conexiones, rol: str) -> None:
    """How far consumers have come, the broker tells to whoever may publish or subscribe, and to nobody else."""
    for contexto in ("bff", *CONTEXTOS, "sagas"):
        for topico, suyos in permisos_de(contexto).topicos.items():
            url = f"{broker.pulsar_admin_url}/admin/v2/{topico.replace('://', '/')}/partitions"
            estado = urllib3.request("GET", url, headers={"Authorization": f"Bearer {broker.tokens[rol]}"}).status
            assert estado == (200 if rol in suyos else 401), topico


@pytest.mark.parametrize("rol", ROLES)
def test_las_cartas_de_un_servicio_las_ven_el_y_quien_opera(broker: Conexiones, rol: str) -> None:
    """As an API does, beside their subscription, with no more than the token that it has anyway."""
    token = broker.tokens[rol]
    cursores = CursoresPulsar(broker.pulsar_admin_url, Credencial(token))
    with _cliente(broker, token) as cliente:
        for contexto in CONTEXTOS:
            mirador = Mirador(lambda: cliente, cursores, contexto)
            ven = (
                nullcontext() if rol in (contexto, OPERADOR) else pytest.raises((SinAvance, pulsar.AuthorizationError))
            )
            with ven:
                assert mirador.pagina(None, lambda carta: carta, cuantas=1, plazo_s=5) == ([], None)


def test_lo_que_sobra_se_quita_y_lo_que_esta_se_deja(broker: Conexiones) -> None:
    quien = Aprovisionador(broker.pulsar_admin_url, quien=Credencial(broker.tokens[ADMINISTRADOR]))
    topico = CrearSuscripcion.topico
    for ruta, acciones in (
        (f"/{topico.replace('://', '/')}/permissions/notificaciones", ["consume"]),
        (f"/{topico.replace('://', '/')}/permissions/suscripciones", ["consume", "produce"]),
        ("/namespaces/saludtech/procesamiento/permissions/notificaciones", ["produce"]),
    ):
        quien._pedir("POST", ruta, acciones)
    imagenes = "persistent://saludtech/procesamiento/comando-anonimizar-imagen.v1"
    with _cliente(broker, broker.tokens["notificaciones"]) as cliente:
        assert _consume(cliente, topico, "notificaciones")
        assert _produce(cliente, imagenes)
    quien.permisos()
    with (
        _cliente(broker, broker.tokens["notificaciones"]) as cliente,
        _cliente(broker, broker.tokens["suscripciones"]) as otro,
    ):
        assert not _consume(cliente, topico, "notificaciones")
        assert not _produce(cliente, imagenes)
        assert _consume(otro, topico, "suscripciones")
        assert not _produce(otro, topico)


def test_los_tokens_de_la_corrida_son_los_de_la_tabla(broker: Conexiones) -> None:
    assert set(broker.tokens) == {*canales.ROLES, ADMINISTRADOR} == {*ROLES, ADMINISTRADOR}
