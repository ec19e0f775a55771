"""The event store on a real PostgreSQL: append-only, one writer per version, each stream a chain."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from seedwork.aplicacion.entorno import EntornoReal
from seedwork.aplicacion.sobre import Sobre
from seedwork.dominio.agregado import EventoDominio
from seedwork.dominio.agregado_eventos import AgregadoEventos
from seedwork.infraestructura import bd, ddl
from seedwork.infraestructura.almacen_eventos import (
    CatalogoEventos,
    ConflictoDeVersion,
    FlujosSQL,
    Forma,
    RepositorioEventos,
    verificar,
)
from seedwork.infraestructura.transaccion_sql import TransaccionSQL
from seedwork.pruebas.bases import de_dueno

pytestmark = pytest.mark.integracion


@dataclass(frozen=True, kw_only=True, slots=True)
class Contado(EventoDominio):
    cuanto: int
    nota: str = ""


@dataclass(kw_only=True)
class Contador(AgregadoEventos):
    total: int = 0

    def aplicar(self, evento: EventoDominio) -> None:
        assert isinstance(evento, Contado)
        self.total += evento.cuanto


class Contadores(RepositorioEventos[Contador]):
    """On one connection, with what each of its events would be told with."""

    catalogo = CatalogoEventos(Forma(nombre="Contado", clase=Contado))
    clase = Contador

    def __init__(self, conexion: sa.Connection) -> None:
        transaccion = TransaccionSQL(conexion, {}, EntornoReal())
        self.cambios = transaccion.cambios
        super().__init__(
            transaccion, FlujosSQL(conexion), self.catalogo, lambda id: self.clase(id=id), lambda _eventos: None
        )


SOBRE = Sobre(id="m-1", tipo="t", fuente="f", sujeto="s", tiempo="", correlacion="c-1")


@pytest.fixture
def motor(nueva_base) -> Iterator[sa.Engine]:
    motor = bd.crear_motor(de_dueno(nueva_base("almacen")), conexiones=10)
    with motor.begin() as conexion:
        conexion.execute(sa.text(ddl.ALMACEN_EVENTOS_V1))
    yield motor
    motor.dispose()


def guardar(contadores: Contadores) -> None:
    for agregado, _ in contadores.cambios.prestados.values():
        for evento in agregado.registrados:
            agregado.secuencia += 1
            contadores.anotar(agregado, evento, SOBRE)
        agregado.registrados.clear()
    contadores.volcar()


def contar(motor: sa.Engine, id: str, *cantidades: int) -> None:
    with motor.begin() as conexion:
        contadores = Contadores(conexion)
        contador = contadores.obtener(id)
        if contador is None:
            contador = Contador(id=id)
            contadores.agregar(contador)
        for cuanto in cantidades:
            contador.registrar(Contado(cuanto=cuanto, nota="ñandú «1.0»"))
        guardar(contadores)


def test_el_estado_es_el_pliegue_de_los_eventos(motor):
    contar(motor, "a", 1, 2)
    contar(motor, "b", 5)
    contar(motor, "a", 4)

    with motor.begin() as conexion:
        contador = Contadores(conexion).obtener("a")
        assert contador is not None
        assert (contador.total, contador.secuencia) == (7, 3)
        assert Contadores(conexion).obtener("c") is None
        filas = conexion.execute(sa.text("SELECT version, metadatos FROM eventos WHERE flujo = 'a' ORDER BY 1")).all()
    assert [v for v, _ in filas] == [1, 2, 3]
    assert filas[2][1] == {"causa": "m-1", "correlacion": "c-1", "secuencia": 3}


def test_dos_que_leyeron_la_misma_version_no_escriben_los_dos(motor):
    contar(motor, "a", 1)
    with motor.begin() as uno, motor.connect() as otro:
        primero, segundo = Contadores(uno), Contadores(otro)
        for contadores in (primero, segundo):
            contadores.obtener("a").registrar(Contado(cuanto=1))
        guardar(primero)
        uno.commit()

        with pytest.raises(ConflictoDeVersion):
            guardar(segundo)


def test_de_ocho_que_anexan_a_la_vez_a_una_version_gana_uno(motor):
    contar(motor, "a", 1)
    leido = threading.Barrier(8)

    def anexar(_: int) -> bool:
        try:
            with motor.begin() as conexion:
                contadores = Contadores(conexion)
                contadores.obtener("a").registrar(Contado(cuanto=10))
                leido.wait(30)
                guardar(contadores)
        except ConflictoDeVersion:
            return False
        return True

    with ThreadPoolExecutor(8) as hilos:
        assert sum(hilos.map(anexar, range(8))) == 1
    with motor.connect() as conexion:
        contador = Contadores(conexion).obtener("a")
        assert (contador.total, contador.secuencia) == (11, 2)
        assert list(verificar(conexion)) == []


def test_lo_guardado_con_un_esquema_anterior_se_pliega_y_sigue_integro(motor):
    @dataclass(frozen=True, kw_only=True, slots=True)
    class Sumado(EventoDominio):
        cuanto: int
        unidad: str

    class Total(Contador):
        def aplicar(self, evento: EventoDominio) -> None:
            assert isinstance(evento, Sumado) and evento.unidad == "centavos"
            self.total += evento.cuanto

    class ContadoresDeHoy(Contadores):
        catalogo = CatalogoEventos(
            Forma(
                nombre="Contado",
                clase=Sumado,
                esquema=3,
                subidas={1: lambda d: {"cuanto": d["cuanto"] * 100}, 2: lambda d: {**d, "unidad": "centavos"}},
            )
        )
        clase = Total

    contar(motor, "a", 1, 2)
    with motor.begin() as conexion:
        contadores = ContadoresDeHoy(conexion)
        total = contadores.obtener("a")
        assert total.total == 300
        total.registrar(Sumado(cuanto=5, unidad="centavos"))
        guardar(contadores)

    with motor.connect() as conexion:
        assert ContadoresDeHoy(conexion).obtener("a").total == 305
        assert conexion.scalars(sa.text("SELECT esquema FROM eventos ORDER BY version")).all() == [1, 1, 3]
        assert list(verificar(conexion)) == []


@pytest.mark.parametrize(
    "orden",
    [
        "UPDATE eventos SET datos = '{}'",
        "DELETE FROM eventos",
        "DELETE FROM eventos WHERE flujo = 'nadie'",
        "TRUNCATE eventos",
        "INSERT INTO eventos (flujo, version, tipo, esquema, datos, metadatos, ocurrido, huella)"
        " SELECT flujo, version, tipo, esquema, datos, metadatos, ocurrido, huella FROM eventos"
        " ON CONFLICT (flujo, version) DO UPDATE SET datos = '{}'",
    ],
)
def test_la_base_de_datos_no_deja_cambiar_nada_ni_a_la_duena(motor, orden):
    contar(motor, "a", 1, 2)

    with pytest.raises(sa.exc.ProgrammingError, match="solo anexar"), motor.begin() as conexion:
        conexion.execute(sa.text(orden))

    with motor.connect() as conexion:
        assert conexion.scalar(sa.text("SELECT sum((datos->>'cuanto')::int) FROM eventos")) == 3


@pytest.mark.parametrize(
    ("orden", "version"),
    [
        ('UPDATE eventos SET datos = \'{"cuanto": 9, "nota": ""}\' WHERE flujo = \'a\' AND version = 2', 2),
        ("UPDATE eventos SET ocurrido = ocurrido + interval '1 second' WHERE flujo = 'a' AND version = 1", 1),
        ("DELETE FROM eventos WHERE flujo = 'a' AND version = 2", 3),
        ("DELETE FROM eventos WHERE flujo = 'a' AND version = 1", 2),
    ],
)
def test_quien_desmonta_las_guardas_rompe_la_cadena(motor, orden, version):
    contar(motor, "a", 1, 2, 3)
    contar(motor, "b", 1)
    with motor.connect() as conexion:
        assert list(verificar(conexion)) == []

    with motor.begin() as conexion:
        conexion.execute(sa.text("ALTER TABLE eventos DISABLE TRIGGER eventos_solo_anexar"))
        conexion.execute(sa.text(orden))

    with motor.connect() as conexion:
        primera = next(iter(verificar(conexion)))
    assert (primera.flujo, primera.version) == ("a", version)
