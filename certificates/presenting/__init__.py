"""Showing certificates at a window (亮证): a code for a minute, scanned once, asked, answered, seen for ten minutes."""
