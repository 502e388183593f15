"""Outside data sources behind one seam: asked, recorded, and never believed when they fail."""
