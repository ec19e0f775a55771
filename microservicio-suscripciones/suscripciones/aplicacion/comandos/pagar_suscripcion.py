"""PagarSuscripcion: an invoice of a subscription was paid."""

from decimal import Decimal

from contratos import motivos
from contratos.suscripciones import PagarSuscripcion
from seedwork.aplicacion.validez import Reglas, exigir
from seedwork.dominio.dinero import Dinero
from seedwork.dominio.errores import ReglaViolada
from seedwork.dominio.reglas import es_id, es_moneda, es_monto
from seedwork.dominio.textos import MEDIO
from suscripciones.aplicacion.peticiones import suscripcion_pedida
from suscripciones.aplicacion.puertos import Unidad

_REGLAS: Reglas = {"id_factura": es_id, "monto": es_monto, "moneda": es_moneda, "medio": MEDIO.es}


def pagar_suscripcion(comando: PagarSuscripcion, unidad: Unidad) -> None:
    """Take the payment of one invoice, of exactly what is due."""
    exigir(comando, _REGLAS)
    suscripcion = suscripcion_pedida(unidad)
    suyas = {factura.id: factura for factura in unidad.facturas.de(suscripcion.id)}
    factura = suyas.get(comando.id_factura)
    if factura is None:
        raise ReglaViolada(motivos.FACTURA_DESCONOCIDA)
    factura.pagar(Dinero(Decimal(comando.monto), comando.moneda), comando.medio)
    suscripcion.anotar_pago(factura, unidad.clientes.leer(suscripcion.cliente_codigo))
