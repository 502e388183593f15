"""What templates of the catalogue are given for trying and back-testing."""
