"""97 small files made from public reports about tools like this: what must go, the outcome, what must hold after it.

``casos.py`` has a generator per case, whose docstring says all that; its tokens come of a seed. One seed is written
down, another is drawn at each run: ``SEMILLA=... pytest tests/dicom_casos`` draws a failing one again.
"""
