"""What each domain event is called outside: its published message."""

from collections.abc import Mapping
from dataclasses import asdict

from contratos import servicio_datos as contrato
from seedwork.dominio.agregado import EventoDominio
from seedwork.infraestructura.unidad_sql import Despachador
from servicio_datos.dominio import eventos

DESPACHADORES: Mapping[type[EventoDominio], Despachador] = {
    eventos.Creado: lambda e: contrato.ServicioDatosCreada(**asdict(e)),
    eventos.ExpertoAsignado: lambda e: contrato.ExpertoAsignado(**asdict(e)),
    eventos.Iniciado: lambda e: contrato.ServicioDatosIniciado(**asdict(e)),
    eventos.Terminado: lambda e: contrato.ServicioDatosTerminado(**asdict(e)),
}
