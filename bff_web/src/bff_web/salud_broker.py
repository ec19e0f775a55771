"""Looks at the broker: whether commands can be published, and what lies there unhandled."""

from bff_web.comandos import COMANDOS
from contratos.bff import AccesoNegado
from contratos.esquemas import publicados
from contratos.sagas import TransicionSaga
from seedwork.entrada.salud import Comprobacion
from seedwork.infraestructura.aprovisionamiento import Aprovisionador
from seedwork.infraestructura.metricas import ATRASO_ENTRADAS, CARTAS_MUERTAS
from seedwork.infraestructura.publicador import Publicador
from seedwork.infraestructura.topicos import SUBSCRIPTION_CARTAS, nombre_corto, topico_cartas

_CONTEXTOS = sorted({tipo.contexto for tipo in publicados()} - {TransicionSaga.contexto, AccesoNegado.contexto})
"""Whose dead letters are counted: every service's. The saga's steps are nobody's own, and the door hears nothing."""


def comprobar(publicador: Publicador) -> str | None:
    """Why commands can't be published right now, if so; what they need is made on the way."""
    return publicador.comprobar([comando.mensaje.topico for comando in COMANDOS])


def vigilar(admin_url: str, token: str | None = None) -> dict[str, Comprobacion]:
    """By name, the checks of what the services have not handled: dead letters, and commands that wait."""
    aprovisionador = Aprovisionador(admin_url, token=token)

    def cartas_muertas() -> str | None:
        cuentas = {c: aprovisionador.atraso(topico_cartas(c), SUBSCRIPTION_CARTAS) for c in _CONTEXTOS}
        CARTAS_MUERTAS.set(sum(cuentas.values()))
        return _contar(cuentas)

    def atrasos() -> str | None:
        tipos = [comando.mensaje for comando in COMANDOS]
        cuentas = {tipo.__name__: aprovisionador.atraso(tipo.topico, tipo.contexto) for tipo in tipos}
        for tipo in tipos:
            ATRASO_ENTRADAS.labels(nombre_corto(tipo.topico)).set(cuentas[tipo.__name__])
        return _contar(cuentas)

    return {"cartas_muertas": cartas_muertas, "atrasos": atrasos}


def _contar(cuentas: dict[str, int]) -> str | None:
    return ", ".join(f"{nombre}: {cuenta}" for nombre, cuenta in cuentas.items() if cuenta) or None
