"""Errors that the domain raises."""


class ReglaViolada(Exception):
    """A business rule forbids what was asked. ``codigo`` is one of :mod:`contratos.motivos`'s codes."""

    def __init__(self, codigo: str) -> None:
        super().__init__(codigo)
        self.codigo = codigo
