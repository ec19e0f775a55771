"""The doorkeeper: who comes, and whether the route's rule lets that one in (contract §9).

Which rule a route has, :mod:`bff_web.rutas` says. Here it is looked at for the first time, by what a caller's token
says alone; whose a resource is, its owner knows, and looks at that.
"""

from concurrent.futures import Future
from typing import Any

from bff_web.limites import Limite
from bff_web.rutas import Reglas
from contratos.acceso import Alcance, Permiso
from seedwork.aplicacion.identidad import Acceso, Quien
from seedwork.entrada import acceso
from seedwork.entrada.http import CADUCA
from seedwork.entrada.problemas import ErrorHttp
from seedwork.infraestructura.tokens import Portador, SinClaves, TokenInvalido, Verificador

_SIN_LIMITE = frozenset({"salud.viva", "salud.lista", "salud.trafico"})
"""What balancers ask as often as they like: all come from few addresses."""


class Negado(ErrorHttp):
    """403 for somebody who is known, and may not."""

    def __init__(self, quien: Quien, error: ErrorHttp) -> None:
        super().__init__(error.estado, error.detalle, cabeceras=error.cabeceras, **error.miembros)
        self.quien = quien


class Portero:
    """Asks whoever comes who they are, and lets in whom the route's rule lets in.

    Args:
        verificador: says who bears a token.
        reglas: each route's.
        limite: how many requests one caller may send.
    """

    def __init__(self, verificador: Verificador, reglas: Reglas, limite: Limite) -> None:
        self._verificador = verificador
        self._reglas = reglas
        self._limite = limite

    def preparar(self, credencial: str | None) -> "Future[None] | None":
        """What has to be waited for before :meth:`admitir`; None, as good as always, where nothing has."""
        try:
            return self._verificador.preparar(acceso.token(credencial))
        except acceso.SinToken:
            return None

    def admitir(self, nombre: str | None, entorno: dict[str, Any]) -> Quien | None:
        """Who sends a request; None where whoever comes may.

        Args:
            nombre: the route's that it is for; None where there is none.
            entorno: its environment; it is put there until when that one may.

        Raises:
            ErrorHttp: 401 for nobody in particular, 429 for one that comes too often.
            Negado: for one that may not.
        """
        direccion = entorno.get("REMOTE_ADDR")
        regla = self._reglas[nombre] if nombre is not None else None
        if regla is None or entorno["REQUEST_METHOD"] == "OPTIONS":
            # What an address takes, a browser asks without saying for whom.
            if nombre not in _SIN_LIMITE:
                self._limite.contar(direccion=direccion)
            return None
        try:
            portador = self._verificador.verificar(acceso.token(entorno.get("HTTP_AUTHORIZATION")))
        except SinClaves:
            raise ErrorHttp(503, "No se puede comprobar ahora quién lo pide.", cabeceras={"Retry-After": "5"}) from None
        except (acceso.SinToken, TokenInvalido) as error:
            self._limite.contar(direccion=direccion)
            raise (acceso.token_invalido(error) if isinstance(error, TokenInvalido) else acceso.sin_token()) from None
        self._limite.contar(sujeto=portador.quien.id)
        try:
            _exigir(portador, regla)
        except ErrorHttp as error:
            raise Negado(portador.quien, error) from None
        entorno[CADUCA] = portador.caduca
        return portador.quien


def _exigir(portador: Portador, regla: Permiso) -> None:
    if Acceso(portador.quien, regla).alcance is Alcance.NADA:
        raise acceso.sin_permiso(regla.ambito)
    if regla.ambito and regla.ambito not in portador.ambitos:
        raise acceso.sin_permiso(regla.ambito, f"Al token le falta el ámbito {regla.ambito}.")
