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
    def sin_datos(cls, codigo: str) -> "Cliente":
        """Whose a subscription is that was refused, and nothing else is known of: the code (empty for none) alone."""
        return cls(id=codigo, nombres="", apellidos="", usuario="", rut="", cedula="", email="")

    def actualizar(self, otro: "Cliente") -> None:
        """Take over the newer data."""
        self.nombres, self.apellidos, self.usuario = otro.nombres, otro.apellidos, otro.usuario
        self.rut, self.cedula, self.email = otro.rut, otro.cedula, otro.email
