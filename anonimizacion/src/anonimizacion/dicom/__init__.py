"""DICOM: read strictly, element by element; cleaned by the standard's table; written anew; searched."""
