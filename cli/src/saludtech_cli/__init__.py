"""The command line of SaludTech. It knows the platform by its public HTTP door alone."""
