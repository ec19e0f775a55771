"""The commands that the door takes, a module per context."""

from bff_web.comandos import clientes, procesamiento, servicio_datos, suscripciones

COMANDOS = (*suscripciones.COMANDOS, *clientes.COMANDOS, *servicio_datos.COMANDOS, *procesamiento.COMANDOS)
