"""Who may what: of each command, each query and each order, which role may use it, on whose resources (contract §9).

This is the one place of these rules. The door refuses by it whoever may not use a route at all; the service that owns a
resource keeps whose that is, and looks again, at that; the OpenAPI document shows it. What has no rule here has no
route: neither the door nor a service's API starts with it, nor a worker, unless nobody is asked who they are
(``AUTENTICACION=ninguna``).
"""

from contratos.acceso import Alcance, Permiso, declarar
from contratos.consultas.auditoria import (
    ListarAuditoriaDeNotificaciones,
    ListarAuditoriaDeProcesamiento,
    ListarAuditoriaDeServiciosDatos,
    ListarAuditoriaDeSuscripciones,
)
from contratos.consultas.cartas import (
    ListarCartasDeNotificaciones,
    ListarCartasDeProcesamiento,
    ListarCartasDeServiciosDatos,
    ListarCartasDeSuscripciones,
    ObtenerCartaDeNotificaciones,
    ObtenerCartaDeProcesamiento,
    ObtenerCartaDeServiciosDatos,
    ObtenerCartaDeSuscripciones,
)
from contratos.consultas.eventos import VerEventos
from contratos.consultas.notificaciones import (
    ListarEventosNotificacion,
    ListarNotificaciones,
    ObtenerCorreoDeNotificacion,
    ObtenerNotificacion,
)
from contratos.consultas.procesamiento import (
    ListarImagenes,
    ListarImagenesDePaquete,
    ListarPaquetes,
    ObtenerArchivoDeImagen,
    ObtenerComandoImagen,
    ObtenerImagenAnonimizada,
    ObtenerInformeDeImagen,
    ObtenerPaquete,
    ObtenerVistaDeImagen,
)
from contratos.consultas.servicio_datos import (
    ListarImagenesDeDataset,
    ListarServiciosDatos,
    ObtenerArchivoDeDataset,
    ObtenerComandoServicioDatos,
    ObtenerManifiestoDeDataset,
    ObtenerServicioDatos,
)
from contratos.consultas.suscripciones import (
    ListarPlanes,
    ListarSagas,
    ListarSagasRecientes,
    ListarSuscripciones,
    ObtenerComandoSuscripcion,
    ObtenerExportacion,
    ObtenerSaga,
    ObtenerSupresion,
    ObtenerSuscripcion,
)
from contratos.ordenes import (
    DescartarCartaDeNotificaciones,
    DescartarCartaDeProcesamiento,
    DescartarCartaDeServiciosDatos,
    DescartarCartaDeSuscripciones,
    ReproducirCartaDeNotificaciones,
    ReproducirCartaDeProcesamiento,
    ReproducirCartaDeServiciosDatos,
    ReproducirCartaDeSuscripciones,
)
from contratos.procesamiento import (
    AnonimizarArchivo,
    AnonimizarImagen,
    AnonimizarPaquete,
    DescartarImagen,
    LiberarImagen,
)
from contratos.servicio_datos import (
    AsignarExperto,
    CambiarAccesoInvestigador,
    CrearServicioDatos,
    IniciarServicioDatos,
    TerminarServicioDatos,
)
from contratos.suscripciones import (
    CambiarPlanSuscripcion,
    CancelarSuscripcion,
    CrearSuscripcion,
    ExportarCliente,
    PagarSuscripcion,
    SuprimirCliente,
)

NADA, PROPIO, TODO = Alcance.NADA, Alcance.PROPIO, Alcance.TODO


def _regla(ambito: str, cliente: Alcance, clinica: Alcance, investigador: Alcance, operador: Alcance) -> Permiso:
    return Permiso(ambito=ambito, cliente=cliente, clinica=clinica, investigador=investigador, operador=operador)


# fmt: off
PERMISOS = declarar(
    {
        # command or query                   scope                      cliente  clinica  investi- operador
        #                                                                                 gador
        CrearSuscripcion:            _regla("suscripciones:escribir",  PROPIO, NADA,   NADA,   TODO),
        CambiarPlanSuscripcion:      _regla("suscripciones:escribir",  PROPIO, NADA,   NADA,   TODO),
        CancelarSuscripcion:         _regla("suscripciones:escribir",  PROPIO, NADA,   NADA,   TODO),
        PagarSuscripcion:            _regla("suscripciones:escribir",  PROPIO, NADA,   NADA,   TODO),
        ListarSuscripciones:         _regla("suscripciones:leer",      PROPIO, NADA,   NADA,   TODO),
        ObtenerSuscripcion:          _regla("suscripciones:leer",      PROPIO, NADA,   NADA,   TODO),
        ObtenerSaga:                 _regla("suscripciones:leer",      PROPIO, NADA,   NADA,   TODO),
        ListarSagas:                 _regla("suscripciones:leer",      PROPIO, NADA,   NADA,   TODO),
        ListarSagasRecientes:        _regla("suscripciones:leer",      PROPIO, NADA,   NADA,   TODO),
        ObtenerComandoSuscripcion:   _regla("suscripciones:leer",      PROPIO, NADA,   NADA,   TODO),
        ListarPlanes:                _regla("",                        TODO,   TODO,   TODO,   TODO),

        # What is exported holds what suscripciones:leer, servicios-datos:leer and notificaciones:leer guard: by this
        # scope one reads it without them (docs/adr/0050).
        ExportarCliente:             _regla("clientes:leer",           PROPIO, NADA,   NADA,   TODO),
        ObtenerExportacion:          _regla("clientes:leer",           PROPIO, NADA,   NADA,   TODO),
        SuprimirCliente:             _regla("clientes:escribir",       PROPIO, NADA,   NADA,   TODO),
        ObtenerSupresion:            _regla("clientes:leer",           PROPIO, NADA,   NADA,   TODO),

        CrearServicioDatos:          _regla("servicios-datos:escribir",PROPIO, NADA,   NADA,   TODO),
        IniciarServicioDatos:        _regla("servicios-datos:escribir",PROPIO, NADA,   NADA,   TODO),
        AsignarExperto:              _regla("servicios-datos:escribir",PROPIO, NADA,   NADA,   TODO),
        TerminarServicioDatos:       _regla("servicios-datos:escribir",PROPIO, NADA,   NADA,   TODO),
        CambiarAccesoInvestigador:   _regla("servicios-datos:escribir",PROPIO, NADA,   NADA,   TODO),
        ListarServiciosDatos:        _regla("servicios-datos:leer",    PROPIO, NADA,   NADA,   TODO),
        ObtenerServicioDatos:        _regla("servicios-datos:leer",    PROPIO, NADA,   NADA,   TODO),
        ObtenerComandoServicioDatos: _regla("servicios-datos:leer",    PROPIO, NADA,   NADA,   TODO),
        ListarImagenesDeDataset:     _regla("datasets:leer",           PROPIO, NADA,   PROPIO, TODO),
        ObtenerManifiestoDeDataset:  _regla("datasets:leer",           PROPIO, NADA,   PROPIO, TODO),
        ObtenerArchivoDeDataset:     _regla("datasets:leer",           PROPIO, NADA,   PROPIO, TODO),

        AnonimizarImagen:            _regla("imagenes:escribir",       NADA,   PROPIO, NADA,   TODO),
        AnonimizarArchivo:           _regla("imagenes:escribir",       NADA,   PROPIO, NADA,   TODO),
        AnonimizarPaquete:           _regla("imagenes:escribir",       NADA,   PROPIO, NADA,   TODO),
        LiberarImagen:               _regla("cuarentena:escribir",     NADA,   NADA,   NADA,   TODO),
        DescartarImagen:             _regla("cuarentena:escribir",     NADA,   NADA,   NADA,   TODO),
        ListarImagenes:              _regla("imagenes:leer",           NADA,   PROPIO, NADA,   TODO),
        ObtenerImagenAnonimizada:    _regla("imagenes:leer",           NADA,   PROPIO, NADA,   TODO),
        ObtenerInformeDeImagen:      _regla("imagenes:leer",           NADA,   PROPIO, NADA,   TODO),
        ObtenerArchivoDeImagen:      _regla("imagenes:leer",           NADA,   PROPIO, NADA,   TODO),
        ObtenerVistaDeImagen:        _regla("imagenes:leer",           NADA,   PROPIO, NADA,   TODO),
        ListarPaquetes:              _regla("imagenes:leer",           NADA,   PROPIO, NADA,   TODO),
        ObtenerPaquete:              _regla("imagenes:leer",           NADA,   PROPIO, NADA,   TODO),
        ListarImagenesDePaquete:     _regla("imagenes:leer",           NADA,   PROPIO, NADA,   TODO),
        ObtenerComandoImagen:        _regla("imagenes:leer",           NADA,   PROPIO, NADA,   TODO),

        ListarNotificaciones:        _regla("notificaciones:leer",     PROPIO, NADA,   NADA,   TODO),
        ObtenerNotificacion:         _regla("notificaciones:leer",     PROPIO, NADA,   NADA,   TODO),
        ObtenerCorreoDeNotificacion: _regla("notificaciones:leer",     PROPIO, NADA,   NADA,   TODO),
        ListarEventosNotificacion:   _regla("notificaciones:leer",     PROPIO, NADA,   NADA,   TODO),

        # Ids and states of what suscripciones:leer, imagenes:leer and the like guard, as it happens: by this scope one
        # reads them without those (docs/adr/0053).
        VerEventos:                  _regla("eventos:leer",            PROPIO, PROPIO, NADA,   TODO),

        ListarAuditoriaDeSuscripciones:  _regla("auditoria:leer",      NADA,   NADA,   NADA,   TODO),
        ListarAuditoriaDeServiciosDatos: _regla("auditoria:leer",      NADA,   NADA,   NADA,   TODO),
        ListarAuditoriaDeProcesamiento:  _regla("auditoria:leer",      NADA,   NADA,   NADA,   TODO),
        ListarAuditoriaDeNotificaciones: _regla("auditoria:leer",      NADA,   NADA,   NADA,   TODO),

        ListarCartasDeSuscripciones:     _regla("cartas:leer",         NADA,   NADA,   NADA,   TODO),
        ObtenerCartaDeSuscripciones:     _regla("cartas:leer",         NADA,   NADA,   NADA,   TODO),
        ReproducirCartaDeSuscripciones:  _regla("cartas:escribir",     NADA,   NADA,   NADA,   TODO),
        DescartarCartaDeSuscripciones:   _regla("cartas:escribir",     NADA,   NADA,   NADA,   TODO),
        ListarCartasDeServiciosDatos:    _regla("cartas:leer",         NADA,   NADA,   NADA,   TODO),
        ObtenerCartaDeServiciosDatos:    _regla("cartas:leer",         NADA,   NADA,   NADA,   TODO),
        ReproducirCartaDeServiciosDatos: _regla("cartas:escribir",     NADA,   NADA,   NADA,   TODO),
        DescartarCartaDeServiciosDatos:  _regla("cartas:escribir",     NADA,   NADA,   NADA,   TODO),
        ListarCartasDeProcesamiento:     _regla("cartas:leer",         NADA,   NADA,   NADA,   TODO),
        ObtenerCartaDeProcesamiento:     _regla("cartas:leer",         NADA,   NADA,   NADA,   TODO),
        ReproducirCartaDeProcesamiento:  _regla("cartas:escribir",     NADA,   NADA,   NADA,   TODO),
        DescartarCartaDeProcesamiento:   _regla("cartas:escribir",     NADA,   NADA,   NADA,   TODO),
        ListarCartasDeNotificaciones:    _regla("cartas:leer",         NADA,   NADA,   NADA,   TODO),
        ObtenerCartaDeNotificaciones:    _regla("cartas:leer",         NADA,   NADA,   NADA,   TODO),
        ReproducirCartaDeNotificaciones: _regla("cartas:escribir",     NADA,   NADA,   NADA,   TODO),
        DescartarCartaDeNotificaciones:  _regla("cartas:escribir",     NADA,   NADA,   NADA,   TODO),
    }
)
# fmt: on
"""The rule of every command that the door takes, of every query, and of every order."""

DE_OPERADOR = _regla("", NADA, NADA, NADA, TODO)
"""The rule of the door's own pages that are an operator's: its metrics, and the overview."""
