// The images that wait for somebody to look.
import { html, useEffect, useState } from "../html.js";
import { Cabeza, corto } from "../componentes/hechos.js";
import { Decidir, estadoDe } from "../componentes/decidir.js";
import { Insignia } from "../componentes/insignia.js";
import { Lista } from "../componentes/lista.js";
import { enlace, parte } from "../lugar.js";
import { titular } from "../tema.js";

export default function Cuarentena() {
  const [vez, otra] = useState(0);
  const [decidiendo, decidir] = useState(false); // a row that is decided leaves the list: not before its answer is read
  const cerrar = () => {
    decidir(false);
    otra((antes) => antes + 1);
  };
  useEffect(() => titular("Cuarentena"), []);
  const columnas = [
    { titulo: "Imagen", celda: (i) => html`<a href=${enlace(`/imagenes/${parte(i.id_imagen)}`)} title=${i.id_imagen}>${corto(i.id_imagen)}</a>` },
    { titulo: "Estado", celda: (i) => html`<${Insignia} estado=${estadoDe(i)} />` },
    { titulo: "Por qué", clase: "ancha", celda: (i) => i.motivo },
    { titulo: "Decidir", celda: (i) => html`<${Decidir} imagen=${i} siNo=${html`<span class="tenue">${i.decidible?.length ? "Lo decide un operador" : "Nada: su original se borró"}</span>`} alAbrir=${() => decidir(true)} alCerrar=${cerrar} />` },
  ];
  return html`
    <${Cabeza} titulo="Cuarentena"><p class="tenue">Lo que la limpieza no pudo dar por limpio. El original se conserva hasta que alguien decide, o vence su plazo. De <a href=${enlace("/imagenes", { estado: "FALLIDA" })}>las fallidas</a> se decide en la página de cada una.</p></${Cabeza}>
    <${Lista} ruta="/procesar/imagenes" fijos=${{ estado: "CUARENTENA" }} pagina="/cuarentena" titulo="Imágenes en cuarentena" columnas=${columnas}
      clave=${(i) => i.id_imagen} viva=${!decidiendo} vez=${vez} vacio=${{ titulo: "No hay nada apartado" }} />
  `;
}
