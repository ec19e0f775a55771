// How far a package is, by what became of its images.
import { html } from "../html.js";

const PARTES = [["hechas", "bien"], ["cuarentena", "ojo"], ["fallidas", "mal"]];

export function Avance({ paquete: p }) {
  const decididas = p.hechas + p.cuarentena + p.fallidas;
  const dicho = p.total ? `${decididas} de ${p.total} decididas` : "aún no se sabe cuántas";
  return html`
    <span class="avance" role="progressbar" aria-label="Imágenes decididas" aria-valuemin="0" aria-valuemax=${p.total || 1} aria-valuenow=${decididas} aria-valuetext=${dicho}>
      <span class="avance-via">${PARTES.map(([cual, tono]) => html`<i key=${cual} data-tono=${tono} style=${{ width: `${p.total ? (p[cual] / p.total) * 100 : 0}%` }}></i>`)}</span>
      <span class="cifra">${p.total ? `${Math.floor((decididas / p.total) * 100)} %` : "—"}</span>
    </span>
  `;
}
