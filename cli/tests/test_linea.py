"""The command line against a door that answers over real HTTP: what it sends, what it shows, how it ends."""

import functools
import hashlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from werkzeug.formparser import parse_form_data

from bff_web.comandos import COMANDOS
from bff_web.papeles.openapi import describir
from saludtech_cli import paquete
from saludtech_cli.fallos import Codigo, Fallo
from saludtech_cli.formulario import Formulario, del_disco
from saludtech_cli.opciones import De
from saludtech_cli.puerta import Puerta

ACEPTADO = {
    "id_comando": "c-1",
    "id_suscripcion": "s-1",
    "estado": "ACEPTADO",
    "consulta": "/suscripciones/s-1",
    "comando": "/suscripciones/comandos/c-1",
}
APLICADO = {"id_comando": "c-1", "tipo": "CrearSuscripcion", "estado": "APLICADO", "motivo": None}
NO_EXISTE = (404, {"title": "No encontrado", "status": 404, "detail": "No existe."})
AUSENTE = (503, {"title": "…", "status": 503, "detail": "El servicio suscripciones no responde."})
CREAR = "/suscripciones/suscripcion-comando"


def paso(nombre: str, resultado: str = "HECHO", *, compensacion: bool = False) -> dict[str, Any]:
    return {
        "paso": nombre,
        "servicio": "suscripciones",
        "recurso": None,
        "resultado": resultado,
        "motivo": "No queda capacidad libre." if resultado == "RECHAZADO" else None,
        "ocurrido": "2026-02-01T09:10:01Z",
        "compensacion": compensacion,
    }


def sagas(estado: str, *pasos: dict[str, Any]) -> tuple[int, Any]:
    otra = {"id_saga": "de antes", "estado": "COMPLETADA", "pasos": [], "faltan": []}
    una = {"id_saga": "c-1", "estado": estado, "pasos": list(pasos), "faltan": []}
    return 200, {"elementos": [otra, una], "siguiente": None}


ARCHIVO = "/procesar/imagenes/i-1/archivo"
LIMPIO = bytes(range(256)) * 40
HUELLA = hashlib.sha256(LIMPIO).hexdigest()
LINEAS = [
    "planes",
    "salud",
    "suscripcion crear --plan free",
    "suscripcion ver s-1",
    "suscripcion listar --cliente 0001 --estado ACTIVA --plan pro --cursor x",
    "suscripcion cambiar-plan s-1 basico",
    "suscripcion cancelar s-1",
    "cliente exportar 0001",
    "cliente exportacion 0001 o-1",
    "cliente suprimir 0001",
    "cliente supresion o-1",
    "suscripcion pagar s-1 --medio tarjeta",
    "suscripcion saga s-1",
    "suscripcion sagas s-1",
    "suscripcion sagas-recientes --cliente 0001 --suscripcion s-1 --estado EN_CURSO --cursor x",
    "servicio crear --suscripcion s-1 --experto e --nube n --dataset d",
    "servicio ver sd-1",
    "servicio listar --suscripcion s-1 --estado CREADO",
    "servicio dataset sd-1 --version 3 --cursor x",
    "servicio manifiesto sd-1 --version 3",
    "servicio investigador sd-1 inv-07",
    "servicio iniciar sd-1",
    "servicio asignar sd-1 e-2",
    "servicio terminar sd-1",
    "imagen enviar --id i-1",
    "imagen subir a.zip --id i-1",
    "imagen referir s3://cubo/a.dcm 00",
    "imagen ver i-1",
    "imagen informe i-1",
    "imagen listar --modalidad a --patologia b --region c --estado CUARENTENA",
    "imagen liberar i-1 --operador op-17 --razon escala",
    "imagen descartar i-1 --operador op-17 --razon rótulo",
    "paquete enviar a.zip",
    "paquete ver p-1",
    "paquete listar --estado COMPLETADO --cursor x",
    "paquete imagenes p-1 --estado CUARENTENA --cursor x",
    "notificacion ver n-1",
    "notificacion listar --cliente 0001 --suscripcion s-1 --estado FALLIDA",
    "notificacion carta n-1",
    "notificacion eventos n-1",
    *(f"auditoria {de} --quien ana --recurso s-1" for de in De),
    *(
        f"cartas {verbo} --servicio {de}"
        for de in De
        for verbo in (
            "listar --tipo CrearSuscripcion",
            "ver 41:7:-1",
            "reproducir 41:7:-1 --motivo x",
            "descartar 41:7:-1 --motivo x",
        )
    ),
    "comando ver c-1 --de suscripcion",
    "comando ver c-1 --de servicio",
    "comando ver c-1 --de imagen",
]


def test_se_puede_pedir_y_ver_todo_lo_que_la_puerta_ofrece(
    puerta: Any, linea: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.zip").write_bytes(b"un zip")
    puerta.responde("GET", ARCHIVO, (200, LIMPIO, {"ETag": f'"{HUELLA}"'}))
    assert linea("imagen", "archivo", "i-1", str(tmp_path / "a.dcm"), "--json") == 0
    assert linea.json == {"archivo": str(tmp_path / "a.dcm"), "octetos": len(LIMPIO), "sha256": HUELLA}
    puerta.responde("GET", "/procesar/imagenes/i-1/vista", (200, LIMPIO, {"ETag": f'"{HUELLA}"'}))
    assert linea("imagen", "vista", "i-1", str(tmp_path / "a.png"), "--json") == 0
    puerta.responde("GET", "/servicios-datos/sd-1/dataset/imagenes/i-1/archivo", (200, LIMPIO, {"ETag": f'"{HUELLA}"'}))
    assert linea("servicio", "archivo", "sd-1", "i-1", str(tmp_path / "b.dcm"), "--json") == 0
    for entera in LINEAS:
        codigo = 1 if entera.startswith("comando") else 0  # the document's example is a refusal
        assert linea(*entera.split()) == codigo, entera
        assert linea.salida, entera
        assert linea(*entera.split(), "--json") == codigo, entera
        assert linea.json, entera
    documentos = {"/openapi.json", "/docs", "/asyncapi.json", "/docs/mensajes"}
    paginas = {"/eventos", "/panorama", "/metrics", "/salud/viva", "/salud/trafico"} | documentos
    alias = {ruta for comando in COMANDOS for ruta in comando.rutas[1:]}
    ofrecidas = {(m.upper(), ruta) for ruta, ms in describir()["paths"].items() for m in ms}
    assert {(m, r) for m, r in ofrecidas if r not in paginas | alias} == puerta.rutas_pedidas


def _desde(octeto: int) -> tuple[int, bytes, dict[str, str]]:
    """The rest of the file, as the door gives it."""
    return 206, LIMPIO[octeto:], {"ETag": f'"{HUELLA}"'}


CORTADO = (200, LIMPIO[:1000], {"ETag": f'"{HUELLA}"', "Content-Length": str(len(LIMPIO))})


def test_un_archivo_que_se_corta_sigue_donde_estaba(puerta: Any, linea: Any, tmp_path: Path) -> None:
    salida = tmp_path / "a.dcm"
    puerta.responde("GET", ARCHIVO, CORTADO, _desde(1000))
    assert linea("imagen", "archivo", "i-1", str(salida)) == 0
    assert salida.read_bytes() == LIMPIO
    assert [p.tramo for p in puerta.pedidos] == [None, "bytes=1000-"]
    assert list(tmp_path.iterdir()) == [salida]


def test_y_otro_dia_tambien(puerta: Any, linea: Any, tmp_path: Path) -> None:
    salida = tmp_path / "a.dcm"
    ausente = {"title": "No", "status": 503, "detail": "El almacén de archivos no responde."}
    puerta.responde("GET", ARCHIVO, CORTADO, (503, ausente))
    assert linea("imagen", "archivo", "i-1", str(salida)) == 4
    assert "almacén" in linea.errores
    assert not salida.exists()
    puerta.responde("GET", ARCHIVO, _desde(1000))
    assert linea("imagen", "archivo", "i-1", str(salida)) == 0
    assert puerta.pedidos[-1].tramo == "bytes=1000-"
    assert salida.read_bytes() == LIMPIO


def test_lo_que_ya_habia_venido_entero_solo_cobra_su_nombre(puerta: Any, linea: Any, tmp_path: Path) -> None:
    salida = tmp_path / "a.dcm"
    (tmp_path / f"a.dcm.{HUELLA}.parcial").write_bytes(LIMPIO)
    puerta.responde("GET", ARCHIVO, (416, {}, {"Content-Range": f"bytes */{len(LIMPIO)}"}))
    assert linea("imagen", "archivo", "i-1", str(salida)) == 0
    assert salida.read_bytes() == LIMPIO


def test_si_el_archivo_es_otro_empieza_de_nuevo(puerta: Any, linea: Any, tmp_path: Path) -> None:
    salida = tmp_path / "a.dcm"
    (tmp_path / f"a.dcm.{'0' * 64}.parcial").write_bytes(b"otro")
    puerta.responde("GET", ARCHIVO, (200, LIMPIO, {"ETag": f'"{HUELLA}"'}))
    assert linea("imagen", "archivo", "i-1", str(salida)) == 0
    assert list(tmp_path.iterdir()) == [salida]
    assert salida.read_bytes() == LIMPIO


@pytest.mark.parametrize(
    ("respuesta", "codigo", "dice"),
    [
        ((200, LIMPIO[:-1] + b"x", {"ETag": f'"{HUELLA}"'}), 4, "SHA-256"),
        ((404, {"title": "No", "status": 404, "detail": "Está CUARENTENA."}), 3, "CUARENTENA"),
        ((200, LIMPIO[:0], {"ETag": f'"{HUELLA}"', "Content-Length": "9"}), 4, "una y otra vez"),
    ],
)
def test_lo_que_no_es_el_archivo_no_se_guarda(
    puerta: Any, linea: Any, tmp_path: Path, respuesta: Any, codigo: int, dice: str
) -> None:
    salida = tmp_path / "a.dcm"
    puerta.responde("GET", ARCHIVO, respuesta)
    assert linea("imagen", "archivo", "i-1", str(salida)) == codigo
    assert dice in linea.errores
    assert not salida.exists()


def test_no_se_pisa_lo_que_hay(puerta: Any, linea: Any, tmp_path: Path) -> None:
    salida = tmp_path / "a.dcm"
    salida.write_bytes(b"mio")
    assert linea("imagen", "archivo", "i-1", str(salida)) == 2
    assert (salida.read_bytes(), puerta.pedidos) == (b"mio", [])


@pytest.mark.parametrize(
    ("pedida", "ruta", "cuerpo"),
    [
        (
            "suscripcion crear --codigo 1 --rut 12 --nombres Ana --plan pro",
            CREAR,
            {
                "cliente": {"codigo": "1", "nombre": {"nombres": "Ana"}, "rut": {"numero": "12"}},
                "plan": {"codigo": "pro", "nombre": "PRO"},
            },
        ),
        (
            "suscripcion cambiar-plan s-1 basico --nombre Básico",
            "/suscripciones/s-1/plan-comando",
            {"plan": {"codigo": "basico", "nombre": "Básico"}},
        ),
        ("suscripcion cancelar s-1", "/suscripciones/s-1/cancelacion-comando", {}),
        ("suscripcion cancelar s-1 --motivo adiós", "/suscripciones/s-1/cancelacion-comando", {"motivo": "adiós"}),
        (
            "suscripcion pagar s-1 --factura f --monto 1.00 --moneda COP --medio efectivo",
            "/suscripciones/s-1/pago-comando",
            {"id_factura": "f", "monto": "1.00", "moneda": "COP", "medio": "efectivo"},
        ),
        (
            "servicio crear --suscripcion s-1 --experto e --nube n --dataset d",
            "/servicios-datos/servicio-datos-comando",
            {c: {"codigo": c[0]} for c in ("experto", "nube", "dataset")} | {"suscripcion": {"codigo": "s-1"}},
        ),
        ("servicio iniciar sd --motivo ya", "/servicios-datos/sd/inicio-comando", {"motivo": "ya"}),
        ("servicio asignar sd e-2", "/servicios-datos/sd/experto-comando", {"experto": {"codigo": "e-2"}}),
        (
            "servicio investigador sd inv-07 --retirar",
            "/servicios-datos/sd/investigador-comando",
            {"investigador": "inv-07", "acceso": "RETIRADO"},
        ),
        ("servicio terminar sd", "/servicios-datos/sd/fin-comando", {}),
        (
            "imagen enviar --id i --region Cráneo",
            "/procesar/procesar-imagen",
            {"id_imagen": "i", "region_anatomica": "Cráneo"},
        ),
        (
            "imagen liberar i-1 --operador op-17 --razon escala",
            "/procesar/imagenes/i-1/liberar",
            {"operador": "op-17", "razon": "escala"},
        ),
        (
            "imagen descartar i-1 --operador op-17 --razon rótulo",
            "/procesar/imagenes/i-1/descartar",
            {"operador": "op-17", "razon": "rótulo"},
        ),
        (
            "imagen referir s3://cubo/a.dcm 00",
            "/procesar/imagenes",
            {"referencia": {"uri": "s3://cubo/a.dcm", "sha256": "00"}},
        ),
    ],
)
def test_cada_pedido_lleva_lo_que_dijo_la_linea(puerta: Any, linea: Any, pedida: str, ruta: str, cuerpo: Any) -> None:
    assert linea(*pedida.split(), "--clave", "k") == 0
    [pedido] = puerta.pedidos
    assert (pedido.metodo, pedido.ruta, pedido.cuerpo, pedido.clave) == ("POST", ruta, cuerpo, "k")


def partes(pedido: Any) -> list[tuple[str, str | None, bytes]]:
    """A form's parts as they are read by somebody else: fields, then files, each with its name."""
    entorno = {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": pedido.tipo,
        "CONTENT_LENGTH": str(len(pedido.octetos)),
        "wsgi.input": io.BytesIO(pedido.octetos),
    }
    _, campos, archivos = parse_form_data(entorno)
    return [
        *((n, None, v.encode()) for n, v in campos.items(multi=True)),
        *((n, a.filename, a.read()) for n, a in archivos.items(multi=True)),
    ]


def test_una_imagen_se_sube_con_sus_campos_y_sin_su_nombre(puerta: Any, linea: Any, tmp_path: Path) -> None:
    imagen, cuerpo = tmp_path / "Pérez Ana.dcm", tmp_path / "campos.json"
    imagen.write_bytes(os.urandom(600_000))
    cuerpo.write_text('{"id_imagen": "i-1", "modalidad": "Rayos X"}')
    assert linea("imagen", "subir", str(imagen), "-f", str(cuerpo), "--modalidad", "ñ", "--clave", "k") == 0
    (pedido,) = puerta.pedidos
    assert (pedido.metodo, pedido.ruta, pedido.clave) == ("POST", "/procesar/imagenes", "k")
    assert partes(pedido) == [
        ("id_imagen", None, b"i-1"),
        ("modalidad", None, "ñ".encode()),
        ("archivo", "archivo", imagen.read_bytes()),
    ]
    assert b"P\xc3\xa9rez" not in pedido.octetos
    cuerpo.write_text('{"id_imagen": {"a": 1}}')
    assert linea("imagen", "subir", str(imagen), "-f", str(cuerpo)) == 2
    assert "no lo son: id_imagen" in linea.errores


def test_cuantos_archivos_sueltos_se_admiten_lo_dice_la_puerta() -> None:
    """The command line says it before it sends them."""
    contenido = describir()["paths"][paquete.RUTA]["post"]["requestBody"]["content"]
    assert contenido["multipart/form-data"]["schema"]["properties"]["archivos"]["maxItems"] == paquete.MAXIMO_ARCHIVOS


def test_una_carpeta_se_envia_archivo_a_archivo_y_siempre_igual(puerta: Any, linea: Any, tmp_path: Path) -> None:
    carpeta, metadatos = tmp_path / "estudio", tmp_path / "m.csv"
    contenidos = {"b.dcm": b"", "a/ñ.dcm": os.urandom(300_000), 'c";x;y\\z.dcm': b"\r\n--", "a/b/c": b"c"}
    for nombre, contenido in contenidos.items():
        ruta = carpeta / nombre
        ruta.parent.mkdir(parents=True, exist_ok=True)
        ruta.write_bytes(contenido)
    (carpeta / "enlace.dcm").symlink_to("/etc/passwd")
    metadatos.write_bytes(b"archivo,modalidad\n")
    for _ in range(2):
        assert linea("paquete", "enviar", str(carpeta), "--metadatos", str(metadatos)) == 0
    esperadas = [("archivos", n, contenidos[n]) for n in sorted(contenidos)]
    assert [partes(p) for p in puerta.pedidos] == [[("metadatos", "m.csv", metadatos.read_bytes()), *esperadas]] * 2
    assert linea("paquete", "enviar", str(tmp_path / "nada")) == 2
    assert linea("paquete", "enviar", str(carpeta), "--metadatos", str(carpeta)) == 2
    vacia = tmp_path / "vacía"
    vacia.mkdir()
    assert linea("paquete", "enviar", str(vacia)) == 2
    assert len(puerta.pedidos) == 2


def test_la_clave_de_un_envio_se_dice_y_sirve_para_repetirlo(puerta: Any, linea: Any, tmp_path: Path) -> None:
    paquete = tmp_path / "p.zip"
    paquete.write_bytes(b"un zip")
    puerta.responde("POST", "/procesar/paquetes", AUSENTE)
    assert linea("paquete", "enviar", str(paquete)) == 4
    clave = linea.errores.split()[1]
    assert (linea.errores.split()[0], clave) == ("--clave", puerta.pedidos[-1].clave)
    assert linea("paquete", "enviar", str(paquete), "--clave", clave) == 4
    assert len({p.clave for p in puerta.pedidos}) == 1
    assert linea("paquete", "enviar", str(paquete), "--clave", "ñ") == 2


def test_un_archivo_que_cambia_mientras_se_envia_no_se_da_por_enviado(puerta: Any, tmp_path: Path) -> None:
    ruta = tmp_path / "p.zip"
    for antes, despues in ((b"xx", b"x"), (b"x", b"xx"), (b"x", None)):
        ruta.write_bytes(antes)
        formulario = Formulario({}, [del_disco("paquete", ruta)])
        ruta.unlink() if despues is None else ruta.write_bytes(despues)
        with pytest.raises(Fallo) as fallo:
            Puerta(puerta.url).subir("/procesar/paquetes", formulario, "k", lambda _: None)
        assert fallo.value.codigo == Codigo.USO


def test_una_respuesta_temprana_se_lee_aunque_falte_por_enviar(linea: Any, tmp_path: Path) -> None:
    """A door that is full, or refuses a field, answers before it has read all, and closes."""
    grande = tmp_path / "p.zip"
    with grande.open("wb") as abierto:
        abierto.truncate(64 * 1024 * 1024)
    dicho = json.dumps({"title": "x", "status": 503, "detail": "No hay sitio."})

    def atender(enchufe: socket.socket) -> None:
        cliente, _ = enchufe.accept()
        with cliente:
            cliente.recv(1000)
            cliente.sendall(f"HTTP/1.1 503 x\r\nContent-Length: {len(dicho)}\r\n\r\n{dicho}".encode())
            cliente.shutdown(socket.SHUT_WR)

    with socket.create_server(("127.0.0.1", 0)) as enchufe:
        hilo = threading.Thread(target=atender, args=(enchufe,))
        hilo.start()
        url = f"http://127.0.0.1:{enchufe.getsockname()[1]}"
        assert linea("--url", url, "paquete", "enviar", str(grande)) == 4
        hilo.join()
    assert "No hay sitio." in linea.errores


@pytest.mark.parametrize(("final", "codigo"), [("COMPLETADO", 0), ("RECHAZADO", 1)])
def test_se_espera_a_que_un_paquete_acabe(puerta: Any, linea: Any, tmp_path: Path, final: str, codigo: int) -> None:
    def paquete(estado: str, **cuentas: Any) -> tuple[int, Any]:
        ceros = dict.fromkeys(("total", "hechas", "cuarentena", "fallidas", "pendientes"), 0)
        return 200, {"id_paquete": "p-1", "estado": estado, "motivo": None, "detalle": None, **ceros, **cuentas}

    ruta = tmp_path / "p.zip"
    ruta.write_bytes(b"un zip")
    comando = "/procesar/comandos/c-1"
    aceptado = {"id_comando": "c-1", "id_paquete": "p-1", "estado": "ACEPTADO", "consulta": "/x", "comando": comando}
    puerta.responde("POST", "/procesar/paquetes", (202, aceptado))
    puerta.responde("GET", comando, NO_EXISTE, (200, APLICADO))
    acabado = {"total": 3, "hechas": 2, "cuarentena": 1} if not codigo else {"motivo": "El zip está cifrado."}
    for como in ([], ["--json"]):
        respuestas = [
            NO_EXISTE,
            paquete("RECIBIDO"),
            paquete("EN_CURSO", total=3, pendientes=2),
            paquete(final, **acabado),
        ]
        puerta.responde("GET", "/procesar/paquetes/p-1", *respuestas)
        assert linea("paquete", "enviar", str(ruta), "--esperar", *como) == codigo
    assert linea.json["paquete"]["estado"] == final
    puerta.responde("GET", "/procesar/paquetes/p-1", paquete(final, **acabado))
    assert linea("paquete", "enviar", str(ruta), "--esperar") == codigo
    assert f"Paquete p-1: {final}  " in linea.salida
    assert ("El zip está cifrado." in linea.salida) == bool(codigo)
    puerta.responde("GET", "/procesar/paquetes/p-1", paquete("EN_CURSO"))
    assert linea("paquete", "enviar", str(ruta), "--esperar", "--plazo", "0.05") == 4
    assert "sigue en curso" in linea.errores


def test_sin_factura_se_paga_la_mas_antigua_por_pagar(puerta: Any, linea: Any) -> None:
    def factura(id: str, estado: str, monto: str) -> dict[str, str]:
        return {"id_factura": id, "estado": estado, "monto": monto, "moneda": "USD"}

    facturas = [factura("f-1", "PAGADA", "1.00"), factura("f-2", "EMITIDA", "49.90"), factura("f-3", "EMITIDA", "9.00")]
    puerta.responde("GET", "/suscripciones/s-1", (200, {"facturas": facturas}))
    assert linea("suscripcion", "pagar", "s-1", "--medio", "tarjeta") == 0
    assert puerta.pedidos[-1].cuerpo == {"id_factura": "f-2", "monto": "49.90", "moneda": "USD", "medio": "tarjeta"}
    assert linea("suscripcion", "pagar", "s-1", "--medio", "t", "--factura", "f-3", "--monto", "8.00") == 0
    assert puerta.pedidos[-1].cuerpo == {"id_factura": "f-3", "monto": "8.00", "moneda": "USD", "medio": "t"}
    puerta.responde("GET", "/suscripciones/s-1", (200, {"facturas": facturas[:1]}))
    assert linea("suscripcion", "pagar", "s-1", "--medio", "tarjeta") == 3
    assert "no tiene facturas por pagar" in linea.errores


def test_un_cuerpo_viene_de_un_archivo_o_de_la_entrada_y_las_opciones_lo_cambian(
    puerta: Any, linea: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cuerpo = {"cliente": {"codigo": "0001"}, "plan": {"codigo": "pro", "nombre": "PRO"}}
    archivo = tmp_path / "cuerpo.json"
    archivo.write_text(json.dumps(cuerpo))
    assert linea("suscripcion", "crear", "--archivo", str(archivo)) == 0
    assert puerta.pedidos[-1].cuerpo == cuerpo
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(json.dumps(cuerpo).encode())))
    assert linea("suscripcion", "crear", "--archivo", "-", "--plan", "free") == 0
    assert puerta.pedidos[-1].cuerpo == cuerpo | {"plan": {"codigo": "free", "nombre": "FREE"}}


NO_VALEN = [
    (b"", "no es JSON (línea 1, columna 1)"),
    (b"{", "no es JSON (línea 1, columna 2)"),
    (b"[]", "no es un objeto JSON"),
    (b"\xff", "no es texto UTF-8"),
    (b"[" * 100_000, "está anidado en más de 32 niveles"),
    (b'{"a":' * 10_000, "está anidado en más de 32 niveles"),
    (b'{"a": ' + b"[" * 32 + b"]" * 32 + b"}", "está anidado en más de 32 niveles"),
    (b'{"plan": 1, "plan": 2}', "repite una clave"),
    (b'{"plan": NaN}', "no es JSON"),
    (b'{"plan": 1e999999999999999999999}', "un número que no cabe en ningún campo"),
    (b"{}".ljust(1024 * 1024 + 1), "tiene más de 1048576 bytes"),
]


@pytest.mark.parametrize(("contenido", "dice"), NO_VALEN, ids=range(len(NO_VALEN)))
def test_un_archivo_que_no_vale_es_uso_y_no_pide_nada(
    puerta: Any, linea: Any, tmp_path: Path, monkeypatch: Any, contenido: bytes, dice: str
) -> None:
    archivo = tmp_path / "cuerpo.json"
    archivo.write_bytes(contenido)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(contenido)))
    for donde in (str(archivo), "-"):
        assert linea("suscripcion", "crear", "--archivo", donde) == 2
        assert dice in linea.errores
    assert puerta.pedidos == []


def test_un_archivo_hondo_acaba_como_uso_y_sin_pila(puerta: Any) -> None:
    """As a process: its standard error, and its exit code."""
    orden = [sys.executable, "-m", "saludtech_cli", "suscripcion", "crear", "--archivo", "-"]
    entorno = os.environ | {"SALUDTECH_URL": puerta.url}
    hecho = subprocess.run(orden, env=entorno, input="[" * 100_000, capture_output=True, text=True)
    assert (hecho.returncode, hecho.stderr) == (2, "Error: - está anidado en más de 32 niveles.\n")


def test_lo_que_no_se_puede_leer_es_uso(puerta: Any, linea: Any, tmp_path: Path, monkeypatch: Any) -> None:
    for no_hay in (str(tmp_path / "no hay"), str(tmp_path), ""):
        assert linea("suscripcion", "crear", "--archivo", no_hay) == 2
        assert "No se puede leer" in linea.errores
    monkeypatch.setattr(sys, "stdin", None)
    assert linea("suscripcion", "crear", "--archivo", "-") == 2
    assert puerta.pedidos == []


@pytest.mark.parametrize(
    ("argumentos", "dice"),
    [
        (["suscripcion", "crear", "--clave", "a\nb"], "La clave no vale"),
        (["suscripcion", "crear", "--clave", "→"], "La clave no vale"),
        (["suscripcion", "crear", "--clave", ""], "La clave no vale"),
        (["suscripcion", "crear", "--clave", " k"], "La clave no vale"),
        (["suscripcion", "crear", "--clave", "k "], "La clave no vale"),
        (["suscripcion", "crear", "--clave", "k" * 256], "La clave no vale"),
        (["imagen", "listar", "--modalidad", "\udcff"], "Un filtro no es texto UTF-8"),
    ],
)
def test_una_opcion_que_no_puede_viajar_es_uso(puerta: Any, linea: Any, argumentos: list[str], dice: str) -> None:
    assert linea(*argumentos) == 2
    assert dice in linea.errores
    assert puerta.pedidos == []


def test_un_cuerpo_llega_como_se_escribio(puerta: Any, linea: Any, tmp_path: Path) -> None:
    archivo = tmp_path / "cuerpo.json"
    cuerpo = {"plan": {"codigo": "pro", "nombre": "ñ" * (512 * 1024 - 100)}}
    archivo.write_bytes(b"\xef\xbb\xbf" + json.dumps(cuerpo, ensure_ascii=False).encode())
    assert linea("suscripcion", "crear", "--archivo", str(archivo)) == 0
    assert puerta.pedidos[-1].cuerpo == cuerpo
    assert len(puerta.pedidos[-1].octetos) <= 1024 * 1024, "what the door takes is not made larger than that"
    archivo.write_text('{"cliente": {"usuario": "\\ud800"}}')
    assert linea("suscripcion", "crear", "--archivo", str(archivo)) == 0
    assert puerta.pedidos[-1].cuerpo == {"cliente": {"usuario": "\ud800"}}


@pytest.mark.parametrize(
    "numero",
    ["425.0", "12345678901234567.0", "123457890.00000000000000000001", "0.99999999999999999999", "1E-400", "9" * 50],
)
def test_un_numero_llega_cifra_a_cifra(puerta: Any, linea: Any, tmp_path: Path, numero: str) -> None:
    """What the door refuses in a file, it refuses from the command line: it finds the same digits."""
    archivo = tmp_path / "cuerpo.json"
    archivo.write_text(f'{{"cliente":{{"rut":{{"numero":{numero}}}}}}}')
    assert linea("suscripcion", "crear", "--archivo", str(archivo)) == 0
    assert puerta.pedidos[-1].octetos == archivo.read_bytes()


@pytest.mark.parametrize("respuesta", ["[" * 100_000, '{"a": 1, "a": 2}', '{"a": NaN}', "9" * 5000])
def test_una_respuesta_que_no_es_de_la_plataforma_es_4_sin_pila(puerta: Any, linea: Any, respuesta: str) -> None:
    puerta.responde("GET", "/planes", (200, respuesta))
    assert linea("planes") == 4
    assert "no es SaludTech" in linea.errores


def test_esperar_dice_que_fue_del_comando(puerta: Any, linea: Any) -> None:
    puerta.responde("POST", CREAR, (202, ACEPTADO))
    puerta.responde("GET", ACEPTADO["comando"], NO_EXISTE, AUSENTE, (200, APLICADO))
    assert linea("suscripcion", "crear", "--esperar", "--json") == 0
    assert linea.json == ACEPTADO | APLICADO
    rechazo = APLICADO | {"estado": "RECHAZADO", "motivo": "El plan pedido no existe en el catálogo."}
    puerta.responde("GET", ACEPTADO["comando"], (200, rechazo))
    assert linea("suscripcion", "crear", "--esperar") == 1
    assert "RECHAZADO  CrearSuscripcion  El plan pedido no existe en el catálogo." in linea.salida


def test_lo_que_no_se_sabe_a_tiempo_es_4_y_se_puede_volver_a_preguntar(puerta: Any, linea: Any) -> None:
    puerta.responde("POST", CREAR, (202, ACEPTADO))
    puerta.responde("GET", ACEPTADO["comando"], NO_EXISTE)
    assert linea("suscripcion", "crear", "--esperar", "--plazo", "0.05") == 4
    assert "El comando c-1 aún no se ha atendido después de 0.05 s." in linea.errores
    puerta.responde("GET", ACEPTADO["comando"], AUSENTE)
    assert linea("suscripcion", "crear", "--esperar", "--plazo", "0.05") == 4
    assert "(El servicio suscripciones no responde)" in linea.errores


@pytest.mark.parametrize(("final", "codigo"), [("COMPLETADA", 0), ("COMPENSADA", 1)])
def test_seguir_cuenta_cada_paso_una_vez_y_acaba_como_la_saga(puerta: Any, linea: Any, final: str, codigo: int) -> None:
    puerta.responde("POST", CREAR, (202, ACEPTADO))
    puerta.responde("GET", ACEPTADO["comando"], (200, APLICADO))
    fin = paso("LIBERAR", compensacion=True) if codigo else paso("INICIAR")
    en_curso = [paso("CREAR"), paso("RESERVAR", "RECHAZADO" if codigo else "HECHO")]
    respuestas = [NO_EXISTE, sagas("EN_CURSO", en_curso[0]), sagas("EN_CURSO", *en_curso), sagas(final, *en_curso, fin)]
    puerta.responde("GET", "/suscripciones/s-1/sagas", *respuestas)
    assert linea("suscripcion", "crear", "--seguir") == codigo
    assert linea.salida.count("CREAR  HECHO") == linea.salida.count("RESERVAR  ") == 1
    assert ("LIBERAR ↩" in linea.salida) == bool(codigo)
    assert f"Saga c-1: {final}" in linea.salida
    puerta.responde("GET", "/suscripciones/s-1/sagas", *respuestas)
    assert linea("suscripcion", "cambiar-plan", "s-1", "free") == 0
    puerta.responde("POST", "/suscripciones/s-1/plan-comando", (202, ACEPTADO))
    assert linea("suscripcion", "cambiar-plan", "s-1", "free", "--seguir", "--json") == codigo
    assert linea.json["saga"]["estado"] == final


def test_un_comando_rechazado_no_tiene_saga_que_seguir(puerta: Any, linea: Any) -> None:
    puerta.responde("POST", CREAR, (202, ACEPTADO))
    puerta.responde("GET", ACEPTADO["comando"], (200, APLICADO | {"estado": "RECHAZADO", "motivo": "Ya la tiene."}))
    assert linea("suscripcion", "crear", "--seguir") == 1
    assert [p.ruta for p in puerta.pedidos] == [CREAR, ACEPTADO["comando"]]


def test_saga_sin_seguir_la_muestra_como_este(puerta: Any, linea: Any) -> None:
    assert linea("suscripcion", "saga", "s-1") == 0
    assert "EN_CURSO" in linea.salida
    assert "Faltan: NOTIFICAR, ACTIVAR, INICIAR servicio_datos" in linea.salida
    compensada = {"id_saga": "c-1", "estado": "COMPENSADA", "pasos": [paso("CREAR")], "faltan": []}
    puerta.responde("GET", "/suscripciones/s-1/saga", (200, compensada))
    assert linea("suscripcion", "saga", "s-1", "--seguir", "--json") == 1
    assert linea.json["estado"] == "COMPENSADA"


@pytest.mark.parametrize("salida", [[], ["--json"]])
def test_seguir_lo_que_no_existe_acaba_como_preguntar_por_ello(
    puerta: Any, linea: Any, monkeypatch: pytest.MonkeyPatch, salida: list[str]
) -> None:
    monkeypatch.setattr("saludtech_cli.espera.DESCONOCIDA_S", 0.05)
    puerta.responde("GET", "/suscripciones/s-1/saga", NO_EXISTE)
    assert linea("suscripcion", "saga", "s-1", *salida) == 3
    dicho = linea.errores
    assert linea("suscripcion", "saga", "s-1", "--seguir", "--plazo", "2", *salida) == 3
    assert linea.errores == dicho
    assert linea("suscripcion", "saga", "s-1", "--seguir", "--plazo", "0", *salida) == 3
    # Who is away may know it, and what was not there yet may come.
    puerta.responde("GET", "/suscripciones/s-1/saga", NO_EXISTE, AUSENTE)
    assert linea("suscripcion", "saga", "s-1", "--seguir", "--plazo", "0.2", *salida) == 4
    completada = {"id_saga": "c-1", "estado": "COMPLETADA", "pasos": [paso("CREAR")], "faltan": []}
    puerta.responde("GET", "/suscripciones/s-1/saga", NO_EXISTE, AUSENTE, NO_EXISTE, (200, completada))
    monkeypatch.setattr("saludtech_cli.espera.DESCONOCIDA_S", 15.0)
    assert linea("suscripcion", "saga", "s-1", "--seguir", *salida) == 0


def test_un_problema_se_cuenta_campo_por_campo(puerta: Any, linea: Any) -> None:
    errores = [{"campo": "cliente.email", "motivo": "debe ser una dirección de correo [bold]"}]
    puerta.responde("POST", CREAR, (422, {"detail": "No cumple.", "status": 422, "errores": errores}))
    assert linea("suscripcion", "crear", "--json") == 2
    assert linea.salida == ""
    assert linea.errores == "Error: No cumple.\n  cliente.email: debe ser una dirección de correo [bold]\n"


@pytest.mark.parametrize(
    ("estado", "cuerpo", "codigo"),
    [
        (400, {"detail": "x"}, 2),
        (413, {"detail": "x"}, 2),
        (404, {"detail": "x"}, 3),
        (500, {"detail": "x"}, 4),
        (503, {"detail": "x"}, 4),
        (503, {"detail": "x", "estado": "DESCONOCIDO", "comando": "/suscripciones/comandos/c-1"}, 4),
        (200, "<html>", 4),
        (200, [], 4),
        (302, {}, 4),
    ],
)
def test_cada_respuesta_tiene_su_codigo_de_salida(
    puerta: Any, linea: Any, estado: int, cuerpo: Any, codigo: int
) -> None:
    puerta.responde("POST", CREAR, (estado, cuerpo))
    assert linea("suscripcion", "crear") == codigo
    assert linea.errores.startswith("Error: ")
    if isinstance(cuerpo, dict) and "comando" in cuerpo:
        assert "/suscripciones/comandos/c-1" in linea.errores


def test_sin_plataforma_es_4(linea: Any) -> None:
    assert linea("--url", "http://127.0.0.1:1", "planes") == 4
    assert "La plataforma no responde en http://127.0.0.1:1." in linea.errores
    for con_clave in ("http://ana:secr@to@127.0.0.1:1", "ftp://ana:secreto@x", "ana:secreto@x", "http://ana:secreto@"):
        assert linea("--url", con_clave, "planes") in (2, 4), con_clave
        assert "secr" not in linea.errores
        assert "ana" not in linea.errores
    for no_vale in ("ftp://x", "http://", "http://[::1", "http://127.0.0.1:99999"):
        assert linea("--url", no_vale, "planes") == 2, no_vale


@pytest.mark.parametrize(
    ("argumentos", "dice"),
    [
        (["nada"], "No hay un comando «nada»."),
        (["suscripcion", "ver"], "Falta el argumento ID_SUSCRIPCION."),
        (["suscripcion", "pagar", "s-1"], "Falta la opción --medio."),
        (["token"], "Falta la opción --rol: es uno de cliente, clinica, investigador, operador."),
        (
            ["auditoria"],
            "Falta el argumento «de»: es uno de suscripciones, servicio-datos, procesamiento, notificaciones.",
        ),
        (["planes", "--nada"], "No hay una opción --nada."),
        (["planes", "sobra"], "Sobra en la línea: sobra."),
        (["suscripcion", "ver", "a/b"], "«a/b» no puede ser un identificador"),
        (["suscripcion", "ver", ".."], "«..» no puede ser un identificador"),
        (["suscripcion", "listar", "--estado", "VIVA"], "«VIVA» no vale para --estado: es uno de 'PENDIENTE'"),
        (["imagen", "enviar", "--lineas", "-", "--id", "i"], "--lineas ya dice todo"),
    ],
)
def test_una_linea_que_no_vale_es_2_y_se_dice_en_castellano(
    puerta: Any, linea: Any, argumentos: list[str], dice: str
) -> None:
    assert linea(*argumentos) == 2
    assert dice in linea.errores
    assert puerta.pedidos == []


def test_las_paginas_se_recorren_si_se_pide(puerta: Any, linea: Any) -> None:
    def pagina(id: str, siguiente: str | None) -> tuple[int, Any]:
        return 200, {"elementos": [{"id_suscripcion": id, "estado": "ACTIVA"}], "siguiente": siguiente}

    puerta.responde("GET", "/suscripciones?plan=pro", pagina("s-1", "dos"))
    puerta.responde("GET", "/suscripciones?plan=pro&cursor=dos", pagina("s-2", None))
    assert linea("suscripcion", "listar", "--plan", "pro") == 0
    assert "s-1" in linea.salida
    assert "Hay más: --cursor dos, o --todas." in linea.salida
    assert linea("suscripcion", "listar", "--plan", "pro", "--todas", "--json") == 0
    assert [e["id_suscripcion"] for e in linea.json["elementos"]] == ["s-1", "s-2"]


def test_una_consola_estrecha_no_corta_lo_que_se_quiere_copiar(puerta: Any) -> None:
    id = "01a20f16-1019-77ee-abef-8a33a39c1043"
    puerta.responde("GET", "/suscripciones", (200, {"elementos": [{"id_suscripcion": id}], "siguiente": None}))
    entorno = os.environ | {"SALUDTECH_URL": puerta.url, "FORCE_COLOR": "1", "COLUMNS": "40"}
    orden = [sys.executable, "-m", "saludtech_cli", "suscripcion", "listar"]
    assert id in subprocess.run(orden, env=entorno, capture_output=True, text=True).stdout


def test_un_comando_se_busca_donde_este_y_quien_falta_no_es_que_no_exista(puerta: Any, linea: Any) -> None:
    puerta.responde("GET", "/suscripciones/comandos/c-1", NO_EXISTE)
    puerta.responde("GET", "/servicios-datos/comandos/c-1", AUSENTE)
    puerta.responde("GET", "/procesar/comandos/c-1", (200, APLICADO))
    assert linea("comando", "ver", "c-1") == 0
    puerta.responde("GET", "/procesar/comandos/c-1", NO_EXISTE)
    assert linea("comando", "ver", "c-1") == 4
    puerta.responde("GET", "/servicios-datos/comandos/c-1", NO_EXISTE)
    assert linea("comando", "ver", "c-1") == 3


def test_salud_dice_que_parte_falta(puerta: Any, linea: Any) -> None:
    no_lista = {
        "status": 503,
        "detail": "…",
        "partes": {"broker": {"lista": False, "detalle": "sin conexión"}},
        "informativas": {},
    }
    puerta.responde("GET", "/salud/lista", (503, no_lista))
    assert linea("salud") == 4
    assert "sin conexión" in linea.salida


def test_muchas_imagenes_de_un_archivo_de_lineas(puerta: Any, linea: Any, tmp_path: Path) -> None:
    archivo = tmp_path / "imagenes.jsonl"
    buenas = "\ufeff" + "\r\n".join(json.dumps({"id_imagen": f"i-{n}"}) for n in range(50)) + "\n\n"
    malas = b'{\n"texto"\n' + b"[" * 100_000 + b'\n\xff\n{"id_imagen": "i", "id_imagen": "j"}\n'
    archivo.write_bytes(buenas.encode() + malas)
    assert linea("imagen", "enviar", "--lineas", str(archivo), "--clave", "lote", "--json") == 1
    assert {k: v for k, v in linea.json.items() if k != "fallidas"} == {"lineas": 55, "ACEPTADO": 50, "NO_VALE": 5}
    assert [f["linea"] for f in linea.json["fallidas"]] == [52, 53, 54, 55, 56]
    assert {(p.cuerpo["id_imagen"], p.clave) for p in puerta.pedidos} == {
        (f"i-{n}", f"lote-{n + 1}") for n in range(50)
    }
    assert linea("imagen", "enviar", "--lineas", str(archivo)) == 1
    assert "línea 52: La línea 52 no es JSON" in linea.errores
    assert "línea 54: La línea 54 está anidado" in linea.errores
    assert "55 líneas: ACEPTADO 50  NO_VALE 5" in linea.salida
    puerta.responde("POST", "/procesar/procesar-imagen", AUSENTE)
    assert linea("imagen", "enviar", "--lineas", str(archivo)) == 4
    archivo.write_text("\n\n")
    assert linea("imagen", "enviar", "--lineas", str(archivo)) == 2


def test_muchas_imagenes_esperando_dice_que_fue_de_cada_una(puerta: Any, linea: Any, tmp_path: Path) -> None:
    archivo = tmp_path / "imagenes.jsonl"
    archivo.write_text('{"id_imagen": "i-1"}\n')
    assert linea("imagen", "enviar", "--lineas", str(archivo), "--esperar", "--json") == 1
    assert linea.json["RECHAZADO"] == 1
    [fallida] = linea.json["fallidas"]
    assert fallida["detalle"] == "Ese plan ya es el de la suscripción."


def test_es_un_proceso_con_su_codigo_y_quien_lee_puede_irse_antes(puerta: Any) -> None:
    entorno = os.environ | {"SALUDTECH_URL": puerta.url, "PYTHONUNBUFFERED": "1"}
    orden = [sys.executable, "-m", "saludtech_cli"]
    hecho = subprocess.run([*orden, "suscripcion", "ver"], env=entorno, capture_output=True, text=True)
    assert (hecho.returncode, hecho.stdout) == (2, "")
    elementos = [{"codigo": f"p-{n}"} for n in range(20_000)]
    puerta.responde("GET", "/planes", (200, {"elementos": elementos, "siguiente": None}))
    with subprocess.Popen([*orden, "planes", "--json"], env=entorno, stdout=-1, stderr=-1) as proceso:
        assert proceso.stdout
        assert proceso.stderr
        proceso.stdout.readline()
        proceso.stdout.close()
        assert proceso.stderr.read() == b""
        assert proceso.wait(30) == 141


@pytest.mark.parametrize("sin_bufer", ["", "1"])
@pytest.mark.parametrize("opciones", [[], ["--json"]])
@pytest.mark.parametrize("id", ["s-1", "a/b"])
def test_quien_lee_puede_haberse_ido_del_todo(puerta: Any, id: str, opciones: list[str], sin_bufer: str) -> None:
    entorno = os.environ | {"SALUDTECH_URL": puerta.url, "PYTHONUNBUFFERED": sin_bufer}
    orden = [sys.executable, "-m", "saludtech_cli", "suscripcion", "ver", id, *opciones]
    leer, escribir = os.pipe()
    os.close(leer)
    with os.fdopen(escribir, "w") as nadie:
        hecho = subprocess.run(orden, env=entorno, stdout=nadie, stderr=nadie)
    assert hecho.returncode == 141


def test_la_ayuda_dice_todos_los_codigos_de_salida(linea: Any) -> None:
    assert linea("--help") == 0
    for codigo in Codigo:
        assert f"{codigo} " in linea.salida.partition("Códigos de salida:")[2]


@pytest.mark.parametrize("orden", [[], ["imagen"], ["anonimizar"]])
def test_la_ayuda_es_en_castellano(linea: Any, orden: list[str]) -> None:
    linea(*orden, "--help")
    assert "Uso: saludtech" in linea.salida
    assert "Muestra esta ayuda." in linea.salida
    for ajena in ("Usage", "OPTIONS", "COMMAND", "ARGS", "Show", "Install"):
        assert ajena not in linea.salida


def test_una_consola_sin_todas_las_letras_no_cambia_lo_que_paso(puerta: Any) -> None:
    puerta.responde("POST", CREAR, (202, ACEPTADO))
    puerta.responde("GET", ACEPTADO["comando"], (200, APLICADO | {"motivo": "Ñandú"}))
    orden = [sys.executable, "-m", "saludtech_cli", "suscripcion", "crear", "--esperar"]
    entorno = os.environ | {"SALUDTECH_URL": puerta.url, "PYTHONIOENCODING": "ascii"}
    hecho = subprocess.run(orden, env=entorno, capture_output=True)
    assert (hecho.returncode, hecho.stderr) == (0, b"")
    assert b"?and?" in hecho.stdout
    hecho = subprocess.run([*orden, "--json"], env=entorno, capture_output=True)
    assert json.loads(hecho.stdout)["motivo"] == "Ñandú"


@pytest.mark.parametrize("opciones", [[], ["--json"]])
def test_una_respuesta_que_no_cabe_en_su_sitio_es_4_sin_pila(puerta: Any, opciones: list[str]) -> None:
    entorno = os.environ | {"SALUDTECH_URL": puerta.url}
    with Path("/dev/full").open("w") as lleno:
        orden = [sys.executable, "-m", "saludtech_cli", "planes", *opciones]
        hecho = subprocess.run(orden, env=entorno, stdout=lleno, stderr=subprocess.PIPE, text=True)
    assert hecho.returncode == 4
    assert hecho.stderr == "Error: No se pudo escribir la respuesta: no queda espacio en el disco.\n"


def test_completa_las_palabras_en_la_consola(puerta: Any) -> None:
    entorno = os.environ | {
        "_SALUDTECH_COMPLETE": "complete_bash",
        "COMP_WORDS": "saludtech suscripcion ca",
        "COMP_CWORD": "2",
    }
    hecho = subprocess.run([sys.executable, "-m", "saludtech_cli"], env=entorno, capture_output=True, text=True)
    assert hecho.stdout.split() == ["cambiar-plan", "cancelar"]


def test_interrumpida_no_deja_una_pila(puerta: Any, linea: Any) -> None:
    puerta.responde("POST", CREAR, (202, ACEPTADO))
    puerta.responde("GET", ACEPTADO["comando"], NO_EXISTE)
    orden = [sys.executable, "-m", "saludtech_cli", "suscripcion", "crear", "--esperar"]
    entorno = os.environ | {"SALUDTECH_URL": puerta.url}
    # Who runs the tests in the background may ignore Ctrl-C, and whoever it starts would too.
    atender = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(orden, env=entorno, stdout=-1, stderr=-1, preexec_fn=atender) as proceso:
        preguntado = threading.Event()
        while not any(p.ruta == ACEPTADO["comando"] for p in puerta.pedidos):
            preguntado.wait(0.01)
        proceso.send_signal(signal.SIGINT)
        _, errores = proceso.communicate(timeout=30)
        assert proceso.returncode == 130
        assert b"Traceback" not in errores


def test_lo_que_pasa_se_oye_y_se_sigue_donde_se_corto(puerta: Any, linea: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the door says no more: a token that has expired, say."""
    monkeypatch.setattr("saludtech_cli.puerta._OTRA_VEZ_S", 0.0)
    hecho = {"tipo": "SuscripcionActivada", "contexto": "suscripciones", "estado": "ACTIVA", "ocurrido": "2026-02-01"}
    primera = f"retry: 1\n\nevent: hecho\nid: v1\ndata: {json.dumps(hecho)}\n\nid: v2\n\n"
    segunda = "event: reinicio\nid: v3\ndata: {}\n\n"
    tipo = {"Content-Type": "text/event-stream"}
    puerta.responde(
        "GET", "/eventos", (200, primera.encode(), tipo), (200, segunda.encode(), tipo), (401, {"detail": "Caducó."})
    )
    assert linea("eventos", "--suscripcion", "s-1", "--json") == 1
    assert [json.loads(dicha) for dicha in linea.salida.splitlines()] == [hecho, {"tipo": "reinicio"}]
    assert [p.ultimo for p in puerta.pedidos] == [None, "v2", "v3"]
    assert {p.ruta for p in puerta.pedidos} == {"/eventos?suscripcion=s-1"}
