"""Subscriptions, clients, plans, invoices, and the view of the saga."""
