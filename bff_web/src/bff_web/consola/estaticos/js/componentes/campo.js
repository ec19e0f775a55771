// A form's field, by what its schema says of it.
import { html } from "../html.js";

/** @param problema what the door found wrong with it. `poner` is called with its value. */
export function Campo({ campo: c, valor, poner, problema, sugeridos, children }) {
  const id = `c-${c.nombre}`;
  const sobre = [c.ayuda && `${id}-ayuda`, problema && `${id}-mal`].filter(Boolean).join(" ") || undefined;
  const comun = { id, name: c.nombre, required: c.obligatorio, "aria-describedby": sobre, "aria-invalid": problema ? "true" : undefined };
  return html`
    <div class="campo" data-campo=${c.nombre}>
      <label class="campo-nombre" for=${id}>${c.etiqueta}${!c.obligatorio && html`<span class="tenue"> · ${c.enVezDe ? `o en su lugar «${c.enVezDe}»` : "si quiere"}</span>`}</label>
      ${c.tipo === "archivo"
        ? html`<input type="file" ...${comun} required=${c.obligatorio && !valor?.length} multiple=${c.varios} onChange=${(e) => poner([...e.target.files])} />`
        : c.tipo === "opcion"
          ? html`<select ...${comun} value=${valor} onChange=${(e) => poner(e.target.value)}>${c.opciones.map((o) => html`<option key=${o} value=${o} selected=${o === valor}>${c.textos?.[o] ?? o}</option>`)}</select>`
          : c.tipo === "largo"
            ? html`<textarea ...${comun} rows="3" maxlength=${c.maximo} value=${valor} onInput=${(e) => poner(e.target.value)}></textarea>`
            : html`<input ...${comun} type="text" autocomplete="off" spellcheck="false" maxlength=${c.maximo} list=${sugeridos?.length ? `${id}-lista` : undefined} value=${valor} onInput=${(e) => poner(e.target.value)} />`}
      ${sugeridos?.length > 0 && html`<datalist id=${`${id}-lista`}>${sugeridos.map((s) => html`<option key=${s} value=${s}></option>`)}</datalist>`}
      ${children}
      ${problema && html`<span class="campo-mal" id=${`${id}-mal`}>${problema}</span>`}
      ${c.ayuda && html`<span class="campo-ayuda" id=${`${id}-ayuda`}>${c.ayuda}</span>`}
    </div>
  `;
}
