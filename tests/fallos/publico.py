"""The public of an ordinary day at the door: who asks for things, who looks, who errs, and who means ill."""

import itertools
import secrets
import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from urllib.parse import urlsplit

import urllib3
from tests.fallos.escenario import RUTA_IMAGEN, RUTA_SUSCRIPCION, Clientela
from tests.saga.espera import hasta
from tests.saga.negocio import Negocio
from tests.saga.plataforma_viva import RECHAZA

Quehacer = Callable[[], None]

_JSON = "application/json"
_MALOS: Sequence[tuple[str, str, str, bytes, int]] = (
    ("POST", RUTA_IMAGEN, _JSON, b"{}", 422),
    ("POST", RUTA_SUSCRIPCION, _JSON, b'{"cliente": {"codigo": 7}, "plan": [], "sobra": true}', 422),
    ("POST", RUTA_IMAGEN, _JSON, b"[" * 50_000, 400),
    ("POST", RUTA_IMAGEN, _JSON, b'{"a": "\xff\xfe"}', 400),
    ("POST", RUTA_SUSCRIPCION, "text/plain", b"hola", 415),
    ("POST", RUTA_IMAGEN, _JSON, b" " * (1024 * 1024 + 1), 413),
    ("GET", RUTA_IMAGEN, _JSON, b"", 405),
    ("GET", "/suscripciones?cursor=%00&sobra=1", _JSON, b"", 422),
)
"""Method, path, media type, body, and what the door must answer."""
_BASURA = (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20, b"GET " + b"/" * 9000 + b" HTTP/1.1\r\n\r\n")
_LISTAS = ("/suscripciones?estado=ACTIVA", "/servicios-datos", "/procesar/imagenes", "/notificaciones")
_PLANES = ("free", "basico", "pro")
_A_MEDIAS = b"POST /procesar/procesar-imagen HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{"


class Publico:
    """All of them, as errands to be run at a pace; each asserts what the door must answer."""

    def __init__(self, negocio: Negocio, clientela: Clientela) -> None:
        self._negocio = negocio
        self._clientela = clientela
        self._http = urllib3.PoolManager(maxsize=16, retries=False, timeout=20)
        self._turno = itertools.count()
        self._cerrojo = threading.Lock()
        self._malos = itertools.cycle(_MALOS)
        self._basura = itertools.cycle(_BASURA)

    def tropel(self, todos_dentro: Callable[[], bool]) -> None:
        """More and more come, and all ask at the same moment: each holds back a request's end until `todos_dentro`.

        So every thread there is gets to work at once, here and in the services behind, and no later rush makes more.
        """
        with ExitStack() as pila:
            rutas = itertools.cycle(_LISTAS)
            enchufes: list[socket.socket] = []

            def llegar() -> bool:
                for ruta in itertools.islice(rutas, 4):
                    enchufes.append(pila.enter_context(self._enchufe()))
                    enchufes[-1].sendall(f"GET {ruta} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n".encode())
                return todos_dentro()

            hasta(llegar, "la puerta usa todos sus hilos", segundos=20)
            for enchufe in enchufes:
                # Whoever waited for too long was let go of.
                with suppress(OSError):
                    enchufe.sendall(b"\r\n")
            for enchufe in enchufes:
                with suppress(OSError):
                    while enchufe.recv(65536):
                        pass

    def avalancha(self, cuantos: int, hilos: int = 16) -> None:
        """So many bodies that are refused, the largest among them, as fast as the door refuses them."""
        with ThreadPoolExecutor(hilos) as pila:
            for hecho in [pila.submit(self._errar) for _ in range(cuantos)]:
                hecho.result()

    def jornada(self, segundos: float, *, ritmo: float = 1) -> list[Quehacer]:
        """The errands of so many seconds, of each kind as many as its pace makes; `ritmo` times as many."""
        ritmos: Sequence[tuple[Quehacer, float]] = (
            (self._clientela.pedir_imagen, 20),
            (self._pedir_suscripcion, 4),
            (self._cambiar_de_parecer, 1),
            (self._mirar, 10),
            (self._repasar, 1),
            (self._preguntar_en_vano, 0.5),
            (self._errar, 1),
            (self._ensuciar, 0.2),
            (self._dejar_a_medias, 0.1),
        )
        return [hacer for hacer, por_segundo in ritmos for _ in range(int(por_segundo * ritmo * segundos))]

    def _pedir_suscripcion(self) -> None:
        """PRO and free by turns; now and then one whose letter can't be delivered, or of a plan that does not exist."""
        turno = next(self._turno)
        plan = "pro" if turno % 2 else "free"
        if turno % 40 == 0:
            plan = "platino"
        correo = RECHAZA if turno % 20 == 1 else "cliente"
        cliente = self._negocio.cliente_nuevo(correo)
        self._clientela.pedir_suscripcion(self._negocio.cuerpo_suscripcion(plan, cliente))

    def _cambiar_de_parecer(self) -> None:
        """Another plan for one of the newest subscriptions, whatever has become of it, or none at all."""
        turno = next(self._turno)
        if not (recientes := self._clientela.suscripciones[-50:]):
            return
        suscripcion = secrets.choice(recientes)
        if turno % 2:
            self._clientela.cancelar(suscripcion)
        else:
            plan = _PLANES[turno // 2 % len(_PLANES)]
            self._clientela.cambiar_plan(suscripcion, plan)

    def _mirar(self) -> None:
        """One of the newest things, by its id."""
        turno = next(self._turno)
        recientes = (self._clientela.suscripciones if turno % 2 else self._clientela.imagenes)[-50:]
        if not recientes:
            return
        id = secrets.choice(recientes)
        if turno % 2:
            self._preguntar(f"/suscripciones/{id}" + ("/saga" if turno % 4 == 1 else ""), 200, 404)
        else:
            self._preguntar(f"/procesar/imagenes/{id}", 200, 404)

    def _repasar(self) -> None:
        """A page of something, and what monitoring looks at."""
        rutas = (*_LISTAS, "/planes", "/metrics", "/salud/lista")
        self._preguntar(rutas[next(self._turno) % len(rutas)], 200)

    def _preguntar_en_vano(self) -> None:
        self._preguntar(f"/suscripciones/{secrets.token_hex(8)}", 404)
        self._preguntar(f"/{secrets.token_hex(8)}", 404)

    def _errar(self) -> None:
        with self._cerrojo:
            metodo, ruta, tipo, cuerpo, debido = next(self._malos)
        self._exigir(metodo, ruta, (debido,), body=cuerpo or None, headers={"Content-Type": tipo})

    def _ensuciar(self) -> None:
        """What is no HTTP, or more of it than is taken."""
        with self._enchufe() as enchufe:
            enchufe.sendall(next(self._basura))
            enchufe.recv(1)

    def _dejar_a_medias(self) -> None:
        """Half a request, and then nothing, until the door has had enough."""
        with self._enchufe() as enchufe:
            enchufe.sendall(_A_MEDIAS)
            enchufe.recv(1)

    def _enchufe(self) -> socket.socket:
        puerta = urlsplit(self._clientela.bff)
        return socket.create_connection((puerta.hostname, puerta.port or 80), timeout=60)

    def _preguntar(self, ruta: str, *debidos: int) -> None:
        self._exigir("GET", ruta, debidos)

    def _exigir(self, metodo: str, ruta: str, debidos: Sequence[int], **lo_demas: object) -> None:
        respuesta = self._http.request(metodo, self._clientela.bff + ruta, **lo_demas)  # type: ignore[arg-type]
        assert respuesta.status in debidos, f"{metodo} {ruta}: {respuesta.status}, not {debidos}: {respuesta.data!r}"
