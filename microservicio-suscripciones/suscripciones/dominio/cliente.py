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

    def actualizar(self, otro: "Cliente") -> None:
        """Take over the newer data."""
        self.nombres, self.apellidos, self.usuario = otro.nombres, otro.apellidos, otro.usuario
        self.rut, self.cedula, self.email = otro.rut, otro.cedula, otro.email
