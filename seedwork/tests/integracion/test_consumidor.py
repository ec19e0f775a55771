"""The consumer on a real Pulsar and a real PostgreSQL: retries, order within a key, dead letters."""

import pytest

from seedwork.aplicacion.broker import SinConfirmacion
from seedwork.aplicacion.ritmo import Ritmo
from seedwork.infraestructura.cartas import CartasMuertas
from seedwork.pruebas import cuaderno

pytestmark = pytest.mark.integracion


def test_un_veneno_entre_quinientos_no_cuesta_nada_a_sus_vecinos(taller):
    ordenes = [taller.orden(f"h-{n}", n) for n in range(499)]
    veneno = taller.orden("h-mala", 7, "falla", secreto="Ana Pérez 1020304050")
    taller.enviar(*ordenes[:250], veneno, *ordenes[250:])

    with taller.consumiendo():
        taller.esperar(lambda: len(taller.cartas()) == 1 and len(taller.apuntes()) == 499)
        taller.esperar(lambda: taller.atraso() == 0)

    assert sorted(taller.apuntes()) == sorted((f"h-{n}", n) for n in range(499))
    (carta,) = taller.cartas()
    propiedades = carta.properties()
    assert propiedades["ce_id"] == veneno.sobre.id
    assert propiedades["ce_type"] == taller.apuntar.tipo
    assert propiedades["carta_intentos"] == "4"
    assert propiedades["carta_topico"] == taller.apuntar.topico
    assert propiedades["carta_error"].startswith("ValueError en seedwork.pruebas.cuaderno:")
    assert propiedades["carta_instante"].endswith("Z")
    assert carta.partition_key() == "h-mala"
    assert not [v for v in propiedades.values() if "Ana" in v or "1020304050" in v]
    assert taller.contar("SELECT count(*) FROM intentos") == 0
    assert taller.contar("SELECT count(*) FROM lotes") == 0


def test_el_orden_de_una_clave_sobrevive_a_un_fallo_pasajero(taller):
    # Fails in the batch, in its parts, and then twice on its own.
    ordenes = [taller.orden(h, n, "falla:7" if (h, n) == ("a", 1) else "") for n in range(5) for h in ("a", "b")]
    despues = [taller.orden("b", n) for n in range(5, 8)]
    taller.enviar(*ordenes)

    with taller.consumiendo(ritmo=Ritmo(maximo=10, base_s=0.2)):
        taller.esperar(lambda: len(taller.apuntes("b")) == 5)
        taller.enviar(*despues)
        taller.esperar(lambda: len(taller.apuntes()) == 13)
        taller.esperar(lambda: taller.atraso() == 0)

    assert taller.apuntes("a") == [("a", n) for n in range(5)]
    assert taller.apuntes("b") == [("b", n) for n in range(8)]
    todos = taller.apuntes()
    assert todos.index(("b", 4)) < todos.index(("a", 1)), "b no debía esperar a a"
    assert taller.cartas() == []


def test_lo_ilegible_se_aparca_al_momento_y_lo_siguiente_se_atiende(taller):
    buena = taller.orden("h", 1)
    carga = taller.codificar(buena)
    _, propiedades, clave = carga
    taller.enviar_cargas(
        (b"", propiedades, clave),
        (carga[0][:-1], propiedades, clave),
        (carga[0] + b"\x00", propiedades, clave),
        (carga[0], {}, clave),
        (carga[0], {**propiedades, "ce_type": taller.apuntado.tipo}, clave),
        (carga[0], {**propiedades, "ce_sequence": "uno"}, clave),
        carga,
    )

    with taller.consumiendo():
        taller.esperar(lambda: taller.apuntes() == [("h", 1)] and taller.atraso() == 0)

    cartas = taller.cartas()
    assert [c.properties()["carta_intentos"] for c in cartas] == ["0"] * 6
    assert cartas[1].data() == carga[0][:-1]


def test_un_mensaje_con_los_cuatro_atributos_de_cloudevents_se_atiende(taller):
    """Another's client, which knows no more than the standard: the subject is the key's, the correlation its own."""
    carga, propiedades, clave = taller.codificar(taller.orden("h", 1))
    minimas = {n: propiedades[n] for n in ("ce_specversion", "ce_id", "ce_source", "ce_type")}
    taller.enviar_cargas((carga, minimas, clave))

    with taller.consumiendo(), taller.corriendo(taller.relay().correr):
        taller.esperar(lambda: taller.apuntes() == [("h", 1)] and len(taller.publicados()) == 1)

    assert taller.cartas() == []
    (hecho,) = taller.leer(taller.apuntado.topico)
    assert hecho.properties()["ce_correlationid"] == hecho.properties()["ce_causationid"] == minimas["ce_id"]
    assert hecho.properties()["ce_sequencetype"] == "Integer"


def test_cada_mensaje_cinco_veces_es_un_efecto(taller):
    taller.enviar(*(taller.orden(f"h-{n % 7}", n) for n in range(100)), repeticiones=5)

    with taller.consumiendo(lote=64):
        taller.esperar(lambda: taller.atraso() == 0)

    assert len(taller.apuntes()) == len(set(taller.apuntes())) == 100
    assert taller.contar("SELECT count(*) FROM outbox") == 100


def test_un_rechazo_no_es_un_fallo(taller):
    id_rechazada, _ = taller.enviar(taller.orden("h", 1, "rechaza"), taller.orden("h", 2))

    with taller.consumiendo():
        taller.esperar(lambda: taller.apuntes() == [("h", 2)])

    assert taller.contar(f"SELECT count(*) FROM comandos WHERE id_comando = '{id_rechazada}' AND estado = 'RECHAZADO'")
    assert taller.cartas() == []


def test_lo_agotado_espera_al_broker_sin_intentarse_mas_y_conserva_su_error(taller, monkeypatch):
    """The broker does not take the letter: the handler is left alone, and who parks it later knows what went wrong."""
    veces: list[str] = []

    def fallar(orden, _unidad):
        veces.append(orden.hoja)
        raise ValueError

    def no_tomar(*_args, **_opciones):
        intentos_de_aparcar.append(1)
        raise SinConfirmacion("de prueba")

    intentos_de_aparcar: list[int] = []
    monkeypatch.setattr(CartasMuertas, "aparcar", no_tomar)
    bus = cuaderno.hacer_bus(taller.motor, taller.contexto, fallar)
    taller.enviar(taller.orden("h", 1))
    with taller.consumiendo(bus):
        taller.esperar(lambda: len(intentos_de_aparcar) >= 3)
    monkeypatch.undo()
    assert len(veces) == 1 + 4, "en el lote, y sus cuatro intentos"

    with taller.consumiendo(bus):
        taller.esperar(lambda: taller.cartas())
    assert len(veces) == 1 + 4, "lo que se intentaba vuelve solo, y ya sin intentos"
    (carta,) = taller.cartas()
    assert carta.properties()["carta_error"].startswith("ValueError en ")
    assert carta.properties()["carta_intentos"] == "4"
    assert taller.apuntes() == []
