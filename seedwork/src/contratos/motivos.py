"""The closed list of reasons. Messages and databases keep the code; queries show the Spanish text."""

SIN_CAPACIDAD = "SIN_CAPACIDAD"
SIN_NUBE = "SIN_NUBE"
SIN_DATASET = "SIN_DATASET"
YA_TIENE_SERVICIO = "YA_TIENE_SERVICIO"
RECHAZO_DE_PARTICIPANTE = "RECHAZO_DE_PARTICIPANTE"
PLAZO_VENCIDO = "PLAZO_VENCIDO"
NOTIFICACION_FALLIDA = "NOTIFICACION_FALLIDA"
PLAN_DESCONOCIDO = "PLAN_DESCONOCIDO"
SUSCRIPCION_EXISTENTE = "SUSCRIPCION_EXISTENTE"
CLAVE_DE_IDEMPOTENCIA_REUTILIZADA = "CLAVE_DE_IDEMPOTENCIA_REUTILIZADA"
COMANDO_DESCARTADO = "COMANDO_DESCARTADO"
NO_AUTORIZADO = "NO_AUTORIZADO"
DATOS_INVALIDOS = "DATOS_INVALIDOS"
CURSOR_INVALIDO = "CURSOR_INVALIDO"
ID_REVELA_PACIENTE = "ID_REVELA_PACIENTE"
ID_NO_DISPONIBLE = "ID_NO_DISPONIBLE"
CONTENIDO_DISTINTO = "CONTENIDO_DISTINTO"
REFERENCIA_NO_PERMITIDA = "REFERENCIA_NO_PERMITIDA"
ORIGINAL_AUSENTE = "ORIGINAL_AUSENTE"
HUELLA_DISTINTA = "HUELLA_DISTINTA"
LIMPIEZA_FALLIDA = "LIMPIEZA_FALLIDA"
IMAGEN_DESCONOCIDA = "IMAGEN_DESCONOCIDA"
NADA_QUE_DECIDIR = "NADA_QUE_DECIDIR"
NO_ES_UNA_DUDA = "NO_ES_UNA_DUDA"
SIN_ORIGINAL = "SIN_ORIGINAL"
DIRECTORIO_ROTO = "DIRECTORIO_ROTO"
OCTETOS_AJENOS = "OCTETOS_AJENOS"
SIN_MIEMBROS = "SIN_MIEMBROS"
DEMASIADOS_MIEMBROS = "DEMASIADOS_MIEMBROS"
RAZON_EXCESIVA = "RAZON_EXCESIVA"
PAQUETE_DEMASIADO_GRANDE = "PAQUETE_DEMASIADO_GRANDE"
NOMBRE_NO_ADMITIDO = "NOMBRE_NO_ADMITIDO"
NOMBRE_REPETIDO = "NOMBRE_REPETIDO"
ENLACE_NO_ADMITIDO = "ENLACE_NO_ADMITIDO"
PAQUETE_CIFRADO = "PAQUETE_CIFRADO"
COMPRESION_NO_ADMITIDA = "COMPRESION_NO_ADMITIDA"
ENTRADAS_SOLAPADAS = "ENTRADAS_SOLAPADAS"
ENTRADA_CONTRADICTORIA = "ENTRADA_CONTRADICTORIA"
MAS_DE_LO_DICHO = "MAS_DE_LO_DICHO"
MIEMBRO_DANADO = "MIEMBRO_DANADO"
ARCHIVO_ANIDADO = "ARCHIVO_ANIDADO"
METADATOS_NO_VALIDOS = "METADATOS_NO_VALIDOS"
DESEMPAQUE_FALLIDO = "DESEMPAQUE_FALLIDO"
PAQUETE_DISTINTO = "PAQUETE_DISTINTO"
SAGA_CERRADA = "SAGA_CERRADA"
NADA_QUE_LIBERAR = "NADA_QUE_LIBERAR"
CANAL_RECHAZO = "CANAL_RECHAZO"
CANAL_NO_DISPONIBLE = "CANAL_NO_DISPONIBLE"
CANCELADA_POR_CLIENTE = "CANCELADA_POR_CLIENTE"
SUSCRIPCION_DESCONOCIDA = "SUSCRIPCION_DESCONOCIDA"
SUSCRIPCION_NO_ACTIVA = "SUSCRIPCION_NO_ACTIVA"
SUSCRIPCION_TERMINADA = "SUSCRIPCION_TERMINADA"
PLAN_EN_VIGOR = "PLAN_EN_VIGOR"
PLAN_MODIFICADO = "PLAN_MODIFICADO"
SAGA_EN_CURSO = "SAGA_EN_CURSO"
CLIENTE_CON_SUSCRIPCION = "CLIENTE_CON_SUSCRIPCION"
CLIENTE_SUPRIMIDO = "CLIENTE_SUPRIMIDO"
FACTURA_DESCONOCIDA = "FACTURA_DESCONOCIDA"
FACTURA_PAGADA = "FACTURA_PAGADA"
FACTURA_ANULADA = "FACTURA_ANULADA"
MONTO_DISTINTO = "MONTO_DISTINTO"
SERVICIO_DESCONOCIDO = "SERVICIO_DESCONOCIDO"
SERVICIO_EXISTENTE = "SERVICIO_EXISTENTE"
SERVICIO_YA_INICIADO = "SERVICIO_YA_INICIADO"
SERVICIO_TERMINADO = "SERVICIO_TERMINADO"
SERVICIO_REQUERIDO_POR_PLAN = "SERVICIO_REQUERIDO_POR_PLAN"
DEMASIADOS_INVESTIGADORES = "DEMASIADOS_INVESTIGADORES"
TERMINADO_A_PETICION = "TERMINADO_A_PETICION"
EXPERTO_DESCONOCIDO = "EXPERTO_DESCONOCIDO"
EXPERTO_YA_ASIGNADO = "EXPERTO_YA_ASIGNADO"
NUBE_DESCONOCIDA = "NUBE_DESCONOCIDA"
DATASET_DESCONOCIDO = "DATASET_DESCONOCIDO"
NO_ES_DEL_FORMATO = "NO_ES_DEL_FORMATO"
TRUNCADO = "TRUNCADO"
ESTRUCTURA_INVALIDA = "ESTRUCTURA_INVALIDA"
DEMASIADO_HONDO = "DEMASIADO_HONDO"
DEMASIADO_GRANDE = "DEMASIADO_GRANDE"
OCTETOS_SOBRANTES = "OCTETOS_SOBRANTES"
SINTAXIS_NO_ADMITIDA = "SINTAXIS_NO_ADMITIDA"
SIN_IDENTIDAD_DICOM = "SIN_IDENTIDAD_DICOM"
CLASE_NO_ADMITIDA = "CLASE_NO_ADMITIDA"
DOCUMENTO_ENCAPSULADO = "DOCUMENTO_ENCAPSULADO"
PACIENTE_DESCONOCIDO = "PACIENTE_DESCONOCIDO"
PACIENTE_DISTINTO = "PACIENTE_DISTINTO"
NUMERO_NO_ADMITIDO = "NUMERO_NO_ADMITIDO"
PIXELES_ILEGIBLES = "PIXELES_ILEGIBLES"
PIXELES_NO_ADMITIDOS = "PIXELES_NO_ADMITIDOS"
VARIOS_CUADROS = "VARIOS_CUADROS"
TEXTO_QUEMADO_POSIBLE = "TEXTO_QUEMADO_POSIBLE"
IDENTIFICADOR_EN_EL_RESULTADO = "IDENTIFICADOR_EN_EL_RESULTADO"
ERROR_INTERNO = "ERROR_INTERNO"

TEXTOS: dict[str, str] = {
    SIN_CAPACIDAD: "No queda capacidad libre.",
    SIN_NUBE: "No hay una nube disponible en el catálogo.",
    SIN_DATASET: "No hay un conjunto de datos disponible en el catálogo.",
    YA_TIENE_SERVICIO: "La suscripción ya tiene un servicio de datos.",
    RECHAZO_DE_PARTICIPANTE: "Un participante no pudo hacer su parte.",
    PLAZO_VENCIDO: "La suscripción no se completó dentro del plazo.",
    NOTIFICACION_FALLIDA: "No fue posible notificar al cliente.",
    PLAN_DESCONOCIDO: "El plan pedido no existe en el catálogo.",
    SUSCRIPCION_EXISTENTE: "Ya existe una suscripción con ese identificador.",
    CLAVE_DE_IDEMPOTENCIA_REUTILIZADA: "La clave de idempotencia ya se usó con otro contenido.",
    COMANDO_DESCARTADO: "No fue posible procesar el comando, y se descartó.",
    NO_AUTORIZADO: "Quien lo pidió no puede pedirlo.",
    DATOS_INVALIDOS: "El comando no cumple las reglas del contrato.",
    CURSOR_INVALIDO: "El cursor no es de una página anterior de esa lista dada a quien la pidió.",
    ID_REVELA_PACIENTE: "El identificador de la imagen contiene el del paciente.",
    ID_NO_DISPONIBLE: "Ese identificador no está disponible: use otro.",
    CONTENIDO_DISTINTO: "Ya existe una imagen con ese identificador y otro contenido.",
    REFERENCIA_NO_PERMITIDA: "El archivo no está en un lugar de los que se admiten.",
    ORIGINAL_AUSENTE: "El archivo no está donde se dijo.",
    HUELLA_DISTINTA: "El archivo no es el que se dijo: su SHA-256 es otro.",
    LIMPIEZA_FALLIDA: "No fue posible limpiar el archivo dentro de sus límites.",
    IMAGEN_DESCONOCIDA: "La imagen no existe.",
    NADA_QUE_DECIDIR: "La imagen no está en cuarentena ni ha fallado: no hay nada que decidir.",
    NO_ES_UNA_DUDA: "La imagen no está apartada por una duda que se despeje mirándola.",
    SIN_ORIGINAL: "El original de la imagen ya no se conserva.",
    DIRECTORIO_ROTO: "El paquete no es un zip, o su directorio está roto.",
    OCTETOS_AJENOS: "El paquete lleva octetos que no son de ningún archivo.",
    SIN_MIEMBROS: "El paquete no tiene ningún archivo.",
    DEMASIADOS_MIEMBROS: "El paquete tiene demasiados archivos.",
    RAZON_EXCESIVA: "El paquete dice ser más de 100 veces mayor que él mismo.",
    PAQUETE_DEMASIADO_GRANDE: "Los archivos del paquete ocupan demasiado en total.",
    NOMBRE_NO_ADMITIDO: "El nombre de un archivo del paquete no se admite: debe ser una ruta relativa "
    "de 1 a 4096 octetos en UTF-8, sin «..», «\\», unidad ni caracteres de control.",
    NOMBRE_REPETIDO: "Dos archivos del paquete tienen el mismo nombre.",
    ENLACE_NO_ADMITIDO: "El paquete lleva un enlace o un dispositivo.",
    PAQUETE_CIFRADO: "El paquete está cifrado.",
    COMPRESION_NO_ADMITIDA: "Un archivo del paquete está comprimido de una forma que no se admite.",
    ENTRADAS_SOLAPADAS: "Dos archivos del paquete comparten octetos.",
    ENTRADA_CONTRADICTORIA: "El paquete dice de un archivo dos cosas distintas.",
    MAS_DE_LO_DICHO: "Un archivo del paquete tiene más octetos de los que dice.",
    MIEMBRO_DANADO: "Un archivo del paquete está dañado.",
    ARCHIVO_ANIDADO: "El paquete lleva dentro otro archivo comprimido.",
    METADATOS_NO_VALIDOS: "Los metadatos del paquete no son válidos.",
    DESEMPAQUE_FALLIDO: "No fue posible leer el paquete dentro de sus límites.",
    PAQUETE_DISTINTO: "Ya existe un paquete con ese identificador y otro contenido.",
    SAGA_CERRADA: "La saga ya estaba cerrada cuando llegó este hecho.",
    NADA_QUE_LIBERAR: "No había nada reservado que liberar.",
    CANAL_RECHAZO: "El canal rechazó la notificación.",
    CANAL_NO_DISPONIBLE: "El canal de notificación no está disponible.",
    CANCELADA_POR_CLIENTE: "El cliente canceló la suscripción.",
    SUSCRIPCION_DESCONOCIDA: "La suscripción no existe.",
    SUSCRIPCION_NO_ACTIVA: "La suscripción no está activa.",
    SUSCRIPCION_TERMINADA: "La suscripción ya no está vigente.",
    PLAN_EN_VIGOR: "Ese plan ya es el de la suscripción.",
    PLAN_MODIFICADO: "El plan de la suscripción cambió.",
    SAGA_EN_CURSO: "La suscripción todavía tiene un cambio en curso.",
    CLIENTE_CON_SUSCRIPCION: "El cliente todavía tiene una suscripción: cancele antes las que tenga.",
    CLIENTE_SUPRIMIDO: "Se suprimieron los datos del cliente.",
    FACTURA_DESCONOCIDA: "La suscripción no tiene esa factura.",
    FACTURA_PAGADA: "La factura ya está pagada.",
    FACTURA_ANULADA: "La factura está anulada.",
    MONTO_DISTINTO: "El monto o la moneda no son los de la factura.",
    SERVICIO_DESCONOCIDO: "El servicio de datos no existe.",
    SERVICIO_EXISTENTE: "Ya existe un servicio de datos con ese identificador.",
    SERVICIO_YA_INICIADO: "El servicio de datos ya está iniciado.",
    SERVICIO_TERMINADO: "El servicio de datos ya terminó.",
    SERVICIO_REQUERIDO_POR_PLAN: "El plan de la suscripción requiere el servicio de datos: cancele la suscripción.",
    DEMASIADOS_INVESTIGADORES: "El conjunto de datos ya lo pueden leer tantos investigadores como se admiten.",
    TERMINADO_A_PETICION: "Se pidió terminar el servicio de datos.",
    EXPERTO_DESCONOCIDO: "El experto no está en el catálogo.",
    EXPERTO_YA_ASIGNADO: "Ese experto ya atiende el servicio de datos.",
    NUBE_DESCONOCIDA: "La nube no está en el catálogo.",
    DATASET_DESCONOCIDO: "El conjunto de datos no está en el catálogo.",
    NO_ES_DEL_FORMATO: "El archivo no es del formato que se dijo.",
    TRUNCADO: "El archivo está cortado: le falta el final.",
    ESTRUCTURA_INVALIDA: "El archivo no está bien formado.",
    DEMASIADO_HONDO: "El archivo lleva demasiadas secuencias unas dentro de otras.",
    DEMASIADO_GRANDE: "El archivo, o lo que dice llevar, es demasiado grande.",
    OCTETOS_SOBRANTES: "El archivo lleva octetos después de su final.",
    SINTAXIS_NO_ADMITIDA: "El archivo está codificado de una forma que no se admite.",
    SIN_IDENTIDAD_DICOM: "El archivo no dice qué objeto DICOM es.",
    CLASE_NO_ADMITIDA: "El archivo es de una clase de objeto que no se admite.",
    DOCUMENTO_ENCAPSULADO: "El archivo lleva dentro un documento, que no se puede limpiar.",
    PACIENTE_DESCONOCIDO: "Nadie dice de qué paciente es la imagen.",
    PACIENTE_DISTINTO: "El archivo dice ser de un paciente, y quien lo envió de otro.",
    NUMERO_NO_ADMITIDO: "El número de paciente que dice el archivo no se admite.",
    PIXELES_ILEGIBLES: "La imagen no se puede leer.",
    PIXELES_NO_ADMITIDOS: "La imagen está guardada de una forma que no se admite.",
    VARIOS_CUADROS: "El archivo lleva varias imágenes, y se admite una.",
    TEXTO_QUEMADO_POSIBLE: "La imagen puede llevar texto escrito que no se puede quitar con certeza.",
    IDENTIFICADOR_EN_EL_RESULTADO: "En el archivo limpio quedaba un dato del paciente.",
    ERROR_INTERNO: "La limpieza se encontró con algo que no esperaba.",
}


def texto(codigo: str | None) -> str | None:
    """The reason as a person reads it; None for no reason."""
    return TEXTOS.get(codigo, codigo) if codigo else None


def de_la_lista(codigo: str) -> str:
    """A code that another context told; what is none of the list, from a newer participant say, becomes a general one.

    So nothing but codes is kept for ever, whatever arrives (contract §3).
    """
    return codigo if codigo in TEXTOS else RECHAZO_DE_PARTICIPANTE
