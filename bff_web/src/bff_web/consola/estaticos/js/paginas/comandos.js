import { html, useEffect, useState } from "../html.js";
import { Cabeza, Tarjeta } from "../componentes/hechos.js";
import { Esqueleto, Fallo } from "../componentes/estados.js";
import { Icono } from "../componentes/icono.js";
import { comandosDe, documento } from "../documento.js";
import { enlace, puerta } from "../lugar.js";
import { titular } from "../tema.js";

export default function Comandos() {
  const [visto, poner] = useState({});
  const preguntar = () => documento().then((doc) => poner({ doc }), (problema) => poner({ problema }));
  useEffect(() => {
    titular("Comandos");
    preguntar();
  }, []);
  if (visto.problema) return html`<${Fallo} principal problema=${visto.problema} repetir=${preguntar} />`;
  const comandos = visto.doc ? comandosDe(visto.doc) : [];
  const grupos = [...new Set(comandos.map((c) => c.etiqueta))];
  return html`
    <${Cabeza} titulo="Comandos"><p class="tenue">Lo que se le puede pedir a la plataforma, cada uno con su ejemplo ya puesto; lo que no se puede deshacer empieza vacío, y se pregunta antes de enviarlo. Se acepta al momento y se aplica después: la página lo sigue. Para programas: <a data-fuera href=${puerta("/docs")}>el documento de la puerta</a> y <a data-fuera href=${puerta("/docs/mensajes")}>los mensajes entre servicios</a>.</p></${Cabeza}>
    ${!visto.doc && html`<${Esqueleto} filas=${12} />`}
    ${grupos.map((g) => html`
      <${Tarjeta} titulo=${g} key=${g}>
        <ul class="comandos">${comandos.filter((c) => c.etiqueta === g).map((c) => html`
          <li key=${c.id}><a href=${enlace(`/comandos/${c.id}`)} data-comando=${c.id}><b>${c.titulo}</b><span>${c.descripcion.split(/\n|\. /)[0].replace(/\.$/, "")}.</span><${Icono} cual="flecha" /></a></li>`)}</ul>
      </${Tarjeta}>`)}
  `;
}
