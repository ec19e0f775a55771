"""One suite for both stores: what is proven in memory holds on PostgreSQL, and the other way round.

Each test runs twice, on an empty store of each kind; ``-m "not integracion"`` runs those in memory alone.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from contratos import Mensaje, mensaje
from contratos.acceso import Alcance, Permiso, declarar
from seedwork.aplicacion.auditoria import Anotacion
from seedwork.aplicacion.bus import Bus, Manejador
from seedwork.aplicacion.entorno import Entorno, EntornoReal
from seedwork.aplicacion.identidad import Quien
from seedwork.aplicacion.outbox import Outbox, PorEnviar
from seedwork.aplicacion.recibido import Recibido
from seedwork.aplicacion.sobre import Sobre
from seedwork.aplicacion.transaccion import DestinoDeComando
from seedwork.aplicacion.tratamiento import Intentos
from seedwork.aplicacion.unidad import UnidadTrabajo, abridor
from seedwork.dominio.agregado import Agregado, EventoDominio
from seedwork.dominio.agregado_eventos import AgregadoEventos
from seedwork.infraestructura import avro, bd, ddl
from seedwork.infraestructura.almacen_eventos import (
    CatalogoEventos,
    EventoGuardado,
    Flujos,
    FlujosSQL,
    Forma,
    RepositorioEventos,
)
from seedwork.infraestructura.intentos import IntentosSQL
from seedwork.infraestructura.outbox import OutboxSQL
from seedwork.infraestructura.repositorio import Repositorio, mapeo_llano
from seedwork.infraestructura.roles import conceder
from seedwork.infraestructura.tabla import Fila, TransaccionConTablas
from seedwork.infraestructura.transaccion_sql import TransaccionSQL, transacciones
from seedwork.pruebas.almacen import Almacen, Definicion, FlujosMemoria, TransaccionMemoria, Unico
from seedwork.pruebas.bases import como_dueno
from seedwork.pruebas.entorno import EntornoSimulado
from seedwork.pruebas.mensajeria import IntentosMemoria, OutboxMemoria
from seedwork.pruebas.paciencia import PacienciaFija
from seedwork.pruebas.sobres import Viajado, sobre_nuevo
from seedwork.pruebas.taller import esperar

CONTEXTO = "pruebas-almacen"

METADATOS = sa.MetaData()
cosas = sa.Table(
    "cosas",
    METADATOS,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("orden", sa.BigInteger, sa.Identity(), nullable=False, unique=True),
    sa.Column("secuencia", sa.Integer, nullable=False),
    sa.Column("grupo", sa.Text),
    sa.Column("sello", sa.Text),
    sa.Column("estado", sa.Text),
    sa.Column("cuanto", sa.Integer, nullable=False),
    sa.Column("datos", JSONB),
)
sa.Index("cosas_sello", cosas.c.sello, unique=True)
sa.Index("cosas_viva", cosas.c.grupo, unique=True, postgresql_where=cosas.c.estado != "FIN")
apuntes = sa.Table("apuntes", METADATOS, sa.Column("id", sa.Text, primary_key=True))

TABLAS = {
    "cosas": Definicion(
        orden="orden",
        unicos=(Unico(("sello",)), Unico(("grupo",), salvo=("estado", "FIN"))),
        obligatorias=("id", "secuencia", "cuanto"),
    ),
    "apuntes": Definicion(obligatorias=("id",)),
}


@mensaje(CONTEXTO, "comando", sujeto="id_cosa")
class Sumar(Mensaje):
    """Ask for more of a thing. ``modo`` tells its handler how to go on."""

    id_cosa: str = ""
    cuanto: int = 0
    modo: str = ""


@mensaje(CONTEXTO, "comando", sujeto="id_cosa")
class Crear(Mensaje):
    """Ask for a thing."""

    id_cosa: str = ""


DE_CLIENTES = Permiso(
    ambito="", cliente=Alcance.PROPIO, clinica=Alcance.NADA, investigador=Alcance.NADA, operador=Alcance.TODO
)
declarar({Sumar: DE_CLIENTES, Crear: DE_CLIENTES})


@mensaje(CONTEXTO, "evento", sujeto="id_cosa")
class Sumado(Mensaje):
    """There is more of a thing."""

    id_cosa: str = ""
    cuanto: int = 0
    total: int = 0


@mensaje(CONTEXTO, "evento", sujeto="")
class SumaRechazada(Mensaje):
    """A command took no effect."""

    id_cosa: str = ""
    motivo: str = ""


@mensaje(CONTEXTO, "evento", sujeto="id_cosa")
class Llegada(Mensaje):
    """A thing has arrived from elsewhere."""

    id_cosa: str = ""
    modo: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CosaSumada(EventoDominio):
    id: str
    cuanto: int
    total: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class CosaMirada(EventoDominio):
    """Told to nobody."""


@dataclass(kw_only=True)
class Cosa(Agregado):
    cuanto: int = 0

    def sumar(self, cuanto: int) -> None:
        self.cuanto += cuanto
        self.registrar(CosaSumada(id=self.id, cuanto=cuanto, total=self.cuanto))


@dataclass(kw_only=True)
class Cuenta(AgregadoEventos):
    """What is nothing but its events."""

    cuanto: int = 0

    def sumar(self, cuanto: int) -> None:
        self.registrar(CosaSumada(id=self.id, cuanto=cuanto))

    def aplicar(self, evento: EventoDominio) -> None:
        assert isinstance(evento, CosaSumada)
        self.cuanto += evento.cuanto


TRADUCCIONES: Mapping[type[EventoDominio], Any] = {
    CosaSumada: lambda e: Sumado(id_cosa=e.id, cuanto=e.cuanto, total=e.total),
    CosaMirada: None,
}
CATALOGO = CatalogoEventos(Forma(nombre="Sumada", clase=CosaSumada))


class Banco(Protocol):
    """A store, and a look at what is committed in it."""

    entorno: Entorno

    def transacciones(self) -> AbstractContextManager[Any]: ...

    def flujos(self, transaccion: Any) -> Flujos: ...

    def apuntar(self, transaccion: Any, id: str) -> None:
        """Write at once, as a stock or a closure does."""
        ...

    def intentos(self, consumidor: str, lote: str) -> Intentos: ...

    def outbox(self) -> Outbox: ...

    def pasar(self, segundos: float) -> None:
        """Let time go by for those that wait."""
        ...

    def inbox(self) -> dict[tuple[str, str], bool]:
        """Whether each message was parked."""
        ...

    def destinos(self) -> dict[str, DestinoDeComando]: ...

    def esperas(self) -> dict[str, tuple[str, int]]:
        """Consumer and round of each command that waits, in their turns."""
        ...

    def turnos(self) -> dict[str, int]: ...

    def claves(self) -> dict[str, str]: ...

    def auditoria(self) -> list[Anotacion]:
        """The trail, oldest first."""
        ...

    def cuantos(self, tabla: str) -> int:
        """Rows of "lotes" or "intentos"."""
        ...

    def filas(self, tabla: str) -> list[Fila]: ...


class BancoMemoria:
    def __init__(self) -> None:
        self.entorno = EntornoSimulado()
        self.almacen = Almacen(self.entorno, TABLAS)

    def transacciones(self) -> AbstractContextManager[TransaccionMemoria]:
        return self.almacen.transacciones()

    def flujos(self, transaccion: TransaccionMemoria) -> Flujos:
        return FlujosMemoria(transaccion)

    def apuntar(self, transaccion: TransaccionMemoria, id: str) -> None:
        self.almacen.poner(self.almacen.tablas["apuntes"], id, {"id": id})

    def intentos(self, consumidor: str, lote: str) -> Intentos:
        return IntentosMemoria(self.almacen, consumidor, lote)

    def outbox(self) -> Outbox:
        return OutboxMemoria(self.almacen)

    def pasar(self, segundos: float) -> None:
        self.entorno.reloj.avanzar(segundos)

    def inbox(self) -> dict[tuple[str, str], bool]:
        return dict(self.almacen.inbox)

    def destinos(self) -> dict[str, DestinoDeComando]:
        return dict(self.almacen.comandos)

    def esperas(self) -> dict[str, tuple[str, int]]:
        filas = sorted(self.almacen.esperas.items(), key=lambda e: e[1]["turno"])
        return {id: (consumidor, fila["vuelta"]) for (consumidor, id), fila in filas}

    def turnos(self) -> dict[str, int]:
        return {id: fila["turno"] for (_, id), fila in self.almacen.esperas.items()}

    def claves(self) -> dict[str, str]:
        return dict(self.almacen.claves)

    def auditoria(self) -> list[Anotacion]:
        return list(self.almacen.auditoria.values())

    def cuantos(self, tabla: str) -> int:
        return len(getattr(self.almacen, tabla))

    def filas(self, tabla: str) -> list[Fila]:
        return sorted(self.almacen.tablas[tabla].values(), key=lambda f: f["id"])


class BancoSQL:
    def __init__(self, motor: sa.Engine) -> None:
        self.entorno = EntornoReal()
        self.motor = motor
        self._outboxes: list[OutboxSQL] = []
        self.empezar = transacciones(motor, METADATOS, self.entorno)

    def transacciones(self) -> AbstractContextManager[TransaccionSQL]:
        return self.empezar()

    def flujos(self, transaccion: TransaccionSQL) -> Flujos:
        return FlujosSQL(transaccion.conexion)

    def apuntar(self, transaccion: TransaccionSQL, id: str) -> None:
        transaccion.escribir(sa.insert(apuntes), {"id": id})

    def intentos(self, consumidor: str, lote: str) -> Intentos:
        return IntentosSQL(self.motor, consumidor, lote)

    def outbox(self) -> Outbox:
        self._outboxes.append(OutboxSQL(self.motor, EntornoReal()))
        return self._outboxes[-1]

    def pasar(self, segundos: float) -> None:
        with self.motor.begin() as conexion:
            conexion.execute(sa.text("UPDATE esperas SET desde = desde - make_interval(secs => :s)"), {"s": segundos})

    def inbox(self) -> dict[tuple[str, str], bool]:
        return {(f.consumidor, f.ce_id): f.aparcado is not None for f in self._leer(sa.select(bd.inbox))}

    def destinos(self) -> dict[str, DestinoDeComando]:
        return {
            f.id_comando: DestinoDeComando(f.id_comando, f.tipo, f.motivo) for f in self._leer(sa.select(bd.comandos))
        }

    def esperas(self) -> dict[str, tuple[str, int]]:
        consulta = sa.select(bd.esperas).order_by(bd.esperas.c.turno)
        return {f.ce_id: (f.consumidor, f.vuelta) for f in self._leer(consulta)}

    def turnos(self) -> dict[str, int]:
        return {f.ce_id: f.turno for f in self._leer(sa.select(bd.esperas))}

    def claves(self) -> dict[str, str]:
        return {f.clave: f.id_comando for f in self._leer(sa.select(bd.claves_idempotencia))}

    def auditoria(self) -> list[Anotacion]:
        filas = self._leer(sa.select(bd.auditoria).order_by(bd.auditoria.c.id))
        return [Anotacion(**{c: v for c, v in f._mapping.items() if c != "id"}) for f in filas]

    def cuantos(self, tabla: str) -> int:
        return len(self._leer(sa.select(bd.METADATOS.tables[tabla])))

    def filas(self, tabla: str) -> list[Fila]:
        propia = METADATOS.tables[tabla]
        return [dict(f._mapping) for f in self._leer(sa.select(propia).order_by(propia.c.id))]

    def vaciar(self) -> None:
        for outbox in self._outboxes:
            outbox.soltar()
        borrar = [f"DELETE FROM {tabla}" for tabla in [*bd.METADATOS.tables, *METADATOS.tables]]
        # The event store and the audit trail let nobody take anything away.
        guardas = {de: f"TRIGGER {de}_solo_anexar" for de in ("eventos", "auditoria")}
        sin_guardas = [f"ALTER TABLE {de} DISABLE {guarda}" for de, guarda in guardas.items()]
        con_guardas = [f"ALTER TABLE {de} ENABLE ALWAYS {guarda}" for de, guarda in guardas.items()]
        with como_dueno(self.motor) as dueno, dueno.begin() as conexion:
            conexion.exec_driver_sql("; ".join([*sin_guardas, "DELETE FROM eventos", *borrar, *con_guardas]))

    def _leer(self, consulta: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        with self.motor.connect() as conexion:
            return conexion.execute(consulta).all()


@pytest.fixture(scope="module")
def banco_sql(nueva_base_de_modulo: Callable[[str], str]) -> Iterator[BancoSQL]:
    motor = bd.crear_motor(nueva_base_de_modulo("almacen"))
    with como_dueno(motor) as dueno:
        with dueno.begin() as conexion:
            for texto in (ddl.mensajeria(), ddl.ALMACEN_EVENTOS_V1):
                conexion.execute(sa.text(texto))
            METADATOS.create_all(conexion)
        conceder(dueno, motor.url.username or "")
    yield BancoSQL(motor)
    motor.dispose()


@pytest.fixture(params=["memoria", pytest.param("postgresql", marks=pytest.mark.integracion)])
def banco(request: pytest.FixtureRequest) -> Iterator[Banco]:
    """An empty store of either kind."""
    if request.param == "memoria":
        yield BancoMemoria()
        return
    de_verdad: BancoSQL = request.getfixturevalue("banco_sql")
    yield de_verdad
    de_verdad.vaciar()


class UnidadCosas(UnidadTrabajo):
    """A service's own, with a repository of each kind."""

    def __init__(self, banco: Banco, transaccion: TransaccionConTablas) -> None:
        super().__init__(transaccion, CONTEXTO, TRADUCCIONES)
        self.cosas = Repositorio(transaccion, transaccion.tablas["cosas"], mapeo_llano(Cosa), sujeto="id_cosa")
        self.proyectados: list[EventoGuardado] = []
        self.cuentas = RepositorioEventos(
            transaccion, banco.flujos(transaccion), CATALOGO, lambda id: Cuenta(id=id), self.proyectados.extend
        )
        self._banco = banco

    def apuntar(self, id: str) -> None:
        """Write at once."""
        self._banco.apuntar(self.transaccion, id)

    def cosa(self, id: str) -> Cosa:
        """The thing; a new one where there is none."""
        cosa = self.cosas.obtener(id)
        if cosa is None:
            cosa = Cosa(id=id)
            self.cosas.agregar(cosa)
        return cosa

    def cuenta(self, id: str) -> Cuenta:
        """Likewise."""
        cuenta = self.cuentas.obtener(id)
        if cuenta is None:
            cuenta = Cuenta(id=id)
            self.cuentas.agregar(cuenta)
        return cuenta


def abrir(banco: Banco) -> AbstractContextManager[UnidadCosas]:
    """A unit of work on the store."""
    return abridor(banco.transacciones, lambda t: UnidadCosas(banco, t))()


@contextmanager
def transaccion(banco: Banco) -> Iterator[Any]:
    """A transaction alone."""
    with banco.transacciones() as abierta:
        yield abierta


def cliente(codigo: str) -> Quien:
    """A client, with an id of its own."""
    return Quien(id=f"de-{codigo}", roles=frozenset({"cliente"}), cliente=codigo)


OPERADOR = Quien(id="op", roles=frozenset({"operador"}))


def sobre(
    id: str,
    sujeto: str = "c-1",
    tipo: type[Mensaje] = Sumar,
    clave: str | None = None,
    quien: Quien | None = None,
) -> Sobre:
    """An envelope."""
    return sobre_nuevo(tipo, fuente="/pruebas", sujeto=sujeto, id=id, clave_idempotencia=clave, quien=quien)


def recibido(
    id: str,
    que: Mensaje | None = None,
    *,
    sujeto: str | None = None,
    clave: str | None = None,
    vuelta: int = 0,
    quien: Quien | None = None,
) -> Recibido:
    """A message as it arrives; by default a command about ``c-1``."""
    que = que or Sumar(id_cosa="c-1", cuanto=1)
    de = sujeto if sujeto is not None else getattr(que, "id_cosa", "c-1")
    propio = sobre(id, de, type(que), clave, quien)
    return Recibido(propio, que, Viajado(que.topico, de, avro.codificar(que, propio), {"ce_id": id}, 7), vuelta)


def salida(banco: Banco) -> list[PorEnviar]:
    """What is to be sent, oldest first."""
    outbox = banco.outbox()
    try:
        # The server lets go of the last one's lead when it finds its session closed.
        esperar(outbox.dirigir)
        return list(outbox.pendientes(10_000))
    finally:
        outbox.soltar()


def carga(fila: PorEnviar) -> bytes:
    """A payload's bytes, as they would travel."""
    return avro.codificar(fila.carga) if isinstance(fila.carga, Mensaje) else bytes(fila.carga)


def dichos(banco: Banco) -> list[str]:
    """What is to be told: each message's name and subject."""
    return [
        f"{p['ce_type'].split('.')[-2]} {p['ce_subject']}"
        for f in salida(banco)
        if (p := f.propiedades) and "espera_vuelta" not in p
    ]


def hacer_bus(
    banco: Banco, manejadores: Mapping[type[Mensaje], Manejador], paciencia: PacienciaFija | None = None
) -> Bus:
    """A bus whose refusals are told."""

    def rechazar(comando: Any, unidad: UnidadCosas, motivo: str) -> None:
        unidad.publicar(SumaRechazada(id_cosa=comando.id_cosa, motivo=motivo), sujeto=unidad.sobre.sujeto)

    hacer = abridor(banco.transacciones, lambda t: UnidadCosas(banco, t))
    return Bus("c", hacer, manejadores, rechazar, paciencia or PacienciaFija())


def vistos(banco: Banco) -> dict[str, Any]:
    """All that is committed, in a form in which two stores compare."""
    return {
        "cosas": [{c: v for c, v in f.items() if c != "orden" and v is not None} for f in banco.filas("cosas")],
        "apuntes": banco.filas("apuntes"),
        "inbox": banco.inbox(),
        "destinos": {d.id_comando: d.rechazo for d in banco.destinos().values()},
        "esperas": banco.esperas(),
        "claves": banco.claves(),
        "dichos": dichos(banco),
    }


def ids(recibidos: Collection[Recibido]) -> list[str]:
    return [r.sobre.id for r in recibidos]
