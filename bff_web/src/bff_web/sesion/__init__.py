"""A person's session at the door (ADR 55): in and out by a browser, and the cookie that counts in a token's place."""
