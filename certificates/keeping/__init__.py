"""What keepers do with the certificates of their department: suspend, resume, end, issue, correct, renew, find."""
