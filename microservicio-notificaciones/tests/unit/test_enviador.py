"""The sender's steps, one by one: what becomes of an attempt is noted once, whatever happens between two steps."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import pytest
import sqlalchemy as sa

from contratos.notificaciones import TIPOS
from notificaciones.aplicacion.envio import Correo, Envio
from notificaciones.aplicacion.puertos import CanalAveriado, CanalNoDisponible, CanalRechazo, EnvioOcupado
from notificaciones.entrada.enviador import ARRIENDO_EXTRA_S, Desenlace, Enviador
from notificaciones.entrada.vigia import RECHAZADOS, Vigia
from notificaciones.infraestructura.plantillas import Plantillas
from notificaciones.pruebas.memoria import EnviosMemoria
from seedwork.infraestructura.almacen_eventos import ConflictoDeVersion
from seedwork.infraestructura.tabla import SinBase

from .conftest import EnMemoria

NOTIFICADO = ("NOTIFICAR", "HECHO", "")
OMITIDO = ("NOTIFICAR", "OMITIDO", "SAGA_CERRADA")
AVISADO = ("AVISAR", "HECHO", "")


@dataclass
class Canal:
    """A channel that fails as it is told, else takes the letter.

    Attributes:
        cerrado: what a look at it meets; empty for nothing.
    """

    nombre = "CORREO"
    correos: list[Correo] = field(default_factory=list)
    fallos: list[Exception] = field(default_factory=list)
    cerrado: str = ""

    def enviar(self, correo: Correo) -> None:
        self.correos.append(correo)
        if self.fallos:
            raise self.fallos.pop(0)

    def probar(self) -> None:
        if self.cerrado:
            raise CanalAveriado(self.cerrado)


@pytest.fixture
def canal() -> Canal:
    return Canal()


@pytest.fixture(scope="module")
def plantillas() -> Plantillas:
    return Plantillas(TIPOS)


@pytest.fixture
def vigia(servicio: EnMemoria, canal: Canal) -> Vigia:
    return Vigia(canal, servicio.politica, servicio.entorno)


@pytest.fixture
def enviador(servicio: EnMemoria, canal: Canal, vigia: Vigia, plantillas: Plantillas) -> Enviador:
    """One of its own: no step of its needs the engine that its loop listens on."""
    motor = sa.create_engine("postgresql+psycopg2://")
    return Enviador(motor, servicio.cola, servicio.abrir, canal, vigia, plantillas, servicio.politica, hilos=4)


@pytest.fixture
def arriendo_s(servicio: EnMemoria) -> float:
    return servicio.politica.espera_s + ARRIENDO_EXTRA_S


@pytest.fixture
def encargar(servicio: EnMemoria, aprovisionada) -> Callable[[int], None]:
    """Queues a delivery for each of so many subscriptions."""

    def hacer(cuantos: int) -> None:
        servicio.atender(
            *[replace(aprovisionada, id_suscripcion=f"s-{n}", id_saga=f"g-{n}") for n in range(1, cuantos + 1)]
        )

    return hacer


def intentar(enviador: Enviador, cuantos: int = 10) -> list[tuple[Envio, Desenlace]]:
    return [(envio, enviador.intentar(envio)) for envio in enviador.tomar(cuantos)]


def anotar(enviador: Enviador, acabados: Iterable[tuple[Envio, Desenlace]]) -> list[str]:
    """The ids of those that are done with."""
    return [envio.id_notificacion for envio in enviador.anotar(list(acabados))]


def una_vez(error: Exception) -> Callable[[], None]:
    """Raises that the first time that it is called."""
    errores = [error]

    def hacer() -> None:
        if errores:
            raise errores.pop()

    return hacer


def estados(servicio: EnMemoria) -> list[str]:
    return [f["estado"] for f in servicio.almacen.tablas["vista_notificaciones"].values()]


cuantos_sean = pytest.mark.parametrize("cuantos", [1, 3])


@cuantos_sean
def test_lo_que_se_toma_se_intenta_y_se_anota(servicio, enviador, canal, encargar, arriendo_s, cuantos):
    encargar(cuantos)
    acabados = intentar(enviador)
    assert len(acabados) == len(canal.correos) == cuantos
    assert {(e.tomado_hasta - servicio.ahora).total_seconds() for e, _ in acabados} == {arriendo_s}
    assert enviador.tomar(10) == []
    assert estados(servicio) == ["CREADA"] * cuantos
    confirmaciones: list[None] = []
    servicio.almacen.antes_de_confirmar = lambda: confirmaciones.append(None)

    assert anotar(enviador, acabados) == [e.id_notificacion for e, _ in acabados]

    assert estados(servicio) == ["CONFIRMADA"] * cuantos
    assert servicio.pasos == [NOTIFICADO] * cuantos
    assert servicio.envios == []
    assert len(confirmaciones) == 1


def test_no_toma_mas_de_los_que_se_le_piden(enviador, encargar):
    encargar(5)

    assert [len(enviador.tomar(2)) for _ in range(4)] == [2, 2, 1, 0]


def test_la_carta_lleva_lo_suyo(servicio, enviador, canal, aprovisionada):
    servicio.atender(aprovisionada)
    ((envio, _),) = intentar(enviador)

    (correo,) = canal.correos
    assert (correo.id, correo.nombre, correo.direccion) == (
        envio.id_notificacion,
        "Pablo Perez Prieto",
        "pperez@domain.com",
    )
    assert (correo.asunto, correo.fecha) == ("Su servicio de datos está listo", servicio.ahora)


def test_lo_que_el_canal_rechaza_falla_de_inmediato(servicio, enviador, canal, encargar):
    canal.fallos.append(CanalRechazo("SMTPRecipientsRefused 550"))
    encargar(1)
    anotar(enviador, intentar(enviador))

    assert servicio.pasos == [("NOTIFICAR", "FALLIDO", "CANAL_RECHAZO")]
    assert servicio.envios == []


@pytest.mark.parametrize(
    "fallo", [CanalNoDisponible("RCPT 451"), CanalAveriado("MAIL 530"), RuntimeError("lo que sea")]
)
def test_lo_que_el_canal_no_tomo_se_repite(servicio, enviador, canal, encargar, fallo):
    canal.fallos.append(fallo)
    encargar(1)
    anotar(enviador, intentar(enviador))

    (envio,) = servicio.envios
    (proximo,) = servicio.proximos.values()
    assert (estados(servicio), servicio.pasos) == (["CREADA"], [])
    assert (envio.intentos, envio.tomado_hasta) == (1, None)
    assert 0.4 <= (proximo - servicio.ahora).total_seconds() <= 0.6
    assert enviador.tomar(10) == []

    servicio.entorno.reloj.avanzar(0.6)
    anotar(enviador, intentar(enviador))
    assert (estados(servicio), servicio.pasos) == (["CONFIRMADA"], [NOTIFICADO])
    assert len(canal.correos) == 2


def test_lo_que_ya_no_cabe_en_su_plazo_no_se_envia_mas(servicio, enviador, canal, encargar):
    """Its sender vanished, say, and nobody came by in time; a first attempt is made however late it is."""
    encargar(1)
    enviador.tomar(1)
    servicio.entorno.reloj.avanzar(servicio.politica.plazo_s)
    anotar(enviador, intentar(enviador))

    assert canal.correos == []
    assert servicio.pasos == [("NOTIFICAR", "FALLIDO", "CANAL_NO_DISPONIBLE")]

    encargar(2)
    servicio.entorno.reloj.avanzar(servicio.politica.plazo_s)
    anotar(enviador, intentar(enviador))
    assert len(canal.correos) == 1
    assert servicio.pasos[1:] == [NOTIFICADO]


def test_mientras_el_canal_esta_cerrado_ninguna_carta_gasta_un_intento(servicio, enviador, canal, vigia, encargar):
    encargar(3)
    canal.cerrado = "MAIL 530 5.7.0"
    vigia.mirar()
    servicio.entorno.reloj.avanzar(servicio.politica.final_s - 0.1)
    assert enviador.tomar(10) == []
    assert [e.intentos for e in servicio.envios] == [0] * 3

    canal.cerrado = ""
    vigia.mirar()
    anotar(enviador, intentar(enviador))
    assert servicio.pasos == [NOTIFICADO] * 3
    assert len(canal.correos) == 3


def test_cerrado_el_canal_cada_carta_tiene_su_ultimo_intento(servicio, enviador, canal, vigia, encargar):
    """It may have been mended since the last look."""
    encargar(2)
    canal.cerrado = "MAIL 530 5.7.0"
    vigia.mirar()
    canal.fallos.append(CanalAveriado("MAIL 530 5.7.0"))
    servicio.entorno.reloj.avanzar(servicio.politica.final_s)
    anotar(enviador, intentar(enviador))

    assert servicio.pasos == [("NOTIFICAR", "FALLIDO", "CANAL_NO_DISPONIBLE"), NOTIFICADO]
    assert not vigia.cerrado, "a letter that was taken is as good as a look"


def test_cerrado_el_canal_lo_que_ya_no_cabe_en_su_plazo_falla_a_tiempo(servicio, enviador, canal, vigia, encargar):
    encargar(2)
    canal.cerrado = "MAIL 530 5.7.0"
    vigia.mirar()
    servicio.entorno.reloj.avanzar(servicio.politica.ultimo_s + 0.1)
    anotar(enviador, intentar(enviador))

    assert canal.correos == []
    assert servicio.pasos == [("NOTIFICAR", "FALLIDO", "CANAL_NO_DISPONIBLE")] * 2
    assert servicio.envios == []


def test_la_averia_que_una_carta_encuentra_no_detiene_a_las_demas(servicio, enviador, canal, vigia, encargar):
    canal.fallos.append(CanalAveriado("RCPT 554 5.7.1"))
    encargar(3)
    anotar(enviador, intentar(enviador))
    vigia.mirar()

    assert servicio.pasos == [NOTIFICADO] * 2
    servicio.entorno.reloj.avanzar(0.6)
    anotar(enviador, intentar(enviador))
    assert servicio.pasos == [NOTIFICADO] * 3


@pytest.mark.parametrize("distintos", [False, True], ids=["un solo destinatario", "distintos"])
@pytest.mark.parametrize("fallo", [CanalRechazo("RCPT 501"), CanalAveriado("DATA 500")], ids=str)
def test_lo_que_falla_a_varios_destinatarios_es_del_canal_y_a_uno_solo_suyo(
    servicio, enviador, canal, vigia, aprovisionada, fallo, distintos
):
    canal.fallos += [fallo] * RECHAZADOS
    hechos = [replace(aprovisionada, id_suscripcion=f"s-{n}", id_saga=f"g-{n}") for n in range(RECHAZADOS)]
    servicio.atender(*[replace(h, cliente_email=f"ana{n if distintos else ''}@x.co") for n, h in enumerate(hechos)])
    anotar(enviador, intentar(enviador))

    assert vigia.motivo() == (f"ninguna de las últimas {RECHAZADOS} entregas: {fallo}" if distintos else None)


def test_mientras_hay_tiempo_se_reintenta_hasta_poco_antes_del_final(servicio, enviador, canal, encargar):
    """However long the pauses have grown: what is mended late is not too late."""
    encargar(1)
    canal.fallos += [CanalAveriado("RCPT 554 5.7.1")] * 1000
    comienzo = ultimo = servicio.ahora
    for _ in range(100):
        ultimo = servicio.ahora
        anotar(enviador, intentar(enviador))
        if not servicio.envios:
            break
        (proximo,) = servicio.proximos.values()
        servicio.entorno.reloj.avanzar((proximo - servicio.ahora).total_seconds())

    assert servicio.politica.plazo_s - 6 <= (ultimo - comienzo).total_seconds() <= servicio.politica.plazo_s - 5
    assert servicio.pasos == [("NOTIFICAR", "FALLIDO", "CANAL_NO_DISPONIBLE")]


@cuantos_sean
@pytest.mark.parametrize("fallos", [0, 9], ids=["entregados", "no entregados"])
def test_anotar_dos_veces_es_anotar_una(servicio, enviador, canal, encargar, cuantos, fallos):
    canal.fallos += [CanalNoDisponible("fuera")] * fallos
    encargar(cuantos)
    acabados = intentar(enviador)
    anotar(enviador, acabados)
    antes = estados(servicio), servicio.pasos, [e.intentos for e in servicio.envios], len(servicio.almacen.outbox)

    assert len(anotar(enviador, acabados)) == cuantos

    assert antes == (
        estados(servicio),
        servicio.pasos,
        [e.intentos for e in servicio.envios],
        len(servicio.almacen.outbox),
    )


@cuantos_sean
def test_si_se_pierde_la_respuesta_al_confirmar_se_anota_otra_vez_sin_efecto(servicio, enviador, encargar, cuantos):
    encargar(cuantos)
    acabados = intentar(enviador)
    servicio.almacen.tras_confirmar = una_vez(SinBase("sin respuesta"))

    with pytest.raises(SinBase):
        anotar(enviador, acabados)
    assert estados(servicio) == ["CONFIRMADA"] * cuantos

    assert len(anotar(enviador, acabados)) == cuantos
    assert servicio.pasos == [NOTIFICADO] * cuantos


@cuantos_sean
def test_sin_base_todo_sigue_en_mano(servicio, enviador, canal, encargar, cuantos):
    encargar(cuantos)
    acabados = intentar(enviador)
    servicio.almacen.ausente = True
    anotados: list[Envio] = []
    with pytest.raises(SinBase):
        anotados.extend(enviador.anotar(acabados))
    assert anotados == []

    servicio.almacen.ausente = False
    assert len(anotar(enviador, acabados)) == cuantos
    assert estados(servicio) == ["CONFIRMADA"] * cuantos
    assert len(canal.correos) == cuantos


@pytest.fixture
def ocupado(monkeypatch) -> list[int]:
    """One of the deliveries is being called off just now: how many were to be noted together, each time."""
    veces: list[int] = []

    def precargar(_: EnviosMemoria, ids: list[str], /) -> None:
        veces.append(len(ids))
        raise EnvioOcupado

    monkeypatch.setattr(EnviosMemoria, "precargar", precargar)
    return veces


def test_si_uno_esta_ocupado_se_anotan_uno_a_uno(servicio, enviador, encargar, ocupado):
    encargar(3)
    assert len(anotar(enviador, intentar(enviador))) == 3

    assert ocupado == [3]
    assert estados(servicio) == ["CONFIRMADA"] * 3
    assert servicio.pasos == [NOTIFICADO] * 3


def test_si_la_base_se_va_a_medias_lo_anotado_se_suelta_y_el_resto_sigue_en_mano(
    servicio, enviador, canal, encargar, ocupado
):
    encargar(3)
    acabados = intentar(enviador)
    sueltos: list[Envio] = []
    with pytest.raises(SinBase):
        for envio in enviador.anotar(acabados):
            sueltos.append(envio)
            servicio.almacen.ausente = True
    assert sueltos == [acabados[0][0]]

    servicio.almacen.ausente = False
    assert servicio.pasos == [NOTIFICADO]
    assert len(anotar(enviador, acabados[1:])) == 2
    assert servicio.pasos == [NOTIFICADO] * 3
    assert servicio.envios == []
    assert len(canal.correos) == 3


@cuantos_sean
def test_un_conflicto_de_version_se_decide_otra_vez(servicio, enviador, encargar, cuantos):
    encargar(cuantos)
    acabados = intentar(enviador)
    servicio.almacen.antes_de_confirmar = una_vez(ConflictoDeVersion())

    assert len(anotar(enviador, acabados)) == cuantos
    assert estados(servicio) == ["CONFIRMADA"] * cuantos
    assert servicio.pasos == [NOTIFICADO] * cuantos


def test_el_que_no_se_puede_anotar_no_estorba_y_se_intenta_otra_vez(servicio, enviador, encargar, arriendo_s):
    def romper(_: object) -> None:
        raise ValueError

    encargar(3)
    acabados = intentar(enviador)
    acabados[1] = acabados[1][0], romper

    assert len(anotar(enviador, acabados)) == 3
    assert servicio.pasos == [NOTIFICADO] * 2
    assert servicio.envios == [acabados[1][0]]

    servicio.entorno.reloj.avanzar(arriendo_s)
    anotar(enviador, intentar(enviador))
    assert servicio.pasos == [NOTIFICADO] * 3


def test_un_desenlace_tardio_no_decide_lo_que_ya_tiene_otro(servicio, enviador, canal, encargar, arriendo_s):
    canal.fallos.append(CanalRechazo("550"))
    encargar(1)
    tarde = intentar(enviador)
    servicio.entorno.reloj.avanzar(arriendo_s)
    del canal.fallos[:]
    de_otro = intentar(enviador)
    assert [e.intentos for e, _ in de_otro] == [2]

    assert len(anotar(enviador, tarde)) == 1
    assert (estados(servicio), servicio.pasos) == (["CREADA"], [])

    anotar(enviador, de_otro)
    assert (estados(servicio), servicio.pasos) == (["CONFIRMADA"], [NOTIFICADO])


def test_una_entrega_tardia_cuenta_y_la_de_otro_despues_no_dice_nada_mas(servicio, enviador, encargar, arriendo_s):
    encargar(1)
    tarde = intentar(enviador)
    servicio.entorno.reloj.avanzar(arriendo_s)
    de_otro = intentar(enviador)

    anotar(enviador, tarde)
    anotar(enviador, de_otro)
    assert (estados(servicio), servicio.pasos) == (["CONFIRMADA"], [NOTIFICADO])
    assert servicio.envios == []


@pytest.mark.parametrize(
    ("fallos", "estado", "paso"),
    [([], "CONFIRMADA", NOTIFICADO), ([CanalNoDisponible("fuera")], "ANULADA", OMITIDO)],
    ids=["si se entrega, se entregó", "si no, no se repite"],
)
def test_lo_que_se_anula_mientras_se_envia_lo_decide_su_desenlace(
    servicio, enviador, canal, aprovisionada, rechazada, fallos, estado, paso
):
    canal.fallos += fallos
    servicio.atender(aprovisionada)
    acabados = intentar(enviador)
    servicio.atender(rechazada)
    assert [e.anular for e in servicio.envios] == [True, False]
    assert servicio.pasos == []

    anotar(enviador, acabados)
    assert servicio.estados == {"SERVICIO_LISTO": estado, "SUSCRIPCION_RECHAZADA": "CREADA"}
    assert servicio.pasos == [paso]
    anotar(enviador, intentar(enviador))
    assert servicio.pasos == [paso, AVISADO]


def test_lo_que_se_anulo_y_su_enviador_dejo_no_se_envia(
    servicio, enviador, canal, aprovisionada, rechazada, arriendo_s
):
    """Whoever held it vanished. Nobody can tell whether the letter went out: it is not sent on purpose."""
    servicio.atender(aprovisionada)
    enviador.tomar(1)
    servicio.atender(rechazada)
    servicio.entorno.reloj.avanzar(arriendo_s)

    anotar(enviador, intentar(enviador))
    assert servicio.estados == {"SERVICIO_LISTO": "ANULADA", "SUSCRIPCION_RECHAZADA": "CONFIRMADA"}
    assert sorted(servicio.pasos) == [AVISADO, OMITIDO]
    assert [c.asunto for c in canal.correos] == ["No pudimos activar su suscripción"]
