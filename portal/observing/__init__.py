"""What operators see of a running portal: log lines and numbers, and nothing that identifies a person."""
