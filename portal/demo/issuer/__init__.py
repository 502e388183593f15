"""A stand-in for the identity platform of the province: an OpenID Connect issuer where one is anybody."""
