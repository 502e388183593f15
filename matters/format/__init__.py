"""The parts of a matter package (事项包): guide, questions, what a grant does."""
