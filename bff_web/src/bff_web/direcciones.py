"""Addresses with ids in them, written as OpenAPI does: ``/suscripciones/{id_suscripcion}``."""

from collections.abc import Mapping

from seedwork.dominio.reglas import es_id
from seedwork.entrada.problemas import ErrorHttp

NO_ENCONTRADO = "No existe, o el comando que lo crea aún no se ha aplicado."


def exigir_ids(ids: Mapping[str, str]) -> None:
    """Let nothing pass into an address that can't be an id.

    Raises:
        ErrorHttp: 404, for nothing can have such an id.
    """
    if not all(es_id(valor) for valor in ids.values()):
        raise no_encontrado()


def no_encontrado() -> ErrorHttp:
    """404, worth another try: a command may still be on its way (contract §2)."""
    return ErrorHttp(404, NO_ENCONTRADO, cabeceras={"Retry-After": "1"})
