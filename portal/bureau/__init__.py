"""The officers' rooms: queue, case, the three acts."""
