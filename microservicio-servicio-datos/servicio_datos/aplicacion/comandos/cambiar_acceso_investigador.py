"""CambiarAccesoInvestigador: a data service's client says which researchers may read its data set."""

from contratos.servicio_datos import ACCESOS, CONCEDIDO, CambiarAccesoInvestigador
from seedwork.aplicacion.validez import exigir
from seedwork.dominio.reglas import es_sujeto
from servicio_datos.aplicacion.peticiones import servicio_datos_pedido
from servicio_datos.aplicacion.puertos import Unidad


def cambiar_acceso_investigador(comando: CambiarAccesoInvestigador, unidad: Unidad) -> None:
    """What is so already stays so. Whether there is anybody of that ``sub`` the issuer of tokens knows alone."""
    exigir(comando, {"investigador": es_sujeto, "acceso": ACCESOS.__contains__})
    servicio_datos = servicio_datos_pedido(unidad)
    if comando.acceso == CONCEDIDO:
        servicio_datos.conceder(comando.investigador)
    else:
        servicio_datos.retirar(comando.investigador)
