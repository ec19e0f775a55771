// The names of the DICOM tags that reports name most (PS3.6), in Spanish. Others go by their number.
const NOMBRES = {
  "0002,0003": "UID del objeto, en la cabecera", "0002,0016": "Título de quien lo escribió",
  "0008,0012": "Fecha de creación del objeto", "0008,0013": "Hora de creación del objeto", "0008,0014": "UID de quien lo creó",
  "0008,0018": "UID del objeto", "0008,0020": "Fecha del estudio", "0008,0021": "Fecha de la serie", "0008,0022": "Fecha de la adquisición",
  "0008,0023": "Fecha de la imagen", "0008,002A": "Instante de la adquisición", "0008,0030": "Hora del estudio", "0008,0031": "Hora de la serie",
  "0008,0032": "Hora de la adquisición", "0008,0033": "Hora de la imagen", "0008,0050": "Número de acceso", "0008,0080": "Institución",
  "0008,0081": "Dirección de la institución", "0008,0090": "Médico remitente", "0008,0092": "Dirección del médico remitente",
  "0008,0094": "Teléfono del médico remitente", "0008,1010": "Nombre de la estación", "0008,1030": "Descripción del estudio",
  "0008,103E": "Descripción de la serie", "0008,1040": "Departamento", "0008,1048": "Médico responsable", "0008,1050": "Médico que la hizo",
  "0008,1060": "Médico que la leyó", "0008,1070": "Operador del equipo", "0008,1090": "Modelo del equipo", "0008,1110": "Estudio al que se refiere",
  "0008,1115": "Serie a la que se refiere", "0008,1140": "Imagen a la que se refiere", "0008,1155": "UID del objeto al que se refiere",
  "0010,0010": "Nombre del paciente", "0010,0020": "Número del paciente", "0010,0021": "Quién dio el número del paciente",
  "0010,0030": "Fecha de nacimiento", "0010,0032": "Hora de nacimiento", "0010,0040": "Sexo del paciente", "0010,1000": "Otros números del paciente",
  "0010,1001": "Otros nombres del paciente", "0010,1010": "Edad del paciente", "0010,1020": "Estatura del paciente", "0010,1030": "Peso del paciente",
  "0010,1040": "Dirección del paciente", "0010,1060": "Apellido de la madre", "0010,2154": "Teléfono del paciente", "0010,2160": "Grupo étnico",
  "0010,2180": "Ocupación", "0010,21B0": "Antecedentes", "0010,4000": "Comentarios sobre el paciente",
  "0018,1000": "Número de serie del equipo", "0018,1030": "Nombre del protocolo", "0020,000D": "UID del estudio", "0020,000E": "UID de la serie",
  "0020,0010": "Número del estudio", "0020,0052": "UID del marco de referencia", "0020,4000": "Comentarios sobre la imagen",
  "0032,1032": "Médico que la pidió", "0032,1033": "Servicio que la pidió", "0032,1060": "Procedimiento pedido", "0038,0010": "Número de ingreso",
  "0040,0244": "Fecha de comienzo", "0040,0245": "Hora de comienzo", "0040,0253": "Número del procedimiento", "0040,0254": "Descripción del procedimiento",
  "0040,A124": "UID", "0088,0140": "UID del conjunto de archivos", "7FE0,0010": "Los píxeles",
};

// What is told of together, under a name instead of a number.
const RESUMIDAS = { privados: "Etiquetas privadas de fabricantes", desconocidos: "Etiquetas que la norma no conoce", "curvas y superposiciones": "Curvas y superposiciones", "grupos 0000, 0002 y 0004": "Cabecera del archivo (grupos 0000, 0002 y 0004)", "largos de grupo": "Largos de grupo" };

const HORAS = new Set(Object.entries(NOMBRES).filter(([, nombre]) => nombre.startsWith("Hora")).map(([numero]) => numero));

/** Whether a tag is an hour of the day: those stay, and their dates move. */
export const esHora = (ruta) => HORAS.has(ruta.toUpperCase().slice(-9));

/** What a tag, with the sequences that it stands in, is called. */
export function etiqueta(ruta) {
  const partes = ruta.match(/[0-9A-Fa-f]{4},[0-9A-Fa-f]{4}/g);
  if (!partes) return RESUMIDAS[ruta] ?? ruta.replaceAll("_", " ");
  const ultima = partes.at(-1).toUpperCase();
  const privada = parseInt(ultima.slice(0, 4), 16) % 2 === 1;
  return NOMBRES[ultima] ?? (privada ? "Etiqueta privada de un fabricante" : `Etiqueta ${ultima}`);
}
