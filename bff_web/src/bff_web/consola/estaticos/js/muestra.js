// Pictures to try with: drawn here, of nobody. From afar each looks like an X-ray of a chest that bears somebody's name
// and number, as devices burn them in: they are what has to be gone afterwards.
import { unico } from "./api.js";

const ANCHO = 480;
const ALTO = 360;
const ROTULOS = [["QUISPE MAMANI ANA", "4471203"], ["ROJAS CONDORI LUIS", "5082946"], ["FLORES HUANCA ROSA", "3917568"]];

/** What is said of it, so that the record agrees with the picture. */
export const DE_MUESTRA = { modalidad: "Rayos X", region_anatomica: "Tórax", patologia: "Neumonía", formato_imagen: "PNG" };

/** One of them. */
export async function muestra(cual = 0) {
  const lienzo = Object.assign(document.createElement("canvas"), { width: ANCHO, height: ALTO });
  const pincel = lienzo.getContext("2d");
  const fondo = pincel.createRadialGradient(ANCHO / 2, ALTO / 2, 30, ANCHO / 2, ALTO / 2, 300);
  fondo.addColorStop(0, "#7d7d7d");
  fondo.addColorStop(1, "#0a0a0a");
  pincel.fillStyle = fondo;
  pincel.fillRect(0, 0, ANCHO, ALTO);
  for (const lado of [-1, 1]) {
    pincel.fillStyle = "rgba(12,12,12,.72)";
    pincel.beginPath();
    pincel.ellipse(ANCHO / 2 + lado * 82, ALTO / 2, 58, 128, lado * 0.12, 0, 7);
    pincel.fill();
    pincel.strokeStyle = "rgba(225,225,225,.3)";
    pincel.lineWidth = 6;
    for (let i = 0; i < 7; i += 1) {
      pincel.beginPath();
      pincel.arc(ANCHO / 2 + lado * 40, 110 + i * 30, 96, lado < 0 ? 2.4 : -0.2, lado < 0 ? 3.4 : 0.8);
      pincel.stroke();
    }
  }
  pincel.fillStyle = "rgba(235,235,235,.55)";
  pincel.fillRect(ANCHO / 2 - 12, 20, 24, ALTO - 40);
  rotular(pincel, ROTULOS[cual]);
  const trozo = await new Promise((hecho) => lienzo.toBlob(hecho, "image/png"));
  return new File([trozo], `muestra-${cual + 1}.png`, { type: "image/png" });
}

function rotular(pincel, [nombre, numero]) {
  pincel.fillStyle = "#000";
  pincel.fillRect(0, 0, ANCHO, 44);
  pincel.fillStyle = "#fff";
  pincel.font = "bold 20px Arial, Helvetica, sans-serif";
  pincel.textBaseline = "middle";
  pincel.fillText(nombre, 14, 23);
  pincel.textAlign = "right";
  pincel.fillText(numero, ANCHO - 14, 23);
  pincel.textAlign = "left";
}

/**
 * A package of them: its files, what is said of each, and by which id each is known afterwards.
 * @returns {Promise<{archivos: File[], metadatos: File, ids: Map<File, string>}>}
 */
export async function muestraDePaquete() {
  const archivos = await Promise.all(ROTULOS.map((_, cual) => muestra(cual)));
  const ids = new Map(archivos.map((archivo) => [archivo, unico()]));
  const dichos = archivos.map((archivo, cual) => ({ archivo: archivo.name, id_imagen: ids.get(archivo), id_paciente: ROTULOS[cual][1], ...DE_MUESTRA }));
  return { archivos, metadatos: new File([JSON.stringify(dichos)], "metadatos.json", { type: "application/json" }), ids };
}
