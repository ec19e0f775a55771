// What the door says of itself: its commands, with what they take (GET /openapi.json).
import { pedir } from "./api.js";

let pedido = null;

const MEDIO_JSON = "application/json";
const MEDIO_FORMULARIO = "multipart/form-data";
const LARGO = 500; // octets from which on a text that may have lines is given room

export function documento() {
  pedido ??= pedir("/openapi.json").catch((problema) => {
    pedido = null;
    throw problema;
  });
  return pedido;
}

/** The commands that a person sends from here: one for each, without its aliases. What is done at once, and not accepted, is none. */
export function comandosDe(doc) {
  return Object.entries(doc.paths)
    .map(([ruta, { post }]) => post && { ruta, id: post.operationId, titulo: post.summary, descripcion: sinClave(post.description), pierde: post["x-se-pierde"] ?? "", etiqueta: post.tags[0], operacion: post })
    .filter((c) => c && c.operacion.responses["202"] && !c.operacion["x-alias-de"]);
}

/** What a description says to a person: of the key, which a form makes by itself, nothing. */
const sinClave = (descripcion = "") => descripcion.replace(/[^.]*Idempotency-Key[^.]*\./g, "").replace(/`/g, "").trim();

function resolver(doc, esquema = {}) {
  if (esquema.$ref) return { ...resolver(doc, doc.components.schemas[esquema.$ref.split("/").at(-1)]), ...sin(esquema, "$ref") };
  const elegido = (esquema.anyOf ?? []).find((e) => e.type !== "null");
  return elegido ? { ...resolver(doc, elegido), ...sin(esquema, "anyOf") } : esquema;
}

const sin = (objeto, nombre) => Object.fromEntries(Object.entries(objeto).filter(([clave]) => clave !== nombre));

const ACENTOS = { anatomica: "anatómica", cedula: "cédula", codigo: "código", numero: "número", patologia: "patología", razon: "razón", region: "región", suscripcion: "suscripción", notificacion: "notificación" };
const NOMBRES = { rut: "RUT", email: "correo", formato_imagen: "formato del archivo", fecha_ingesta: "fecha de ingesta", id_factura: "factura", id_imagen: "imagen", id_paciente: "paciente", id_suscripcion: "suscripción", id_servicio_datos: "servicio de datos", cliente_codigo: "cliente" };

function palabras(nombre) {
  const texto = NOMBRES[nombre] ?? nombre.split("_").map((p) => ACENTOS[p] ?? p).join(" ");
  return texto.charAt(0).toUpperCase() + texto.slice(1);
}

/** What a description says to who fills in the field: how what is stored is counted, the door tells when it matters. */
const ayuda = (descripcion = "") => descripcion.replace(/Cuenta lo que se guarda.*?seguidas\./s, "").replace(/`/g, "").trim().split(/(?<=\.)\s/)[0];

/** Whether a text may have lines. */
const conLineas = ({ pattern, maxLength }) => maxLength >= LARGO && (!pattern || new RegExp(pattern, "u").test("a\nb"));

/** A schema's fields, each by its path in the body. What is within an object is grouped by that; further in, by its name. */
function campos(doc, esquema, ejemplo, camino = []) {
  const { properties = {}, required = [] } = resolver(doc, esquema);
  const alternativas = (resolver(doc, esquema).oneOf ?? []).flatMap((e) => e.required ?? []);
  const sola = Object.keys(properties).length === 1 && camino.length > 1;
  // What has to be there, one way or another, comes before what may be.
  const primero = ([nombre]) => (alternativas.includes(nombre) ? 0 : 1);
  return Object.entries(properties).sort((a, b) => primero(a) - primero(b)).flatMap(([nombre, propio]) => {
    const e = resolver(doc, propio);
    const suyo = ejemplo?.[nombre];
    if (e.properties) return campos(doc, e, suyo, [...camino, nombre]);
    if (e.type === "array" && e.maxItems === 0) return [];
    const archivo = e.format === "binary" || e.items?.format === "binary";
    return [{
      nombre: [...camino, nombre].join("."),
      etiqueta: palabras(sola ? camino.at(-1) : nombre),
      grupo: camino.length ? palabras(camino[0]) : "",
      ayuda: ayuda(e.description),
      obligatorio: required.includes(nombre),
      enVezDe: alternativas.includes(nombre) ? alternativas.filter((otra) => otra !== nombre).map(palabras).join(", ") : "",
      opciones: e.enum,
      tipo: archivo ? "archivo" : e.enum ? "opcion" : conLineas(e) ? "largo" : "texto",
      varios: e.type === "array",
      numero: typeof suyo === "number",
      maximo: e.maxLength,
      valor: suyo ?? "",
    }];
  });
}

/** How a command is sent: a form for each media type that it takes, files first. */
export function formas(doc, comando) {
  const contenido = comando.operacion.requestBody.content;
  return [MEDIO_FORMULARIO, MEDIO_JSON].filter((medio) => contenido[medio]).map((medio) => {
    const esquema = resolver(doc, contenido[medio].schema);
    const conEjemplo = medio === MEDIO_JSON ? esquema : resolver(doc, contenido[MEDIO_JSON]?.schema ?? {});
    return { formulario: medio === MEDIO_FORMULARIO, campos: campos(doc, esquema, (esquema.examples ?? conEjemplo.examples)?.[0]) };
  });
}

/** What a command's address asks for. */
export const enLaRuta = (comando) => [...comando.ruta.matchAll(/\{(\w+)\}/g)].map(([, nombre]) => ({ nombre, etiqueta: palabras(nombre) }));

/** The body that fields make: what was left empty, and need not be there, is left out. */
export function cuerpoDe(campos, valores, formulario) {
  const dados = campos.filter((c) => c.tipo === "archivo" ? valores[c.nombre]?.length : c.obligatorio || (valores[c.nombre] ?? "") !== "");
  if (formulario) {
    const cuerpo = new FormData();
    for (const c of dados) {
      if (c.tipo !== "archivo") cuerpo.append(c.nombre, valores[c.nombre]);
      else for (const archivo of valores[c.nombre]) cuerpo.append(c.nombre, archivo, archivo.name);
    }
    return cuerpo;
  }
  const cuerpo = {};
  for (const c of dados) {
    const camino = c.nombre.split(".");
    const ultimo = camino.pop();
    const dentro = camino.reduce((objeto, parte) => (objeto[parte] ??= {}), cuerpo);
    const valor = valores[c.nombre] ?? "";
    dentro[ultimo] = c.numero && /^\d{1,15}$/.test(valor) ? Number(valor) : valor;
  }
  return cuerpo;
}
