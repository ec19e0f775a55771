"""The signal to scale by, on the running platform: told with every worker dead, and held back by a slow database.

In ``make test``, since it is what a group of machines is made larger by; its rule by itself is proved without servers
(``seedwork/tests/unit/test_escala.py``).
"""

import re
import secrets
from collections.abc import Iterator

import pytest
import urllib3
from tests.saga.bases import ejecutar, filas
from tests.saga.espera import hasta
from tests.saga.negocio import Imagen, Negocio
from tests.saga.plataforma_viva import Plataforma

from seedwork.aplicacion.escala import CUELLO
from seedwork.pruebas.bases import de_dueno

pytestmark = pytest.mark.integracion

IMAGENES = 60
LENTAS = 40
LENTA = """
    CREATE FUNCTION tardar() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(2); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER tarda AFTER INSERT ON imagenes DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION tardar();
"""
"""At the commit, the database takes two seconds for each image: nearly all of the time, on a busy machine too."""


class Medidas:
    """What the service's API tells."""

    def __init__(self, plataforma: Plataforma) -> None:
        self._url = plataforma.api("procesamiento") + "/metrics"
        self._http = urllib3.PoolManager(retries=False, timeout=10)

    def valor(self, cual: str) -> float | None:
        """One figure, None while there is none."""
        texto = self._http.request("GET", self._url).data.decode()
        hallado = re.search(rf"^saludtech_{re.escape(cual)} (.+)$", texto, re.MULTILINE)
        return float(hallado[1]) if hallado else None

    @property
    def edad_s(self) -> float:
        return self.valor('atraso_segundos{consumidor="procesamiento-compartido"}') or 0.0

    @property
    def entradas(self) -> float:
        return self.valor('atraso_entradas{topico="comando-anonimizar-imagen.v1"}') or 0.0

    @property
    def deseadas(self) -> float:
        return self.valor('instancias_deseadas{servicio="procesamiento"}') or 0.0


@pytest.fixture
def medidas(plataforma: Plataforma) -> Iterator[Medidas]:
    """What the API tells, where one worker is enough whatever came before: other tests' images count for 15 s yet."""
    base = plataforma.bases["procesamiento"]
    ejecutar(base, "DELETE FROM escala")
    ejecutar(base, "INSERT INTO escala (servicio, ritmo, base) VALUES ('procesamiento', 1000000, 0)")
    yield Medidas(plataforma)
    ejecutar(plataforma.bases["procesamiento"], "DELETE FROM escala")


def enviar(negocio: Negocio, cuantas: int) -> list[Imagen]:
    serie = secrets.token_hex(4)
    return [negocio.envia_imagen(id_imagen=f"escala-{serie}-{n}") for n in range(cuantas)]


def en_reposo(medidas: Medidas) -> None:
    """Until the API has measured, and nothing waits: what other tests sent may still be on its way."""
    hasta(lambda: medidas.deseadas == 1 and medidas.edad_s == 0, "la API mide, y nada espera")


@pytest.mark.largo  # workers are killed, and come up again
def test_con_todos_los_trabajadores_muertos_la_api_dice_lo_que_espera(
    negocio: Negocio, plataforma: Plataforma, medidas: Medidas
) -> None:
    en_reposo(medidas)
    trabajador, relay = plataforma.proceso("procesamiento-1"), plataforma.proceso("procesamiento-relay")
    trabajador.matar()
    relay.matar()
    try:
        ejecutar(plataforma.bases["procesamiento"], "UPDATE escala SET ritmo = NULL, base = NULL")
        imagenes = enviar(negocio, IMAGENES)
        primera = hasta(lambda: medidas.edad_s, "la edad se ve")
        hasta(lambda: medidas.edad_s > primera + 4, "la edad crece mientras nadie consume")
        assert 0 < medidas.entradas <= IMAGENES
        assert medidas.deseadas == 3, "what one does was never measured: it is taken for one a second"
    finally:
        relay.arrancar()
        trabajador.arrancar()
        trabajador.esperar_listo()
    imagenes[-1].queda("ANONIMIZADA")
    hasta(lambda: medidas.edad_s == medidas.entradas == 0, "nada espera ya")
    assert medidas.deseadas == 3, "it falls by one in five minutes at most"


@pytest.mark.largo  # workers are killed, and come up again
def test_lo_que_espera_en_sus_propias_colas_tambien_pide_trabajadores(plataforma: Plataforma, medidas: Medidas) -> None:
    """A package of many files is few messages, handled in a moment, and hours of work."""
    base, trabajador = plataforma.bases["procesamiento"], plataforma.proceso("procesamiento-1")
    en_reposo(medidas)
    # Nobody is to take what this puts there.
    trabajador.matar()
    try:
        ejecutar(
            base,
            "INSERT INTO archivos_por_ver (id, uri, sha256, metadatos, sobre, arriendo, intentos, proximo,"
            " despejadas) SELECT 'escala-' || n, 'file:///a/' || n, 'h', '{}', '{}', 0, 0, clock_timestamp(), '{}'"
            " FROM generate_series(1, 100) AS n",
        )
        hasta(lambda: medidas.deseadas == 3, "lo que espera se cuenta")
        assert medidas.edad_s == 0, "no message waits"
    finally:
        ejecutar(base, "DELETE FROM archivos_por_ver WHERE id LIKE 'escala-%'")
        trabajador.arrancar()
        trabajador.esperar_listo()


@pytest.mark.largo  # the database has to be short for a while
def test_donde_la_base_no_da_mas_no_se_desean_mas(negocio: Negocio, plataforma: Plataforma, medidas: Medidas) -> None:
    base, trabajador = plataforma.bases["procesamiento"], plataforma.proceso("procesamiento-1")
    # What it worked before is none of this.
    trabajador.parar()
    ejecutar(de_dueno(base), LENTA)
    trabajador.arrancar()
    trabajador.esperar_listo()
    try:
        # So few that one does them even where nothing is known of it.
        enviar(negocio, 3)
        ((ritmo, parte),) = hasta(
            lambda: filas(base, "SELECT ritmo, base FROM escala WHERE ritmo < 1000"), "el trabajador se mide"
        )
        assert 0 < ritmo <= 0.5, "each takes two seconds at least"
        assert parte >= CUELLO
        assert medidas.deseadas == 1
        imagenes = enviar(negocio, LENTAS)
        hasta(lambda: medidas.edad_s > 6, "se acumulan")
        assert medidas.deseadas == 1, "another worker would wait for the same database"
    finally:
        ejecutar(de_dueno(base), "DROP TRIGGER tarda ON imagenes; DROP FUNCTION tardar")
    imagenes[-1].queda("ANONIMIZADA")
