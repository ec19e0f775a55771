import { html, useEffect } from "../html.js";
import { Cabeza, corto } from "../componentes/hechos.js";
import { Insignia } from "../componentes/insignia.js";
import { Lista } from "../componentes/lista.js";
import { Tiempo } from "../componentes/tiempo.js";
import { enlace, parte } from "../lugar.js";
import { opciones, paso } from "../textos.js";
import { titular } from "../tema.js";

const FILTROS = [
  { nombre: "cliente", etiqueta: "Cliente" },
  { nombre: "suscripcion", etiqueta: "Suscripción" },
  { nombre: "estado", etiqueta: "Estado", opciones: opciones("EN_CURSO", "COMPLETADA", "COMPENSADA") },
];
const ultimo = ({ ultimo_paso: p }) => html`<span>${paso(p)}${p.compensacion && html`<span class="tenue"> · compensación</span>`}</span>`;
const COLUMNAS = [
  { titulo: "Saga", celda: (s) => html`<a href=${enlace(`/sagas/${parte(s.id_suscripcion)}`, { saga: s.id_saga })} title=${s.id_saga}>${corto(s.id_saga)}</a>` },
  { titulo: "Estado", celda: (s) => html`<${Insignia} estado=${s.estado} />` },
  { titulo: "Último paso", celda: ultimo },
  { titulo: "Suscripción", celda: (s) => html`<a href=${enlace(`/suscripciones/${parte(s.id_suscripcion)}`)} title=${s.id_suscripcion}>${corto(s.id_suscripcion)}</a>` },
  { titulo: "Cliente", celda: (s) => s.cliente_codigo ? html`<a href=${enlace("/suscripciones", { cliente: s.cliente_codigo })}>${s.cliente_codigo}</a>` : html`<span class="tenue">—</span>` },
  { titulo: "Comenzada", celda: (s) => html`<${Tiempo} de=${s.comenzada} />` },
];

export default function Sagas() {
  useEffect(() => titular("Sagas"), []);
  return html`
    <${Cabeza} titulo="Sagas" acciones=${html`<a class="boton boton-fuerte" href=${enlace("/comandos/crearSuscripcion")}>Crear una suscripción</a>`} />
    <${Lista} ruta="/suscripciones/sagas" pagina="/sagas" titulo="Sagas" filtros=${FILTROS} columnas=${COLUMNAS} clave=${(s) => s.id_saga}
      vacio=${{ titulo: "Todavía no hay sagas" }} />
  `;
}
