// What the door is asked: every answer is its JSON, or a Problema with the door's own words (RFC 9457).
import { useCallback, useEffect, useRef, useState } from "./html.js";
import { puerta } from "./lugar.js";

/** What went wrong, as a person reads it. `estado` is 0 where nobody answered. */
export class Problema extends Error {
  constructor(estado, cuerpo = {}, espera = null) {
    super(cuerpo.detail ?? cuerpo.title ?? `La puerta respondió ${estado}.`);
    this.estado = estado;
    this.titulo = cuerpo.title ?? "No se pudo";
    this.detalle = cuerpo.detail ?? "";
    this.errores = cuerpo.errores ?? [];
    this.cuerpo = cuerpo;
    this.espera = espera;
  }
}

const SIN_RED = { title: "Sin conexión", detail: "La puerta no responde. Puede que se esté reiniciando." };
const NINGUNA = { autenticacion: "ninguna", quien: null, csrf: null, entrada: null };
let sesion = NINGUNA;

/** Who the browser's session is: asked anew, since it can end, by one tab after another: the door may renew it then, with
 * what is good once. */
export const verSesion = () => (navigator.locks ? navigator.locks.request("saludtech-sesion", preguntar) : preguntar());

async function preguntar() {
  const respuesta = await fetch(puerta("/consola/sesion"), { headers: { Accept: "application/json" } });
  if (!respuesta.ok) throw new Problema(respuesta.status);
  sesion = await respuesta.json();
  return sesion;
}

export const sesionActual = () => sesion;

/** Whether whoever looks may see and do what operators may. */
export const esOperador = () => sesion.autenticacion === "ninguna" || (sesion.quien?.roles ?? []).includes("operador");

function cabeceras(metodo, clave, tipo) {
  const dadas = { Accept: "application/json" };
  if (tipo) dadas["Content-Type"] = tipo;
  if (clave) dadas["Idempotency-Key"] = clave;
  if (metodo !== "GET" && sesion.csrf) dadas["X-CSRF-Token"] = sesion.csrf;
  return dadas;
}

function leer(estado, texto, espera, direccion) {
  let cuerpo = null;
  try {
    cuerpo = texto ? JSON.parse(texto) : null;
  } catch {
    if (estado < 400) return { cuerpo: texto, direccion };
  }
  if (estado >= 400 || estado === 0) {
    if (estado === 401) dispatchEvent(new Event("sin-sesion"));
    throw new Problema(estado, cuerpo ?? {}, espera);
  }
  return { cuerpo, direccion };
}

/** What the door answers to a GET. */
export async function pedir(ruta, { senal } = {}) {
  let respuesta;
  let texto;
  try {
    respuesta = await fetch(puerta(ruta), { headers: cabeceras("GET"), signal: senal });
    texto = await respuesta.text();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problema(0, SIN_RED);
  }
  return leer(respuesta.status, texto, respuesta.headers.get("Retry-After")).cuerpo;
}

/** Send a command; `cuerpo` is what becomes JSON, or a FormData. `avance` hears what part of a form has gone, 0 to 1. */
export function mandar(ruta, cuerpo, { clave, avance } = {}) {
  const formulario = cuerpo instanceof FormData;
  const envio = new XMLHttpRequest(); // fetch does not say how much of a body has gone
  envio.open("POST", puerta(ruta));
  const tipo = formulario ? null : "application/json";
  for (const [nombre, valor] of Object.entries(cabeceras("POST", clave, tipo))) envio.setRequestHeader(nombre, valor);
  return new Promise((resolver, rechazar) => {
    if (avance) envio.upload.onprogress = (paso) => paso.lengthComputable && avance(paso.loaded / paso.total);
    envio.onerror = () => rechazar(new Problema(0, SIN_RED));
    envio.onload = () => {
      try {
        resolver(leer(envio.status, envio.responseText, envio.getResponseHeader("Retry-After")).cuerpo);
      } catch (problema) {
        rechazar(problema);
      }
    };
    envio.send(formulario ? cuerpo : JSON.stringify(cuerpo ?? {}));
  });
}

const CADA_MS = 600;
const MAXIMO = 50;

/** What became of a command: asked until it is decided; null where that was not told in time. */
export async function destinoDe(comando) {
  for (let vez = 0; vez < MAXIMO; vez += 1) {
    const destino = await pedir(comando).catch((problema) => {
      if (problema.estado !== 404 && problema.estado !== 503 && problema.estado !== 0) throw problema;
      return null;
    });
    if (destino && destino.estado !== "ACEPTADO" && destino.estado !== "PENDIENTE") return destino;
    await new Promise((seguir) => setTimeout(seguir, CADA_MS));
  }
  return null;
}

/** An identifier that nobody else has made. `crypto.randomUUID` is there by TLS, or on this very machine, alone. */
export function unico() {
  const octetos = crypto.getRandomValues(new Uint8Array(16));
  octetos[6] = (octetos[6] & 0x0f) | 0x40;
  octetos[8] = (octetos[8] & 0x3f) | 0x80;
  const hex = [...octetos].map((o) => o.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** A query with its filters, the empty ones left out. */
export function consulta(ruta, filtros = {}) {
  const dados = Object.entries(filtros).filter(([, valor]) => valor != null && valor !== "");
  return dados.length ? `${ruta}?${new URLSearchParams(dados)}` : ruta;
}

/**
 * What a query answers, followed. While it is asked again, what was known stays on the page.
 * A null route asks nothing. `repetir()` asks anew.
 */
export function usarConsulta(ruta) {
  const [visto, poner] = useState({ ruta: null, datos: null, problema: null, cargando: true });
  const vuelta = useRef(null);
  const preguntar = useCallback(async () => {
    if (!ruta) return;
    if (vuelta.current?.ruta === ruta) {
      vuelta.current.otra = true; // one question at a time: however often it is asked, an answer comes
      return;
    }
    vuelta.current?.control.abort();
    const propia = (vuelta.current = { ruta, control: new AbortController(), otra: false });
    poner((antes) => ({ ...antes, cargando: true }));
    try {
      const datos = await pedir(ruta, { senal: propia.control.signal });
      if (vuelta.current === propia) poner({ ruta, datos, problema: null, cargando: false });
    } catch (problema) {
      if (vuelta.current !== propia || problema.name === "AbortError") return;
      const conocido = (antes) => (antes.ruta === ruta && problema.estado !== 404 ? antes.datos : null);
      poner((antes) => ({ ruta, datos: conocido(antes), problema, cargando: false }));
    }
    if (vuelta.current !== propia) return;
    vuelta.current = null;
    if (propia.otra) preguntar();
  }, [ruta]);
  useEffect(() => {
    preguntar();
    return () => {
      vuelta.current?.control.abort();
      vuelta.current = null;
    };
  }, [preguntar]);
  const propia = visto.ruta === ruta;
  return {
    datos: propia ? visto.datos : null,
    problema: propia ? visto.problema : null,
    cargando: !propia || visto.cargando,
    repetir: preguntar,
  };
}
