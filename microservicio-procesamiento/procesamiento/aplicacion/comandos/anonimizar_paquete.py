"""AnonimizarPaquete: take a package of images in, to be unpacked apart from this."""

from contratos import motivos
from contratos.procesamiento import AnonimizarPaquete
from procesamiento.aplicacion.peticiones import clinica_de, exigir_propio
from procesamiento.aplicacion.puertos import Unidad
from procesamiento.dominio.paquete import Paquete, PaquetePorAbrir
from seedwork.dominio.errores import ReglaViolada
from seedwork.dominio.reglas import es_id


def anonimizar_paquete(comando: AnonimizarPaquete, unidad: Unidad) -> None:
    """Make the package's record, RECIBIDO, and queue it. The same again changes nothing, whatever became of it."""
    if not es_id(comando.id_paquete):
        raise ReglaViolada(motivos.DATOS_INVALIDOS)
    enviado, metadatos = comando.paquete, comando.metadatos
    conocido = unidad.paquetes.obtener(comando.id_paquete)
    if conocido is not None:
        exigir_propio(conocido, unidad)
    if conocido is not None and conocido.es_el_mismo(enviado.sha256, metadatos.sha256):
        return
    if conocido is not None and conocido.sha256:
        raise ReglaViolada(motivos.PAQUETE_DISTINTO)
    archivos = (enviado, metadatos) if metadatos.uri else (enviado,)
    # A package comes through the door alone, also an empty one.
    if not all(unidad.admite(archivo.uri, False) for archivo in archivos):
        raise ReglaViolada(motivos.REFERENCIA_NO_PERMITIDA)
    paquete = conocido or Paquete(id=comando.id_paquete, clinica=clinica_de(unidad))
    ahora = unidad.reloj()
    paquete.recibir(ahora, sha256=enviado.sha256, sha256_metadatos=metadatos.sha256)
    if conocido is None:
        unidad.paquetes.agregar(paquete)
    unidad.por_abrir.agregar(
        PaquetePorAbrir(
            id=paquete.id,
            uri=enviado.uri,
            uri_metadatos=metadatos.uri or None,
            sobre=unidad.sobre.como_datos(),
            proximo=ahora,
        )
    )
