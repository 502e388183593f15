"""Numbers over many cases, for those who keep the catalogue: how many, what was issued, what was really used."""
