"""亮码: the pages on which a phone shows a presentation code, and answers what a window asks."""
