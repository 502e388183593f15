"""What a condition may say: the tree, its vocabulary, checks, derived facts, and the values it is held against."""
