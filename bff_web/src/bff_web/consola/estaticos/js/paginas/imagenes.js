import { html, useEffect } from "../html.js";
import { Cabeza, corto } from "../componentes/hechos.js";
import { estadoDe } from "../componentes/decidir.js";
import { Insignia } from "../componentes/insignia.js";
import { Lista } from "../componentes/lista.js";
import { Tiempo } from "../componentes/tiempo.js";
import { enlace, parte } from "../lugar.js";
import { opciones } from "../textos.js";
import { titular } from "../tema.js";

const FILTROS = [
  { nombre: "modalidad", etiqueta: "Modalidad" },
  { nombre: "patologia", etiqueta: "Patología" },
  { nombre: "region", etiqueta: "Región" },
  { nombre: "estado", etiqueta: "Estado", opciones: opciones("PENDIENTE", "ANONIMIZADA", "CUARENTENA", "FALLIDA", "RECHAZADA") },
];
const nada = html`<span class="tenue">—</span>`;

/** The columns of a list of images, wherever it stands. */
export const COLUMNAS = [
  { titulo: "Imagen", celda: (i) => html`<a href=${enlace(`/imagenes/${parte(i.id_imagen)}`)} title=${i.id_imagen}>${corto(i.id_imagen)}</a>` },
  { titulo: "Estado", celda: (i) => html`<${Insignia} estado=${estadoDe(i)} />` },
  { titulo: "Modalidad", celda: (i) => i.modalidad ?? nada },
  { titulo: "Región", celda: (i) => i.region_anatomica ?? nada },
  { titulo: "Patología", celda: (i) => i.patologia ?? nada },
  { titulo: "Formato", celda: (i) => i.formato_imagen ?? nada },
  { titulo: "Recibida", celda: (i) => (i.recibida ? html`<${Tiempo} de=${i.recibida} />` : nada) },
  { titulo: "Motivo", clase: "ancha", celda: (i) => i.motivo ?? nada },
];

export default function Imagenes() {
  useEffect(() => titular("Imágenes"), []);
  return html`
    <${Cabeza} titulo="Imágenes" acciones=${html`<a class="boton boton-fuerte" href=${enlace("/comandos/anonimizarArchivo")}>Enviar una imagen</a>`} />
    <${Lista} ruta="/procesar/imagenes" pagina="/imagenes" titulo="Imágenes" filtros=${FILTROS} columnas=${COLUMNAS}
      clave=${(i) => i.id_imagen} vacio=${{ titulo: "Todavía no hay imágenes" }} />
  `;
}
