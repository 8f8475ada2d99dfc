"""Command line tools (docs/tools.md): im2rec, rec2idx, idx2rec, rec, parse_log, launch."""
