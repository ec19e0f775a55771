from configparser import RawConfigParser
from pathlib import Path

import pytest
from supervisor.datatypes import dict_of_key_value_pairs

from plataforma.errores import ErrorPlataforma
from plataforma.gestor import configuracion
from plataforma.partes import Grupo, Parte


def parte(nombre: str, grupo: Grupo, **entorno: str) -> Parte:
    return Parte(nombre, grupo, ["/ruta con espacios/programa", "a b"], lambda: None, entorno=entorno)


def leer(*partes: Parte) -> RawConfigParser:
    conf = RawConfigParser(inline_comment_prefixes=(";",))
    conf.read_string(configuracion(partes, Path("/logs"), Path("/raiz"), 1234, "clave"))
    return conf


def test_cada_grupo_lleva_sus_partes_y_su_lugar() -> None:
    conf = leer(parte("bff", Grupo.BFF), parte("uno", Grupo.SERVICIOS), parte("dos", Grupo.SERVICIOS))
    assert dict(conf["group:servicios"]) == {"programs": "uno,dos", "priority": "3"}
    assert dict(conf["group:bff"]) == {"programs": "bff", "priority": "4"}
    assert "group:postgres" not in conf
    assert conf["program:uno"]["command"] == "'/ruta con espacios/programa' 'a b'"
    assert conf["program:uno"]["stopwaitsecs"] == "5"
    # Its own default lets everybody read.
    assert conf["supervisord"]["umask"] == "077"


@pytest.mark.parametrize("valor", ["a,b=c;d", "o'brien y otros", "postgresql://u:p%40@h/d", ""])
def test_un_valor_del_entorno_llega_entero(valor: str) -> None:
    escrito = leer(parte("uno", Grupo.SERVICIOS, V=valor, W="otro"))["program:uno"]["environment"]
    # supervisord expands %(…)s before it reads the pairs.
    assert dict_of_key_value_pairs(escrito % {}) == {"V": valor, "W": "otro"}


@pytest.mark.parametrize("valor", ["'entre comillas'", 'con "comillas"', "dos\nlíneas"])
def test_lo_que_no_se_puede_expresar_se_rechaza(valor: str) -> None:
    with pytest.raises(ErrorPlataforma):
        leer(parte("uno", Grupo.SERVICIOS, V=valor))
