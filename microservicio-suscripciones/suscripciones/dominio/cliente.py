"""Clients: who subscribes."""

from dataclasses import dataclass

from seedwork.dominio.agregado import Agregado


@dataclass(kw_only=True)
class Cliente(Agregado):
    """One per ``codigo``, which is its id; the data of the last subscription that was applied stand."""

    nombres: str
    apellidos: str
    usuario: str
    rut: str
    cedula: str
    email: str

    @classmethod
    def nadie(cls) -> "Cliente":
        """Whose a subscription is that was refused since no client was told: an empty code, and no data."""
        return cls(id="", nombres="", apellidos="", usuario="", rut="", cedula="", email="")

    def actualizar(self, otro: "Cliente") -> None:
        """Take over the newer data."""
        self.nombres, self.apellidos, self.usuario = otro.nombres, otro.apellidos, otro.usuario
        self.rut, self.cedula, self.email = otro.rut, otro.cedula, otro.email
