"""What follows from an attempt at a file: noted in one short transaction, if nobody else has taken over since."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from procesamiento.aplicacion import cuentas
from procesamiento.aplicacion.puertos import Unidad
from procesamiento.dominio.anonimizacion import DeQuien
from procesamiento.dominio.archivo import Archivo, ArchivoPorVer, Resultado
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
    imagen, por_ver, metadatos = hallados
    datos = unidad.anonimizador.anonimizar(
        metadatos,
        archivo=por_ver.sha256,
        de_quien=DeQuien(resultado.seudonimo, resultado.desplazamiento),
        completos=completos,
    )
    _decidir(unidad, por_ver, resultado, informe)
    unidad.por_ver.quitar(por_ver)
    imagen.limpiar(datos, unidad.entorno.ahora(), resultado)
    cuentas.decidida(unidad, imagen, por_ver)
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
    imagen, por_ver, _ = hallados
    _decidir(unidad, por_ver, None, informe)
    ahora = unidad.reloj()
    por_ver.conservar(ahora, conservar)
    imagen.apartar(estado, motivo, ahora)
    cuentas.decidida(unidad, imagen, por_ver)
    return True


def _por_decidir(
    unidad: Unidad, id: str, arriendo: int
) -> tuple[ImagenAnonimizada, ArchivoPorVer, MetadatosImagen] | None:
    # The image first: whoever has it locked is alone with all that is its file's.
    imagen, por_ver = unidad.imagenes.obtener(id), unidad.por_ver.obtener(id)
    if imagen is None or por_ver is None or por_ver.metadatos is None or not por_ver.espera_a(arriendo):
        return None
    return imagen, por_ver, MetadatosImagen(**por_ver.metadatos)


def _decidir(
    unidad: Unidad, por_ver: ArchivoPorVer, resultado: Resultado | None, informe: Mapping[str, Any] | None
) -> None:
    # Of what no operator released there is no outcome yet: most files are spared the look.
    archivo = unidad.archivos.obtener(por_ver.id) if por_ver.despejadas else None
    if archivo is None:
        archivo = Archivo(id=por_ver.id)
        unidad.archivos.agregar(archivo)
    archivo.decidir(resultado, informe)
