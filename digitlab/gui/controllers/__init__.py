"""What turns wishes into work: each controller owns its workers and changes the session."""
