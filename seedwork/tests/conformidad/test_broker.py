"""What the platform relies on at the broker, said once and held against both: Apache Pulsar, and the one in memory."""

import json
import secrets
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import count
from typing import Any

import pulsar
import pytest
import urllib3

from contratos import INQUILINO, mensaje
from contratos.base import Entrega, Mensaje
from seedwork.aplicacion.broker import (
    SinAvance,
    SinBroker,
    SinConfirmacion,
    SinEsquemas,
    SinSubscription,
)
from seedwork.infraestructura.aprovisionamiento import Aprovisionador
from seedwork.infraestructura.avance import AtrasosPulsar, AvancePulsar
from seedwork.infraestructura.publicador import Publicador, cerrar_cliente, crear_cliente
from seedwork.infraestructura.subscription import EsquemasPulsar, SubscriberPulsar
from seedwork.pruebas.broker import (
    AtrasosEnMemoria,
    AvanceEnMemoria,
    BrokerEnMemoria,
    ClienteEnMemoria,
    EsquemasEnMemoria,
)

PACIENCIA_S = 20.0


class MesaEnMemoria:
    """The one in memory, and what has to be done to it in a test."""

    def __init__(self) -> None:
        self._broker = BrokerEnMemoria()
        self._nombres = count()
        self.avance = AvanceEnMemoria(self._broker)
        self.atrasos = AtrasosEnMemoria(self._broker)
        self.esquemas = EsquemasEnMemoria(self._broker)
        self.subscription = self._broker.subscription
        self.desalojar = self._broker.desalojar
        self.recortar = self._broker.recortar
        self.atraso = self._broker.atraso

    def topico(self, *, particiones: int = 0, retiene: bool = True) -> str:
        nombre = f"persistent://{INQUILINO}/pruebas/t{next(self._nombres)}"
        self._broker.topico(nombre, particiones=particiones, retiene=retiene)
        return nombre

    def aprovisionar(self, *tipos: type[Mensaje]) -> None:
        self._broker.topicos(tipos)

    def repartidos(self, topico: str, nombre: str) -> int:
        return len(self.leer(topico))

    def cliente(self) -> ClienteEnMemoria:
        return self._broker.conectar(plazo_s=None)

    def sin_broker(self) -> tuple[Any, Any, Any, Any]:
        broker = BrokerEnMemoria()
        broker.irse()
        return broker.conectar(), AvanceEnMemoria(broker), AtrasosEnMemoria(broker), EsquemasEnMemoria(broker)

    def pasar(self, hasta: Callable[[], Any]) -> None:
        limite = self.hora() + PACIENCIA_S
        while not hasta():
            self._broker.reloj.avanzar(0.1)
            assert self.hora() < limite

    def hora(self) -> float:
        return self._broker.reloj.segundos()

    def leer(self, topico: str) -> list[bytes]:
        return [m.carga for m in self._broker.leer(topico)]

    def cerrar(self) -> None:
        pass


class ClientePulsar:
    """A process's connection, whose publishers never give up."""

    def __init__(self, url: str, **opciones: Any) -> None:
        self._cliente = crear_cliente(url, **opciones)
        self._publicador = Publicador(url, plazo_ms=0, esperar_cola=True)
        self.suscribir = SubscriberPulsar(self._cliente).suscribir
        self.esquemas = EsquemasPulsar(self._cliente)
        for nombre in ("preparar", "enviar", "despachar", "descartar", "publicar_carga"):
            setattr(self, nombre, getattr(self._publicador, nombre))

    def cerrar(self) -> None:
        cerrar_cliente(self._cliente)
        self._publicador.cerrar()


class MesaPulsar:
    """The real one."""

    def __init__(self, servidores: Any) -> None:
        self._servidores = servidores
        self._nombres = count()
        self._aprovisionador = Aprovisionador(servidores.admin_url)
        tipo = crear_tipo()
        self._espacio = tipo.contexto
        self._clientes: list[ClientePulsar] = []
        self._aprovisionador.topicos([tipo])
        self.atraso = self._aprovisionador.atraso
        self.avance = AvancePulsar(servidores.admin_url)
        self.atrasos = AtrasosPulsar(servidores.admin_url)
        self.esquemas = self.cliente().esquemas

    def topico(self, *, particiones: int = 0, retiene: bool = True) -> str:
        nombre = f"persistent://{INQUILINO}/{self._espacio}/t{next(self._nombres)}"
        if particiones:
            self._pedir("PUT", nombre, "/partitions", particiones)
        else:
            self._pedir("PUT", nombre, "")
        if not retiene:
            self._pedir("POST", nombre, "/retention", {"retentionTimeInMinutes": 0, "retentionSizeInMB": 0})
        return nombre

    def aprovisionar(self, *tipos: type[Mensaje]) -> None:
        self._aprovisionador.topicos(tipos)

    def subscription(self, topico: str, nombre: str) -> None:
        self._pedir("PUT", topico, f"/subscription/{nombre}", {"ledgerId": -1, "entryId": -1, "partitionIndex": -1})

    def repartidos(self, topico: str, nombre: str) -> int:
        """How many messages the broker has handed out to the holders of a subscription."""
        suyas = self._pedir("GET", topico, "/stats").json()["subscriptions"]
        return int(suyas[nombre]["msgOutCounter"])

    def desalojar(self, topico: str) -> None:
        self._pedir("PUT", topico, "/unload")

    def recortar(self, topico: str) -> None:
        # A ledger goes as a whole, and never the one that is written to: the next one has to be begun first.
        self.desalojar(topico)
        self._pedir("POST", topico, "/trim")

    def cliente(self) -> ClientePulsar:
        self._clientes.append(ClientePulsar(self._servidores.pulsar_url))
        return self._clientes[-1]

    def sin_broker(self) -> tuple[Any, Any, Any, Any]:
        with socket.socket() as enchufe:
            enchufe.bind(("127.0.0.1", 0))
            puerto = enchufe.getsockname()[1]
        cliente, admin = ClientePulsar(f"pulsar://127.0.0.1:{puerto}", espera_s=1), f"http://127.0.0.1:{puerto}"
        return cliente, AvancePulsar(admin), AtrasosPulsar(admin), cliente.esquemas

    def pasar(self, hasta: Callable[[], Any]) -> None:
        aguardar(hasta)

    def hora(self) -> float:
        return time.monotonic()

    def leer(self, topico: str) -> list[bytes]:
        lector = self._clientes[0]._cliente.create_reader(topico, pulsar.MessageId.earliest)
        leidos = []
        while lector.has_message_available():
            leidos.append(lector.read_next(5000).data())
        lector.close()
        return leidos

    def cerrar(self) -> None:
        for cliente in self._clientes:
            cliente.cerrar()

    def _pedir(self, metodo: str, topico: str, que: str, cuerpo: Any = None) -> urllib3.BaseHTTPResponse:
        url = f"{self._servidores.admin_url}/admin/v2/{topico.replace('://', '/')}{que}"
        # 500 while a topic is being opened, or is still being closed: the broker is asked again.
        otra_vez = urllib3.Retry(
            12, backoff_factor=0.2, backoff_max=2, status_forcelist=(500, 503), allowed_methods=None
        )
        opciones = {} if cuerpo is None else {"json": cuerpo}
        respuesta = urllib3.request(metodo, url, timeout=30, retries=otra_vez, **opciones)
        assert respuesta.status < 300, f"{metodo} {que}: {respuesta.status} {respuesta.data[:200]!r}"
        return respuesta


@pytest.fixture(params=["memoria", pytest.param("pulsar", marks=pytest.mark.integracion)])
def mesa(request: pytest.FixtureRequest) -> Iterator[Any]:
    hecha: Any = MesaEnMemoria() if request.param == "memoria" else MesaPulsar(request.getfixturevalue("servidores"))
    yield hecha
    hecha.cerrar()


def publicar(cliente: Any, topico: str, *cargas: str, clave: str = "k", retraso_s: float = 0.0) -> None:
    """One after the other, each its own entry, and all durable when it returns."""
    for carga in cargas:
        if not retraso_s:
            cliente.publicar_carga(topico, carga.encode(), {"n": carga}, clave, espera=10.0)
            continue
        dichos: list[Any] = []
        cliente.preparar(topico)
        cliente.enviar(topico, carga.encode(), {"n": carga}, clave, dichos.append, retraso_s=retraso_s)
        cliente.despachar(topico)
        aguardar(lambda d=dichos: d)
        assert dichos == [None]


def aguardar(que: Callable[[], Any]) -> None:
    """Probe until it is true; in memory it is at once."""
    limite = time.monotonic() + PACIENCIA_S
    while not que():
        assert time.monotonic() < limite, "no llegó a ser cierto"
        time.sleep(0.01)


def recibir(mesa: Any, suscripcion: Any, cuantos: int, *, aceptar: bool = True) -> list[str]:
    """So many, as they come."""
    return [m.carga.decode() for m in recibir_mensajes(mesa, suscripcion, cuantos, aceptar=aceptar)]


def recibir_mensajes(mesa: Any, suscripcion: Any, cuantos: int, *, aceptar: bool = True) -> list[Any]:
    llegados: list[Any] = []

    def mas() -> bool:
        llegados.extend(suscripcion.recibir(cuantos - len(llegados), 0.1))
        return len(llegados) >= cuantos

    mesa.pasar(mas)
    if aceptar:
        for llegado in llegados:
            suscripcion.aceptar(llegado)
    return llegados


def hasta_el_ultimo(mesa: Any, suscripcion: Any, primero: str, ultimo: str) -> list[str]:
    """All that comes until both have, the last one last."""
    llegados: list[str] = []

    def acabado() -> bool:
        for llegado in suscripcion.recibir(10, 0.1):
            llegados.append(llegado.carga.decode())
            suscripcion.aceptar(llegado)
        return primero in llegados and llegados[-1] == ultimo

    mesa.pasar(acabado)
    return llegados


def nada(suscripcion: Any, espera_s: float = 0.5) -> bool:
    return not suscripcion.recibir(10, espera_s)


def numeros(desde: int, hasta: int) -> list[str]:
    return [str(n) for n in range(desde, hasta)]


def suscribir(
    cliente: Any, topicos: Sequence[str], nombre: str = "s", *, entrega: Entrega = "ordenada", cola: int = 100
):
    return cliente.suscribir(list(topicos), nombre, entrega=entrega, cola=cola)


# What arrives


def test_llega_lo_que_se_envio_y_en_su_orden(mesa):
    cliente, topico = mesa.cliente(), mesa.topico()
    abierta = suscribir(cliente, [topico])
    publicar(cliente, topico, *numeros(0, 20), clave="la-clave")
    llegados = recibir_mensajes(mesa, abierta, 20)
    assert [m.carga for m in llegados] == [str(n).encode() for n in range(20)]
    assert [dict(m.propiedades) for m in llegados] == [{"n": str(n)} for n in range(20)]
    assert {(m.topico, m.clave) for m in llegados} == {(topico, "la-clave")}
    assert nada(abierta)


def test_de_un_topico_con_particiones_se_dice_su_nombre_y_cada_clave_va_en_orden(mesa):
    cliente, topico = mesa.cliente(), mesa.topico(particiones=4)
    mesa.subscription(topico, "s")
    for n in range(5):
        for clave in range(8):
            publicar(cliente, topico, f"{clave}-{n}", clave=f"k{clave}")
    abierta = suscribir(cliente, [topico])
    llegados = recibir_mensajes(mesa, abierta, 40)
    assert {m.topico for m in llegados} == {topico}
    for clave in range(8):
        assert [m.carga.decode() for m in llegados if m.clave == f"k{clave}"] == [f"{clave}-{n}" for n in range(5)]
    mesa.pasar(lambda: mesa.atraso(topico, "s") == 0)


def test_una_suscripcion_a_varios_topicos_los_recibe_todos(mesa):
    cliente, topicos = mesa.cliente(), [mesa.topico() for _ in range(3)]
    abierta = suscribir(cliente, topicos)
    for n, topico in enumerate(topicos):
        publicar(cliente, topico, f"{n}-a", f"{n}-b")
    llegados = recibir_mensajes(mesa, abierta, 6)
    for n, topico in enumerate(topicos):
        assert [m.carga.decode() for m in llegados if m.topico == topico] == [f"{n}-a", f"{n}-b"]


def test_una_avenida_en_un_topico_no_tapa_a_los_demas(mesa):
    cliente, avenida, otro = mesa.cliente(), mesa.topico(), mesa.topico()
    cliente.preparar(avenida)
    dichos: list[Any] = []
    for _ in range(3000):
        cliente.enviar(avenida, b"agua", {}, "k", dichos.append)
    cliente.despachar(avenida)
    mesa.pasar(lambda: len(dichos) == 3000)
    abierta = suscribir(cliente, [avenida, otro], cola=100)
    recibir(mesa, abierta, 200)
    publicar(cliente, otro, "a")
    mesa.pasar(lambda: mesa.repartidos(otro, "s") == 1)
    antes = 0
    while b"a" not in (cargas := [m.carga for m in abierta.recibir(50, 1.0)]):
        antes += len(cargas)
    assert antes + cargas.index(b"a") < 1000, "estaba detrás de lo que el otro tópico tenía por delante"


def test_cada_suscripcion_recibe_todo(mesa):
    cliente, topico = mesa.cliente(), mesa.topico()
    una, otra = suscribir(cliente, [topico], "una"), suscribir(cliente, [topico], "otra")
    publicar(cliente, topico, *numeros(0, 10))
    assert recibir(mesa, una, 10) == numeros(0, 10)
    assert recibir(mesa, otra, 10) == numeros(0, 10)


def test_la_que_llega_tarde_empieza_por_lo_primero(mesa):
    cliente, topico = mesa.cliente(), mesa.topico()
    publicar(cliente, topico, *numeros(0, 5))
    assert recibir(mesa, suscribir(cliente, [topico], "una"), 5) == numeros(0, 5)
    publicar(cliente, topico, "5")
    mesa.recortar(topico)
    assert recibir(mesa, suscribir(cliente, [topico], "tarde"), 6) == numeros(0, 6), "el tópico lo retiene"


def test_sin_suscripcion_y_sin_retencion_no_queda_nada(mesa):
    cliente, topico = mesa.cliente(), mesa.topico(retiene=False)
    publicar(cliente, topico, "perdido")
    mesa.recortar(topico)
    mesa.subscription(topico, "s")
    publicar(cliente, topico, "a", "b")
    abierta = suscribir(cliente, [topico])
    (llegado,) = recibir_mensajes(mesa, abierta, 1, aceptar=False)
    assert llegado.carga == b"a"
    antes = mesa.atraso(topico, "s")
    abierta.aceptar(llegado)
    # The real one's count may still include what is gone.
    mesa.pasar(lambda: mesa.atraso(topico, "s") == antes - 1)
    abierta.cerrar()
    mesa.recortar(topico)
    # What somebody has not acknowledged stays, for all; in the real one with what lies in the same ledger.
    assert hasta_el_ultimo(mesa, suscribir(cliente, [topico], "otra"), "b", "b")[0] != "perdido"
    assert recibir(mesa, suscribir(cliente, [topico]), 1) == ["b"]


def test_todo_queda_para_quien_lo_lea(mesa):
    cliente, topico = mesa.cliente(), mesa.topico()
    abierta = suscribir(cliente, [topico])
    publicar(cliente, topico, *numeros(0, 5))
    recibir(mesa, abierta, 5)
    assert mesa.leer(topico) == [str(n).encode() for n in range(5)]


# What arrives again


def test_lo_no_aceptado_vuelve_al_cerrar_en_su_orden(mesa):
    cliente, topico = mesa.cliente(), mesa.topico()
    abierta = suscribir(cliente, [topico])
    publicar(cliente, topico, *numeros(0, 10))
    llegados = recibir_mensajes(mesa, abierta, 8, aceptar=False)
    for n in (0, 1, 4):
        abierta.aceptar(llegados[n])
    mesa.pasar(lambda: mesa.atraso(topico, "s") == 7)
    abierta.cerrar()
    de_nuevo = suscribir(cliente, [topico])
    assert recibir(mesa, de_nuevo, 7) == ["2", "3", "5", "6", "7", "8", "9"]
    mesa.pasar(lambda: mesa.atraso(topico, "s") == 0)
    assert nada(de_nuevo)


def test_de_una_ordenada_nada_llega_antes_que_lo_anterior_que_nadie_acepto(mesa):
    cliente, topico = mesa.cliente(), mesa.topico()
    mesa.subscription(topico, "s")
    publicar(cliente, topico, *numeros(0, 10))
    faltan = numeros(0, 10)
    for aceptados in ((1, 2), (0, 3), (), (1,), (2, 3)):
        abierta = suscribir(cliente, [topico], cola=3)
        llegados = recibir_mensajes(mesa, abierta, 4, aceptar=False)
        assert [m.carga.decode() for m in llegados] == faltan[:4]
        for n in aceptados:
            abierta.aceptar(llegados[n])
            faltan.remove(llegados[n].carga.decode())
        mesa.pasar(lambda: mesa.atraso(topico, "s") == len(faltan))
        abierta.cerrar()


@pytest.mark.parametrize("entrega", ["ordenada", "compartida"])
def test_lo_que_tenia_un_proceso_que_desaparece_lo_recibe_otro(mesa, entrega):
    muere, queda, topico = mesa.cliente(), mesa.cliente(), mesa.topico()
    abierta = suscribir(muere, [topico], entrega=entrega)
    publicar(queda, topico, *numeros(0, 10))
    assert sorted(recibir(mesa, abierta, 10, aceptar=False)) == numeros(0, 10)
    muere.cerrar()
    assert recibir(mesa, suscribir(queda, [topico], entrega=entrega), 10) == numeros(0, 10)


def test_una_suscripcion_cerrada_lo_dice(mesa):
    cliente, topico = mesa.cliente(), mesa.topico()
    abierta = suscribir(cliente, [topico])
    mesa.pasar(abierta.conectada)
    publicar(cliente, topico, "a")
    (llegado,) = recibir_mensajes(mesa, abierta, 1, aceptar=False)
    abierta.cerrar()
    abierta.cerrar()
    assert not abierta.conectada()
    with pytest.raises(SinSubscription):
        abierta.recibir(1, 0.1)
    with pytest.raises(SinSubscription):
        abierta.aceptar(llegado)
    assert mesa.atraso(topico, "s") == 1


# Who gets it


def test_de_quienes_tienen_una_ordenada_la_recibe_uno_y_luego_el_siguiente(mesa):
    clientes, topico = [mesa.cliente(), mesa.cliente()], mesa.topico()
    abiertas = [suscribir(c, [topico]) for c in clientes]
    for abierta in abiertas:
        mesa.pasar(abierta.conectada)
    publicar(clientes[0], topico, *numeros(0, 10))

    recibido: list[list[str]] = [[], []]

    def todo() -> bool:
        for n, abierta in enumerate(abiertas):
            for llegado in abierta.recibir(10, 0.1):
                recibido[n].append(llegado.carga.decode())
                if int(llegado.carga) < 3:
                    abierta.aceptar(llegado)
        return sum(map(len, recibido)) >= 10

    mesa.pasar(todo)
    activa = 0 if recibido[0] else 1
    assert recibido[activa] == numeros(0, 10)
    assert not recibido[1 - activa]

    abiertas[activa].cerrar()
    assert recibir(mesa, abiertas[1 - activa], 7) == numeros(3, 10)
    publicar(clientes[0], topico, "10")
    assert recibir(mesa, abiertas[1 - activa], 1) == ["10"]


def test_quienes_tienen_una_compartida_se_la_reparten(mesa):
    clientes, topico = [mesa.cliente(), mesa.cliente()], mesa.topico()
    abiertas = [suscribir(c, [topico], entrega="compartida") for c in clientes]
    for abierta in abiertas:
        mesa.pasar(abierta.conectada)
    publicar(clientes[0], topico, *numeros(0, 40))
    recibido: list[list[str]] = [[], []]

    def todo() -> bool:
        for n, abierta in enumerate(abiertas):
            recibido[n].extend(m.carga.decode() for m in abierta.recibir(50, 0.1))
        return sum(map(len, recibido)) >= 40

    mesa.pasar(todo)
    assert recibido[0] and recibido[1]
    assert sorted(recibido[0] + recibido[1], key=int) == numeros(0, 40)

    abiertas[0].cerrar()
    assert sorted(recibir(mesa, abiertas[1], len(recibido[0])), key=int) == sorted(recibido[0], key=int)


def test_a_quien_no_recibe_solo_se_le_adelanta_su_cola(mesa):
    clientes, topico = [mesa.cliente(), mesa.cliente()], mesa.topico()
    dormida = suscribir(clientes[0], [topico], entrega="compartida", cola=5)
    abierta = suscribir(clientes[1], [topico], entrega="compartida", cola=5)
    for una in (dormida, abierta):
        mesa.pasar(una.conectada)
    publicar(clientes[0], topico, *numeros(0, 40))
    primeras = recibir(mesa, abierta, 35)
    assert nada(abierta)
    dormida.cerrar()
    assert sorted(primeras + recibir(mesa, abierta, 5), key=int) == numeros(0, 40)


def test_nadie_entra_en_una_suscripcion_que_se_reparte_de_otro_modo(mesa):
    cliente, topico = mesa.cliente(), mesa.topico()
    abierta = suscribir(cliente, [topico], entrega="ordenada")
    mesa.pasar(abierta.conectada)
    with pytest.raises(SinSubscription):
        suscribir(mesa.cliente(), [topico], entrega="compartida")
    abierta.cerrar()
    mesa.pasar(suscribir(mesa.cliente(), [topico], entrega="compartida").conectada)


# Delays


def test_lo_aplazado_llega_tarde_solo_a_quien_comparte(mesa):
    cliente, topico = mesa.cliente(), mesa.topico()
    compartida = suscribir(cliente, [topico], "c", entrega="compartida")
    ordenada = suscribir(cliente, [topico], "o", entrega="ordenada")
    comienzo = mesa.hora()
    publicar(cliente, topico, "tarde", retraso_s=4.0)
    publicar(cliente, topico, "ya")
    assert recibir(mesa, ordenada, 2) == ["tarde", "ya"]
    assert recibir(mesa, compartida, 1) == ["ya"], "what was sent before it comes after it"
    assert recibir(mesa, compartida, 1) == ["tarde"]
    # It looks at its delays once a second, and may be a second early.
    assert mesa.hora() - comienzo >= 3.0
    mesa.pasar(lambda: mesa.atraso(topico, "c") == mesa.atraso(topico, "o") == 0)


def test_un_retraso_de_menos_de_un_segundo_no_es_ninguno(mesa):
    cliente, topico = mesa.cliente(), mesa.topico()
    abierta = suscribir(cliente, [topico], entrega="compartida")
    publicar(cliente, topico, "enseguida", retraso_s=0.9)
    publicar(cliente, topico, "ya")
    assert recibir(mesa, abierta, 2) == ["enseguida", "ya"]


def test_lo_aplazado_sigue_aplazado_para_el_siguiente(mesa):
    cliente, topico = mesa.cliente(), mesa.topico()
    abierta = suscribir(cliente, [topico], entrega="compartida")
    comienzo = mesa.hora()
    publicar(cliente, topico, "tarde", retraso_s=4.0)
    publicar(cliente, topico, "ya")
    assert recibir(mesa, abierta, 1) == ["ya"]
    abierta.cerrar()
    abierta = suscribir(cliente, [topico], entrega="compartida")
    assert recibir(mesa, abierta, 1) == ["tarde"]
    assert mesa.hora() - comienzo >= 3.0


# Publishing


def test_lo_enviado_de_una_vez_queda_en_su_orden_y_se_confirma_una_vez(mesa):
    cliente, topico = mesa.cliente(), mesa.topico()
    dichos: list[tuple[int, Any]] = []
    cliente.preparar(topico)
    for n in range(500):
        cliente.enviar(topico, str(n).encode(), {}, f"k{n % 7}", lambda e, n=n: dichos.append((n, e)))
    cliente.despachar(topico)
    aguardar(lambda: len(dichos) >= 500)
    assert sorted(dichos) == [(n, None) for n in range(500)]
    assert mesa.leer(topico) == [str(n).encode() for n in range(500)]


def test_tras_descartar_a_quien_publica_se_sigue_publicando(mesa):
    cliente, topico = mesa.cliente(), mesa.topico()
    cliente.descartar(topico)
    publicar(cliente, topico, "a")
    cliente.descartar(topico)
    publicar(cliente, topico, "b")
    assert mesa.leer(topico) == [b"a", b"b"]


# Progress


def crear_tipo() -> Any:
    contexto = f"pruebas-{secrets.token_hex(4)}"
    return mensaje(contexto, "evento", sujeto="")(type("Hecho", (Mensaje,), {"__doc__": "Something happened."}))


def test_cuanto_ha_avanzado_un_consumidor(mesa):
    tipo = crear_tipo()
    mesa.aprovisionar(tipo)
    with pytest.raises(SinAvance):
        mesa.avance.mirar(tipo.topico, "s")
    cliente = mesa.cliente()
    abierta = suscribir(cliente, [tipo.topico])
    vacia = mesa.avance.mirar(tipo.topico, "s")
    assert vacia.atendido >= vacia.ultimo, "nada le falta"

    publicar(cliente, tipo.topico, *numeros(0, 5))
    llegados = recibir_mensajes(mesa, abierta, 5, aceptar=False)
    marcha = mesa.avance.mirar(tipo.topico, "s")
    assert marcha.atendido < marcha.ultimo
    assert vacia.ultimo < marcha.ultimo

    for n in (1, 2, 4):
        abierta.aceptar(llegados[n])
    mesa.pasar(lambda: mesa.atraso(tipo.topico, "s") == 2)
    assert mesa.avance.mirar(tipo.topico, "s") == marcha, "el primero falta todavía"
    abierta.aceptar(llegados[0])
    mesa.pasar(lambda: mesa.avance.mirar(tipo.topico, "s").atendido > marcha.atendido)
    assert mesa.avance.mirar(tipo.topico, "s").atendido < marcha.ultimo
    abierta.aceptar(llegados[3])
    mesa.pasar(lambda: mesa.avance.mirar(tipo.topico, "s").atendido >= marcha.ultimo)
    assert mesa.avance.mirar(tipo.topico, "s").ultimo == marcha.ultimo


def test_quien_va_detras_en_una_particion_va_detras(mesa):
    cliente, topico = mesa.cliente(), mesa.topico(particiones=4)
    abierta = suscribir(cliente, [topico])
    for clave in numeros(0, 12):
        publicar(cliente, topico, clave, clave=clave)
    primero, *demas = recibir_mensajes(mesa, abierta, 12, aceptar=False)
    final = mesa.avance.mirar(topico, "s").ultimo
    assert len(final) == 4
    for llegado in demas:
        abierta.aceptar(llegado)
    mesa.pasar(lambda: mesa.atraso(topico, "s") == 1)
    assert not mesa.avance.mirar(topico, "s").llega_a(final)
    abierta.aceptar(primero)
    mesa.pasar(lambda: mesa.avance.mirar(topico, "s").llega_a(final))


def test_el_avance_tras_un_desalojo(mesa):
    tipo = crear_tipo()
    mesa.aprovisionar(tipo)
    cliente = mesa.cliente()
    abierta = suscribir(cliente, [tipo.topico])
    publicar(cliente, tipo.topico, "0", "1")
    assert recibir(mesa, abierta, 1) == ["0"]
    mesa.pasar(lambda: mesa.atraso(tipo.topico, "s") == 1)
    antes = mesa.avance.mirar(tipo.topico, "s")
    mesa.desalojar(tipo.topico)
    mesa.pasar(lambda: con_paciencia(lambda: mesa.avance.mirar(tipo.topico, "s")))
    despues = mesa.avance.mirar(tipo.topico, "s")
    assert despues.atendido < despues.ultimo

    def atendido() -> bool:
        for llegado in abierta.recibir(10, 0.1):
            abierta.aceptar(llegado)
        return bool(mesa.avance.mirar(tipo.topico, "s").atendido >= despues.ultimo)

    mesa.pasar(lambda: con_paciencia(atendido))
    publicar(cliente, tipo.topico, "2")
    assert mesa.avance.mirar(tipo.topico, "s").ultimo > max(antes.ultimo, despues.ultimo)
    assert mesa.avance.mirar(tipo.topico, "s").atendido < mesa.avance.mirar(tipo.topico, "s").ultimo


@pytest.mark.parametrize("particiones", [0, 4])
def test_cuanto_le_queda_a_una_suscripcion(mesa, particiones):
    cliente, topico = mesa.cliente(), mesa.topico(particiones=particiones)
    with pytest.raises(SinAvance):
        mesa.atrasos.mirar(topico, "s")
    abierta = suscribir(cliente, [topico], entrega="compartida")
    publicar(cliente, topico, "a", "b", "c")
    publicar(cliente, topico, "tarde", retraso_s=60.0)
    llegados = recibir_mensajes(mesa, abierta, 3, aceptar=False)
    mesa.pasar(lambda: mesa.atrasos.mirar(topico, "s").entradas == 3)
    antes = mesa.atrasos.mirar(topico, "s").marca
    abierta.aceptar(llegados[1])
    mesa.pasar(lambda: mesa.atrasos.mirar(topico, "s").entradas == 2)
    assert mesa.atrasos.mirar(topico, "s").marca != antes


@pytest.mark.parametrize("particiones", [0, 4])
def test_desde_cuando_espera_lo_mas_antiguo_y_cuanto_ha_llegado(mesa, particiones):
    """Messages, where a backlog is counted in entries."""
    cliente, topico = mesa.cliente(), mesa.topico(particiones=particiones)
    abierta = suscribir(cliente, [topico], entrega="compartida")
    nada = mesa.atrasos.mirar(topico, "s")
    assert (nada.entradas, nada.mas_antiguo, sum(nada.llegados.values())) == (0, None, 0)
    assert len(nada.llegados) == max(1, particiones)
    publicar(cliente, topico, *numeros(0, 40))
    mesa.pasar(lambda: sum(mesa.atrasos.mirar(topico, "s").llegados.values()) == 40)
    primera = mesa.atrasos.mirar(topico, "s").mas_antiguo
    llegados = {m.carga: m for m in recibir_mensajes(mesa, abierta, 40, aceptar=False)}
    espera = mesa.hora()
    mesa.pasar(lambda: mesa.hora() > espera + 0.01)
    publicar(cliente, topico, "tarde")
    assert mesa.atrasos.mirar(topico, "s").mas_antiguo == primera, "what is delivered and not acknowledged waits"
    for llegado in llegados.values():
        abierta.aceptar(llegado)
    mesa.pasar(lambda: mesa.atrasos.mirar(topico, "s").entradas == 1)
    mesa.pasar(lambda: mesa.atrasos.mirar(topico, "s").mas_antiguo > primera)
    recibir_mensajes(mesa, abierta, 1)
    mesa.pasar(lambda: mesa.atrasos.mirar(topico, "s").mas_antiguo is None)
    visto = mesa.atrasos.mirar(topico, "s")
    assert (sum(visto.llegados.values()), visto.entregados) == (41, 41), "they are counted for good"
    assert visto.consumidores == 1
    suscribir(cliente, [topico], entrega="compartida")
    mesa.pasar(lambda: mesa.atrasos.mirar(topico, "s").consumidores == 2)


def test_el_registro_de_esquemas(mesa):
    tipo = crear_tipo()
    mesa.aprovisionar(tipo)
    cliente = mesa.cliente()
    abierta = suscribir(cliente, [tipo.topico])
    publicar(cliente, tipo.topico, "a")
    (llegado,) = recibir_mensajes(mesa, abierta, 1)
    texto = mesa.esquemas.texto(tipo.topico, llegado.esquema)
    assert json.loads(texto) == tipo.esquema
    assert mesa.esquemas.texto(tipo.topico, 7) is None
    assert mesa.esquemas.texto(mesa.topico(), 0) is None


# Trouble


def con_paciencia(que: Callable[[], Any]) -> Any:
    """False while the broker does not answer."""
    try:
        return que()
    except SinBroker:
        return False


def test_tras_un_desalojo_todo_sigue_y_lo_no_aceptado_vuelve(mesa):
    cliente, topico = mesa.cliente(), mesa.topico()
    abierta = suscribir(cliente, [topico])
    publicar(cliente, topico, *numeros(0, 6))
    llegados = recibir_mensajes(mesa, abierta, 4, aceptar=False)
    abierta.aceptar(llegados[0])
    abierta.aceptar(llegados[1])
    mesa.pasar(lambda: mesa.atraso(topico, "s") == 4)
    mesa.desalojar(topico)
    # Before that, what had come ahead may still be handed out; and what was acknowledged last may come again.
    assert hasta_el_ultimo(mesa, abierta, "2", "5")[-4:] == ["2", "3", "4", "5"]
    mesa.pasar(abierta.conectada)
    publicar(cliente, topico, "6")
    assert recibir(mesa, abierta, 1) == ["6"]
    mesa.pasar(lambda: mesa.atraso(topico, "s") == 0)
    assert mesa.leer(topico) == [str(n).encode() for n in range(7)]


def test_un_broker_que_no_esta(mesa):
    cliente, avance, atrasos, esquemas = mesa.sin_broker()
    with ExitStack() as cierre:
        cierre.callback(cliente.cerrar)
        topico = f"persistent://{INQUILINO}/pruebas/ninguno"
        with pytest.raises(SinSubscription):
            suscribir(cliente, [topico])
        with pytest.raises(SinConfirmacion):
            cliente.preparar(topico, 0.5)
        with pytest.raises(SinConfirmacion):
            cliente.publicar_carga(topico, b"", {}, "k", espera=0.5)
        with pytest.raises(SinAvance):
            avance.mirar(crear_tipo().topico, "s")
        with pytest.raises(SinAvance):
            atrasos.mirar(topico, "s")
        with pytest.raises(SinEsquemas):
            esquemas.texto(topico, 0)
