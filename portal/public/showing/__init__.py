"""What the public templates are given: guides, lists, figures and answers as rows and sentences. Reads only."""
