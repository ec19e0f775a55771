"""The whole workspace's tests share one Pulsar and one PostgreSQL."""

import hypothesis

# Before pytest meets the folders of these names, which it would take for the packages.
import bff_web  # noqa: F401
import seedwork  # noqa: F401

pytest_plugins = ["plataforma.pruebas"]

# No test asserts a timing, and a busy machine takes longer for an example.
hypothesis.settings.register_profile("saludtech", deadline=None)
hypothesis.settings.load_profile("saludtech")
