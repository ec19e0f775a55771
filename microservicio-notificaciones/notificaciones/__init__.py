"""Notifications to clients, event-sourced, and the channel that they leave by."""

NOMBRE = "notificaciones"
"""The context's name; also its subscription's, its participant's and its namespace's."""
