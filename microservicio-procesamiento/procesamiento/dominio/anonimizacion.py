"""The anonymisation itself: from an image's metadata to what may be kept and told of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from anonimizacion.paciente import Paciente
from anonimizacion.seudonimos import Seudonimizador
from procesamiento.dominio.condiciones import Reconocedor
from procesamiento.dominio.metadatos import MetadatosImagen
from seedwork.dominio.errores import ReglaViolada
from seedwork.dominio.reglas import leer_fecha

RETIRADO = "RETIRADO"
"""Stands for a text that held the patient's number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DatosAnonimos:
    """What is kept of an image: pseudonymous, not anonymous, since the key's holder can link it (GDPR art. 4(5)).

    Attributes:
        condiciones: codes of the allow-list.
        fecha_ingesta: ISO 8601, moved by the patient's own offset.
        version_clave: the version of the key that pseudonym, offset and fingerprint come from.
        huella: the content's keyed fingerprint.
    """

    seudonimo_paciente: str
    modalidad: str
    patologia: str
    region_anatomica: str
    formato_imagen: str
    fuente_de_datos: str
    condiciones: tuple[str, ...]
    fecha_ingesta: str
    version_clave: int
    huella: bytes


class Anonimizador:
    """Makes :class:`DatosAnonimos` of valid metadata.

    Args:
        claves: every version of the key that is still known; the highest one is in force, the others only recognise
            what they made.
        reconocedor: finds the allow-listed conditions in a history.
    """

    def __init__(self, claves: Mapping[int, Seudonimizador], reconocedor: Reconocedor) -> None:
        self._claves = claves
        self._vigente = claves[max(claves)]
        self._reconocedor = reconocedor

    def anonimizar(self, metadatos: MetadatosImagen) -> DatosAnonimos:
        """What may be kept.

        Raises:
            ReglaViolada: the metadata breaks a rule of the contract (DATOS_INVALIDOS).
        """
        if not metadatos.son_validos():
            raise ReglaViolada("DATOS_INVALIDOS")
        paciente, clave, ingesta = metadatos.paciente, self._vigente, _leida(metadatos.fecha_ingesta)
        modalidad, patologia, region, formato, fuente = _sin_paciente(metadatos.descriptivos, paciente)
        return DatosAnonimos(
            seudonimo_paciente=clave.paciente(paciente),
            modalidad=modalidad,
            patologia=patologia,
            region_anatomica=region,
            formato_imagen=formato,
            fuente_de_datos=fuente,
            condiciones=self._reconocedor.reconocer(metadatos.antecedentes, ingesta.year),
            fecha_ingesta=_desplazada(ingesta, clave, paciente),
            version_clave=clave.version,
            huella=clave.huella(metadatos.canonicos),
        )

    def es_repeticion(self, conocidos: DatosAnonimos, metadatos: MetadatosImagen) -> bool:
        """Whether this content is what made ``conocidos``, by the version of the key that was in force then."""
        clave = self._claves.get(conocidos.version_clave)
        return clave is not None and clave.huella(metadatos.canonicos) == conocidos.huella


def _sin_paciente(textos: tuple[str, ...], paciente: Paciente) -> tuple[str, ...]:
    """The texts, those taken out that hold the patient's number."""
    return tuple(RETIRADO if paciente.esta_en(t) else t for t in textos)


def _leida(fecha: str) -> datetime:
    try:
        return leer_fecha(fecha)
    except ValueError:
        raise ReglaViolada("DATOS_INVALIDOS") from None


def _desplazada(fecha: datetime, clave: Seudonimizador, paciente: Paciente) -> str:
    """The moved date, in ISO 8601 and with as much of time and zone as it came with."""
    return (fecha + clave.desplazamiento(paciente)).isoformat().replace("+00:00", "Z")
