"""``python -m seedwork.entrada.provisionar``: all that the platform's parts need on the broker, made once, for all.

Where the broker asks who is who, it is this that grants to each role what it may do, with an administrator's token;
no part of the platform has that, nor makes anything itself.
"""

import sys
from collections.abc import Callable

from pydantic import Field, SecretStr, model_validator

from seedwork.entrada.config import ConfigBase, cargar, en_claro, exigir_cifrado
from seedwork.entrada.logs import apartar_salida
from seedwork.infraestructura.aprovisionamiento import Aprovisionador, ErrorDeAprovisionamiento
from seedwork.infraestructura.credencial import Credencial


class ConfigDeAprovisionamiento(ConfigBase):
    """What provisioning is told."""

    pulsar_token_admin: SecretStr | None = Field(None, min_length=1)
    """Secret: an administrator's token, for a broker that asks. Who provisions has it, and no other process."""

    @property
    def credencial_admin(self) -> Credencial:
        """Who that is."""
        return Credencial(en_claro(self.pulsar_token_admin), self.pulsar_ca)

    @model_validator(mode="after")
    def _el_del_administrador_tampoco(self) -> "ConfigDeAprovisionamiento":
        if self.pulsar_token_admin is not None:
            exigir_cifrado("PULSAR_TOKEN_ADMIN", PULSAR_ADMIN_URL=self.pulsar_admin_url)
        return self


def puede(config: ConfigBase) -> bool:
    """Whether a process with these settings is to provision: one that has a role's token alone may not."""
    return config.pulsar_token is None or cargar(ConfigDeAprovisionamiento).pulsar_token_admin is not None


def provisionar(propio: Callable[[Aprovisionador], None] = Aprovisionador.todo) -> None:
    """With an administrator's token, make all that anybody needs, and grant each role what it may do; without, do what
    ``propio`` does.

    Raises:
        ErrorDeAprovisionamiento: the broker refused.
    """
    config = cargar(ConfigDeAprovisionamiento)
    quien = Aprovisionador(config.pulsar_admin_url, quien=config.credencial_admin, retencion_dias=config.retencion_dias)
    hacer = propio if config.pulsar_token_admin is None else Aprovisionador.todo
    hacer(quien)


def main(propio: Callable[[Aprovisionador], None] = Aprovisionador.todo) -> None:
    """Likewise. Ends with exit code 1, and one line, when the broker does not take it."""
    try:
        provisionar(propio)
    except ErrorDeAprovisionamiento as error:
        motivo = " ".join(str(error).split())
        sys.exit(f"no se puede hacer ahora ({type(error).__name__}): {motivo}")


if __name__ == "__main__":
    apartar_salida()
    main()
