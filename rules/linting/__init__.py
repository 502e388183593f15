"""What can be said of conditions before any fact is known: what they read, and what is wrong with them."""
