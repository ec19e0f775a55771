"""What the procesamiento context is asked, and what it answers: nothing that identifies a patient."""

from typing import Literal

from contratos.consultas.base import (
    IMAGEN,
    MOTIVO,
    PAGINA,
    Consulta,
    Cursor,
    Id,
    Pagina,
    Parte,
    Respuesta,
    Texto,
    campo,
    filtro,
)
from contratos.consultas.comandos import DestinoComando

AVISO = (
    "Datos seudonimizados con clave, no anónimos: quien guarda la clave puede volver a vincularlos (RGPD, art. 4.5)."
)
"""What is said with every image."""


class Condicion(Parte):
    """Una condición de la lista admitida, hallada en los antecedentes."""

    codigo: str = campo("Su código.", "E14")
    nombre: str = campo("Su nombre.", "Diabetes mellitus, no especificada")


class Imagen(Respuesta):
    """El registro de una imagen, ya sin datos del paciente."""

    id_imagen: str = campo("Su identificador.", IMAGEN)
    estado: Literal["PENDIENTE", "ANONIMIZADA", "CUARENTENA", "FALLIDA", "RECHAZADA"] = campo(
        "Cómo está.", "ANONIMIZADA"
    )
    motivo: str | None = campo(MOTIVO)
    seudonimo_paciente: str | None = campo(
        "El mismo para todas las imágenes de un paciente.", "v2:0798da8aa9149fcc79817fd128a99275"
    )
    modalidad: str | None = campo("Cómo se tomó.", "Rayos X")
    patologia: str | None = campo("Qué muestra.", "Neumonía")
    region_anatomica: str | None = campo("De qué parte del cuerpo.", "Cráneo")
    formato_imagen: str | None = campo("Su formato.", "DICOM")
    fuente_de_datos: str | None = campo("De dónde viene.", "Hospital del norte")
    condiciones: list[Condicion] = campo("Las halladas en los antecedentes.")
    fecha_ingesta: str | None = campo("Desplazada: no es la que vino.", "2023-08-29T09:10:00")
    version_clave: int | None = campo("De la clave con la que se hizo el seudónimo.", 1)
    aviso: str = campo("Qué son y qué no son estos datos.", AVISO)


class PaginaImagenes(Pagina):
    """Una página de imágenes."""

    elementos: list[Imagen] = campo("Las de esta página, la más reciente primero.")


class ListarImagenes(Consulta, contexto="procesamiento", ruta="/procesar/imagenes", respuesta=PaginaImagenes):
    """Imágenes anonimizadas, por páginas."""

    modalidad: Texto | None = filtro("Cómo se tomaron.")
    patologia: Texto | None = filtro("Qué muestran.")
    region: Texto | None = filtro("De qué parte del cuerpo.")
    cursor: Cursor | None = filtro(PAGINA)


class ObtenerImagenAnonimizada(
    Consulta, contexto="procesamiento", ruta="/procesar/imagenes/{id_imagen}", respuesta=Imagen
):
    """Una imagen anonimizada."""

    id_imagen: Id = campo("La imagen.")


class ObtenerComandoImagen(
    Consulta, contexto="procesamiento", ruta="/procesar/comandos/{id_comando}", respuesta=DestinoComando
):
    """Qué fue de un comando de procesamiento."""

    id_comando: Id = campo("El comando.")
