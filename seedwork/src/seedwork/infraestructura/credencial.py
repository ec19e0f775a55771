"""Who a process is to a broker that asks, and by whom it knows the broker."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulsar


@dataclass(frozen=True, slots=True)
class Credencial:
    """A process's own.

    Attributes:
        token: who it is; None for a broker that asks nobody.
        ca: the file of the authorities, in PEM, that the broker's certificate must come from; None for those that the
            system trusts. It counts where the broker is talked to encrypted, and then its name is looked at, too.
    """

    token: str | None = field(default=None, repr=False)
    ca: Path | None = None

    @property
    def cabeceras(self) -> Mapping[str, str]:
        """What says it to the admin API."""
        return {} if self.token is None else {"Authorization": f"Bearer {self.token}"}

    def de_http(self, url: str) -> Mapping[str, Any]:
        """What a pool of connections to the admin API at a URL is made with."""
        if not url.startswith("https://"):
            return {}
        contexto = ssl.create_default_context(cafile=self.ca)
        contexto.minimum_version = ssl.TLSVersion.TLSv1_2
        return {"ssl_context": contexto}

    def de_cliente(self) -> Mapping[str, Any]:
        """What a client of the broker's is made with."""
        autoridades = {} if self.ca is None else {"tls_trust_certs_file_path": str(self.ca)}
        # It looks at the name in the broker's certificate only where it is told to.
        return {
            "authentication": None if self.token is None else pulsar.AuthenticationToken(self.token),
            "tls_validate_hostname": True,
            **autoridades,
        }


NADIE = Credencial()
"""For a broker that asks nobody."""
