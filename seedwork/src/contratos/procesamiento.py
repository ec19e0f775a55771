"""What the procesamiento context hears and says. Its events carry no patient's id, and free text only where
a setting that names the risk lets some pass."""

from dataclasses import dataclass

from contratos.base import Mensaje, campo, mensaje

EMISOR_DESCONOCIDO = "DESCONOCIDO"
"""What ImagenAnonimizada says of the issuer of a patient's number that nobody told."""
METADATOS_MAXIMO = 64 * 1024**2
"""Octets that a package's metadata may have: 600 and more for each of its 100,000 files at most."""


@mensaje("procesamiento", "comando", sujeto="id_imagen", entrega="compartida", particiones=4)
class AnonimizarImagen(Mensaje):
    """Ask for an image's metadata to be anonymised. The fields are those of today's HTTP body.

    All but the id are the patient's: what they say of an illness, and whatever else its sender put into a text.
    """

    id_imagen: str = ""
    modalidad: str = campo(propio=True)
    patologia: str = campo(propio=True)
    region_anatomica: str = campo(propio=True)
    formato_imagen: str = campo(propio=True)
    fuente_de_datos: str = campo(propio=True)
    antecedentes: str = campo(propio=True)
    id_paciente: str = campo(propio=True)
    fecha_ingesta: str = campo(propio=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchivoPedido:
    """Where a file lies, and what it is: ``octetos`` is 0 where its sender did not say. Its name may be a person's."""

    uri: str = campo(propio=True)
    sha256: str = ""
    octetos: int = 0

    @property
    def es_referencia(self) -> bool:
        """Whether its sender only said where it lies: whoever takes a file in counts it, and takes no empty one."""
        return self.octetos == 0


@mensaje(
    "procesamiento",
    "comando",
    sujeto="id_imagen",
    menciona={"id_paquete": "id_paquete"},
    entrega="compartida",
    particiones=4,
)
class AnonimizarArchivo(Mensaje):
    """Ask for an image's file to be anonymised, with its metadata. The fields are AnonimizarImagen's, and the file.

    Where it came in a package, ``id_paquete`` names that, and what the fields lack the file's own tags fill.
    """

    id_imagen: str = ""
    modalidad: str = campo(propio=True)
    patologia: str = campo(propio=True)
    region_anatomica: str = campo(propio=True)
    formato_imagen: str = campo(propio=True)
    fuente_de_datos: str = campo(propio=True)
    antecedentes: str = campo(propio=True)
    id_paciente: str = campo(propio=True)
    fecha_ingesta: str = campo(propio=True)
    archivo: ArchivoPedido = ArchivoPedido()
    id_paquete: str = ""


@mensaje("procesamiento", "comando", sujeto="id_paquete", entrega="compartida")
class AnonimizarPaquete(Mensaje):
    """Ask for all images of a package to be anonymised: ``paquete`` is a zip, ``metadatos`` a CSV or JSON.

    Where there are no metadata, their address is empty.
    """

    id_paquete: str = ""
    paquete: ArchivoPedido = ArchivoPedido()
    metadatos: ArchivoPedido = ArchivoPedido()


@mensaje("procesamiento", "comando", sujeto="id_imagen", entrega="compartida")
class LiberarImagen(Mensaje):
    """Ask that a file that was kept apart be cleaned once more: a person has looked at it, and settles the doubt.

    ``operador`` is who, ``razon`` why, in their own words.
    """

    id_imagen: str = ""
    operador: str = campo(propio=True)
    razon: str = campo(propio=True)


@mensaje("procesamiento", "comando", sujeto="id_imagen", entrega="compartida")
class DescartarImagen(Mensaje):
    """Ask that the original of a file that was kept apart be deleted now. The fields are LiberarImagen's."""

    id_imagen: str = ""
    operador: str = campo(propio=True)
    razon: str = campo(propio=True)


@mensaje("procesamiento", "evento", sujeto="id_imagen", entrega="compartida")
class ImagenAnonimizada(Mensaje):
    """An image is anonymised. ``fecha_ingesta`` is shifted by a per-patient offset (ISO 8601).

    What a data set's classes need, each empty where it is unknown: ``banda_de_edad`` (``40-49``; above 89 ``90+``),
    ``sexo`` (M, F, O), and ``mes`` (``AAAA-MM``), that of the file's own shifted date, or of ``fecha_ingesta`` where
    the file tells none or there is no file. ``id_paquete`` is the package that its file came in, here and in what
    follows; empty for one that was sent by itself. Of what came as a file, ``uri``, ``sha256``, ``octetos`` and
    ``tipo_de_archivo``, its media type, are its clean result's; else they are empty, and 0. ``emisor`` is
    :data:`EMISOR_DESCONOCIDO` where nobody told who issued the patient's number: two images of one person may then bear
    two pseudonyms; empty where somebody did, or there is no file.
    """

    id_imagen: str = ""
    seudonimo_paciente: str = ""
    modalidad: str = ""
    patologia: str = ""
    region_anatomica: str = ""
    formato_imagen: str = ""
    fuente_de_datos: str = ""
    condiciones: tuple[str, ...] = ()
    fecha_ingesta: str = ""
    banda_de_edad: str = campo(revela="how old the patient was, to ten years; who was 90 or more is one of all those")
    sexo: str = campo(
        revela="what the file says of the patient's sex; with band, month and kind of image it makes a group smaller"
    )
    mes: str = campo(
        revela="a month up to two years before the true one, by the patient's own offset: how far apart a patient's "
        "images were made, never when"
    )
    uri: str = campo(revela="where the clean file lies, for whoever may read the store: its name is the checksum")
    sha256: str = campo(
        revela="with `octetos`, which clean file it is: who has that file knows that it is this image's; of the "
        "original nothing"
    )
    octetos: int = 0
    emisor: str = campo(revela="whether its sender said where it comes from, not where")
    antecedentes_con_riesgo_residual: str = campo(
        forma="parrafo",
        propio=True,
        revela="those of the history's words that an allow-list has, where a setting of procesamiento lets them pass "
        "(off by default: it is empty then). The residual risk is that they say who somebody is: by a rare disease, by "
        "what only one person has together, or by a name that is such a word too",
    )
    tipo_de_archivo: str = ""
    id_paquete: str = ""


@mensaje("procesamiento", "evento", sujeto="id_imagen", entrega="compartida")
class ImagenApartada(Mensaje):
    """An image's file can't be released: ``estado`` is CUARENTENA or FALLIDA, ``motivo`` a code that says why."""

    id_imagen: str = ""
    estado: str = ""
    motivo: str = ""
    id_paquete: str = ""


@mensaje("procesamiento", "evento", sujeto="id_imagen", entrega="compartida")
class ImagenLiberada(Mensaje):
    """A person lets an image's file be tried once more: ``motivo`` is the code of what it had been kept apart for."""

    id_imagen: str = ""
    motivo: str = ""
    id_paquete: str = ""


@mensaje("procesamiento", "evento", sujeto="id_imagen", entrega="compartida")
class OriginalDescartado(Mensaje):
    """A person has an original deleted that was kept apart: ``motivo`` is the code of what for. Its image stays so."""

    id_imagen: str = ""
    motivo: str = ""
    id_paquete: str = ""


@mensaje("procesamiento", "evento", sujeto="id_paquete", entrega="compartida")
class PaqueteCompletado(Mensaje):
    """Each image of a package is decided: said once. ``fallidas`` counts the refused ones too."""

    id_paquete: str = ""
    total: int = 0
    hechas: int = 0
    cuarentena: int = 0
    fallidas: int = 0


@mensaje("procesamiento", "evento", sujeto="id_paquete", entrega="compartida")
class PaqueteRechazado(Mensaje):
    """A package is not taken, none of it: ``motivo`` is a code that says why."""

    id_paquete: str = ""
    motivo: str = ""


@mensaje("procesamiento", "evento", sujeto="", entrega="compartida")
class AnonimizacionRechazada(Mensaje):
    """An image command took no effect, and why (a code of :mod:`contratos.motivos`).

    It is about the image; where there is none, or its id must not be told, about the command.
    """

    id_imagen: str = ""
    id_comando: str = ""
    motivo: str = ""
    id_paquete: str = ""


@mensaje("procesamiento", "evento", sujeto="id_imagen", entrega="compartida")
class ConsultaAnonimizacion(Mensaje):
    """An image was looked up: an audit fact. ``consultante`` is who asked, ``ocurrido`` RFC 3339 in UTC."""

    id_imagen: str = ""
    consultante: str = campo(propio=True)
    ocurrido: str = ""
