"""AnonimizarArchivo: what is taken in, and what a second command under the same id does."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from contratos import motivos
from contratos.ejemplos import ANONIMIZAR_IMAGEN
from contratos.procesamiento import AnonimizacionRechazada, AnonimizarArchivo, ArchivoPedido
from procesamiento.aplicacion.comandos.anonimizar_archivo import anonimizar_archivo
from procesamiento.aplicacion.rechazo import rechazar_comando
from procesamiento.dominio.anonimizacion import Anonimizador
from procesamiento.entrada.limpieza import Taller
from procesamiento.pruebas.memoria import abrir_en
from seedwork.aplicacion.almacen import ORIGINALES, RESULTADOS, base_de_almacen
from seedwork.aplicacion.bus import Bus
from seedwork.pruebas.paciencia import PacienciaFija
from seedwork.pruebas.sobres import recibido, sobre_nuevo

from .conftest import EnMemoria

CAMPOS = {c: getattr(ANONIMIZAR_IMAGEN, c) for c in ANONIMIZAR_IMAGEN.campos}
ARCHIVO = ArchivoPedido(uri="file:///a/originales/0f", sha256="a" * 64, octetos=7)
COMANDO = AnonimizarArchivo(**CAMPOS, archivo=ARCHIVO)
ID = COMANDO.id_imagen


class ConArchivos(EnMemoria):
    admitidas = True
    taller: Taller | None = None
    """Whose word on what may be fetched counts, if that is to be tried."""

    def mandar_archivo(self, id: str = "c-1", comando: AnonimizarArchivo = COMANDO) -> str | None:
        sobre = sobre_nuevo(comando, fuente="/saludtech/bff", sujeto=comando.id_imagen, id=id, entorno=self.entorno)
        abrir = abrir_en(self.almacen, self.anonimizador, self._admite)
        bus = Bus("procesamiento", abrir, {AnonimizarArchivo: anonimizar_archivo}, rechazar_comando, PacienciaFija())
        assert not bus.procesar([recibido(sobre, comando)])
        rechazo: str | None = self.almacen.comandos[id].rechazo
        return rechazo

    def _admite(self, uri: str, referida: bool) -> bool:
        return self.taller.admite(uri, referida) if self.taller else self.admitidas

    @property
    def archivo(self) -> dict[str, Any]:
        (fila,) = self.almacen.tablas["archivos_por_ver"].values()
        return dict(fila)


@pytest.fixture
def servicio(anonimizador: Anonimizador) -> ConArchivos:
    return ConArchivos(anonimizador)


def test_la_imagen_queda_pendiente_y_su_archivo_en_la_cola(servicio: ConArchivos) -> None:
    assert servicio.mandar_archivo() is None
    assert (servicio.imagenes[ID].estado, servicio.imagenes[ID].datos) == ("PENDIENTE", None)
    archivo = servicio.archivo
    assert (archivo["uri"], archivo["sha256"]) == (ARCHIVO.uri, ARCHIVO.sha256)
    assert archivo["metadatos"] == CAMPOS | {"clinica": ""}
    assert archivo["sobre"]["id"] == "c-1"
    assert servicio.publicado == []


def test_lo_mismo_otra_vez_no_cambia_nada_aunque_este_en_otro_lugar(servicio: ConArchivos) -> None:
    servicio.mandar_archivo()
    otra_copia = replace(COMANDO, archivo=replace(ARCHIVO, uri="file:///a/originales/1f"))
    assert servicio.mandar_archivo("c-2", otra_copia) is None
    assert servicio.archivo["uri"] == ARCHIVO.uri
    assert servicio.publicado == []


@pytest.mark.parametrize(
    "otro",
    [replace(COMANDO, archivo=replace(ARCHIVO, sha256="b" * 64)), replace(COMANDO, modalidad="otra")],
    ids=["otro archivo", "otros metadatos"],
)
def test_otro_contenido_bajo_su_id_se_rechaza(servicio: ConArchivos, otro: AnonimizarArchivo) -> None:
    servicio.mandar_archivo()
    assert servicio.mandar_archivo("c-2", otro) == motivos.CONTENIDO_DISTINTO
    assert servicio.imagenes[ID].estado == "PENDIENTE"


def test_los_metadatos_solos_son_otro_contenido(servicio: ConArchivos) -> None:
    servicio.mandar_archivo()
    assert servicio.mandar("c-2") == motivos.CONTENIDO_DISTINTO
    assert servicio.imagenes[ID].estado == "PENDIENTE"


def test_y_un_archivo_lo_es_de_unos_metadatos_solos(servicio: ConArchivos) -> None:
    assert servicio.mandar("c-2") is None
    assert servicio.mandar_archivo() == motivos.CONTENIDO_DISTINTO
    assert servicio.imagenes[ID].estado == "ANONIMIZADA"
    assert servicio.almacen.tablas["archivos_por_ver"] == {}


@pytest.mark.parametrize(
    ("malo", "motivo"),
    [
        (replace(COMANDO, fecha_ingesta="ayer"), motivos.DATOS_INVALIDOS),
        (replace(COMANDO, formato_imagen="TIFF"), motivos.DATOS_INVALIDOS),
        (replace(COMANDO, formato_imagen="TIFF", id_paquete="p-1"), motivos.DATOS_INVALIDOS),
        (replace(COMANDO, id_imagen=f"x-{COMANDO.id_paciente}"), motivos.ID_REVELA_PACIENTE),
    ],
)
def test_lo_que_no_vale_se_rechaza_sin_tocar_el_archivo(
    servicio: ConArchivos, malo: AnonimizarArchivo, motivo: str
) -> None:
    assert servicio.mandar_archivo("c-1", malo) == motivo
    assert servicio.almacen.tablas["archivos_por_ver"] == {}
    assert [type(p.mensaje) for p in servicio.publicado] == [AnonimizacionRechazada]


def test_una_referencia_que_no_se_admite_se_rechaza_y_no_estropea_el_id(servicio: ConArchivos) -> None:
    servicio.admitidas = False
    assert servicio.mandar_archivo() == motivos.REFERENCIA_NO_PERMITIDA
    assert servicio.imagenes[ID].estado == "RECHAZADA"
    servicio.admitidas = True
    assert servicio.mandar_archivo("c-2") is None
    assert servicio.imagenes[ID].estado == "PENDIENTE"


def test_lo_que_esta_en_el_almacen_propio_es_de_quien_lo_envio_y_nadie_lo_da_por_suyo(
    servicio: ConArchivos, tmp_path: Path
) -> None:
    """Cleaned, another's original would be deleted; even where the operator allows a folder that our own lies in."""
    propio, permitido = (base_de_almacen(str(carpeta)) for carpeta in (tmp_path / "almacen", tmp_path))
    servicio.taller = Taller(
        almacen=propio, referencias=(permitido,), clave=b"k" * 32, version=1, memoria=1, maximo=1, leer_texto=False
    )

    def pedir(id: str, uri: str, **campos: Any) -> str | None:
        archivo = ArchivoPedido(uri=uri, sha256="a" * 64, octetos=campos.pop("octetos", 0))
        return servicio.mandar_archivo(f"c-{id}", replace(COMANDO, id_imagen=id, archivo=archivo, **campos))

    ajeno = f"{propio}/{ORIGINALES}{'0f' * 16}"
    for n, uri in enumerate((ajeno, f"{propio}/{RESULTADOS}{'a' * 64}", f"{propio}/otro")):
        assert pedir(f"r-{n}", uri) == motivos.REFERENCIA_NO_PERMITIDA
        assert servicio.imagenes[f"r-{n}"].estado == "RECHAZADA"
    assert servicio.almacen.tablas["archivos_por_ver"] == {}
    assert pedir("enviado", ajeno, octetos=7) is None
    assert pedir("miembro-vacio", ajeno, id_paquete="p-1") is None
    assert pedir("referido", f"{permitido}/envios/a.dcm") is None
    assert set(servicio.almacen.tablas["archivos_por_ver"]) == {"enviado", "miembro-vacio", "referido"}


@pytest.mark.parametrize(
    ("campos", "motivo"),
    [
        (dict.fromkeys(CAMPOS, "") | {"id_imagen": ID, "formato_imagen": "DICOM"}, None),
        (CAMPOS | {"fecha_ingesta": "ayer"}, motivos.DATOS_INVALIDOS),
        (CAMPOS | {"modalidad": "<x>", "id_paciente": ""}, motivos.DATOS_INVALIDOS),
    ],
    ids=["lo demás lo dirá el archivo", "una fecha que no lo es", "un texto que no lo es"],
)
def test_en_un_paquete_lo_que_no_se_dice_puede_faltar_y_lo_dicho_ha_de_valer(
    servicio: ConArchivos, campos: dict[str, str], motivo: str | None
) -> None:
    assert servicio.mandar_archivo("c-1", AnonimizarArchivo(**campos, archivo=ARCHIVO, id_paquete="p-1")) == motivo
    if motivo is None:
        assert servicio.archivo["paquete"] == "p-1"
    # By itself it has to tell all.
    solo = AnonimizarArchivo(**campos | {"id_imagen": "otra"}, archivo=ARCHIVO)
    assert servicio.mandar_archivo("c-2", solo) == motivos.DATOS_INVALIDOS
