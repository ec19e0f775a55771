"""The commands about a client: who is told what is held of it, and who is forgotten (contract §9)."""

from typing_extensions import override

from bff_web import respuestas
from bff_web.comandos.comun import Comando, Recurso
from bff_web.modelos_comandos import Cuerpo, ejemplo
from contratos.suscripciones import ExportarCliente, SuprimirCliente

EXPORTACION = Recurso(
    id="cliente_codigo",
    consulta="/clientes/{}/exportaciones/{id_comando}",
    consulta_comando="/suscripciones/comandos/{}",
    aceptado=respuestas.ExportacionAceptada,
    etiqueta="Suscripciones",
)
SUPRESION = Recurso(
    id="cliente_codigo",
    consulta="/clientes/supresiones/{id_comando}",
    consulta_comando="/suscripciones/comandos/{}",
    aceptado=respuestas.SupresionAceptada,
    etiqueta="Suscripciones",
)


class CuerpoExportarCliente(Cuerpo):
    """Pide todo lo que se guarda de un cliente. Viene vacío.

    Se puede leer durante unos días, y lo pueden leer quien lo pidió y los operadores.
    """

    model_config = ejemplo()

    @override
    def mensaje(self, id_recurso: str) -> ExportarCliente:
        return ExportarCliente(cliente_codigo=id_recurso)


class CuerpoSuprimirCliente(Cuerpo):
    """Pide que se olvide a un cliente. Viene vacío.

    Se rechaza mientras tenga una suscripción pendiente o activa, o un cambio en curso: antes se cancela. Después no
    queda nada a su nombre, y quien vuelva con ese código es otro. Para suprimir también a ese hace falta otra
    `Idempotency-Key`, o ninguna: con la de antes es la misma petición repetida, que dice lo que fue de ella y no borra
    nada más.
    """

    model_config = ejemplo()

    @override
    def mensaje(self, id_recurso: str) -> SuprimirCliente:
        return SuprimirCliente(cliente_codigo=id_recurso)


COMANDOS = (
    Comando(
        rutas=("/clientes/{cliente_codigo}/exportacion-comando",),
        cuerpo=CuerpoExportarCliente,
        mensaje=ExportarCliente,
        titulo="Exportar los datos de un cliente",
        recurso=EXPORTACION,
    ),
    Comando(
        rutas=("/clientes/{cliente_codigo}/supresion-comando",),
        cuerpo=CuerpoSuprimirCliente,
        mensaje=SuprimirCliente,
        titulo="Suprimir los datos de un cliente",
        recurso=SUPRESION,
        se_pierde="Se borra todo lo que se guarda de este cliente: quién es, y todo lo que queda a su nombre.",
    ),
)
