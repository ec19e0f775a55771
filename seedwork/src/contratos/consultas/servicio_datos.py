"""What the servicio-datos context is asked, and what it answers."""

from typing import Literal

from contratos.consultas.base import (
    DETALLE,
    MOTIVO,
    PAGINA,
    SERVICIO_DATOS,
    SUSCRIPCION,
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
    imagenes: int | None = campo(
        "Cuántas imágenes anonimizadas hay de su modalidad; null si el catálogo no dice cuál es.", 1250
    )


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


class PaginaServiciosDatos(Pagina):
    """Una página de servicios de datos."""

    elementos: list[ServicioDatos] = campo("Los de esta página, el más reciente primero.")


class ListarServiciosDatos(
    Consulta, contexto="servicio-datos", ruta="/servicios-datos", respuesta=PaginaServiciosDatos
):
    """Servicios de datos, por páginas."""

    suscripcion: Id | None = filtro("La suscripción a la que sirven.")
    estado: EstadoServicioDatos | None = filtro("Cómo están.")
    cursor: Cursor | None = filtro(PAGINA)


class ObtenerServicioDatos(
    Consulta, contexto="servicio-datos", ruta="/servicios-datos/{id_servicio_datos}", respuesta=ServicioDatos
):
    """Un servicio de datos."""

    id_servicio_datos: Id = campo("El servicio de datos.")


class ObtenerComandoServicioDatos(
    Consulta, contexto="servicio-datos", ruta="/servicios-datos/comandos/{id_comando}", respuesta=DestinoComando
):
    """Qué fue de un comando de servicios de datos."""

    id_comando: Id = campo("El comando.")
