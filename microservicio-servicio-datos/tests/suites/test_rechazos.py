"""A command that is refused, or has to wait, leaves nothing of what it did; and what shares its batch, all of it."""

from dataclasses import replace

import pytest

from contratos.servicio_datos import ComandoServicioDatosRechazado

SUYO = ("servicio_datos",)


def activas(lugar, hecho, cuantas=4):
    """Subscriptions that are ACTIVA, and whose plan requires nothing; ``sd`` is the first one's, made by hand."""
    lugar.procesar(*(hecho(nombre, n, recursos=()) for n in range(cuantas) for nombre in ("creada", "activada")))


@pytest.fixture
def a_mano(lugar, hecho, crear):
    """It has ``sd``, made by hand, of expert ``e0``."""
    activas(lugar, hecho)
    lugar.procesar(crear("sd", 0, experto="e0"))
    return lugar


def rechazos(lugar):
    """Reason and command of each refusal that was told."""
    return [(m.motivo, m.comando) for _, _, m in lugar.decir() if isinstance(m, ComandoServicioDatosRechazado)]


def sin_rastro(lugar, recibido, motivo):
    """It was refused so, which was told, and nothing else is left of it."""
    antes, dicho = lugar.foto(), lugar.decir()
    assert lugar.procesar(recibido) == []
    assert lugar.foto() == antes
    *de_antes, (sujeto, secuencia, rechazo) = lugar.decir()
    assert (de_antes, sujeto, secuencia) == (dicho, recibido.sobre.sujeto, None)
    assert (rechazo.id_comando, rechazo.motivo) == (recibido.sobre.id, motivo)


def test_sin_lugar_el_experto_no_se_cambia_aunque_el_agregado_ya_lo_hizo(a_mano, crear, orden):
    a_mano.procesar(*(crear(f"sd-{n}", n, experto="e1") for n in (1, 2, 3)))
    with a_mano.abrir() as unidad:
        for _ in range(2):
            assert unidad.recursos.tomar_a("e1")

    sin_rastro(a_mano, orden("asignar", "sd", experto_codigo="e1"), "SIN_CAPACIDAD")


def test_lo_que_un_plan_requiere_no_se_termina_aunque_el_agregado_ya_lo_hizo(lugar, hecho, orden):
    lugar.procesar(hecho("creada"), hecho("activada"))
    (id,) = lugar.servicios()

    sin_rastro(lugar, orden("terminar", id), "SERVICIO_REQUERIDO_POR_PLAN")


@pytest.mark.parametrize("nombre", ["iniciar", "asignar"])
def test_lo_que_espera_a_su_suscripcion_no_cambia_aunque_el_agregado_ya_lo_hizo(lugar, hecho, orden, nombre):
    lugar.procesar(hecho("creada"))
    (id,) = lugar.servicios()
    libre = next(experto for experto, usados in lugar.usados().items() if not usados)
    antes, dicho = lugar.foto(), lugar.decir()
    espera = orden(nombre, id, **({"experto_codigo": libre} if nombre == "asignar" else {}))

    assert lugar.procesar(espera) == [espera.sobre.id]

    assert lugar.foto() == antes
    assert lugar.decir() == dicho


@pytest.mark.parametrize(
    "hacer",
    [
        lambda crear, orden: crear("otro", 1, experto="e1"),
        lambda crear, orden: orden("iniciar", "sd"),
        lambda crear, orden: orden("asignar", "sd", experto_codigo="e1"),
        lambda crear, orden: orden("terminar", "sd"),
    ],
    ids=["crear", "iniciar", "asignar", "terminar"],
)
def test_lo_que_hizo_antes_de_rechazarse_no_queda(a_mano, crear, orden, hacer):
    comando = hacer(crear, orden)
    a_mano.arrepentidos.add(comando.sobre.id)

    sin_rastro(a_mano, comando, "DATOS_INVALIDOS")


def test_en_un_lote_el_rechazado_deja_enteros_a_los_demas(hacer_lugar, hecho, crear, orden):
    """Before and behind each message of a batch come commands that are refused after all that they did."""
    vistos = []
    for con_malos in (False, True):
        lugar = hacer_lugar()
        activas(lugar, hecho)
        lugar.procesar(crear("sd", 0, experto="e0"))
        lote = []
        for bueno in (
            orden("asignar", "sd", experto_codigo="e1"),
            crear("sd-1", 1, experto="e1"),
            orden("iniciar", "sd"),
            hecho("cambio", 2, saga="c-2", recursos=SUYO),
            orden("terminar", "sd-1"),
            crear("otro", 1, experto="e3"),
            hecho("cancelada", 0, recursos=()),
        ):
            malos = [
                malo
                for _ in range(2)
                for malo in (
                    orden("asignar", "sd", experto_codigo="e2"),
                    crear("malo", 3, experto="e2"),
                    orden("iniciar", "sd"),
                    orden("terminar", "sd"),
                )
            ]
            lugar.arrepentidos |= {malo.sobre.id for malo in malos}
            lote += [*malos[:4], bueno, *malos[4:]] if con_malos else [bueno]

        assert lugar.procesar(*lote) == []

        assert len(rechazos(lugar)) == con_malos * 7 * 8
        propios = [(s, n, m) for s, n, m in lugar.decir() if not isinstance(m, ComandoServicioDatosRechazado)]
        servicios = lugar.servicios()
        vistos.append(
            (
                {id: (estado, secuencia) for id, (estado, _, secuencia) in servicios.items()},
                # Whom chance gives to the saga is not to be compared.
                {id: servicios[id][1] for id in ("sd", "sd-1", "otro")},
                sum(lugar.usados().values()),
                [(sujeto, secuencia, type(m).__name__) for sujeto, secuencia, m in propios],
            )
        )
    assert vistos[0] == vistos[1]


def test_lo_que_va_antes_de_su_creacion_en_el_lote_cuenta(lugar, hecho, crear, orden):
    activas(lugar, hecho)

    assert lugar.procesar(orden("asignar", "sd", experto_codigo="e2"), orden("iniciar", "sd"), crear("sd")) == []

    assert lugar.servicios() == {"sd": ("INICIADO", "e2", 4)}
    assert rechazos(lugar) == []


def test_lo_que_espera_se_intenta_una_vez_mas_detras_de_su_lote(lugar, hecho, crear, orden):
    """The creation waits for the subscription's facts; who waits for the creation, and was before it, comes again."""
    inicio = orden("iniciar", "sd")
    lote = [inicio, crear("sd"), hecho("creada", recursos=()), hecho("activada", recursos=())]

    assert lugar.procesar(*lote) == [inicio.sobre.id]

    assert lugar.servicios() == {"sd": ("CREADO", "e1", 2)}
    assert lugar.procesar(replace(inicio, vuelta=1)) == []
    assert lugar.servicios() == {"sd": ("INICIADO", "e1", 3)}
    assert rechazos(lugar) == []
