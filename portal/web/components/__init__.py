"""What the components of a page are drawn from: parts, rows of the verification sheet, icons, seals, words."""
