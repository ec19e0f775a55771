"""Computing quotas, reserved for subscriptions."""

NOMBRE = "computo"
"""The context's name; also its subscription's, its participant's and its namespace's."""
