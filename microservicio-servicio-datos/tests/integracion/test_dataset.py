"""Data sets on a real database: what is released, when, to whom, and that it stays so. ``pycanon`` measures k."""

import hashlib
import random
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import combinations
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from pycanon.anonymity import k_anonymity

from contratos.consultas.servicio_datos import ListarServiciosDatos
from contratos.procesamiento import ImagenAnonimizada
from seedwork.aplicacion.identidad import SIN_PREGUNTAR
from seedwork.aplicacion.recibido import Recibido
from seedwork.entrada.servicio import crear_app_sobre
from seedwork.pruebas.respuestas import cliente_fiel
from seedwork.pruebas.sobres import recibido, sobre_nuevo
from servicio_datos.dominio.catalogo import Catalogo, Dataset
from servicio_datos.entrada.http import registrar_rutas
from servicio_datos.infraestructura.consultas import LecturaServicioDatos
from servicio_datos.infraestructura.publicacion import PublicadorSQL

pytestmark = pytest.mark.integracion

K = 3
CLASE = ("modalidad", "patologia", "region", "banda_de_edad", "sexo", "mes")
# Whose each entry of each version is, and in which class: what no client sees.
ENTRADAS = """
    SELECT versiones.version, suya.dataset, id_imagen, sha256, seudonimo,
        modalidad, patologia, region, banda_de_edad, sexo, mes
    FROM versiones
    JOIN composiciones AS suya ON suya.dataset = versiones.dataset
        AND suya.desde <= versiones.version AND (suya.hasta IS NULL OR suya.hasta > versiones.version)
    JOIN clases ON clases.id = suya.clase
    JOIN publicadas ON publicadas.clase = suya.clase
        AND publicadas.desde <= suya.paso AND (publicadas.hasta IS NULL OR publicadas.hasta > suya.paso)
"""


def archivo(n: int, paciente: int, version: int = 1, **campos: Any) -> Recibido:
    """The ImagenAnonimizada of an image that has a file, cleaned for the so-manieth time."""
    fija = {"modalidad": "Rayos X", "patologia": "Neumonía", "region_anatomica": "Tórax"}
    propia = {"banda_de_edad": "40-49", "sexo": "F", "mes": "2023-08"}
    mensaje = ImagenAnonimizada(
        id_imagen=f"i-{n}",
        seudonimo_paciente=f"v2:{paciente}",
        sha256=hashlib.sha256(f"{n}/{version}".encode()).hexdigest(),
        octetos=1000 + n,
        **{**fija, **propia, **campos},
    )
    sobre = sobre_nuevo(mensaje, fuente="/saludtech/procesamiento", sujeto=mensaje.id_imagen)
    return recibido(replace(sobre, secuencia=version), mensaje)


class Publicacion:
    """The service with data sets, one data service at work for each, and whoever asks for them."""

    def __init__(self, servicio: Any, cliente: FlaskClient) -> None:
        self.servicio = servicio
        self.cliente = cliente
        self.ids: dict[str, str] = {}
        self._publicador = PublicadorSQL(servicio.motor, K)

    def oir(self, *recibidos: Recibido) -> None:
        self.servicio.procesar(recibidos)

    def publicar(self) -> None:
        self._publicador.publicar()

    def pagina(self, dataset: str = "torax", **parametros: Any) -> Any:
        return self.cliente.get(f"/servicios-datos/{self.ids[dataset]}/dataset", query_string=parametros)

    def manifiesto(self, dataset: str = "torax", **parametros: Any) -> Any:
        return self.cliente.get(f"/servicios-datos/{self.ids[dataset]}/dataset/manifiesto", query_string=parametros)

    def todas(self, dataset: str = "torax", **parametros: Any) -> list[tuple[str, str]]:
        """Image and checksum of all pages."""
        hechas: list[tuple[str, str]] = []
        cursor: dict[str, str] = {}
        while True:
            pagina = self.pagina(dataset, **parametros, **cursor).json
            hechas += [(e["id_imagen"], e["sha256"]) for e in pagina["elementos"]]
            if pagina["siguiente"] is None:
                return hechas
            cursor = {"cursor": pagina["siguiente"]}

    def versiones(self) -> dict[tuple[Any, ...], pd.DataFrame]:
        """Each version's entries."""
        with self.servicio.motor.connect() as conexion:
            tabla = pd.DataFrame(conexion.execute(sa.text(ENTRADAS)).mappings().all())
        return {tuple(c): suyas for c, suyas in tabla.groupby(["dataset", "version"])} if len(tabla) else {}


@pytest.fixture
def publicacion(servicio: Any, catalogo: Any, crear: Callable[..., Recibido], orden: Any, hecho: Any) -> Publicacion:
    app = crear_app_sobre(servicio.motor)
    registrar_rutas(app, LecturaServicioDatos(servicio.motor))
    datasets = (
        Dataset(codigo="torax", nombre="Tórax", modalidad="rayos x", patologia="neumonia", region="torax"),
        Dataset(codigo="todo", nombre="Todo"),
    )
    servicio.catalogar(replace(catalogo, datasets=datasets))
    hecha = Publicacion(servicio, cliente_fiel(app))
    for n, dataset in enumerate(datasets):
        servicio.procesar([hecho("creada", n, recursos=()), hecho("activada", n, recursos=())])
        hecha.ids[dataset.codigo] = f"sd-{n}"
        servicio.procesar([crear(f"sd-{n}", n, dataset=dataset.codigo)])
        servicio.procesar([orden("iniciar", f"sd-{n}")])
    return hecha


def test_de_una_clase_se_publica_lo_de_k_pacientes_y_lo_de_menos_se_retiene(publicacion: Publicacion) -> None:
    publicacion.oir(*(archivo(n, n) for n in range(K)), *(archivo(10 + n, n, sexo="M") for n in range(K - 1)))
    publicacion.publicar()

    pagina = publicacion.pagina().json
    assert (pagina["version"], pagina["k"], pagina["pacientes_retenidos"]) == (1, K, 0)
    assert {e["id_imagen"] for e in pagina["elementos"]} == {f"i-{n}" for n in range(K)}
    assert {e["octetos"] for e in pagina["elementos"]} == {1000 + n for n in range(K)}
    manifiesto = publicacion.manifiesto().json
    assert manifiesto["clases"] == [
        {
            "modalidad": "rayos x",
            "patologia": "neumonia",
            "region": "torax",
            "banda_de_edad": "40-49",
            "sexo": "F",
            "mes": "2023-08",
            "imagenes": K,
        }
    ]
    assert "v2:" not in str(manifiesto) + str(pagina)


def test_cualquiera_puede_comprobar_la_huella(publicacion: Publicacion) -> None:
    publicacion.oir(*(archivo(n, n % 9) for n in range(120)))
    publicacion.publicar()
    huellas = sorted(sha256 for _, sha256 in publicacion.todas())
    manifiesto = publicacion.manifiesto().json
    assert len(huellas) == manifiesto["imagenes"] == 120
    assert hashlib.sha256("".join(f"{h}\n" for h in huellas).encode()).hexdigest() == manifiesto["huella"]


def test_lo_que_llega_despues_esta_en_otra_version_y_la_de_antes_queda(publicacion: Publicacion) -> None:
    publicacion.oir(*(archivo(n, n) for n in range(60)))
    publicacion.publicar()
    antes, manifiesto, primera = publicacion.todas(), publicacion.manifiesto().json, publicacion.pagina().json
    publicacion.oir(*(archivo(n, n) for n in range(60, 62)))
    publicacion.publicar()
    assert publicacion.manifiesto().json == manifiesto
    publicacion.oir(archivo(62, 62))
    publicacion.publicar()
    assert publicacion.manifiesto().json["version"] == 2
    assert sorted(publicacion.todas(version=1)) == sorted(antes)
    assert sorted(publicacion.todas()) == sorted(publicacion.todas(version=2))
    assert len(publicacion.todas()) == 63
    assert publicacion.manifiesto(version=1).json == manifiesto
    # Who had begun to read the first one goes on with it.
    resto = publicacion.pagina(cursor=primera["siguiente"]).json
    assert (resto["version"], len(resto["elementos"])) == (1, 10)
    assert publicacion.pagina(cursor=primera["siguiente"], version=2).status_code == 422


def test_lo_dicho_otra_vez_igual_no_espera_y_lo_de_antes_no_sustituye_a_lo_de_despues(publicacion: Publicacion) -> None:
    publicacion.oir(*(archivo(n, n) for n in range(K)))
    publicacion.publicar()
    igual = archivo(0, 0)
    publicacion.oir(recibido(replace(igual.sobre, id="otro", secuencia=9), igual.mensaje))
    assert publicacion.servicio.filas("SELECT count(*) FROM imagenes WHERE pendiente") == [(0,)]
    publicacion.oir(archivo(1, 1, version=5, sexo="M"), archivo(1, 1, version=4, sexo="O"))
    publicacion.oir(archivo(1, 1, version=3, sexo="O"))
    assert publicacion.servicio.filas(
        "SELECT sexo FROM imagenes JOIN clases ON clases.id = clase WHERE imagenes.id = 'i-1'"
    ) == [("M",)]


def test_lo_que_se_limpia_otra_vez_se_sustituye_cuando_es_de_k_pacientes(publicacion: Publicacion) -> None:
    publicacion.oir(*(archivo(n, n) for n in range(2 * K)))
    publicacion.publicar()
    antes = dict(publicacion.todas())
    for n in range(K):
        publicacion.oir(archivo(n, n, version=2))
        publicacion.publicar()
        assert publicacion.manifiesto().json["version"] == (2 if n == K - 1 else 1)
    despues = dict(publicacion.todas())
    assert despues.keys() == antes.keys()
    assert {i for i in antes if antes[i] != despues[i]} == {f"i-{n}" for n in range(K)}
    assert dict(publicacion.todas(version=1)) == antes


def test_uno_nuevo_no_sale_con_los_que_ya_estaban(publicacion: Publicacion) -> None:
    """k patients; then new images of all but one of them, and of somebody else: by the pseudonyms one would see him."""
    publicacion.oir(*(archivo(n, n) for n in range(K)))
    publicacion.publicar()
    publicacion.oir(*(archivo(10 + n, n) for n in range(K - 1)), archivo(10 + K, K))
    publicacion.publicar()
    assert publicacion.manifiesto().json["version"] == 1
    publicacion.oir(archivo(20, K - 1))
    publicacion.publicar()
    assert publicacion.manifiesto().json["version"] == 2
    assert {i for i, _ in publicacion.todas()} == {"i-0", "i-1", "i-2", "i-10", "i-11", "i-20"}
    publicacion.oir(*(archivo(30 + n, K + n) for n in range(1, K)))
    publicacion.publicar()
    assert len(publicacion.todas()) == 3 * K


def test_cuantos_se_retienen_y_cuantas_no_tienen_archivo(publicacion: Publicacion, imagen: Any) -> None:
    publicacion.oir(*(imagen(1000 + n) for n in range(4)), imagen(2000, "Ecografía"))
    publicacion.oir(*(archivo(n, n, mes=f"2023-{n + 1:02}") for n in range(7)))
    publicacion.publicar()
    manifiesto = publicacion.manifiesto().json
    assert (manifiesto["imagenes"], manifiesto["pacientes_retenidos"], manifiesto["sin_archivo"]) == (0, 6, 3)
    assert publicacion.manifiesto("todo").json["sin_archivo"] is None


def test_cuantas_tiene_un_dataset_lo_dice_su_ultima_version_y_no_lo_que_va_llegando(
    publicacion: Publicacion, imagen: Any
) -> None:
    """A number that follows what comes in would tell of the one image that no release may show."""
    lectura = LecturaServicioDatos(publicacion.servicio.motor)

    def visto() -> object:
        uno = lectura.servicio_datos(publicacion.ids["torax"], SIN_PREGUNTAR)
        todos = lectura.servicios(ListarServiciosDatos(), SIN_PREGUNTAR).elementos
        (suyo,) = [s for s in todos if s.dataset.codigo == "torax"]
        assert uno is not None
        assert vars(uno.dataset) == vars(suyo.dataset)
        return suyo.dataset.imagenes

    assert visto() is None
    publicacion.oir(*(archivo(n, n) for n in range(K)), imagen(1000))
    publicacion.publicar()
    assert visto() == K == publicacion.manifiesto().json["imagenes"]
    publicacion.oir(archivo(10, 10), imagen(1001))
    assert visto() == K
    publicacion.publicar()
    assert visto() == K


def test_las_sin_archivo_de_antes_cuentan_para_un_catalogo_nuevo(publicacion: Publicacion, imagen: Any) -> None:
    publicacion.oir(*(imagen(1000 + n, modalidad) for n, modalidad in enumerate(("US", "Ecografía", "ECOGRAFIA"))))
    nuevo = Dataset(codigo="todo", nombre="Todo", modalidad="ecografia")
    publicacion.servicio.catalogar(Catalogo(expertos=(), nubes=(), datasets=(nuevo,)))
    publicacion.publicar()
    assert publicacion.manifiesto("todo").json["sin_archivo"] == 3


def test_de_quien_no_se_sabe_el_emisor_no_se_publica_ni_cuenta_por_muchos(publicacion: Publicacion) -> None:
    """Five packages with a file of one person's each, and no word of where they come from: five pseudonyms."""
    publicacion.oir(*(archivo(n, n, emisor="DESCONOCIDO") for n in range(5)))
    publicacion.publicar()
    manifiesto = publicacion.manifiesto().json
    assert (manifiesto["imagenes"], manifiesto["pacientes_retenidos"], manifiesto["sin_emisor"]) == (0, 0, 3)
    # Nor with others' who are too few.
    publicacion.oir(*(archivo(10 + n, 10 + n) for n in range(K - 1)))
    publicacion.publicar()
    assert publicacion.manifiesto().json["imagenes"] == 0
    publicacion.oir(archivo(20, 20))
    publicacion.publicar()
    assert {i for i, _ in publicacion.todas()} == {"i-10", "i-11", "i-20"}
    # Told again with its issuer, it is as any other; and back.
    publicacion.oir(*(archivo(n, n, version=2) for n in range(K)))
    publicacion.publicar()
    assert len(publicacion.todas()) == 2 * K
    publicacion.oir(*(archivo(n, n, version=3, emisor="DESCONOCIDO") for n in range(K)))
    publicacion.publicar()
    assert {i for i, _ in publicacion.todas()} == {"i-10", "i-11", "i-20"}


def test_solo_lo_ve_quien_esta_en_servicio(publicacion: Publicacion, crear: Any, orden: Any, hecho: Any) -> None:
    publicacion.publicar()
    assert publicacion.pagina().status_code == publicacion.manifiesto().status_code == 200
    for version in ("2", "0", "-1", "nada", "1" * 30):
        assert publicacion.pagina(version=version).status_code == 404, version
        assert publicacion.manifiesto(version=version).status_code == 404, version
    for cursor in ("x", "1..2", f"1.{'0' * 31}.1", f"1.{'0' * 32}.1"):
        assert publicacion.pagina(cursor=cursor).status_code == 422, cursor
    publicacion.oir(
        hecho("creada", 7, recursos=()), hecho("activada", 7, recursos=()), crear("sin-empezar", 7, dataset="todo")
    )
    publicacion.oir(orden("terminar", publicacion.ids["torax"]))
    publicacion.ids["todo"] = "sin-empezar"
    for dataset in ("torax", "todo"):
        assert publicacion.pagina(dataset).status_code == publicacion.manifiesto(dataset).status_code == 404


def test_de_lo_publicado_la_base_no_deja_cambiar_ni_borrar_nada(publicacion: Publicacion) -> None:
    publicacion.oir(*(archivo(n, n) for n in range(K)))
    publicacion.publicar()
    for sentencia in (
        "DELETE FROM publicadas",
        "UPDATE publicadas SET sha256 = 'x'",
        "DELETE FROM composiciones",
        "UPDATE composiciones SET paso = 7",
        "UPDATE versiones SET huella = 'x'",
        "DELETE FROM versiones",
    ):
        with pytest.raises(sa.exc.DBAPIError, match="lo publicado queda"), publicacion.servicio.motor.begin() as c:
            c.execute(sa.text(sentencia))
    publicacion.oir(*(archivo(n, n, version=2) for n in range(K)))
    publicacion.publicar()
    with pytest.raises(sa.exc.DBAPIError), publicacion.servicio.motor.begin() as c:
        c.execute(sa.text("UPDATE publicadas SET hasta = NULL"))


def test_dos_a_la_vez_hacen_una_version(publicacion: Publicacion) -> None:
    for ronda in range(4):
        publicacion.oir(*(archivo(100 * ronda + n, n, sexo="MFO"[n % 3]) for n in range(30)))
        with ThreadPoolExecutor(2) as hilos:
            list(hilos.map(lambda _: publicacion.publicar(), range(2)))
    hechas = publicacion.servicio.filas("SELECT dataset, count(*), max(version) FROM versiones GROUP BY dataset")
    assert hechas
    assert {tuple(cuantas) for _, *cuantas in hechas} == {(4, 4)}
    assert len(publicacion.todas()) == len(set(publicacion.todas())) == 120


@pytest.mark.parametrize("semilla", [0, pytest.param(1, marks=pytest.mark.largo)])
def test_llegue_lo_que_llegue_dos_versiones_no_distinguen_a_menos_de_k(publicacion: Publicacion, semilla: int) -> None:
    azar = random.Random(semilla)
    vistas: dict[tuple[str, int], list[tuple[str, str]]] = {}
    veces: dict[int, int] = defaultdict(int)
    for _ in range(25):
        numeros = [azar.randrange(80) for _ in range(azar.randrange(1, 20))]
        for n in numeros:
            veces[n] += 1
        de_ahora = {
            n: archivo(
                n,
                n % 17,
                version=veces[n],
                sexo=azar.choice("MF"),
                patologia=azar.choice(["Neumonía", "Asma"]),
                mes=azar.choice(["2023-08", ""]),
            )
            for n in numeros
        }
        publicacion.oir(*de_ahora.values())
        publicacion.publicar()
        for dataset in publicacion.ids:
            version = publicacion.manifiesto(dataset).json["version"]
            vistas.setdefault((dataset, version), sorted(publicacion.todas(dataset)))

    versiones = {(str(d), int(v)): entradas for (d, v), entradas in publicacion.versiones().items()}
    assert len(versiones) > 8
    for clave, entradas in versiones.items():
        dataset, version = clave
        # pycanon counts rows: one for each patient and class.
        uno_por_paciente = entradas[["seudonimo", *CLASE]].drop_duplicates()
        assert k_anonymity(uno_por_paciente, list(CLASE)) >= K
        if dataset not in publicacion.ids:
            continue  # of the catalogue before: nobody holds it, and it has its versions all the same
        assert vistas[clave] == sorted(zip(entradas.id_imagen, entradas.sha256, strict=True))
        assert sorted(publicacion.todas(dataset, version=version)) == vistas[clave]
        assert publicacion.manifiesto(dataset, version=version).json["imagenes"] == len(entradas)
    _nadie_se_distingue(versiones.values())


@pytest.mark.largo
def test_mientras_se_publica_se_oye_lo_que_sea_y_ninguno_estorba_al_otro(publicacion: Publicacion) -> None:
    """Two editors, and three consumers that hear of the same images again and again, each time in another class."""
    veces: dict[int, int] = defaultdict(int)
    turno, fin = threading.Lock(), threading.Event()

    def editar() -> None:
        while not fin.is_set():
            publicacion.publicar()

    def oir(semilla: int) -> None:
        azar = random.Random(semilla)
        for _ in range(60):
            lote = []
            with turno:
                for n in {azar.randrange(200) for _ in range(40)}:
                    veces[n] += 1
                    lote.append(archivo(n, n % 23, version=veces[n], sexo=azar.choice("MF")))
            publicacion.oir(*lote)

    with ThreadPoolExecutor(5) as hilos:
        editores = [hilos.submit(editar) for _ in range(2)]
        oyentes = [hilos.submit(oir, semilla) for semilla in range(3)]
        try:
            for oyente in oyentes:
                oyente.result()
        finally:
            fin.set()
        for editor in editores:
            editor.result()
    assert len(publicacion.versiones()) > 5
    _nadie_se_distingue(publicacion.versiones().values())
    es_la_suya = "(p.clase, p.sha256) = (i.clase, i.sha256)"
    que_salen = "publicadas AS p JOIN imagenes AS i ON i.id = p.id_imagen WHERE p.hasta IS NULL"
    assert publicacion.servicio.filas(f"SELECT FROM {que_salen} AND p.caduca = ({es_la_suya})") == []
    publicacion.publicar()
    assert publicacion.servicio.filas(f"SELECT FROM {que_salen} AND i.pendiente AND {es_la_suya}") == []


def _nadie_se_distingue(versiones: Iterable[pd.DataFrame]) -> None:
    """Of any two, of one data set or of two: in what both are made of."""
    for una, otra in combinations([*map(_por_clase, versiones)], 2):
        for clase in una.keys() & otra.keys():
            for antes, ahora in ((una[clase], otra[clase]), (otra[clase], una[clase])):
                de_antes = {paciente for *_, paciente in antes}
                solo = {paciente for *_, paciente in ahora - antes}
                # Who is in one alone, and who is in both and has more in it: a file tells whose it is.
                for distintos in (solo - de_antes, solo & de_antes):
                    assert not distintos or len(distintos) >= K, clase


def _por_clase(entradas: pd.DataFrame) -> dict[tuple[str, ...], set[tuple[str, str, str]]]:
    hechas: dict[tuple[str, ...], set[tuple[str, str, str]]] = defaultdict(set)
    for e in entradas.itertuples():
        hechas[tuple(getattr(e, c) for c in CLASE)].add((e.id_imagen, e.sha256, e.seudonimo))
    return hechas
