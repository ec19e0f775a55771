"""`make rafaga`: as many PRO subscriptions at once as the catalogue has room for, and none is refused.

They are asked for as fast as the broker takes them, and wait for their turn at servicio-datos and at notificaciones for
longer than the saga's deadline. Nothing is down and there is room for all, so each has to end ACTIVA, its saga
COMPLETADA, its client told: whoever waits for its turn is not silent (contract §4). It ends non-zero otherwise. The
table is in .local/rafaga.md.
"""

import secrets
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from tests.auditor.hallazgos import Clase
from tests.fallos.acta import Acta, levantar, tabla
from tests.fallos.avalancha import publicador_de, publicar
from tests.fallos.cimiento import Cimiento, cimiento
from tests.fallos.experimento import contando_errores
from tests.saga.bases import filas
from tests.saga.plataforma_viva import Plataforma, plataforma_viva

from contratos.ejemplos import CREAR_SUSCRIPCION

INFORME = Path(".local/rafaga.md")
PARTES = ("suscripciones", "servicio-datos", "notificaciones")
CONFIRMAR_S = 120.0
DICE_CADA_S = 30.0
ESTADOS = "SELECT estado, coalesce(motivo, ''), count(*) FROM suscripciones GROUP BY 1, 2"
EN_CURSO = "SELECT count(*) FROM suscripciones WHERE saga -> 'en_curso' = 'true'::jsonb"
ESPERAS = """
    SELECT extract(epoch FROM CAST(fin.ocurrido AS timestamptz) - CAST(comienzo.ocurrido AS timestamptz))::float8
    FROM saga_pasos AS comienzo JOIN saga_pasos AS fin USING (id_saga)
    WHERE comienzo.paso = 'CREAR' AND fin.paso = 'ACTIVAR' ORDER BY 1
"""
"""Of each saga, the seconds from its beginning to its activation."""

consola = Console(highlight=False, soft_wrap=True)
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def principal(
    suscripciones: Annotated[int, typer.Option(min=1, help="How many; the catalogue has room for 10,000.")] = 9_500,
    minutos: Annotated[float, typer.Option(min=1, help="All must have ended by then.")] = 30,
) -> None:
    """Run it, print the table, and write it down."""
    cronica = Cronica()
    with contando_errores(), cimiento(consola) as base:
        consola.print(f"{suscripciones:,} subscriptions are asked for at {time.strftime('%H:%M:%S')}", style="dim")
        acta = levantar(rafaga, base, cronica=cronica, suscripciones=suscripciones, limite_s=60 * minutos)
    _escribir(acta, cronica, suscripciones)
    if acta.hallazgos:
        sys.exit(1)


@dataclass
class Cronica:
    """What was seen.

    Attributes:
        pedidas_s: seconds until the broker had confirmed all commands.
        esperas_s: of each that was activated, the seconds from its beginning, the shortest first.
        fines: how many ended in which state, with the reason where there is one.
    """

    pedidas_s: float = 0.0
    esperas_s: list[float] = field(default_factory=list)
    fines: Counter[str] = field(default_factory=Counter)

    @property
    def activas(self) -> int:
        """How many are in force."""
        return self.fines["ACTIVA"]


def rafaga(
    base: Cimiento,
    acta: Acta,
    *,
    cronica: Cronica,
    suscripciones: int,
    limite_s: float,
    plazo_s: float | None = None,
    demora_s: float = 0.0,
) -> None:
    """So many PRO subscriptions at once, all within the catalogue's capacity: each ends ACTIVA, and is told so once.

    Args:
        limite_s: all must have ended after so many seconds.
        plazo_s: the deadline, where it is another than the platform's.
        demora_s: seconds that the mail server takes over each letter.
    """
    carpeta = base.carpeta / f"rafaga-{secrets.token_hex(4)}"
    carpeta.mkdir()
    with plataforma_viva(base.servidores, carpeta, solo=PARTES) as viva:
        viva.buzon.demora_s = demora_s
        if plazo_s is not None:
            suya = viva.proceso("suscripciones")
            suya.parar()
            suya.arrancar(SAGA_PLAZO_S=str(plazo_s))
            suya.esperar_listo()
        comienzo = time.monotonic()
        _pedir(base.servidores.pulsar_url, suscripciones)
        cronica.pedidas_s = time.monotonic() - comienzo
        acta.mensajes += suscripciones
        _esperar(viva, cronica, suscripciones, comienzo + limite_s)
        cronica.esperas_s = [segundos for (segundos,) in filas(viva.bases["suscripciones"], ESPERAS)]
        avisadas = Counter(direccion for direccion, _ in viva.buzon.cartas)
    acta.vueltas += 1
    acta.anotar_estados(cronica.fines)
    otras = [f"{n:,} {fin}" for fin, n in cronica.fines.items() if fin != "ACTIVA"]
    acta.hallar(Clase.OTRO, otras, "not in force")
    acta.hallar(Clase.PERDIDO, range(cronica.fines.total(), suscripciones), "never came to be")
    acta.exigir(len(avisadas) == suscripciones, f"{len(avisadas):,} clients were told")


def _pedir(url: str, cuantas: int) -> None:
    """Ask for all, as fast as the broker takes it, and wait until it has all."""
    marca, confirmadas = secrets.token_hex(4), threading.Semaphore(0)
    with publicador_de(url) as publicador:
        for n in range(cuantas):
            id = f"rafaga-{marca}-{n}"
            comando = replace(CREAR_SUSCRIPCION, cliente_codigo=id, cliente_email=f"{id}@domain.com")
            publicar(publicador, comando, id, lambda _: confirmadas.release())
        for _ in range(cuantas):
            assert confirmadas.acquire(timeout=CONFIRMAR_S), "the broker does not confirm the commands"


def _esperar(viva: Plataforma, cronica: Cronica, cuantas: int, limite: float) -> None:
    """Until all have ended, or one is refused, or the time is over."""
    datos, dicho = viva.bases["suscripciones"], time.monotonic()
    while time.monotonic() < limite:
        cronica.fines = Counter({f"{estado} {motivo}".strip(): n for estado, motivo, n in filas(datos, ESTADOS)})
        if cronica.fines.total() == cuantas and not filas(datos, EN_CURSO)[0][0]:
            return
        if any(fin.startswith("RECHAZADA") for fin in cronica.fines):
            return
        if time.monotonic() - dicho >= DICE_CADA_S:
            dicho = time.monotonic()
            consola.print(f"{time.strftime('%H:%M:%S')} {dict(cronica.fines)}", style="dim")
        time.sleep(0.5)


def _escribir(acta: Acta, cronica: Cronica, suscripciones: int) -> None:
    INFORME.parent.mkdir(exist_ok=True)
    esperas = cronica.esperas_s
    partes = [f"# {suscripciones:,} PRO subscriptions at once, {time.strftime('%Y-%m-%d %H:%M %Z')}", tabla([acta])]
    partes.append(
        f"ACTIVA: {cronica.activas:,} of {suscripciones:,}, asked for within {cronica.pedidas_s:.0f} s."
        + (
            f" From a saga's beginning to its activation: {esperas[len(esperas) // 2]:.0f} s at the median,"
            f" {esperas[-1]:.0f} s at most; {sum(e > 120 for e in esperas):,} waited for longer than 120 s."
            if esperas
            else ""
        )
    )
    partes.append("\n".join(f"- {hallazgo}" for hallazgo in acta.hallazgos[:100]) or "Nothing is amiss.")
    texto = "\n\n".join(partes) + "\n"
    INFORME.write_text(texto, encoding="utf-8")
    consola.print(texto, markup=False)
    consola.print(f"All of it: {INFORME}", style="dim")


if __name__ == "__main__":
    app()
