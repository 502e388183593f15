"""SQL beyond what querysets do: worded once a process, planned once a connection, rows by the thousand."""
