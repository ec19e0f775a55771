"""docker-compose.yml, looked at without a container engine: what it starts, in which order, and with which settings."""

import re
import subprocess
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from deploy.compose import secretos
from pydantic import SecretBytes, SecretStr
from pydantic_settings import BaseSettings
from tests.despliegue.archivos import (
    APROVISIONA,
    BASES,
    COMPOSE,
    CON_CERTIFICADO,
    CON_CORREO,
    CON_RELAY,
    CONFIG,
    CONTENEDORES,
    ETAPAS,
    IMAGENES,
    OBSERVADORES,
    PAQUETES,
    PERFILES,
    PREPARATIVOS,
    PROPIOS,
    RAIZ,
    TEXTO,
    imagen_de,
)
from tests.despliegue.conexiones import OTRAS, por_proceso, procesos_de_api

from plataforma import identidad
from plataforma.broker import MEMORIA, RECOLECTOR, ajustes_de_broker
from plataforma.corrida import SEGUNDOS_DE_ARRANQUE
from plataforma.credenciales import Credenciales, nueva_clave
from plataforma.descargas import encontrar_java
from plataforma.postgres import AJUSTES
from plataforma.proveedores import IMAGEN_POSTGRES, IMAGEN_PULSAR
from plataforma.servicios import SERVICIOS
from seedwork.aplicacion.almacen import ORIGINALES, RESULTADOS
from seedwork.entrada import provisionar
from seedwork.entrada.provisionar import ConfigDeAprovisionamiento

_DE_LA_IMAGEN = {
    "PULSAR_MEM": "-Xms2g -Xmx2g -XX:MaxDirectMemorySize=4g",
    "PULSAR_GC": "-XX:+UseZGC -XX:+PerfDisableSharedMem -XX:+AlwaysPreTouch",
    "PULSAR_EXTRA_OPTS": "-Dpulsar.allocator.exit_on_oom=true -Dio.netty.recycler.maxCapacityPerThread=4096",
}
"""What conf/pulsar_env.sh of the broker's image puts where the environment says nothing; all go to the JVM."""
_VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(?::([-?])([^}]*))?\}")


def _dependencias(nombre: str) -> dict[str, dict[str, Any]]:
    dependencias: dict[str, dict[str, Any]] = CONTENEDORES[nombre].get("depends_on", {})
    return dependencias


def _segundos(texto: str) -> float:
    cifra, unidad = re.fullmatch(r"(\d+)(s|m)", texto).groups()  # type: ignore[union-attr]
    return float(cifra) * {"s": 1, "m": 60}[unidad]


# --- What starts, and in which order ---


@pytest.mark.parametrize("perfil", PERFILES)
def test_cada_perfil_inicia_lo_que_necesita_y_nada_mas(perfil: str) -> None:
    iniciados = {nombre for nombre, c in CONTENEDORES.items() if perfil in c["profiles"]}
    assert iniciados == PERFILES[perfil]
    for nombre in iniciados:
        necesarias = {d for d, como in _dependencias(nombre).items() if como.get("required", True)}
        assert necesarias <= iniciados, f"{nombre} can't start with {perfil}"


def test_ninguna_mezcla_es_de_varias() -> None:
    """YAML's readers disagree on which one of a list of merged mappings wins."""
    assert not re.search(r"<<:\s*\[", TEXTO)


def test_no_hay_otros_perfiles() -> None:
    assert {perfil for c in CONTENEDORES.values() for perfil in c["profiles"]} == set(PERFILES)


@pytest.mark.parametrize("nombre", CONTENEDORES)
def test_cada_dependencia_existe_y_se_espera_a_que_este_lista(nombre: str) -> None:
    for dependencia, como in _dependencias(nombre).items():
        assert dependencia in CONTENEDORES
        unico = dependencia in PREPARATIVOS
        assert como["condition"] == ("service_completed_successfully" if unico else "service_healthy"), dependencia
        # Only the door starts without those that it asks.
        assert como.get("required", True) or nombre == "bff", dependencia


@pytest.mark.parametrize("nombre", PROPIOS)
def test_nada_empieza_antes_que_su_preparativo_ni_este_antes_que_su_base_y_el_broker(nombre: str) -> None:
    objetivo = imagen_de(nombre)
    espera = {"pulsar"} if objetivo == "bff" else {f"{objetivo}-bd", "pulsar"}
    if nombre not in PREPARATIVOS:
        espera |= {APROVISIONA} if objetivo == "bff" else {APROVISIONA, f"{objetivo}-preparar"}
    assert espera <= set(_dependencias(nombre))


def test_el_orden_no_da_vueltas() -> None:
    def antes(nombre: str, camino: tuple[str, ...]) -> None:
        assert nombre not in camino, camino
        for dependencia in _dependencias(nombre):
            antes(dependencia, (*camino, nombre))

    for nombre in CONTENEDORES:
        antes(nombre, ())


def test_la_puerta_empieza_la_ultima_y_se_detiene_la_primera() -> None:
    apis = {nombre for nombre in CONTENEDORES if nombre.endswith("-api")}
    assert set(_dependencias("bff")) == apis | {"pulsar", APROVISIONA}
    assert {d for d, como in _dependencias("bff").items() if not como.get("required", True)} == apis
    assert not [n for n in CONTENEDORES if "bff" in _dependencias(n)]


@pytest.mark.parametrize("nombre", sorted(CON_RELAY))
def test_los_trabajadores_que_se_reparten_la_carga_se_multiplican_junto_a_un_relay(nombre: str) -> None:
    trabajador, relay = CONTENEDORES[nombre], CONTENEDORES[f"{nombre}-relay"]
    assert trabajador["environment"]["RELAY_APARTE"] == "true"
    assert relay["command"] == ["relay"]
    assert f"{nombre}-relay" in _dependencias(nombre)
    assert not {"ports", "container_name"} & set(trabajador), "only one could have them"
    assert trabajador["deploy"]["replicas"] == f"${{{PAQUETES[nombre].upper()}:-1}}"


def test_los_demas_trabajadores_publican_por_si_mismos() -> None:
    assert "procesamiento" in CON_RELAY
    assert {n for n, c in PROPIOS.items() if "RELAY_APARTE" in c["environment"]} == CON_RELAY
    assert {n for n, c in PROPIOS.items() if c.get("command") == ["relay"]} == {f"{n}-relay" for n in CON_RELAY}


# --- What our processes are told ---


@pytest.mark.parametrize("nombre", PROPIOS)
def test_cada_orden_es_un_verbo_de_su_servicio(nombre: str) -> None:
    objetivo = imagen_de(nombre)
    assert PROPIOS[nombre]["image"] == f"saludtech/{objetivo}:local"
    if objetivo == "bff":
        assert "command" not in PROPIOS[nombre]
        modulo = PROPIOS[nombre].get("entrypoint", ["python", "-m", "bff_web"])
        assert modulo == ["python", "-m", provisionar.__name__ if nombre == APROVISIONA else "bff_web"]
        return
    cli = import_module(f"{PAQUETES[objetivo]}.__main__").cli
    verbos = {c.name or c.callback.__name__ for c in cli.registered_commands}
    papel = nombre.removeprefix(objetivo).removeprefix("-") or "trabajador"
    assert PROPIOS[nombre]["command"] == [papel]
    assert papel in verbos


@pytest.mark.parametrize("nombre", PROPIOS)
def test_cada_variable_y_cada_secreto_es_un_ajuste_que_existe(nombre: str) -> None:
    ajustes = {campo.upper() for campo in _clase(nombre).model_fields}
    entorno, montados = PROPIOS[nombre]["environment"], _montados(nombre)
    assert set(entorno) <= ajustes
    assert all(isinstance(valor, str) for valor in entorno.values())
    # What is no setting itself is a file that one names.
    archivos = {valor.removeprefix(f"{secretos.MONTADOS}/") for valor in entorno.values() if secretos.MONTADOS in valor}
    assert {m for m in montados if m not in ajustes} >= archivos
    assert archivos <= set(montados)


def _clase(nombre: str) -> type[BaseSettings]:
    return ConfigDeAprovisionamiento if nombre == APROVISIONA else CONFIG[imagen_de(nombre)]


def _montados(nombre: str) -> dict[str, str]:
    """The file of each secret that a container has, by its name there."""
    dichos = CONTENEDORES[nombre].get("secrets", ())
    return dict((s, s) if isinstance(s, str) else (s["target"], s["source"]) for s in dichos)


@pytest.fixture
def _hechos(tmp_path: Path) -> Path:
    secretos.hacer(tmp_path)
    return tmp_path / secretos.CARPETA


def _config(nombre: str, hechos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BaseSettings:
    """The settings as the container's process reads them. Raises ValidationError as it would."""
    montados = tmp_path / "montados"
    montados.mkdir()
    for destino, origen in _montados(nombre).items():
        (montados / destino).write_bytes((hechos / origen).read_bytes())
    clase = _clase(nombre)
    for campo in clase.model_fields:
        monkeypatch.delenv(campo.upper(), raising=False)
    etapas = (ETAPAS["comun"], IMAGENES[imagen_de(nombre)])
    puestas = [p.split("=") for etapa in etapas for i in etapa.las("ENV") for p in i.resto.split()]
    imagen = {variable: valor for variable, valor in puestas if variable.endswith(("_HOST", "_PUERTO"))}
    for variable, valor in {**imagen, **PROPIOS[nombre]["environment"], "SECRETOS_DIR": str(montados)}.items():
        monkeypatch.setenv(variable, valor.replace(secretos.MONTADOS, str(montados)))
    return clase()


def _alcanza(nombre: str, url: str, puerto: int) -> None:
    """Assert that a URL names another container, which listens there and shares a network."""
    direccion = urlsplit(url)
    assert direccion.hostname in CONTENEDORES, url
    assert set(CONTENEDORES[nombre]["networks"]) & set(CONTENEDORES[direccion.hostname]["networks"]), url
    assert direccion.port == puerto, url


@pytest.mark.parametrize("nombre", PROPIOS)
def test_cada_proceso_acepta_sus_ajustes_y_encuentra_a_los_demas(
    nombre: str, _hechos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config: Any = _config(nombre, _hechos, tmp_path, monkeypatch)
    _alcanza(nombre, config.pulsar_url, 6651)
    _alcanza(nombre, config.pulsar_admin_url, 8443)
    objetivo = imagen_de(nombre)
    if nombre == APROVISIONA:
        return
    assert (config.tls is not None) == (nombre in CON_CERTIFICADO)
    if objetivo == "bff":
        assert config.bff_host == "0.0.0.0"
        preguntados = {campo.removesuffix("_url") for campo in CONFIG["bff"].model_fields if campo.endswith("_url")}
        for paquete in preguntados - {"pulsar", "pulsar_admin", "almacen"}:
            url, otro = getattr(config, f"{paquete}_url"), SERVICIOS[paquete].nombre
            assert (urlsplit(url).scheme, urlsplit(url).hostname) == ("https", f"{otro}-api")
            _alcanza(nombre, url, CONFIG[otro].model_fields["http_puerto"].default)
        return
    assert config.http_host == "0.0.0.0"
    # Who migrates is the owner, and nobody else is.
    assert (config.database_url_migracion is not None) == (nombre in PREPARATIVOS)
    for url, quien in ((config.database_url, ""), (config.database_url_migracion, "_dueno")):
        if url is not None:
            _alcanza(nombre, url, 5432)
            base = urlsplit(url)
            paquete = CONTENEDORES[f"{objetivo}-bd"]["environment"]["SERVICIO"]
            assert (base.hostname, base.path) == (f"{objetivo}-bd", f"/{paquete}")
            assert base.username == f"{paquete}{quien}"
            assert "sslmode=verify-full&sslrootcert=" in base.query
    if nombre in CON_CORREO:
        assert config.smtp_starttls
        _alcanza(nombre, f"smtp://{config.smtp_host}:{config.smtp_puerto}", 1025)


# --- Health, life and limits ---


@pytest.mark.parametrize("nombre", PROPIOS)
def test_la_salud_se_mira_donde_el_proceso_escucha(nombre: str) -> None:
    salud = PROPIOS[nombre]["healthcheck"]
    if nombre in PREPARATIVOS:
        assert salud == {"disable": True}
        return
    campo = {("bff", None): "bff_puerto", ("api",): "http_puerto"}.get(
        ("bff", None) if nombre == "bff" else tuple(PROPIOS[nombre]["command"]), "salud_puerto"
    )
    puerto = CONFIG[imagen_de(nombre)].model_fields[campo].default
    certificado = [CONTENEDORES[nombre]["environment"]["HTTP_CERTIFICADO"]] if nombre in CON_CERTIFICADO else []
    assert salud["test"] == ["CMD", "python", "-m", "seedwork.entrada.sonda", str(puerto), *certificado]


@pytest.mark.parametrize("nombre", CONTENEDORES)
def test_cada_contenedor_tiene_limites_registro_acotado_y_modo_de_reiniciar(nombre: str) -> None:
    contenedor = CONTENEDORES[nombre]
    assert set(contenedor["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}
    assert {"max-size", "max-file"} <= set(contenedor["logging"]["options"])
    assert contenedor["restart"] == ("no" if nombre in PREPARATIVOS else "unless-stopped")
    assert "no-new-privileges:true" in contenedor["security_opt"]
    # Our processes end within 5 s; servers write down what they hold.
    assert _segundos(contenedor["stop_grace_period"]) >= (10 if nombre in PROPIOS else 5)


@pytest.mark.parametrize("nombre", sorted(set(CONTENEDORES) - PREPARATIVOS))
def test_todo_lo_duradero_dice_cuando_esta_listo(nombre: str) -> None:
    salud = CONTENEDORES[nombre]["healthcheck"]
    assert salud["test"][0] in ("CMD", "CMD-SHELL")
    assert {"interval", "timeout", "retries"} <= set(salud)
    assert _segundos(salud["start_period"]) >= SEGUNDOS_DE_ARRANQUE


_ARCHIVOS = {
    "bff": ["originales:/almacen/originales", "resultados:/almacen/resultados:ro"],
    "procesamiento": ["originales:/almacen/originales", "resultados:/almacen/resultados"],
}
"""By hand, who reaches files, and writes which: the door what was sent, the worker both. An API, a relay and whoever
prepares have none."""


@pytest.mark.parametrize("nombre", PROPIOS)
def test_lo_nuestro_no_guarda_nada_y_deja_los_procesos_a_un_init(nombre: str) -> None:
    contenedor = PROPIOS[nombre]
    assert contenedor["tmpfs"] == ["/tmp"]
    assert contenedor["init"] is True
    assert "user" not in contenedor
    assert contenedor.get("volumes", []) == _ARCHIVOS.get(nombre, []), "but files"
    assert contenedor["environment"].get("ALMACEN_URL") == ("/almacen" if nombre in _ARCHIVOS else None)


@pytest.mark.parametrize("nombre", CONTENEDORES)
def test_nadie_escribe_en_su_imagen_ni_tiene_capacidades(nombre: str) -> None:
    contenedor = CONTENEDORES[nombre]
    assert contenedor["read_only"] is True
    assert contenedor["cap_drop"] == ["ALL"]
    assert not {"privileged", "cap_add"} & set(contenedor)


# --- Servers, networks, volumes ---


def test_el_broker_tiene_los_ajustes_con_los_que_cuenta_la_plataforma() -> None:
    lineas = (RAIZ / "deploy/compose/standalone.conf").read_text(encoding="utf-8").splitlines()
    dichos = dict(linea.split("=", 1) for linea in lineas if not linea.startswith("#"))
    cifrados = {n: v for n, v in dichos.items() if "tls" in n.lower() or n == "brokerClientTrustCertsFilePath"}
    assert (cifrados.pop("brokerServicePortTls"), cifrados.pop("webServicePortTls")) == ("6651", "8443")
    assert cifrados["brokerClientTlsEnabled"] == cifrados["tlsHostnameVerificationEnabled"] == "true"
    assert {n: v for n, v in dichos.items() if n not in cifrados and not n.endswith("PortTls")} == (
        # Nothing in the clear.
        ajustes_de_broker("", "")
        # The bookie finds what it kept by that name.
        | {"bookieId": "pulsar:3181", "listeningInterface": "lo"}
        | dict(Credenciales(nueva_clave()).ajustes())
        | {
            "tokenPublicKey": f"file://{secretos.MONTADOS}/{secretos.BROKER_CLAVE_PUBLICA}",
            "brokerClientAuthenticationParameters": f"file://{secretos.MONTADOS}/administrador",
        }
    )
    pulsar = CONTENEDORES["pulsar"]
    assert pulsar["command"][:2] == ["bin/pulsar", "standalone"], "no shell: SIGTERM must reach it"
    assert pulsar["command"][-2:] == ["--advertised-address", "${PULSAR_ANUNCIADO:-pulsar}"]
    assert pulsar["extra_hosts"] == [f"{dichos['bookieId'].split(':')[0]}:127.0.0.1"], "or its bookie is anybody's"
    assert pulsar["volumes"] == [
        "pulsar:/pulsar/data",
        "./deploy/compose/standalone.conf:/pulsar/conf/standalone.conf:ro",
    ]


def test_la_jvm_del_broker_admite_sus_opciones_entre_las_de_su_imagen() -> None:
    """Each variable that is not set has the image's default: with a collector in PULSAR_MEM there were two."""
    dichas = CONTENEDORES["pulsar"]["environment"]
    assert (dichas["PULSAR_MEM"], dichas["PULSAR_GC"]) == (" ".join(MEMORIA), " ".join(RECOLECTOR))
    opciones = [opcion for texto in (_DE_LA_IMAGEN | dichas).values() for opcion in texto.split()]
    # The image's Java is another one; what one JVM refuses, two collectors, every JVM does.
    probar = [str(encontrar_java().ejecutable), *opciones, "-version"]
    hecho = subprocess.run(probar, capture_output=True, text=True, check=False)
    assert hecho.returncode == 0, hecho.stdout + hecho.stderr


@pytest.mark.parametrize("nombre", sorted(BASES))
def test_cada_servicio_tiene_su_base_en_una_red_suya(nombre: str) -> None:
    base, servicio = CONTENEDORES[nombre], nombre.removesuffix("-bd")
    assert base["networks"] == [servicio]
    assert COMPOSE["networks"][servicio] == {"internal": True}
    de_la_red = {n for n, c in CONTENEDORES.items() if servicio in c["networks"]}
    assert de_la_red == {nombre} | {n for n in PROPIOS if imagen_de(n) == servicio}
    assert base["volumes"][0] == f"{servicio}:/var/lib/postgresql/data"
    assert "ports" not in base
    paquete = servicio.replace("-", "_")
    assert {origen for origen in _montados(nombre).values() if "database" in origen} == {
        f"{paquete}_database_url",
        f"{paquete}_database_url_migracion",
    }
    # It is talked to encrypted, or not at all.
    entradas = (RAIZ / "deploy/compose/pg_hba.conf").read_text("utf-8").splitlines()
    assert {e.split()[0] for e in entradas if not e.startswith("#")} == {"local", "hostssl"}
    assert {"-chba_file=/etc/postgresql/pg_hba.conf", "-cssl=on"} <= set(base["command"])
    assert base["volumes"][2] == "./deploy/compose/pg_hba.conf:/etc/postgresql/pg_hba.conf:ro"


@pytest.mark.parametrize("nombre", sorted(BASES))
def test_cada_base_registra_como_la_de_la_corrida_local(nombre: str) -> None:
    dichos = dict(parte.removeprefix("-c").split("=") for parte in CONTENEDORES[nombre]["command"][1:])
    dichos = {ajuste: valor for ajuste, valor in dichos.items() if not ajuste.startswith(("ssl", "hba_file"))}
    assert dichos == {ajuste: AJUSTES[ajuste] for ajuste in dichos}
    assert {"log_min_error_statement", "log_error_verbosity"} <= set(dichos)


def test_los_volumenes_y_las_redes_son_los_que_se_usan() -> None:
    montados = [v.split(":")[0] for c in CONTENEDORES.values() for v in c.get("volumes", ())]
    con_nombre = [v for v in montados if not v.startswith(".")]
    de_archivos = {carpeta.rstrip("/") for carpeta in (ORIGINALES, RESULTADOS)}
    assert {v for uno in _ARCHIVOS.values() for v in (m.split(":")[0] for m in uno)} == de_archivos
    de_uno = [v for v in con_nombre if v not in de_archivos]
    assert sorted([*de_uno, *de_archivos]) == sorted(COMPOSE["volumes"]), "one each, but for the files"
    # A new volume is of whom the image's folder is of.
    hechas = "--mode=0700 /almacen /almacen/originales /almacen/resultados"
    assert any(i.resto.endswith(hechas) for i in ETAPAS["comun"].las("RUN"))
    assert all((RAIZ / v).is_file() for v in montados if v.startswith("."))
    assert {r for c in CONTENEDORES.values() for r in c["networks"]} == set(COMPOSE["networks"])


def test_solo_esta_maquina_alcanza_los_puertos_publicados() -> None:
    publicados = {n: c["ports"] for n, c in CONTENEDORES.items() if "ports" in c}
    assert set(publicados) == {"pulsar", "correo", "bff"} | OBSERVADORES
    assert all(p.startswith("127.0.0.1:") for puertos in publicados.values() for p in puertos)


def test_las_imagenes_ajenas_estan_fijadas() -> None:
    ajenas = {c["image"] for n, c in CONTENEDORES.items() if n not in PROPIOS}
    assert all(re.fullmatch(r"[\w./-]+:v?\d+\.\d+(\.\d+)?(-\w+)?", imagen) for imagen in ajenas), ajenas
    # Tests on containers and the platform in containers have the same servers.
    assert CONTENEDORES["pulsar"]["image"] == IMAGEN_PULSAR
    assert {CONTENEDORES[base]["image"] for base in BASES} == {IMAGEN_POSTGRES}


# --- Secrets ---


def test_cada_secreto_es_un_archivo_que_make_secretos_hace() -> None:
    # With a key that others are made of, whoever has it is whoever it likes: no container needs one.
    assert set(COMPOSE["secrets"]) == secretos.nombres() - secretos.DE_NADIE
    for nombre, secreto in COMPOSE["secrets"].items():
        (variable, modo, mensaje), resto = _VARIABLE.search(secreto["file"]).groups(), secreto["file"].split("}")[1]  # type: ignore[union-attr]
        assert (variable, modo, resto) == (secretos.AJUSTE, "?", f"/{nombre}")
        assert "make secretos" in mensaje
    usados = {s if isinstance(s, str) else s["source"] for c in CONTENEDORES.values() for s in c.get("secrets", ())}
    assert usados == set(COMPOSE["secrets"])


def test_ningun_secreto_esta_en_el_archivo() -> None:
    secretas = {"DATABASE_URL"} | {
        campo.upper()
        for clase in CONFIG.values()
        for campo, dato in clase.model_fields.items()
        if any(tipo in str(dato.annotation) for tipo in (SecretStr.__name__, SecretBytes.__name__))
    }
    assert {"SEUDONIMO_CLAVE", "IDEMPOTENCIA_SECRETO", "SMTP_CLAVE"} <= secretas
    for nombre, variable in _variables():
        assert variable not in secretas, f"{nombre} is given {variable} in the open"
        de_archivo = str(CONTENEDORES[nombre]["environment"][variable]).startswith(f"{secretos.MONTADOS}/")
        assert de_archivo or not re.search(r"PASSWORD|CLAVE|SECRET|TOKEN", variable), variable
    assert not re.search(r"://[^/\s:]+:[^/\s@]+@", TEXTO)


def _variables() -> Iterator[tuple[str, str]]:
    for nombre, contenedor in CONTENEDORES.items():
        for variable in contenedor.get("environment", {}):
            yield nombre, variable


def test_cada_uno_ve_solo_sus_secretos() -> None:
    """By hand, what is in whose hands: the broker's tokens, the databases' owners, the door's key, the certificates."""
    for nombre in CONTENEDORES:
        suyos = set(_montados(nombre).values())
        objetivo = imagen_de(nombre) if nombre in PROPIOS else nombre
        paquete = objetivo.replace("-", "_")
        tokens = {s for s in suyos if s.startswith("pulsar_token_")}
        del_que_administra = nombre in ("pulsar", APROVISIONA)
        if del_que_administra:
            assert tokens == {"pulsar_token_administrador"}
        elif nombre in PREPARATIVOS:
            assert tokens == {"pulsar_token_operador"}
        else:
            assert tokens == ({f"pulsar_token_{paquete}"} if nombre in PROPIOS else set())
        del_dueno = {s for s in suyos if s.endswith("_migracion")}
        assert bool(del_dueno) == (nombre in BASES or (nombre in PREPARATIVOS and nombre != APROVISIONA))
        assert ("postgres_clave" in suyos) == (nombre in BASES)
        assert (identidad.PUERTA_CLAVE in suyos) == (nombre == "bff")
        otros = [s for s in SERVICIOS.values() if s.nombre != objetivo.removesuffix("-bd")]
        assert not suyos & {f"{s.paquete}_database_url{de}" for s in otros for de in ("", "_migracion")}, nombre
        assert not suyos & {a.lower() for s in otros for a in s.secretos}, nombre
        claves = {s for s in suyos if s.endswith(".key")}
        servicio = nombre in PROPIOS and nombre not in PREPARATIVOS and objetivo != "bff"
        esperada = f"{objetivo}-api.key" if servicio else f"{nombre}.key"
        assert claves == (set() if nombre in PREPARATIVOS | OBSERVADORES else {esperada}), nombre
        assert (secretos.METRICAS in suyos) == (nombre == "prometheus")


# --- Settings of the file itself ---


def test_lo_que_el_archivo_toma_del_entorno_esta_documentado_con_su_valor() -> None:
    ejemplo = (RAIZ / ".env.example").read_text(encoding="utf-8")
    for variable, modo, valor in set(_VARIABLE.findall(TEXTO)):
        documentado = f"# {variable}={valor if modo == '-' else ''}"
        assert documentado in ejemplo.splitlines(), documentado


# --- Connections to the databases ---

INSTANCIAS = CONFIG["procesamiento"].model_fields["escala_maximo"].default
"""The most that a container that is multiplied is to be."""


@pytest.mark.parametrize("base", sorted(BASES))
def test_las_conexiones_caben_en_cada_servidor(base: str) -> None:
    """Contract §7: instances' maximum, times processes, times BD_CONEXIONES, and ten more."""
    servicio = base.removesuffix("-bd")
    (limite,) = (int(o.partition("=")[2]) for o in CONTENEDORES[base]["command"] if o.startswith("-cmax_connections="))
    procesos = 0
    for nombre in (n for n in PROPIOS if imagen_de(n) == servicio):
        cuantos = procesos_de_api() if PROPIOS[nombre]["command"] == ["api"] else 1
        procesos += cuantos * (INSTANCIAS if "replicas" in PROPIOS[nombre]["deploy"] else 1)
    assert procesos >= 3
    assert procesos * por_proceso() + OTRAS <= limite
