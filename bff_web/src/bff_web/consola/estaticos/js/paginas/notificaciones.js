import { html, useEffect } from "../html.js";
import { Cabeza, corto } from "../componentes/hechos.js";
import { Insignia } from "../componentes/insignia.js";
import { Lista } from "../componentes/lista.js";
import { Tiempo } from "../componentes/tiempo.js";
import { enlace, parte } from "../lugar.js";
import { humano, opciones } from "../textos.js";
import { titular } from "../tema.js";

const FILTROS = [
  { nombre: "cliente", etiqueta: "Cliente" },
  { nombre: "suscripcion", etiqueta: "Suscripción" },
  { nombre: "estado", etiqueta: "Estado", opciones: opciones("CREADA", "ENVIADA", "CONFIRMADA", "FALLIDA", "ANULADA") },
];
const COLUMNAS = [
  { titulo: "Asunto", celda: (n) => html`<a href=${enlace(`/notificaciones/${parte(n.id_notificacion)}`)}>${n.asunto}</a>` },
  { titulo: "Estado", celda: (n) => html`<${Insignia} estado=${n.estado} />` },
  { titulo: "Canal", celda: (n) => humano(n.canal) },
  { titulo: "Cliente", celda: (n) => n.cliente_codigo },
  { titulo: "Suscripción", celda: (n) => html`<a href=${enlace(`/suscripciones/${parte(n.id_suscripcion)}`)}>${corto(n.id_suscripcion)}</a>` },
  { titulo: "Creada", celda: (n) => html`<${Tiempo} de=${n.creada} />` },
];

export default function Notificaciones() {
  useEffect(() => titular("Notificaciones"), []);
  return html`
    <${Cabeza} titulo="Notificaciones" />
    <${Lista} ruta="/notificaciones" pagina="/notificaciones" titulo="Notificaciones" filtros=${FILTROS} columnas=${COLUMNAS}
      clave=${(n) => n.id_notificacion} vacio=${{ titulo: "Todavía no se le ha contado nada a nadie" }} />
  `;
}
