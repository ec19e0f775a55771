import { html, useEffect } from "../html.js";
import { Avance } from "../componentes/avance.js";
import { Cabeza, corto } from "../componentes/hechos.js";
import { Insignia } from "../componentes/insignia.js";
import { Lista } from "../componentes/lista.js";
import { Tiempo } from "../componentes/tiempo.js";
import { enlace, parte } from "../lugar.js";
import { opciones } from "../textos.js";
import { titular } from "../tema.js";

const FILTROS = [{ nombre: "estado", etiqueta: "Estado", opciones: opciones("RECIBIDO", "EN_CURSO", "COMPLETADO", "RECHAZADO") }];
const COLUMNAS = [
  { titulo: "Paquete", celda: (p) => html`<a href=${enlace(`/paquetes/${parte(p.id_paquete)}`)} title=${p.id_paquete}>${corto(p.id_paquete)}</a>` },
  { titulo: "Estado", celda: (p) => html`<${Insignia} estado=${p.estado} />` },
  { titulo: "Avance", celda: (p) => html`<${Avance} paquete=${p} />` },
  { titulo: "Imágenes", clase: "numero", celda: (p) => p.total },
  { titulo: "Recibido", celda: (p) => (p.recibido ? html`<${Tiempo} de=${p.recibido} />` : "—") },
  { titulo: "Motivo", clase: "ancha", celda: (p) => p.motivo ?? html`<span class="tenue">—</span>` },
];

export default function Paquetes() {
  useEffect(() => titular("Paquetes"), []);
  return html`
    <${Cabeza} titulo="Paquetes" acciones=${html`<a class="boton boton-fuerte" href=${enlace("/comandos/anonimizarPaquete")}>Enviar un paquete</a>`} />
    <${Lista} ruta="/procesar/paquetes" pagina="/paquetes" titulo="Paquetes" filtros=${FILTROS} columnas=${COLUMNAS} clave=${(p) => p.id_paquete}
      vacio=${{ titulo: "Todavía no hay paquetes" }} />
  `;
}
