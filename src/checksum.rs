//! Checksums of bytes, all that the project has: CRC-32 of gzip and zip, CRC-32C of a shard's index and of what
//! identifies a user's dataset, FNV-1a of what runs are compared by. They are part of formats and must not change.
//!
//! From the `crc` crate and not from those that gzip crates bring: their tables are 24 KB that do not
//! compress, a tenth of what the compute worker may be. One table of 1 KB is fast enough for reading chunks; the
//! trainer, which writes some forty megabytes an epoch and reads whole datasets, has sixteen. An index is a few hundred
//! bytes and needs none.

use crc::{CRC_32_ISCSI, CRC_32_ISO_HDLC, Crc};

/// How each is computed.
#[cfg(feature = "trainer")]
mod tables {
    pub type Crc32 = crc::Table<16>;
    pub type Crc32c = crc::Table<16>;
}
#[cfg(not(feature = "trainer"))]
mod tables {
    pub type Crc32 = crc::Table<1>;
    pub type Crc32c = crc::NoTable;
}

static CRC32: Crc<u32, tables::Crc32> = Crc::<u32, tables::Crc32>::new(&CRC_32_ISO_HDLC);
static CRC32C: Crc<u32, tables::Crc32c> = Crc::<u32, tables::Crc32c>::new(&CRC_32_ISCSI);

/// CRC-32 (ISO 3309), as gzip and zip have it.
pub fn crc32(bytes: &[u8]) -> u32 {
    CRC32.checksum(bytes)
}

/// CRC-32C (Castagnoli), as Zarr's `crc32c` codec has it.
pub fn crc32c(bytes: &[u8]) -> u32 {
    CRC32C.checksum(bytes)
}

/// The CRC-32C of all parts in a row.
pub fn crc32c_of_parts<'b>(parts: impl IntoIterator<Item = &'b [u8]>) -> u32 {
    let mut digest = CRC32C.digest();
    parts.into_iter().for_each(|part| digest.update(part));
    digest.finalize()
}

/// FNV-1a, 64 bits, of all parts in a row: tells contents apart that differ by accident, not by malice.
pub fn fnv1a<const N: usize>(parts: [&[u8]; N]) -> u64 {
    let bytes = parts.into_iter().flatten();
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn another_crate_gives_the_same(bytes: Vec<u8>) {
            prop_assert_eq!(crc32c(&bytes), ::crc32c::crc32c(&bytes));
            let mut other = flate2::Crc::new();
            other.update(&bytes);
            prop_assert_eq!(crc32(&bytes), other.sum());
        }

        #[test]
        fn parts_count_as_one(parts: Vec<Vec<u8>>) {
            let other = parts.iter().fold(0, |sum, part| ::crc32c::crc32c_append(sum, part));
            prop_assert_eq!(crc32c_of_parts(parts.iter().map(Vec::as_slice)), other);
            prop_assert_eq!(other, crc32c(&parts.concat()));
        }
    }

    #[test]
    fn each_gives_its_published_check_value() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32c(b"123456789"), 0xe306_9283);
        assert_eq!(fnv1a([b"a"]), 0xaf63_dc4c_8601_ec8c);
    }

    #[test]
    fn checksums_tell_order_and_content_apart() {
        assert_eq!(fnv1a([b"ab", b"c"]), fnv1a([b"abc"]));
        assert_ne!(fnv1a([b"ab"]), fnv1a([b"ba"]));
    }
}
