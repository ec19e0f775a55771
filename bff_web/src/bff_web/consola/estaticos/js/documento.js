// What the door says of itself: its commands, with what they take (GET /openapi.json).
import { pedir } from "./api.js";

let pedido = null;

const MEDIO_JSON = "application/json";
const MEDIO_FORMULARIO = "multipart/form-data";
const LARGO = 500;

export function documento() {
  pedido ??= pedir("/openapi.json").catch((problema) => {
    pedido = null;
    throw problema;
  });
  return pedido;
}

/** The commands that a person sends from here: one for each, without its aliases, and what has a page of its own. */
export function comandosDe(doc) {
  return Object.entries(doc.paths)
    .map(([ruta, { post }]) => post && { ruta, id: post.operationId, titulo: post.summary, descripcion: post.description ?? "", etiqueta: post.tags[0], operacion: post })
    .filter((c) => c && !/En[A-Z][a-z]+$/.test(c.id) && !c.ruta.includes("/cartas/") && c.operacion.requestBody);
}

function resolver(doc, esquema = {}) {
  if (esquema.$ref) return { ...resolver(doc, doc.components.schemas[esquema.$ref.split("/").at(-1)]), ...sin(esquema, "$ref") };
  const elegido = (esquema.anyOf ?? []).find((e) => e.type !== "null");
  return elegido ? { ...resolver(doc, elegido), ...sin(esquema, "anyOf") } : esquema;
}

const sin = (objeto, nombre) => Object.fromEntries(Object.entries(objeto).filter(([clave]) => clave !== nombre));

const palabras = (nombre) => {
  const texto = nombre.replaceAll("_", " ").replace(/\bid\b/, "identificador de").replace(/\banatomica\b/, "anatómica").replace(/\brazon\b/, "razón").replace(/\bpatologia\b/, "patología").replace(/\bcodigo\b/, "código").replace(/\bcedula\b/, "cédula").replace(/\bnumero\b/, "número").replace(/^email$/, "correo").replace(/^rut$/, "RUT");
  return texto.charAt(0).toUpperCase() + texto.slice(1);
};

/** A schema's fields, each by its path in the body; those within an object are told with its name. */
function campos(doc, esquema, ejemplo, camino = [], grupo = "") {
  const { properties = {}, required = [] } = resolver(doc, esquema);
  return Object.entries(properties).flatMap(([nombre, propio]) => {
    const e = resolver(doc, propio);
    const suyo = ejemplo?.[nombre];
    if (e.properties) return campos(doc, e, suyo, [...camino, nombre], [grupo, palabras(nombre)].filter(Boolean).join(" · "));
    if (e.type === "array" && e.maxItems === 0) return [];
    const archivo = e.format === "binary" || e.items?.format === "binary";
    return [{
      nombre: [...camino, nombre].join("."),
      etiqueta: palabras(nombre),
      grupo,
      ayuda: e.description ?? "",
      obligatorio: required.includes(nombre),
      opciones: e.enum,
      tipo: archivo ? "archivo" : e.enum ? "opcion" : e.maxLength >= LARGO ? "largo" : "texto",
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
