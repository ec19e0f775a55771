// The shell: the way about, the page that the address names, and word of what is lost.
import { html, render, useEffect, useErrorBoundary, useRef, useState } from "./html.js";
import { esOperador, mandar, sesionActual, verSesion } from "./api.js";
import { Icono } from "./componentes/icono.js";
import { Esqueleto, Fallo } from "./componentes/estados.js";
import { AbrirRecorrido, Recorrido } from "./componentes/recorrido.js";
import { usarEstadoDeEventos } from "./eventos.js";
import { aqui, enlace, puerta, usarLugar } from "./lugar.js";
import { ponerTema, temaActual } from "./tema.js";

/** How often the door is asked whose session it is: it renews one in its last minute, and then nothing is refused. */
const MIRAR_SESION_MS = 45_000;

const MENU = [
  ["Panorama", [["", "Panorama", "panorama"]]],
  ["Clientes", [["sagas", "Sagas", "saga"], ["suscripciones", "Suscripciones", "suscripcion"], ["servicios", "Servicios de datos", "servicio"], ["notificaciones", "Notificaciones", "carta"]]],
  ["Imágenes", [["imagenes", "Imágenes", "imagen"], ["paquetes", "Paquetes", "paquete"], ["cuarentena", "Cuarentena", "pausa"]]],
  ["Operación", [["comandos", "Comandos", "comando"], ["cartas", "Cartas muertas", "parada"], ["auditoria", "Auditoría", "lista"]]],
];
const DE_OPERADOR = ["cartas", "auditoria"]; // of who is none, a click there would be a refusal in the trail

// The module of each page, by the address's first part: alone it is the list's, with an id after it that of one.
const PAGINAS = {
  "": ["panorama"],
  sagas: ["sagas", "saga"],
  suscripciones: ["suscripciones", "suscripcion"],
  servicios: ["servicios", "servicio"],
  imagenes: ["imagenes", "imagen"],
  paquetes: ["paquetes", "paquete"],
  notificaciones: ["notificaciones", "notificacion"],
  cartas: ["cartas", "carta"],
  cuarentena: ["cuarentena"],
  auditoria: ["auditoria"],
  comandos: ["comandos", "comando"],
  resultados: ["resultado", "resultado"],
};

const CALLAR_MS = 2500; // what is had again sooner, nobody need be told of

const modulos = new Map();

function cargar(nombre) {
  if (!modulos.has(nombre)) {
    const pedido = import(`./paginas/${nombre}.js`);
    pedido.catch(() => modulos.delete(nombre));
    modulos.set(nombre, pedido);
  }
  return modulos.get(nombre);
}

const nombreDe = ([primera = "", segunda]) => PAGINAS[primera]?.[segunda === undefined ? 0 : 1] ?? "noesta";

/** A page's module, once it is here. While it comes, and should it not, that is said. */
function Pagina({ lugar }) {
  const nombre = nombreDe(lugar.partes);
  const [cargado, poner] = useState({});
  const [roto, arreglar] = useErrorBoundary();
  const [vez, otra] = useState(0);
  useEffect(() => {
    let vigente = true;
    cargar(nombre).then(
      (modulo) => vigente && poner({ nombre, modulo }),
      (error) => vigente && poner({ nombre, error }),
    );
    return () => (vigente = false);
  }, [nombre, vez]);
  const clave = lugar.partes.join("/");
  useEffect(() => arreglar?.(), [clave]);
  if (roto) {
    console.error(roto);
    return html`<${Fallo} principal problema=${{ titulo: "Esta página falló", detalle: "No se pudo dibujar. Vuelva a intentarlo.", errores: [] }} repetir=${arreglar} />`;
  }
  if (cargado.nombre !== nombre) return html`<${Esqueleto} filas=${10} />`;
  if (cargado.error) {
    return html`<${Fallo} principal problema=${{ titulo: "No se pudo cargar la página", detalle: "La puerta no responde.", errores: [] }} repetir=${() => otra(vez + 1)} />`;
  }
  const { default: Vista } = cargado.modulo;
  return html`<${Vista} key=${clave} id=${lugar.partes.slice(1).join("/")} partes=${lugar.partes} filtros=${lugar.filtros} recuerdo=${lugar.recuerdo} />`;
}

function Menu({ primera, abierto, cerrar }) {
  return html`
    <nav class="menu" id="menu" aria-label="Consola" data-abierto=${abierto}>
      ${MENU.map(([grupo, entradas]) => html`
        <div class="menu-grupo" key=${grupo}>
          ${entradas.length > 1 && html`<p class="menu-titulo" id=${`menu-${grupo}`}>${grupo}</p>`}
          <ul aria-labelledby=${entradas.length > 1 ? `menu-${grupo}` : undefined}>
            ${entradas.filter(([donde]) => esOperador() || !DE_OPERADOR.includes(donde)).map(([donde, texto, icono]) => html`
              <li key=${donde}>
                <a href=${enlace(`/${donde}`)} aria-current=${donde === primera ? "page" : undefined} onClick=${cerrar} data-menu=${donde || "panorama"}>
                  <${Icono} cual=${icono} />${texto}
                </a>
              </li>`)}
          </ul>
        </div>`)}
    </nav>
  `;
}

function Conexion() {
  const estado = usarEstadoDeEventos();
  const texto = { abierto: "En vivo", perdido: "Reconectando…", conectando: "Conectando…" }[estado];
  return html`
    <span class="conexion" data-conexion=${estado} role="status">${texto && html`<i aria-hidden="true"></i>${texto}`}</span>
  `;
}

/** That the stream is lost, once it is so for a moment: it lies over the page, and moves nothing of it. */
function Franja() {
  const estado = usarEstadoDeEventos();
  const [visible, ver] = useState(false);
  useEffect(() => {
    if (estado !== "perdido") return ver(false);
    const reloj = setTimeout(() => ver(true), CALLAR_MS);
    return () => clearTimeout(reloj);
  }, [estado]);
  return html`<div class="franja-perdida" role="status">${visible && [
    html`<${Icono} cual="aviso" />`,
    html`<span>Se perdió el hilo en vivo; se vuelve a conectar solo. Mientras, la página pregunta cada pocos segundos.</span>`,
  ]}</div>`;
}

function Tema() {
  const [tema, poner] = useState(temaActual());
  const siguiente = { auto: "claro", claro: "oscuro", oscuro: "auto" }[tema];
  const nombre = { auto: "automático", claro: "claro", oscuro: "oscuro" };
  return html`
    <button type="button" class="boton boton-icono" data-accion="tema" aria-label=${`Tema ${nombre[tema]}: cambiar a ${nombre[siguiente]}`}
      title=${`Tema ${nombre[tema]}`} onClick=${() => poner(ponerTema(siguiente))}><${Icono} cual="tema" /></button>
  `;
}

function Quien({ sesion, renovar }) {
  if (sesion.autenticacion === "ninguna" || !sesion.quien) return null;
  const salir = async () => {
    const fuera = await mandar("/consola/salir", {}).catch(() => null);
    // The provider knows one still, where it is not told.
    if (fuera?.salida) location.assign(fuera.salida);
    else await renovar();
  };
  return html`
    <span class="quien"><span title=${(sesion.quien.roles ?? []).join(", ")}>${sesion.quien.sub}</span>
      <button type="button" class="boton boton-leve" data-accion="salir" title=${`Salir: aquí está ${sesion.quien.sub}`} onClick=${salir}>Salir</button></span>
  `;
}

/** Nobody is signed in: where that is done, or, in development, a token to be pasted. */
function Entrada({ sesion, renovar }) {
  const [problema, decir] = useState(null);
  const entrar = async (e) => {
    e.preventDefault();
    try {
      await mandar("/consola/sesion", { token: new FormData(e.target).get("token").trim() });
      await renovar();
    } catch (error) {
      decir(error);
    }
  };
  return html`
    <div class="entrada" data-pagina="entrada">
      <h1 tabindex="-1">Entrar en la consola</h1>
      <p>Lo que se ve aquí depende de quién es usted.</p>
      ${sesion.autenticacion === "desarrollo"
        ? html`<form onSubmit=${entrar}>
            <label class="campo"><span class="campo-nombre">Token de desarrollo</span>
              <input name="token" required autocomplete="off" spellcheck="false" />
              <span class="campo-ayuda">Lo hace <code>saludtech token --rol operador</code>.</span></label>
            ${problema && html`<p class="franja" role="alert">${problema.message}</p>`}
            <button class="boton boton-fuerte">Entrar</button>
          </form>`
        : html`<a class="boton boton-fuerte" data-fuera href=${`${puerta(sesion.entrada ?? "/consola/entrar")}?destino=${encodeURIComponent(aqui())}`}>Entrar con su cuenta</a>`}
    </div>
  `;
}

function Consola() {
  const lugar = usarLugar();
  const [sesion, poner] = useState(null);
  const [menu, abrir] = useState(false);
  const contenido = useRef();
  const primera = useRef(true);
  const renovar = () => verSesion().then(poner, () => poner(sesionActual()));
  useEffect(() => {
    renovar();
    addEventListener("sin-sesion", renovar);
    const mirar = () => verSesion().then((una) => una.quien || poner(una), () => {});
    const reloj = setInterval(() => sesionActual().quien && mirar(), MIRAR_SESION_MS);
    return () => {
      clearInterval(reloj);
      removeEventListener("sin-sesion", renovar);
    };
  }, []);
  const camino = lugar.partes.join("/");
  useEffect(() => {
    abrir(false);
    // Who goes on by keyboard or hears the page begins at what is new; not as it opens, nor for a filter.
    if (!primera.current) contenido.current?.focus({ preventScroll: true });
    primera.current = false;
  }, [camino]);
  const fuera = sesion && sesion.autenticacion !== "ninguna" && !sesion.quien;
  const saltar = (e) => {
    e.preventDefault();
    contenido.current.focus();
  };
  return html`
    <a class="saltar" href="#contenido" onClick=${saltar}>Ir al contenido</a>
    <header class="barra">
      <button type="button" class="boton boton-icono barra-menu" aria-expanded=${menu} aria-controls="menu" aria-label="Menú" onClick=${() => abrir(!menu)}><${Icono} cual="menu" /></button>
      <a class="marca" href=${enlace("/")}><img src=${enlace("/estaticos/marca.svg")} alt="" width="24" height="24" /><span>SaludTech<span class="marca-resto"> de los Alpes</span></span></a>
      <span class="hueco"></span>
      <${Conexion} />
      <${Tema} />
      ${sesion && html`<${Quien} sesion=${sesion} renovar=${renovar} />`}
    </header>
    <${Menu} primera=${lugar.partes[0] ?? ""} abierto=${menu} cerrar=${() => abrir(false)} />
    <main id="contenido" ref=${contenido} tabindex="-1">
      <${Franja} />
      ${sesion && !fuera && html`<${Recorrido} />`}
      ${!sesion ? html`<${Esqueleto} filas=${10} />` : fuera ? html`<${Entrada} sesion=${sesion} renovar=${renovar} />` : html`<${Pagina} lugar=${lugar} />`}
    </main>
    ${sesion && !fuera && html`<${AbrirRecorrido} />`}
  `;
}

ponerTema(temaActual());
const sitio = document.getElementById("consola");
sitio.replaceChildren();
render(html`<${Consola} />`, sitio);
