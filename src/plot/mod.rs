//! Drawing: charts on any plotters backend, rasters as RGBA pixels, layouts as positions.
