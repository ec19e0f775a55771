"""The overview (ADR 60): ``GET /panorama``, how the platform is at a glance, from the memory of one instance."""
