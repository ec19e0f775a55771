"""The command line that every service has: ``python -m <service> <verb>``."""

import json
import os
import pwd
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any, NoReturn

import pulsar
import sqlalchemy as sa
import typer
from typer.core import TyperGroup

from seedwork.aplicacion.broker import SinEsquemas
from seedwork.aplicacion.cartas import SE_QUEDA
from seedwork.aplicacion.sobre import en_texto
from seedwork.dominio.reglas import es_sujeto
from seedwork.entrada import logs
from seedwork.entrada.cartas import Cartero, Filtro, QuienOpera, SeQueda, en_su_lugar
from seedwork.entrada.conexiones import direcciones
from seedwork.entrada.logs import apartar_salida
from seedwork.entrada.provisionar import puede
from seedwork.entrada.servicio import Servicio
from seedwork.entrada.servidor import Ajustes, servir
from seedwork.infraestructura import bd
from seedwork.infraestructura.aprovisionamiento import ErrorDeAprovisionamiento
from seedwork.infraestructura.cartas import Buzon, Carta, abrir_buzon
from seedwork.infraestructura.catalogos import CatalogoInvalido
from seedwork.infraestructura.publicador import cerrar_cliente, crear_cliente


def crear_cli(servicio: Callable[[], Servicio], paquete: str) -> typer.Typer:
    """The verbs of every service; a service adds its own to what this returns."""
    servicio = _claro(servicio)
    cli = typer.Typer(cls=_Verbos, no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)

    @cli.command()
    def api() -> None:
        """Serve the HTTP API."""
        config = servicio().config
        servir(
            f"{paquete}.composicion:crear_api()",
            Ajustes(direcciones=direcciones(config.http_host, config.http_puerto), tls=config.tls),
        )

    @cli.command()
    def trabajador() -> None:
        """Consume, relay (unless RELAY_APARTE) and keep the timers, until SIGTERM."""
        raise typer.Exit(servicio().trabajar())

    @cli.command()
    def relay() -> None:
        """Relay alone, until SIGTERM; for workers with RELAY_APARTE."""
        raise typer.Exit(servicio().relevar())

    @cli.command()
    def migrar() -> None:
        """Bring the database's schema up to date."""
        servicio().migrar()

    @cli.command()
    def provisionar() -> None:
        """Make topics, policies, schemas and subscriptions on the broker; with PULSAR_TOKEN_ADMIN, for all."""
        servicio().aprovisionar()

    @cli.command()
    def preparar() -> None:
        """Migrate, then provision, where we may: not with a PULSAR_TOKEN and no PULSAR_TOKEN_ADMIN."""
        servicio().migrar()
        if puede(servicio().config):
            servicio().aprovisionar()

    cli.add_typer(_cartas(servicio), name="cartas")
    return cli


def ejecutar(cli: typer.Typer) -> None:
    """Run the process's command line: what it answers is all that standard output gets."""
    apartar_salida()
    cli()


_AUSENTE = "¿responden la base de datos y el broker?"


class _Verbos(TyperGroup):
    """Verbs that end with one line and exit code 1 where a server is away, or dies under them."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except sa.exc.DBAPIError as error:
            causa = type(error.orig).__name__
            if respuesta := bd.respuesta_del_servidor(error):
                _terminar(
                    causa, f"la base de datos de DATABASE_URL, o de DATABASE_URL_MIGRACION, responde: {respuesta}"
                )
            if bd.es_de_infraestructura(error):
                _terminar(causa, _AUSENTE)
            _terminar(causa, "¿está al día el esquema de la base de datos? Lo pone el verbo migrar")
        except (sa.exc.TimeoutError, pulsar.PulsarException, SinEsquemas, ErrorDeAprovisionamiento) as error:
            _terminar(type(error).__name__, _AUSENTE)


def _terminar(causa: str, consejo: str) -> NoReturn:
    typer.echo(f"no se puede hacer ahora ({causa}): {consejo}", err=True)
    raise typer.Exit(1) from None


def _cartas(servicio: Callable[[], Servicio]) -> typer.Typer:
    """The verbs on dead letters. None of them shows a payload: it may hold what is a person's."""
    cartas = typer.Typer(no_args_is_help=True, help="Dead letters: messages that could not be handled.")

    @cartas.command("list")
    def listar(
        ids: Ids = None, tipo: Tipo = None, desde: Desde = None, hasta: Hasta = None, todas: Todas = False
    ) -> None:
        """One JSON object a line for each that is meant, oldest first; all of them without conditions."""
        filtro = _filtro(ids, tipo, desde, hasta, todas or not (ids or tipo or desde or hasta))
        with _buzon(servicio()) as (_, buzon):
            halladas = False
            for carta in filter(filtro.admite, buzon):
                halladas = True
                print(_json(_resumen(carta)))
        if not halladas:
            # Beside what scripts read, which is as many lines as there are letters.
            print("no hay cartas" if filtro == Filtro() else "ninguna carta es de esas", file=sys.stderr)

    @cartas.command("show")
    def mostrar(id: str) -> None:
        """All that is known of one message, by its id; as often as it was parked. Or of one letter, by its place."""
        with _buzon(servicio()) as (_, buzon):
            halladas = list(filter(Filtro(ids=frozenset([id])).admite, buzon))
        for carta in halladas:
            todo = {**_resumen(carta), "esquema": carta.esquema, "propiedades": carta.propiedades}
            print(_json(todo, indent=2))
        if not halladas:
            print(f"no hay ninguna carta {id}", file=sys.stderr)
            raise typer.Exit(1)

    def a_cada_una(hacer: _Hacer) -> Callable[..., None]:
        def orden(
            ids: Ids = None,
            tipo: Tipo = None,
            desde: Desde = None,
            hasta: Hasta = None,
            todas: Todas = False,
            operador: Operador = None,
        ) -> None:
            _a_cada_carta(servicio(), hacer, _filtro(ids, tipo, desde, hasta, todas), operador)

        return orden

    de_nuevo = "Send the messages to their topics again, after the cause was mended. Twice is one effect."
    cartas.command("replay", help=de_nuevo)(a_cada_una(Cartero.reenviar))
    por_perdidas = "Give the messages up: a command is refused (COMANDO_DESCARTADO), an event is dropped."
    cartas.command("discard", help=por_perdidas)(a_cada_una(Cartero.descartar))
    return cartas


def _instante(texto: str) -> datetime:
    try:
        instante = datetime.fromisoformat(texto)
    except ValueError:
        raise typer.BadParameter("ha de ser RFC 3339, p. ej. 2026-01-31T09:00:00Z") from None
    if instante.tzinfo is None:
        raise typer.BadParameter("le falta la zona: Z, o una diferencia como -05:00")
    return instante


Ids = Annotated[list[str] | None, typer.Argument(help="Their ids, or @places.", show_default=False)]
Tipo = Annotated[str | None, typer.Option("--tipo", help="Of this ce_type, or message name.")]
Desde = Annotated[datetime | None, typer.Option("--desde", parser=_instante, metavar="RFC3339", help="Parked since.")]
Hasta = Annotated[datetime | None, typer.Option("--hasta", parser=_instante, metavar="RFC3339", help="Parked until.")]
Todas = Annotated[bool, typer.Option("--todas", help="All of them.")]
_Hacer = Callable[[Cartero, Buzon, Carta], str]
Operador = Annotated[
    str | None,
    typer.Option("--operador", envvar="OPERADOR", metavar="NAME", help="Who does this; the audit trail keeps it."),
]


def _filtro(
    ids: list[str] | None, tipo: str | None, desde: datetime | None, hasta: datetime | None, todas: bool
) -> Filtro:
    filtro = Filtro(ids=frozenset(ids or ()), tipo=tipo, desde=desde, hasta=hasta)
    if todas == (filtro != Filtro()):
        raise typer.BadParameter("di cuáles: por id, --tipo, --desde y --hasta, o bien --todas")
    return filtro


@contextmanager
def _buzon(servicio: Servicio) -> Iterator[tuple[pulsar.Client, Buzon]]:
    """The service's dead letters in hand."""
    logs.configurar(servicio.nombre, servicio.config.log_nivel, salida="stderr")
    cliente = crear_cliente(servicio.config.pulsar_url, quien=servicio.config.credencial)
    try:
        with abrir_buzon(cliente, servicio.nombre) as buzon:
            yield cliente, buzon
    finally:
        cerrar_cliente(cliente)


def _a_cada_carta(servicio: Servicio, hacer: _Hacer, filtro: Filtro, operador: str | None) -> None:
    """Do it to each letter that is meant, and say what became of it. Exit code 1 where one stays, or none is meant."""
    fines: Counter[str] = Counter()
    quien = _quien_opera(operador, se_pregunta=servicio.config.autenticada)
    with _buzon(servicio) as (cliente, buzon):
        cartero = servicio.cartero(cliente, servicio.motor(), operador=QuienOpera(id=quien))
        for carta in filter(filtro.admite, buzon):
            linea = {"id": carta.id, "carta": en_su_lugar(carta), "tipo": carta.tipo, "clave": carta.clave}
            try:
                linea["resultado"] = hacer(cartero, buzon, carta)
            except SeQueda as error:
                linea |= {"resultado": SE_QUEDA, "detalle": str(error)}
            fines[linea["resultado"]] += 1
            print(_json(linea))
    print(", ".join(f"{fin}: {n}" for fin, n in fines.items()) or "ninguna carta es de esas", file=sys.stderr)
    if not fines or SE_QUEDA in fines:
        raise typer.Exit(1)


def _quien_opera(dicho: str | None, *, se_pregunta: bool) -> str:
    """Who the trail is told does this: the name that was given, which nothing here proves (ADR 52).

    Args:
        se_pregunta: whether callers are asked who they are; then operators are, too. Else it is by default the system's
            user, as the system knows it: in a container, nobody's name.

    Raises:
        typer.BadParameter: none was given, or one that can't be a caller's.
    """
    if dicho is None:
        if se_pregunta:
            raise typer.BadParameter("di quién lo hace, con --operador u OPERADOR: queda en la auditoría")
        try:
            return pwd.getpwuid(os.getuid()).pw_name
        except KeyError:
            return f"uid:{os.getuid()}"
    if not es_sujeto(dicho):
        raise typer.BadParameter("--operador: de 1 a 255 caracteres visibles de ASCII")
    return dicho


def _resumen(carta: Carta) -> dict[str, Any]:
    return {
        "id": carta.id,
        "carta": en_su_lugar(carta),
        "tipo": carta.tipo,
        "clave": carta.clave,
        "instante": en_texto(carta.instante),
        "error": carta.error,
        "intentos": carta.intentos,
        "topico": carta.topico,
        "consumidor": carta.consumidor,
        "octetos": carta.octetos,
    }


def _json(que: Mapping[str, Any], **opciones: Any) -> str:
    """As JSON that a person reads: what does not print (it may end a line, or turn it round) is escaped."""
    texto = json.dumps(que, ensure_ascii=False, **opciones)
    return "".join(c if c == "\n" or c.isprintable() else json.dumps(c)[1:-1] for c in texto)


def _claro(servicio: Callable[[], Servicio]) -> Callable[[], Servicio]:
    """A wrong catalogue ends the process as a wrong setting does: with what to mend, not with a stack trace."""

    def armar() -> Servicio:
        try:
            return servicio()
        except CatalogoInvalido as error:
            typer.echo(f"catálogo: {error}", err=True)
            raise typer.Exit(2) from None

    return armar
