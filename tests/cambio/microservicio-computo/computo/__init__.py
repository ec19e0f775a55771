"""Computing quotas, reserved for subscriptions."""
