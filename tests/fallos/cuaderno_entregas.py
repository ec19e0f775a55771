"""Messages arrive more than once, late, backwards, in bad company; and what is said of them keeps its order."""

import random
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa
from tests.fallos.acta import Acta
from tests.fallos.mesa import Mesa, comprobar, esperar_reposo, trabajando

from seedwork.pruebas.cuaderno import abrir_en
from seedwork.pruebas.taller import Taller


def cada_mensaje_muchas_veces(mesa: Mesa, acta: Acta, *, ordenes: int = 300) -> None:
    """Every message five times in a row, all of them backwards, 20 copies at once, and late, to a new worker."""
    with mesa.taller() as taller:
        pedidas = [taller.orden(f"h-{n % 7}", n) for n in range(ordenes)]
        cargas = [taller.codificar(o) for o in pedidas]
        taller.enviar_cargas(*(c for c in cargas for _ in range(5)))
        with trabajando(taller, LOTE="64"):
            esperar_reposo(taller, acta)
            taller.enviar_cargas(*reversed(cargas))
            taller.enviar_cargas(*cargas[: ordenes // 10] * 20)
            esperar_reposo(taller, acta)
        with trabajando(taller):
            taller.enviar_cargas(*cargas)
            esperar_reposo(taller, acta)
        acta.vueltas, acta.mensajes = 4, ordenes
        acta.fallos = 4 * ordenes + ordenes + 20 * (ordenes // 10) + ordenes
        comprobar(taller, acta, [(f"h-{n % 7}", n) for n in range(ordenes)])


def orden_tras_un_fallo_pasajero(mesa: Mesa, acta: Acta, *, vueltas: int = 10) -> None:
    """Of 0 to 4 of a key, 1 fails in its batch, then twice by itself: effects 0, 1, 2, 3, 4, and other keys go on."""
    for _ in range(vueltas):
        with mesa.taller() as taller:
            # In the batch of ten, in its parts of five, four and two, and then twice by itself.
            ordenes = [taller.orden(h, n, "falla:6" if (h, n) == ("a", 1) else "") for n in range(5) for h in "ab"]
            taller.enviar(*ordenes)
            with trabajando(taller, REINTENTOS_MAXIMO="10", REINTENTOS_BASE_S="0.5", SIN_AVANCE_S="200"):
                esperar_reposo(taller, acta)
            escritos = taller.apuntes()
            acta.exigir(escritos.index(("b", 4)) < escritos.index(("a", 1)), "another key waited")
            acta.vueltas += 1
            acta.mensajes += len(ordenes)
            acta.fallos += 6
            comprobar(taller, acta, [(h, n) for n in range(5) for h in "ab"])


def un_veneno_entre_quinientos(mesa: Mesa, acta: Acta, *, vueltas: int = 5, vecinos: int = 499) -> None:
    """One message in a batch of 500 fails for ever: its neighbours are done, once, and only it is parked."""
    azar = random.Random(3)
    for _ in range(vueltas):
        with mesa.taller() as taller:
            buenos = [(f"h-{n}", n) for n in range(vecinos)]
            ordenes = [taller.orden(h, n) for h, n in buenos]
            ordenes.insert(azar.randint(0, vecinos), taller.orden("mala", 0, "falla"))
            taller.enviar(*ordenes)
            with trabajando(taller):
                esperar_reposo(taller, acta)
            acta.vueltas += 1
            acta.mensajes += len(ordenes)
            acta.fallos += 1
            comprobar(taller, acta, buenos, aparcadas=1)


def lo_ilegible(mesa: Mesa, acta: Acta, *, vueltas: int = 20) -> None:
    """Undecodable messages among good ones are parked at once, without an attempt; what follows is handled."""
    with mesa.taller() as taller:
        buenos = [("h", n) for n in range(vueltas)]
        for hoja, linea in buenos:
            orden = taller.orden(hoja, linea)
            carga, propiedades, clave = taller.codificar(orden)
            malas = [(b"", propiedades), (carga[:-1], propiedades), (carga + b"\0", propiedades), (carga, {})]
            taller.enviar_cargas(*((c, p, clave) for c, p in malas), (carga, propiedades, clave))
        with trabajando(taller):
            esperar_reposo(taller, acta)
        intentos = {c.properties()["carta_intentos"] for c in taller.cartas()}
        acta.exigir(intentos == {"0"}, f"attempts at what can't be decoded: {intentos}")
        acta.vueltas, acta.mensajes, acta.fallos = vueltas, 5 * vueltas, 4 * vueltas
        comprobar(taller, acta, buenos, aparcadas=4 * vueltas)


def huecos_en_el_orden_de_confirmacion(
    mesa: Mesa, acta: Acta, *, relays: tuple[int, ...] = (1, 2, 4), vueltas: int = 90
) -> None:
    """Eight writers at once with random delays and 10 % rollbacks, one, two and four relays whose leader is cut off.

    Every committed row is said, none of those rolled back, and in each page's order.
    """
    for cuantos in relays:
        with mesa.taller() as taller:
            with taller.corriendo(*(taller.relay(tope=50).correr for _ in range(cuantos))):
                with ThreadPoolExecutor(8) as hilos:
                    trabajo = hilos.map(lambda quien: _escribir(taller, quien, vueltas), range(8))
                    for _ in range(4 if cuantos > 1 else 0):
                        time.sleep(0.15)
                        acta.fallos += _quitar_el_mando(taller)
                    arrepentidos = sum(trabajo)
                esperar_reposo(taller, acta)
            escritos = taller.apuntes()
            acta.vueltas += 1
            acta.mensajes += len(escritos)
            acta.fallos += arrepentidos
            comprobar(taller, acta, escritos)


def _escribir(taller: Taller, quien: int, vueltas: int) -> int:
    """Transactions of one to three pages of its own; answers how many changed their mind."""
    azar = random.Random(quien)
    siguiente: dict[str, int] = defaultdict(int)
    abrir = abrir_en(taller.motor, taller.contexto)
    arrepentidos = 0
    for _ in range(vueltas):
        hojas = azar.sample([f"h{quien}-{n}" for n in range(4)], azar.randint(1, 3))
        try:
            with abrir() as unidad:
                with unidad.por_cuenta_propia("pruebas", sujeto="s", correlacion="c"):
                    for hoja in hojas:
                        unidad.apuntar(hoja, siguiente[hoja])
                # The row's number is drawn here, and the commit comes later.
                unidad.volcar()
                unidad._salientes.clear()
                time.sleep(azar.random() * 0.02)
                if azar.random() < 0.1:
                    raise _Arrepentido
        except _Arrepentido:
            arrepentidos += 1
            continue
        for hoja in hojas:
            siguiente[hoja] += 1
    return arrepentidos


class _Arrepentido(Exception):
    """This transaction is rolled back."""


def _quitar_el_mando(taller: Taller) -> int:
    """End the session of the relay that leads; answers how many that were."""
    with taller.motor.connect() as conexion:
        consulta = sa.text("SELECT count(pg_terminate_backend(sesion)) FROM mandos")
        return int(conexion.execute(consulta).scalar_one())


def una_transaccion_larga_y_ajena(mesa: Mesa, acta: Acta, *, ordenes: int = 200) -> None:
    """A transaction that stays open, and has written, stops neither consumer nor relay."""
    with mesa.taller() as taller:
        esperados = [(f"h-{n % 5}", n) for n in range(ordenes)]
        with taller.ajena() as larga:
            larga.execute(sa.text("INSERT INTO apuntes (hoja, linea) VALUES ('larga', 0)"))
            taller.enviar(*(taller.orden(h, n) for h, n in esperados))
            with trabajando(taller):
                esperar_reposo(taller, acta)
        acta.vueltas, acta.mensajes, acta.fallos = 1, ordenes, 1
        comprobar(taller, acta, esperados)


CASOS = (
    cada_mensaje_muchas_veces,
    orden_tras_un_fallo_pasajero,
    un_veneno_entre_quinientos,
    lo_ilegible,
    huecos_en_el_orden_de_confirmacion,
    una_transaccion_larga_y_ajena,
)
