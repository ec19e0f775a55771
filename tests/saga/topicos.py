"""Looking into topics, as an auditor does, and saying again what was said there."""

import json
from collections.abc import Iterable, Iterator, Sequence

import pulsar
import urllib3
from tests.saga.espera import hasta

from plataforma.proveedores import Servidores
from seedwork.aplicacion.broker import SinConfirmacion
from seedwork.infraestructura.publicador import Publicador, crear_cliente


def publicado(pulsar_url: str, topico: str) -> bytes:
    """All that a topic holds: keys, properties and payloads."""
    trozos: list[bytes] = []
    for mensaje in _todos(pulsar_url, topico):
        trozos += [mensaje.partition_key().encode(), str(mensaje.properties()).encode(), mensaje.data()]
    return b"\n".join(trozos)


def repetir(pulsar_url: str, topico: str, ce_id: str) -> None:
    """Publish a message once more, just as it is."""
    (mensaje,) = [m for m in _todos(pulsar_url, topico) if m.properties()["ce_id"] == ce_id]
    repetir_todos(pulsar_url, topico, [mensaje])


def repetir_todos(pulsar_url: str, topico: str, mensajes: Iterable[pulsar.Message]) -> None:
    """Publish messages of a topic once more, just as they are, in this order, and wait until all are durable."""
    publicador = Publicador(pulsar_url, plazo_ms=0, esperar_cola=True)
    enviados, errores = 0, list[SinConfirmacion | None]()
    try:
        for m in mensajes:
            publicador.enviar(topico, m.data(), m.properties(), m.partition_key(), errores.append)
            enviados += 1
        hasta(lambda: len(errores) == enviados, f"{topico} lo tiene todo otra vez")
        assert not any(errores), errores
    finally:
        publicador.cerrar()


def leer(cliente: pulsar.Client, topico: str) -> list[pulsar.Message]:
    """All that a topic holds, in its order; of a partitioned one, partition by partition."""
    mensajes = []
    for parte in cliente.get_topic_partitions(topico):
        lector = cliente.create_reader(parte, pulsar.MessageId.earliest)
        while lector.has_message_available():
            mensajes.append(lector.read_next(10_000))
        lector.close()
    return mensajes


def todos(servidores: Servidores) -> Iterator[tuple[str, Sequence[bytes]]]:
    """Every topic but the broker's own, dead letters' too, with what it holds: keys, properties and payloads."""
    http = urllib3.PoolManager(timeout=30)

    def hay(que: str) -> list[str]:
        dichos: list[str] = json.loads(http.request("GET", f"{servidores.admin_url}/admin/v2/{que}").data)
        return sorted(dichos)

    espacios = [e for inquilino in hay("tenants") if inquilino != "pulsar" for e in hay(f"namespaces/{inquilino}")]
    cliente = crear_cliente(servidores.pulsar_url)
    try:
        for topico in (t for espacio in espacios for t in hay(f"persistent/{espacio}")):
            yield (
                topico,
                [
                    trozo
                    for m in leer(cliente, topico)
                    for trozo in (m.partition_key().encode(), json.dumps(m.properties()).encode(), m.data())
                ],
            )
    finally:
        cliente.close()


def _todos(pulsar_url: str, topico: str) -> list[pulsar.Message]:
    cliente = crear_cliente(pulsar_url)
    try:
        return leer(cliente, topico)
    finally:
        cliente.close()
