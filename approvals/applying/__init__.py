"""The applicant's side: drafts, what they already know, submission, supplements, withdrawal."""
