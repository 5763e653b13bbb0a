//! A store in memory, for tests and for building archives.
