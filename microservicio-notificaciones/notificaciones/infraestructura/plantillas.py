"""The templates: one text file per type of notification, whose first line is its subject."""

from collections.abc import Collection, Mapping
from pathlib import Path

import jinja2
from jinja2 import meta

INCLUIDAS = Path(__file__).parent.parent / "plantillas"
_ASUNTO = "Asunto: "
HUECO = "(…)"
"""Stands in a letter that is rendered anew for what was not kept."""


class PlantillaInvalida(Exception):
    """A type has no template, or its file breaks a rule; the text names the file and the rule."""


class Plantillas:
    """The templates of the given types, all read and compiled at once.

    The subject is a fixed text: it is kept for ever, and so it must not hold what a client wrote.

    Raises:
        PlantillaInvalida: a type has no template, or none that can be used.
    """

    def __init__(self, tipos: Collection[str], carpeta: Path = INCLUIDAS) -> None:
        # What comes out is plain text, no HTML: escaping would only spoil the names.
        entorno = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)  # nosec B701 # noqa: S701
        asuntos: dict[str, str] = {}
        self._cuerpos: dict[str, jinja2.Template] = {}
        self._huecos: dict[str, Mapping[str, str]] = {}
        for tipo in sorted(tipos):
            archivo = carpeta / f"{tipo.lower()}.txt"
            try:
                asunto, _, cuerpo = archivo.read_text(encoding="utf-8").partition("\n")
                self._cuerpos[tipo] = entorno.from_string(cuerpo.lstrip("\n"))
                self._huecos[tipo] = dict.fromkeys(meta.find_undeclared_variables(entorno.parse(cuerpo)), HUECO)
            except (OSError, jinja2.TemplateSyntaxError) as error:
                raise PlantillaInvalida(f"{archivo}: {error}") from None
            if not asunto.startswith(_ASUNTO):
                raise PlantillaInvalida(f"{archivo}: la primera línea ha de empezar por «{_ASUNTO}»")
            asuntos[tipo] = asunto.removeprefix(_ASUNTO).strip()
        self.asuntos: Mapping[str, str] = asuntos

    def cuerpo(self, tipo: str, datos: Mapping[str, str]) -> str:
        """A notification's text.

        Raises:
            jinja2.UndefinedError: the template asks for something that ``datos`` does not have.
        """
        return self._cuerpos[tipo].render(datos)

    def cuerpo_sin_nombre(self, tipo: str, datos: Mapping[str, str]) -> str:
        """Likewise, greeting nobody by name, from what was kept of its data; :data:`HUECO` stands for what was not."""
        return self.cuerpo(tipo, {**self._huecos[tipo], **datos, "nombre": ""})
