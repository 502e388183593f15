"""What templates of the store are given."""
