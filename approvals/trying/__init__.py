"""What a bureau's admin does with past cases: asks for a back-test, looks at one to try a draft."""
