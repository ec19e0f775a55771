"""The contracts on a real broker: what is provisioned, what is on the wire, and what the broker refuses."""

import io
import json
import secrets
import urllib.request
from collections.abc import Iterator
from typing import Any

import fastavro
import pulsar
import pytest

from contratos import INQUILINO, REGISTRO, Mensaje, a_dict
from contratos.base import mensaje
from contratos.esquemas import incompatibilidades, publicados
from contratos.sagas import TransicionSaga
from contratos.suscripciones import CrearSuscripcion
from plataforma.proveedores import Servidores
from seedwork.aplicacion.broker import SinConfirmacion
from seedwork.infraestructura import avro
from seedwork.infraestructura.aprovisionamiento import Aprovisionador
from seedwork.infraestructura.cloudevents import a_propiedades, de_propiedades
from seedwork.infraestructura.publicador import Publicador, crear_cliente
from seedwork.pruebas.sobres import sobre_nuevo
from seedwork.pruebas.taller import publicar

pytestmark = pytest.mark.integracion

RETENCION_DIAS = 7
CONTEXTOS = sorted({m.contexto for m in publicados()})
MENSAJES = publicados()
cada_mensaje = pytest.mark.parametrize("tipo", MENSAJES, ids=lambda tipo: tipo.__name__)
cada_contexto = pytest.mark.parametrize("contexto", CONTEXTOS)


class Admin:
    """The broker's admin API."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._abridor = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def ver(self, ruta: str) -> Any:
        with self._abridor.open(f"{self._url}/admin/v2/{ruta}", timeout=30) as respuesta:
            return json.load(respuesta)

    def poner(self, metodo: str, ruta: str, cuerpo: Any = None) -> None:
        pedido = urllib.request.Request(
            f"{self._url}/admin/v2/{ruta}",
            method=metodo,
            data=None if cuerpo is None else json.dumps(cuerpo).encode(),
            headers={"Content-Type": "application/json"},
        )
        self._abridor.open(pedido, timeout=30).close()


@pytest.fixture(scope="module")
def admin(servidores: Servidores) -> Admin:
    aprovisionador = Aprovisionador(servidores.admin_url, retencion_dias=RETENCION_DIAS)
    aprovisionador.topicos()
    aprovisionador.topicos()  # as often as one likes
    return Admin(servidores.admin_url)


@pytest.fixture(scope="module")
def cliente(servidores: Servidores, admin: Admin) -> Iterator[pulsar.Client]:
    cliente = crear_cliente(servidores.pulsar_url)
    yield cliente
    cliente.close()


@cada_contexto
def test_las_politicas_del_espacio_estan_en_vigor(admin: Admin, contexto: str) -> None:
    espacio = f"namespaces/{INQUILINO}/{contexto}"
    assert admin.ver(f"{espacio}/schemaCompatibilityStrategy") == "FULL_TRANSITIVE"
    assert admin.ver(f"{espacio}/schemaValidationEnforced") is True
    assert admin.ver(f"{espacio}/isAllowAutoUpdateSchema") is False


@pytest.mark.parametrize("contexto", [c for c in CONTEXTOS if c != "sagas"])
def test_lo_que_puede_llevar_datos_personales_se_guarda_un_tiempo_acotado(admin: Admin, contexto: str) -> None:
    minutos = RETENCION_DIAS * 24 * 60
    visto = admin.ver(f"namespaces/{INQUILINO}/{contexto}/retention")
    assert visto == {"retentionTimeInMinutes": minutos, "retentionSizeInMB": -1}


def test_el_topico_de_la_saga_se_guarda_sin_limite_entero_y_sin_compactar(admin: Admin) -> None:
    visto = admin.ver(f"namespaces/{INQUILINO}/sagas/retention")
    assert visto == {"retentionTimeInMinutes": -1, "retentionSizeInMB": -1}
    assert _particiones(admin, TransicionSaga) == 0
    topico = TransicionSaga.topico.replace("://", "/")
    assert admin.ver(f"{topico}/internalStats")["compactedLedger"]["ledgerId"] == -1


def test_las_imagenes_y_sus_archivos_van_por_cuatro_particiones_y_lo_demas_por_ninguna(admin: Admin) -> None:
    assert {m.__name__: n for m in MENSAJES if (n := _particiones(admin, m))} == {
        "AnonimizarImagen": 4,
        "AnonimizarArchivo": 4,
    }


@cada_mensaje
def test_el_esquema_registrado_es_el_del_codigo(admin: Admin, tipo: type[Mensaje]) -> None:
    registrado = admin.ver(f"schemas/{tipo.topico.removeprefix('persistent://')}/schema")
    assert registrado["type"] == "AVRO"
    assert json.loads(registrado["data"]) == tipo.esquema


@cada_mensaje
def test_un_productor_incompatible_se_rechaza(cliente: pulsar.Client, tipo: type[Mensaje]) -> None:
    campo, *otros = tipo.esquema["fields"]
    ajeno = {**tipo.esquema, "fields": [{**campo, "type": "long", "default": 0}, *otros]}
    with pytest.raises(pulsar.IncompatibleSchema):
        cliente.create_producer(tipo.topico, schema=pulsar.schema.AvroSchema(None, schema_definition=ajeno))


def _sin_defectos(tipo: type[Mensaje]) -> dict[str, Any]:
    """The schema that a Java class with the same names has: no defaults, and compatible with ours."""
    return {**tipo.esquema, "fields": [{"name": c["name"], "type": c["type"]} for c in tipo.esquema["fields"]]}


@cada_mensaje
def test_nadie_registra_un_esquema_al_publicar_ni_al_oir(
    admin: Admin, cliente: pulsar.Client, tipo: type[Mensaje]
) -> None:
    """Compatible is not enough: what one producer registered would be what every later version is held against."""
    ruta = f"schemas/{tipo.topico.removeprefix('persistent://')}/schemas"
    antes = admin.ver(ruta)
    con_uno_mas = {**tipo.esquema, "fields": [*tipo.esquema["fields"], {"name": "z", "type": "string", "default": ""}]}
    for ajeno in (_sin_defectos(tipo), con_uno_mas):
        assert incompatibilidades(tipo.esquema, ajeno) == []
        esquema = pulsar.schema.AvroSchema(None, schema_definition=ajeno)
        with pytest.raises(pulsar.IncompatibleSchema):
            cliente.create_producer(tipo.topico, schema=esquema)
        consumidor = cliente.subscribe(tipo.topico, f"ajena-{secrets.token_hex(4)}", schema=esquema)
        consumidor.unsubscribe()
    assert admin.ver(ruta) == antes


def test_quien_llega_antes_que_provisionar_publica_en_cuanto_esta_hecho(
    servidores: Servidores, admin: Admin, tipo_nuevo: type[Mensaje]
) -> None:
    """A service of the next release may start before provisioning: it is not confirmed, and no schema comes of it."""
    espacio = f"namespaces/{INQUILINO}/{tipo_nuevo.contexto}"
    admin.poner("PUT", espacio)
    admin.poner("POST", f"{espacio}/isAllowAutoUpdateSchema", False)
    enviado = tipo_nuevo()
    sobre = sobre_nuevo(enviado, fuente="/saludtech/pruebas", sujeto="s-1")
    publicador = Publicador(servidores.pulsar_url)
    try:
        with pytest.raises(SinConfirmacion):
            publicar(publicador, sobre, enviado)
        Aprovisionador(servidores.admin_url).topicos([tipo_nuevo])
        publicar(publicador, sobre, enviado)
    finally:
        publicador.cerrar()
    versiones = admin.ver(f"schemas/{tipo_nuevo.topico.removeprefix('persistent://')}/schemas")
    assert [json.loads(v["data"]) for v in versiones["getSchemaResponses"]] == [tipo_nuevo.esquema]


def test_dos_versiones_publican_a_la_vez_lo_que_provisionar_registro(
    servidores: Servidores, cliente: pulsar.Client, tipo_nuevo: type[Mensaje]
) -> None:
    """While one release takes over from another, the old one's schema is still a registered one."""
    aprovisionador = Aprovisionador(servidores.admin_url)
    aprovisionador.topicos([tipo_nuevo])
    campos = [*tipo_nuevo.esquema["fields"], {"name": "nota", "type": "string", "default": ""}]
    siguiente = {**tipo_nuevo.esquema, "fields": campos}
    aprovisionador.registrar(tipo_nuevo.topico, json.dumps(siguiente))
    aprovisionador.topicos([tipo_nuevo])  # the old release's, started once more
    for esquema in (tipo_nuevo.esquema, siguiente):
        propio = pulsar.schema.AvroSchema(None, schema_definition=esquema)
        cliente.create_producer(tipo_nuevo.topico, schema=propio).close()


@pytest.fixture
def tipo_nuevo() -> Iterator[type[Mensaje]]:
    """A message that no broker has heard of yet."""

    class Estrenado(Mensaje):
        """Something new."""

        que: str = ""

    tipo = mensaje(f"contratos-{secrets.token_hex(4)}", "evento", sujeto="")(Estrenado)
    yield tipo
    del REGISTRO[tipo.tipo]


def test_un_consumidor_incompatible_se_rechaza(cliente: pulsar.Client) -> None:
    campo, *otros = CrearSuscripcion.esquema["fields"]
    ajeno = {**CrearSuscripcion.esquema, "fields": [{**campo, "type": "long", "default": 0}, *otros]}
    with pytest.raises(pulsar.IncompatibleSchema):
        cliente.subscribe(
            CrearSuscripcion.topico, "ajeno", schema=pulsar.schema.AvroSchema(None, schema_definition=ajeno)
        )


@cada_mensaje
def test_los_bytes_sin_esquema_se_rechazan(cliente: pulsar.Client, tipo: type[Mensaje]) -> None:
    with pytest.raises(pulsar.PulsarException):
        cliente.create_producer(tipo.topico)


@cada_mensaje
def test_lo_que_va_por_el_cable_se_decodifica_con_el_esquema_registrado(
    servidores: Servidores, admin: Admin, cliente: pulsar.Client, tipo: type[Mensaje]
) -> None:
    textos = [campo["name"] for campo in tipo.esquema["fields"] if campo["type"] == "string"]
    enviado = tipo(**{nombre: f"valor de {nombre}" for nombre in textos})
    sobre = sobre_nuevo(enviado, fuente="/saludtech/pruebas", sujeto=f"prueba-{secrets.token_hex(4)}")
    consumidor = cliente.subscribe(tipo.topico, f"prueba-{secrets.token_hex(4)}")
    publicador = Publicador(servidores.pulsar_url)
    try:
        publicar(publicador, sobre, enviado)
        recibido = _el_de(consumidor, sobre.id)
    finally:
        publicador.cerrar()
        consumidor.unsubscribe()

    ruta = tipo.topico.removeprefix("persistent://")
    registrado = json.loads(admin.ver(f"schemas/{ruta}/schema")["data"])
    visto, cifrados = _leer(recibido.data(), registrado, registrado), {ruta[0] for ruta in tipo.propios} & set(textos)
    assert visto == a_dict(enviado) | {campo: visto[campo] for campo in cifrados}
    assert all(visto[campo].startswith("v1.") for campo in cifrados)
    assert avro.decodificar(tipo, recibido.data(), json.dumps(registrado), sobre) == enviado
    assert recibido.partition_key() == sobre.sujeto
    assert recibido.properties() == a_propiedades(sobre, enviado.topico)
    assert de_propiedades(recibido.properties(), "") == sobre


V1: dict[str, Any] = {
    "type": "record",
    "name": "Prueba",
    "namespace": "co.saludtech.pruebas",
    "fields": [{"name": "id", "type": "string", "default": ""}],
}
V2 = {**V1, "fields": [*V1["fields"], {"name": "nota", "type": "string", "default": "sin nota"}]}


@pytest.fixture(scope="module")
def espacio_de_prueba(admin: Admin) -> str:
    """A namespace with the policies of all, for topics whose schemas a test may spoil."""
    espacio = f"{INQUILINO}/contratos-{secrets.token_hex(4)}"
    admin.poner("PUT", f"namespaces/{espacio}")
    admin.poner("PUT", f"namespaces/{espacio}/schemaCompatibilityStrategy", "FULL_TRANSITIVE")
    return espacio


def test_un_lector_de_la_v1_lee_la_v2_con_un_campo_mas_y_al_reves(
    espacio_de_prueba: str, cliente: pulsar.Client
) -> None:
    topico = f"persistent://{espacio_de_prueba}/evento-prueba.v1"
    lector = cliente.subscribe(topico, "lector", initial_position=pulsar.InitialPosition.Earliest)
    for esquema, valor in ((V1, {"id": "uno"}), (V2, {"id": "dos", "nota": "hola"})):
        productor = cliente.create_producer(topico, schema=pulsar.schema.AvroSchema(None, schema_definition=esquema))
        productor.send(valor)
        productor.close()

    recibidos = [lector.receive(10_000) for _ in range(2)]

    def escritor(mensaje: pulsar.Message) -> Any:
        return json.loads(cliente._client.get_schema_info(topico, mensaje._message.int_schema_version()).schema())

    con_v1 = [_leer(m.data(), escritor(m), V1) for m in recibidos]
    con_v2 = [_leer(m.data(), escritor(m), V2) for m in recibidos]
    lector.close()
    assert con_v1 == [{"id": "uno"}, {"id": "dos"}]
    assert con_v2 == [{"id": "uno", "nota": "sin nota"}, {"id": "dos", "nota": "hola"}]


def test_ser_compatible_con_la_ultima_version_no_basta(espacio_de_prueba: str, cliente: pulsar.Client) -> None:
    """A field that went, and comes back as something else, agrees with the newest schema and not with the oldest."""
    topico = f"persistent://{espacio_de_prueba}/evento-transitivo.v1"
    otra = {**V1, "fields": [*V1["fields"], {"name": "nota", "type": "long", "default": 0}]}
    for esquema in (V2, V1):
        cliente.create_producer(topico, schema=pulsar.schema.AvroSchema(None, schema_definition=esquema)).close()
    assert incompatibilidades(V1, otra) == []

    with pytest.raises(pulsar.IncompatibleSchema):
        cliente.create_producer(topico, schema=pulsar.schema.AvroSchema(None, schema_definition=otra))


@pytest.mark.parametrize("octetos", [1_000, 100_000, 1_000_000])
def test_un_mensaje_grande_se_lee_tambien_del_disco(admin: Admin, cliente: pulsar.Client, octetos: int) -> None:
    """What a topic that was just unloaded answers with comes from the bookie, not from the broker's memory."""
    topico = f"persistent://public/default/grande-{secrets.token_hex(4)}"
    productor = cliente.create_producer(topico)
    productor.send(b"x" * octetos)
    productor.close()
    admin.poner("PUT", f"{topico.replace('://', '/')}/unload")

    lector = cliente.create_reader(topico, pulsar.MessageId.earliest)
    assert lector.has_message_available()
    assert len(lector.read_next(10_000).data()) == octetos
    lector.close()


def _el_de(consumidor: pulsar.Consumer, id: str) -> pulsar.Message:
    """The message with that `ce_id`: on a given broker, others may speak too."""
    while True:
        recibido = consumidor.receive(10_000)
        if recibido.properties()["ce_id"] == id:
            return recibido


def _particiones(admin: Admin, tipo: type[Mensaje]) -> int:
    return int(admin.ver(f"{tipo.topico.replace('://', '/')}/partitions")["partitions"])


def _leer(carga: bytes, escritor: Any, lector: Any) -> Any:
    fuente = io.BytesIO(carga)
    valor = fastavro.schemaless_reader(fuente, escritor, lector)
    assert not fuente.read(), "nothing follows the record"
    return valor
