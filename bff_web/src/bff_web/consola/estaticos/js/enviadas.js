// What this very browser sent, to be held beside what comes back: in memory alone, and gone with the page.
const enviadas = new Map();
const MAXIMO = 8;

/** Keep a picture that was sent, by its image's id. Nothing but what a browser shows by itself. */
export function recordar(id, archivo) {
  if (!["image/png", "image/jpeg"].includes(archivo?.type)) return;
  olvidar(id);
  if (enviadas.size >= MAXIMO) olvidar(enviadas.keys().next().value);
  enviadas.set(id, URL.createObjectURL(archivo));
}

function olvidar(id) {
  if (enviadas.has(id)) URL.revokeObjectURL(enviadas.get(id));
  enviadas.delete(id);
}

export const enviada = (id) => enviadas.get(id);
