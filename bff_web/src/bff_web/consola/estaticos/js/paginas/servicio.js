import { html, useEffect } from "../html.js";
import { usarConsulta } from "../api.js";
import { Cabeza, Hechos, Tarjeta, corto } from "../componentes/hechos.js";
import { Historia, dePasos, usarHistoria } from "../componentes/historia.js";
import { Insignia } from "../componentes/insignia.js";
import { Tabla } from "../componentes/lista.js";
import { DeRecurso, usarRecurso } from "../componentes/recurso.js";
import { enlace, parte } from "../lugar.js";
import { titular } from "../tema.js";

const COMANDOS = [["iniciarServicioDatos", "Iniciar", ["CREADO"]], ["asignarExperto", "Asignar otro experto", ["CREADO", "INICIADO"]], ["cambiarAccesoInvestigador", "Investigadores", ["CREADO", "INICIADO"]], ["terminarServicioDatos", "Terminar", ["CREADO", "INICIADO"]]];
const NUBES = { PUBLICA: "pública", PRIVADA: "privada", HIBRIDA: "híbrida" };

export default function Servicio({ id, recuerdo }) {
  const recurso = usarRecurso(`/servicios-datos/${parte(id)}`, recuerdo);
  const suscripcion = recurso.datos?.id_suscripcion;
  const oidos = usarHistoria(suscripcion ? { suscripcion } : null, recurso.repetir);
  const sagas = usarConsulta(suscripcion ? `/suscripciones/${parte(suscripcion)}/sagas` : null);
  useEffect(() => titular(`Servicio de datos ${corto(id)}`), [id]);
  return html`<${DeRecurso} recurso=${recurso} hijo=${(s) => html`
    <${Cabeza} sobre="Servicio de datos" titulo=${s.dataset.nombre} id=${id} estado=${html`<${Insignia} estado=${s.estado} />`}
      acciones=${COMANDOS.filter(([, , en]) => en.includes(s.estado)).map(([comando, texto]) => html`<a key=${comando} class="boton boton-leve" href=${enlace(`/comandos/${comando}`, { id_servicio_datos: id })}>${texto}</a>`)} />
    <${Tarjeta} titulo="Datos"><${Hechos} de=${[
      ["Suscripción", html`<a href=${enlace(`/suscripciones/${parte(s.id_suscripcion)}`)}>${corto(s.id_suscripcion)}</a>`],
      ["Saga", html`<a href=${enlace(`/sagas/${parte(s.id_suscripcion)}`)}>Ver la saga</a>`],
      ["Motivo", s.motivo],
      ["Detalle", s.detalle],
      ["Conjunto de datos", `${s.dataset.nombre} (${s.dataset.codigo})`],
      ["Imágenes publicadas", s.dataset.imagenes ?? "ninguna versión todavía"],
      ["Nube", `${s.nube.nombre}, ${NUBES[s.nube.tipo] ?? s.nube.tipo}`],
      ["Experto", `${s.experto.nombres} ${s.experto.apellidos} (${s.experto.codigo})`],
      ["Investigadores", s.investigadores.join(", ") || "ninguno"],
    ]} /></${Tarjeta}>
    ${s.dataset.imagenes > 0 && html`<${Manifiesto} id=${id} />`}
    <${Historia} oidos=${oidos} pasado=${dePasos(sagas.datos?.elementos)} titulo="Historia de su suscripción" />
  `} />`;
}

function Manifiesto({ id }) {
  const { datos: m } = usarConsulta(`/servicios-datos/${parte(id)}/dataset/manifiesto`);
  return m && html`
    <${Tarjeta} titulo=${`Versión ${m.version} del conjunto de datos`}>
      <${Hechos} de=${[["Imágenes", m.imagenes], ["k", m.k], ["Pacientes retenidos", `${m.pacientes_retenidos} o algo más`], ["Huella", html`<code class="id">${m.huella}</code>`]]} />
      <${Tabla} titulo="Clases" clave=${(c) => JSON.stringify(c)} elementos=${m.clases} columnas=${[
        { titulo: "Modalidad", celda: (c) => c.modalidad }, { titulo: "Patología", celda: (c) => c.patologia }, { titulo: "Región", celda: (c) => c.region },
        { titulo: "Edad", celda: (c) => c.banda_de_edad }, { titulo: "Sexo", celda: (c) => c.sexo }, { titulo: "Mes", celda: (c) => c.mes },
        { titulo: "Imágenes", clase: "numero", celda: (c) => c.imagenes }]} />
    </${Tarjeta}>`;
}
