"""What the newsroom remembers: SQLAlchemy Core over one database, one writer at a time."""
