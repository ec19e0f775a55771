import { html, useEffect } from "../html.js";
import { Fallo } from "../componentes/estados.js";
import { titular } from "../tema.js";

export default function NoEsta() {
  useEffect(() => titular("No existe"), []);
  return html`<${Fallo} principal problema=${{ estado: 404, titulo: "No existe", detalle: "En esta dirección de la consola no hay ninguna página.", errores: [] }} />`;
}
