"""Settings that contradict each other stop the start, with a reason."""

import base64
import random
import resource
from pathlib import Path

import pytest

from contratos.suscripciones import CancelarSuscripcion
from seedwork.aplicacion.ritmo import Ritmo
from seedwork.entrada.config import ConfigServicio, cargar
from seedwork.infraestructura import avro, campos
from seedwork.pruebas.sobres import sobre_nuevo

AZAR = random.Random(1)
URL = "postgresql://u:secreta@127.0.0.1/b"


@pytest.fixture(autouse=True)
def entorno(monkeypatch):
    for nombre, valor in {"DATABASE_URL": URL, "HTTP_PUERTO": "1", "SALUD_PUERTO": "2"}.items():
        monkeypatch.setenv(nombre, valor)
    monkeypatch.delenv("SECRETOS_DIR", raising=False)


def test_los_valores_por_defecto_concuerdan():
    assert cargar(ConfigServicio).inbox_dias > cargar(ConfigServicio).retencion_dias


def test_quien_tiene_secretos_no_vuelca_su_memoria() -> None:
    cargar(ConfigServicio)
    assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)


LARGOS = {"REINTENTOS_MAXIMO": "25", "REINTENTOS_TOPE_S": "200000", "SIN_AVANCE_S": "9000000"}


@pytest.mark.parametrize("cambio", [{"INBOX_DIAS": "7"}, {"RETENCION_DIAS": "20"}, {"CARTAS_DIAS": "8"}, LARGOS])
def test_un_inbox_que_olvida_demasiado_pronto_no_arranca(monkeypatch, capsys, cambio):
    for nombre, valor in cambio.items():
        monkeypatch.setenv(nombre, valor)

    with pytest.raises(SystemExit):
        cargar(ConfigServicio)

    dicho = capsys.readouterr().err
    assert "INBOX_DIAS ha de superar" in dicho
    assert "secreta" not in dicho


@pytest.mark.parametrize(
    ("cambio", "motivo"),
    [
        ({"COMANDOS_DIAS": "14"}, "COMANDOS_DIAS ha de ser INBOX_DIAS (15) al menos"),
        ({"BD_SENTENCIA_S": "9"}, "BD_SENTENCIA_S y BD_TRANSACCION_S juntas han de ser menos de 15 s"),
        ({"BD_TRANSACCION_S": "7"}, "BD_SENTENCIA_S y BD_TRANSACCION_S juntas han de ser menos de 15 s"),
        ({"BD_CERROJO_S": "8"}, "BD_CERROJO_S ha de ser menos que BD_SENTENCIA_S"),
        ({"BD_RED_S": "16"}, "BD_RED_S ha de ser 15 s a lo sumo"),
        ({"BD_CONSULTA_S": "0"}, "BD_CONSULTA_S"),
        ({"RETENCION_DIAS": "inf"}, "RETENCION_DIAS"),
        ({"TRAZAS_OTLP": "http://"}, "TRAZAS_OTLP"),
        ({"TRAZAS_OTLP": "http://h:99999"}, "TRAZAS_OTLP"),
    ],
)
def test_plazos_y_dias_que_se_contradicen_no_arrancan(monkeypatch, capsys, cambio, motivo):
    for nombre, valor in cambio.items():
        monkeypatch.setenv(nombre, valor)
    with pytest.raises(SystemExit):
        cargar(ConfigServicio)
    assert motivo in capsys.readouterr().err


def test_nadie_tiene_mas_plazo_del_que_otro_espera():
    config = cargar(ConfigServicio)
    assert config.plazos_de_consulta.cerrojo_s < config.plazos_de_consulta.sentencia_s == config.bd_consulta_s
    assert config.plazos_de_mantenimiento.cerrojo_s > 15 > config.plazos_de_mantenimiento.transaccion_s


def test_las_esperas_crecen_hasta_su_tope():
    politica = Ritmo(maximo=20, inmediatos=2, base_s=1.0, tope_s=10.0)

    assert politica.espera(1, AZAR) == 0.0
    for intento, pausa in {2: 1, 3: 2, 4: 4, 5: 8, 6: 10, 15: 10}.items():
        assert pausa * 0.8 <= politica.espera(intento, AZAR) <= pausa * 1.2
    assert politica.espera(100_000, AZAR) <= 12.0


def test_los_reintentos_juntos_caben_en_lo_que_se_tarda_en_dar_por_atascado(monkeypatch, capsys):
    ritmo = cargar(ConfigServicio).ritmo
    assert ritmo.total_s == pytest.approx(1.2 * (0.5 + 1 + 2 + 4 + 8 + 16))
    monkeypatch.setenv("SIN_AVANCE_S", "37")
    with pytest.raises(SystemExit):
        cargar(ConfigServicio)
    assert "SIN_AVANCE_S ha de superar" in capsys.readouterr().err


UNA, OTRA = (base64.b64encode(bytes([n]) * 32).decode() for n in (250, 7))


@pytest.mark.parametrize(
    ("claves", "motivo"),
    [
        (None, "CAMPOS_CLAVES: falta"),
        ("", "han de ser claves de 32 bytes, una al menos"),
        ("Ana no es base64", "ha de ser base64"),
        (base64.b64encode(b"Ana corta").decode(), "han de ser claves de 32 bytes"),
        (f"{UNA},", "han de ser claves de 32 bytes"),
        (f"{UNA},{UNA}", "una clave está dos veces"),
    ],
)
def test_sin_claves_para_los_campos_o_con_otras_no_se_arranca(monkeypatch, capsys, claves, motivo):
    monkeypatch.delenv("CAMPOS_CLAVES")
    if claves is not None:
        monkeypatch.setenv("CAMPOS_CLAVES", claves)
    with pytest.raises(SystemExit):
        cargar(ConfigServicio)
    dicho = capsys.readouterr().err
    assert motivo in dicho
    assert not [parte for parte in (UNA, "Ana", "QW5h") if parte in dicho]


def test_la_primera_clave_cifra_y_las_demas_leen(monkeypatch):
    sobre = sobre_nuevo(CancelarSuscripcion, fuente="/pruebas", sujeto="s")
    dicho = CancelarSuscripcion(id_suscripcion="s", motivo="me voy")
    monkeypatch.setenv("CAMPOS_CLAVES", OTRA)
    with campos.con(cargar(ConfigServicio).llavero):
        carga = avro.codificar(dicho, sobre)
    monkeypatch.setenv("CAMPOS_CLAVES", f" {UNA.replace('+', '-').replace('/', '_')} , {OTRA}")
    with campos.con(cargar(ConfigServicio).llavero):
        assert avro.decodificar(CancelarSuscripcion, carga, sobre=sobre) == dicho
        assert campos.id_de_clave(bytes([250]) * 32).encode() in avro.codificar(dicho, sobre)
    assert UNA not in repr(cargar(ConfigServicio))


def test_hasta_cuando_se_lee_en_claro_es_un_instante_con_su_zona(monkeypatch, capsys):
    monkeypatch.setenv("CAMPOS_EN_CLARO_HASTA", "2026-12-14T00:00:00Z")
    assert cargar(ConfigServicio).campos_en_claro_hasta is not None
    monkeypatch.setenv("CAMPOS_EN_CLARO_HASTA", "2026-12-14T00:00:00")
    with pytest.raises(SystemExit):
        cargar(ConfigServicio)
    assert "CAMPOS_EN_CLARO_HASTA" in capsys.readouterr().err


@pytest.mark.parametrize("nombre", ["DATABASE_URL", "database_url"])
def test_un_secreto_puede_ser_un_archivo(monkeypatch, tmp_path, nombre):
    monkeypatch.setenv("SECRETOS_DIR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL")
    (tmp_path / nombre).write_text("postgresql://u:montada@127.0.0.1/b\n")
    assert cargar(ConfigServicio).database_url == "postgresql://u:montada@127.0.0.1/b"


def test_el_entorno_va_antes_que_los_archivos(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRETOS_DIR", str(tmp_path))
    (tmp_path / "DATABASE_URL").write_text("postgresql://u:montada@127.0.0.1/b")
    assert cargar(ConfigServicio).database_url == URL


@pytest.mark.parametrize(
    ("contenido", "nombrado"),
    [(None, "SECRETOS_DIR"), (b"montada\xff", 'field "database_url"'), (b"mysql://u:montada@h/b", "DATABASE_URL")],
)
def test_una_carpeta_o_un_archivo_que_no_sirven_se_dicen_sin_citar(monkeypatch, tmp_path, capsys, contenido, nombrado):
    carpeta = tmp_path / "secretos"
    monkeypatch.setenv("SECRETOS_DIR", str(carpeta))
    monkeypatch.delenv("DATABASE_URL")
    if contenido is not None:
        carpeta.mkdir()
        (carpeta / "DATABASE_URL").write_bytes(contenido)

    with pytest.raises(SystemExit) as salida:
        cargar(ConfigServicio)

    dicho = capsys.readouterr().err
    assert salida.value.code == 2
    assert nombrado in dicho
    assert "montada" not in dicho


CIFRADAS = {"PULSAR_URL": "pulsar+ssl://broker.example:6651", "PULSAR_ADMIN_URL": "https://broker.example"}


@pytest.mark.parametrize("donde", [{}, CIFRADAS, {"PULSAR_URL": "pulsar://[::1]:6650"}])
def test_un_token_llega_a_su_broker_y_no_se_muestra(monkeypatch, donde):
    for nombre, valor in {"PULSAR_TOKEN": "cabeza.cuerpo.firma", **donde}.items():
        monkeypatch.setenv(nombre, valor)
    config = cargar(ConfigServicio)
    assert config.credencial.token == "cabeza.cuerpo.firma"
    assert "cuerpo" not in repr(config)


@pytest.mark.parametrize(
    ("donde", "debido"),
    [
        (CIFRADAS | {"PULSAR_URL": "pulsar://broker.example:6650"}, "PULSAR_URL ha de empezar por pulsar+ssl://:"),
        (CIFRADAS | {"PULSAR_ADMIN_URL": "http://10.0.0.7:8080"}, "PULSAR_ADMIN_URL ha de empezar por https://:"),
        (CIFRADAS | {"PULSAR_URL": "pulsar://127.0.0.1.broker.example:6650"}, "PULSAR_URL"),
    ],
)
def test_un_token_no_viaja_en_claro(monkeypatch, capsys, donde, debido):
    for nombre, valor in {"PULSAR_TOKEN": "cabeza.cuerpo.firma", **donde}.items():
        monkeypatch.setenv(nombre, valor)
    with pytest.raises(SystemExit):
        cargar(ConfigServicio)
    dicho = capsys.readouterr().err
    assert f"con PULSAR_TOKEN, {debido}" in dicho
    assert "cuerpo" not in dicho


@pytest.mark.parametrize(
    ("url", "vale"),
    [
        ("postgresql://s:c@base:5432/s", False),
        ("postgresql://s:c@base:5432/s?sslmode=require", False),
        ("postgresql://s:c@base:5432/s?sslmode=verify-ca", False),
        # libpq takes the host from there, too.
        ("postgresql://s:c@/s?host=base", False),
        ("postgresql://s:c@localhost/s?hostaddr=10.0.0.3", False),
        ("postgresql://s:c@/s?host=p:saludtech-s&hostaddr=10.0.0.3&sslmode=verify-full", True),
        ("postgresql://s:c@/s?host=/var/run/postgresql", True),
        ("postgresql://s:c@base:5432/s?sslmode=prefer", False),
        ("postgresql://s:c@base:5432/s?sslmode=verify-full&sslmode=disable", False),
        ("postgresql://s:c@base:5432/s?sslmode=verify-full&sslrootcert=/ca.pem", True),
        ("postgresql://s:c@127.0.0.1:5432/s", True),
    ],
)
@pytest.mark.parametrize("variable", ["DATABASE_URL", "DATABASE_URL_MIGRACION"])
def test_a_la_base_de_otra_maquina_no_se_le_dice_la_clave_en_claro(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], variable: str, url: str, vale: bool
) -> None:
    monkeypatch.setenv(variable, url)
    cargar(ConfigServicio)
    monkeypatch.setenv("AUTENTICACION", "oidc")
    if vale:
        cargar(ConfigServicio)
        return
    with pytest.raises(SystemExit):
        cargar(ConfigServicio)
    assert variable in (dicho := capsys.readouterr().err)
    assert "verify-full" in dicho


def test_un_certificado_va_con_su_clave(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "a.pem").write_text("nada")
    monkeypatch.setenv("HTTP_CERTIFICADO", str(tmp_path / "a.pem"))
    with pytest.raises(SystemExit):
        cargar(ConfigServicio)
    monkeypatch.setenv("HTTP_CLAVE", str(tmp_path / "a.pem"))
    with pytest.raises(SystemExit):
        cargar(ConfigServicio)
