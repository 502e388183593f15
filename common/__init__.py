"""What every room may lean on: time, working days, identifiers, place codes. Knows nothing of Django."""
