"""What runs beside the web: the queue, its workers, the sweeper, the private Valkey and the process supervisor."""
