"""The catalogue: matters as data, their editions, forms and guides."""
