"""Streams of events without a broker: what is told of a message, how far a client has come, whose a thing is (ADR 53).

What is read from topics is handed over here by the tests; what comes of it on a real broker, and at another instance,
is shown by test_eventos_con_broker.py.
"""

import asyncio
import json
import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, cast

import pytest

from bff_web.eventos import reparto as modulo
from bff_web.eventos.duenos import Duenos, Espectador
from bff_web.eventos.hechos import FILAS, Hecho, SinFila, comprobar, proyectar
from bff_web.eventos.memoria import MARGEN_S, Memoria, Novedad
from bff_web.eventos.reparto import COLA, TIPOS, TOPICOS, CorrienteDeHechos, Filtro, Reparto
from bff_web.eventos.vector import NINGUNO, Ajeno, Forjado, Vector, Vectores
from bff_web.servicios import Servicio
from contratos import a_dict, motivos
from contratos.consultas.eventos import VerEventos
from contratos.notificaciones import NotificacionCreada
from contratos.permisos import PERMISOS
from contratos.procesamiento import AnonimizacionRechazada, ImagenAnonimizada, PaqueteCompletado
from contratos.sagas import TransicionSaga
from contratos.suscripciones import SuscripcionActivada, SuscripcionCreada
from seedwork.aplicacion.identidad import SIN_PREGUNTAR, Acceso, Quien
from seedwork.entrada.problemas import ErrorHttp
from seedwork.pruebas.sobres import sobre_nuevo

VECTORES = Vectores(b"secreto de las pruebas", TOPICOS)
AHORA = time.time()
CREADA, SAGA, PAQUETE, IMAGEN = (
    TIPOS.index(t) for t in (SuscripcionCreada, TransicionSaga, PaqueteCompletado, ImagenAnonimizada)
)
REGLA = PERMISOS[VerEventos]


def hecho(n: int, cual: int = CREADA, *, publicado: float | None = None, **dichos: str) -> Hecho:
    """The n-th entry of a topic."""
    propios = {"suscripcion": "s-1"} | dichos
    return Hecho(cual=cual, lugar=(7, n, 0), publicado=publicado or time.time(), datos=b'{"n":%d}' % n, **propios)


class TestLoQueSeCuenta:
    def test_de_un_mensaje_solo_identificadores_estados_y_codigos(self) -> None:
        mensaje = SuscripcionActivada(
            id_suscripcion="s-1", id_saga="g-1", cliente_codigo="0001", cliente_nombres="Ana", plan_nombre="PRO"
        )
        sobre = sobre_nuevo(mensaje, fuente="/x", sujeto="s-1", correlacion="c-1")
        dicho = proyectar(SuscripcionActivada, sobre, a_dict(mensaje), cual=3, lugar=(1, 2, 0), publicado=4.0)
        assert json.loads(dicho.datos) == {
            "tipo": "SuscripcionActivada",
            "contexto": "suscripciones",
            "id_suscripcion": "s-1",
            "id_saga": "g-1",
            "id_comando": "c-1",
            "estado": "ACTIVA",
            "ocurrido": sobre.tiempo,
        }
        assert (dicho.suscripcion, dicho.saga, dicho.paquete, dicho.cliente) == ("s-1", "g-1", "", "0001")
        assert (dicho.comando, dicho.rechazado) == ("c-1", "")

    def test_un_rechazo_dice_que_comando_y_tambien_lo_que_viene_del_que_envio_su_paquete(self) -> None:
        mensaje = AnonimizacionRechazada(id_imagen="i-1", id_comando="c-2", motivo="DATOS_INVALIDOS", id_paquete="p-1")
        sobre = sobre_nuevo(mensaje, fuente="/x", sujeto="i-1", correlacion="c-1")
        dicho = proyectar(AnonimizacionRechazada, sobre, a_dict(mensaje), cual=3, lugar=(1, 2, 0), publicado=4.0)
        assert (dicho.comando, dicho.rechazado, json.loads(dicho.datos)["id_comando"]) == ("c-1", "c-2", "c-2")
        assert (dicho.imagen, dicho.paquete) == ("i-1", "p-1")

    def test_lo_que_no_es_un_codigo_no_se_cuenta_aunque_venga_en_su_campo(self) -> None:
        mensaje = TransicionSaga(id_saga="g-1", id_suscripcion="Ana Pérez", motivo="PORQUE_SI", paso="CREAR\n\nid: x")
        sobre = sobre_nuevo(mensaje, fuente="/x", sujeto="s-1", correlacion="el de Ana")
        dicho = proyectar(TransicionSaga, sobre, a_dict(mensaje), cual=0, lugar=(1, 2, 0), publicado=4.0)
        assert json.loads(dicho.datos) == {
            "tipo": "TransicionSaga",
            "contexto": "sagas",
            "id_saga": "g-1",
            "motivo": "RECHAZO_DE_PARTICIPANTE",
            "porque": motivos.texto("RECHAZO_DE_PARTICIPANTE"),
            "compensacion": False,
            "ocurrido": sobre.tiempo,
        }

    def test_lo_que_se_mira_y_lo_que_se_cuenta_es_lo_mismo(self, monkeypatch: pytest.MonkeyPatch) -> None:
        comprobar()
        propio = replace(FILAS[SuscripcionActivada], campos={"motivo": "cliente_nombres"})
        for otras, dice in (
            ({k: v for k, v in FILAS.items() if k is not NotificacionCreada}, "NotificacionCreada"),
            ({**FILAS, SuscripcionActivada: propio}, "cliente_nombres"),
        ):
            monkeypatch.setattr("bff_web.eventos.hechos.FILAS", otras)
            with pytest.raises(SinFila, match=dice):
                comprobar()


class TestElVector:
    def test_dice_hasta_donde_y_nadie_mas_lo_dice(self) -> None:
        lugares = tuple((10**7 + n, n * 1000, n % 3) if n % 2 else NINGUNO for n in range(len(TOPICOS)))
        escrito = VECTORES.escribir(lugares, 1764441000.9)
        assert VECTORES.leer(escrito) == Vector(lugares, 1764441000.0)
        assert len(escrito) < 400
        ajeno = Vectores(b"otro secreto, igual de largo", TOPICOS).escribir(lugares, 1.0)
        for malo in ("", "x", "ñ", escrito[:-4], escrito[:30] + "AAAA" + escrito[34:], ajeno):
            with pytest.raises(Forjado):
                VECTORES.leer(malo)

    def test_de_otros_topicos_no_es_de_estos(self) -> None:
        de_antes = Vectores(b"secreto de las pruebas", TOPICOS[1:]).escribir([NINGUNO] * (len(TOPICOS) - 1), 1.0)
        with pytest.raises(Ajeno):
            VECTORES.leer(de_antes)


class TestLaMemoria:
    def test_cada_topico_olvida_lo_suyo_y_dice_desde_cuando_lo_sostiene(self) -> None:
        memoria = Memoria(len(TOPICOS), AHORA - 1000, 300, maximo=2)
        assert memoria.guardar(hecho(1, SAGA, publicado=AHORA)) is Novedad.NUEVO
        assert [memoria.guardar(hecho(n, publicado=AHORA + n)) for n in (1, 2, 2, 3)] == [
            Novedad.NUEVO,
            Novedad.NUEVO,
            Novedad.REPETIDO,
            Novedad.NUEVO,
        ]
        assert [h.cual for h in memoria.entre(1, 9)] == [SAGA, CREADA, CREADA]
        antes, despues = Vector((), AHORA + MARGEN_S), Vector((), AHORA + 1 + MARGEN_S)
        assert memoria.sostiene(antes, {SAGA})
        assert not memoria.sostiene(antes, {SAGA, CREADA})
        assert memoria.sostiene(despues, {CREADA})
        assert memoria.perdio(2, {CREADA})
        assert not memoria.perdio(3, {CREADA})
        assert not memoria.perdio(1, {SAGA})
        memoria.podar(AHORA + 1000)
        assert len(memoria) == 0

    def test_un_topico_que_se_hizo_de_nuevo_se_nota(self) -> None:
        memoria = Memoria(len(TOPICOS), 0.0, 300)
        memoria.guardar(hecho(9, publicado=AHORA))
        assert memoria.guardar(hecho(1, publicado=AHORA + MARGEN_S + 1)) is Novedad.RECREADO


class Parado:
    """Reads nothing: the test hands over what happens."""

    def empezar(self) -> None:
        pass

    def parar(self) -> None:
        pass


def crear() -> Reparto:
    reparto = Reparto(VECTORES, lambda _desde, _oir, _al_dia: Parado(), ventana_s=300)
    reparto.empezar()
    reparto._estar_al_dia(time.time())
    return reparto


TODO = Espectador(cast(Duenos, None), SIN_PREGUNTAR, Filtro(), "c")


def bloques(leido: bytes) -> list[dict[str, str]]:
    """Those that say something, each with the newest id until the next one."""
    dichos: list[dict[str, str]] = []
    for bloque in filter(None, leido.decode().split("\n\n")):
        partes = dict(linea.split(": ", 1) for linea in bloque.split("\n"))
        if "event" in partes:
            dichos.append(partes)
        elif dichos and "id" in partes:
            dichos[-1]["id"] = partes["id"]
    return dichos


async def oir(corriente: CorrienteDeHechos, durante: Callable[[], None] = lambda: None) -> list[dict[str, str]]:
    """What a stream tells of what is there, and of what happens meanwhile; then it ends."""
    leido = b""

    async def leer() -> None:
        nonlocal leido
        async for trozo in corriente.trozos():
            leido += trozo

    tarea = asyncio.ensure_future(leer())
    for _ in range(20):
        await asyncio.sleep(0)
    durante()
    for _ in range(20):
        await asyncio.sleep(0)
    corriente.cerrar()
    await tarea
    return bloques(leido)


def dichos(oidos: list[dict[str, str]]) -> list[int]:
    return [json.loads(b["data"])["n"] for b in oidos if b["event"] == "hecho"]


def correr(prueba: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(prueba())


class TestLaCorriente:
    @pytest.mark.parametrize(
        ("filtro", "debidos"),
        [
            (Filtro(suscripcion="s-1"), [1, 2, 4]),
            (Filtro(suscripcion="s-1", saga="g-1"), [4]),
            (Filtro(saga="g-1"), [4]),
            (Filtro(comando="c-1"), [3, 5]),
            (Filtro(comando="c-1", imagen="i-1"), [5]),
            (Filtro(), [4, 5]),
        ],
    )
    def test_de_una_cosa_se_oye_tambien_lo_que_acaba_de_pasar_y_de_todo_lo_que_pase(
        self, filtro: Filtro, debidos: list[int]
    ) -> None:
        async def prueba() -> None:
            reparto = crear()
            for n, de, comando in ((1, "s-1", "c-0"), (2, "s-1", "c-0"), (3, "s-2", "c-1")):
                reparto.contar(hecho(n, suscripcion=de, comando=comando, publicado=time.time() - 10))

            def pasa() -> None:
                reparto.contar(hecho(4, saga="g-1"))
                reparto.contar(hecho(5, suscripcion="s-2", imagen="i-1", comando="c-1"))

            assert dichos(await oir(reparto.abrir(filtro, TODO), pasa)) == debidos

        correr(prueba)

    def test_se_sigue_donde_se_estaba_tambien_en_quien_va_por_otro_lado(self) -> None:
        """Each topic by itself, whatever the order in which two processes have heard of them."""

        async def prueba() -> None:
            unos = [hecho(n) for n in (1, 2, 3)]
            otros = [hecho(n, SAGA) for n in (11, 12, 13)]
            uno, otro = crear(), crear()
            for h in (unos[0], otros[0], unos[1]):
                uno.contar(h)
            oidos = await oir(uno.abrir(Filtro(suscripcion="s-1"), TODO))
            assert dichos(oidos) == [1, 11, 2]
            # The other has heard more of one topic, and less of the other.
            for h in (*otros, unos[0]):
                otro.contar(h)
            en_medio = VECTORES.leer(oidos[1]["id"])
            assert (en_medio.lugares[CREADA], en_medio.lugares[SAGA]) == ((7, 1, 0), (7, 11, 0))
            ultimo = replace(en_medio, hasta=time.time())
            vuelto = otro.abrir(Filtro(suscripcion="s-1"), TODO, ultimo=ultimo)
            siguen = await oir(vuelto, lambda: [otro.contar(h) for h in unos[1:]] and None)
            assert dichos(siguen) == [12, 13, 2, 3]
            # And what that one says counts what its client had seen, though it has not heard of it itself.
            tercero = crear()
            for h in (*otros, *unos):
                tercero.contar(h)
            for cual, resto in enumerate(([13, 2, 3], [2, 3], [3], [])):
                seguido = tercero.abrir(Filtro(suscripcion="s-1"), TODO, ultimo=VECTORES.leer(siguen[cual]["id"]))
                assert dichos(await oir(seguido)) == resto

        correr(prueba)

    def test_lo_demasiado_viejo_y_lo_de_topicos_que_se_hicieron_de_nuevo_empieza_de_nuevo(self) -> None:
        async def prueba() -> None:
            reparto = crear()
            reparto.contar(hecho(5))
            viejo = Vector(tuple(reparto.memoria.lugares), time.time() - 400)
            oidos = await oir(
                reparto.abrir(Filtro(suscripcion="s-1"), TODO, ultimo=viejo), lambda: reparto.contar(hecho(6))
            )
            assert [b["event"] for b in oidos] == ["reinicio", "hecho"]
            de_otra_vida = Vector(
                (NINGUNO,) * CREADA + ((9, 99, 0),) + (NINGUNO,) * (len(TOPICOS) - CREADA - 1), time.time() - 100
            )
            nuevo = hecho(7, publicado=time.time())
            oidos = await oir(
                reparto.abrir(Filtro(suscripcion="s-1"), TODO, ultimo=de_otra_vida), lambda: reparto.contar(nuevo)
            )
            assert [b["event"] for b in oidos] == ["reinicio", "hecho"]
            bueno = VECTORES.leer(oidos[1]["id"])
            assert dichos(await oir(reparto.abrir(Filtro(suscripcion="s-1"), TODO, ultimo=bueno))) == []

        correr(prueba)

    def test_quien_se_queda_atras_lee_de_la_memoria_y_no_pierde_ni_repite(self) -> None:
        async def prueba() -> None:
            reparto = crear()
            cuantos = COLA + 300

            def pasa() -> None:
                for n in range(1, cuantos + 1):
                    reparto.contar(hecho(n))

            antes = modulo.ATRASADAS._value.get()
            corriente = reparto.abrir(Filtro(suscripcion="s-1"), TODO)
            oidos = await oir(corriente, pasa)
            assert dichos(oidos) == list(range(1, cuantos + 1))
            assert modulo.ATRASADAS._value.get() == antes + 1
            ultimo = VECTORES.leer(oidos[COLA + 50]["id"])
            assert dichos(await oir(reparto.abrir(Filtro(suscripcion="s-1"), TODO, ultimo=ultimo))) == list(
                range(COLA + 52, cuantos + 1)
            )

        correr(prueba)

    def test_quien_mira_sabe_que_nada_puede_llegar_y_que_vuelve_a_llegar(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(modulo, "CALLA_S", 0.001)

        async def prueba() -> None:
            reparto = crear()
            reparto._estar_al_dia(time.time())
            leidos: list[bytes] = []

            async def leer() -> None:
                async for trozo in corriente.trozos():
                    leidos.append(trozo)

            async def hasta(dicho: bytes) -> None:
                async with asyncio.timeout(5):
                    while not any(trozo.startswith(dicho) for trozo in leidos):
                        await asyncio.sleep(0)

            corriente = reparto.abrir(Filtro(suscripcion="s-1"), TODO)
            tarea = asyncio.ensure_future(leer())
            await hasta(b"id: ")
            reparto._estar_al_dia(None)
            await hasta(b"event: espera\ndata: {}\n")
            reparto._estar_al_dia(time.time())
            await hasta(b"event: al-dia\nid: ")
            corriente.cerrar()
            await tarea

        correr(prueba)

    def test_al_caducar_quien_mira_se_acaba(self) -> None:
        async def prueba() -> None:
            reparto = crear()
            async with asyncio.timeout(5):
                corriente = reparto.abrir(Filtro(), TODO, caduca=time.time() + 0.01)
                leidos = [trozo async for trozo in corriente.trozos()]
            assert leidos[0] == b"retry: 1000\n\n"
            assert not reparto._atentas

        correr(prueba)


class Propietario(Servicio):
    """An owner, whose subscriptions are a client's each."""

    def __init__(self, de: dict[str, str]) -> None:
        self.de = de
        self.preguntas: list[tuple[str, dict[str, str]]] = []
        self.ausencias = 0

    def buscar(self, ruta: str, correlacion: str, credencial: Any) -> dict[str, Any] | None:
        self.preguntas.append((ruta, credencial))
        if self.ausencias:
            self.ausencias -= 1
            raise ErrorHttp(503)
        de = self.de.get(ruta.rpartition("/")[2])
        if "/comandos/" in ruta:
            de = self.de.get(ruta)
        return {"cliente": {"codigo": de}} if de and credencial.get("quien") in ("bff", de, "norte") else None


def _credencial(quien: Quien | None) -> dict[str, str]:
    return {} if quien is None else {"quien": quien.cliente or quien.clinica or quien.id}


ANA = Quien(id="ana", roles=frozenset({"cliente"}), cliente="0001")
NORTE = Quien(id="norte", roles=frozenset({"clinica"}), clinica="norte")


def mirador(dueno: Propietario, quien: Quien | None, cliente: str = "", **filtros: str) -> Espectador:
    duenos = Duenos(dict.fromkeys(("suscripciones", "servicio-datos", "procesamiento"), dueno), _credencial)
    return Espectador(duenos, Acceso(quien, REGLA), Filtro(cliente=cliente, **filtros), "c")


class TestDeQuienEs:
    def test_lo_que_el_hecho_dice_no_se_pregunta(self) -> None:
        dueno = Propietario({})
        ana, todos = mirador(dueno, ANA), mirador(dueno, None)
        assert ana.sabe(hecho(1, cliente="0001")) is True
        assert ana.sabe(hecho(1, cliente="0002")) is False
        assert ana.sabe(hecho(1, suscripcion="", paquete="p-1")) is False
        assert ana.sabe(hecho(1, suscripcion="")) is False
        assert ana.sabe(hecho(1, SAGA)) is None
        ana.duenos.aprender(hecho(1, cliente="0001"))
        assert ana.sabe(hecho(1, SAGA)) is True
        assert todos.sabe(hecho(1, suscripcion="", paquete="p-1")) is True
        assert mirador(dueno, None, "0001").sabe(hecho(1, suscripcion="", paquete="p-1")) is False
        assert mirador(dueno, NORTE).sabe(hecho(1, cliente="norte")) is False
        assert dueno.preguntas == []

    def test_lo_demas_lo_dice_su_dueno_una_vez_a_la_puerta(self) -> None:
        async def prueba() -> None:
            dueno = Propietario({"s-1": "0001", "s-2": "0002", "p-1": "norte"})
            ana = mirador(dueno, ANA)
            suya, ajena = hecho(1, SAGA), hecho(1, SAGA, suscripcion="s-2")
            assert await asyncio.gather(*(ana.preguntar(suya) for _ in range(5))) == [True] * 5
            assert dueno.preguntas == [("/suscripciones/s-1", {"quien": "bff"})], "nobody is said to have looked"
            assert [await ana.preguntar(ajena) for _ in range(3)] == [False] * 3
            assert (ana.sabe(suya), ana.sabe(ajena)) == (True, False)
            assert not any([await ana.preguntar(hecho(1, SAGA, suscripcion="s-0")) for _ in range(3)])
            assert len(dueno.preguntas) == 3, "what was not found is not asked for again at once"
            norte = mirador(dueno, NORTE)
            assert norte.sabe(hecho(1, PAQUETE, suscripcion="", paquete="p-1")) is None
            assert await norte.preguntar(hecho(1, PAQUETE, suscripcion="", paquete="p-1"))
            assert not await norte.preguntar(hecho(1, PAQUETE, suscripcion="", paquete="p-2"))
            de_0002 = mirador(dueno, None, "0002")
            assert [await de_0002.preguntar(h) for h in (suya, ajena)] == [False, True]

        correr(prueba)

    def test_mientras_el_dueno_no_responde_se_espera(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("bff_web.eventos.duenos.REINTENTO_S", 0.001)

        async def prueba() -> None:
            dueno = Propietario({"s-1": "0001"})
            dueno.ausencias = 2
            assert await mirador(dueno, ANA).preguntar(hecho(1, SAGA))
            assert len(dueno.preguntas) == 3

        correr(prueba)

    def test_una_imagen_es_de_quien_sea_su_paquete_o_ella_misma(self) -> None:
        async def prueba() -> None:
            dueno = Propietario({"i-1": "norte", "p-1": "norte"})
            suelta = hecho(1, IMAGEN, suscripcion="", imagen="i-1")
            en_paquete, ajena = replace(suelta, paquete="p-1"), replace(suelta, imagen="i-2", paquete="p-2")
            assert [mirador(dueno, q).sabe(suelta) for q in (None, ANA, NORTE)] == [True, False, None]
            assert dueno.preguntas == []
            de_paquete, de_imagen = mirador(dueno, NORTE, paquete="p-1"), mirador(dueno, NORTE, imagen="i-1")
            otras = [replace(en_paquete, imagen=f"i-{n}") for n in range(5)]
            assert [await de_paquete.preguntar(h) for h in otras] == [True] * 5
            assert [ruta for ruta, _ in dueno.preguntas] == ["/procesar/paquetes/p-1"]
            assert [await de_imagen.preguntar(h) for h in (suelta, en_paquete, ajena)] == [True, True, False]
            assert {ruta for ruta, _ in dueno.preguntas[1:]} == {"/procesar/imagenes/i-1", "/procesar/imagenes/i-2"}

        correr(prueba)

    def test_un_rechazo_es_de_quien_envio_el_comando_si_es_por_eso_por_lo_que_mira(self) -> None:
        async def prueba() -> None:
            destinos = {"/suscripciones/comandos/c-1": "0001", "/servicios-datos/comandos/c-1": "0001"}
            dueno = Propietario({"s-2": "0002"} | destinos)
            de_ajena = hecho(1, suscripcion="s-2", comando="c-1", rechazado="c-1", contexto="suscripciones")
            de_nada = replace(de_ajena, suscripcion="", contexto="servicio-datos")
            de_su_comando, de_todo_lo_suyo = mirador(dueno, ANA, comando="c-1"), mirador(dueno, ANA, "0001")
            assert [de_su_comando.sabe(h) for h in (de_ajena, de_nada)] == [None, None]
            assert [await de_su_comando.preguntar(h) for h in (de_ajena, de_nada)] == [True, True]
            assert not await mirador(dueno, replace(ANA, cliente="0003"), comando="c-1").preguntar(de_ajena)
            # What is not looked at for its command is whose the thing is, as everything else.
            assert de_todo_lo_suyo.sabe(de_nada) is False
            assert not await de_todo_lo_suyo.preguntar(de_ajena)

        correr(prueba)
