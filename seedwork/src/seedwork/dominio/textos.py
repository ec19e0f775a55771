"""How texts that people wrote are compared."""

import unicodedata


def llano(texto: str) -> str:
    """Lower case, without accents: what two spellings of one word have in common."""
    if texto.isascii():
        return texto.lower()
    return "".join(c for c in unicodedata.normalize("NFKD", texto.casefold()) if not unicodedata.combining(c))
