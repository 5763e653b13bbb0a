//! Every quantity, in bits: pure functions from arrays to numbers.
