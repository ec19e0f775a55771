import { html, useEffect } from "../html.js";
import { usarConsulta } from "../api.js";
import { Cabeza, corto } from "../componentes/hechos.js";
import { Insignia } from "../componentes/insignia.js";
import { Lista } from "../componentes/lista.js";
import { enlace, parte } from "../lugar.js";
import { opciones } from "../textos.js";
import { titular } from "../tema.js";

const filtrosCon = (planes) => [
  { nombre: "cliente", etiqueta: "Cliente" },
  { nombre: "estado", etiqueta: "Estado", opciones: opciones("PENDIENTE", "ACTIVA", "RECHAZADA", "CANCELADA") },
  { nombre: "plan", etiqueta: "Plan", opciones: planes.map((p) => [p.codigo, p.nombre]) },
];
const COLUMNAS = [
  { titulo: "Suscripción", celda: (s) => html`<a href=${enlace(`/suscripciones/${parte(s.id_suscripcion)}`)} title=${s.id_suscripcion}>${corto(s.id_suscripcion)}</a>` },
  { titulo: "Estado", celda: (s) => html`<${Insignia} estado=${s.estado} />` },
  { titulo: "Plan", celda: (s) => s.plan.nombre },
  { titulo: "Cliente", celda: (s) => s.cliente.codigo },
  { titulo: "Motivo", clase: "ancha", celda: (s) => s.motivo ?? html`<span class="tenue">—</span>` },
  { titulo: "Saga", celda: (s) => html`<a href=${enlace(`/sagas/${parte(s.id_suscripcion)}`)} aria-label=${`Ver la saga de ${s.id_suscripcion}`}>Ver la saga</a>` },
];

export default function Suscripciones() {
  const planes = usarConsulta("/planes");
  useEffect(() => titular("Suscripciones"), []);
  return html`
    <${Cabeza} titulo="Suscripciones" acciones=${html`<a class="boton boton-fuerte" href=${enlace("/comandos/crearSuscripcion")}>Crear una suscripción</a>`} />
    <${Lista} ruta="/suscripciones" pagina="/suscripciones" titulo="Suscripciones" filtros=${filtrosCon(planes.datos?.elementos ?? [])} columnas=${COLUMNAS}
      clave=${(s) => s.id_suscripcion} vacio=${{ titulo: "Todavía no hay suscripciones" }} />
  `;
}
