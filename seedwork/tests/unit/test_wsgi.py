"""A request's environment: what needs no server to be seen. The rest, the server's own tests ask a running one."""

import ipaddress

from seedwork.entrada import wsgi


def test_un_cliente_ipv4_de_un_enchufe_de_las_dos_familias_es_quien_es():
    base = wsgi.de_la_conexion(("::ffff:10.0.0.7", 4711, 0, 0), ("::", 80, 0, 0), [ipaddress.ip_network("10.0.0.0/8")])
    assert base["REMOTE_ADDR"] == "10.0.0.7"
    assert base["seedwork.de_confianza"]
