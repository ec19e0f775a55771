"""A real broker's topic, full of what nobody should send: a worker and the letters' commands go through all of it.

With schema validation on, as provisioning leaves a namespace; and off, where a producer needs no schema. ``make test``
sends some hundreds of messages; 10,000 take minutes, and are ``largo``.
"""

from datetime import timedelta

import _pulsar
import pulsar
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from typer.testing import Result

from contratos import INQUILINO
from seedwork.aplicacion.bus import Bus
from seedwork.infraestructura.aprovisionamiento import Aprovisionador
from seedwork.infraestructura.publicador import EsquemaCodificado
from seedwork.infraestructura.topicos import topico_cartas
from seedwork.pruebas import cuaderno
from seedwork.pruebas.linea import Cli, linea_de_cartas, lineas
from seedwork.pruebas.taller import Taller

from .mensajes import MARCA, Crudo, crudos

pytestmark = pytest.mark.integracion

CARTA_BUENA = "la-buena"


class Hostil:
    """Who sends anything, to any topic of the notebook's."""

    def __init__(self, taller: Taller) -> None:
        self.taller = taller
        self._productores: dict[tuple[str, bool], pulsar.Producer] = {}

    def enviar(self, topico: str, *crudos: Crudo, con_esquema: bool = True) -> int:
        """Send them, and wait until all are durable; answers how many the broker took."""
        productor = self._productor(topico, con_esquema)._producer
        resultados: list[_pulsar.Result] = []
        for crudo in crudos:
            productor.send_async(crudo.construir(), lambda resultado, _: resultados.append(resultado))
        productor.flush()
        self.taller.esperar(lambda: len(resultados) == len(crudos))
        return resultados.count(_pulsar.Result.Ok)

    def _productor(self, topico: str, con_esquema: bool) -> pulsar.Producer:
        clave = topico, con_esquema
        if clave not in self._productores:
            propio = EsquemaCodificado(None, schema_definition=self.taller.apuntar.esquema)
            self._productores[clave] = self.taller.cliente.create_producer(
                topico,
                schema=propio if con_esquema else pulsar.schema.BytesSchema(),
                batching_enabled=True,
                block_if_queue_full=True,
            )
        return self._productores[clave]

    def retroceder(self) -> None:
        """Set the notebook's cursor back to the first message."""
        consumidor = self.taller.cliente.subscribe(
            self.taller.apuntar.topico, self.taller.contexto, consumer_type=pulsar.ConsumerType.Failover
        )
        consumidor.seek(pulsar.MessageId.earliest)
        consumidor.close()

    def bueno(self, hoja: str, linea: int) -> Crudo:
        """A command as it should be."""
        carga, propiedades, clave = self.taller.codificar(self.taller.orden(hoja, linea))
        return Crudo({n.encode(): v.encode() for n, v in propiedades.items()}, clave.encode(), carga)


@pytest.fixture
def hostil(taller) -> Hostil:
    return Hostil(taller)


def sin_validacion(taller: Taller) -> None:
    Aprovisionador(taller.servidores.admin_url)._pedir(
        "POST", f"/namespaces/{INQUILINO}/{taller.contexto}/schemaValidationEnforced", False
    )


def apuntador(taller: Taller) -> Bus:
    """The notebook, writing whatever it is told."""
    return cuaderno.hacer_bus(taller.motor, taller.contexto, lambda orden, u: u.apuntar(orden.hoja, orden.linea))


def consumir(taller: Taller, plazo: float = 60.0) -> None:
    """Until nothing is before it."""
    with taller.consumiendo(apuntador(taller)):
        taller.esperar(lambda: taller.atraso() == 0, plazo)


@pytest.fixture
def cli(taller, monkeypatch) -> Cli:
    monkeypatch.setenv("DATABASE_URL", taller.url_base)
    monkeypatch.setenv("PULSAR_URL", taller.servidores.pulsar_url)
    ordenar = linea_de_cartas(taller.contexto)

    def correr(*orden: str) -> Result:
        resultado = ordenar(*orden)
        assert resultado.exception is None or isinstance(resultado.exception, SystemExit), resultado.exception
        return resultado

    return correr


ILEGIBLES = [
    Crudo({}, None, b""),
    Crudo({b"ce_id": b"\xff", b"ce_type": b"x"}, b"k", b"x"),
    Crudo({b"\xfe\xff": b"x"}, b"\xff\x00", b"x"),
    Crudo({b"ce_id": b"a\x00b"}, b"", b"x"),
    Crudo({b"ce_id": b"x" * 100_000, b"otra": b"y" * 1_000_000}, b"k" * 1_000_000, b"z" * 1_000_000),
    Crudo({b"carta_octetos": b"7", b"carta_topico": b"?"}, "ñ".encode(), b"\x00"),
]


@pytest.mark.parametrize("validacion", [True, False])
def test_lo_ilegible_se_aparca_una_vez_aunque_el_cursor_vuelva_atras(taller, hostil, cli, validacion):
    """Eight letters became sixteen."""
    topico = taller.apuntar.topico
    if not validacion:
        sin_validacion(taller)
    enviados = [*ILEGIBLES, *ILEGIBLES[:2]]
    for n, crudo in enumerate(enviados):
        assert hostil.enviar(topico, crudo, hostil.bueno("h", n), con_esquema=validacion or n % 2 == 0) == 2
    consumir(taller)
    aparcadas = taller.cartas_aparcadas()
    # A good one without its schema can't be read either.
    assert aparcadas == len(enviados) + (0 if validacion else len(enviados) // 2)
    assert len(taller.apuntes()) == (8 if validacion else 4)

    for _ in range(2):
        hostil.retroceder()
        consumir(taller)
        assert taller.cartas_aparcadas() == aparcadas
    assert len(taller.apuntes()) == (8 if validacion else 4)
    assert [c["intentos"] for c in lineas(cli("list"))] == [0] * aparcadas


PAPELES = {
    b"carta_error": b"ValueError",
    b"carta_intentos": b"4",
    b"carta_instante": b"2026-01-31T09:00:00Z",
    b"carta_esquema": b"0",
}


def carta(taller: Taller, crudo: Crudo, **papeles: bytes) -> Crudo:
    propios = {**PAPELES, b"carta_topico": taller.apuntar.topico.encode()}
    return Crudo(
        {**crudo.propiedades, **propios, **{n.encode(): v for n, v in papeles.items()}}, crudo.clave, crudo.carga
    )


def malas_y_una_buena(taller: Taller, hostil: Hostil) -> list[Crudo]:
    """Letters that nobody can read, or that can't go back; behind them one that can."""
    buena = hostil.bueno("h", 7)
    buena = Crudo({**buena.propiedades, b"ce_id": CARTA_BUENA.encode()}, buena.clave, buena.carga)
    return [
        *ILEGIBLES,
        *(carta(taller, i) for i in ILEGIBLES),
        carta(taller, buena, carta_esquema=b"9" * 30),
        carta(taller, buena, carta_esquema=b"7"),
        carta(taller, buena, carta_topico=b"persistent://saludtech/otro/nadie.v1"),
        carta(taller, buena, carta_topico=b"::no//es/un topico"),
        carta(taller, buena, carta_instante=b"9999-12-31T23:59:59-14:00", carta_topico=b""),
        carta(taller, buena),
    ]


def test_una_carta_que_no_se_puede_leer_no_detiene_a_ninguna_orden(taller, hostil, cli):
    cartas = malas_y_una_buena(taller, hostil)
    assert hostil.enviar(topico_cartas(taller.contexto), *cartas, con_esquema=False) == len(cartas)

    listado = cli("list")
    assert (listado.exit_code, len(lineas(listado))) == (0, len(cartas))
    lugares = [linea["carta"] for linea in lineas(listado)]
    assert len(set(lugares)) == len(cartas)
    assert all(cli("show", lugar).exit_code == 0 for lugar in lugares)
    assert cli("show", CARTA_BUENA).stdout.count(f'"id": "{CARTA_BUENA}"') == 6

    with taller.consumiendo(apuntador(taller)):
        reenvio = cli("replay", "--todas")
        taller.esperar(lambda: ("h", 7) in taller.apuntes())
        taller.esperar(lambda: taller.atraso() == 0)
    fines = {linea["carta"]: linea["resultado"] for linea in lineas(reenvio)}
    assert fines[lugares[-1]] == "REENVIADA"
    assert len(fines) == len(cartas)

    sin_id = lugares[0]
    assert [linea["resultado"] for linea in lineas(cli("discard", sin_id))] == ["DESCARTADA"]
    assert cli("discard", "--todas").exit_code == 0
    assert taller.cartas_aparcadas() == 0
    assert taller.apuntes() == [("h", 7)]


def test_una_carta_que_no_se_puede_leer_vence_y_no_detiene_a_las_demas(taller, hostil, cli):
    futura = carta(taller, hostil.bueno("futura", 1), carta_instante=b"9999-12-31T23:59:59Z")
    cartas = [futura, *malas_y_una_buena(taller, hostil)]
    hostil.enviar(topico_cartas(taller.contexto), *cartas, con_esquema=False)
    cartero = cuaderno.servicio(taller.contexto).cartero(taller.cliente, taller.motor)

    assert cartero.vencer(timedelta(days=7)) > 0
    # What does not tell an age that can be is as old as its publishing.
    quedan = lineas(cli("list"))
    assert "futura" in {c["clave"] for c in quedan}
    assert CARTA_BUENA not in {c["id"] for c in quedan if c["topico"] == taller.apuntar.topico}
    cartero.vencer(timedelta(0))
    assert taller.cartas_aparcadas() == 0


@pytest.mark.parametrize(("orden", "fin"), [("replay", "REENVIADA"), ("discard", "DESCARTADA")])
def test_lo_que_otro_escribio_en_una_carta_no_pasa_al_registro(taller, hostil, cli, orden, fin):
    """The operator sees it, since they ask; what is logged is read by others, and kept."""
    buena = hostil.bueno("h", 7)
    ajena = carta(
        taller, buena, ce_type=MARCA.encode(), ce_correlationid=f"{MARCA} 1".encode(), carta_error=MARCA.encode()
    )
    hostil.enviar(topico_cartas(taller.contexto), ajena, con_esquema=False)

    hecho = cli(orden, "--todas")

    assert [linea["resultado"] for linea in lineas(hecho)] == [fin]
    assert MARCA in hecho.stdout
    assert '"tipo": null' in hecho.stderr
    assert MARCA not in hecho.stderr


def inundar(taller: Taller, hostil: Hostil, cli: Cli, *, validacion: bool, mensajes: int) -> None:
    """So many messages, a good one behind each ten; then every command on all letters."""
    if not validacion:
        sin_validacion(taller)
    por_vez = 100
    carga, propiedades, clave = taller.codificar(taller.orden("mala", 0))
    estrategia = st.lists(crudos(propiedades, clave, carga), min_size=por_vez, max_size=por_vez)
    tomados, buenos = 0, 0

    @given(estrategia, st.booleans())
    @settings(
        max_examples=mensajes // por_vez,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    def enviar(tanda: list[Crudo], con_esquema: bool) -> None:
        nonlocal tomados, buenos
        tomados += hostil.enviar(taller.apuntar.topico, *tanda, con_esquema=con_esquema or validacion)
        hostil.enviar(taller.apuntar.topico, hostil.bueno("buena", buenos))
        buenos += 1

    enviar()
    assert tomados >= 0.9 * mensajes
    consumir(taller, 600)
    assert [n for _, n in taller.apuntes("buena")] == list(range(buenos))
    aparcadas, apuntes = taller.cartas_aparcadas(), len(taller.apuntes())
    assert aparcadas > mensajes / 3

    hostil.retroceder()
    consumir(taller, 600)
    assert (taller.cartas_aparcadas(), len(taller.apuntes())) == (aparcadas, apuntes)

    listado = lineas(cli("list"))
    assert len(listado) == aparcadas
    assert cli("show", listado[0]["carta"]).exit_code == 0
    reenvio = lineas(cli("replay", *(c["carta"] for c in listado[:50])))
    assert len(reenvio) == min(50, aparcadas)
    consumir(taller, 600)
    descarte = cli("discard", *(c["carta"] for c in lineas(cli("list"))[:50]))
    assert descarte.exit_code == 0
    assert cuaderno.servicio(taller.contexto).cartero(taller.cliente, taller.motor).vencer(timedelta(0)) > 0
    assert taller.cartas_aparcadas() == 0


@pytest.mark.largo  # a worker under thousands of messages
@pytest.mark.parametrize("validacion", [True, False])
def test_una_avalancha_de_lo_que_sea_no_detiene_a_nadie(taller, hostil, cli, validacion):
    inundar(taller, hostil, cli, validacion=validacion, mensajes=200)


@pytest.mark.largo
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("validacion", [True, False])
def test_diez_mil_de_lo_que_sea_tampoco(taller, hostil, cli, validacion):
    inundar(taller, hostil, cli, validacion=validacion, mensajes=10_000)
