"""Data services: experts, clouds and data sets, reserved for subscriptions."""

NOMBRE = "servicio-datos"
"""The context's name; also its subscription's, its participant's and its namespace's."""
