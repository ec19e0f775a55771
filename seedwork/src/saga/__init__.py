"""The choreographed saga (contract §4), as its participants share it: steps, participation and end."""
