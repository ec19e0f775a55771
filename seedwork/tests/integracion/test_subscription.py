"""What the subscription does that the client does by itself only for a consumer of whole topics.

Tier: ``make test``, since partitions are the broker's.
"""

import secrets
import time

import pytest
import urllib3

from contratos import INQUILINO
from plataforma.proveedores import Servidores
from seedwork.infraestructura.publicador import Publicador, cerrar_cliente, crear_cliente
from seedwork.infraestructura.subscription import SubscriberPulsar, SubscriptionPulsar
from seedwork.pruebas.taller import Taller

pytestmark = pytest.mark.integracion


def test_las_particiones_que_se_le_anaden_a_un_topico_tambien_se_reciben(
    servidores: Servidores, taller: Taller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SubscriptionPulsar, "REVISION_S", 0.1)
    topico = f"persistent://{INQUILINO}/{taller.apuntar.contexto}/crece-{secrets.token_hex(4)}"
    ruta = f"{servidores.admin_url}/admin/v2/{topico.replace('://', '/')}/partitions"
    assert urllib3.request("PUT", ruta, json=1).status == 204
    cliente = crear_cliente(servidores.pulsar_url)
    abierta = SubscriberPulsar(cliente).suscribir([topico], "s", entrega="ordenada", cola=10)
    assert urllib3.request("POST", ruta, json=4).status == 204

    # One that finds four partitions.
    publicador = Publicador(servidores.pulsar_url)
    claves = {f"k{n}" for n in range(12)}
    for clave in claves:
        publicador.publicar_carga(topico, clave.encode(), {}, clave, espera=10.0)
    llegadas: set[str] = set()
    limite = time.monotonic() + 20
    while llegadas != claves:
        assert time.monotonic() < limite, f"faltan {claves - llegadas}"
        llegadas |= {llegado.carga.decode() for llegado in abierta.recibir(20, 0.1)}
    assert abierta.conectada()
    cerrar_cliente(cliente)
    publicador.cerrar()
