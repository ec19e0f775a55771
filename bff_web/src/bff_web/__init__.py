"""The public HTTP door: takes commands to the broker, and queries to the services that own the answers."""
