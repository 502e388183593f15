"""Files of certificates: reading them as records, what their columns mean, what makes a row sound, where they lie."""
