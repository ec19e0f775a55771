"""What is done already, written down file by file, so that whoever goes on does nothing again; and the reports of it.

Nothing here tells a file's name: a file is known by a keyed fingerprint of its content.
"""

import csv
import io
import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from saludtech_cli.fallos import Codigo, Fallo, del_sistema

DIARIO, IMAGENES, INFORME, TABLA = ".diario.jsonl", "imagenes", "informe.json", "informe.csv"
Ficha = dict[str, Any]
"""What became of a file, as it is written down. No name and no value of the original."""
RESULTADO = re.compile(r"[0-9a-f]{64}\.[a-z.]+")
"""What a result is called: nothing else in the folder of results is ours."""
COLUMNAS = ("original", "formato", "estado", "motivo", "archivo", "octetos", "avisos")


class Diario:
    """A folder of results, and what is written down there.

    Args:
        salida: the folder.
        encabezado: what all of its results share: engine, options, and the key's mark. Another one is another folder.
        leer: reads what became of a file; ValueError for what can't have been written down here.

    Raises:
        Fallo: the folder holds something else, was made otherwise, or what was written down there is broken.
    """

    def __init__(self, salida: Path, encabezado: Mapping[str, Any], leer: Callable[[bytes], Ficha]) -> None:
        self._salida, self._leer_ficha = salida, leer
        self._encabezado = json.loads(json.dumps(encabezado))
        self.imagenes = salida / IMAGENES
        self.hechas: dict[str, Ficha] = {}
        try:
            self._abrir()
        except OSError as error:
            raise Fallo(Codigo.USO, f"No se puede escribir en la SALIDA: {del_sistema(error)}.") from None

    def _abrir(self) -> None:
        self.imagenes.parent.mkdir(parents=True, exist_ok=True)
        ruta = self._salida / DIARIO
        if ruta.exists():
            self._leer(ruta)
        elif any(self._salida.iterdir()):
            raise Fallo(Codigo.USO, "La SALIDA ha de estar vacía, o ser la de una vez anterior.")
        self.imagenes.mkdir(exist_ok=True)
        for resto in self.imagenes.glob(".*"):
            # Somebody was stopped while writing it.
            resto.unlink()
        self._archivo = ruta.open("ab")
        if not self._archivo.tell():
            self._escribir(self._encabezado)

    def _leer(self, ruta: Path) -> None:
        octetos = ruta.read_bytes()
        enteras = octetos[: octetos.rfind(b"\n") + 1]
        if len(enteras) < len(octetos):
            # The last line was being written when it was stopped.
            os.truncate(ruta, len(enteras))
        for numero, linea in enumerate(enteras.split(b"\n")[:-1], 1):
            try:
                leida = self._leer_ficha(linea) if numero > 1 else json.loads(linea)
            except ValueError:
                raise Fallo(
                    Codigo.USO,
                    f"La línea {numero} de {DIARIO}, en la SALIDA, está rota: "
                    + ("bórrela; lo que decía se hará otra vez." if numero > 1 else "elija otra SALIDA."),
                ) from None
            if numero > 1:
                self.hechas[leida["original"]] = leida
            elif leida != self._encabezado:
                raise Fallo(Codigo.USO, "La SALIDA se hizo con otra clave, otras opciones u otra versión: elija otra.")

    def anotar(self, ficha: Ficha) -> None:
        """Write down what became of a file; what failed is left for another time."""
        self.hechas[ficha["original"]] = ficha
        self._escribir(ficha)

    def _escribir(self, documento: Mapping[str, Any]) -> None:
        self._archivo.write(json.dumps(documento, ensure_ascii=True).encode() + b"\n")
        self._archivo.flush()

    def informar(self, fichas: Sequence[Mapping[str, Any]], cuentas: Mapping[str, int]) -> None:
        """Write both reports, each whole or not at all, in an order that says nothing of the files' names."""
        ordenadas = sorted(fichas, key=lambda f: (f["original"] is None, f["original"] or "", f["estado"]))
        documento = {**{c: v for c, v in self._encabezado.items() if c != "sello"}, **cuentas, "imagenes": ordenadas}
        self._poner(INFORME, json.dumps(documento, ensure_ascii=False, indent=1))
        tabla = io.StringIO()
        escritor = csv.DictWriter(tabla, COLUMNAS, extrasaction="ignore")
        escritor.writeheader()
        for ficha in ordenadas:
            avisos = " ".join(ficha.get("informe", {}).get("avisos", []))
            escritor.writerow({**ficha, "avisos": avisos})
        self._poner(TABLA, tabla.getvalue())

    def retirar(self, fichas: Sequence[Mapping[str, Any]]) -> int:
        """Delete the results that none of these is about; answers how many. What was not made here stays."""
        suyos = {ficha["archivo"] for ficha in fichas}
        sobran = [r for r in self.imagenes.iterdir() if RESULTADO.fullmatch(r.name) and r.name not in suyos]
        for ruta in sobran:
            ruta.unlink()
        return len(sobran)

    def _poner(self, nombre: str, texto: str) -> None:
        provisional = self._salida / f".{nombre}"
        provisional.write_text(texto, encoding="utf-8", newline="")
        provisional.replace(self._salida / nombre)

    def cerrar(self) -> None:
        """No more is written down."""
        self._archivo.close()
