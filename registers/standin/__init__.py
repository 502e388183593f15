"""A stand-in (替身) for the outside registers: for demos and tests, on loopback, with made-up records."""
