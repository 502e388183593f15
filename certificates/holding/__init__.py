"""The holder's side: consent to the use of certificates, which of them counts, and the recorded look at its fields."""
