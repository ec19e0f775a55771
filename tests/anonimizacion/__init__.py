"""What was put into files is looked for in everything that comes out (docs/verificacion.md)."""
