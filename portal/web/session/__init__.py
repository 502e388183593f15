"""Sessions: how one begins, how long it lives without use, when it ends."""
