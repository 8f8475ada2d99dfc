"""Command line tools for data sets: im2rec, rec2idx, idx2rec, rec, parse_log (docs/tools.md)."""
