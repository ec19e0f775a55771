"""The whole workspace's tests share one Pulsar and one PostgreSQL."""

# Before pytest meets the folders of these names, which it would take for the packages.
import bff_web  # noqa: F401
import seedwork  # noqa: F401

pytest_plugins = ["plataforma.pruebas"]
