"""IniciarServicioDatos: somebody puts a data service to work by hand."""

from contratos.servicio_datos import IniciarServicioDatos
from seedwork.dominio.reglas import es_texto
from servicio_datos.aplicacion.peticiones import exigir, exigir_activa, rechazable, servicio_pedido
from servicio_datos.aplicacion.puertos import Unidad


@rechazable
def iniciar_servicio_datos(comando: IniciarServicioDatos, unidad: Unidad) -> None:
    """From CREADO to INICIADO, for an ACTIVA subscription."""
    exigir({"motivo": es_texto}, {"motivo": comando.motivo})
    servicio = servicio_pedido(comando, unidad)
    servicio.exigir_sin_iniciar()
    exigir_activa(servicio.id_suscripcion, unidad)
    servicio.iniciar("", comando.motivo)
