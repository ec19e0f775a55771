"""What is alike is told together, and of what nobody saw no more than some things; nothing is told twice or lost."""

from dataclasses import replace
from datetime import timedelta

from seedwork.aplicacion.auditoria import NO_HALLADO, VISTO, Anotacion
from seedwork.aplicacion.entorno import EntornoReal
from seedwork.aplicacion.pliegue import Pliegue

NUNCA_S = 3600.0
NOTA = Anotacion(
    ocurrido=EntornoReal().ahora(),
    quien="eva",
    titular="cliente:0002",
    accion="ObtenerSuscripcion",
    recurso="s-1",
    resultado=NO_HALLADO,
    correlacion="c-1",
)


def pliegue(dichas: list[Anotacion], *, cosas: int = 2, maximo: int = 5) -> Pliegue:
    return Pliegue(dichas.extend, cada_s=NUNCA_S, cosas=cosas, maximo=maximo)


def test_lo_igual_se_cuenta_con_lo_primero_y_se_dice_una_vez():
    dichas: list[Anotacion] = []
    suyo = pliegue(dichas)
    assert not suyo.repetida(NOTA), "only with what waits"
    otra = replace(NOTA, ocurrido=NOTA.ocurrido + timedelta(seconds=1), correlacion="c-2")
    assert suyo.apuntar(replace(otra, veces=0)) and suyo.repetida(otra) and suyo.repetida(NOTA)
    otros = {"quien": "ana", "titular": "", "accion": "X", "recurso": "", "resultado": VISTO, "motivo": "X"}
    assert not any(suyo.repetida(replace(NOTA, **{campo: valor})) for campo, valor in otros.items())
    suyo.contar()
    suyo.contar()
    assert dichas == [replace(NOTA, veces=2)]
    assert not suyo.repetida(NOTA)


def test_de_lo_que_nadie_vio_se_dicen_unas_cosas_y_lo_demas_sin_cual():
    suyo = pliegue([])
    for n in range(2):
        assert suyo.apuntar(suyo.reducida(replace(NOTA, recurso=f"s-{n}")))
    otra = replace(NOTA, recurso="s-9")
    assert suyo.reducida(otra) == replace(otra, recurso="")
    for entera in (replace(otra, resultado=VISTO), replace(otra, quien="ana"), replace(NOTA, recurso="s-1")):
        assert suyo.reducida(entera) == entera
    suyo.contar()
    assert suyo.reducida(otra) == otra


def test_lo_que_se_ve_no_quita_sitio_y_mas_de_un_maximo_no_se_recuerda():
    suyo = pliegue([])
    vistas = [replace(NOTA, recurso=f"s-{n}", resultado=VISTO) for n in range(6)]
    assert [suyo.apuntar(una) for una in vistas] == [True] * 5 + [False]
    assert suyo.apuntar(vistas[0]), "what waits has its place"
    assert suyo.reducida(NOTA) == NOTA
