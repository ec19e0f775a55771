// What an operator decides of an image that was kept apart.
import { html, useState } from "../html.js";
import { esOperador, sesionActual } from "../api.js";
import { enlace, parte } from "../lugar.js";
import { Pregunta } from "./dialogo.js";

const campos = () => [
  { nombre: "operador", etiqueta: "Quién decide", ayuda: "Se ve en el informe de la imagen.", valor: sesionActual().quien?.sub ?? "op-17" },
  { nombre: "razon", etiqueta: "Por qué", ayuda: "En sus palabras, sin nombrar a nadie.", largo: true },
];

/** How an image is, as a list or its page tells it: one that was discarded stays in quarantine, and waits for nobody. */
export const estadoDe = (imagen) => (imagen.descartada ? "DESCARTADA" : imagen.estado);

/**
 * What the service would take of it now, and nothing else.
 * @param siNo what stands there where that is nothing.
 * @param alAbrir is called as a question is opened, alCerrar as it is closed.
 */
export function Decidir({ imagen: { id_imagen: id, decidible = [] }, siNo = null, alAbrir, alCerrar }) {
  // What was offered as a question was opened stays till it is closed: the page may hear of the decision before its answer is read.
  const [abierta, abrir] = useState(null);
  const ofrecidas = abierta ?? decidible;
  if (!esOperador() || !ofrecidas.length) return siNo;
  const comun = {
    campos: campos(),
    auditoria: enlace("/auditoria", { servicio: "procesamiento", recurso: id }),
    alAbrir: () => {
      abrir(decidible);
      alAbrir?.();
    },
    alCerrar: () => {
      abrir(null);
      alCerrar?.();
    },
  };
  return html`
    <span class="botonera">
      ${ofrecidas.includes("LIBERAR") && html`<${Pregunta} ...${comun} texto="Liberar" accion="liberar" titulo="¿Liberar la imagen?" ruta=${`/procesar/imagenes/${parte(id)}/liberar`}
        explica=${html`<p>El archivo de <code>${id}</code> se limpia otra vez, sin la duda que lo apartó. El original no se entrega nunca.</p>`} />`}
      ${ofrecidas.includes("DESCARTAR") && html`<${Pregunta} ...${comun} texto="Descartar" accion="descartar" grave titulo="¿Borrar el original?" ruta=${`/procesar/imagenes/${parte(id)}/descartar`}
        explica=${html`<p>El original de <code>${id}</code> se borra ya, y no se podrá liberar. La imagen queda como está.</p>`} />`}
    </span>
  `;
}
