"""The saga's fold: the same end in whatever order its steps arrive."""

import random
from collections.abc import Iterator
from itertools import chain, count
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saga.fin import COMPENSADA, COMPLETADA, EN_CURSO, estado, faltan
from suscripciones.aplicacion.resumen import Resumen, resumir
from suscripciones.dominio.linea import Paso

Recursos = tuple[str, ...]

_numeros = count()


def paso(
    nombre: str, recurso: str = "", resultado: str = "HECHO", r: Recursos = ("a", "b"), v: Recursos = (), de: str = "x"
) -> Paso:
    return Paso(
        id=str(next(_numeros)),
        id_saga="g",
        paso=nombre,
        servicio=de,
        recurso=recurso,
        requeridos=r,
        liberados=v,
        resultado=resultado,
        motivo="",
        compensacion=nombre in ("LIBERAR", "AVISAR"),
        ocurrido="",
    )


COMPLETA = [
    paso("CREAR"),
    paso("RESERVAR", "a"),
    paso("RESERVAR", "b"),
    paso("NOTIFICAR"),
    paso("ACTIVAR"),
    paso("INICIAR", "a"),
    paso("INICIAR", "b"),
]
DESHECHA = [
    paso("CREAR"),
    paso("RESERVAR", "a"),
    paso("RESERVAR", "b", "RECHAZADO"),
    paso("RECHAZAR"),
    paso("LIBERAR", "a"),
    paso("LIBERAR", "b", "OMITIDO"),
    paso("AVISAR"),
]


@given(st.permutations(COMPLETA))
def test_completa_en_cualquier_orden(pasos: list[Paso]) -> None:
    assert estado(pasos) == COMPLETADA


@given(st.permutations(DESHECHA))
def test_deshecha_en_cualquier_orden(pasos: list[Paso]) -> None:
    assert estado(pasos) == COMPENSADA


@given(st.sets(st.sampled_from(COMPLETA[4:]), max_size=2))
def test_sin_todos_los_inicios_o_sin_activar_sigue_en_curso(presentes: set[Paso]) -> None:
    assert estado([*COMPLETA[:4], *presentes]) == EN_CURSO


@pytest.mark.parametrize("falta", range(3, 6))
def test_sin_rechazo_o_sin_todas_las_devoluciones_sigue_en_curso(falta: int) -> None:
    assert estado(DESHECHA[:falta] + DESHECHA[falta + 1 :]) == EN_CURSO


def test_un_inicio_que_no_se_hizo_no_completa() -> None:
    assert estado([*COMPLETA[:6], paso("INICIAR", "b", "OMITIDO")]) == EN_CURSO


def test_lo_completado_no_se_deshace_por_lo_que_venga_despues() -> None:
    assert estado([*COMPLETA, paso("CANCELAR"), paso("LIBERAR", "a"), paso("LIBERAR", "b")]) == COMPLETADA


def test_un_plan_sin_recursos_completa_con_activar() -> None:
    assert estado([paso("CREAR", r=()), paso("ACTIVAR", r=())]) == COMPLETADA


def saga(comienzo: str, *, r: Recursos = (), v: Recursos = (), **historias: str) -> list[list[Paso]]:
    """What each participant tells, in its own order: words such as ``INICIAR.a`` or ``RESERVAR.b:RECHAZADO``.

    ``s`` is suscripciones, after its first step; the others are named as they like.
    """

    def contar(de: str, historia: str) -> list[Paso]:
        pasos = []
        for palabra in historia.split():
            cual, _, resultado = palabra.partition(":")
            nombre, _, recurso = cual.partition(".")
            pasos.append(paso(nombre, recurso, resultado or "HECHO", r, v, de))
        return pasos

    propia = f"{comienzo} {historias.pop('s', '')}"
    return [contar("s", propia), *(contar(de, h) for de, h in historias.items())]


AB: Recursos = ("a", "b")
ENTERA = "RESERVAR.{0} INICIAR.{0}"
RAMAS = {
    "created": (
        saga("CREAR", r=AB, s="ACTIVAR", n="NOTIFICAR", a=ENTERA.format("a"), b=ENTERA.format("b")),
        COMPLETADA,
    ),
    "created, without resources": (saga("CREAR", s="ACTIVAR"), COMPLETADA),
    "refused by one": (
        saga(
            "CREAR",
            r=AB,
            s="RECHAZAR",
            n="AVISAR",
            a="RESERVAR.a LIBERAR.a",
            b="RESERVAR.b:RECHAZADO LIBERAR.b:OMITIDO",
        ),
        COMPENSADA,
    ),
    "refused before it began": (saga("CREAR:RECHAZADO", s="RECHAZAR", n="AVISAR"), COMPENSADA),
    "cancelled before anybody reserved": (
        saga("CREAR", r=AB, s="CANCELAR", n="AVISAR", a="LIBERAR.a:OMITIDO RESERVAR.a:OMITIDO", b="LIBERAR.b:OMITIDO"),
        COMPENSADA,
    ),
    "cancelled half reserved": (
        saga(
            "CREAR", r=AB, s="CANCELAR", n="AVISAR", a="RESERVAR.a LIBERAR.a", b="LIBERAR.b:OMITIDO RESERVAR.b:OMITIDO"
        ),
        COMPENSADA,
    ),
    "cancelled when active, and not started": (
        saga(
            "CREAR",
            r=AB,
            s="ACTIVAR CANCELAR",
            n="NOTIFICAR AVISAR",
            a="RESERVAR.a LIBERAR.a INICIAR.a:OMITIDO",
            b="RESERVAR.b INICIAR.b LIBERAR.b",
        ),
        COMPENSADA,
    ),
    "cancelled when whole": (
        saga(
            "CREAR",
            r=AB,
            s="ACTIVAR CANCELAR",
            n="NOTIFICAR AVISAR",
            a="RESERVAR.a INICIAR.a LIBERAR.a",
            b="RESERVAR.b INICIAR.b LIBERAR.b",
        ),
        COMPLETADA,
    ),
    "changed": (
        saga("CAMBIAR", r=("a",), v=("v",), s="ACTIVAR", n="NOTIFICAR", a=ENTERA.format("a"), w="LIBERAR.v"),
        COMPLETADA,
    ),
    "changed, releasing only": (saga("CAMBIAR", v=("v",), s="ACTIVAR", w="LIBERAR.v:OMITIDO"), COMPLETADA),
    "changed, with nothing to do": (saga("CAMBIAR", s="ACTIVAR"), COMPLETADA),
    "change refused": (
        saga(
            "CAMBIAR",
            r=AB,
            v=("v",),
            s="RECHAZAR",
            n="AVISAR",
            a="RESERVAR.a LIBERAR.a",
            b="RESERVAR.b:RECHAZADO LIBERAR.b",
        ),
        COMPENSADA,
    ),
    "undecided change cancelled": (
        saga("CAMBIAR", r=("a",), v=("v",), s="RECHAZAR CANCELAR", n="AVISAR", a="RESERVAR.a LIBERAR.a", w="LIBERAR.v"),
        COMPENSADA,
    ),
    "change cancelled when in force, and not started": (
        saga(
            "CAMBIAR",
            r=("a",),
            v=("v",),
            s="ACTIVAR CANCELAR",
            n="NOTIFICAR AVISAR",
            a="RESERVAR.a LIBERAR.a INICIAR.a:OMITIDO",
            w="LIBERAR.v",
        ),
        COMPENSADA,
    ),
    "change cancelled when whole": (
        saga(
            "CAMBIAR",
            r=("a",),
            v=("v",),
            s="ACTIVAR CANCELAR",
            n="NOTIFICAR",
            a="RESERVAR.a INICIAR.a LIBERAR.a",
            w="LIBERAR.v",
        ),
        COMPLETADA,
    ),
    "refused change, cancelled later": (
        saga(
            "CAMBIAR",
            r=("a",),
            v=("v",),
            s="RECHAZAR CANCELAR",
            a="RESERVAR.a:RECHAZADO LIBERAR.a:OMITIDO",
            w="LIBERAR.v",
        ),
        COMPENSADA,
    ),
}
cada_rama = pytest.mark.parametrize(("relatos", "fin"), RAMAS.values(), ids=RAMAS)


@cada_rama
@settings(max_examples=30)
@given(semilla=st.integers())
def test_cada_rama_acaba_igual_en_cualquier_orden(relatos: list[list[Paso]], fin: str, semilla: int) -> None:
    todos = [p for relato in relatos for p in relato]
    random.Random(semilla).shuffle(todos)
    assert estado(todos) == fin


@cada_rama
@settings(max_examples=30)
@given(semilla=st.integers())
def test_un_fin_es_para_siempre(relatos: list[list[Paso]], fin: str, semilla: int) -> None:
    """Each participant's steps arrive in its order, mixed in any way with the others'; what has ended stays so."""
    azar = random.Random(semilla)
    colas = [list(relato) for relato in relatos]
    llegados: list[Paso] = []
    vistos: list[str] = []
    while vivas := [cola for cola in colas if cola]:
        llegados.append(azar.choice(vivas).pop(0))
        vistos.append(estado(llegados))
    acabada = vistos.index(fin)
    assert vistos == [EN_CURSO] * acabada + [fin] * (len(vistos) - acabada)


@cada_rama
def test_sin_uno_de_los_que_deciden_el_fin_no_hay_fin(relatos: list[list[Paso]], fin: str) -> None:
    """Leave out any one step that the contract's definition names, and the saga has not ended that way."""
    todos = [p for relato in relatos for p in relato]
    activada = any(p.paso == "ACTIVAR" for p in todos)
    requeridos, liberados = todos[0].requeridos, todos[0].liberados
    exigidos = (
        {("ACTIVAR", ""), *(("INICIAR", r) for r in requeridos), *(("LIBERAR", r) for r in liberados)}
        if fin == COMPLETADA
        else {("LIBERAR", r) for r in (*requeridos, *(liberados if activada else ()))}
    )
    for exigido in exigidos:
        assert estado([p for p in todos if (p.paso, p.recurso) != exigido]) != fin


def _al_azar(relatos: list[list[Paso]], semilla: int) -> Iterator[list[Paso]]:
    """A saga as it grows: its first step, and then each participant's, mixed in any way with the others'."""
    azar = random.Random(semilla)
    colas = [list(relato) for relato in relatos]
    llegados = [colas[0].pop(0)]
    yield llegados
    while vivas := [cola for cola in colas if cola]:
        llegados = [*llegados, azar.choice(vivas).pop(0)]
        yield llegados


@cada_rama
def test_esta_en_curso_mientras_algo_falta_y_con_eso_acaba(relatos: list[list[Paso]], fin: str) -> None:
    """What is awaited was not told, and is all that the end waits for: less of it, and the saga has not ended."""
    r, v = relatos[0][0].requeridos, relatos[0][0].liberados
    for llegados in chain.from_iterable(_al_azar(relatos, semilla) for semilla in range(20)):
        debidos = faltan(llegados)
        assert (estado(llegados) == EN_CURSO) == bool(debidos)
        assert not {(p.paso, p.recurso) for p in llegados} & set(debidos)
        cumplidos = [paso(nombre, recurso, r=r, v=v) for nombre, recurso in debidos]
        assert not debidos or estado([*llegados, *cumplidos]) != EN_CURSO
        exigidos = [p for p in cumplidos if p.paso not in ("RESERVAR", "NOTIFICAR")]
        for uno in exigidos:
            assert estado([*llegados, *(p for p in exigidos if p is not uno)]) == EN_CURSO


@pytest.mark.parametrize(
    ("hechos", "debidos"),
    [
        (saga("CREAR", r=AB, a="RESERVAR.a"), "RESERVAR.b NOTIFICAR ACTIVAR INICIAR.a INICIAR.b"),
        (saga("CREAR", r=AB, s="ACTIVAR", a="INICIAR.a"), "INICIAR.b"),
        (saga("CREAR", r=AB, a="RESERVAR.a", b="RESERVAR.b:RECHAZADO"), "RECHAZAR LIBERAR.a LIBERAR.b"),
        (saga("CREAR", r=AB, a="RESERVAR.a", b="RESERVAR.b", n="NOTIFICAR:FALLIDO"), "RECHAZAR LIBERAR.a LIBERAR.b"),
        (saga("CREAR", r=AB, a="RESERVAR.a", n="NOTIFICAR:OMITIDO"), "RECHAZAR LIBERAR.a LIBERAR.b"),
        (saga("CREAR", r=AB, a="LIBERAR.a"), "RECHAZAR LIBERAR.b"),
        (saga("CREAR", r=AB, n="AVISAR"), "RECHAZAR LIBERAR.a LIBERAR.b"),
        (saga("CREAR", r=AB, s="CANCELAR", a="RESERVAR.a LIBERAR.a"), "LIBERAR.b"),
        (saga("CREAR", r=AB, s="ACTIVAR", n="NOTIFICAR", a="INICIAR.a:OMITIDO"), "CANCELAR LIBERAR.a LIBERAR.b"),
        # basico to pro, pro to basico, pro to another with resources of its own, which is refused, or cancelled.
        (saga("CAMBIAR", r=("a",)), "RESERVAR.a NOTIFICAR ACTIVAR INICIAR.a"),
        (saga("CAMBIAR", v=("v",), s="ACTIVAR"), "LIBERAR.v"),
        (saga("CAMBIAR", r=("a",), v=("v",), s="ACTIVAR", w="LIBERAR.v"), "INICIAR.a"),
        (saga("CAMBIAR", r=("a",), v=("v",), s="ACTIVAR", a="INICIAR.a"), "LIBERAR.v"),
        (saga("CAMBIAR", r=("a",), v=("v",), w="LIBERAR.v"), "RESERVAR.a NOTIFICAR ACTIVAR INICIAR.a"),
        (saga("CAMBIAR", r=("a",), v=("v",), s="RECHAZAR"), "LIBERAR.a"),
        (saga("CAMBIAR", r=("a",), v=("v",), s="ACTIVAR CANCELAR"), "LIBERAR.a LIBERAR.v"),
        (saga("CAMBIAR", r=("a",), v=("v",), s="ACTIVAR CANCELAR", a="INICIAR.a LIBERAR.a"), "LIBERAR.v"),
        (saga("CAMBIAR"), "ACTIVAR"),
        ([], "ACTIVAR"),
    ],
)
def test_faltan_los_pasos_de_su_camino_o_de_su_vuelta(hechos: list[list[Paso]], debidos: str) -> None:
    assert " ".join(".".join(filter(None, d)) for d in faltan([p for relato in hechos for p in relato])) == debidos


def _fechados(pasos: list[Paso]) -> list[SimpleNamespace]:
    """As rows of the timeline, each a second after the one before it."""
    de_mas = {"id_suscripcion": "s", "id_saga": "g"}
    valores = ({c: getattr(p, c) for c in Paso.__dataclass_fields__} for p in pasos)
    return [SimpleNamespace(**v | de_mas | {"ocurrido": f"2026-01-01T10:00:0{n}.5Z"}) for n, v in enumerate(valores)]


@settings(max_examples=50)
@given(st.permutations(_fechados(DESHECHA)))
def test_una_saga_se_resume_igual_en_cualquier_orden(pasos: list[SimpleNamespace]) -> None:
    """It ended with what was given back last, and what is told of it afterwards is its last step all the same."""
    resumen = resumir(pasos)
    assert resumen == resumir(_fechados(DESHECHA))
    assert resumen.estado == COMPENSADA and resumen.ultimo == DESHECHA[6].id
    assert resumen.terminada is not None
    assert (resumen.comenzada.second, resumen.terminada.second) == (0, 5)


def test_la_que_comenzo_despues_va_delante_y_de_las_que_a_la_vez_cada_una_tiene_su_lugar() -> None:
    def de(id_saga: str, ocurrido: str) -> Resumen:
        suyo = SimpleNamespace(
            id="p", id_saga=id_saga, id_suscripcion="s", ocurrido=ocurrido, paso="CREAR", resultado="HECHO",
            recurso="", requeridos=["a"], liberados=[],
        )  # fmt: skip
        return resumir([suyo])

    antes, despues = de("b", "2026-01-01T10:00:00.001Z"), de("a", "2026-01-01T05:00:00.002-05:00")
    assert antes.orden < despues.orden < 1 << 63
    assert de("a", "2026-01-01T10:00:00.001Z").orden != antes.orden
    # What has no date of its own is the oldest, and breaks nothing.
    assert de("c", "ayer").orden >> 20 == 0 and de("c", "ayer").terminada is None
