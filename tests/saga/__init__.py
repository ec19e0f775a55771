"""A package, so that the platform of its tests, a fixture of the package, ends with them and not with the session."""
