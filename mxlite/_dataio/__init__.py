"""The C readers and writers of data files, and their errors; neither arrays nor kernels."""
