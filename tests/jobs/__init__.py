"""Queue, workers, sweeper, private Valkey and supervisor: real processes, real kills, conditions instead of sleeps."""
