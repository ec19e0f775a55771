"""Looking into topics, as an auditor does, and saying again what was said there."""

import pulsar

from seedwork.infraestructura.pulsar import Publicador, crear_cliente


def publicado(pulsar_url: str, topico: str) -> bytes:
    """All that a topic holds: keys, properties and payloads."""
    trozos: list[bytes] = []
    for mensaje in _leer(pulsar_url, topico):
        trozos += [mensaje.partition_key().encode(), str(mensaje.properties()).encode(), mensaje.data()]
    return b"\n".join(trozos)


def repetir(pulsar_url: str, topico: str, ce_id: str) -> None:
    """Publish a message once more, just as it is."""
    (mensaje,) = [m for m in _leer(pulsar_url, topico) if m.properties()["ce_id"] == ce_id]
    publicador = Publicador(pulsar_url)
    try:
        publicador.publicar_carga(topico, mensaje.data(), mensaje.properties(), mensaje.partition_key(), espera=10)
    finally:
        publicador.cerrar()


def _leer(pulsar_url: str, topico: str) -> list[pulsar.Message]:
    cliente = crear_cliente(pulsar_url)
    try:
        lector = cliente.create_reader(topico, pulsar.MessageId.earliest)
        mensajes = []
        while lector.has_message_available():
            mensajes.append(lector.read_next(10_000))
        return mensajes
    finally:
        cliente.close()
