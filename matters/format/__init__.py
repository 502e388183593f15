"""A matter package (事项包) and its parts: guide, questions, what a grant does, templates."""
