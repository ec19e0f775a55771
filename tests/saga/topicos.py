"""Looking into topics, as an auditor does."""

import pulsar

from seedwork.infraestructura.pulsar import crear_cliente


def publicado(pulsar_url: str, topico: str) -> bytes:
    """All that a topic holds: keys, properties and payloads."""
    cliente = crear_cliente(pulsar_url)
    try:
        lector = cliente.create_reader(topico, pulsar.MessageId.earliest)
        trozos: list[bytes] = []
        while lector.has_message_available():
            mensaje = lector.read_next(10_000)
            trozos += [mensaje.partition_key().encode(), str(mensaje.properties()).encode(), mensaje.data()]
        return b"\n".join(trozos)
    finally:
        cliente.close()
