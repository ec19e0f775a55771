// What became of a command that has no page of its own: an export, an erasure.
import { html, useEffect } from "../html.js";
import { Cabeza, Tarjeta } from "../componentes/hechos.js";
import { Insignia } from "../componentes/insignia.js";
import { Tabla } from "../componentes/lista.js";
import { DeRecurso, usarRecurso } from "../componentes/recurso.js";
import { Icono } from "../componentes/icono.js";
import { exacto } from "../componentes/tiempo.js";
import { puerta } from "../lugar.js";
import { frase } from "../textos.js";
import { titular } from "../tema.js";

const PROPIA = /^\/\w[\w./:-]*$/; // of this door: two slashes would begin another host's

export default function Resultado({ filtros }) {
  const comando = filtros.get("comando") ?? "";
  const ruta = filtros.get("consulta") ?? "";
  const valen = PROPIA.test(comando) && PROPIA.test(ruta);
  const destino = usarRecurso(valen ? comando : "/-", { comando: valen ? comando : null });
  const supresion = usarRecurso(valen && ruta.includes("/supresiones/") && destino.datos ? ruta : null);
  useEffect(() => titular("Qué fue del comando"), []);
  return html`<${DeRecurso} recurso=${destino} hijo=${(d) => html`
    <${Cabeza} sobre="Qué fue del comando" titulo=${frase(d.tipo)} estado=${html`<${Insignia} estado=${d.estado} />${d.motivo && html`<span>${d.motivo}</span>`}`}
      acciones=${ruta.includes("/exportaciones/") && d.estado === "APLICADO" && html`<a class="boton boton-fuerte" href=${puerta(ruta)} download="exportacion.json"><${Icono} cual="bajar" />Descargar lo exportado</a>`} />
    ${supresion.datos && html`<${Tarjeta} titulo="Lo que queda, y hasta cuándo"><${Tabla} titulo="Lo que queda" clave=${(q) => q.donde + q.que} elementos=${supresion.datos.queda} columnas=${[
      { titulo: "Dónde", celda: (q) => q.donde }, { titulo: "Qué", celda: (q) => q.que }, { titulo: "Hasta", celda: (q) => (q.hasta ? exacto(q.hasta) : "se conserva, o depende de otros") }]} /></${Tarjeta}>`}
  `} />`;
}
