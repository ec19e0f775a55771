// A client generated from the door's document creates a subscription, follows it and lists it; likewise an image.
import createClient from "openapi-fetch";
import type { components, paths } from "./puerta.js";

declare const process: { argv: string[] };

const [, , base, marca] = process.argv;
if (!base || !marca) throw new Error("cliente.js DIRECCION MARCA");
const puerta = createClient<paths>({ baseUrl: base });

type Problema = components["schemas"]["Problema"];

function exigir<T>(que: string, dado: { data?: T; error?: Problema }): T {
  if (dado.data === undefined) throw new Error(`${que}: ${JSON.stringify(dado.error)}`);
  return dado.data;
}

/** Asks again until the answer is what is waited for: what was accepted is applied later. */
async function hasta<T>(que: string, preguntar: () => Promise<{ data?: T }>, es: (dado: T) => boolean): Promise<T> {
  for (let vez = 0; vez < 300; vez++) {
    const { data } = await preguntar();
    if (data !== undefined && es(data)) return data;
    await new Promise((listo) => setTimeout(listo, 200));
  }
  throw new Error(`${que}: no llegó`);
}

const cuerpo: components["schemas"]["CuerpoCrearSuscripcion"] = {
  cliente: {
    codigo: marca,
    nombre: { nombres: "Pablo", apellidos: "Perez Prieto" },
    usuario: "pperez",
    rut: { numero: "12.345.678-K" },
    cedula: { numero: 123457890 },
    email: "pperez@domain.com",
  },
  plan: { codigo: "pro", nombre: "PRO" },
};
const clave = { "Idempotency-Key": `clave-${marca}` };
const crear = () => puerta.POST("/suscripciones/suscripcion-comando", { body: cuerpo, params: { header: clave } });
const aceptada = exigir("crear", await crear());
const repetida = exigir("repetir", await crear());
if (repetida.id_suscripcion !== aceptada.id_suscripcion) throw new Error("la clave no hizo de dos una");
const { id_suscripcion } = aceptada;
const activa = await hasta(
  "ACTIVA",
  () => puerta.GET("/suscripciones/{id_suscripcion}", { params: { path: { id_suscripcion } } }),
  (una) => una.estado === "ACTIVA",
);
const saga = await hasta(
  "COMPLETADA",
  () => puerta.GET("/suscripciones/{id_suscripcion}/saga", { params: { path: { id_suscripcion } } }),
  (una) => una.estado === "COMPLETADA",
);
const lista = exigir("listar", await puerta.GET("/suscripciones", { params: { query: { cliente: marca } } }));
if (lista.elementos.length !== 1 || lista.elementos[0]?.id_suscripcion !== id_suscripcion)
  throw new Error("la lista no la trae");

const id_imagen = `img-${marca}`;
exigir(
  "enviar una imagen",
  await puerta.POST("/procesar/procesar-imagen", {
    body: {
      id_imagen,
      modalidad: "Rayos X",
      patologia: "Neumonía",
      region_anatomica: "Cráneo",
      formato_imagen: "DICOM",
      fuente_de_datos: "Hospital del norte",
      antecedentes: "Diabético",
      id_paciente: `p-${marca}`,
      fecha_ingesta: "2024-02-01 09:10:00",
    },
  }),
);
const imagen = await hasta(
  "ANONIMIZADA",
  () => puerta.GET("/procesar/imagenes/{id_imagen}", { params: { path: { id_imagen } } }),
  (una) => una.estado === "ANONIMIZADA",
);
exigir("listar imágenes", await puerta.GET("/procesar/imagenes", { params: { query: { modalidad: "Rayos X" } } }));

const mala = await puerta.POST("/suscripciones/{id_suscripcion}/plan-comando", {
  params: { path: { id_suscripcion } },
  body: { plan: { codigo: "no vale", nombre: "X" } },
});
const faltas = mala.error?.errores?.map((falta) => falta.campo).join();
if (mala.response.status !== 422 || faltas !== "plan.codigo") throw new Error(`422 dice ${faltas}`);

console.log(`${activa.plan.codigo} ${activa.estado}, ${saga.pasos.length} pasos, ${imagen.condiciones.length} condición`);
