"""What the sender of a package tells of its files: a CSV or a JSON, an entry per file. Faults are told by place and
field, never by what stands there."""

from collections.abc import Callable, Collection, Iterator, Mapping

from anonimizacion.metadatos import MetadatosNoValidos, entradas
from anonimizacion.modelo import Formato
from contratos.procesamiento import AnonimizarImagen
from procesamiento.dominio.metadatos import MetadatosImagen
from seedwork.dominio.reglas import REGLA_FECHA, REGLA_ID, es_fecha, es_id
from seedwork.dominio.textos import PACIENTE, PARRAFO, PUBLICADO

CAMPOS = AnonimizarImagen.campos
"""What a sender may tell: whose the image is is none of it."""


def _fecha(texto: str) -> str:
    if not es_fecha(texto):
        raise ValueError(REGLA_FECHA)
    return texto


def _id(texto: str) -> str:
    if not es_id(texto):
        raise ValueError(REGLA_ID)
    return texto


def _formato(texto: str) -> str:
    if texto not in [*Formato]:
        raise ValueError(f"debe ser {', '.join(Formato)}")
    return texto


_LECTURAS: Mapping[str, Callable[[str], str]] = {
    "id_imagen": _id,
    "modalidad": PUBLICADO.leer,
    "patologia": PUBLICADO.leer,
    "region_anatomica": PUBLICADO.leer,
    "formato_imagen": _formato,
    "fuente_de_datos": PUBLICADO.leer,
    "antecedentes": PARRAFO.leer,
    "id_paciente": PACIENTE.leer,
    "fecha_ingesta": _fecha,
}
"""How each field is taken, as the door takes it; what is none raises ValueError with the rule."""


def leer(octetos: bytes, archivos: Collection[str]) -> dict[str, dict[str, str]]:
    """The fields that are told of each file, by its path (:func:`anonimizacion.metadatos.entradas`).

    Raises:
        MetadatosNoValidos: they can't be read, or say something that can't be.
    """
    dichos: dict[str, dict[str, str]] = {}
    ids: set[str] = set()
    for donde, archivo, entrada in entradas(octetos, archivos, CAMPOS):
        leida = dict(_leidos(donde, entrada))
        if (id := leida.get("id_imagen")) is not None:
            if id in ids:
                raise MetadatosNoValidos(f"{donde}: id_imagen: ya se dijo antes")
            if "id_paciente" not in leida:
                # An id is shown whatever becomes of its image: whether it holds the number is to be known before.
                raise MetadatosNoValidos(f"{donde}: id_imagen: falta id_paciente, y sin él no se admite")
            if MetadatosImagen(**{**dict.fromkeys(CAMPOS, ""), **leida}).falta_del_id() is not None:
                raise MetadatosNoValidos(f"{donde}: id_imagen: contiene el número del paciente")
            ids.add(id)
        dichos[archivo] = leida
    return dichos


def _leidos(donde: str, entrada: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for campo, valor in entrada.items():
        # As in a form: what is left empty is not told.
        if valor.strip():
            try:
                yield campo, _LECTURAS[campo](valor)
            except ValueError as regla:
                raise MetadatosNoValidos(f"{donde}: {campo}: {regla}") from None
