"""For keepers: the certificate store of their department — types, certificates, seals, imports, look-ups."""
