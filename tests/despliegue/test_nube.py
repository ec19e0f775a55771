"""deploy/gcp, looked at without a cloud and without Terraform: what it makes, of what, and whom it lets in.

In `make check`: it reads files. What Terraform alone can tell is in deploy/gcp/tests, for those who have it.
"""

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from deploy.gcp import esquema
from prometheus_client.metrics import MetricWrapperBase
from pydantic_settings import BaseSettings
from tests.arquitectura import ajustes
from tests.arquitectura.codigo import RAIZ
from tests.despliegue.archivos import APROVISIONA, CONFIG, CONTENEDORES, IMAGENES, PREPARATIVOS, PROPIOS, imagen_de
from tests.despliegue.conexiones import OTRAS, por_proceso, procesos_de_api
from tests.despliegue.nube import (
    DATOS,
    EFIMEROS,
    ESQUEMA,
    GRUPOS,
    LOCALES,
    NUBE,
    RECURSOS,
    SALIDAS,
    SERVICIOS,
    TEXTOS,
    VARIABLES,
    bloque,
    el,
)

from bff_web.config import Config
from contratos.consultas.eventos import VerEventos
from plataforma import autoridad, balanceador
from plataforma.broker import DEL_DISCO, ajustes_de_broker
from seedwork.aplicacion.almacen import RESULTADOS
from seedwork.entrada import cuerpo_que_llega
from seedwork.infraestructura import metricas

_DE_TERRAFORM = {"for_each", "count", "depends_on", "lifecycle", "provider"}
_DURADEROS = {nombre: c for nombre, c in PROPIOS.items() if nombre not in PREPARATIVOS}
_RANGOS_DE_GOOGLE = {"35.191.0.0/16", "130.211.0.0/22"}
PUERTA = el("google_compute_backend_service", "puerta")
ESCALA = bloque(el("google_compute_region_autoscaler", "grupo"), "autoscaling_policy")


# --- Every argument is one that the provider has ---


def _faltas(cuerpo: Mapping[str, Any], de: Mapping[str, Any], donde: str) -> Iterator[str]:
    """What a block has that it can't have, and lacks that it must have."""
    requeridos, bloques = de.get("requeridos", []), de.get("bloques", {})
    conocidos = {*requeridos, *de.get("opcionales", [])}
    dados: dict[str, list[Any]] = {}
    for nombre, valor in cuerpo.items():
        if nombre == "dynamic":
            for dinamico in valor:
                for suyo, como in dinamico.items():
                    dados.setdefault(suyo, []).extend(como["content"])
        else:
            dados.setdefault(nombre, []).extend(valor if isinstance(valor, list) else [valor])
    yield from (f"{donde}: no argument {nombre}" for nombre in dados.keys() - conocidos)
    yield from (f"{donde}: {nombre} is missing" for nombre in set(requeridos) - dados.keys())
    for nombre in dados.keys() & bloques.keys():
        for cada in dados[nombre]:
            if isinstance(cada, dict):
                yield from _faltas(cada, bloques[nombre], f"{donde}.{nombre}")
            else:
                yield f"{donde}: {nombre} is a block"


def test_cada_argumento_es_uno_del_proveedor_y_no_falta_ninguno() -> None:
    declarados = {**RECURSOS, **{f"data.{recurso}": suyos for recurso, suyos in DATOS.items()}}
    faltas = [
        falta
        for recurso, nombrados in declarados.items()
        for nombre, cuerpo in nombrados.items()
        for falta in _faltas(
            {a: v for a, v in cuerpo.items() if a not in _DE_TERRAFORM},
            ESQUEMA["recursos"][recurso],
            f"{recurso}.{nombre}",
        )
    ]
    assert faltas == []
    assert sum(map(len, declarados.values())) > 40


def test_el_esquema_es_del_proveedor_fijado_y_de_todo_lo_que_se_usa() -> None:
    assert set(ESQUEMA["recursos"]) == esquema.usados(), "write it anew: python -m deploy.gcp.esquema"
    assert ESQUEMA["fuente"] == f"{esquema.PAQUETE} {esquema.VERSION}"
    fijada = re.search(r'"hashicorp/google"\n.*\n\s*version = "([\d.]+)"', TEXTOS["versiones.tf"])
    assert fijada and fijada[1] == ESQUEMA["proveedor"]
    # What is not of Google's provider: an ephemeral password, which has these arguments.
    assert set(EFIMEROS) == {"random_password"}
    assert all(set(c) <= {"for_each", "length", "special"} for c in EFIMEROS["random_password"].values())


# --- What runs, and how many of it ---


def test_los_grupos_son_los_contenedores() -> None:
    assert set(GRUPOS) == set(_DURADEROS)
    for nombre, grupo in GRUPOS.items():
        contenedor = _DURADEROS[nombre]
        assert grupo["de"] == imagen_de(nombre)
        assert grupo["orden"] == contenedor.get("command", [])
        assert str(grupo["puerto"]) == contenedor["healthcheck"]["test"][4]
        de_cada_lugar = ("_URL", "_HOST", "_PUERTO", "_CA")
        suyo = {a: v for a, v in contenedor["environment"].items() if not a.endswith(de_cada_lugar)}
        # There, a provider says who callers are.
        assert (suyo.pop("AUTENTICACION"), LOCALES["entorno_comun"]["AUTENTICACION"]) == ("desarrollo", "oidc")
        if nombre == "bff":
            # Its balancer is asked by HTTPS there.
            suyo = {a: v for a, v in suyo.items() if not a.startswith("HTTP_")}
        assert suyo.items() <= (LOCALES["entorno_de"][grupo["de"]] | grupo["entorno"]).items(), nombre
    assert set(el("google_cloud_run_v2_job", "preparar")["for_each"].split()) >= {"local.servicios"}
    assert {f"{servicio}-preparar" for servicio in SERVICIOS} | {APROVISIONA} == PREPARATIVOS
    assert {s["puerto_api"] for s in SERVICIOS.values()} == {
        CONFIG[s].model_fields["http_puerto"].default for s in SERVICIOS
    }


def test_la_puerta_y_procesamiento_son_de_una_a_tres_y_los_demas_uno() -> None:
    assert {n: (g["minimo"], g["maximo"]) for n, g in GRUPOS.items() if g["maximo"] > 1} == {
        "bff": (1, 3),
        "procesamiento": (1, 3),
    }
    assert {(g["minimo"], g["maximo"]) for g in GRUPOS.values() if g["maximo"] <= 1} == {(1, 1)}
    assert (ESCALA["min_replicas"], ESCALA["max_replicas"]) == ("${each.value.minimo}", "${each.value.maximo}")
    autoescalador = el("google_compute_region_autoscaler", "grupo")
    assert autoescalador["for_each"] == "${local.escalados}"
    assert LOCALES["escalados"].endswith("if g.maximo > g.minimo && local.encendida}}")
    assert autoescalador["target"] == "${google_compute_region_instance_group_manager.grupo[each.key].id}"


def test_se_escala_por_cpu_al_75_y_procesamiento_ademas_por_lo_que_espera() -> None:
    assert bloque(ESCALA, "cpu_utilization") == {"target": 0.75}
    (dinamico,) = (d["metric"] for d in ESCALA["dynamic"])
    assert dinamico["for_each"] == '${each.value.segunda_senal ? ["saludtech_instancias_deseadas"] : []}'
    (senal,) = dinamico["content"]
    # A number of machines: as many as it says. A target would be a value for each machine to have.
    assert senal["single_instance_assignment"] == 1
    assert senal["name"] == "custom.googleapis.com/${metric.value}"
    assert "target" not in senal
    assert {n for n, g in GRUPOS.items() if g["segunda_senal"]} == {"procesamiento"}
    assert GRUPOS["procesamiento"]["maximo"] == CONFIG["procesamiento"].model_fields["escala_maximo"].default


def test_cada_medida_que_se_nombra_es_una_que_se_mide() -> None:
    medidas = {
        medida.describe()[0].name: set(medida._labelnames)
        for medida in vars(metricas).values()
        if isinstance(medida, MetricWrapperBase)
    }
    plantillas = [a.read_text(encoding="utf-8") for a in (NUBE / "arranque").iterdir()]
    nombradas = {n for texto in (*TEXTOS.values(), *plantillas) for n in re.findall(r"\bsaludtech_\w+", texto)}
    assert {"saludtech_instancias_deseadas", "saludtech_atraso_segundos"} <= nombradas <= medidas.keys()
    # By that label the group finds its own.
    assert medidas["saludtech_instancias_deseadas"] == {"servicio"}


def test_una_version_nueva_llega_antes_de_que_la_vieja_se_vaya() -> None:
    como = bloque(el("google_compute_region_instance_group_manager", "grupo"), "update_policy")
    assert como["max_surge_fixed"] == "${local.sobrante}"
    assert como["max_unavailable_fixed"] == 0
    # A regional group's surge is none, or one for each zone at least.
    assert LOCALES["sobrante"] >= 3


# --- Health: who is made anew, who gets requests ---


def test_se_rehace_lo_que_no_vive_y_nada_mas() -> None:
    """The broker's absence, or a database's, must not have machines made anew for as long as it lasts."""
    cuidado = bloque(el("google_compute_region_instance_group_manager", "grupo"), "auto_healing_policies")
    assert cuidado["health_check"] == "${google_compute_health_check.viva[each.key].id}"
    assert cuidado["initial_delay_sec"] >= 300
    viva = el("google_compute_health_check", "viva")
    formas = {forma: como for dinamico in viva["dynamic"] for forma, como in dinamico.items()}
    assert {forma: como["for_each"] for forma, como in formas.items()} == {
        "http_health_check": "${local.cifrados[each.key] ? [] : [each.value.puerto]}",
        "https_health_check": "${local.cifrados[each.key] ? [each.value.puerto] : []}",
    }
    for forma, como in formas.items():
        assert como["content"] == [{"port": f"${{{forma}.value}}", "request_path": "/salud/viva"}]
    assert viva["check_interval_sec"] * viva["unhealthy_threshold"] >= 60
    assert not [n for n, texto in TEXTOS.items() if "/salud/lista" in texto]


def test_el_balanceador_pregunta_por_el_trafico_y_nota_el_drenaje_a_tiempo() -> None:
    assert PUERTA["health_checks"] == ["${google_compute_health_check.trafico.id}"]
    trafico = el("google_compute_health_check", "trafico")
    assert bloque(trafico, "http_health_check") == {
        "port": "${local.grupos.bff.puerto}",
        "request_path": "/salud/trafico",
    }
    drenaje = int(GRUPOS["bff"]["entorno"]["DRENAJE_S"])
    assert drenaje == 15
    assert trafico["timeout_sec"] <= trafico["check_interval_sec"]
    assert trafico["check_interval_sec"] * trafico["unhealthy_threshold"] + trafico["timeout_sec"] < drenaje


# --- The balancer ---


def test_la_puerta_guarda_las_conexiones_mas_que_el_balanceador_y_este_le_da_tiempo() -> None:
    de_google = 600
    assert GRUPOS["bff"]["entorno"]["BFF_INACTIVIDAD_S"] == "620"
    assert int(GRUPOS["bff"]["entorno"]["BFF_INACTIVIDAD_S"]) > de_google
    assert PUERTA["load_balancing_scheme"] == "EXTERNAL_MANAGED"
    assert PUERTA["timeout_sec"] >= 10
    assert PUERTA["connection_draining_timeout_sec"] >= int(GRUPOS["bff"]["entorno"]["DRENAJE_S"])
    assert bloque(PUERTA, "backend")["group"] == (
        '${google_compute_region_instance_group_manager.grupo["bff"].instance_group}'
    )


def test_la_que_yerra_se_aparta_y_a_lo_sumo_la_mitad() -> None:
    deteccion = bloque(PUERTA, "outlier_detection")
    assert 1 < deteccion["consecutive_errors"] <= 10
    assert deteccion["enforcing_consecutive_errors"] == 100
    assert 0 < deteccion["max_ejection_percent"] <= 50
    assert bloque(deteccion, "base_ejection_time")["seconds"] > 0


def test_un_post_enviado_no_se_repite_nunca() -> None:
    mapa = el("google_compute_url_map", "puerta")
    camino = bloque(mapa, "path_matcher")
    (dinamica,) = (d["route_rules"] for d in camino["dynamic"])
    assert dinamica["for_each"] == {"1": "GET", "2": "HEAD"}
    (consultas,), (archivos, resto) = dinamica["content"], camino["route_rules"]
    assert bloque(consultas, "match_rules", "header_matches") == {
        "header_name": ":method",
        "exact_match": "${route_rules.value}",
    }
    assert bloque(resto, "match_rules") == {"prefix_match": "/"}
    assert bloque(resto, "route_action", "retry_policy")["retry_conditions"] == ["connect-failure"]
    # First those that may be repeated; then everything. No route goes by another policy, or by the default one.
    assert resto["priority"] > max(map(int, dinamica["for_each"]))
    assert bloque(archivos, "route_action", "retry_policy")["retry_conditions"] == ["connect-failure"]
    for ruta in (archivos, consultas, resto):
        assert bloque(ruta, "route_action", "timeout")["seconds"] >= 10
        assert bloque(ruta, "route_action", "retry_policy", "per_try_timeout")["seconds"] >= 10
        assert ruta["service"] == "${google_compute_backend_service.puerta.id}"
    assert bloque(mapa, "host_rule") == {"hosts": ["*"], "path_matcher": camino["name"]}


def test_un_archivo_tiene_el_tiempo_que_la_puerta_le_da_a_su_cliente() -> None:
    """Going out by its own route, and coming in by the two that take forms; through the local balancer likewise."""
    camino = bloque(el("google_compute_url_map", "puerta"), "path_matcher")
    archivos, _ = camino["route_rules"]
    assert archivos["priority"] == 0, "before any other"
    publicadas = {"/procesar/imagenes/{id_imagen}/archivo", "/procesar/imagenes", VerEventos.ruta}
    dichas = {r.get("path_template_match", r.get("full_path_match")) for r in archivos["match_rules"]}
    assert {re.sub(r"\{\w+\}", "*", ruta) for ruta in publicadas} <= dichas
    tarda = Config.model_fields["bff_subida_maxima"].default / cuerpo_que_llega.RITMO + cuerpo_que_llega.ESPERA_S
    assert bloque(archivos, "route_action", "timeout")["seconds"] > tarda
    assert bloque(archivos, "route_action", "retry_policy", "per_try_timeout")["seconds"] > tarda
    assert tarda < balanceador.ENTREGA_S


def test_la_puerta_cree_al_balanceador_y_por_el_no_habla_ningun_cliente() -> None:
    """It writes the client's address into X-Forwarded-For, and its own behind it; the door looks for the last one that
    is not a proxy's. X-Forwarded-Prefix it neither writes nor takes away by itself."""
    assert GRUPOS["bff"]["entorno"]["BFF_PROXIES"] == (
        '${join(",", concat(local.rangos_de_google, [google_compute_global_address.puerta.address]))}'
    )
    cabeceras = bloque(el("google_compute_url_map", "puerta"), "header_action")
    assert cabeceras["request_headers_to_remove"] == ["X-Forwarded-Prefix"]


def test_https_con_su_certificado_y_el_80_que_sirve() -> None:
    assert bloque(el("google_compute_managed_ssl_certificate", "puerta"), "managed")["domains"] == ["${var.dominio}"]
    assert el("google_compute_ssl_policy", "puerta")["min_tls_version"] == "TLS_1_2"
    https = el("google_compute_target_https_proxy", "puerta")
    assert https["url_map"] == "${google_compute_url_map.puerta.id}"
    assert https["ssl_policy"] == "${google_compute_ssl_policy.puerta.id}"
    assert VARIABLES["puerto_80_sirve"]["default"] is True
    assert el("google_compute_target_http_proxy", "puerta")["url_map"] == (
        "${var.puerto_80_sirve ? google_compute_url_map.puerta.id : google_compute_url_map.a_https.id}"
    )
    reglas = RECURSOS["google_compute_global_forwarding_rule"].values()
    assert {r["port_range"] for r in reglas} == {"80", "443"}
    assert {r["ip_address"] for r in reglas} == {"${google_compute_global_address.puerta.id}"}


# --- The network: who is let in ---


def test_a_la_puerta_solo_llegan_los_balanceadores_y_las_sondas() -> None:
    assert set(LOCALES["rangos_de_google"]) == _RANGOS_DE_GOOGLE
    reglas = RECURSOS["google_compute_firewall"]
    assert set(reglas) == {"puerta", "sondas", "consultas"}
    desde = {"puerta": "source_ranges", "sondas": "source_ranges", "consultas": "source_service_accounts"}
    for nombre, regla in reglas.items():
        fuentes = {a for a in regla if a.startswith("source_")}
        assert fuentes == {desde[nombre]}, nombre
        assert "source_ranges" not in fuentes or regla["source_ranges"] == "${local.rangos_de_google}"
        assert regla["target_service_accounts"], "not the whole network"
        assert regla.get("direction", "INGRESS") == "INGRESS"
        (permiso,) = regla["allow"]
        assert permiso["protocol"] == "tcp" and permiso["ports"], nombre
    assert bloque(reglas["puerta"], "allow")["ports"] == [str(GRUPOS["bff"]["puerto"])]
    assert reglas["consultas"]["source_service_accounts"] == ['${google_service_account.maquina["bff"].email}']


def test_ninguna_maquina_tiene_direccion_publica_y_todas_pueden_salir() -> None:
    red = bloque(el("google_compute_instance_template", "grupo"), "network_interface")
    assert set(red) == {"subnetwork"}
    assert el("google_compute_network", "saludtech")["auto_create_subnetworks"] is False
    assert el("google_compute_subnetwork", "maquinas")["private_ip_google_access"] is True
    assert "google_compute_router_nat" in RECURSOS


# --- Databases ---


def test_ninguna_base_es_publica_y_ninguna_conexion_va_en_claro() -> None:
    ajustes_bd = bloque(el("google_sql_database_instance", "servicio"), "settings")
    assert bloque(ajustes_bd, "ip_configuration") == {
        "ipv4_enabled": False,
        "private_network": "${google_compute_network.saludtech.id}",
        "ssl_mode": "ENCRYPTED_ONLY",
    }
    # Its certificate, of an authority of its own, bears the instance's name: libpq looks at that, and asks the address.
    url = el("google_secret_manager_secret_version", "database_url")["secret_data_wo"]
    instancia = "google_sql_database_instance.servicio[each.key]"
    assert url.endswith(
        f"@/${{each.value.base}}?host=${{var.proyecto}}:${{{instancia}.name}}&hostaddr=${{{instancia}.private_ip_address}}"
        "&port=5432&sslmode=verify-full&sslrootcert=/run/secrets/bd-ca.crt"
    )
    ca = el("google_secret_manager_secret_version", "bd_ca")
    assert ca["secret_data_wo"] == f"${{{instancia}.server_ca_cert[0].cert}}"
    assert all(suyos["bd-ca.crt"] == f"{s}-bd-ca" for s, suyos in LOCALES["secretos_de"].items() if s in SERVICIOS)
    trabajo = bloque(el("google_cloud_run_v2_job", "preparar"), "template", "template")
    assert bloque(trabajo, "containers", "volume_mounts")["mount_path"] == "/run/secrets"
    assert bloque(trabajo, "volumes", "secret", "items")["path"] == "bd-ca.crt"


def test_la_puerta_y_las_apis_se_hablan_cifrado() -> None:
    apis = {n for n, g in GRUPOS.items() if g["orden"] == ["api"]}
    assert {n for n, g in GRUPOS.items() if "HTTP_CERTIFICADO" in g["entorno"]} == apis
    for servicio, propio in SERVICIOS.items():
        ajuste = f"{propio['base']}_url"
        if ajuste not in CONFIG["bff"].model_fields:
            continue  # The door asks it nothing.
        url = GRUPOS["bff"]["entorno"][ajuste.upper()]
        direccion = f'google_compute_address.api["{servicio}"].address'
        assert url == f"https://${{{direccion}}}:{propio['puerto_api']}"
    # A certificate is made out to it before there is a machine.
    assert el("google_compute_address", "api")["address"] == "${each.value.direccion_api}"
    red = ip_network(el("google_compute_subnetwork", "maquinas")["ip_cidr_range"])
    fijas = [ip_address(s["direccion_api"]) for s in SERVICIOS.values()]
    assert len(set(fijas)) == len(fijas) and all(fija in red for fija in fijas)
    guia = (NUBE / "README.md").read_text("utf-8")
    pedidos = {f"{servicio}={propio['direccion_api']}," for servicio, propio in SERVICIOS.items()}
    assert {pedido for pedido in pedidos if pedido not in guia} == set()


def test_un_servidor_una_base_y_un_usuario_por_servicio() -> None:
    for recurso in ("google_sql_database_instance", "google_sql_database", "google_sql_user"):
        assert list(RECURSOS[recurso]) == ["servicio"]
        assert el(recurso, "servicio")["for_each"] == "${local.servicios}"
    for recurso in ("google_sql_database", "google_sql_user"):
        assert el(recurso, "servicio")["name"] == "${each.value.base}"
        assert el(recurso, "servicio")["instance"] == "${google_sql_database_instance.servicio[each.key].name}"
    assert {s: d["base"] for s, d in SERVICIOS.items()} == {s: s.replace("-", "_") for s in CONFIG if s != "bff"}
    version = el("google_sql_database_instance", "servicio")["database_version"]
    assert CONTENEDORES["suscripciones-bd"]["image"].startswith(f"postgres:{version.removeprefix('POSTGRES_')}.")


@pytest.mark.parametrize("servicio", SERVICIOS)
def test_las_conexiones_caben_en_cada_servidor(servicio: str) -> None:
    """Contract §7: also while each group takes a new version, and has more machines than it asks for."""
    assert LOCALES["bd_conexiones"] == por_proceso()
    banderas = bloque(el("google_sql_database_instance", "servicio"), "settings")["database_flags"]
    assert [b["value"] for b in banderas if b["name"] == "max_connections"] == ["${tostring(local.max_connections)}"]
    suyos = [g for g in GRUPOS.values() if g["de"] == servicio]
    assert {g["procesos"] for g in suyos if g["orden"] == ["api"]} == {procesos_de_api()}
    assert all(g["procesos"] >= 1 for g in suyos)
    procesos = sum((g["maximo"] + LOCALES["sobrante"]) * g["procesos"] for g in suyos) + 1
    assert procesos * por_proceso() + OTRAS <= LOCALES["max_connections"]


# --- What processes are told, and secrets ---


def _ejemplo(valor: Any) -> str:
    """A setting's value as a run would have it: what Terraform works out is replaced by something of its kind."""
    texto = re.sub(r"\$\{google_compute_address[^}]*\}", "10.20.0.9", str(valor))
    return re.sub(r"\$\{.*\}", lambda m: _EJEMPLOS[m[0]], texto)


_CLAVE = Ed25519PrivateKey.generate()
_PRIVADA = _CLAVE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
_PUBLICA = _CLAVE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

_EJEMPLOS = {
    "${google_storage_bucket.imagenes.name}": "proyecto-imagenes",
    "${var.pulsar_url}": "pulsar+ssl://broker.example:6651",
    "${var.pulsar_admin_url}": "https://broker.example",
    '${join(",", concat(local.rangos_de_google, [google_compute_global_address.puerta.address]))}': (
        "35.191.0.0/16,130.211.0.0/22,203.0.113.7"
    ),
    "${var.oidc.emisor}": "https://identidad.example",
    "${var.oidc.audiencia}": "saludtech",
    "${var.oidc.jwks}": "https://identidad.example/jwks",
    "${var.oidc.cliente}": "saludtech-consola",
    "${var.puerta_clave_publica}": _PUBLICA.replace("\n", "\\n"),
    "${var.smtp.host}": "smtp.example",
    "${tostring(var.smtp.puerto)}": "587",
    "${var.smtp.usuario}": "saludtech",
    "${var.smtp.remitente}": "SaludTech <avisos@saludtech.example>",
}
_SECRETOS = {
    "DATABASE_URL": "postgresql://s:clave@/s?host=p:saludtech-s&hostaddr=10.30.0.3&port=5432&sslmode=verify-full",
    "SEUDONIMO_CLAVE": "A" * 43 + "=",
    "CAMPOS_CLAVES": "A" * 43 + "=",
    "IDEMPOTENCIA_SECRETO": "A" * 43 + "=",
    "SMTP_CLAVE": "clave",
    "PULSAR_TOKEN": "a.b.c",
    "PUERTA_CLAVE": _PRIVADA,
}


def _entorno(nombre: str) -> dict[str, str]:
    grupo = GRUPOS[nombre]
    dados = LOCALES["entorno_comun"] | LOCALES["entorno_de"][grupo["de"]] | grupo["entorno"]
    return {ajuste: _ejemplo(valor) for ajuste, valor in dados.items()}


def _ajustes_secretos(quien: str) -> list[str]:
    """The settings among an identity's secrets; the others are files, whose names have a dot."""
    return [nombre for nombre in LOCALES["secretos_de"][quien] if "." not in nombre]


@pytest.mark.parametrize("nombre", GRUPOS)
def test_cada_ajuste_existe_y_cada_proceso_acepta_los_suyos(
    nombre: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    clase = CONFIG[GRUPOS[nombre]["de"]]
    secretos = _ajustes_secretos(GRUPOS[nombre]["de"])
    documentados = {n for propios in ajustes.secciones().values() for n, _, _ in propios}
    puestos = _entorno(nombre) | {ajuste: _SECRETOS[ajuste] for ajuste in secretos}
    # What a machine has as files.
    autoridad.hacer(tmp_path, {"servidor": ["10.20.0.9"]}, Path.write_text)
    puestos = {a: re.sub("^/(run/secrets|etc/saludtech)(?=/)", str(tmp_path), valor) for a, valor in puestos.items()}
    assert {a for a in puestos if a.lower() not in clase.model_fields} == set()
    assert puestos.keys() - documentados == set()
    for campo in clase.model_fields:
        monkeypatch.delenv(campo.upper(), raising=False)
    for variable, valor in puestos.items():
        monkeypatch.setenv(variable, valor)
    config: BaseSettings = clase()
    for variable, valor in puestos.items():
        leido = getattr(config, variable.lower())
        if isinstance(leido, float):
            assert leido == float(valor), variable
        elif variable not in secretos:
            assert str(leido).lower() == valor.lower(), variable


def test_ningun_ajuste_secreto_va_en_claro() -> None:
    secretas = {"DATABASE_URL"} | {
        campo.upper()
        for clase in CONFIG.values()
        for campo, dato in clase.model_fields.items()
        if "Secret" in str(dato.annotation)
    }
    assert set(_SECRETOS) <= secretas
    for nombre in GRUPOS:
        assert not secretas & _entorno(nombre).keys(), nombre
    assert {ajuste for quien in LOCALES["secretos_de"] for ajuste in _ajustes_secretos(quien)} <= secretas
    assert not [v for v in VARIABLES if re.search(r"token|secret|password|clave$|contrasena", v)]


def test_ningun_secreto_queda_en_el_estado() -> None:
    """Neither an argument that is kept, nor a resource that keeps what it made, nor an output."""
    for recurso, nombrados in RECURSOS.items():
        assert not recurso.startswith(("random_", "tls_")), recurso
        for nombre, cuerpo in nombrados.items():
            assert not {"secret_data", "password", "root_password", "private_key"} & set(cuerpo), f"{recurso}.{nombre}"
    assert set(RECURSOS["google_secret_manager_secret_version"]) == {"database_url", "bd_ca"}
    usos = [t for texto in TEXTOS.values() for t in re.findall(r".*ephemeral\.random_password.*", texto)]
    assert len(usos) == 2
    assert all(re.match(r"\s*(password_wo|secret_data_wo)\s+=", uso) for uso in usos)
    assert not [n for n, salida in SALIDAS.items() if "random_password" in str(salida["value"])]
    for texto in TEXTOS.values():
        assert not re.search(r"://[^/\s:$]+:[^/\s@$]+@", texto)


def test_la_clave_de_una_base_y_su_direccion_cambian_a_la_vez() -> None:
    usuario = el("google_sql_user", "servicio")
    direccion = el("google_secret_manager_secret_version", "database_url")
    assert usuario["password_wo_version"] == direccion["secret_data_wo_version"] == "${var.version_claves_bd}"
    assert usuario["password_wo"] == "${ephemeral.random_password.base[each.key].result}"
    assert usuario["password_wo"] in direccion["secret_data_wo"]


# --- Who may what ---


def test_cada_identidad_lee_solo_lo_suyo() -> None:
    de = LOCALES["secretos_de"]
    assert set(de) == set(IMAGENES)
    leidos = [secreto for suyos in de.values() for ajuste, secreto in suyos.items() if ajuste != "CAMPOS_CLAVES"]
    assert len(leidos) == len(set(leidos)), "no secret is two machines'"
    assert {suyos["CAMPOS_CLAVES"] for suyos in de.values()} == {"campos-claves"}, "but the ring is everybody's"
    assert LOCALES["secretos_de_preparar"] == (
        "${{for servicio, _ in local.servicios : servicio => "
        "merge({for ajuste, secreto in local.secretos_de[servicio] : ajuste => secreto "
        'if !startswith(ajuste, "servidor.")}, {PULSAR_TOKEN = "pulsar-token-operador", '
        'PULSAR_TOKEN_ADMIN = "pulsar-token-preparar"})}}'
    )
    for token in ("pulsar-token-preparar", "pulsar-token-operador"):
        assert token not in leidos, "an administrator's token, and an operator's, is on no machine"
    for quien in ("maquina", "preparar"):
        permiso = el("google_secret_manager_secret_iam_member", quien)
        assert permiso["for_each"] == f"${{local.lecturas_de_{'maquinas' if quien == 'maquina' else quien}}}"
        assert permiso["member"] == f"${{google_service_account.{quien}[each.value.quien].member}}"
    cuenta = bloque(el("google_compute_instance_template", "grupo"), "service_account")
    assert cuenta["email"] == "${google_service_account.maquina[each.value.de].email}"


def test_ningun_permiso_es_mas_que_lo_que_hace_falta() -> None:
    dados = {
        (recurso, cuerpo["role"])
        for recurso, nombrados in RECURSOS.items()
        if "_iam_" in recurso
        for cuerpo in nombrados.values()
        if "role" in cuerpo
    }
    assert dados == {
        ("google_project_iam_member", "roles/logging.logWriter"),
        ("google_project_iam_member", "roles/monitoring.metricWriter"),
        ("google_artifact_registry_repository_iam_member", "roles/artifactregistry.reader"),
        ("google_secret_manager_secret_iam_member", "roles/secretmanager.secretAccessor"),
    }


def test_las_imagenes_solo_las_alcanza_procesamiento_y_la_puerta_las_crea_y_lee_resultados() -> None:
    cubo = el("google_storage_bucket", "imagenes")
    assert cubo["public_access_prevention"] == "enforced"
    assert cubo["uniform_bucket_level_access"] is True
    assert bloque(cubo, "soft_delete_policy")["retention_duration_seconds"] == 0
    assert {r for r in RECURSOS if r.startswith("google_storage_bucket")} == {
        "google_storage_bucket",
        "google_storage_bucket_iam_policy",
    }, "a grant beside the policy would be in force until the next run"
    dados = DATOS["google_iam_policy"]["imagenes"]["binding"]
    assert {p["role"]: p["members"] for p in dados} == {
        "roles/storage.objectUser": ['${google_service_account.maquina["procesamiento"].member}'],
        "roles/storage.objectCreator": ['${google_service_account.maquina["bff"].member}'],
        "roles/storage.objectViewer": ['${google_service_account.maquina["bff"].member}'],
        "roles/storage.legacyBucketOwner": ["projectOwner:${var.proyecto}"],
    }
    (leida,) = (bloque(p, "condition") for p in dados if p["role"] == "roles/storage.objectViewer")
    dentro = f"projects/_/buckets/${{google_storage_bucket.imagenes.name}}/objects/{RESULTADOS}"
    assert leida["expression"].replace("\\", "") == f'resource.name.startsWith("{dentro}")'


# --- The broker, and money ---


def test_el_broker_no_es_uno_de_pruebas_y_nada_le_llega_en_claro() -> None:
    for variable, principio in (("pulsar_url", "pulsar+ssl://"), ("pulsar_admin_url", "https://")):
        (validacion,) = VARIABLES[variable]["validation"]
        assert validacion["condition"] == f'${{startswith(var.{variable}, "{principio}")}}'
        assert "default" not in VARIABLES[variable]
    assert all("PULSAR_TOKEN" in suyos for suyos in LOCALES["secretos_de"].values())
    todo = [a.read_text(encoding="utf-8") for a in NUBE.rglob("*") if a.suffix in (".tf", ".tftpl", ".sh", ".yaml")]
    assert not [t for t in todo if re.search(r"\bstandalone\b", t)]


def test_el_broker_de_helm_no_es_uno_solo_y_tiene_cuanto_la_plataforma_supone() -> None:
    valores = yaml.safe_load((NUBE / "pulsar/valores.yaml").read_text(encoding="utf-8"))
    assert {p: valores[p]["replicaCount"] for p in ("zookeeper", "bookkeeper", "broker", "proxy")} == {
        "zookeeper": 3,
        "bookkeeper": 3,
        "broker": 2,
        "proxy": 2,
    }
    # What is not of one machine alone: where it listens, what it is called, and that there is only one of it.
    de_una = re.compile(r".*(Port|Address|Name|Quorum|EnsembleSize)|loadBalancer.*|diskUsage.*")
    supuestos = {a: v for a, v in ajustes_de_broker("0", "0").items() if not de_una.fullmatch(a)}
    assert "topicLevelPoliciesEnabled" in supuestos
    assert supuestos.items() <= valores["broker"]["configData"].items()
    assert valores["bookkeeper"]["configData"] == DEL_DISCO
    assert valores["auth"]["authentication"]["enabled"] and valores["auth"]["authorization"]["enabled"]
    assert all(valores["tls"][p]["enabled"] for p in ("proxy", "broker", "bookie", "zookeeper"))
    servicio = valores["proxy"]["service"]
    assert servicio["annotations"] == {"networking.gke.io/load-balancer-type": "Internal"}, "not on the internet"


def test_el_gasto_avisa_a_quien_lo_paga() -> None:
    gasto = el("google_billing_budget", "mensual")
    assert {(u["threshold_percent"], u.get("spend_basis", "CURRENT_SPEND")) for u in gasto["threshold_rules"]} == {
        (0.5, "CURRENT_SPEND"),
        (0.9, "CURRENT_SPEND"),
        (1, "CURRENT_SPEND"),
        (1, "FORECASTED_SPEND"),
    }
    assert bloque(gasto, "budget_filter")["projects"] == ["projects/${data.google_project.este.number}"]
    assert bloque(gasto, "all_updates_rule")["monitoring_notification_channels"]


# --- What checkov is told to pass over (make nube) ---


def test_cada_regla_que_se_pasa_por_alto_dice_por_que() -> None:
    saltos = [s for t in TEXTOS.values() for s in re.findall(r"#\s*checkov:skip=(\S+?)(?::(.*))?$", t, re.MULTILINE)]
    assert saltos
    assert [regla for regla, porque in saltos if len(porque.split()) < 5] == []
    assert len({regla for regla, _ in saltos}) == len(saltos), "each once, where it is"
    # Nowhere else: neither a file of settings nor the command passes over any.
    orden = re.search(r"^nube:.*\n(\t.*\n)+", (RAIZ / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert orden and "skip-check" not in orden[0] and "--soft-fail" not in orden[0]
    assert not [a for a in (RAIZ, NUBE) for n in (".checkov.yaml", ".checkov.yml") if (a / n).exists()]
