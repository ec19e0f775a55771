"""What the servicio-datos context is asked, and what it answers."""

from typing import Literal

from contratos.consultas.base import (
    DETALLE,
    IMAGEN,
    MOTIVO,
    PAGINA,
    SERVICIO_DATOS,
    SUSCRIPCION,
    ArchivoNombrado,
    Consulta,
    Cursor,
    Id,
    Pagina,
    Parte,
    Respuesta,
    campo,
    filtro,
)
from contratos.consultas.comandos import DestinoComando

_K = "De cada clase hay al menos tantos pacientes, y en tantos al menos difieren dos versiones cualesquiera."
_RETENIDOS = (
    "De cuántos pacientes había imágenes retenidas, por ser de su clase menos de k los que difieren. Se dice en "
    "múltiplos de k, hacia abajo: 0 es que eran menos de k."
)
_VERSION = "El número de la versión; la última si no se dice."
EstadoServicioDatos = Literal["CREADO", "INICIADO", "TERMINADO"]


class Experto(Parte):
    """Un experto del catálogo."""

    codigo: str = campo("Su código en el catálogo.", "experto-01")
    nombres: str = campo("Sus nombres.", "Camila")
    apellidos: str = campo("Sus apellidos.", "Rojas Tamayo")


class Nube(Parte):
    """Una nube del catálogo."""

    codigo: str = campo("Su código en el catálogo.", "nube-andes")
    nombre: str = campo("Su nombre.", "Nube Andes")
    tipo: str = campo("De qué tipo es.", "PRIVADA")


class Dataset(Parte):
    """Un conjunto de datos del catálogo."""

    codigo: str = campo("Su código en el catálogo.", "rayos-x-torax")
    nombre: str = campo("Su nombre.", "Rayos X de tórax")
    imagenes: int | None = campo("Cuántas imágenes tiene su última versión; null si aún no tiene ninguna.", 1250)


class ServicioDatos(Respuesta):
    """Un servicio de datos."""

    id_servicio_datos: str = campo("Su identificador.", SERVICIO_DATOS)
    estado: EstadoServicioDatos = campo("Cómo está.", "INICIADO")
    motivo: str | None = campo(MOTIVO)
    detalle: str | None = campo(DETALLE)
    id_suscripcion: str = campo("La suscripción a la que sirve.", SUSCRIPCION)
    experto: Experto = campo("Quien lo atiende.")
    nube: Nube = campo("Donde está.")
    dataset: Dataset = campo("Su conjunto de datos.")
    investigadores: list[str] = campo(
        "Quiénes, además de su cliente, pueden leer su conjunto de datos: el `sub` de cada uno.", ["inv-07"]
    )


class PaginaServiciosDatos(Pagina):
    """Una página de servicios de datos."""

    elementos: list[ServicioDatos] = campo("Los de esta página, el más reciente primero.")


class ListarServiciosDatos(
    Consulta, contexto="servicio-datos", ruta="/servicios-datos", respuesta=PaginaServiciosDatos
):
    """Servicios de datos, por páginas."""

    cliente: Id | None = filtro("El código del cliente.")
    suscripcion: Id | None = filtro("La suscripción a la que sirven.")
    estado: EstadoServicioDatos | None = filtro("Cómo están.")
    cursor: Cursor | None = filtro(PAGINA)


class ObtenerServicioDatos(
    Consulta, contexto="servicio-datos", ruta="/servicios-datos/{id_servicio_datos}", respuesta=ServicioDatos
):
    """Un servicio de datos."""

    id_servicio_datos: Id = campo("El servicio de datos.")


class ImagenPublicada(Parte):
    """Una imagen de una versión de un conjunto de datos."""

    id_imagen: str = campo("Su identificador.", IMAGEN)
    sha256: str = campo("La huella SHA-256 de su archivo limpio.", "9f86d081884c7d659a2feaa0c55ad015" * 2)
    octetos: int = campo("Los que tiene ese archivo.", 526336)


class ImagenesDeDataset(Pagina):
    """Una página de las imágenes de una versión del conjunto de datos de un servicio."""

    id_servicio_datos: str = campo("El servicio de datos.", SERVICIO_DATOS)
    dataset: str = campo("El código de su conjunto de datos.", "rayos-x-torax")
    version: int = campo("La versión, que no cambia.", 3)
    k: int = campo(_K, 5)
    pacientes_retenidos: int = campo(_RETENIDOS, 10)
    elementos: list[ImagenPublicada] = campo("Las de esta página.")


class ClasePublicada(Parte):
    """Lo que tienen en común las imágenes de una clase, y cuántas son; un texto vacío es lo que no se sabe."""

    modalidad: str = campo("Cómo se tomaron, sin mayúsculas ni tildes; igual las dos siguientes.", "rayos x")
    patologia: str = campo("Qué muestran.", "neumonia")
    region: str = campo("De qué parte del cuerpo.", "torax")
    banda_de_edad: str = campo("La edad de los pacientes, de diez en diez años; desde los 90, una sola.", "40-49")
    sexo: str = campo("El de los pacientes, como lo dice DICOM: M, F u O.", "F")
    mes: str = campo("El de la fecha, ya desplazada.", "2023-08")
    imagenes: int = campo("Cuántas hay.", 12)


class ManifiestoDeDataset(Respuesta):
    """Qué es una versión del conjunto de datos de un servicio, y con qué comprobarla."""

    id_servicio_datos: str = campo("El servicio de datos.", SERVICIO_DATOS)
    dataset: str = campo("El código de su conjunto de datos.", "rayos-x-torax")
    version: int = campo("La versión, que no cambia.", 3)
    fecha: str = campo("Cuándo se hizo.", "2026-02-01T09:10:00Z")
    k: int = campo(_K, 5)
    imagenes: int = campo("Cuántas tiene.", 1250)
    pacientes_retenidos: int = campo(_RETENIDOS, 10)
    sin_archivo: int | None = campo(
        "Cuántas imágenes de su modalidad llegaron sin archivo, y no pueden publicarse, en múltiplos de k, hacia "
        "abajo; null si no dice cuál es.",
        840,
    )
    sin_emisor: int = campo(
        "Cuántas imágenes suyas se retienen porque nadie dijo quién dio el número de su paciente, que podría contar "
        "por varios; igual, en múltiplos de k.",
        15,
    )
    huella: str = campo(
        "SHA-256 de las huellas de todas sus imágenes, ordenadas, cada una en una línea que acaba en salto de línea.",
        "60303ae22b998861bce3b28f33eec1be" * 2,
    )
    clases: list[ClasePublicada] = campo("Las clases de sus imágenes.")


class ListarImagenesDeDataset(
    Consulta,
    contexto="servicio-datos",
    ruta="/servicios-datos/{id_servicio_datos}/dataset",
    respuesta=ImagenesDeDataset,
):
    """Las imágenes del conjunto de datos de un servicio iniciado, por páginas."""

    id_servicio_datos: Id = campo("El servicio de datos.")
    version: Id | None = filtro(_VERSION)
    cursor: Cursor | None = filtro("El `siguiente` de una página anterior, que lo es de su versión.")


class ObtenerManifiestoDeDataset(
    Consulta,
    contexto="servicio-datos",
    ruta="/servicios-datos/{id_servicio_datos}/dataset/manifiesto",
    respuesta=ManifiestoDeDataset,
):
    """El manifiesto de una versión del conjunto de datos de un servicio iniciado."""

    id_servicio_datos: Id = campo("El servicio de datos.")
    version: Id | None = filtro(_VERSION)


class ArchivoPublicado(ArchivoNombrado):
    """El archivo limpio de una imagen, el de la última versión del conjunto de datos que la tiene."""

    estado: Literal["PUBLICADA"] = campo("Cómo está la imagen.", "PUBLICADA")
    id_imagen: str = campo("La imagen.", IMAGEN)


class ObtenerArchivoDeDataset(
    Consulta,
    contexto="servicio-datos",
    ruta="/servicios-datos/{id_servicio_datos}/dataset/imagenes/{id_imagen}/archivo",
    respuesta=ArchivoPublicado,
):
    """El archivo limpio de una imagen del conjunto de datos de un servicio iniciado."""

    id_servicio_datos: Id = campo("El servicio de datos.")
    id_imagen: Id = campo("La imagen.")


class ObtenerComandoServicioDatos(
    Consulta, contexto="servicio-datos", ruta="/servicios-datos/comandos/{id_comando}", respuesta=DestinoComando
):
    """Qué fue de un comando de servicios de datos."""

    id_comando: Id = campo("El comando.")
