"""People, organisations, departments, regions, posts and the inbox."""
