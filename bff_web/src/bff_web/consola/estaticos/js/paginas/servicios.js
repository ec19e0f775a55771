import { html, useEffect } from "../html.js";
import { Cabeza, corto } from "../componentes/hechos.js";
import { Insignia } from "../componentes/insignia.js";
import { Lista } from "../componentes/lista.js";
import { enlace, parte } from "../lugar.js";
import { opciones } from "../textos.js";
import { titular } from "../tema.js";

const FILTROS = [
  { nombre: "cliente", etiqueta: "Cliente" },
  { nombre: "suscripcion", etiqueta: "Suscripción" },
  { nombre: "estado", etiqueta: "Estado", opciones: opciones("CREADO", "INICIADO", "TERMINADO") },
];
const COLUMNAS = [
  { titulo: "Servicio", celda: (s) => html`<a href=${enlace(`/servicios/${parte(s.id_servicio_datos)}`)} title=${s.id_servicio_datos}>${corto(s.id_servicio_datos)}</a>` },
  { titulo: "Estado", celda: (s) => html`<${Insignia} estado=${s.estado} />` },
  { titulo: "Conjunto de datos", celda: (s) => s.dataset.nombre },
  { titulo: "Nube", celda: (s) => s.nube.nombre },
  { titulo: "Experto", celda: (s) => s.experto.codigo },
  { titulo: "Suscripción", celda: (s) => html`<a href=${enlace(`/suscripciones/${parte(s.id_suscripcion)}`)}>${corto(s.id_suscripcion)}</a>` },
];

export default function Servicios() {
  useEffect(() => titular("Servicios de datos"), []);
  return html`
    <${Cabeza} titulo="Servicios de datos" acciones=${html`<a class="boton" href=${enlace("/comandos/crearServicioDatos")}>Crear uno a mano</a>`} />
    <${Lista} ruta="/servicios-datos" pagina="/servicios" titulo="Servicios de datos" filtros=${FILTROS} columnas=${COLUMNAS}
      clave=${(s) => s.id_servicio_datos} vacio=${{ titulo: "Todavía no hay servicios de datos" }} />
  `;
}
