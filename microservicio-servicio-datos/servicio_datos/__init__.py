"""Data services: experts, clouds and data sets, reserved for subscriptions."""
