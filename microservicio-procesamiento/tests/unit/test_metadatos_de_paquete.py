"""What the sender of a package tells of its files: how it is read, and how a fault is told. No server."""

import pytest

from anonimizacion.metadatos import MetadatosNoValidos
from procesamiento.entrada.metadatos_de_paquete import leer
from seedwork.dominio.textos import PARRAFO, PUBLICADO

ARCHIVOS = {"a.dcm", "b.dcm", "carpeta/Núñez.dcm"}


@pytest.mark.parametrize(
    ("dichos", "detalle"),
    [
        (b"archivo,id_paciente\nno-esta.dcm,77\n", "línea 2: archivo: no hay ninguno con ese nombre"),
        (b"archivo,id_paciente\na.dcm,1\na.dcm,2\n", "línea 3: archivo: ya se dijo antes"),
        (b"archivo,clinica\na.dcm,norte\n", "línea 1, columna 2: no es ningún campo"),
        (b"archivo,nombre-de-ana\na.dcm,1\n", "línea 1, columna 2: no es ningún campo"),
        (
            b"archivo,fecha_ingesta\na.dcm,ayer\n",
            "línea 2: fecha_ingesta: debe ser una fecha AAAA-MM-DD HH:MM:SS o de RFC 3339, del año 3 o posterior",
        ),
        (
            b"archivo,id_imagen,id_paciente\na.dcm,x-79448812,79448812\n",
            "línea 2: id_imagen: contiene el número del paciente",
        ),
        (
            b"archivo;id_imagen;id_paciente\na.dcm;i;77\nb.dcm;i;77\n",
            "línea 3: id_imagen: ya se dijo antes",
        ),
        (b"archivo,id_imagen\na.dcm,i\n", "línea 2: id_imagen: falta id_paciente, y sin él no se admite"),
        (
            b'[{"archivo": "a.dcm", "id_imagen": "i", "id_paciente": ""}]',
            "elemento 1: id_imagen: falta id_paciente, y sin él no se admite",
        ),
        (
            b'[{"archivo": "a.dcm"}, {"archivo": "b.dcm", "modalidad": "<ana>"}]',
            f"elemento 2: modalidad: {PUBLICADO.descripcion}",
        ),
        (b"archivo,antecedentes\na.dcm,\x07\n", f"línea 2: antecedentes: {PARRAFO.descripcion}"),
        (b"archivo,formato_imagen\na.dcm,tiff\n", "línea 2: formato_imagen: debe ser DICOM, PNG, JPEG, NIFTI"),
        (
            b"archivo,id_imagen\na.dcm,a/b\n",
            "línea 2: id_imagen: debe tener de 1 a 128 caracteres de A-Z a-z 0-9 . _ : - y no ser . ni ..",
        ),
        (b'[{"archivo": "a.dcm", "archivo": "b.dcm"}]', "no son JSON, o repiten una clave"),
        (b'{"archivo": "a.dcm"}', "han de ser una lista, con un objeto por archivo"),
        (b"archivo\na.dcm\n\xff", "no están en UTF-8"),
    ],
)
def test_lo_que_no_vale_se_dice_por_su_lugar_y_nunca_por_su_valor(dichos: bytes, detalle: str) -> None:
    with pytest.raises(MetadatosNoValidos) as error:
        leer(dichos, ARCHIVOS)
    assert str(error.value) == detalle


@pytest.mark.parametrize(
    "dichos",
    [
        "archivo,modalidad,antecedentes\n"
        'a.dcm, TAC  de\u00a0tórax ,"Diabético,\ny \u2028 más"\n\ncarpeta/Nu\u0301n\u0303ez.dcm,,\n',
        "\ufeffarchivo;modalidad;antecedentes\r\n"
        'a.dcm;TAC de tórax;"Diabético,\ny \u2028 más"\r\n./carpeta/Núñez.dcm;;\r\n',
        ' [{"archivo": "a.dcm", "modalidad": "TAC de tórax", "antecedentes": "Diabético,\\ny \u2028 más"},'
        ' {"archivo": "carpeta/Núñez.dcm", "modalidad": null}]',
    ],
    ids=["comas", "puntos y comas", "JSON"],
)
def test_los_textos_se_toman_como_en_la_puerta_y_lo_vacio_no_se_dice(dichos: str) -> None:
    assert leer(dichos.encode(), ARCHIVOS) == {
        "a.dcm": {"modalidad": "TAC de tórax", "antecedentes": "Diabético,\ny \u2028 más"},
        "carpeta/Núñez.dcm": {},
    }


@pytest.mark.parametrize(
    "dichos",
    [
        b"",
        b"[",
        b"[1]",
        b'[{"archivo": 7}]',
        b"archivo,archivo\n",
        b"modalidad\n",
        b"archivo\na.dcm,x\n",
        b'archivo\n"a',
        b"[" * 99999,
    ],
)
def test_lo_que_no_es_nada_acaba_en_un_no(dichos: bytes) -> None:
    with pytest.raises(MetadatosNoValidos):
        leer(dichos, ARCHIVOS)


@pytest.mark.parametrize(
    "dichos",
    [
        "sep=;\r\nArchivo ;MODALIDAD;Id_Paciente;\r\na.dcm;TAC;77; \r\n;;;\r\n \t;;;\r\n;;\r\n",
        "archivo\tmodalidad\tid_paciente\na.dcm\tTAC\t77\n\t\t\n\n",
        "\ufeffsep=,\narchivo,modalidad,id_paciente\na.dcm,TAC,77\n,,\n",
        "archivo,modalidad,id_paciente,patologia\na.dcm,TAC,77, \n,,,\n",
    ],
    ids=["sep= y punto y coma", "tabuladores", "sep= y coma", "comas"],
)
def test_lo_que_una_hoja_de_calculo_anade_no_es_de_nadie(dichos: str) -> None:
    assert leer(dichos.encode(), ARCHIVOS) == {"a.dcm": {"modalidad": "TAC", "id_paciente": "77"}}


@pytest.mark.parametrize(
    ("dichos", "detalle"),
    [
        (b"sep=;\narchivo;modalidad\na.dcm;<ana>\n", f"línea 3: modalidad: {PUBLICADO.descripcion}"),
        (b"sep=;\narchivo;otra\n", "línea 2, columna 2: no es ningún campo"),
        (b"archivo,modalidad\na.dcm,x,y\n", "línea 2: no tiene tantos campos como columnas hay"),
        (b"archivo,modalidad\n,x\n", "línea 2: archivo: no hay ninguno con ese nombre"),
    ],
)
def test_y_las_lineas_se_cuentan_como_su_dueno_las_ve(dichos: bytes, detalle: str) -> None:
    with pytest.raises(MetadatosNoValidos) as error:
        leer(dichos, ARCHIVOS)
    assert str(error.value) == detalle
