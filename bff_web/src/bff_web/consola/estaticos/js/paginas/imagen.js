// An image before and after: what was done with each tag, and what is left of the picture.
import { html, useEffect, useState } from "../html.js";
import { usarConsulta } from "../api.js";
import { Cabeza, Hechos, Tarjeta, corto } from "../componentes/hechos.js";
import { Decidir, estadoDe } from "../componentes/decidir.js";
import { Historia, deImagen, usarHistoria } from "../componentes/historia.js";
import { Icono } from "../componentes/icono.js";
import { Insignia } from "../componentes/insignia.js";
import { Tabla } from "../componentes/lista.js";
import { DeRecurso, usarRecurso } from "../componentes/recurso.js";
import { Tiempo, exacto } from "../componentes/tiempo.js";
import { enviada } from "../enviadas.js";
import { esHora, etiqueta } from "../etiquetas.js";
import { enlace, parte, puerta } from "../lugar.js";
import { ACCIONES, AVISOS, OPCIONES, humano } from "../textos.js";
import { titular } from "../tema.js";

export default function Imagen({ id, recuerdo }) {
  const ruta = `/procesar/imagenes/${parte(id)}`;
  const recurso = usarRecurso(ruta, recuerdo);
  const informe = usarConsulta(recurso.datos ? `${ruta}/informe` : null);
  const oidos = usarHistoria({ imagen: id }, () => {
    recurso.repetir();
    informe.repetir();
  });
  useEffect(() => titular(`Imagen ${corto(id)}`), [id]);
  return html`<${DeRecurso} recurso=${recurso} hijo=${(i) => html`
    <${Cabeza} sobre="Imagen" titulo=${[i.modalidad, i.region_anatomica].filter(Boolean).join(", ") || "Imagen"} id=${id}
      estado=${html`<${Insignia} estado=${estadoDe(i)} />${i.motivo && html`<span>${i.motivo}</span>`}`}
      acciones=${html`
        ${i.estado === "ANONIMIZADA" && (informe.datos ? informe.datos.sha256 : informe.cargando) && html`<a class="boton" href=${puerta(`${ruta}/archivo`)} download data-accion="descargar"><${Icono} cual="bajar" />Descargar el archivo limpio</a>`}
        <${Decidir} imagen=${i} alCerrar=${() => [recurso, informe].forEach((c) => c.repetir())} />`} />
    ${informe.datos?.avisos.length > 0 && html`<div class="franja franja-ojo" data-parte="avisos"><b>Antes de usarla:</b> ${informe.datos.avisos.map((a) => AVISOS[a] ?? humano(a)).join(" ")}</div>`}
    <${AntesYDespues} ruta=${ruta} id=${id} imagen=${i} informe=${informe.datos} />
    <${Tarjeta} titulo="Datos, ya sin el paciente">
      <${Hechos} de=${[
        ["Paquete", i.id_paquete && html`<a href=${enlace(`/paquetes/${parte(i.id_paquete)}`)}>${corto(i.id_paquete)}</a>`],
        ["Recibida", i.recibida && html`<${Tiempo} de=${i.recibida} />`], ["Decidida", i.decidida && html`<${Tiempo} de=${i.decidida} />`],
        ["Modalidad", i.modalidad], ["Región", i.region_anatomica], ["Patología", i.patologia], ["Formato", i.formato_imagen], ["Fuente", i.fuente_de_datos],
        ["Fecha, desplazada", i.fecha_ingesta], ["Seudónimo del paciente", i.seudonimo_paciente && html`<code>${i.seudonimo_paciente}</code>`],
        ["Condiciones", i.condiciones?.map((c) => `${c.nombre} (${c.codigo})`).join("; ")],
      ]} />
      <p class="tenue nota">${i.aviso}</p>
    </${Tarjeta}>
    ${informe.datos && html`<${Informe} informe=${informe.datos} />`}
    <${Historia} oidos=${oidos} pasado=${[{ tipo: "ImagenRecibida", contexto: "procesamiento", ocurrido: i.recibida }, ...deImagen([i]), ...deDecisiones(informe.datos)]} />
  `} />`;
}

/** What operators decided of it. */
const deDecisiones = (informe) => (informe?.decisiones ?? []).map((d) => ({ tipo: DECISIONES[d.decision], id_imagen: informe.id_imagen, contexto: "procesamiento", ocurrido: d.ocurrida }));
const DECISIONES = { LIBERADA: "ImagenLiberada", DESCARTADA: "OriginalDescartado" };

/** What became of the original, which is never shown. */
function delOriginal({ estado, descartada, decidible }) {
  if (descartada) return "Un operador lo hizo borrar.";
  if (!["CUARENTENA", "FALLIDA"].includes(estado)) return "La plataforma lo borra en cuanto lo limpia.";
  return decidible?.length ? "Se conserva hasta que alguien decida, o venza su plazo." : "Se borró al vencer su plazo.";
}

function AntesYDespues({ ruta, id, imagen, informe }) {
  const local = enviada(id);
  return html`
    <div class="antes-despues" data-parte="antes-despues">
      <figure class="cuadro">
        <figcaption>Antes</figcaption>
        ${local
          ? html`<img src=${local} alt="La imagen tal como la envió este navegador" />`
          : html`<div class="cuadro-vacio"><${Icono} cual="ojo" grande /><p>El original no se muestra nunca: puede decir quién es.</p></div>`}
        <p class="tenue">${local ? "Solo la tiene este navegador, en memoria: no vino de la plataforma." : delOriginal(imagen)}</p>
      </figure>
      <figure class="cuadro">
        <figcaption>Después</figcaption>
        <${Vista} ruta=${ruta} estado=${imagen.estado} sha256=${informe?.sha256} />
        ${imagen.estado === "ANONIMIZADA" && html`<p class="tenue">${informe?.regiones?.length > 0 ? informe.regiones.length === 1 ? "Se tapó un rectángulo." : `Se taparon ${informe.regiones.length} rectángulos.` : "Lo que queda una vez limpia."}</p>`}
      </figure>
    </div>
  `;
}

function Vista({ ruta, estado, sha256 }) {
  const [rota, romper] = useState(false);
  useEffect(() => romper(false), [sha256]);
  if (estado === "ANONIMIZADA" && sha256 && !rota) {
    return html`<img src=${puerta(`${ruta}/vista`)} alt="La imagen, ya limpia" onError=${() => romper(true)} />`;
  }
  const porQue = estado === "PENDIENTE" ? "Se está limpiando…" : estado !== "ANONIMIZADA" ? "No hay resultado limpio." : sha256 ? "De este archivo no se hace vista; se puede descargar." : "Llegó sin archivo: solo sus metadatos.";
  return html`<div class="cuadro-vacio"><${Icono} cual=${estado === "PENDIENTE" ? "reloj" : "imagen"} grande /><p>${porQue}</p></div>`;
}

const COLUMNAS_DE_ACCIONES = [
  { titulo: "Antes: había", celda: (a) => html`<span>${etiqueta(a.ruta)}</span>` },
  { titulo: "Etiqueta", celda: (a) => (a.ruta.includes(",") ? html`<code>${a.ruta}</code>` : "—") },
  { titulo: "Después", celda: (a) => accionDe(a) },
  { titulo: "Veces", clase: "numero", celda: (a) => a.veces },
];
const accionDe = ({ accion, ruta }) => (accion === "FECHA" && esHora(ruta) ? "Se conservó la hora; su fecha se desplazó" : ACCIONES[accion] ?? humano(accion));
const CONSERVAN = ["CONSERVAR", "TECNICO", "COLOR", "CODIGO"];
const ORDEN = ["QUITAR", "VACIAR", "RELLENAR", "ROTULO", "FECHA", "UID", "SOLO_UID", "ENTRAR"];

/** What went comes first, then what changed: what tells who somebody is is among these. What stayed is folded away. */
function Acciones({ acciones }) {
  const conservadas = acciones.filter((a) => CONSERVAN.includes(a.accion));
  const puesto = ({ accion }) => (ORDEN.includes(accion) ? ORDEN.indexOf(accion) : ORDEN.length);
  const cambiadas = acciones.filter((a) => !conservadas.includes(a)).sort((a, b) => puesto(a) - puesto(b));
  const tabla = (titulo, elementos) => html`<${Tabla} titulo=${titulo} clave=${(a) => a.ruta + a.accion} elementos=${elementos} columnas=${COLUMNAS_DE_ACCIONES} />`;
  return html`<${Tarjeta} titulo="Qué se hizo con cada etiqueta" data-parte="acciones">
    ${cambiadas.length > 0 ? tabla("Lo que se quitó o se cambió", cambiadas) : html`<p class="tenue">No hubo nada que quitar ni cambiar.</p>`}
    ${conservadas.length > 0 && html`<details class="plegado" data-parte="conservadas"><summary>Se conservaron sin cambio: ${conservadas.length}</summary>${tabla("Lo que se conservó", conservadas)}</details>`}
  </${Tarjeta}>`;
}

function Informe({ informe: f }) {
  return html`
    ${f.acciones.length > 0 && html`<${Acciones} acciones=${f.acciones} />`}
    ${f.motor && html`<${Tarjeta} titulo="Informe" data-parte="informe">
      <${Hechos} de=${[
        ["Motor", f.motor], ["Perfil", f.perfil], ["Edición", f.edicion], ["Opciones", f.opciones.map((o) => OPCIONES[o] ?? humano(o)).join(", ")],
        ["Avisos", f.avisos.map((a) => AVISOS[a] ?? humano(a)).join(" ")], ["Rectángulos tapados", f.regiones.join(" · ")], ["Dudas despejadas", f.despejadas.map(humano).join("; ")],
        ["Octetos", f.octetos?.toLocaleString("es")], ["SHA-256", f.sha256 && html`<code class="id">${f.sha256}</code>`],
        ["Original hasta", f.original_hasta && html`<span>${exacto(f.original_hasta)}</span>`],
      ]} />
    </${Tarjeta}>`}
    ${f.decisiones.length > 0 && html`<${Tarjeta} titulo="Decisiones" data-parte="decisiones">
      <${Tabla} titulo="Decisiones" clave=${(d) => d.id_comando} elementos=${f.decisiones} columnas=${[
        { titulo: "Decisión", celda: (d) => html`<${Insignia} estado=${d.decision} />` }, { titulo: "Operador", celda: (d) => d.operador }, { titulo: "Razón", celda: (d) => d.razon },
        { titulo: "Cuándo", celda: (d) => html`<${Tiempo} de=${d.ocurrida} />` },
        { titulo: "Auditoría", celda: (d) => html`<a href=${enlace("/auditoria", { servicio: "procesamiento", recurso: f.id_imagen })}>Ver</a>` }]} />
    </${Tarjeta}>`}
  `;
}
