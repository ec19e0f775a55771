// Who did, saw or was refused what.
import { html, useEffect } from "../html.js";
import { sesionActual } from "../api.js";
import { Cabeza, corto } from "../componentes/hechos.js";
import { Insignia } from "../componentes/insignia.js";
import { Lista } from "../componentes/lista.js";
import { PestanasDeServicio } from "../componentes/servicios.js";
import { Tiempo } from "../componentes/tiempo.js";
import { RUTAS, frase, SERVICIOS } from "../textos.js";
import { titular } from "../tema.js";

const FILTROS = [{ nombre: "quien", etiqueta: "Quién" }, { nombre: "recurso", etiqueta: "Recurso" }];
const COLUMNAS = [
  { titulo: "Cuándo", celda: (n) => html`<${Tiempo} de=${n.ocurrido} />` },
  { titulo: "Quién", celda: (n) => html`<span title=${n.titular}>${n.quien}</span>` },
  { titulo: "Qué", celda: (n) => frase(n.accion) },
  { titulo: "Resultado", celda: (n) => html`<${Insignia} estado=${n.resultado} />` },
  { titulo: "Recurso", celda: (n) => (n.recurso ? html`<code title=${n.recurso}>${corto(n.recurso)}</code>` : html`<span class="tenue">—</span>`) },
  { titulo: "Motivo", clase: "ancha", celda: (n) => n.motivo ?? html`<span class="tenue">—</span>` },
  { titulo: "Veces", clase: "numero", celda: (n) => n.veces },
];

export default function Auditoria({ filtros }) {
  const servicio = RUTAS[filtros.get("servicio")] ? filtros.get("servicio") : "suscripciones";
  useEffect(() => titular("Auditoría"), []);
  const puestos = { quien: filtros.get("quien"), recurso: filtros.get("recurso") };
  return html`
    <${Cabeza} titulo="Auditoría"><p class="tenue">Identificadores y códigos, y de una carta muerta, por qué se decidió; en cada servicio los suyos.${sesionActual().autenticacion === "ninguna" && " Aquí no se pregunta a nadie quién es, así que no se anota quién mira ni quién pide."}</p></${Cabeza}>
    <${PestanasDeServicio} pagina="/auditoria" actual=${servicio} filtros=${puestos} />
    <${Lista} key=${servicio} ruta=${`${RUTAS[servicio]}/auditoria`} pagina="/auditoria" titulo=${`Auditoría de ${SERVICIOS[servicio]}`} filtros=${FILTROS} columnas=${COLUMNAS}
      clave=${(n) => [n.ocurrido, n.quien, n.accion, n.recurso, n.correlacion].join(" ")} viva=${false} vacio=${{ titulo: "Nadie ha hecho nada que anotar" }} />
  `;
}
