// A value of the whole page's, which what is drawn follows.
import { useEffect, useState } from "./html.js";

/** @returns `ver`: how it is; `poner`: change it; `usar`: in a component, how it is, drawn anew when it changes. */
export function seguido(valor) {
  const oyentes = new Set();
  return {
    ver: () => valor,
    poner(nuevo) {
      valor = nuevo;
      oyentes.forEach((oyente) => oyente(nuevo));
    },
    usar() {
      const [visto, mostrar] = useState(valor);
      useEffect(() => {
        oyentes.add(mostrar);
        return () => oyentes.delete(mostrar);
      }, []);
      return visto;
    },
  };
}
