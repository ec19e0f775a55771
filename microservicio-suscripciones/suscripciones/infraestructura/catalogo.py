"""The plan catalogue: one TOML file per plan."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import Field

from contratos import PROVEEDORES
from seedwork.dominio.dinero import Dinero
from seedwork.dominio.reglas import PATRON_MONEDA, PATRON_MONTO
from seedwork.infraestructura.catalogos import CatalogoInvalido, Codigo, Entrada, leer
from suscripciones.dominio.plan import Plan

INCLUIDOS = Path(__file__).parent.parent / "planes"


class _Plan(Entrada):
    codigo: Codigo
    nombre: Annotated[str, Field(min_length=1, max_length=200)]
    recursos: list[Codigo]
    precio: Annotated[str, Field(pattern=PATRON_MONTO)]
    moneda: Annotated[str, Field(pattern=PATRON_MONEDA)]
    periodo_dias: Annotated[int, Field(ge=0)]
    politicas: list[str] = Field(default_factory=list)


def leer_planes(carpeta: Path = INCLUIDOS, proveedores: Mapping[str, str] = PROVEEDORES) -> Mapping[str, Plan]:
    """Every plan of the folder, by code.

    Args:
        proveedores: the contexts that provide something, by the resource's name.

    Raises:
        CatalogoInvalido: a file is no plan, two have one code, one requires what nobody provides, or there is none.
    """
    planes: dict[str, Plan] = {}
    for archivo in sorted(carpeta.glob("*.toml")):
        entrada = leer(archivo, _Plan)
        if entrada.codigo in planes:
            raise CatalogoInvalido(f"{archivo}: el plan {entrada.codigo} ya está en otro archivo")
        if sin_nadie := sorted(set(entrada.recursos) - proveedores.keys()):
            raise CatalogoInvalido(
                f"{archivo}: el plan {entrada.codigo} requiere {', '.join(sin_nadie)}, y nadie lo provee: se proveen "
                f"{', '.join(sorted(proveedores))}. Quítelo del plan, o retire el plan de CATALOGO_PLANES; lo nuevo lo "
                "declara antes el contrato de quien lo provee (contratos.recurso)"
            )
        planes[entrada.codigo] = Plan(
            codigo=entrada.codigo,
            nombre=entrada.nombre,
            recursos=tuple(entrada.recursos),
            precio=Dinero(Decimal(entrada.precio), entrada.moneda),
            periodo_dias=entrada.periodo_dias,
            politicas=tuple(entrada.politicas),
        )
    if not planes:
        raise CatalogoInvalido(f"{carpeta}: no hay ningún plan (*.toml)")
    return planes
