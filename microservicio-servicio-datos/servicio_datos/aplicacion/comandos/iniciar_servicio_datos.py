"""IniciarServicioDatos: somebody puts a data service to work by hand."""

from contratos.servicio_datos import IniciarServicioDatos
from seedwork.aplicacion.peticiones import exigir, rechazable
from seedwork.dominio.reglas import es_texto
from servicio_datos.aplicacion.peticiones import exigir_activa, rechazar_comando, servicio_pedido
from servicio_datos.aplicacion.puertos import Unidad


@rechazable(rechazar_comando)
def iniciar_servicio_datos(comando: IniciarServicioDatos, unidad: Unidad) -> None:
    """From CREADO to INICIADO, for an ACTIVA subscription."""
    exigir(comando, {"motivo": es_texto})
    servicio = servicio_pedido(comando, unidad)
    servicio.exigir_sin_iniciar()
    exigir_activa(servicio.id_suscripcion, unidad)
    servicio.iniciar("", comando.motivo)
