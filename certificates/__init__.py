"""The store of electronic certificates: issuing, consent, use, checking."""
