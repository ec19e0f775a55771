"""What follows from an attempt at a file: noted in one short transaction, if nobody else has taken over since."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from procesamiento.aplicacion import cuentas
from procesamiento.aplicacion.puertos import Unidad
from procesamiento.dominio.anonimizacion import DeQuien
from procesamiento.dominio.archivo import Archivo, Resultado
from procesamiento.dominio.imagen import ImagenAnonimizada
from procesamiento.dominio.metadatos import Completos, MetadatosImagen


def limpio(
    unidad: Unidad,
    id: str,
    arriendo: int,
    resultado: Resultado,
    informe: Mapping[str, Any],
    completos: Completos | None = None,
) -> bool:
    """There is a clean file. Answers whether this lease was still the one that counts.

    Args:
        completos: its metadata, with what the file told, where it came in a package.
    """
    hallados = _por_decidir(unidad, id, arriendo)
    if hallados is None:
        return False
    imagen, archivo, metadatos = hallados
    datos = unidad.anonimizador.anonimizar(
        metadatos,
        archivo=archivo.sha256,
        de_quien=DeQuien(resultado.seudonimo, resultado.desplazamiento),
        completos=completos,
    )
    archivo.limpiar(resultado, informe)
    imagen.limpiar(datos, resultado)
    cuentas.decidida(unidad, imagen, archivo)
    return True


def apartado(
    unidad: Unidad,
    id: str,
    arriendo: int,
    estado: str,
    motivo: str,
    informe: Mapping[str, Any] | None,
    conservar: timedelta,
) -> bool:
    """There is none, and why. Answers likewise."""
    hallados = _por_decidir(unidad, id, arriendo)
    if hallados is None:
        return False
    imagen, archivo, _ = hallados
    archivo.apartar(informe, unidad.reloj() + conservar)
    imagen.apartar(estado, motivo)
    cuentas.decidida(unidad, imagen, archivo)
    return True


def _por_decidir(unidad: Unidad, id: str, arriendo: int) -> tuple[ImagenAnonimizada, Archivo, MetadatosImagen] | None:
    # In the order in which their repositories enrol, as every handler does.
    imagen, archivo = unidad.imagenes.obtener(id), unidad.archivos.obtener(id)
    if imagen is None or archivo is None or archivo.metadatos is None or not archivo.espera_a(arriendo):
        return None
    return imagen, archivo, MetadatosImagen(**archivo.metadatos)
