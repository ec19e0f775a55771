"""Whose fault a server's reply is: a rule over step and codes, whatever the text says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notificaciones.infraestructura.respuestas import Culpa, Etapa, Respuesta, clasificar

etapas = st.sampled_from(list(Etapa))
del_buzon = st.sampled_from([Etapa.RCPT, Etapa.DATA])
codigos = st.integers(0, 999)
asuntos = st.integers(0, 999)
ampliados = st.tuples(st.sampled_from([2, 4, 5]), asuntos, asuntos)
respuestas = st.builds(Respuesta, codigos, st.none() | ampliados)


@given(etapas, respuestas)
def test_solo_acaba_con_una_carta_lo_que_habla_de_su_buzon_y_para_siempre(etapa, respuesta):
    if clasificar(etapa, respuesta) is Culpa.DEL_BUZON:
        assert etapa in (Etapa.RCPT, Etapa.DATA)
        assert 500 <= respuesta.codigo <= 599
        if respuesta.ampliado is None:
            assert (etapa, respuesta.codigo in (501, 550, 551, 553)) == (Etapa.RCPT, True)
        else:
            assert respuesta.ampliado[:2] in ((5, 1), (5, 2))


@given(del_buzon, st.integers(500, 599), st.sampled_from([1, 2]), asuntos)
def test_lo_que_habla_del_buzon_para_siempre_acaba_con_la_carta(etapa, codigo, asunto, detalle):
    de_quien_escribe = asunto == 1 and detalle in (7, 8)
    esperada = Culpa.NUESTRA if de_quien_escribe else Culpa.DEL_BUZON
    assert clasificar(etapa, Respuesta(codigo, (5, asunto, detalle))) is esperada


@given(etapas, codigos, st.sampled_from([0, 3, 4, 5, 6, 7, 8, 99]), asuntos)
def test_lo_que_habla_de_la_sesion_o_de_nosotros_nunca(etapa, codigo, asunto, detalle):
    assert clasificar(etapa, Respuesta(codigo, (5, asunto, detalle))) is not Culpa.DEL_BUZON


@given(st.sampled_from([e for e in Etapa if e not in (Etapa.RCPT, Etapa.DATA)]), respuestas)
def test_antes_de_nombrar_un_buzon_todo_es_nuestro(etapa, respuesta):
    assert clasificar(etapa, respuesta) is Culpa.NUESTRA


@given(del_buzon, st.sampled_from([421, 454]) | st.integers(0, 399) | st.integers(600, 999), st.none() | ampliados)
def test_un_servidor_que_se_va_o_no_habla_smtp_es_cosa_nuestra(etapa, codigo, ampliado):
    assert clasificar(etapa, Respuesta(codigo, ampliado)) is Culpa.NUESTRA


@given(codigos, ampliados, st.text())
def test_del_texto_solo_cuenta_el_codigo(codigo, ampliado, texto):
    escrito = ".".join(map(str, ampliado))
    leida = Respuesta.leer(codigo, f"{escrito} {texto}".encode())
    assert leida == Respuesta(codigo, ampliado)
    assert str(leida) == f"{codigo} {escrito}"


@pytest.mark.parametrize(
    ("texto", "ampliado"),
    [
        (b"5.1.1 no such user", (5, 1, 1)),
        (b"#5.1.0 Address rejected.", (5, 1, 0)),
        (b"sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", (5, 7, 1)),
        (b"5.7.1 one line\n5.7.1 another", (5, 7, 1)),
        (b"5.7.1", (5, 7, 1)),
        (b"Mail rejected\n5.7.1 relaying denied", (5, 7, 1)),
        (b"No\n" * 400 + b"5.7.1 relaying denied", (5, 7, 1)),
        (b"Mail rejected,\nno 5.7.1 at a line's front", None),
        (b"mailbox 5.1.1 of yours", None),
        (b"5.1.1.1 is no code", None),
        (b"3.1.1 is none either", None),
        (b"", None),
    ],
)
def test_el_codigo_ampliado_esta_donde_los_servidores_lo_ponen(texto, ampliado):
    assert Respuesta.leer(550, texto) == Respuesta(550, ampliado)


R = Etapa.RCPT


@pytest.mark.parametrize(
    ("etapa", "codigo", "texto", "culpa"),
    [
        (R, 550, "5.1.1 User unknown", Culpa.DEL_BUZON),
        (R, 550, "No such user here", Culpa.DEL_BUZON),
        (R, 551, "User not local", Culpa.DEL_BUZON),
        (R, 501, "Syntax error in address", Culpa.DEL_BUZON),
        (R, 501, "5.1.3 Bad recipient address syntax", Culpa.DEL_BUZON),
        (R, 553, "Mailbox name not allowed", Culpa.DEL_BUZON),
        (R, 552, "5.2.2 Mailbox full", Culpa.DEL_BUZON),
        (R, 556, "5.1.10 Recipient address has null MX", Culpa.DEL_BUZON),
        (Etapa.DATA, 550, "5.1.1 User unknown", Culpa.DEL_BUZON),
        (Etapa.DATA, 552, "5.2.3 Too long for this mailbox", Culpa.DEL_BUZON),
        (R, 450, "4.2.0 Greylisted", Culpa.DE_NADIE),
        (R, 451, "4.7.1 Greylisting in action", Culpa.DE_NADIE),
        (R, 452, "4.2.2 Over quota", Culpa.DE_NADIE),
        (R, 450, "Mailbox busy", Culpa.DE_NADIE),
        (Etapa.DATA, 451, "4.7.1 Scanner is busy", Culpa.DE_NADIE),
        (R, 554, "5.7.1 Relay access denied", Culpa.NUESTRA),
        (R, 454, "4.7.1 Relay access denied", Culpa.NUESTRA),
        (R, 550, "5.7.1 Unable to relay", Culpa.NUESTRA),
        (R, 553, "that domain isn't in my list of allowed rcpthosts (#5.7.1)", Culpa.NUESTRA),
        (R, 550, "5.1.8 Sender address rejected: Domain not found", Culpa.NUESTRA),
        (R, 450, "4.1.8 Sender address rejected: Domain not found", Culpa.NUESTRA),
        (R, 530, "5.7.0 Must issue a STARTTLS command first", Culpa.NUESTRA),
        (R, 503, "5.5.1 MAIL first", Culpa.NUESTRA),
        (R, 504, "5.5.2 <bare>: Helo command rejected: need fully-qualified hostname", Culpa.NUESTRA),
        (R, 501, "5.5.4 Invalid arguments", Culpa.NUESTRA),
        (R, 452, "4.3.1 Insufficient system storage", Culpa.NUESTRA),
        (R, 421, "4.2.1 Going down", Culpa.NUESTRA),
        (R, 550, "4.2.2 At odds with itself", Culpa.NUESTRA),
        (Etapa.DATA, 550, "Spam, we think", Culpa.NUESTRA),
        (Etapa.DATA, 554, "5.7.1 Message rejected", Culpa.NUESTRA),
        (Etapa.DATA, 554, "5.6.0 Odd content", Culpa.NUESTRA),
        (Etapa.MAIL, 553, "5.1.8 Sender unknown", Culpa.NUESTRA),
        (Etapa.DATA, 501, "Syntax error", Culpa.NUESTRA),
        (Etapa.MAIL, 501, "Syntax error in address", Culpa.NUESTRA),
        (Etapa.MAIL, 550, "No", Culpa.NUESTRA),
        (Etapa.CONEXION, 554, "5.7.1 Blocked", Culpa.NUESTRA),
        (Etapa.AUTH, 535, "5.7.8 Bad credentials", Culpa.NUESTRA),
    ],
)
def test_lo_que_dicen_los_servidores_que_hay(etapa, codigo, texto, culpa):
    assert clasificar(etapa, Respuesta.leer(codigo, texto.encode())) is culpa
