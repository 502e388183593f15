"""The catalogue's pages (事项管理): bureau admins write editions, try them, and publish them with a second person."""
