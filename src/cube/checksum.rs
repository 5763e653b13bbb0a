//! The two checksums of a run's files: CRC-32 of gzip and zip, CRC-32C of a shard's index.
//!
//! From the `crc` crate and not from those that gzip crates bring: their tables are 24 KB that do not
//! compress, a tenth of what the compute worker may be. One table of 1 KB is fast enough for reading chunks; the
//! trainer, which writes some forty megabytes an epoch, has sixteen. An index is a few hundred bytes and needs none.

use crc::{CRC_32_ISCSI, CRC_32_ISO_HDLC, Crc, NoTable, Table};

#[cfg(feature = "trainer")]
type Tables = Table<16>;
#[cfg(not(feature = "trainer"))]
type Tables = Table<1>;

static CRC32: Crc<u32, Tables> = Crc::<u32, Tables>::new(&CRC_32_ISO_HDLC);
static CRC32C: Crc<u32, NoTable> = Crc::<u32, NoTable>::new(&CRC_32_ISCSI);

/// CRC-32 (ISO 3309), as gzip and zip have it.
pub fn crc32(bytes: &[u8]) -> u32 {
    CRC32.checksum(bytes)
}

/// CRC-32C (Castagnoli), as Zarr's `crc32c` codec has it.
pub fn crc32c(bytes: &[u8]) -> u32 {
    CRC32C.checksum(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn another_crate_gives_the_same(bytes: Vec<u8>) {
            prop_assert_eq!(super::crc32c(&bytes), crc32c::crc32c(&bytes));
            let mut other = flate2::Crc::new();
            other.update(&bytes);
            prop_assert_eq!(super::crc32(&bytes), other.sum());
        }
    }

    #[test]
    fn both_give_their_published_check_values() {
        assert_eq!(super::crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(super::crc32c(b"123456789"), 0xe306_9283);
    }
}
