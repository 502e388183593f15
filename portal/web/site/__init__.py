"""The site itself: who runs it (SiteProfile), and when it is closed."""
