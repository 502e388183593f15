"""How what was told leaves the portal: claim, hand over to a channel, settle."""
