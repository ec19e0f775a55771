"""Notifications to clients, event-sourced, and the channel that they leave by."""
