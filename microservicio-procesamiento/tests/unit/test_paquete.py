import pytest

from procesamiento.dominio.paquete import Paquete


def test_un_paquete_empieza_una_vez() -> None:
    paquete = Paquete(id="p", total=1)
    paquete.empezar()
    with pytest.raises(RuntimeError, match="una vez"):
        paquete.empezar()
