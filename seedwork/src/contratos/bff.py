"""What the door tells: what it let nobody do."""

from contratos.base import Mensaje, campo, mensaje, numero

MAXIMO_VECES = 1_000_000
"""How often one message may say that something was refused."""


@mensaje("bff", "evento", sujeto="")
class AccesoNegado(Mensaje):
    """The door refused a caller, whose token is good, what it may not use; for the audit trail.

    ``quien`` is the token's ``sub``; ``titular`` its roles, a client's and a clinic's with their code. ``accion`` is
    the command's or the query's name, ``recurso`` the id that it was about, and ``veces`` how often that was refused
    in the second that is told of. ``recurso`` is empty for none, and for what comes after fifty others of that
    caller's in it. The rest is of the first of them.
    """

    quien: str = campo(requerido=True, forma="sujeto")
    titular: str = campo(forma="titular")
    accion: str = campo(requerido=True, forma="accion")
    recurso: str = campo(forma="id")
    motivo: str = campo(forma="codigo")
    ocurrido: str = campo(requerido=True, forma="instante")
    veces: int = numero(1, MAXIMO_VECES)
