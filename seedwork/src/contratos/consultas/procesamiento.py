"""What the procesamiento context is asked, and what it answers: nothing that identifies a patient."""

from typing import Literal

from contratos.consultas.base import (
    COMANDO,
    IMAGEN,
    MOTIVO,
    PAGINA,
    PAQUETE,
    ArchivoNombrado,
    Consulta,
    Cursor,
    Id,
    Pagina,
    Parte,
    Respuesta,
    Texto,
    campo,
    filtro,
)
from contratos.consultas.comandos import DestinoComando

AVISO = (
    "Datos seudonimizados con clave, no anónimos: quien guarda la clave puede volver a vincularlos (RGPD, art. 4.5)."
)
"""What is said with every image."""
EstadoImagen = Literal["PENDIENTE", "ANONIMIZADA", "CUARENTENA", "FALLIDA", "RECHAZADA"]
DecisionPosible = Literal["LIBERAR", "DESCARTAR"]


class Condicion(Parte):
    """Una condición de la lista admitida, hallada en los antecedentes."""

    codigo: str = campo("Su código.", "E14")
    nombre: str = campo("Su nombre.", "Diabetes mellitus, no especificada")


class Imagen(Respuesta):
    """El registro de una imagen, ya sin datos del paciente."""

    id_imagen: str = campo("Su identificador.", IMAGEN)
    estado: EstadoImagen = campo("Cómo está.", "ANONIMIZADA")
    motivo: str | None = campo(MOTIVO)
    seudonimo_paciente: str | None = campo(
        "El mismo para todas las imágenes de un paciente.", "v2:0798da8aa9149fcc79817fd128a99275"
    )
    modalidad: str | None = campo("Cómo se tomó.", "Rayos X")
    patologia: str | None = campo("Qué muestra.", "Neumonía")
    region_anatomica: str | None = campo("De qué parte del cuerpo.", "Cráneo")
    formato_imagen: str | None = campo("Su formato.", "DICOM")
    fuente_de_datos: str | None = campo("De dónde viene.", "Hospital del norte")
    condiciones: list[Condicion] = campo("Las halladas en los antecedentes.")
    fecha_ingesta: str | None = campo("Desplazada: no es la que vino.", "2023-08-29T09:10:00")
    version_clave: int | None = campo("De la clave con la que se hizo el seudónimo.", 1)
    id_paquete: str | None = campo(
        "El paquete en el que vino; nulo si vino sola, o si es de antes de que se anotara.", PAQUETE
    )
    recibida: str | None = campo(
        "Cuándo se recibió, en UTC (RFC 3339); nulo si es de antes de que se anotara.", "2026-02-01T09:10:01.312Z"
    )
    decidida: str | None = campo(
        "Desde cuándo está así, en UTC (RFC 3339); nulo mientras está pendiente, o si es de antes de que se anotara.",
        "2026-02-01T09:10:02.104Z",
    )
    descartada: bool = campo("Si, apartada, un operador hizo borrar su original: se queda como está.", False)
    decidible: list[DecisionPosible] = campo("Lo que un operador puede decidir todavía de ella, si algo.", [])
    aviso: str = campo("Qué son y qué no son estos datos.", AVISO)


class PaginaImagenes(Pagina):
    """Una página de imágenes."""

    elementos: list[Imagen] = campo("Las de esta página, la más reciente primero.")


class ListarImagenes(Consulta, contexto="procesamiento", ruta="/procesar/imagenes", respuesta=PaginaImagenes):
    """Imágenes, por páginas; por su estado, las apartadas también."""

    modalidad: Texto | None = filtro("Cómo se tomaron.")
    patologia: Texto | None = filtro("Qué muestran.")
    region: Texto | None = filtro("De qué parte del cuerpo.")
    estado: EstadoImagen | None = filtro("Cómo están.")
    cursor: Cursor | None = filtro(PAGINA)


class ObtenerImagenAnonimizada(
    Consulta, contexto="procesamiento", ruta="/procesar/imagenes/{id_imagen}", respuesta=Imagen
):
    """Una imagen anonimizada."""

    id_imagen: Id = campo("La imagen.")


class AccionHecha(Parte):
    """Lo que se hizo con una etiqueta del archivo; nunca con qué valor."""

    ruta: str = campo("La etiqueta, con las secuencias en las que está.", "0010,0010")
    accion: str = campo("Qué se hizo con ella.", "Z")
    veces: int = campo("Cuántas.", 1)


class DecisionTomada(Parte):
    """Lo que un operador decidió de una imagen apartada."""

    id_comando: str = campo("Con qué comando.", COMANDO)
    decision: Literal["LIBERADA", "DESCARTADA"] = campo("Qué.", "LIBERADA")
    motivo: str = campo("Por qué estaba apartada, en código.", "TEXTO_QUEMADO_POSIBLE")
    operador: str = campo("Quién.", "op-17")
    razon: str = campo("Por qué, en sus palabras.", "Lo que se lee es la escala.")
    ocurrida: str = campo("Cuándo.", "2026-11-28T15:04:05Z")


class InformeDeImagen(Respuesta):
    """Lo que se hizo con el archivo de una imagen; no lleva ningún valor del original."""

    id_imagen: str = campo("La imagen.", IMAGEN)
    estado: EstadoImagen = campo("Cómo está.", "ANONIMIZADA")
    motivo: str | None = campo(MOTIVO)
    sha256: str | None = campo("Del archivo limpio, si lo hay.", "9f86d081884c7d659a2feaa0c55ad015" * 2)
    octetos: int | None = campo("Los del archivo limpio.", 39205)
    tipo: str | None = campo("Su tipo de contenido.", "application/dicom")
    motor: str | None = campo("Qué lo limpió, y con qué reglas.", "saludtech-anonimizacion 1")
    perfil: str | None = campo(
        "El perfil que se siguió.", "DICOM PS3.15 Basic Application Level Confidentiality Profile"
    )
    edicion: str | None = campo("La edición de ese perfil.", "2026c")
    opciones: list[str] = campo("Las que se eligieron.", ["fechas_modificadas", "pixeles_limpios"])
    version_clave: int | None = campo("De la clave con la que se hicieron seudónimo, fechas y UID.", 2)
    acciones: list[AccionHecha] = campo("Qué se hizo con cada etiqueta.")
    avisos: list[str] = campo("Lo que ha de saber quien use el resultado, en códigos.", ["UN_AVISO"])
    regiones: list[str] = campo("Los rectángulos que se taparon; no lo que decían.", ["0,0,640,32"])
    despejadas: list[str] = campo(
        "Las dudas que la habrían apartado si una persona no la hubiera mirado, en códigos.", ["TEXTO_QUEMADO_POSIBLE"]
    )
    decisiones: list[DecisionTomada] = campo("Lo que decidieron los operadores, lo primero antes.")
    original_hasta: str | None = campo("Hasta cuándo se conserva el original, si está apartada.")


class ObtenerInformeDeImagen(
    Consulta, contexto="procesamiento", ruta="/procesar/imagenes/{id_imagen}/informe", respuesta=InformeDeImagen
):
    """Lo que se hizo con el archivo de una imagen."""

    id_imagen: Id = campo("La imagen.")


class ArchivoDeImagen(ArchivoNombrado):
    """El archivo limpio de una imagen."""

    estado: EstadoImagen = campo("Cómo está la imagen.", "ANONIMIZADA")
    id_imagen: str = campo("La imagen.", IMAGEN)


class ObtenerArchivoDeImagen(
    Consulta, contexto="procesamiento", ruta="/procesar/imagenes/{id_imagen}/archivo", respuesta=ArchivoDeImagen
):
    """El archivo limpio de una imagen."""

    id_imagen: Id = campo("La imagen.")


class VistaDeImagen(ArchivoNombrado):
    """Una imagen pequeña del archivo limpio."""

    estado: EstadoImagen = campo("Cómo está la imagen.", "ANONIMIZADA")
    id_imagen: str = campo("La imagen.", IMAGEN)


class ObtenerVistaDeImagen(
    Consulta, contexto="procesamiento", ruta="/procesar/imagenes/{id_imagen}/vista", respuesta=VistaDeImagen
):
    """Una imagen pequeña, en PNG, del archivo limpio; del original no hay ninguna."""

    id_imagen: Id = campo("La imagen.")


EstadoPaquete = Literal["RECIBIDO", "EN_CURSO", "COMPLETADO", "RECHAZADO"]


class Paquete(Respuesta):
    """Un paquete de imágenes, y cuántas de ellas están decididas."""

    id_paquete: str = campo("Su identificador.", PAQUETE)
    estado: EstadoPaquete = campo("Cómo está.", "EN_CURSO")
    motivo: str | None = campo(MOTIVO)
    detalle: str | None = campo("Dónde de los metadatos está lo que no vale: el lugar y el campo, nunca el valor.")
    total: int = campo("Cuántas imágenes lleva; cero mientras no se sabe.", 120)
    hechas: int = campo("Cuántas están anonimizadas.", 97)
    cuarentena: int = campo("Cuántas están en cuarentena.", 2)
    fallidas: int = campo("Cuántas fallaron o se rechazaron.", 1)
    pendientes: int = campo("Cuántas faltan por decidir.", 20)
    recibido: str | None = campo(
        "Cuándo se recibió, en UTC (RFC 3339); nulo si es de antes de que se anotara.", "2026-02-01T09:10:01.312Z"
    )


class PaginaPaquetes(Pagina):
    """Una página de paquetes."""

    elementos: list[Paquete] = campo("Los de esta página, el más reciente primero.")


class ListarPaquetes(Consulta, contexto="procesamiento", ruta="/procesar/paquetes", respuesta=PaginaPaquetes):
    """Paquetes de imágenes, por páginas."""

    estado: EstadoPaquete | None = filtro("Cómo están.")
    cursor: Cursor | None = filtro(PAGINA)


class ObtenerPaquete(Consulta, contexto="procesamiento", ruta="/procesar/paquetes/{id_paquete}", respuesta=Paquete):
    """Un paquete de imágenes."""

    id_paquete: Id = campo("El paquete.")


class ListarImagenesDePaquete(
    Consulta,
    contexto="procesamiento",
    ruta="/procesar/paquetes/{id_paquete}/imagenes",
    respuesta=PaginaImagenes,
):
    """Las imágenes de un paquete, por páginas."""

    id_paquete: Id = campo("El paquete.")
    estado: EstadoImagen | None = filtro("Cómo están.")
    cursor: Cursor | None = filtro(PAGINA)


class ObtenerComandoImagen(
    Consulta, contexto="procesamiento", ruta="/procesar/comandos/{id_comando}", respuesta=DestinoComando
):
    """Qué fue de un comando de procesamiento."""

    id_comando: Id = campo("El comando.")
