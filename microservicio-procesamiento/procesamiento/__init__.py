"""The anonymisation of images: what is known of one when nobody may know whose it is."""

NOMBRE = "procesamiento"
"""The context's name; also its subscription's, its participant's and its namespace's."""
