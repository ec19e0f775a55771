"""``saludtech``: the process. It turns every way to end into an exit code and a line in Spanish."""

import io
import re
import sys
from functools import partial
from typing import Any

from typer import rich_utils
from typer.exceptions import Abort, TyperException
from typer.main import get_command

from saludtech_cli import salida
from saludtech_cli.app import app
from saludtech_cli.fallos import Codigo, Fallo, del_sistema

_TITULOS = {
    "ARGUMENTS_PANEL_TITLE": "Argumentos",
    "OPTIONS_PANEL_TITLE": "Opciones",
    "COMMANDS_PANEL_TITLE": "Comandos",
    "REQUIRED_LONG_STRING": "[obligatorio]",
    "DEFAULT_STRING": "[predeterminado: {}]",
    "ENVVAR_STRING": "[variable de entorno: {}]",
}

_ERRORES = (
    (r"Missing argument '(.+)'\. Choose from:\s*(.+)", r"Falta el argumento «\1»: es uno de \2."),
    (r"Missing option '(.+)'\. Choose from:\s*(.+)", r"Falta la opción \1: es uno de \2."),
    (r"Missing argument '(.+)'\.", r"Falta el argumento \1."),
    (r"Missing option '(.+)'\.", r"Falta la opción \1."),
    (r"Missing command\.", "Falta el comando."),
    (r"No such command '(.+?)'\..*", r"No hay un comando «\1»."),
    (r"No such option: (\S+).*", r"No hay una opción \1."),
    (r"Option '(.+)' requires an argument\.", r"La opción \1 necesita un valor."),
    (r"Got unexpected extra argument\(s\) \((.+)\)", r"Sobra en la línea: \1."),
    (
        r"Invalid value for '(.+?)': (?:Value error, )?'(.*)' is not one of (.+)\.",
        r"«\2» no vale para \1: es uno de \3.",
    ),
    (r"Invalid value for '(.+?)': .*", r"El valor de \1 no vale."),
)
"""What typer says of a command line that is none, and how it is told here."""


def main() -> None:
    """Run the command line, and end the process."""
    for flujo in (sys.stdout, sys.stderr):
        # A terminal that lacks a letter shows another sign for it: what was done must not look as if it had failed.
        if isinstance(flujo, io.TextIOWrapper):
            flujo.reconfigure(errors="replace")
    sys.exit(ejecutar())


def ejecutar(argumentos: list[str] | None = None) -> int:
    """Run a command line; the process's own without one. Gives the exit code."""
    for nombre, texto in _TITULOS.items():
        setattr(rich_utils, nombre, texto)
    try:
        return _correr(argumentos)
    except BrokenPipeError:
        pass
    except SystemExit as fin:
        # Typer and rich make a 1 of it, which is the code of a refusal here.
        if not isinstance(fin.__context__, BrokenPipeError):
            raise
    # There is nobody to tell, and the end must not try again.
    sys.stdout = sys.stderr = None
    return Codigo.SIN_LECTOR


def _correr(argumentos: list[str] | None) -> int:
    try:
        orden = _en_castellano(get_command(app))
        codigo = int(orden(argumentos, prog_name="saludtech", standalone_mode=False) or Codigo.HECHO)
        if sys.stdout:
            sys.stdout.flush()
        return codigo
    except Fallo as fallo:
        salida.contar(fallo)
        return fallo.codigo
    except TyperException as error:
        # Without a message, the help has just been shown instead of it.
        if error.format_message():
            salida.contar(Fallo(Codigo.USO, _traducir(error.format_message())))
        return Codigo.USO
    except Abort:
        return Codigo.INTERRUMPIDO
    except BrokenPipeError:
        raise
    except OSError as error:
        # Whoever reads the answer has not got it, though what was asked for may be done. The end must not try again.
        sys.stdout = None
        salida.contar(Fallo(Codigo.SIN_RESPUESTA, f"No se pudo escribir la respuesta: {del_sistema(error)}."))
        return Codigo.SIN_RESPUESTA


_AYUDAS = {
    "install_completion": "Enseña a esta consola a completar las palabras.",
    "show_completion": "Muestra lo que eso instalaría.",
    "help": "Muestra esta ayuda.",
}


def _en_castellano(orden: Any) -> Any:
    """A command and all below it, whose help typer would tell in English here and there."""
    orden.options_metavar, orden.subcommand_metavar = "[OPCIONES]", "COMANDO [ARGUMENTOS]..."
    orden.format_usage = partial(_decir_uso, orden)
    for opcion in orden.get_params(orden.context_class(orden)):
        opcion.help = _AYUDAS.get(opcion.name, opcion.help)
    for suya in getattr(orden, "commands", {}).values():
        _en_castellano(suya)
    return orden


def _decir_uso(orden: Any, contexto: Any, formato: Any) -> None:
    formato.write_usage(contexto.command_path, " ".join(orden.collect_usage_pieces(contexto)), "Uso: ")


def _traducir(texto: str) -> str:
    for ingles, castellano in _ERRORES:
        if re.fullmatch(ingles, texto, re.DOTALL):
            return re.sub(r"\s+", " ", re.sub(ingles, castellano, texto, flags=re.DOTALL))
    return texto


if __name__ == "__main__":
    main()
