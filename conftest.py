"""The whole workspace's tests share one Pulsar and one PostgreSQL."""

pytest_plugins = ["plataforma.pruebas"]
