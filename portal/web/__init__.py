"""What every page stands on: components, form renderer, display modes, designed errors."""
