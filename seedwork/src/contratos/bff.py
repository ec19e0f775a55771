"""What the door tells: what it let nobody do."""

from contratos.base import Mensaje, campo, mensaje, numero

MAXIMO_VECES = 1_000_000
"""How often one message may say that something was refused."""


@mensaje("bff", "evento", sujeto="")
class AccesoNegado(Mensaje):
    """The door refused a caller, whose token is good, what it may not use; for the audit trail.

    ``quien`` is the token's ``sub``; ``titular`` its roles, a client's and a clinic's with their code. ``accion`` is
    the command's or the query's name, ``recurso`` the id that it was about, empty for none, and ``veces`` how often
    this was refused in a row: what comes much too often is told once a second. Of several, ``recurso`` is the first
    one's.
    """

    quien: str = campo(requerido=True, forma="sujeto")
    titular: str = campo(forma="titular")
    accion: str = campo(requerido=True, forma="accion")
    recurso: str = campo(forma="id")
    motivo: str = campo(forma="codigo")
    ocurrido: str = campo(requerido=True, forma="instante")
    veces: int = numero(1, MAXIMO_VECES)
