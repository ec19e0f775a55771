"""The table of contents: what this service hears, and who handles it."""

from collections.abc import Mapping

from contratos import Mensaje
from contratos.procesamiento import ImagenAnonimizada
from contratos.servicio_datos import (
    AsignarExperto,
    CambiarAccesoInvestigador,
    CrearServicioDatos,
    IniciarServicioDatos,
    TerminarServicioDatos,
)
from contratos.suscripciones import (
    CambioPlanIniciado,
    CambioPlanRechazado,
    ClienteSuprimido,
    SuscripcionActivada,
    SuscripcionCancelada,
    SuscripcionCreada,
    SuscripcionPlanModificado,
    SuscripcionRechazada,
)
from seedwork.aplicacion.bus import Manejador
from servicio_datos.aplicacion.comandos.asignar_experto import asignar_experto
from servicio_datos.aplicacion.comandos.cambiar_acceso_investigador import cambiar_acceso_investigador
from servicio_datos.aplicacion.comandos.crear_servicio_datos import crear_servicio_datos
from servicio_datos.aplicacion.comandos.iniciar_servicio_datos import iniciar_servicio_datos
from servicio_datos.aplicacion.comandos.terminar_servicio_datos import terminar_servicio_datos
from servicio_datos.aplicacion.reacciones.activada import iniciar_al_activar
from servicio_datos.aplicacion.reacciones.cambio_iniciado import reservar_al_cambiar
from servicio_datos.aplicacion.reacciones.cambio_rechazado import deshacer_cambio
from servicio_datos.aplicacion.reacciones.cancelada import terminar_al_cancelar
from servicio_datos.aplicacion.reacciones.cliente_suprimido import olvidar_cliente
from servicio_datos.aplicacion.reacciones.creada import reservar_al_crear
from servicio_datos.aplicacion.reacciones.imagen_anonimizada import conocer_imagen
from servicio_datos.aplicacion.reacciones.plan_modificado import aplicar_plan
from servicio_datos.aplicacion.reacciones.rechazada import terminar_al_rechazar

MANEJADORES: Mapping[type[Mensaje], Manejador] = {
    CrearServicioDatos: crear_servicio_datos,
    IniciarServicioDatos: iniciar_servicio_datos,
    AsignarExperto: asignar_experto,
    TerminarServicioDatos: terminar_servicio_datos,
    CambiarAccesoInvestigador: cambiar_acceso_investigador,
    SuscripcionCreada: reservar_al_crear,
    SuscripcionActivada: iniciar_al_activar,
    SuscripcionRechazada: terminar_al_rechazar,
    SuscripcionCancelada: terminar_al_cancelar,
    CambioPlanIniciado: reservar_al_cambiar,
    SuscripcionPlanModificado: aplicar_plan,
    CambioPlanRechazado: deshacer_cambio,
    ClienteSuprimido: olvidar_cliente,
    ImagenAnonimizada: conocer_imagen,
}
