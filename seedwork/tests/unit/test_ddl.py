"""What was released stays as it is: a change to a schema is a new text and a new revision."""

import hashlib

import pytest

from seedwork.infraestructura import ddl

PUBLICADOS = {
    "MENSAJERIA_V1": "6349bc6d5754bc333acd1df2361468d5546a1f14eaa82a2b465a00aed171596c",
    "MENSAJERIA_V2": "1bb2ca33c3615e0253ff9c94a49680e665f496d30f9769d8f3d6ba82772123f1",
    "MENSAJERIA_V3": "f0cdad2d17dbb7fa2bd20baf6982e5881c0ce9610508a69ca95cc650f3ae484b",
    "MENSAJERIA_V4": "76b3fbecf314bfd68af56833dc2446779b64671e07d051448579f764452cec0d",
    "MENSAJERIA_V5": "891829bcc6d0abb89ccdd3f942fe8102cafd1c325dd9714a56bcdc50f4d84237",
    "ALMACEN_EVENTOS_V1": "4633c7fac0b14392cac2acaa2811a66c63446b6bc18a32b49e45ee5214b279bb",
}


@pytest.mark.parametrize(("nombre", "huella"), PUBLICADOS.items())
def test_un_texto_publicado_no_cambia(nombre, huella):
    assert hashlib.sha256(getattr(ddl, nombre).encode()).hexdigest() == huella


def test_todo_texto_esta_en_la_lista():
    assert {n for n in dir(ddl) if n.isupper()} == set(PUBLICADOS)
