"""The allow-list of conditions, and the words that histories are understood by: TOML files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from procesamiento.dominio.condiciones import PAPELES, Condicion, Lexico, Reconocedor
from procesamiento.dominio.depuracion import Depurador
from seedwork.infraestructura.catalogos import CatalogoInvalido, Entrada, leer

_PAQUETE = Path(__file__).parent.parent
INCLUIDAS = _PAQUETE / "condiciones.toml"
Texto = Annotated[str, Field(min_length=2, max_length=400)]


class _Condicion(Entrada):
    codigo: Annotated[str, Field(pattern=r"^[A-Z][0-9]{2}(\.[0-9X])?$")]
    nombre: Texto
    terminos: Annotated[list[Texto], Field(min_length=1)]
    debiles: list[Texto] = Field(default_factory=list)


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
        propios = {*entrada.terminos, *entrada.debiles}
        repetidos = terminos & propios
        if entrada.codigo in condiciones or repetidos:
            raise CatalogoInvalido(f"{archivo}: {entrada.codigo} está dos veces, o comparte {sorted(repetidos)}")
        terminos.update(propios)
        condiciones[entrada.codigo] = Condicion(
            codigo=entrada.codigo,
            nombre=entrada.nombre,
            terminos=tuple(entrada.terminos),
            debiles=tuple(entrada.debiles),
        )
    return condiciones


def _papel(nombre: str) -> str:
    if nombre not in PAPELES:
        raise ValueError("no es un papel en una oración")
    return nombre


Frases = list[str]
Papel = Annotated[str, AfterValidator(_papel)]


class _Propias(Entrada):
    condiciones: list[str]
    frases: Frases


class _Dudas(Entrada):
    palabras: Frases
    condiciones: list[str]


class _Genero(Entrada):
    palabras: Frases
    condiciones: list[str]


class _Generos(Entrada):
    femenino: _Genero
    masculino: _Genero


class _Encabezados(Entrada):
    propios: Frases
    neutros: Frases
    otros: Frases
    ajenos: Frases


class _Negadas(Entrada):
    niegan: Frases
    objetos: Frases


class _Lexico(Entrada):
    numerales: Frases
    abreviaturas: Frases
    negadas: _Negadas
    clases: dict[str, Frases]
    palabras: dict[Papel, Frases]
    raices: dict[Papel, Frases]
    otras: Frases
    consecuencias: list[str]
    operables: list[str]
    contiguas: list[str]
    pruebas: list[_Propias]
    propias: list[_Propias]
    dudas: list[_Dudas]
    generos: _Generos
    encabezados: _Encabezados


class _Depuracion(Entrada):
    enlaces: Frases
    niegan: Frases
    nombres: Frases
    tambien_nombres: Frases


def leer_lexico() -> Lexico:
    """The package's own."""
    archivo = leer(_PAQUETE / "lexico.toml", _Lexico)
    return Lexico(
        clases=archivo.clases,
        palabras=archivo.palabras,
        raices=archivo.raices,
        otras=archivo.otras,
        consecuencias=archivo.consecuencias,
        operables=archivo.operables,
        contiguas=archivo.contiguas,
        pruebas=[(p.condiciones, p.frases) for p in archivo.pruebas],
        propias=[(p.condiciones, p.frases) for p in archivo.propias],
        dudas=[(d.palabras, d.condiciones) for d in archivo.dudas],
        femenino=(archivo.generos.femenino.palabras, archivo.generos.femenino.condiciones),
        masculino=(archivo.generos.masculino.palabras, archivo.generos.masculino.condiciones),
        propios=archivo.encabezados.propios,
        neutros=archivo.encabezados.neutros,
        otros=archivo.encabezados.otros,
        ajenos=archivo.encabezados.ajenos,
        numerales=archivo.numerales,
        abreviaturas=archivo.abreviaturas,
        niegan=archivo.negadas.niegan,
        objetos=archivo.negadas.objetos,
    )


def leer_reconocedor(condiciones: Mapping[str, Condicion]) -> Reconocedor:
    """Of these conditions, by the package's own words."""
    return Reconocedor(condiciones.values(), leer_lexico())


def leer_depurador(reconocedor: Reconocedor) -> Depurador:
    """What leaves of a history the words that this one knows, save names."""
    return Depurador(reconocedor.palabras(), **dict(leer(_PAQUETE / "depuracion.toml", _Depuracion)))
