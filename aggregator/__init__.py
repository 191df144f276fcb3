"""The newsroom: decides, remembers, schedules and runs. Knows the press and the feeds."""
