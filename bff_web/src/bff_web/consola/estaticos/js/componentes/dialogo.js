// A question before what cannot be taken back: it says what will happen, and follows it to its end.
import { html, useEffect, useRef, useState } from "../html.js";
import { destinoDe, mandar, sesionActual, unico } from "../api.js";
import { Errores } from "./estados.js";

/**
 * @param texto the button's. `titulo` and `explica`: the question, and what will happen.
 * @param campos [{nombre, etiqueta, ayuda, largo, valor}], all of them asked for.
 * @param ruta where the command goes. The same question keeps its key: asked twice, it is done once.
 * @param alAcabar is called with what became of it, once that was read. `auditoria`: where it is noted.
 * @param alAbrir is called as the question is opened, alCerrar as it is closed, however it ended.
 */
export function Pregunta({ texto, titulo, explica, campos = [], ruta, grave = false, alAcabar, alAbrir, alCerrar, auditoria, accion }) {
  const caja = useRef();
  const clave = useRef(null);
  const [como, poner] = useState({ paso: "cerrada" });
  const abrir = () => {
    clave.current = unico();
    poner({ paso: "pregunta" });
    alAbrir?.();
  };
  useEffect(() => {
    if (como.paso !== "cerrada" && !caja.current.open) caja.current.showModal();
  }, [como.paso]);
  const enviar = async (e) => {
    e.preventDefault();
    const dados = Object.fromEntries([...new FormData(e.target)].map(([nombre, valor]) => [nombre, valor.trim()]));
    poner({ paso: "enviando" });
    try {
      const aceptado = await mandar(ruta, dados, { clave: clave.current });
      poner({ paso: "siguiendo" });
      const destino = aceptado?.comando ? await destinoDe(aceptado.comando) : { estado: aceptado?.resultado ?? "HECHO", directo: true };
      poner({ paso: "fin", destino });
    } catch (problema) {
      poner({ paso: "pregunta", problema });
    }
  };
  const cerrada = () => {
    // Told once it is closed: who asked may take the button away, and the answer with it.
    if (como.paso === "fin") alAcabar?.(como.destino);
    poner({ paso: "cerrada" });
    alCerrar?.();
  };
  const ocupada = como.paso === "enviando" || como.paso === "siguiendo";
  return html`
    <button type="button" class=${`boton ${grave ? "boton-peligro" : ""}`} data-accion=${accion} onClick=${abrir}>${texto}</button>
    <dialog ref=${caja} class="dialogo" aria-labelledby=${`d-${accion}`} onClose=${cerrada} onCancel=${(e) => ocupada && e.preventDefault()}>
      ${como.paso === "fin"
        ? html`<${Fin} destino=${como.destino} auditoria=${auditoria} cerrar=${() => caja.current.close()} id=${`d-${accion}`} />`
        : como.paso !== "cerrada" && html`<form onSubmit=${enviar}>
            <h2 id=${`d-${accion}`}>${titulo}</h2>
            <div class="dialogo-explica">${explica}</div>
            ${campos.map((c) => html`<label class="campo" key=${c.nombre}><span class="campo-nombre">${c.etiqueta}</span>
              ${c.largo ? html`<textarea name=${c.nombre} rows="3" required maxlength="4000" defaultValue=${c.valor ?? ""}></textarea>` : html`<input name=${c.nombre} required autocomplete="off" defaultValue=${c.valor ?? ""} />`}
              ${c.ayuda && html`<span class="campo-ayuda">${c.ayuda}</span>`}</label>`)}
            ${como.problema && html`<div class="franja franja-mal" role="alert"><b>${como.problema.titulo}.</b> ${como.problema.detalle}<${Errores} errores=${como.problema.errores} /></div>`}
            <p class="botonera dialogo-pie">
              <span class="tenue" role="status">${como.paso === "siguiendo" ? "Aceptado; se espera su resultado…" : como.paso === "enviando" ? "Enviando…" : ""}</span>
              <button type="button" class="boton boton-leve" disabled=${ocupada} onClick=${() => caja.current.close()}>Cancelar</button>
              <button class=${`boton ${grave ? "boton-grave" : "boton-fuerte"}`} disabled=${ocupada} data-accion="confirmar">${texto}</button>
            </p>
          </form>`}
    </dialog>
  `;
}

const FINES = {
  ATENDIDA: "Su mensaje se atendió ahora, como si llegara otra vez.",
  EN_ESPERA: "Es un comando, y espera a lo que nombra: se atenderá cuando lo haya.",
  DESCARTADA: "Se dio por perdido.",
  RECHAZADA: "Era un comando, y queda rechazado: quien lo pidió lo verá.",
  YA_ATENDIDA: "Su mensaje se había atendido antes; no se hizo dos veces.",
};

function Fin({ destino, cerrar, id, auditoria }) {
  const mal = destino?.estado === "RECHAZADO";
  return html`<div>
    <h2 id=${id}>${!destino ? "Todavía no se sabe" : mal ? "Se rechazó" : "Hecho"}</h2>
    <p role="status" data-destino=${destino?.estado ?? "DESCONOCIDO"}>${!destino ? "Se aceptó, y se aplicará: la página lo dirá." : destino.motivo ?? FINES[destino.estado] ?? "Se aplicó."}
      ${auditoria && sesionActual().autenticacion !== "ninguna" && html` <a href=${auditoria}>Ver su nota en la auditoría</a>`}</p>
    <p class="botonera dialogo-pie"><span></span><button type="button" class="boton boton-fuerte" onClick=${cerrar}>Cerrar</button></p>
  </div>`;
}
