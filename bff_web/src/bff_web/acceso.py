"""The doorkeeper: who comes, and whether the route's rule lets that one in (contract §9).

Which rule a route has, :mod:`bff_web.rutas` says. Here it is looked at for the first time, by what a caller's token
says alone; whose a resource is, its owner knows, and looks at that.
"""

from concurrent.futures import Future
from typing import Any

from bff_web.limites import Limite
from bff_web.rutas import Reglas
from bff_web.sesion.galletas import Rota, Sesion, Sesiones, exigir_csrf, exigir_de_aqui
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

    Who that is, the header Authorization says; without it, the session of the browser that asks.

    Args:
        verificador: says who bears a token.
        reglas: each route's.
        limite: how many requests one caller may send.
        sesiones: reads the browsers' sessions.
    """

    def __init__(self, verificador: Verificador, reglas: Reglas, limite: Limite, sesiones: Sesiones) -> None:
        self._verificador = verificador
        self._reglas = reglas
        self._limite = limite
        self._sesiones = sesiones

    def preparar(self, entorno: dict[str, Any]) -> "Future[None] | None":
        """What has to be waited for before :meth:`admitir`; None, as good as always, where nothing has."""
        try:
            return self._verificador.preparar(_token(entorno, self._sesion(entorno)))
        except (acceso.SinToken, Rota):
            return None

    def admitir(self, nombre: str | None, entorno: dict[str, Any]) -> Quien | None:
        """Who sends a request; None where whoever comes may.

        Args:
            nombre: the route's that it is for; None where there is none.
            entorno: its environment; it is put there until when that one may.

        Raises:
            ErrorHttp: 401 for nobody in particular, 403 for another site's page, 429 for one that comes too often.
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
            portador = self._portador(entorno)
        except ErrorHttp as error:
            if error.estado != 503:
                self._limite.contar(direccion=direccion)
            raise
        self._limite.contar(sujeto=portador.quien.id)
        try:
            _exigir(portador, regla)
        except ErrorHttp as error:
            raise Negado(portador.quien, error) from None
        entorno[CADUCA] = portador.hasta
        return portador.quien

    def _portador(self, entorno: dict[str, Any]) -> Portador:
        """Who bears what a request says.

        Raises:
            ErrorHttp: nobody does, or nobody can say.
        """
        sesion = None
        try:
            if (sesion := self._sesion(entorno)) is not None:
                exigir_de_aqui(entorno)
                exigir_csrf(entorno, sesion)
            return self._verificador.verificar(_token(entorno, sesion))
        except SinClaves:
            raise ErrorHttp(503, "No se puede comprobar ahora quién lo pide.", cabeceras={"Retry-After": "5"}) from None
        except acceso.SinToken:
            raise acceso.sin_token() from None
        except Rota:
            raise self._sin_sesion(entorno) from None
        except TokenInvalido as error:
            if sesion is None:
                raise acceso.token_invalido(error) from None
            # One that can be renewed is, at the console's next look.
            raise self._sin_sesion(entorno, vuelve=bool(sesion.refresco)) from None

    def _sesion(self, entorno: dict[str, Any]) -> Sesion | None:
        """The session that counts for a request: none, where it says by itself who sends it."""
        return None if "HTTP_AUTHORIZATION" in entorno else self._sesiones.leer(entorno)

    def _sin_sesion(self, entorno: dict[str, Any], *, vuelve: bool = False) -> ErrorHttp:
        error = acceso.sin_token("La sesión ha acabado: entre de nuevo.")
        if vuelve:
            return error
        olvido = {"Set-Cookie": self._sesiones.quitar(entorno)}
        return ErrorHttp(error.estado, error.detalle, cabeceras={**(error.cabeceras or {}), **olvido})


def _token(entorno: dict[str, Any], sesion: Sesion | None) -> str:
    return acceso.token(entorno.get("HTTP_AUTHORIZATION")) if sesion is None else sesion.token


def _exigir(portador: Portador, regla: Permiso) -> None:
    if Acceso(portador.quien, regla).alcance is Alcance.NADA:
        raise acceso.sin_permiso(regla.ambito)
    if regla.ambito and regla.ambito not in portador.ambitos:
        raise acceso.sin_permiso(regla.ambito, f"Al token le falta el ámbito {regla.ambito}.")
