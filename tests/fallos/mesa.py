"""Where the small cases work: a notebook service of their own, on the broker and the PostgreSQL that there are."""

import secrets
import signal
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from tests.auditor.hallazgos import Clase
from tests.fallos.acta import Acta

from plataforma.postgres import borrar_base, crear_bases
from plataforma.proveedores import Servidores
from seedwork.pruebas.taller import Taller, montar


@dataclass(frozen=True)
class Mesa:
    """Makes workbenches."""

    servidores: Servidores

    @contextmanager
    def taller(self, *, con_suscripcion: bool = True) -> Iterator[Taller]:
        """A notebook with topics and a database of its own, gone after the body."""
        nombre = f"cuaderno_{secrets.token_hex(4)}"
        url = crear_bases(self.servidores.postgres_url, {nombre: secrets.token_hex(16)})[nombre]
        taller = montar(self.servidores, url, con_suscripcion=con_suscripcion)
        try:
            yield taller
        finally:
            taller.cerrar()
            borrar_base(self.servidores.postgres_url, nombre)


@contextmanager
def trabajando(taller: Taller, **entorno: str) -> Iterator[subprocess.Popen[bytes]]:
    """The notebook's worker runs in the body, as a process; it must stop on SIGTERM after it."""
    proceso = taller.trabajador(**entorno)
    try:
        yield proceso
        proceso.send_signal(signal.SIGTERM)
        proceso.wait(10)
    finally:
        proceso.kill()
        proceso.wait()


def en_reposo(taller: Taller) -> bool:
    """Whether nothing is left to do: no command is unacknowledged, and no event unsent."""
    return taller.contar("SELECT count(*) FROM outbox WHERE enviado IS NULL") == 0 and taller.atraso() == 0


def esperar_reposo(taller: Taller, acta: Acta, segundos: float = 90) -> None:
    """Wait for it, and note how long it took."""
    comienzo = time.monotonic()
    taller.esperar(lambda: en_reposo(taller), segundos)
    acta.recuperado(time.monotonic() - comienzo)


def comprobar(taller: Taller, acta: Acta, esperados: Sequence[tuple[str, int]], *, aparcadas: int = 0) -> None:
    """One effect and one event for each expected (page, line), in each page's order, no others, and so many parked."""
    apuntes = taller.apuntes()
    publicados = taller.publicados()
    eventos = list(dict.fromkeys((hoja, linea) for _, hoja, linea in publicados))
    for que, hay in (("effect", apuntes), ("event", eventos)):
        acta.hallar(Clase.PERDIDO, set(esperados) - set(hay), que)
        acta.hallar(Clase.OTRO, set(hay) - set(esperados), f"unasked {que}")
    acta.hallar(Clase.DOBLADO, [a for a, n in Counter(apuntes).items() if n > 1], "effect")
    # A relay may say a message again, under the same id; another id would be another message.
    ids = {(hoja, linea, id) for id, hoja, linea in publicados}
    acta.hallar(Clase.DOBLADO, [e for e, n in Counter((h, n) for h, n, _ in ids).items() if n > 1], "event")
    for que, hay in (("effects", apuntes), ("events", eventos)):
        por_hoja: dict[str, list[int]] = defaultdict(list)
        for hoja, linea in hay:
            por_hoja[hoja].append(linea)
        acta.hallar(
            Clase.OTRO, [h for h, lineas in por_hoja.items() if lineas != sorted(lineas)], f"{que} out of order"
        )
    cartas = len(taller.cartas())
    acta.exigir(cartas == aparcadas, f"{cartas} dead letters, not {aparcadas}")
    if repetidos := len(publicados) - len(ids):
        acta.notas.append(f"{repetidos:,} events said again by the relay")
