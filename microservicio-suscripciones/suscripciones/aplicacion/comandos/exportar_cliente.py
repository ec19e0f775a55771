"""ExportarCliente: a client asks for all that is held of it, or an operator for one who did."""

from contratos import motivos
from contratos.suscripciones import ExportarCliente
from seedwork.aplicacion.validez import Reglas, exigir
from seedwork.dominio.errores import ReglaViolada
from seedwork.dominio.reglas import es_id
from suscripciones.aplicacion.puertos import Unidad

_REGLAS: Reglas = {"cliente_codigo": es_id}


def exportar_cliente(comando: ExportarCliente, unidad: Unidad) -> None:
    """Let it be read for some days: the command's fate says so, and nothing else is kept of it.

    Raises:
        ReglaViolada: it is another's (NO_AUTORIZADO).
    """
    if not unidad.acceso.alcanza("cliente", comando.cliente_codigo):
        raise ReglaViolada(motivos.NO_AUTORIZADO)
    exigir(comando, _REGLAS)
