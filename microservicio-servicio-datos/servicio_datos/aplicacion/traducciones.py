"""What each domain event is called outside: its published message."""

from dataclasses import asdict

from contratos import servicio_datos as contrato
from seedwork.aplicacion.unidad import Traducciones
from servicio_datos.dominio import eventos

TRADUCCIONES: Traducciones = {
    eventos.Creado: lambda e: contrato.ServicioDatosCreada(**asdict(e)),
    eventos.ExpertoAsignado: lambda e: contrato.ExpertoAsignado(**asdict(e)),
    eventos.Iniciado: lambda e: contrato.ServicioDatosIniciado(**asdict(e)),
    eventos.AccesoCambiado: lambda e: contrato.AccesoInvestigadorCambiado(**asdict(e)),
    eventos.Terminado: lambda e: contrato.ServicioDatosTerminado(**asdict(e)),
}
