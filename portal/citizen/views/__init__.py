"""The citizen's pages, one module for each group of acts: parse, one verb, redirect or render."""
