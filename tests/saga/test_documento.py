"""The door's document is true of the door: a bounded walk over all of it, on a real platform (`make test`: it needs
the services behind the door, whose answers are held to it too). `make puerta` takes the long one.
"""

import re
import secrets

import pytest
from tests.documento.recorrido import SIN_FINAL, recorrer
from tests.saga.negocio import Negocio
from tests.saga.plataforma_viva import Plataforma

from bff_web.papeles.openapi import describir
from contratos.consultas.procesamiento import Imagen

pytestmark = pytest.mark.integracion


# For what hangs: where many share the machine, the walk has taken minutes.
@pytest.mark.largo  # a minute of requests
@pytest.mark.timeout(900)
def test_la_puerta_hace_lo_que_dice_su_documento(plataforma: Plataforma, negocio: Negocio) -> None:
    hecho = recorrer(plataforma.bff, ejemplos=1)
    assert hecho.correcto, hecho.salida
    operaciones = sum(len(metodos) for ruta, metodos in describir()["paths"].items() if ruta != SIN_FINAL)
    assert (hecho.operaciones, hecho.casos > 1000) == (operaciones, True), hecho.salida
    # All that was sent has been taken before another test counts what is free.
    negocio.pide_suscripcion("pro").su_saga_queda("COMPLETADA")


def test_la_imagen_de_ejemplo_es_la_que_se_da_por_el_cuerpo_de_ejemplo(negocio: Negocio) -> None:
    """What hangs on the key, or on the request, is compared in its form alone."""
    dada = negocio.envia_imagen(id_imagen=f"img-{secrets.token_hex(6)}").queda("ANONIMIZADA")
    dicha = Imagen.ejemplo()
    de_la_clave = {"id_imagen", "seudonimo_paciente", "fecha_ingesta", "version_clave"}
    del_momento = {"recibida", "decidida"}
    assert (dada.pop("id_paquete"), bool(dicha.pop("id_paquete"))) == (None, True)
    assert {c: v for c, v in dada.items() if c not in de_la_clave | del_momento} == {
        c: v for c, v in dicha.items() if c not in de_la_clave | del_momento
    }
    for campo in ("seudonimo_paciente", "fecha_ingesta"):
        assert _forma(dada[campo]) == _forma(dicha[campo])


def _forma(texto: str) -> str:
    return re.sub("[0-9a-f]", "0", texto)
