"""What must be kept and proven. Imports nothing here: the export is verified without Django."""
