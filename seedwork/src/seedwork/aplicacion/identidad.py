"""Who asks, and how far that one reaches with what it asks (contract §9)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from contratos.acceso import ROLES, Alcance, Permiso, Rol
from seedwork.dominio.reglas import es_id, es_sujeto

TipoAutor = Literal["user", "service_account", "system"]
"""What a caller is (CloudEvents, extension "authcontext")."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Quien:
    """A caller whose token was checked.

    Attributes:
        id: the token's ``sub``, printable ASCII.
        roles: what it is.
        cliente: the ``cliente_codigo`` of a client; empty for who is none.
        clinica: the clinic of a clinic; likewise.
        tipo: what kind of caller it is.
    """

    id: str
    roles: frozenset[Rol] = frozenset()
    cliente: str = ""
    clinica: str = ""
    tipo: TipoAutor = "user"

    def codigo(self, rol: Rol) -> str:
        """What its own things bear, in that role; empty where it has none."""
        return {"cliente": self.cliente, "clinica": self.clinica, "investigador": self.id, "operador": ""}[rol]

    def como(self, rol: Rol) -> str:
        """As what it asks in that role: ``cliente:0001``; with its id for a role without a code."""
        return f"{rol}:{self.codigo(rol) or self.id}"

    def afirmaciones(self) -> str:
        """What is said of it besides its id, as JSON: codes alone (``ce_authclaims``)."""
        dichas = {"roles": sorted(self.roles), "cliente_codigo": self.cliente, "clinica": self.clinica}
        return json.dumps({n: v for n, v in dichas.items() if v}, separators=(",", ":"))

    @classmethod
    def de_afirmaciones(cls, tipo: str, id: str, afirmaciones: str) -> "Quien":
        """The inverse.

        Raises:
            ValueError: it is none that :meth:`afirmaciones` would write.
        """
        dichas = json.loads(afirmaciones or "{}")
        if not isinstance(dichas, dict) or tipo not in get_args(TipoAutor):
            raise ValueError("no es quien pueda pedir algo")
        return cls.de_claims(dichas, id, tipo)  # type: ignore[arg-type]

    @classmethod
    def de_claims(cls, dichas: Mapping[str, Any], id: str, tipo: TipoAutor = "user") -> "Quien":
        """The caller that a token's claims tell of. A role that needs a code and has none, or one that is no code, is
        none; so is a role that nobody knows.

        Raises:
            ValueError: ``id`` can't be one.
        """
        if not (isinstance(id, str) and es_sujeto(id)):
            raise ValueError("sub no es lo que debe ser")
        dichos = dichas.get("roles")
        roles = {rol for rol in ROLES if rol in dichos} if isinstance(dichos, list) else set()
        codigos = {n: _codigo(dichas.get(n)) for n in ("cliente_codigo", "clinica")}
        if not codigos["cliente_codigo"]:
            roles.discard("cliente")
        if not codigos["clinica"]:
            roles.discard("clinica")
        return cls(
            id=id, roles=frozenset(roles), cliente=codigos["cliente_codigo"], clinica=codigos["clinica"], tipo=tipo
        )


def _codigo(dicho: Any) -> str:
    return dicho if isinstance(dicho, str) and es_id(dicho) else ""


@dataclass(frozen=True, slots=True)
class Acceso:
    """A caller before one command or one query: how far it reaches there.

    Attributes:
        quien: None where nobody is asked who they are (``AUTENTICACION=ninguna``), or where the service itself is at
            work: then all may be done.
        permiso: the rule.
    """

    quien: Quien | None
    permiso: Permiso | None = None
    _propios: Mapping[Rol, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        quien, regla = self.quien, self.permiso
        propios: dict[Rol, str] = {}
        if quien is not None and regla is not None:
            propios = {r: quien.codigo(r) for r in ROLES if r in quien.roles and regla.alcance(r) is Alcance.PROPIO}
        object.__setattr__(self, "_propios", propios)

    @property
    def alcance(self) -> Alcance:
        """How far it reaches at most."""
        if self.quien is None:
            return Alcance.TODO
        if self.permiso is None:
            return Alcance.NADA
        return max((self.permiso.alcance(rol) for rol in self.quien.roles), default=Alcance.NADA)

    def propio(self, rol: Rol) -> str | None:
        """The code that a thing must bear as a role's for it to be within reach; None where all are, and an empty text,
        which nothing bears, where none is."""
        return None if self.alcance is Alcance.TODO else self._propios.get(rol, "")

    def alcanza(self, rol: Rol, codigo: str) -> bool:
        """Whether a thing is within reach that bears this code as a role's."""
        propio = self.propio(rol)
        return propio is None or (propio != "" and propio == codigo)

    @property
    def titular(self) -> str:
        """As what it asks, and so whose the fate of its command is: ``cliente:0001``; with its id for a role without a
        code; nobody's where nobody was asked."""
        if self.quien is None:
            return ""
        if self.permiso is not None and self.alcance is Alcance.TODO:
            rol = next(r for r in ROLES if r in self.quien.roles and self.permiso.alcance(r) is Alcance.TODO)
            return self.quien.como(rol)
        return next((f"{rol}:{codigo}" for rol, codigo in self._propios.items()), "")

    def es_titular(self, titular: str) -> bool:
        """Whether a command's fate is within reach, by whose it is."""
        if self.alcance is Alcance.TODO:
            return True
        return titular != "" and titular in {f"{rol}:{codigo}" for rol, codigo in self._propios.items()}


SIN_PREGUNTAR = Acceso(None)
"""Whoever it is: all may be done."""
