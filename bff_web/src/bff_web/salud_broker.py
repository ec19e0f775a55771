"""Looks at the broker: whether commands can be published, and which of them lie there unhandled."""

from collections.abc import Iterable, Mapping, Sequence

from bff_web.servicios import Servicio
from contratos import Mensaje
from seedwork.entrada.salud import Comprobacion
from seedwork.infraestructura.aprovisionamiento import Aprovisionador
from seedwork.infraestructura.credencial import NADIE, Credencial
from seedwork.infraestructura.metricas import ATRASO_ENTRADAS
from seedwork.infraestructura.publicador import Publicador
from seedwork.infraestructura.topicos import nombre_corto


def comprobar(publicador: Publicador, comandos: Sequence[type[Mensaje]]) -> str | None:
    """Why commands can't be published right now, if so; what they need is made on the way."""
    return publicador.comprobar([tipo.topico for tipo in comandos])


def vigilar(admin_url: str, comandos: Sequence[type[Mensaje]], quien: Credencial = NADIE) -> dict[str, Comprobacion]:
    """By name, the check of the commands that the services have not handled."""
    aprovisionador = Aprovisionador(admin_url, quien=quien)

    def atrasos() -> str | None:
        cuentas = {tipo.__name__: aprovisionador.atraso(tipo.topico, tipo.contexto) for tipo in comandos}
        for tipo in comandos:
            ATRASO_ENTRADAS.labels(nombre_corto(tipo.topico)).set(cuentas[tipo.__name__])
        return _contar(cuentas)

    return {"atrasos": atrasos}


def cartas_muertas(servicios: Iterable[Servicio]) -> str | None:
    """Which services have dead letters, as they say themselves: nobody else may look at these."""
    return _contar({servicio.nombre: servicio.cartas() for servicio in servicios})


def _contar(cuentas: Mapping[str, int | str | None]) -> str | None:
    return ", ".join(f"{nombre}: {cuenta}" for nombre, cuenta in cuentas.items() if cuenta) or None
