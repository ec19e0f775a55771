"""The anonymisation itself: from an image's metadata to what may be kept and told of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from anonimizacion.paciente import Paciente
from anonimizacion.seudonimos import Seudonimizador
from procesamiento.dominio.condiciones import Reconocedor
from procesamiento.dominio.depuracion import Depurador
from procesamiento.dominio.metadatos import Completos, MetadatosImagen
from seedwork.dominio.errores import ReglaViolada
from seedwork.dominio.reglas import leer_fecha

RETIRADO = "RETIRADO"
"""Stands for a text that held the patient's number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DatosAnonimos:
    """What is kept of an image: pseudonymous, not anonymous, since the key's holder can link it (GDPR art. 4(5)).

    Attributes:
        condiciones: codes of the allow-list.
        fecha_ingesta: ISO 8601, moved by the patient's own offset; empty where nobody told it.
        version_clave: the version of the key that pseudonym, offset and fingerprint come from.
        huella: the content's keyed fingerprint.
        antecedentes_con_riesgo_residual: what a setting lets pass of the history's words; empty without it. It is told
            once, and kept nowhere.
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
    antecedentes_con_riesgo_residual: str = field(default="", repr=False, compare=False)

    @property
    def mes(self) -> str:
        """The moved date's month, ``AAAA-MM``; empty where the date was taken out."""
        return "" if self.fecha_ingesta == RETIRADO else self.fecha_ingesta[:7]


@dataclass(frozen=True, slots=True)
class DeQuien:
    """Whose a file says that it is: the patient's pseudonym, and by how much that patient's dates are moved."""

    seudonimo: str
    desplazamiento: timedelta = field(repr=False)


@dataclass(frozen=True, slots=True)
class Huella:
    """What a content is known again by: its keyed fingerprint, and the version of the key."""

    version: int
    valor: bytes


class Anonimizador:
    """Makes :class:`DatosAnonimos` of valid metadata.

    Args:
        claves: every version of the key that is still known; the highest one is in force, the others only recognise
            what they made.
        reconocedor: finds the allow-listed conditions in a history.
        depurador: leaves what it may of a history's words, at the risk that remains; None leaves nothing.
    """

    def __init__(
        self, claves: Mapping[int, Seudonimizador], reconocedor: Reconocedor, depurador: Depurador | None = None
    ) -> None:
        self._claves = claves
        self._vigente = claves[max(claves)]
        self._reconocedor = reconocedor
        self._depurador = depurador

    def anonimizar(
        self,
        metadatos: MetadatosImagen,
        *,
        archivo: str = "",
        de_quien: DeQuien | None = None,
        completos: Completos | None = None,
    ) -> DatosAnonimos:
        """What may be kept.

        Args:
            archivo: the SHA-256 of what came as its file; empty for metadata alone.
            de_quien: the patient, where there was a file, which may name another issuer than the metadata: then
                pseudonym and moved dates are the file's.
            completos: what its file told besides, where it came in a package; the content stays what was sent.

        Raises:
            ReglaViolada: the metadata breaks a rule of the contract (DATOS_INVALIDOS).
        """
        enviados, paciente, clave = metadatos, metadatos.paciente, self._vigente
        if completos is not None:
            metadatos = completos.metadatos
            paciente = Paciente(completos.emisor, metadatos.id_paciente)
        if not metadatos.son_validos(parciales=completos is not None):
            raise ReglaViolada("DATOS_INVALIDOS")
        sin_fecha = completos is not None and not metadatos.fecha_ingesta
        ingesta = None if sin_fecha else _leida(metadatos.fecha_ingesta)
        quien = de_quien or DeQuien(clave.paciente(paciente), clave.desplazamiento(paciente))
        modalidad, patologia, region, formato, fuente = _sin_paciente(metadatos.descriptivos, paciente)
        return DatosAnonimos(
            seudonimo_paciente=quien.seudonimo,
            modalidad=modalidad,
            patologia=patologia,
            region_anatomica=region,
            formato_imagen=formato,
            fuente_de_datos=fuente,
            condiciones=self._reconocedor.reconocer(metadatos.antecedentes, ingesta.year if ingesta else 0),
            fecha_ingesta="" if ingesta is None else _desplazada(ingesta, quien.desplazamiento),
            version_clave=clave.version,
            huella=self.huella(enviados, archivo).valor,
            antecedentes_con_riesgo_residual=(
                self._depurador.depurar(metadatos.antecedentes, salvo=paciente.numero) if self._depurador else ""
            ),
        )

    def huella(self, metadatos: MetadatosImagen, archivo: str = "") -> Huella:
        """What this content is known again by."""
        return Huella(self._vigente.version, self._vigente.huella(_contenido(metadatos, archivo)))

    def es_repeticion(self, conocida: Huella, metadatos: MetadatosImagen, archivo: str = "") -> bool:
        """Whether this content is that one, by the version of the key that was in force then."""
        clave = self._claves.get(conocida.version)
        return clave is not None and clave.huella(_contenido(metadatos, archivo)) == conocida.valor


def _contenido(metadatos: MetadatosImagen, archivo: str) -> str:
    return f"{metadatos.canonicos}\x1f{archivo}" if archivo else metadatos.canonicos


def _sin_paciente(textos: tuple[str, ...], paciente: Paciente) -> tuple[str, ...]:
    """The texts, those taken out that hold the patient's number."""
    return tuple(RETIRADO if paciente.esta_en(t) else t for t in textos)


def _leida(fecha: str) -> datetime:
    try:
        return leer_fecha(fecha)
    except ValueError:
        raise ReglaViolada("DATOS_INVALIDOS") from None


def _desplazada(fecha: datetime, desplazamiento: timedelta) -> str:
    """The moved date, in ISO 8601 and with as much of time and zone as it came with."""
    return (fecha + desplazamiento).isoformat().replace("+00:00", "Z")
