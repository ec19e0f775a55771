"""``python -m contratos esquemas``: write the schemas' files anew from the code."""

import sys

from contratos.esquemas import generar


def main() -> None:
    """Write what is new or changed, and tell which; exit code 1 for a change that is not compatible."""
    if sys.argv[1:] != ["esquemas"]:
        raise SystemExit("uso: python -m contratos esquemas")
    try:
        escritos = generar()
    except ValueError as error:
        raise SystemExit(f"cambio incompatible: {error}") from None
    for archivo in escritos:
        print(archivo)


if __name__ == "__main__":
    main()
