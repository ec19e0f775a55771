"""What the overview tells, made of looks at the services: no look is taken here."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any, Literal

from prometheus_client import Gauge
from prometheus_client.parser import text_string_to_metric_families

from saga.fin import COMPENSADA, COMPLETADA
from seedwork.aplicacion.escala import Llegadas
from seedwork.aplicacion.sobre import en_texto
from seedwork.infraestructura import metricas

HISTORIA_S = 300
"""Seconds that the history goes back; it has one look of each second at most."""
_PETICIONES_S = 3.0
"""Seconds over which requests are counted."""


def _nombre(medida: Gauge) -> str:
    (familia,) = medida.describe()
    return familia.name


ATRASO = _nombre(metricas.ATRASO_SEGUNDOS)
INSTANCIAS = _nombre(metricas.INSTANCIAS)
DESEADAS = _nombre(metricas.INSTANCIAS_DESEADAS)
CARTAS = _nombre(metricas.CARTAS_MUERTAS)
EN_CURSO = "saludtech_sagas_en_curso"
ATASCADAS = "saludtech_sagas_atascadas"
DECIDIDAS = "saludtech_sagas_decididas"
APARTADAS = "saludtech_originales_apartados"
POR_SEGUNDO = "saludtech_imagenes_por_segundo"
MEDIDAS = (ATRASO, INSTANCIAS, DESEADAS, CARTAS, EN_CURSO, ATASCADAS, DECIDIDAS, APARTADAS, POR_SEGUNDO)
"""The services' metrics that it is made of. Sagas' and images' are of services whose code the door does not know."""

_AL_VOLVER = "-espera"
"""What the consumers are called whose commands wait on purpose."""

Medidas = Mapping[str, Mapping[str, float]]
"""By metric, its values by what its one label says; of one without, by the empty text."""
Estado = Literal["BIEN", "MAL", "SIN_DATOS"]


@dataclass(frozen=True, slots=True)
class Aspecto:
    """How a part is, and why where that is not well."""

    estado: Estado
    motivo: str | None = None


@dataclass(frozen=True, slots=True)
class Visto:
    """What a service said.

    Attributes:
        aspecto: how it is.
        medidas: those of :data:`MEDIDAS` that it told; none where it did not.
    """

    aspecto: Aspecto
    medidas: Medidas = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fila:
    """One look, in the history, which has a column for each of these.

    Attributes:
        momento: seconds of the epoch.
        atraso_segundos: by service.
    """

    momento: float
    peticiones_por_segundo: float | None
    imagenes_por_segundo: float | None
    sagas_en_curso: int | None
    atraso_segundos: Mapping[str, float | None]


_POR_SERVICIO = "atraso_segundos"
_SENCILLAS = tuple(campo.name for campo in fields(Fila) if campo.name != _POR_SERVICIO)


def leer_medidas(texto: str) -> Medidas:
    """What the overview is made of, of a service's metrics.

    Raises:
        ValueError: it is not Prometheus's text.
    """
    suyas = [linea for linea in texto.splitlines() if linea.startswith(MEDIDAS)]
    medidas: dict[str, dict[str, float]] = {}
    for familia in text_string_to_metric_families("\n".join(suyas) + "\n"):
        for muestra in familia.samples:
            if muestra.name in MEDIDAS:
                medidas.setdefault(muestra.name, {})[next(iter(muestra.labels.values()), "")] = muestra.value
    return medidas


def aspecto_de(salud: Mapping[str, Any], medidas: Medidas) -> Aspecto:
    """How a service is, by what its API says of its parts, and by whether anybody works for it.

    Raises:
        KeyError, TypeError: what it says has another shape.
    """
    faltan = [f"{nombre}: {p['detalle']}" for nombre, p in salud["partes"].items() if not p["lista"]]
    if faltan:
        return Aspecto("MAL", "; ".join(faltan))
    if _suma(medidas, INSTANCIAS) == 0:
        return Aspecto("MAL", "ningún trabajador está conectado al broker")
    return Aspecto("BIEN")


class Tablero:
    """Keeps what one look after another tells.

    Args:
        servicios: their names, in the order in which they are shown.
        filas: the history until now.
    """

    def __init__(self, servicios: Sequence[str], filas: Iterable[Fila] = ()) -> None:
        self._servicios = servicios
        self._filas = deque(filas, maxlen=HISTORIA_S)
        self._peticiones = Llegadas(_PETICIONES_S)

    def anotar(
        self,
        ahora: datetime,
        monotono: float,
        partes: Mapping[str, Aspecto],
        vistos: Mapping[str, Visto],
        peticiones: int,
    ) -> dict[str, Any]:
        """Take in one look; what the overview says from now on.

        Args:
            monotono: when, in seconds of a clock that is never set back.
            partes: the parts that are no service, by name.
            vistos: of each service, what it said.
            peticiones: how many requests the door has answered so far.
        """
        medidas = {nombre: vistos[nombre].medidas for nombre in self._servicios}
        sagas = medidas.get("suscripciones", {})
        imagenes = medidas.get("procesamiento", {})
        decididas = sagas.get(DECIDIDAS, {})
        fila = Fila(
            momento=round(ahora.timestamp(), 1),
            peticiones_por_segundo=self._de_peticiones(monotono, peticiones),
            imagenes_por_segundo=_ritmo(imagenes),
            sagas_en_curso=_suma(sagas, EN_CURSO),
            atraso_segundos={nombre: _atraso(suyas) for nombre, suyas in medidas.items()},
        )
        self._filas.append(fila)
        while self._filas[0].momento < fila.momento - HISTORIA_S:
            self._filas.popleft()
        return {
            "momento": en_texto(ahora),
            "partes": [{"nombre": nombre, **asdict(aspecto)} for nombre, aspecto in partes.items()],
            "servicios": [
                {
                    "nombre": nombre,
                    **asdict(vistos[nombre].aspecto),
                    "atraso_segundos": fila.atraso_segundos[nombre],
                    "instancias": _suma(suyas, INSTANCIAS),
                    "instancias_deseadas": _suma(suyas, DESEADAS),
                    "cartas_muertas": _suma(suyas, CARTAS),
                }
                for nombre, suyas in medidas.items()
            ],
            "sagas": {
                "en_curso": fila.sagas_en_curso,
                "atascadas": _suma(sagas, ATASCADAS),
                "completadas": _entero(decididas.get(COMPLETADA)),
                "compensadas": _entero(decididas.get(COMPENSADA)),
            },
            "peticiones_por_segundo": fila.peticiones_por_segundo,
            "imagenes_por_segundo": fila.imagenes_por_segundo,
            "imagenes_apartadas": _suma(imagenes, APARTADAS),
            "historia": self._historia(),
        }

    def _de_peticiones(self, monotono: float, cuantas: int) -> float | None:
        self._peticiones.anotar(monotono, {"": cuantas})
        return round(self._peticiones.por_segundo, 2) if self._peticiones.sabe else None

    def _historia(self) -> dict[str, Any]:
        sencillas = {columna: [getattr(fila, columna) for fila in self._filas] for columna in _SENCILLAS}
        por_servicio = {n: [fila.atraso_segundos.get(n) for fila in self._filas] for n in self._servicios}
        return {**sencillas, _POR_SERVICIO: por_servicio}


def filas_de(panorama: Mapping[str, Any]) -> list[Fila]:
    """The history that an overview bears, for whoever goes on with it."""
    historia = panorama["historia"]
    columnas = zip(*(historia[columna] for columna in _SENCILLAS), strict=True)
    return [
        Fila(
            **dict(zip(_SENCILLAS, valores, strict=True)),
            atraso_segundos={nombre: columna[i] for nombre, columna in historia[_POR_SERVICIO].items()},
        )
        for i, valores in enumerate(columnas)
    ]


def _atraso(medidas: Medidas) -> float | None:
    edades = [edad for quien, edad in medidas.get(ATRASO, {}).items() if not quien.endswith(_AL_VOLVER)]
    return round(max(edades), 1) if edades else None


def _ritmo(medidas: Medidas) -> float | None:
    return round(medidas[POR_SEGUNDO][""], 2) if POR_SEGUNDO in medidas else None


def _suma(medidas: Medidas, cual: str) -> int | None:
    return int(sum(medidas[cual].values())) if cual in medidas else None


def _entero(valor: float | None) -> int | None:
    return None if valor is None else int(valor)
