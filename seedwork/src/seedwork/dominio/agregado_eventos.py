"""The base of an aggregate whose state is nothing but the fold of its events."""

from dataclasses import dataclass

from seedwork.dominio.agregado import Agregado, EventoDominio


@dataclass(kw_only=True)
class AgregadoEventos(Agregado):
    """Changes only by what happens: every change is an event, and loading it is applying the old ones again."""

    def registrar(self, evento: EventoDominio) -> None:
        """Let it happen: fold the event into the state, and tell it when the unit of work commits."""
        self.aplicar(evento)
        super().registrar(evento)

    def aplicar(self, evento: EventoDominio) -> None:
        """Fold one event into the state. It checks nothing: what happened, happened."""
        raise NotImplementedError
