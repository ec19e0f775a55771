"""A pytest plugin (`-p tests.simulador.injerto`): the tests run on the mutant that the variable MUTANTE names.

So what the simulator can't find is shown to be found by another test.
"""

import os

from tests.simulador.mutantes import cambiar_en_todos, mutantes


def pytest_collection_finish() -> None:
    """All that the tests hold is imported: let them have it."""
    nombre = os.environ["MUTANTE"]
    cambiar_en_todos(next(m for m in mutantes() if m.nombre == nombre))
