"""The issuer's side: numbers, issuing, the digest that proves a certificate unchanged, and the moves of its life."""
