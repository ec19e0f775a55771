"""The allow-list of conditions: one TOML file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field

from procesamiento.dominio.condiciones import Condicion
from seedwork.infraestructura.catalogos import CatalogoInvalido, Entrada, leer

INCLUIDAS = Path(__file__).parent.parent / "condiciones.toml"
Texto = Annotated[str, Field(min_length=2, max_length=200)]


class _Condicion(Entrada):
    codigo: Annotated[str, Field(pattern=r"^[A-Z][0-9]{2}(\.[0-9X])?$")]
    nombre: Texto
    terminos: Annotated[list[Texto], Field(min_length=1)]


class _Lista(Entrada):
    condicion: Annotated[list[_Condicion], Field(min_length=1)]


def leer_condiciones(archivo: Path = INCLUIDAS) -> Mapping[str, Condicion]:
    """Every condition of the file, by code.

    Raises:
        CatalogoInvalido: the file is no such list, or has a code or a term twice.
    """
    lista = leer(archivo, _Lista)
    condiciones: dict[str, Condicion] = {}
    terminos: set[str] = set()
    for entrada in lista.condicion:
        repetidos = terminos & set(entrada.terminos)
        if entrada.codigo in condiciones or repetidos:
            raise CatalogoInvalido(f"{archivo}: {entrada.codigo} está dos veces, o comparte {sorted(repetidos)}")
        terminos.update(entrada.terminos)
        condiciones[entrada.codigo] = Condicion(
            codigo=entrada.codigo, nombre=entrada.nombre, terminos=tuple(entrada.terminos)
        )
    return condiciones
