"""Subscriptions, clients, plans, invoices, and the view of the saga."""

NOMBRE = "suscripciones"
"""The context's name; also its subscription's, its participant's and its namespace's."""
