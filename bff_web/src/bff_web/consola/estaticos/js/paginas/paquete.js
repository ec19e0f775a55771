import { html, useEffect } from "../html.js";
import { usarConsulta } from "../api.js";
import { Avance } from "../componentes/avance.js";
import { Cabeza, Hechos, Tarjeta, corto } from "../componentes/hechos.js";
import { Historia, deImagen, usarHistoria } from "../componentes/historia.js";
import { Insignia } from "../componentes/insignia.js";
import { Lista } from "../componentes/lista.js";
import { Parejas } from "../componentes/parejas.js";
import { DeRecurso, usarRecurso } from "../componentes/recurso.js";
import { parte } from "../lugar.js";
import { opciones } from "../textos.js";
import { titular } from "../tema.js";
import { COLUMNAS } from "./imagenes.js";

const JUNTAR_MS = 1000; // its images are decided many a second
const FILTROS = [{ nombre: "estado", etiqueta: "Estado", opciones: opciones("PENDIENTE", "ANONIMIZADA", "CUARENTENA", "FALLIDA", "RECHAZADA") }];

export default function Paquete({ id, recuerdo }) {
  const ruta = `/procesar/paquetes/${parte(id)}`;
  const recurso = usarRecurso(ruta, recuerdo);
  const oidos = usarHistoria({ paquete: id }, recurso.repetir, JUNTAR_MS);
  useEffect(() => titular(`Paquete ${corto(id)}`), [id]);
  const vez = recurso.datos ? `${recurso.datos.total}-${recurso.datos.pendientes}` : "";
  const suyas = usarConsulta(recurso.datos ? `${ruta}/imagenes` : null);
  useEffect(() => {
    suyas.repetir();
  }, [vez]);
  return html`<${DeRecurso} recurso=${recurso} hijo=${(p) => html`
    <${Cabeza} sobre="Paquete" titulo=${p.total ? `Paquete de ${p.total === 1 ? "1 imagen" : `${p.total} imágenes`}` : "Paquete"} id=${id} estado=${html`<${Insignia} estado=${p.estado} />${p.motivo && html`<span>${p.motivo}</span>`}`} />
    <${Tarjeta} titulo="Avance" data-parte="avance">
      <div class="apilado"><${Avance} paquete=${p} />
      <${Hechos} de=${[["Imágenes", p.total], ["Anonimizadas", p.hechas], ["En cuarentena", p.cuarentena], ["Fallidas o rechazadas", p.fallidas], ["Pendientes", p.pendientes], ["Detalle", p.detalle]].map(([n, v]) => [n, typeof v === "number" ? html`<span class="cifra">${v}</span>` : v])} /></div>
    </${Tarjeta}>
    <${Parejas} ruta=${`${ruta}/imagenes`} vez=${vez} />
    <h2>Sus imágenes</h2>
    <${Lista} ruta=${`${ruta}/imagenes`} pagina=${`/paquetes/${parte(id)}`} titulo="Imágenes del paquete" filtros=${FILTROS} columnas=${COLUMNAS} clave=${(i) => i.id_imagen}
      viva=${false} vez=${vez} vacio=${{ titulo: "Todavía no se ha desempaquetado ninguna" }} />
    <${Historia} oidos=${oidos} deImagenes
      pasado=${[{ tipo: "PaqueteRecibido", contexto: "procesamiento", ocurrido: p.recibido }, ...deImagen(suyas.datos?.elementos)]} />
  `} />`;
}
