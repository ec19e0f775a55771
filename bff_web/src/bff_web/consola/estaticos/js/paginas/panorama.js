// The overview.
import { html, useEffect } from "../html.js";
import { Cabeza } from "../componentes/hechos.js";
import { titular } from "../tema.js";

export default function Panorama() {
  useEffect(() => titular("Panorama"), []);
  return html`<${Cabeza} titulo="Panorama" />`;
}
