"""What bars a package from publication, room by room."""
