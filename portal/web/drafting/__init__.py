"""A draft or a case as forms: what is asked, what is known, what was uploaded. For the applicant and for the window."""
