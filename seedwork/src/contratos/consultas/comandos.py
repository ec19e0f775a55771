"""What became of a command: the same answer from each context that takes commands."""

from typing import Literal

from contratos.consultas.base import COMANDO, MOTIVO, Respuesta, campo


class DestinoComando(Respuesta):
    """Qué fue de un comando; 404 mientras no se haya atendido."""

    id_comando: str = campo("El que dio la respuesta 202.", COMANDO)
    tipo: str = campo("Qué se pidió.", "CambiarPlanSuscripcion")
    estado: Literal["APLICADO", "RECHAZADO"] = campo("Si tuvo efecto.", "RECHAZADO")
    motivo: str | None = campo(MOTIVO, "Ese plan ya es el de la suscripción.")
