"""A subscription's next period has begun: it owes an invoice for it."""

from seedwork.aplicacion.sobre import en_texto
from suscripciones.aplicacion.decision import id_factura
from suscripciones.aplicacion.puertos import Unidad


def renovar(unidad: Unidad, id_suscripcion: str) -> None:
    """Issue what is due by now, at the price that the plan in force has now.

    While its plan is not in the catalogue, nobody knows the price: it stays due.
    """
    suscripcion = unidad.suscripciones.obtener(id_suscripcion)
    if suscripcion is None:
        return
    plan = unidad.planes.get(suscripcion.plan_codigo)
    if plan is None:
        return
    cliente = unidad.clientes.leer(suscripcion.cliente_codigo)
    facturas = suscripcion.renovar(
        plan, cliente, unidad.reloj(), lambda periodo: id_factura(f"{id_suscripcion}/{en_texto(periodo)}")
    )
    for factura in facturas:
        unidad.facturas.agregar(factura)
