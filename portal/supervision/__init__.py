"""For supervisors and admins: how the sources of the portal are, and what they hold back."""
