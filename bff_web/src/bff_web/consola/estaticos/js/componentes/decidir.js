// What an operator decides of an image that was kept apart.
import { html } from "../html.js";
import { sesionActual } from "../api.js";
import { enlace, parte } from "../lugar.js";
import { Pregunta } from "./dialogo.js";

const campos = () => [
  { nombre: "operador", etiqueta: "Quién decide", ayuda: "Se ve en el informe de la imagen.", valor: sesionActual().quien?.sub ?? "op-17" },
  { nombre: "razon", etiqueta: "Por qué", ayuda: "En sus palabras, sin nombrar a nadie.", largo: true },
];

export const Decidir = ({ id, alDecidir }) => html`
  <span class="botonera">
    <${Pregunta} texto="Liberar" accion="liberar" titulo="¿Liberar la imagen?" ruta=${`/procesar/imagenes/${parte(id)}/liberar`} campos=${campos()} alAcabar=${alDecidir} auditoria=${enlace("/auditoria", { servicio: "procesamiento", recurso: id })}
      explica=${html`<p>El archivo de <code>${id}</code> se limpia otra vez, sin la duda que lo apartó. El original no se entrega nunca.</p>`} />
    <${Pregunta} texto="Descartar" accion="descartar" grave titulo="¿Borrar el original?" ruta=${`/procesar/imagenes/${parte(id)}/descartar`} campos=${campos()} alAcabar=${alDecidir} auditoria=${enlace("/auditoria", { servicio: "procesamiento", recurso: id })}
      explica=${html`<p>El original de <code>${id}</code> se borra ya, y no se podrá liberar. La imagen queda como está.</p>`} />
  </span>
`;
