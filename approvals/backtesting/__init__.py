"""A draft held against past cases, from what was stored of them: nothing is fetched, nothing new is read of anybody."""
