"""SuprimirCliente: a client asks to be forgotten, or an operator for one who did."""

from contratos import motivos
from contratos.suscripciones import SuprimirCliente
from seedwork.aplicacion.validez import Reglas, exigir
from seedwork.dominio.errores import ReglaViolada
from seedwork.dominio.reglas import es_id
from suscripciones.aplicacion.puertos import Unidad

_REGLAS: Reglas = {"cliente_codigo": es_id}


def suprimir_cliente(comando: SuprimirCliente, unidad: Unidad) -> None:
    """Forget a client: its row goes, its subscriptions and invoices stay as nobody's, and without its words.

    Of one that nobody knows, or that is forgotten already, nothing is left to do, and that is what was asked for. Who
    is not that client learns nothing by it.

    Raises:
        ReglaViolada: it is another's (NO_AUTORIZADO), or something of its is in force or in course: to be forgotten is
            not to cancel, which has consequences of its own (CLIENTE_CON_SUSCRIPCION, SAGA_EN_CURSO).
    """
    if not unidad.acceso.alcanza("cliente", comando.cliente_codigo):
        raise ReglaViolada(motivos.NO_AUTORIZADO)
    exigir(comando, _REGLAS)
    # Subscriptions are locked before clients, as everywhere. Whoever made one more meanwhile held the client's row, so
    # it is seen now; whoever makes one from here on waits, finds that row gone, and makes a new client.
    unidad.suscripciones.de_cliente(comando.cliente_codigo)
    cliente = unidad.clientes.obtener(comando.cliente_codigo)
    for suscripcion in unidad.suscripciones.de_cliente(comando.cliente_codigo):
        suscripcion.olvidar_cliente()
        for factura in unidad.facturas.de(suscripcion.id):
            factura.olvidar_medio()
    if cliente is not None:
        unidad.clientes.quitar(cliente)
