"""What stays of a client that is forgotten, where, and until when (docs/datos-personales.md): as the settings say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contratos.consultas.suscripciones import LoQueQueda
from seedwork.aplicacion.sobre import en_texto


@dataclass(frozen=True, kw_only=True, slots=True)
class PlazosDeOlvido:
    """How long what can't be emptied at once is kept, in days.

    Attributes:
        topicos: what was consumed, the time until its file goes included.
        cartas: dead letters.
        salida: what was sent, in the services' tables.
        comandos: what became of commands.
        respaldos: backups of the databases.
        exportacion: what a client asked to be told; it is no copy, and ends with the client too.
    """

    topicos: float
    cartas: float
    salida: float
    comandos: float
    respaldos: float
    exportacion: float


def lo_que_queda(suprimido: datetime, plazos: PlazosDeOlvido) -> Sequence[LoQueQueda]:
    """What is left of a client that was forgotten at that instant.

    It is reckoned from the instant alone: whether the other services have heard of it yet, nobody asks them; what they
    keep until they do is the first of it, without a date. What is in motion then (a message that a service hears after
    it, a letter that is replayed) begins its days anew: so what was waiting takes its turn once, and the topics' days
    run from there.
    """

    def queda(donde: str, que: str, dias: float | None) -> LoQueQueda:
        hasta = None if dias is None else en_texto(suprimido + timedelta(days=dias))
        return LoQueQueda(donde=donde, que=que, hasta=hasta)

    return [
        queda(
            "Los servicios de datos y las notificaciones.",
            "Su código, y lo que quedaba por escribirle: lo borran en cuanto oyen la supresión.",
            None,
        ),
        queda(
            "Los tópicos.",
            "Lo que pidió y lo que se dijo de ello, con los datos personales cifrados y su código.",
            plazos.topicos,
        ),
        queda(
            "Las cartas muertas.",
            "Los mensajes que no se pudieron atender, como vinieron; repetidos, otra vez los días de su tópico.",
            plazos.cartas + plazos.topicos,
        ),
        queda("La salida de cada servicio.", "Los mensajes ya enviados, con los datos cifrados.", plazos.salida),
        queda("El destino de sus comandos.", "El identificador de cada uno y su código.", plazos.comandos),
        queda("Las copias de seguridad.", "Lo que había en las bases de datos, y las claves.", plazos.respaldos),
        queda("El almacén de eventos.", "Su código cifrado, que sin su clave ya no lo puede leer nadie.", None),
        queda("Las suscripciones y las facturas.", "Planes, importes y fechas, de nadie.", None),
        queda("La auditoría.", "Quién hizo qué y cuándo: identificadores y códigos.", None),
        queda("El correo.", "Las cartas que ya se le enviaron, en los servidores por los que pasaron.", None),
    ]
