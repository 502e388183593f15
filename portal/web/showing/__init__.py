"""The gallery: every component and every error page, in demo mode only."""
