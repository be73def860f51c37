// Placeholder: filled in by the room's own work.
