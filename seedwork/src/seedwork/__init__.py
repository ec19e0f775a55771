"""What every SaludTech service shares: installed once, never copied."""
