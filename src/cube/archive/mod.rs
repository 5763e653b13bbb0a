//! A run as one file, `<name>.zarr.zip`.
