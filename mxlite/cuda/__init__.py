"""GPUs: `Context("gpu", i)` becomes a device of the driver. Loaded by the first use of a GPU."""
