"""What it costs, measured beside the peer and beside plain SQLite; ``benchmarks/README.md``."""
