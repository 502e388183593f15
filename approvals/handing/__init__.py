"""What is handed out of a case: decisions and notices as sealed papers."""
