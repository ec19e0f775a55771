"""IniciarServicioDatos: somebody puts a data service to work by hand."""

from contratos.servicio_datos import IniciarServicioDatos
from seedwork.aplicacion.validez import exigir, opcional
from seedwork.dominio.textos import PARRAFO
from servicio_datos.aplicacion.peticiones import exigir_activa, servicio_datos_pedido
from servicio_datos.aplicacion.puertos import Unidad


def iniciar_servicio_datos(comando: IniciarServicioDatos, unidad: Unidad) -> None:
    """From CREADO to INICIADO, for an ACTIVA subscription."""
    exigir(comando, {"motivo": opcional(PARRAFO.es)})
    servicio_datos = servicio_datos_pedido(unidad)
    servicio_datos.iniciar_a_peticion(comando.motivo)
    exigir_activa(servicio_datos.id_suscripcion, unidad)
