"""Electronic seals: keys, the organs' X.509 certificates, signing what is issued, and sealed papers."""
