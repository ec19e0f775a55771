"""Many commands from a file of JSON lines, several at once, with a bar that shows how far it is."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from rich.text import Text

from saludtech_cli import espera, salida
from saludtech_cli.cuerpos import objeto
from saludtech_cli.fallos import Codigo, Fallo
from saludtech_cli.puerta import Objeto, Puerta

_MAXIMO_MOSTRADO = 20


@dataclass(frozen=True)
class _Resultado:
    """What became of a line: a state, and why where it is none of the good ones."""

    linea: int
    estado: str
    fallo: Fallo | None = None


class Lote:
    """Lines to be sent to one route.

    Args:
        ruta: the command's.
        clave: with the line's number, its Idempotency-Key; None for none.
        plazo: seconds to wait for each command's fate; None not to wait.
    """

    def __init__(self, puerta: Puerta, ruta: str, clave: str | None, plazo: float | None) -> None:
        self._puerta = puerta
        self._ruta = ruta
        self._clave = clave
        self._plazo = plazo

    def enviar(self, octetos: bytes, a_la_vez: int, *, en_json: bool) -> Codigo:
        """Send all lines, tell what became of them, and give the exit code.

        It is SIN_RESPUESTA where of one it is unknown, else RECHAZADO where one was not taken or refused.
        """
        numeradas = [(n, linea) for n, linea in enumerate(octetos.split(b"\n"), 1) if linea.strip()]
        if not numeradas:
            raise Fallo(Codigo.USO, "No hay ninguna línea.")
        fallidas: list[_Resultado] = []
        cuentas: Counter[str] = Counter()
        for resultado in self._resultados(numeradas, a_la_vez):
            cuentas[resultado.estado] += 1
            if resultado.fallo:
                fallidas.append(resultado)
        fallidas.sort(key=lambda r: r.linea)
        resumen = {"lineas": len(numeradas), **cuentas, "fallidas": [_en_json(r) for r in fallidas]}
        vista = "  ".join(f"{estado} {cuenta}" for estado, cuenta in sorted(cuentas.items()))
        if not en_json:
            _contar(fallidas)
        salida.mostrar(resumen, Text(f"{len(numeradas)} líneas: {vista}"), en_json=en_json)
        codigos = {r.fallo.codigo for r in fallidas if r.fallo}
        if Codigo.SIN_RESPUESTA in codigos:
            return Codigo.SIN_RESPUESTA
        return Codigo.RECHAZADO if codigos else Codigo.HECHO

    def _resultados(self, numeradas: list[tuple[int, bytes]], a_la_vez: int) -> Iterator[_Resultado]:
        with salida.barra("Enviando") as barra, ThreadPoolExecutor(a_la_vez) as hilos:
            yield from barra.track(hilos.map(lambda par: self._una(*par), numeradas), total=len(numeradas))

    def _una(self, linea: int, octetos: bytes) -> _Resultado:
        try:
            cuerpo = objeto(octetos, f"La línea {linea}")
            aceptado = self._puerta.enviar(self._ruta, cuerpo, self._clave and f"{self._clave}-{linea}")
            if self._plazo is None:
                return _Resultado(linea, "ACEPTADO")
            destino = espera.destino(self._puerta, aceptado, self._plazo)
        except Fallo as fallo:
            return _Resultado(linea, "DESCONOCIDO" if fallo.codigo is Codigo.SIN_RESPUESTA else "NO_VALE", fallo)
        rechazo = None if destino["estado"] == "APLICADO" else Fallo(Codigo.RECHAZADO, str(destino["motivo"]))
        return _Resultado(linea, destino["estado"], rechazo)


def _en_json(resultado: _Resultado) -> Objeto:
    fallo = resultado.fallo
    detalle = {"detalle": fallo.texto, "errores": list(fallo.errores)} if fallo else {}
    return {"linea": resultado.linea, "estado": resultado.estado, **detalle}


def _contar(fallidas: list[_Resultado]) -> None:
    errores = salida.consola_de_errores()
    for resultado in fallidas[:_MAXIMO_MOSTRADO]:
        if resultado.fallo:
            campos = "; ".join(f"{e['campo']}: {e['motivo']}" for e in resultado.fallo.errores)
            texto = f"{resultado.fallo.texto} {campos}".strip()
            errores.print(Text.assemble((f"línea {resultado.linea}: ", "red"), texto), soft_wrap=True)
    if len(fallidas) > _MAXIMO_MOSTRADO:
        errores.print(f"… y {len(fallidas) - _MAXIMO_MOSTRADO} más.")
