"""What a service's outbox holds, as its readers will see it."""

import sqlalchemy as sa

from contratos import REGISTRO, Mensaje
from seedwork.infraestructura import avro, bd, cloudevents, outbox


def publicado(motor: sa.Engine) -> list[tuple[dict[str, str], Mensaje]]:
    """Properties and message of each outbox row, sent or not, in order; what waits is said to nobody."""
    consulta = sa.select(bd.outbox).where(bd.outbox.c.no_antes.is_(None)).order_by(bd.outbox.c.id)
    with motor.connect() as conexion:
        filas = conexion.execute(consulta).all()
    return [
        (
            cloudevents.a_propiedades(outbox.a_sobre(f), f.topico),
            avro.decodificar(REGISTRO[f.tipo], bytes(f.carga), sobre=outbox.a_sobre(f)),
        )
        for f in filas
    ]
