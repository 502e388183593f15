"""Who used my certificates, and who may: use records, reports, consents."""
