"""Un generador por caso. El docstring dice clase, dirección pública y qué debe cumplirse."""

import json

from tests.dicom_casos.comun import *

CASOS = []


def caso(f):
    CASOS.append(f)
    return f


@caso
def sec_profunda(t):
    """Clase: secuencias
    Fuente: https://github.com/mmiv-center/DICOMAnonymizer/issues/20
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: pixels equal; no token at any depth"""
    d = item(PatientName=t.nombre(), PatientID=t.num(), InstitutionName=t())
    for _ in range(6):
        d = item(
            ReferencedSOPClassUID=CT,
            ReferencedSOPInstanceUID=t.uid(),
            PurposeOfReferenceCodeSequence=Sequence([codigo("121320", "DCM", "Uncompressed predecessor")]),
            RelatedSeriesSequence=Sequence([d]),
        )
    return dcm(base(t, RelatedSeriesSequence=Sequence([d]), SourceImageSequence=Sequence([d])))


@caso
def sec_original_attributes(t):
    """Clase: secuencias
    Fuente: https://github.com/fo-dicom/fo-dicom/issues/610
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: OriginalAttributesSequence absent; pixels equal"""
    o = item(
        AttributeModificationDateTime="20051103101500",
        ModifyingSystem=t(),
        SourceOfPreviousValues=t(),
        ReasonForTheAttributeModification="CORRECT",
        ModifiedAttributesSequence=Sequence([item(PatientName=t.nombre(), PatientID=t.num(), OtherPatientIDs=t())]),
    )
    return dcm(base(t, OriginalAttributesSequence=Sequence([o])))


@caso
def sec_significado_de_codigo(t):
    """Clase: secuencias
    Fuente: https://github.com/clintools/dicom-curate/issues/131
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: no token at any depth; CodeMeaning without the patient's name or number
    Nota: CodeMeaning (0008,0104) y WindowCenterWidthExplanation (0028,1055) no están en la tabla E.1-1, y guardan aquí el nombre y el número del propio archivo; vale también CUARENTENA, si el motor se busca a sí mismo antes de entregar."""
    ds = base(t)
    n = str(ds.PatientName).replace("^", " ")
    ds.AnatomicRegionSequence = Sequence([codigo("T-D3000", "SRT", f"Chest {n}")])
    ds.WindowCenter, ds.WindowWidth, ds.WindowCenterWidthExplanation = 40, 400, f"MRN {ds.PatientID}"
    return dcm(ds)


@caso
def priv_un_implicito(t):
    """Clase: privados
    Fuente: https://github.com/fo-dicom/fo-dicom/issues/771
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: no private element; pixels equal"""
    d = cuerpo(dcm(base(t), ImplicitVRLittleEndian))
    corte = d.index(struct.pack("<HH", 0x0010, 0x0010))
    dentro = im(0x00100010, par(t.nombre())) + im(0x00290010, par("FABRICANTE X")) + im(0x00291001, par(t()))
    sq = im(0xFFFEE000, dentro + im(0xFFFEE00D, b""), 0xFFFFFFFF) + im(0xFFFEE0DD, b"")
    p = im(0x00090010, par("FABRICANTE X")) + im(0x00091002, sq, 0xFFFFFFFF)
    return cab(CT, "1.3.6.1.4.1.99999.5", ImplicitVRLittleEndian) + d[:corte] + p + d[corte:]


@caso
def priv_copia_de_acceso(t):
    """Clase: privados
    Fuente: https://github.com/mmiv-center/DICOMAnonymizer/issues/10
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: no private element; AccessionNumber empty or replaced"""
    ds = base(t, SC, "OT")
    b = ds.private_block(0x0009, "IDENT_QX_01", create=True)
    b.add_new(1, "LO", str(ds.AccessionNumber))
    b.add_new(2, "PN", str(ds.PatientName))
    b.add_new(3, "ST", f"hc {t.num()}")
    ds.PixelData = b"\0" * len(ds.PixelData)
    return dcm(ds)


@caso
def priv_huerfano(t):
    """Clase: privados
    Fuente: https://github.com/blairconrad/dicognito/issues/157
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: no private element; pixels equal
    Nota: elementos privados sin creador, y un creador cuyo valor es un dato."""
    ds = base(t)
    crudo(ds, 0x00310020, "LO", t())
    crudo(ds, 0x00331105, "LO", t())
    crudo(ds, 0x00351001, "UN", t())
    crudo(ds, 0x00370010, "UN", t())
    crudo(ds, 0x00390001, "LO", t())
    return dcm(ds)


@caso
def priv_un_en_secuencia(t):
    """Clase: privados
    Fuente: https://github.com/KitwareMedical/dicom-anonymizer/pull/35
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: no element of VR UN; no token at any depth"""
    d = item(ReferencedSOPClassUID=CT, ReferencedSOPInstanceUID=t.uid())
    crudo(d, 0x00100010, "UN", t.nombre())
    crudo(d, 0x0008009A, "UN", t())
    crudo(d, 0x00291010, "UN", im(0x00100020, par(t.num())))
    ds = base(t, SourceImageSequence=Sequence([d]))
    crudo(ds, 0x00081048, "UN", t.nombre())
    return dcm(ds)


@caso
def priv_vr_conocida(t):
    """Clase: privados
    Fuente: https://github.com/johnperry/CTP/pull/2
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: no private element"""
    ds = base(t)
    b = ds.private_block(0x0019, "FABRICANTE X", create=True)
    for i, (vr, v) in enumerate(
        [
            ("PN", t.nombre()),
            ("DA", t.fecha()),
            ("UI", t.uid()),
            ("LT", f"llamar a {t()}"),
            ("UT", t()),
            ("SQ", Sequence([item(PatientName=t.nombre())])),
        ]
    ):
        b.add_new(i, vr, v)
    return dcm(ds)


@caso
def superposicion_con_texto(t):
    """Clase: superposiciones
    Fuente: https://github.com/SMI/SmiServices/issues/1135
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: no element of groups 6000-60FF with data or text; pixels equal"""
    ds = base(t)
    for g in (0x6000, 0x6002):
        ds.add_new((g, 0x0010), "US", 8)
        ds.add_new((g, 0x0011), "US", 8)
        ds.add_new((g, 0x0022), "LO", t())
        ds.add_new((g, 0x0040), "CS", "G")
        ds.add_new((g, 0x0050), "SS", [1, 1])
        ds.add_new((g, 0x0100), "US", 1)
        ds.add_new((g, 0x0102), "US", 0)
        ds.add_new((g, 0x1500), "LO", t())
        ds.add_new((g, 0x3000), "OW", par(t()))
        ds.add_new((g, 0x4000), "LT", t())
    return dcm(ds)


@caso
def superposicion_en_bits_altos(t):
    """Clase: superposiciones
    Fuente: https://github.com/fo-dicom/fo-dicom/issues/1994
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: bits above HighBit are zero; pixels equal below HighBit; no element of group 6000
    Nota: el plano está en el bit 12 de los píxeles (forma retirada del estándar) y pixel_array de pydicom 3 lo enmascara: compárense los octetos de PixelData; vale CUARENTENA."""
    ds = base(t)
    m = rotulo(t.quemada(), 200, 40, 2, 2, 24) > 100
    imagen(ds, (np.arange(8000).reshape(40, 200) % 4096).astype("<u2") | (m.astype("<u2") << 12))
    for e, vr, v in (
        (0x10, "US", 40),
        (0x11, "US", 200),
        (0x40, "CS", "G"),
        (0x50, "SS", [1, 1]),
        (0x100, "US", 16),
        (0x102, "US", 12),
    ):
        ds.add_new((0x6000, e), vr, v)
    return dcm(ds)


@caso
def meta_copia_del_uid(t):
    """Clase: meta y preámbulo
    Fuente: https://github.com/pydicom/deid/issues/72
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: MediaStorageSOPInstanceUID equals SOPInstanceUID; pixels equal"""
    m = {"SourceApplicationEntityTitle": t(), "PrivateInformationCreatorUID": t.uid(), "ImplementationVersionName": t()}
    ds = base(t)
    return dcm(ds, meta={**m, "PrivateInformation": par(t())})


@caso
def preambulo_ejecutable(t):
    """Clase: meta y preámbulo
    Fuente: https://github.com/fo-dicom/fo-dicom/issues/879
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: preamble all zero; pixels equal"""
    return dcm(base(t), preambulo=(b"MZ\x90\0" + t().encode()).ljust(128, b"\x90"))


@caso
def cola_tras_los_datos(t):
    """Clase: meta y preámbulo
    Fuente: https://github.com/dgobbi/vtk-dicom/issues/201
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: nothing after the last element; pixels equal
    Nota: relleno final (FFFC,FFFC) con texto, y ceros tras él; vale CUARENTENA."""
    return dcm(base(t)) + el(0xFFFCFFFC, "OB", par(t()) + b"\0" * 16) + b"\0" * 64


def _dicomdir(t):
    def reg(tipo, **k):
        return item(
            OffsetOfTheNextDirectoryRecord=0,
            RecordInUseFlag=0xFFFF,
            OffsetOfReferencedLowerLevelDirectoryEntity=0,
            DirectoryRecordType=tipo,
            **k,
        )

    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = DIR, t.uid()
    ds.FileSetID = t()
    ds.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity = 0
    ds.OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity = 0
    ds.FileSetConsistencyFlag = 0
    ds.DirectoryRecordSequence = Sequence(
        [
            reg("PATIENT", PatientName=t.nombre(), PatientID=t.num()),
            reg(
                "STUDY",
                StudyDate=t.fecha(),
                StudyTime="101500",
                StudyDescription=t(),
                StudyInstanceUID=t.uid(),
                StudyID=t(),
                AccessionNumber=t(),
            ),
            reg("SERIES", Modality="CT", SeriesInstanceUID=t.uid(), SeriesNumber=1),
            reg(
                "IMAGE",
                ReferencedFileID=["IMAGENES", t._anota(t()[:8])],
                ReferencedSOPClassUIDInFile=CT,
                ReferencedSOPInstanceUIDInFile=t.uid(),
                ReferencedTransferSyntaxUIDInFile=str(ExplicitVRLittleEndian),
                InstanceNumber=1,
            ),
        ]
    )
    b = dcm(ds)
    return b


@caso
def dicomdir_con_pacientes(t):
    """Clase: DICOMDIR
    Fuente: https://github.com/KitwareMedical/dicom-anonymizer/issues/41
    Formato: DICOM
    Debe: CUARENTENA
    Archivo: DICOMDIR
    Tras: no output file; the report's reason names no original value
    Nota: un DICOMDIR no es una imagen y sus desplazamientos quedan falsos al cambiar valores: no se entrega, se rehace."""
    return _dicomdir(t)


def _sr(t, contenido):
    ds = base(t, SR, "SR", pixeles=False)
    ds.ValueType, ds.ContinuityOfContent = "CONTAINER", "SEPARATE"
    ds.ConceptNameCodeSequence = Sequence([codigo("121060", "DCM", "History")])
    ds.CompletionFlag, ds.VerificationFlag = "COMPLETE", "VERIFIED"
    ds.ContentSequence = Sequence(contenido)
    return ds


def _nodo(tipo, significado, **k):
    return item(
        RelationshipType="CONTAINS",
        ValueType=tipo,
        ConceptNameCodeSequence=Sequence([codigo("121106", "DCM", significado)]),
        **k,
    )


@caso
def informe_con_nombres(t):
    """Clase: informes
    Fuente: https://github.com/SMI/SmiServices/pull/1524
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: no token at any depth; ContentSequence has no free text nor PNAME of the original
    Nota: sin la opción de limpiar contenido estructurado, ContentSequence es D: puede quedar un contenedor de relleno; vale CUARENTENA."""
    hijo = _nodo("TEXT", "Finding", TextValue=f"Sra. {t()} {t()}, cc {t.num()}, tel. {t.num(10)}")
    ds = _sr(
        t,
        [
            _nodo("PNAME", "Person Observer Name", PersonName=t.nombre()),
            _nodo("TEXT", "Comment", TextValue=f"Vista por el doctor {t()}"),
            _nodo("CONTAINER", "Findings", ContentSequence=Sequence([hijo])),
            _nodo("UIDREF", "Study", UID=t.uid()),
        ],
    )
    ds.VerifyingObserverSequence = Sequence(
        [item(VerifyingOrganization=t(), VerificationDateTime="20060102101500", VerifyingObserverName=t.nombre())]
    )
    return dcm(ds)


@caso
def informe_con_fecha_en_contenido(t):
    """Clase: informes
    Fuente: https://github.com/SMI/SmiServices/issues/1561
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: every DA, TM, DT valid; readable by pydicom
    Nota: DT, DA y TM dentro de ContentSequence: desplazados o quitados, nunca un relleno que no es fecha."""
    f = t.fecha()
    return dcm(
        _sr(
            t,
            [
                _nodo("DATETIME", "Start", DateTime=f + "094500.000000"),
                _nodo("DATE", "Day", Date=f),
                _nodo("TIME", "Hour", Time="094500"),
            ],
        )
    )


def _pdf(*textos):
    cont = "BT /F1 12 Tf 20 100 Td " + " ".join(f"({x}) Tj 0 -16 Td" for x in textos) + " ET"
    return (
        f"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
        f"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 140]/Contents 4 0 R>>endobj 4 0 obj<</Length {len(cont)}>>stream\n"
        f"{cont}\nendstream endobj\ntrailer<</Root 1 0 R/Info<</Author({textos[0]})>>>>\n%%EOF\n"
    ).encode("latin-1")


@caso
def pdf_encapsulado(t):
    """Clase: documentos
    Fuente: https://github.com/healthyinc/bio-block/issues/37
    Formato: DICOM
    Debe: CUARENTENA
    Tras: no output file; the report's reason names no original value"""
    ds = base(
        t,
        PDF,
        "DOC",
        pixeles=False,
        DocumentTitle=t(),
        MIMETypeOfEncapsulatedDocument="application/pdf",
        BurnedInAnnotation="NO",
    )
    ds.add_new(0x00420011, "OB", par(_pdf(t(), t.num()), b"\0"))
    return dcm(ds)


@caso
def pdf_en_los_pixeles(t):
    """Clase: documentos
    Fuente: https://github.com/fo-dicom/fo-dicom/issues/1012
    Formato: DICOM
    Debe: CUARENTENA
    Tras: no output file
    Nota: la sintaxis dice JPEG y el fragmento es un PDF, de largo impar."""
    ds = base(t, SC, "OT")
    imagen(ds, np.zeros((16, 16), "u1"))
    ds[0x7FE00010] = DataElement(
        0x7FE00010, "OB", encapsulate([_pdf(t(), t())], has_bot=False), is_undefined_length=True
    )
    return dcm(ds, JPEGBaseline8Bit)


@caso
def uid_demasiado_largo(t):
    """Clase: UID
    Fuente: https://github.com/pydicom/pynetdicom/issues/549
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: every UI valid and at most 64 characters; the nested reference equals the mapped SOPInstanceUID"""
    u = t.uid("1" * 19 + ".2." + "3" * 12 + ".")
    return dcm(
        base(
            t,
            SOPInstanceUID=u,
            SourceImageSequence=Sequence([item(ReferencedSOPClassUID=CT, ReferencedSOPInstanceUID=u)]),
        )
    )


@caso
def uid_con_fecha_y_serie(t):
    """Clase: UID
    Fuente: https://github.com/bids-standard/bids-specification/issues/308
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: every UI valid; neither the date nor the serial in any UI or elsewhere
    Nota: el UID lleva la fecha del estudio y la serie del equipo, que están también en sus atributos."""
    ds = base(t, DeviceSerialNumber=t.num(6))
    s = f"1.3.6.1.4.1.99999.{ds.DeviceSerialNumber}.{ds.StudyDate}101530"
    for k in ("StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID", "SOPInstanceUID"):
        setattr(ds, k, t._anota(f"{s}.{t.azar.randrange(10**6, 10**7)}"))
    return dcm(ds)


@caso
def uid_con_letras_y_ceros(t):
    """Clase: UID
    Fuente: https://github.com/mmiv-center/DICOMAnonymizer/issues/8
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: every UI valid
    Nota: UID que no son UID: letras, componentes con ceros delante, un nombre de archivo; el SOP Class se queda."""
    ds = base(t, StudyInstanceUID=t.uid("007."), SeriesInstanceUID=t._anota("1.3." + t()), FrameOfReferenceUID=t())
    ds.SynchronizationFrameOfReferenceUID = t() + ".dcm"
    return dcm(ds)


@caso
def uid_multivaluado(t):
    """Clase: UID
    Fuente: https://github.com/KitwareMedical/dicom-anonymizer/pull/32
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: every UI valid; multiplicity of kept UI unchanged; equal inputs map to equal outputs"""
    ds = base(t)
    ds.FailedSOPInstanceUIDList = [ds.SOPInstanceUID, t.uid(), t.uid()]
    ds.RelatedGeneralSOPClassUID = [CT, MR]
    return dcm(ds)


@caso
def uid_con_blanco_final(t):
    """Clase: UID
    Fuente: https://github.com/microsoft/dicom-server/pull/1795
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: same StudyInstanceUID in all outputs; every UI valid
    Nota: el mismo UID rellenado con blanco en uno y con nulo en otro."""
    u, r = t.uid(), {}
    u = u if len(u) % 2 else t._anota(u + "7")
    pid = t.num()
    for i, p in enumerate((b" ", b"\0")):
        ds = base(t, PatientID=pid)
        crudo(ds, 0x0020000D, "UI", u.encode() + p)
        r[f"uid-con-blanco-final-{i}.dcm"] = dcm(ds)
    return r


@caso
def numero_en_acceso(t):
    """Clase: número en otro campo
    Fuente: https://github.com/rordenlab/dcm2niix/pull/285
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: AccessionNumber, StudyID at most 16 characters; patient number nowhere
    Nota: el número va dentro de acceso, id de estudio, imagen y padding; además sin puntos y con dígito de control."""
    ds = base(t)
    p = str(ds.PatientID)
    ds.AccessionNumber, ds.StudyID = f"A{p}", p
    ds.ImageType = ["ORIGINAL", "PRIMARY", p]
    ds.WindowCenter, ds.WindowWidth, ds.WindowCenterWidthExplanation = 1, 2, f"HC {p[:3]}.{p[3:6]}.{p[6:]}-K"
    t._anota(f"{p[:3]}.{p[3:6]}.{p[6:]}-K")
    ds.FilterType = t._anota(f"00{p}")
    return dcm(ds)


@caso
def numero_que_no_cabe(t):
    """Clase: número en otro campo
    Fuente: https://github.com/mmiv-center/DICOMAnonymizer/issues/11
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: LO values at most 64 characters; SH values at most 16 characters; CS at most 16
    Nota: los reemplazos caben en su VR aunque el original no quepa."""
    ds = base(t, AccessionNumber="A" * 12 + t(), StudyID=t() + "-" + t())
    ds.PatientID = t._anota(t() + "X" * 70)
    ds.DeidentificationMethod = "Z" * 70 + t()
    return dcm(ds)


@caso
def nombre_de_archivo(t):
    """Clase: nombres de archivo
    Fuente: https://github.com/rordenlab/dcm2niix/issues/94
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: no token in the result's name, URI, headers, report, list of images, log or error
    Nota: el nombre del archivo lleva nombre, número y UID del paciente."""
    ds = base(t)
    return {f"{t()}^{t()}_{ds.PatientID}_{ds.SOPInstanceUID}.dcm": dcm(ds)}


@caso
def icc_en_dicom(t):
    """Clase: binarios
    Fuente: https://github.com/dcm4che/dcm4chee-arc-light/issues/4955
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: ICCProfile absent or without the original's texts; pixels equal
    Nota: ICC Profile (0028,2000) no está en la tabla E.1-1; su descripción es texto libre."""
    ds = base(t, SC, "OT")
    imagen(ds, np.zeros((8, 8, 3), "u1"))
    ds.add_new(0x00282000, "OB", par(icc(t()), b"\0"))
    ds.OpticalPathSequence = Sequence([item(OpticalPathIdentifier="1")])
    ds.OpticalPathSequence[0].add_new(0x00282000, "OB", par(icc(t()), b"\0"))
    return dcm(ds)


@caso
def comentario_en_el_cuadro(t):
    """Clase: binarios
    Fuente: https://github.com/DCMTK/dcmtk/pull/55
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: decoded pixels equal
    Nota: COM, APP1 (Exif) y APP13 dentro del JPEG de cada cuadro; se quitan segmentos sin volver a comprimir."""
    j = jpeg(
        segmento(0xFE, t().encode())
        + segmento(0xE1, b"Exif\0\0" + exif({0x010E: (2, t().encode() + b"\0")}))
        + segmento(0xED, b"Photoshop 3.0\0" + t().encode()),
        cola=t().encode(),
    )
    ds = base(t, "1.2.840.10008.5.1.4.1.1.1", "CR")
    imagen(ds, np.zeros((32, 32), "u1"))
    ds[0x7FE00010] = DataElement(0x7FE00010, "OB", encapsulate([par(j, b"\0")]), is_undefined_length=True)
    return dcm(ds, JPEGBaseline8Bit)


@caso
def icono_encapsulado(t):
    """Clase: binarios
    Fuente: https://github.com/pydicom/pydicom/issues/2324
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: IconImageSequence absent; decoded pixels equal
    Nota: el ítem del icono tiene largo explícito y píxeles encapsulados; si el lector pierde los píxeles de arriba, CUARENTENA."""
    icono = jpeg(segmento(0xFE, t().encode()), rotulo_i(t))
    px = (
        el(0xFFFEE000, "OB", b"")[:4]
        + struct.pack("<I", 0)
        + struct.pack("<HHI", 0xFFFE, 0xE000, len(par(icono, b"\0")))
        + par(icono, b"\0")
        + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    )
    dentro = (
        el(0x00280002, "US", b"\1\0")
        + el(0x00280004, "CS", b"MONOCHROME2 ")
        + el(0x00280010, "US", struct.pack("<H", 40))
        + el(0x00280011, "US", struct.pack("<H", 200))
        + el(0x00280100, "US", b"\x08\0")
        + el(0x00280101, "US", b"\x08\0")
        + el(0x00280102, "US", b"\x07\0")
        + el(0x00280103, "US", b"\0\0")
        + el(0x7FE00010, "OB", px, 0xFFFFFFFF)
    )
    sq = el(0x00880200, "SQ", struct.pack("<HHI", 0xFFFE, 0xE000, len(dentro)) + dentro)
    ds = base(t, "1.2.840.10008.5.1.4.1.1.1", "CR")
    imagen(ds, np.zeros((32, 32), "u1"))
    ds[0x7FE00010] = DataElement(0x7FE00010, "OB", encapsulate([par(jpeg(), b"\0")]), is_undefined_length=True)
    b = dcm(ds, JPEGBaseline8Bit)
    i = b.rindex(struct.pack("<HH", 0x7FE0, 0x0010) + b"OB")
    return b[:i] + sq + b[i:]


def rotulo_i(t):
    return Image.fromarray(rotulo(t.quemada(), 200, 40, 2, 2, 24))


@caso
def quemado_que_se_niega(t):
    """Clase: quemado
    Fuente: https://github.com/pydicom/pydicom/issues/375
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: OCR reads no burned token; the report gives regions without their text
    Nota: captura secundaria que dice BurnedInAnnotation NO; vale CUARENTENA (con el OCR apagado es lo obligado)."""
    ds = base(t, SC, "OT", BurnedInAnnotation="NO", ConversionType="WSD")
    imagen(ds, rotulo(t.quemada(), 200, 48))
    return dcm(ds)


@caso
def eco_con_regiones(t):
    """Clase: quemado
    Fuente: https://github.com/RSNA/anonymizer/issues/39
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: every pixel outside the regions black; pixels inside the regions equal; PhotometricInterpretation unchanged"""
    ds = base(t, US, "US")
    a = np.stack([rotulo(t.quemada(), 180, 72, 2, 6, 24)] * 3, -1)
    a[36:68, 20:160] = (np.indices((32, 140)).sum(0) % 200)[..., None]
    imagen(ds, a.astype("u1"))
    ds.SequenceOfUltrasoundRegions = Sequence(
        [
            item(
                RegionSpatialFormat=1,
                RegionDataType=1,
                RegionFlags=0,
                RegionLocationMinX0=20,
                RegionLocationMinY0=36,
                RegionLocationMaxX1=159,
                RegionLocationMaxY1=67,
            )
        ]
    )
    return dcm(ds)


@caso
def eco_de_varios_cuadros(t):
    """Clase: quemado
    Fuente: https://github.com/pydicom/deid/issues/228
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: every frame black outside the regions after decoding (RLE); pixels inside the regions equal in every frame; NumberOfFrames unchanged"""
    ds = base(t, USMF, "US")
    r = rotulo(t.quemada(), 160, 60, 2, 4, 22)
    cs = [np.stack([np.roll(r, k, 1)] * 3, -1) for k in range(3)]
    for k, c in enumerate(cs):
        c[32:58, 10:150] = 50 + 40 * k
    imagen(ds, np.stack(cs).astype("u1"))
    ds.SequenceOfUltrasoundRegions = Sequence(
        [item(RegionLocationMinX0=10, RegionLocationMinY0=32, RegionLocationMaxX1=149, RegionLocationMaxY1=57)]
    )
    return rle(ds)


@caso
def fecha_con_puntos(t):
    """Clase: fechas
    Fuente: https://github.com/blairconrad/dicognito/issues/180
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: every DA valid or empty; no original date in any form
    Nota: formato viejo 1950.12.11 en nacimiento y estudio: se entiende y se desplaza, o se vacía; nunca se deja."""
    ds = base(t)
    f = t.fecha()
    crudo(ds, 0x00100030, "DA", "1950.12.11")
    crudo(ds, 0x00080020, "DA", f"{f[:4]}.{f[4:6]}.{f[6:]}")
    t._anota(f"{f[:4]}.{f[4:6]}.{f[6:]}")
    crudo(ds, 0x00080022, "DA", "19991340")
    return dcm(ds)


@caso
def fecha_parcial(t):
    """Clase: fechas
    Fuente: https://github.com/fli-iam/shanoir-ng/issues/990
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: every DA valid or empty; 195805 and 2003 as whole values absent
    Nota: sin día no hay desplazamiento exacto: lo que no se entiende se vacía o se quita (lo más estricto)."""
    ds = base(t)
    crudo(ds, 0x00100030, "DA", "195805")
    crudo(ds, 0x00080021, "DA", "2003")
    crudo(ds, 0x00080022, "DA", "")
    crudo(ds, 0x00080023, "DA", "00000000")
    return dcm(ds)


@caso
def fecha_multiple(t):
    """Clase: fechas
    Fuente: https://github.com/blairconrad/dicognito/issues/61
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: every DA valid; delta between the two DateOfLastCalibration values unchanged where they stay; multiplicity equals TimeOfLastCalibration's"""
    f = t.fecha()
    return dcm(base(t, DateOfLastCalibration=[f, t.dia(f, 17)], TimeOfLastCalibration=["010000.000000", "235959"]))


@caso
def medianoche(t):
    """Clase: fechas
    Fuente: https://github.com/medical-physics-usz/z-rad/pull/282
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: delta ContentDate+ContentTime and StudyDate+StudyTime unchanged; TM unchanged; every DA valid
    Nota: el estudio empieza a las 23:58 y sigue al otro día: el desplazamiento es de días enteros."""
    ds = base(t)
    ds.StudyTime = ds.SeriesTime = "235800"
    ds.ContentDate = ds.AcquisitionDate = t.dia(ds.StudyDate, 1)
    ds.ContentTime = ds.AcquisitionTime = "000312.250000"
    return dcm(ds)


@caso
def dt_con_zona(t):
    """Clase: fechas
    Fuente: https://github.com/dateutil/dateutil/issues/1012
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: every DT valid; DT keeps its precision and its offset; delta AcquisitionDateTime and AcquisitionDate unchanged"""
    ds = base(t)
    ds.TimezoneOffsetFromUTC = "-0500"
    crudo(ds, 0x0008002A, "DT", f"{ds.StudyDate}011721.621000-0300")
    crudo(ds, 0x00189074, "DT", f"{ds.StudyDate}101530.12+0545")
    return dcm(ds)


@caso
def dt_de_pocas_cifras(t):
    """Clase: fechas
    Fuente: https://github.com/suyashkumar/dicom/pull/171
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: every DT valid or absent; no original date; no precision invented
    Nota: DT de hora, de mes y de año; lo que no llega a día se quita, o queda con su precisión."""
    ds = base(t)
    crudo(ds, 0x0008002A, "DT", f"{t.fecha()}12")
    crudo(ds, 0x00189074, "DT", "201108")
    crudo(ds, 0x00189151, "DT", "2011")
    return dcm(ds)


@caso
def suv_entre_dias(t):
    """Clase: fechas
    Fuente: https://github.com/QIICR/Slicer-PETDICOMExtension/issues/28
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: delta AcquisitionDate+Time and RadiopharmaceuticalStartDateTime unchanged; RadionuclideHalfLife, RadionuclideTotalDose, DecayCorrection, Units unchanged; pixels equal
    Nota: la inyección es dos días antes. PatientWeight es X sin la opción de características del paciente: el SUV por peso se pierde, y eso se dice en el informe."""
    ds = base(
        t,
        PET,
        "PT",
        PatientWeight=71.5,
        PatientSize=1.68,
        Units="BQML",
        DecayCorrection="START",
        CorrectedImage=["DECY", "ATTN"],
    )
    ini = t.dia(ds.StudyDate, -2)
    ds.RadiopharmaceuticalInformationSequence = Sequence(
        [
            item(
                RadiopharmaceuticalStartDateTime=f"{ini}081500.00",
                RadiopharmaceuticalStartTime="081500.00",
                RadionuclideTotalDose=3.7e8,
                RadionuclideHalfLife=230500.0,
                Radiopharmaceutical="FDG",
                RadiopharmaceuticalRoute=t(),
            )
        ]
    )
    return dcm(ds)


@caso
def fecha_por_paciente(t):
    """Clase: fechas
    Fuente: https://github.com/Donders-Institute/bidscoin/issues/178
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: same PatientID in all outputs; delta StudyDate between outputs unchanged (90 days)
    Nota: dos estudios del mismo paciente, en dos envíos y con reinicio entre ellos."""
    a = base(t)
    b = base(t, PatientID=a.PatientID, PatientName=a.PatientName)
    b.StudyDate = b.SeriesDate = b.ContentDate = b.AcquisitionDate = t.dia(a.StudyDate, 90)
    r = {"fecha-por-paciente-1.dcm": dcm(a), "fecha-por-paciente-2.dcm": dcm(b)}
    return r


@caso
def fecha_con_infijo(t):
    """Clase: fechas
    Fuente: https://github.com/blairconrad/dicognito/issues/72
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: every DA valid; IssueDateOfImagingServiceRequest absent or shifted like StudyDate
    Nota: atributos cuyo nombre tiene Date en medio, y fechas sin hora hermana."""
    f = t.fecha()
    d = item(RequestedProcedureID=t(), ScheduledProcedureStepStartDate=f, DateOfSecondaryCapture=t.fecha())
    d.add_new(0x00402004, "DA", f)
    d.add_new(0x00402005, "TM", "0915")
    return dcm(base(t, RequestAttributesSequence=Sequence([d]), DateOfSecondaryCapture=f))


@caso
def hora_de_pocas_cifras(t):
    """Clase: fechas
    Fuente: https://github.com/fli-iam/shanoir-ng/pull/3708
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: every TM unchanged or absent; readable by pydicom
    Nota: TM de 2 y 4 cifras, con blanco, con 1 cifra de fracción, y 240000, que no existe: se vacía."""
    ds = base(t)
    for tag, v in ((0x00080030, "12"), (0x00080031, "1221 "), (0x00080032, "120000.5"), (0x00080033, "240000")):
        crudo(ds, tag, "TM", v)
    return dcm(ds)


@caso
def edad_93(t):
    """Clase: edades
    Fuente: https://github.com/rordenlab/dcm2niix/issues/966
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: PatientAge absent or 090Y; age band of the message is 90+; PatientBirthDate empty"""
    return dcm(base(t, PatientAge="093Y", PatientBirthDate="19080214"))


@caso
def edad_89(t):
    """Clase: edades
    Fuente: https://github.com/drajer-health/uds-plus/issues/34
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: PatientAge absent or 089Y; PatientBirthDate empty; age band does not say 90+
    Nota: el borde: 89 años cumplidos no es más de 89."""
    ds = base(t, PatientAge="089Y")
    ds.PatientBirthDate = f"{int(ds.StudyDate[:4]) - 89}0101"
    return dcm(ds)


@caso
def ref_rtstruct(t):
    """Clase: referencias
    Fuente: https://github.com/qurit/rt-utils/issues/29
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: UID references resolve inside the file set; FrameOfReferenceUID equal in both; ContourData unchanged; same PatientID in all outputs"""
    ct = base(t, FrameOfReferenceUID=t.uid(), ImagePositionPatient=[0, 0, 0], PixelSpacing=[1, 1])
    rs = base(
        t,
        RTS,
        "RTSTRUCT",
        pixeles=False,
        PatientID=ct.PatientID,
        PatientName=ct.PatientName,
        StudyInstanceUID=ct.StudyInstanceUID,
        StructureSetLabel=t(),
        StructureSetDate=t.fecha(),
        StructureSetTime="110000",
    )
    im_ = item(ReferencedSOPClassUID=CT, ReferencedSOPInstanceUID=ct.SOPInstanceUID)
    se = item(SeriesInstanceUID=ct.SeriesInstanceUID, ContourImageSequence=Sequence([im_]))
    es = item(
        ReferencedSOPClassUID="1.2.840.10008.3.1.2.3.1",
        ReferencedSOPInstanceUID=ct.StudyInstanceUID,
        RTReferencedSeriesSequence=Sequence([se]),
    )
    rs.ReferencedFrameOfReferenceSequence = Sequence(
        [item(FrameOfReferenceUID=ct.FrameOfReferenceUID, RTReferencedStudySequence=Sequence([es]))]
    )
    rs.StructureSetROISequence = Sequence(
        [
            item(
                ROINumber=1,
                ReferencedFrameOfReferenceUID=ct.FrameOfReferenceUID,
                ROIName=t(),
                ROIGenerationAlgorithm="MANUAL",
            )
        ]
    )
    rs.ROIContourSequence = Sequence(
        [
            item(
                ReferencedROINumber=1,
                ContourSequence=Sequence(
                    [
                        item(
                            ContourImageSequence=Sequence([im_]),
                            ContourGeometricType="CLOSED_PLANAR",
                            NumberOfContourPoints=2,
                            ContourData=[0, 0, 0, 1.5, 1, 0],
                        )
                    ]
                ),
            )
        ]
    )
    rs.RTROIObservationsSequence = Sequence(
        [item(ObservationNumber=1, ReferencedROINumber=1, RTROIInterpretedType="ORGAN", ROIInterpreter=t.nombre())]
    )
    r = {"ref-rtstruct-ct.dcm": dcm(ct), "ref-rtstruct-rs.dcm": dcm(rs)}
    return r


@caso
def ref_presentacion(t):
    """Clase: referencias
    Fuente: https://github.com/mmiv-center/DICOMAnonymizer/issues/4
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: UID references resolve inside the file set; no text of GraphicAnnotationSequence left
    Nota: el estado de presentación lleva anotaciones con el nombre, y ReferencedSOPInstanceUID a la imagen."""
    ct = base(t)
    ps = base(
        t,
        GSPS,
        "PR",
        pixeles=False,
        PatientID=ct.PatientID,
        PatientName=ct.PatientName,
        StudyInstanceUID=ct.StudyInstanceUID,
    )
    r1 = item(ReferencedSOPClassUID=CT, ReferencedSOPInstanceUID=ct.SOPInstanceUID)
    ps.ReferencedSeriesSequence = Sequence(
        [item(SeriesInstanceUID=ct.SeriesInstanceUID, ReferencedImageSequence=Sequence([r1]))]
    )
    ps.GraphicAnnotationSequence = Sequence(
        [
            item(
                GraphicLayer="CAPA",
                TextObjectSequence=Sequence([item(UnformattedTextValue=t(), AnchorPoint=[1.0, 1.0])]),
            )
        ]
    )
    ps.ContentCreatorName, ps.ContentLabel, ps.ContentDescription = t.nombre(), "REF", t()
    r = {"ref-presentacion-ct.dcm": dcm(ct), "ref-presentacion-ps.dcm": dcm(ps)}
    return r


@caso
def ref_marco_entre_estudios(t):
    """Clase: referencias
    Fuente: https://github.com/slicebox/slicebox/issues/290
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: FrameOfReferenceUID equal in all outputs; StudyInstanceUID differs between outputs; same PatientID in all outputs
    Nota: dos estudios de un paciente comparten marco de referencia: el mapa de UID no depende del estudio."""
    a = base(t, FrameOfReferenceUID=t.uid())
    b = base(t, PatientID=a.PatientID, PatientName=a.PatientName, FrameOfReferenceUID=a.FrameOfReferenceUID)
    r = {"ref-marco-1.dcm": dcm(a), "ref-marco-2.dcm": dcm(b, ImplicitVRLittleEndian)}
    return r


@caso
def vr_texto_en_numero(t):
    """Clase: VR
    Fuente: https://github.com/fo-dicom/fo-dicom/pull/830
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: every DS, IS valid or absent; the report, log and error quote no original value
    Nota: texto (con nombres) donde va un número; un lector que falla cita el valor en su error. Vale CUARENTENA."""
    ds = base(t)
    crudo(ds, 0x00180050, "DS", t())
    crudo(ds, 0x00101030, "DS", t())
    crudo(ds, 0x00200013, "IS", t())
    crudo(ds, 0x00200012, "IS", "1.0")
    return dcm(ds)


@caso
def vr_largo_impar(t):
    """Clase: VR
    Fuente: https://github.com/suyashkumar/dicom/issues/65
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: every value length even; readable by pydicom; pixels equal
    Archivo: vr-largo-impar.dcm"""
    ds = base(t)
    crudo(ds, 0x00081030, "LO", t() + "X", lleno=False)
    crudo(ds, 0x00102160, "SH", t() + "Y", lleno=False)
    crudo(ds, 0x00281054, "LO", "HUU", lleno=False)
    return dcm(ds)


@caso
def vr_nombres_multiples(t):
    """Clase: VR
    Fuente: https://github.com/openradx/adit/pull/399
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: OtherPatientNames absent; readable by pydicom
    Nota: PN múltiple con una parte vacía, también dentro de una secuencia."""
    ds = base(t)
    crudo(ds, 0x00101001, "PN", f"{t.nombre()}\\")
    crudo(ds, 0x00080090, "PN", f"{t.nombre()}\\{t.nombre()}")
    d = item(ReferencedSOPClassUID=CT, ReferencedSOPInstanceUID=t.uid())
    crudo(d, 0x00101001, "PN", f"\\{t.nombre()}^^^^=={t()}\\")
    ds.SourceImageSequence = Sequence([d])
    return dcm(ds)


@caso
def vr_faltan_atributos(t):
    """Clase: VR
    Fuente: https://github.com/blairconrad/dicognito/issues/97
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: readable by pydicom; pixels equal
    Nota: sin Modality, sin AccessionNumber, sin fechas, sin charset, con StationName."""
    ds = base(t, StationName=t())
    for k in (
        "Modality",
        "AccessionNumber",
        "StudyDate",
        "SeriesDate",
        "ContentDate",
        "AcquisitionDate",
        "StudyTime",
        "SpecificCharacterSet",
        "PatientName",
    ):
        delattr(ds, k)
    t.fechas.clear()
    b = dcm(ds)
    return b


@caso
def vr_sin_patient_id(t):
    """Clase: VR
    Fuente: https://github.com/fli-iam/shanoir-ng/issues/3160
    Formato: DICOM
    Debe: ANONIMIZADA
    Petición: {"id_paciente": "QXPETICION-77120934"}
    Tras: PatientID present and a pseudonym of the request's id_paciente; the id_paciente itself nowhere; two runs give the same
    Nota: sin PatientID vale el id_paciente de la petición. El paquete sin metadatos no lo tiene: entonces CUARENTENA (decisión nuestra; el contrato no lo dice)."""
    ds = base(t)
    del ds.PatientID
    b = dcm(ds)
    return b


@caso
def vr_is_vacio_en_secuencia(t):
    """Clase: VR
    Fuente: https://github.com/KitwareMedical/dicom-anonymizer/issues/37
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: readable by pydicom; every DS, IS valid or empty
    Nota: elementos de largo cero de todas las VR, arriba y en una secuencia, y una secuencia sin ítems y un ítem vacío."""
    ds = base(t, PatientComments=t())
    vacios = (
        (0x00080012, "DA"),
        (0x0008002A, "DT"),
        (0x00081050, "PN"),
        (0x00101010, "AS"),
        (0x00101020, "DS"),
        (0x00101030, "DS"),
        (0x00200011, "IS"),
        (0x0020000D, "UI"),
        (0x00180050, "DS"),
        (0x00189074, "DT"),
        (0x00104000, "LT"),
    )
    d = Dataset()
    for tag, vr in vacios:
        crudo(d, tag, vr, b"")
        if tag != 0x00104000:
            crudo(ds, tag, vr, b"")
    ds.SourceImageSequence, ds.ReferencedStudySequence = Sequence([d, Dataset()]), Sequence([])
    b = dcm(ds)
    return b


@caso
def car_japones(t):
    """Clase: caracteres
    Fuente: https://github.com/fo-dicom/fo-dicom/issues/1785
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: readable by pydicom; the escape sequences of the original name absent; SpecificCharacterSet fits what is left
    Nota: ISO 2022 IR 87; el nombre se busca también en sus bytes con escapes."""
    ds = base(t, SpecificCharacterSet=["", "ISO 2022 IR 87"])
    a, b = t(), t()
    k = "山田".encode("iso2022_jp")
    crudo(ds, 0x00100010, "PN", f"{a}^{b}=".encode() + k + b"^" + "太郎".encode("iso2022_jp"))
    crudo(ds, 0x00081010, "SH", k)
    t.octetos += [k, "太郎".encode("iso2022_jp")]
    out = dcm(ds)
    return out


@caso
def car_juego_falso(t):
    """Clase: caracteres
    Fuente: https://github.com/radialogica/dicom-character-set/issues/3
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: readable by pydicom; SpecificCharacterSet is a defined term or absent
    Nota: un juego de caracteres que no existe y que lleva dentro una ficha; bytes cirílicos en el nombre."""
    ds = base(t)
    crudo(ds, 0x00080005, "CS", f"ISO 2022 IR 6, {t()}")
    crudo(ds, 0x00100010, "PN", t().encode() + "^Иван".encode("iso8859_5"))
    t.octetos += ["Иван".encode("iso8859_5")]
    out = dcm(ds)
    return out


@caso
def car_latin1_dicho_utf8(t):
    """Clase: caracteres
    Fuente: https://github.com/slicebox/slicebox/issues/230
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: readable by pydicom; no byte sequence of the original name; texts that stay decode under the declared set
    Nota: dice UTF-8 y los bytes son Latin-1 (ñ, é): decodificar con reemplazo cambia el texto y el nombre ya no se encuentra al buscarlo."""
    ds = base(t, SpecificCharacterSet="ISO_IR 192")
    a, b = t(), t()
    crudo(ds, 0x00100010, "PN", f"{a} Muñoz^{b} José".encode("latin-1"))
    crudo(ds, 0x00281055, "LO", f"visto por Muñoz {a}".encode("latin-1"))
    out = dcm(ds)
    return out


def _jpeg_dcm(t, j=None, **k):
    ds = base(t, "1.2.840.10008.5.1.4.1.1.1", "CR", **k)
    imagen(ds, np.zeros((32, 32), "u1"))
    ds[0x7FE00010] = DataElement(0x7FE00010, "OB", encapsulate([par(j or jpeg(), b"\0")]), is_undefined_length=True)
    return dcm(ds, JPEGBaseline8Bit)


@caso
def leer_truncado(t):
    """Clase: lectura
    Fuente: https://github.com/pydicom/pydicom/issues/1799
    Formato: DICOM
    Debe: CUARENTENA
    Tras: no output file; neighbours unaffected
    Nota: el archivo acaba a mitad del fragmento: pydicom 3.0.2 sólo avisa y entrega un DICOM con cero elementos, que escrito de nuevo parecería limpio."""
    return _jpeg_dcm(t)[:-300]


@caso
def leer_delimitador_dentro(t):
    """Clase: lectura
    Fuente: https://github.com/pydicom/pydicom/issues/1140
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: decoded pixels equal; readable by pydicom
    Nota: el fragmento lleva dentro los cuatro octetos del fin de secuencia."""
    return _jpeg_dcm(t, jpeg(segmento(0xFE, b"\xfe\xff\xdd\xe0\0\1" + t().encode())))


@caso
def leer_deflate(t):
    """Clase: lectura
    Fuente: https://github.com/blairconrad/dicognito/issues/80
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: readable by pydicom; pixels equal; no token in the inflated bytes
    Nota: las fichas están comprimidas (deflate crudo): hay que inflar para buscarlas, también en el resultado."""
    b = dcm(base(t, PatientComments=t()), DeflatedExplicitVRLittleEndian)
    return b


@caso
def leer_big_endian(t):
    """Clase: lectura
    Fuente: https://github.com/pydicom/pydicom/issues/275
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: readable by pydicom; decoded pixels equal (byte order follows the output's transfer syntax)"""
    ds = base(t)
    ds.PixelData = np.frombuffer(ds.PixelData, "<u2").astype(">u2").tobytes()
    b = ds.private_block(0x0009, "FABRICANTE X", create=True)
    b.add_new(1, "LO", t())
    return dcm(ds, ExplicitVRBigEndian)


@caso
def leer_longitud_enorme(t):
    """Clase: lectura
    Fuente: https://github.com/malaterre/GDCM/pull/214
    Formato: DICOM
    Debe: CUARENTENA
    Tras: no output file; memory of the worker stays below 300 MB; under 5 s
    Nota: un UT dice 4.294.967.280 octetos y quedan diez; pydicom 3.0.2 lo lee sin error y da tres elementos."""
    b = cab(CT, t.uid()) + el(0x00080016, "UI", par(CT, b"\0")) + el(0x00100010, "PN", par(t.nombre()))
    return b + el(0x0040A160, "UT", par(t()), 0xFFFFFFF0)


@caso
def leer_ob_sin_fin(t):
    """Clase: lectura
    Fuente: https://github.com/suyashkumar/dicom/issues/349
    Formato: DICOM
    Debe: CUARENTENA
    Tras: no output file; memory of the worker stays below 300 MB
    Nota: OB privado de largo indefinido sin ítems ni fin; pydicom 3.0.2 lo lee sin error y da cero elementos."""
    return cab(CT, t.uid()) + el(0x00100010, "PN", par(t.nombre())) + el(0x00491001, "OB", par(t()), 0xFFFFFFFF)


@caso
def leer_hondo(t):
    """Clase: lectura
    Fuente: https://github.com/pydicom/pydicom/issues/2330
    Formato: DICOM
    Debe: CUARENTENA
    Tras: no output file; the worker lives; neighbours unaffected
    Nota: 300 secuencias una dentro de otra; RecursionError no es un error de DICOM y se escapa de un except estrecho. FALLIDA vale, si es al primer intento y sin matar el proceso."""
    n = 300
    b = el(0x0040A160, "UT", par(t()))
    for _ in range(n):
        b = el(
            0x0040A730,
            "SQ",
            struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
            + b
            + struct.pack("<HHI", 0xFFFE, 0xE00D, 0)
            + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0),
            0xFFFFFFFF,
        )
    return cab(SR, t.uid()) + el(0x00100010, "PN", par(t.nombre())) + b


@caso
def leer_sin_preambulo(t):
    """Clase: lectura
    Fuente: https://github.com/pydicom/pydicom/issues/150
    Formato: DICOM
    Debe: CUARENTENA
    Tras: no output file
    Nota: datos implícitos sin preámbulo ni DICM, como los dejan equipos viejos. Discutible: se leen con force y se podrían limpiar; mientras el contrato no lo diga, no es un archivo DICOM (PS3.10) y va a cuarentena."""
    return cuerpo(dcm(base(t), ImplicitVRLittleEndian))


@caso
def leer_sin_largo_de_meta(t):
    """Clase: lectura
    Fuente: https://github.com/dcmjs-org/dcmjs/issues/326
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: readable by pydicom; FileMetaInformationGroupLength present; pixels equal; under 5 s"""
    ds = base(t)
    return cab(CT, ds.SOPInstanceUID, largo=False) + cuerpo(dcm(ds))


@caso
def leer_fin_con_largo(t):
    """Clase: lectura
    Fuente: https://github.com/cornerstonejs/dicomParser/issues/266
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: decoded pixels equal; readable by pydicom
    Nota: el fin de los fragmentos dice largo indefinido en vez de 0; vale CUARENTENA."""
    b = _jpeg_dcm(t)
    i = b.rindex(b"\xfe\xff\xdd\xe0")
    return b[: i + 4] + b"\xff\xff\xff\xff" + b[i + 8 :]


@caso
def leer_longitud_de_pixeles(t):
    """Clase: lectura
    Fuente: https://github.com/Enet4/dicom-rs/issues/448
    Formato: DICOM
    Debe: CUARENTENA
    Tras: no output file
    Nota: tras PixelData siguen octetos de la imagen que se leen como elementos (tag al azar). Discutible: ANONIMIZADA vale, cortando tras los píxeles, si nada de la cola queda."""
    ds = base(t)
    return dcm(ds) + b"\xff\x0f" * 120 + t().encode() + b"\xff\x0f" * 20


@caso
def zip_puntos(t):
    """Clase: paquetes
    Fuente: https://github.com/invesalius/invesalius3/issues/882
    Formato: ZIP
    Debe: RECHAZADO
    Tras: nothing written outside the store; no member processed; reason given without the names' tokens"""
    return zipa([("bueno.dcm", dcm(base(t))), (f"../../{t()}.dcm", dcm(base(t)))])


@caso
def zip_barra_invertida(t):
    """Clase: paquetes
    Fuente: https://github.com/codeclysm/extract/pull/5
    Formato: ZIP
    Debe: RECHAZADO
    Tras: nothing written outside the store; reason given
    Nota: ..\\..\\x y C:\\x. El contrato rechaza .. y absolutos y no nombra la barra invertida ni la letra de unidad: decisión nuestra, RECHAZADO."""
    return zipa([("bueno.dcm", dcm(base(t))), (f"..\\..\\{t()}.dcm", b"x"), (f"C:\\{t()}.dcm", b"x")])


@caso
def zip_enlace(t):
    """Clase: paquetes
    Fuente: https://github.com/kuba--/zip/pull/437
    Formato: ZIP
    Debe: RECHAZADO
    Tras: no link created or followed; reason given
    Nota: un enlace simbólico y luego un archivo del mismo nombre. El contrato no nombra los enlaces: decisión nuestra, RECHAZADO."""
    return zipa([("foto.dcm", b"../../../fuera", {"external_attr": 0o120777 << 16}), ("foto.dcm", dcm(base(t)))])


@caso
def zip_cifrado(t):
    """Clase: paquetes
    Fuente: https://github.com/nroduit/Weasis/issues/273
    Formato: ZIP
    Debe: RECHAZADO
    Tras: reason says encrypted; no member processed"""
    d = dcm(base(t))
    c = cifra(d)
    z = bytearray(zipa([("uno.dcm", c, {"compress_type": zipfile.ZIP_STORED})]))
    i = z.index(b"PK\1\2")
    for base_, crc in ((0, 14), (i, 16)):
        z[base_ + (6 if base_ == 0 else 8)] |= 1
        struct.pack_into("<I", z, base_ + crc, zlib.crc32(d))
        struct.pack_into("<I", z, base_ + crc + 8, len(d))
    return bytes(z)


@caso
def zip_bomba_solapada(t):
    """Clase: paquetes
    Fuente: https://github.com/python/cpython/pull/110016
    Formato: ZIP
    Debe: RECHAZADO
    Tras: under 2 s; store holds nothing of it afterwards
    Nota: 200 entradas del directorio señalan los mismos datos: cada una está bajo 100:1, la suma no."""
    d = dcm(base(t)) + bytes(t.azar.choice(b"abcd") for _ in range(6000)) * 8
    z = zipa([("a.dcm", d)])
    i, j = z.index(b"PK\1\2"), z.index(b"PK\5\6")
    uno = z[i:j]
    cd = b"".join(uno.replace(b"a.dcm", f"{k:05}".encode()) for k in range(200))
    fin = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 200, 200, len(cd), i, 0)
    return z[:i] + cd + fin


@caso
def zip_vacio(t):
    """Clase: paquetes
    Fuente: https://github.com/thejoshwolfe/yauzl/issues/8
    Formato: ZIP
    Debe: RECHAZADO
    Tras: reason given; answered as a client's error or RECHAZADO, never a crash
    Nota: cero octetos."""
    return b""


@caso
def zip_anidado(t):
    """Clase: paquetes
    Fuente: https://github.com/zoobz-io/argus/issues/24
    Formato: ZIP
    Debe: RECHAZADO
    Tras: reason says nested
    Nota: el archivo de dentro se llama imagen.dcm y es un zip: se reconoce por sus octetos."""
    d = zipa([("dentro.dcm", dcm(base(t)))])
    return zipa([("imagen.dcm", d), ("buena.dcm", dcm(base(Fichas("relleno"))))])


@caso
def zip_con_lo_que_no_es_imagen(t):
    """Clase: paquetes
    Fuente: https://github.com/KitwareMedical/dicom-anonymizer/issues/33
    Formato: ZIP
    Debe: IM1.dcm=ANONIMIZADA, LEEME.txt=CUARENTENA, .DS_Store=CUARENTENA, __MACOSX/._IM1.dcm=CUARENTENA
    Tras: package COMPLETADO; counts add up
    Nota: lo que no es imagen no se entrega ni detiene el paquete. El contrato no dice qué es de ello: decisión nuestra, CUARENTENA por miembro."""
    b = zipa(
        [
            ("IM1.dcm", dcm(base(t))),
            ("LEEME.txt", f"paciente {t()}".encode()),
            (".DS_Store", b"\0\0\0\1Bud1" + t().encode()),
            ("__MACOSX/._IM1.dcm", b"\0\5\x16\7" + t().encode()),
        ]
    )
    return b


@caso
def zip_miembro_vacio(t):
    """Clase: paquetes
    Fuente: https://github.com/crits/crits/issues/964
    Formato: ZIP
    Debe: vacia.dcm=CUARENTENA, buena.dcm=ANONIMIZADA
    Tras: package COMPLETADO; counts add up (total 2)
    Nota: un miembro de 0 octetos y una carpeta, que no cuenta."""
    b = zipa([("carpeta/", b""), ("vacia.dcm", b""), ("buena.dcm", dcm(base(t)))])
    return b


@caso
def zip_sin_miembros(t):
    """Clase: paquetes
    Fuente: https://github.com/uktrade/stream-unzip/issues/77
    Formato: ZIP
    Debe: RECHAZADO
    Tras: reason says empty
    Nota: 22 octetos, un zip sin miembros, y sano. Discutible: COMPLETADO con total 0 no sirve a nadie; decisión nuestra, RECHAZADO."""
    return b"PK\5\6" + b"\0" * 18


@caso
def zip_roto(t):
    """Clase: paquetes
    Fuente: https://github.com/odoo/odoo/pull/204797
    Formato: ZIP
    Debe: RECHAZADO
    Tras: reason says broken directory; no member processed
    Nota: cortado antes del directorio central; el primer miembro se podría leer suelto, y no se lee."""
    z = zipa([("a.dcm", dcm(base(t))), ("b.dcm", dcm(base(t)))])
    return z[: z.index(b"PK\1\2") + 20]


@caso
def png_textos(t):
    """Clase: PNG
    Fuente: https://github.com/TechnikTobi/little_exif/pull/56
    Formato: PNG
    Debe: ANONIMIZADA
    Tras: only IHDR, PLTE, tRNS, IDAT, IEND chunks; pixels equal"""
    z = t("zlib")
    k = t("zlib")
    return png(
        trozo(b"tEXt", b"Patient\0" + t().encode())
        + trozo(b"zTXt", b"Comment\0\0" + zlib.compress(f"nombre {z}".encode()))
        + trozo(b"iTXt", b"Title\0\0\0es\0\0" + t().encode())
        + trozo(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(f"<x:xmpmeta>{k}</x:xmpmeta>".encode()))
        + trozo(b"tIME", b"\x07\xd5\1\2\3\4\5")
    )


@caso
def png_cola(t):
    """Clase: PNG
    Fuente: https://github.com/w3c/png/issues/170
    Formato: PNG
    Debe: ANONIMIZADA
    Tras: nothing after IEND; pixels equal
    Nota: tras IEND hay texto y otro PNG entero, con texto quemado."""
    return png(cola=t().encode() + png(i=rotulo_i(t)))


@caso
def png_icc(t):
    """Clase: PNG
    Fuente: https://github.com/w3c/png/pull/117
    Formato: PNG
    Debe: ANONIMIZADA
    Tras: no iCCP chunk, or a stock one; pixels equal
    Nota: ficha en el nombre del perfil y, comprimida, en su descripción."""
    return png(trozo(b"iCCP", t().encode() + b"\0\0" + zlib.compress(icc(t("zlib")))), i=foto().convert("RGB"))


@caso
def png_quemado(t):
    """Clase: PNG
    Fuente: https://github.com/johnperry/CTP/issues/16
    Formato: PNG
    Debe: ANONIMIZADA
    Tras: OCR reads no burned token
    Nota: pantallazo con el nombre; vale CUARENTENA (sin OCR, lo obligado)."""
    return a_bytes(Image.fromarray(rotulo(t.quemada())), "PNG")


@caso
def png_bomba(t):
    """Clase: PNG
    Fuente: https://github.com/google/zopfli/issues/132
    Formato: PNG
    Debe: FALLIDA
    Tras: no output file; memory of the worker stays below its limit; neighbours unaffected
    Nota: la cabecera dice 30.000 x 30.000 y los datos son pocos; además dos IEND. CUARENTENA vale, si se ve por la cabecera sin decodificar."""
    ihdr = struct.pack(">IIBBBBB", 30000, 30000, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + trozo(b"IHDR", ihdr)
        + trozo(b"tEXt", b"A\0" + t().encode())
        + trozo(b"IDAT", zlib.compress(b"\0" * 100000))
        + trozo(b"IEND", b"") * 2
    )


@caso
def jpeg_exif(t):
    """Clase: JPEG
    Fuente: https://github.com/libvips/libvips/issues/1249
    Formato: JPEG
    Debe: ANONIMIZADA
    Tras: no APP1 segment; no thumbnail; decoded pixels close to the original's (re-encoded)
    Nota: descripción, autor, fecha y comentario (UTF-16), y una miniatura con comentario propio."""
    u = t("utf-16le")
    e = exif(
        {
            0x010E: (2, t().encode() + b"\0"),
            0x013B: (2, t().encode() + b"\0"),
            0x9C9C: (1, u.encode("utf-16le") + b"\0\0"),
            0x0132: (2, b"2005:03:02 10:11:12\0"),
        },
        chico=jpeg(segmento(0xFE, t().encode()), foto(16)),
    )
    return jpeg(segmento(0xE1, b"Exif\0\0" + e))


@caso
def jpeg_comentario(t):
    """Clase: JPEG
    Fuente: https://github.com/LeoHsiao1/pyexiv2/issues/37
    Formato: JPEG
    Debe: ANONIMIZADA
    Tras: no COM segment; nothing after EOI
    Nota: COM repetido, JFIF con extensión y cola tras EOI."""
    return jpeg(
        segmento(0xFE, t().encode()) + segmento(0xE0, b"JFXX\0\x10" + t().encode()) + segmento(0xFE, t().encode()),
        cola=t().encode(),
    )


@caso
def jpeg_orientacion(t):
    """Clase: JPEG
    Fuente: https://github.com/agschwender/pilbox/issues/36
    Formato: JPEG
    Debe: ANONIMIZADA
    Tras: no APP1 segment; the output, decoded, is the original turned as Orientation says
    Nota: Orientation 6: al quitar el Exif la imagen quedaría de lado (y un lado del cuerpo por otro)."""
    i = Image.fromarray(np.tile(np.arange(0, 240, 5, dtype="u1"), (24, 1)))
    e = exif({0x0112: (3, struct.pack("<H", 6)), 0x010F: (2, t().encode() + b"\0")})
    return jpeg(segmento(0xE1, b"Exif\0\0" + e), i)


@caso
def nifti_descripciones(t):
    """Clase: NIfTI
    Fuente: https://github.com/dgobbi/vtk-dicom/issues/189
    Formato: NIFTI
    Debe: ANONIMIZADA
    Tras: descrip, aux_file, intent_name, db_name empty; voxels equal; affine unchanged"""
    return nii(t, descrip=f"TE=2.7;{t()};20050302", aux=t(), intento=t(), db=t())


@caso
def nifti_extension_dicom(t):
    """Clase: NIfTI
    Fuente: https://github.com/nipy/nibabel/pull/296
    Formato: NIFTI
    Debe: ANONIMIZADA
    Tras: no extension; vox_offset 352; voxels equal"""
    d = el(0x00100010, "PN", par(t.nombre())) + el(0x00100020, "LO", par(t.num()))
    return nii(t, ext=extension(2, d) + extension(6, f"comentario {t()}".encode()))


@caso
def nifti_json(t):
    """Clase: NIfTI
    Fuente: https://github.com/rordenlab/dcm2niix/issues/732
    Formato: ZIP
    Debe: sub-1_T1w.nii=ANONIMIZADA, sub-1_T1w.json=CUARENTENA
    Tras: package COMPLETADO; the sidecar is not released
    Nota: el .json que acompaña lleva nombre, serie y lugar. Discutible: limpiarlo con lista de campos permitidos sirve más; el contrato no tiene formato JSON, y lo que no es imagen no se entrega."""
    j = {
        "PatientName": t(),
        "PatientID": t.num(),
        "PatientBirthDate": "1961-03-02",
        "AcquisitionDateTime": "2005-03-02T10:11:12",
        "DeviceSerialNumber": t.num(6),
        "InstitutionName": t(),
        "InstitutionAddress": t(),
        "StationName": t(),
        "ImageComments": t(),
        "ProcedureStepDescription": t(),
        "SeriesInstanceUID": t.uid(),
        "EchoTime": 0.0027,
    }
    b = zipa([("sub-1_T1w.nii", nii(t, descrip=t())), ("sub-1_T1w.json", json.dumps(j).encode())])
    return b


@caso
def nifti_gz_con_nombre(t):
    """Clase: NIfTI
    Fuente: https://github.com/nipy/nibabel/issues/898
    Formato: NIFTI
    Debe: ANONIMIZADA
    Archivo: nifti-gz-con-nombre.nii.gz
    Tras: gzip header without name, comment and time; voxels equal
    Nota: la cabecera gzip guarda el nombre de archivo original y un comentario; descrip va dentro, comprimido."""
    n, c, d = t(), t(), t("gzip")
    z = zlib.compressobj(9, zlib.DEFLATED, -15)
    v = nii(t, descrip=d)
    x = z.compress(v) + z.flush()
    return (
        b"\x1f\x8b\x08\x18"
        + struct.pack("<I", 1109757072)
        + b"\0\3"
        + n.encode()
        + b".nii\0"
        + c.encode()
        + b"\0"
        + x
        + struct.pack("<II", zlib.crc32(v), len(v))
    )


@caso
def con_dos_emisores(t):
    """Clase: consistencia
    Fuente: https://github.com/dcm4che/dcm4chee-arc-light/issues/1991
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: PatientID differs between outputs; date shift differs between outputs; IssuerOfPatientID absent
    Nota: el mismo número bajo dos emisores son dos pacientes."""
    p, f = t.num(), t.fecha()
    r = {}
    for i in (1, 2):
        ds = base(t, PatientID=p, IssuerOfPatientID=t())
        ds.StudyDate = ds.SeriesDate = ds.ContentDate = ds.AcquisitionDate = f
        r[f"con-dos-emisores-{i}.dcm"] = dcm(ds)
    return r


@caso
def con_blancos(t):
    """Clase: consistencia
    Fuente: https://github.com/blairconrad/dicognito/issues/78
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: same PatientID in all outputs; same date shift in all outputs
    Nota: el número con blancos delante, detrás y con nulo; y el nombre con ^ final. En LO los blancos de los bordes no cuentan."""
    p, n = t.num(), t.nombre()
    e, r = t(), {}
    for i, (v, nn) in enumerate(((p, n), (p + "  ", n + "^"), ("  " + p, n + "^^^^"), (p + " \0", n.upper()))):
        ds = base(t, IssuerOfPatientID=e if i else e + "  ")
        crudo(ds, 0x00100020, "LO", v)
        crudo(ds, 0x00100010, "PN", nn)
        r[f"con-blancos-{i}.dcm"] = dcm(ds)
    return r


@caso
def con_id_de_otro(t):
    """Clase: consistencia
    Fuente: https://github.com/RSNA/anonymizer/issues/18
    Formato: DICOM
    Debe: CUARENTENA
    Petición: {"id_paciente": "QXDISTINTO-40412233"}
    Tras: no output file; the reason quotes neither number
    Nota: §8: el id_paciente de la petición no es el del DICOM."""
    return dcm(base(t))


@caso
def marca_que_miente(t):
    """Clase: marcas
    Fuente: https://github.com/fo-dicom/fo-dicom/issues/1214
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: PatientIdentityRemoved YES; DeidentificationMethodCodeSequence has 113100 and 113107, and 113101 only if pixels were cleaned; LongitudinalTemporalInformationModified MODIFIED
    Nota: ya dice que está anonimizado, y no lo está."""
    ds = base(t, PatientIdentityRemoved="YES", DeidentificationMethod=["OTRO METODO", t()])
    ds.DeidentificationMethodCodeSequence = Sequence(
        [codigo("113101", "DCM", "Clean Pixel Data Option"), codigo("113109", "DCM", t())]
    )
    return dcm(ds)


@caso
def fecha_con_hora_pegada(t):
    """Clase: fechas
    Fuente: https://github.com/pymedphys/pymedphys/issues/1246
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: every DA valid or empty; no original date in any form
    Nota: un DA que es un DT con zona: la parte de fecha se desplaza, o el valor se vacía."""
    ds = base(t)
    f = t.fecha()
    crudo(ds, 0x00080022, "DA", f + "093456+1100")
    crudo(ds, 0x0008002A, "DT", f + "093456+1100")
    t._anota(f + "093456")
    return dcm(ds)


@caso
def vr_tipo_1_obligado(t):
    """Clase: VR
    Fuente: https://github.com/RSNA/anonymizer/issues/22
    Formato: DICOM
    Debe: ANONIMIZADA
    Tras: DeviceSerialNumber, SoftwareVersions, ManufacturerModelName present and not empty; AcquisitionDateTime present and valid; no dciodvfy error that the original lacked
    Nota: Enhanced MR: X/Z/D es D donde el módulo lo hace de tipo 1, y ausente donde no."""
    ds = base(
        t,
        "1.2.840.10008.5.1.4.1.1.4.1",
        "MR",
        NumberOfFrames=1,
        ManufacturerModelName="MODELO",
        SoftwareVersions="1.0",
        DeviceSerialNumber=t.num(6),
    )
    ds.AcquisitionDateTime = f"{ds.StudyDate}101530"
    ds.ContentQualification, ds.AcquisitionNumber = "RESEARCH", 1
    g = item(
        FrameContentSequence=Sequence(
            [
                item(
                    FrameAcquisitionDateTime=f"{ds.StudyDate}101530.5",
                    FrameReferenceDateTime=f"{ds.StudyDate}101531",
                    FrameAcquisitionDuration=1.0,
                    FrameComments=t(),
                )
            ]
        )
    )
    ds.PerFrameFunctionalGroupsSequence = Sequence([g])
    return dcm(ds)


@caso
def vr_error_que_cita(t):
    """Clase: VR
    Fuente: https://github.com/microsoft/Tools-for-Health-Data-Anonymization/issues/151
    Formato: DICOM
    Debe: CUARENTENA
    Tras: no output file; no token in reason, report, log, trace, event, dead letter or console
    Nota: los errores del lector citan el valor que no entienden: un FD de 9 octetos con una ficha, y Rows que es texto. ANONIMIZADA no cabe: la imagen no se puede decodificar."""
    ds = base(t)
    crudo(ds, 0x00189073, "FD", t().encode()[:9], lleno=False)
    t.tokens[-1] = t.tokens[-1][:9]
    crudo(ds, 0x00280010, "US", t().encode())
    crudo(ds, 0x00280008, "IS", t())
    return dcm(ds)
