"""AnonimizarArchivo: take an image's file in, to be looked at apart from this."""

from dataclasses import asdict

from contratos import motivos
from contratos.procesamiento import AnonimizarArchivo
from procesamiento.aplicacion import cuentas
from procesamiento.aplicacion.peticiones import imagen_de
from procesamiento.aplicacion.puertos import Unidad
from procesamiento.dominio.archivo import ArchivoPorVer
from procesamiento.dominio.imagen import ImagenAnonimizada
from seedwork.dominio.errores import ReglaViolada


def anonimizar_archivo(comando: AnonimizarArchivo, unidad: Unidad) -> None:
    """Make the image's record, PENDIENTE, and queue its file. The same again changes nothing, whatever became of it."""
    (imagen, metadatos), archivo = imagen_de(comando, unidad), comando.archivo
    conocida = imagen and imagen.huella
    if imagen and conocida and unidad.anonimizador.es_repeticion(conocida, metadatos, archivo.sha256):
        if comando.id_paquete:
            cuentas.repetida(unidad, imagen)
        return
    # What can't be kept of its metadata is refused now, with nothing of its file touched.
    if not comando.id_paquete:
        unidad.anonimizador.anonimizar(metadatos)
    elif not metadatos.valen_en_paquete():
        raise ReglaViolada(motivos.DATOS_INVALIDOS)
    if not metadatos.es_de_archivo():
        raise ReglaViolada(motivos.DATOS_INVALIDOS)
    # Members are the platform's own, also those of no octets.
    if not unidad.admite(archivo.uri, archivo.es_referencia and not comando.id_paquete):
        raise ReglaViolada(motivos.REFERENCIA_NO_PERMITIDA)
    pedido, ahora = unidad.anonimizador.huella(metadatos, archivo.sha256), unidad.entorno.ahora()
    paquete = comando.id_paquete or None
    if imagen is None:
        unidad.imagenes.agregar(
            ImagenAnonimizada.pendiente(metadatos.id_imagen, pedido, ahora, clinica=metadatos.clinica, paquete=paquete)
        )
    else:
        imagen.esperar_archivo(pedido, ahora, paquete)
    unidad.por_ver.agregar(
        ArchivoPorVer(
            id=metadatos.id_imagen,
            uri=archivo.uri,
            sha256=archivo.sha256,
            paquete=paquete,
            metadatos=asdict(metadatos),
            sobre=unidad.sobre.como_datos(),
            proximo=unidad.reloj(),
        )
    )
