"""What bars a package from publication, and its examples judged as an application would be."""
