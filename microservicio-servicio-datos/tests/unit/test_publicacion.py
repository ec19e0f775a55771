"""What is released of a class, in all orders of arrival that are drawn: nobody is told from fewer than k others."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicio_datos.dominio.publicacion import Clase, Entrada, Publicada, pacientes, siguiente


@dataclass
class Historia:
    """What was released of a class, step by step."""

    k: int
    publicadas: list[Publicada] = field(default_factory=list)
    estados: list[frozenset[Entrada]] = field(default_factory=list)

    def pasar(self, candidatas: Iterable[Entrada]) -> bool:
        """Let it make a step, if it may."""
        nuevo = siguiente(self.publicadas, frozenset(candidatas), self.k)
        if nuevo is None:
            return False
        actual, paso = self.estados[-1] if self.estados else frozenset(), len(self.estados) + 1
        self.publicadas = [
            Publicada(p.entrada, p.desde, paso) if p.hasta is None and p.entrada not in nuevo else p
            for p in self.publicadas
        ] + [Publicada(e, paso) for e in nuevo - actual]
        self.estados.append(nuevo)
        return True


def imagenes(*de: int, version: str = "a") -> list[Entrada]:
    """An image of each of these patients."""
    return [Entrada(f"i-{p}", version, f"v2:{p}") for p in de]


# A pass between arrivals: an image of a patient's comes, is cleaned anew, or goes.
_SUCESO = st.tuples(st.sampled_from("+++*-|"), st.integers(0, 9), st.integers(0, 2))


@given(k=st.integers(2, 4), sucesos=st.lists(_SUCESO, max_size=120))
def test_dos_estados_cualesquiera_no_distinguen_a_menos_de_k_pacientes(
    k: int, sucesos: Sequence[tuple[str, int, int]]
) -> None:
    suya, hay, veces = Historia(k), dict[tuple[int, int], Entrada](), 0
    for que, paciente, numero in [*sucesos, ("|", 0, 0)]:
        if que == "|":
            while suya.pasar(hay.values()):
                pass
        elif que == "-":
            hay.pop((paciente, numero), None)
        elif que == "*" or (paciente, numero) not in hay:
            veces += 1
            hay[paciente, numero] = Entrada(f"i-{paciente}-{numero}", f"sha-{veces}", f"v2:{paciente}")

    for par in combinations([frozenset(), *suya.estados], 2):
        for uno, otro in (par, par[::-1]):
            suyos, de_antes = ({e.seudonimo for e in estado} for estado in (otro, uno))
            assert not suyos - de_antes or len(suyos - de_antes) >= k
            conocidas = {e for e in otro - uno if e.seudonimo in de_antes}
            assert not conocidas or pacientes(conocidas) >= k
            assert not otro - uno or pacientes(otro - uno) >= k
    for estado in suya.estados:
        assert len({e.id_imagen for e in estado}) == len(estado)


@given(orden=st.permutations(range(12)), corte=st.integers(0, 12))
def test_lo_que_llega_de_bastantes_pacientes_se_publica_llegue_como_llegue(orden: list[int], corte: int) -> None:
    suya = Historia(5)
    suya.pasar(imagenes(*orden[:corte]))
    suya.pasar(imagenes(*orden))
    # What is left over waits: with fewer than five before, all came at once.
    faltan = 12 - len(suya.estados[-1])
    assert faltan == (12 - corte if 8 <= corte < 12 else 0)


@given(k=st.integers(2, 5), pasadas=st.lists(st.lists(st.integers(0, 14), max_size=12), max_size=12))
def test_mientras_solo_llega_quien_espera_no_espera_a_quien_ya_esta(k: int, pasadas: list[list[int]]) -> None:
    """k who are new always come, whatever waits of those who are in: no step that was made can keep the next one."""
    suya, hay = Historia(k), set[Entrada]()
    for n, llegan in enumerate(pasadas):
        hay |= {Entrada(f"{p}-{n}", "a", f"v2:{p}") for p in llegan}
        while suya.pasar(hay):
            pass
        dentro = {e.seudonimo for e in suya.estados[-1]} if suya.estados else set()
        assert len({e.seudonimo for e in hay} - dentro) < k


def test_uno_menos_no_se_publica_y_muchas_imagenes_de_uno_no_hacen_bastantes() -> None:
    suya = Historia(5)
    assert not suya.pasar([*imagenes(1, 2, 3, 4), *(Entrada(f"otra-{n}", "a", "v2:1") for n in range(9))])
    assert suya.pasar(imagenes(1, 2, 3, 4, 5))


def test_quien_tiene_un_seudonimo_por_cada_clave_no_cuenta_por_dos() -> None:
    suya, otra = Historia(5), Historia(5)
    de_dos_claves = [Entrada(f"{v}-{p}", "a", f"v{v}:{p}") for v in (2, 3) for p in range(4)]
    assert not suya.pasar(de_dos_claves)
    assert otra.pasar([*de_dos_claves, Entrada("una", "a", "v3:4")])


def test_las_imagenes_nuevas_de_quien_ya_esta_esperan_a_las_de_otros() -> None:
    suya = Historia(5)
    suya.pasar(imagenes(*range(5)))
    otras = [Entrada(f"otra-{p}", "a", f"v2:{p}") for p in range(5)]
    assert not suya.pasar([*imagenes(*range(5)), *otras[:4]])
    assert suya.pasar([*imagenes(*range(5)), *otras])


def test_uno_nuevo_no_se_esconde_entre_cuatro_que_vuelven() -> None:
    """Who comes is told from who comes again: each file bears its patient's pseudonym."""
    suya = Historia(5)
    suya.pasar(imagenes(*range(5)))
    otras = [Entrada(f"otra-{p}", "a", f"v2:{p}") for p in range(5)]
    assert not suya.pasar([*imagenes(*range(5), 7), *otras[:4]])
    # Five who come again may, without the one who is new; he waits for four more.
    assert suya.pasar([*imagenes(*range(5), 7), *otras])
    assert suya.estados[-1] == {*imagenes(*range(5)), *otras}
    assert not suya.pasar([*imagenes(*range(5), 7, 8, 9, 10), *otras])
    assert suya.pasar([*imagenes(*range(5), 7, 8, 9, 10, 11), *otras])


def test_cinco_nuevos_no_esperan_a_los_que_vuelven() -> None:
    suya = Historia(5)
    suya.pasar(imagenes(*range(5)))
    assert suya.pasar([*imagenes(*range(10)), Entrada("otra", "a", "v2:1")])
    assert suya.estados[-1] == {*imagenes(*range(10))}


def test_quien_vuelve_con_los_de_otro_paso_se_mide_con_el_primero() -> None:
    """Against the second state five have more; against the first one only one has, and the others come."""
    suya = Historia(5)
    suya.pasar(imagenes(*range(5)))
    suya.pasar(imagenes(*range(10)))
    otras = [Entrada(f"otra-{p}", "a", f"v2:{p}") for p in (0, 5, 6, 7, 8, 9)]
    assert not suya.pasar([*imagenes(*range(10)), *otras[:5]])
    assert suya.pasar([*imagenes(*range(10)), *otras])
    assert suya.estados[-1] == {*imagenes(*range(10)), *otras[1:]}


def test_lo_que_se_vuelve_a_limpiar_sigue_como_estaba_hasta_que_son_bastantes() -> None:
    suya = Historia(5)
    suya.pasar(imagenes(*range(9)))
    assert not suya.pasar([*imagenes(0, version="b"), *imagenes(*range(1, 9))])
    assert suya.pasar([*imagenes(*range(5), version="b"), *imagenes(*range(5, 9))])
    assert suya.estados[-1] == {*imagenes(*range(5), version="b"), *imagenes(*range(5, 9))}


def test_de_una_clase_no_quedan_menos_de_k() -> None:
    suya = Historia(5)
    suya.pasar(imagenes(*range(9)))
    assert not suya.pasar(imagenes(0, 1))
    assert suya.pasar([])
    assert suya.estados[-1] == frozenset()


def test_lo_que_se_va_no_detiene_a_lo_que_llega() -> None:
    suya = Historia(5)
    suya.pasar(imagenes(*range(9)))
    assert suya.pasar(imagenes(*range(1, 9), *range(20, 25)))
    assert suya.estados[-1] == {*imagenes(*range(9), *range(20, 25))}


def test_volver_casi_a_lo_de_antes_se_mide_con_lo_de_antes() -> None:
    """The first and the third would differ by one patient, though each differs from the second by five."""
    suya = Historia(5)
    suya.pasar(imagenes(*range(10)))
    suya.pasar(imagenes(*range(5)))
    assert len(suya.estados[-1]) == 5
    assert not suya.pasar(imagenes(*range(9), 30, 31, 32, 33))
    assert suya.pasar(imagenes(*range(10)))


@pytest.mark.parametrize("campo", ["modalidad", "patologia", "region", "banda_de_edad", "sexo", "mes"])
def test_en_lo_que_sea_que_difieran_son_clases_distintas(campo: str) -> None:
    base = dict.fromkeys(("modalidad", "patologia", "region", "banda_de_edad", "sexo", "mes"), "")
    ids: Set[str] = {Clase(**base).id, Clase(**{**base, campo: "x"}).id}
    assert len(ids) == 2
