"""The embedded run: a real Pulsar, a real PostgreSQL and every process of the platform on one machine."""
