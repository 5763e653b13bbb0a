//! The Zarr codecs a run uses beside `gzip`: little-endian `bytes`, and `sharding_indexed` with its
//! `crc32c`-checked index at the end of the shard.
//!
//! Pure functions on bytes. What is decoded is treated as hostile: nothing is allocated for what a
//! file merely claims.

use crate::checksum::crc32c;

/// In place of offset and length of an inner chunk that the shard does not hold.
const ABSENT: u64 = u64::MAX;

/// Bytes of one entry of a shard's index.
const INDEX_ENTRY: usize = 16;

/// Why bytes could not be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// Not a gzip stream, a damaged one, or one that is followed by something.
    #[error("not one whole gzip stream")]
    Gzip,
    /// It decodes to another number of bytes than the shape says.
    #[error("does not unpack to {expected} bytes")]
    Length {
        /// Bytes of a chunk.
        expected: usize,
    },
    /// The shard's index does not match its checksum.
    #[error("the index of the shard does not match its checksum")]
    Checksum,
    /// An inner chunk lies outside the shard.
    #[error("an inner chunk lies outside the shard")]
    Range,
}

/// The index that ends a shard whose inner chunks have these lengths, one after another from 0:
/// offset and length of each, u64, and the CRC-32C of all that.
pub fn shard_index(lengths: impl IntoIterator<Item = usize>) -> Vec<u8> {
    let mut index = Vec::new();
    let mut offset = 0_u64;
    for length in lengths {
        index.extend_from_slice(&offset.to_le_bytes());
        index.extend_from_slice(&(length as u64).to_le_bytes());
        offset += length as u64;
    }
    let checksum = crc32c(&index);
    index.extend_from_slice(&checksum.to_le_bytes());
    index
}

/// Bytes of the index of a shard with this many inner chunks.
pub const fn shard_index_len(n_chunks: usize) -> usize {
    n_chunks * INDEX_ENTRY + 4
}

/// Where an inner chunk lies in its shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InnerChunk {
    /// Byte it begins at.
    pub offset: u64,
    /// Its bytes.
    pub len: usize,
}

/// The inner chunks of a shard of `shard_len` bytes from its index; `None` for an absent one.
///
/// # Errors
/// [`CodecError::Checksum`], and [`CodecError::Range`] for a chunk that is not in front of the index
/// or longer than `max_len`.
pub fn parse_shard_index(
    index: &[u8],
    shard_len: u64,
    max_len: u64,
) -> Result<Vec<Option<InnerChunk>>, CodecError> {
    let (entries, checksum) = index.split_last_chunk::<4>().ok_or(CodecError::Checksum)?;
    if crc32c(entries) != u32::from_le_bytes(*checksum) {
        return Err(CodecError::Checksum);
    }
    let data_len = shard_len.saturating_sub(index.len() as u64);
    let numbers: Vec<u64> = entries.as_chunks().0.iter().map(|bytes| u64::from_le_bytes(*bytes)).collect();
    let inner_chunk = |&[offset, len]: &[u64; 2]| {
        if offset == ABSENT && len == ABSENT {
            return Ok(None);
        }
        let inside = offset.checked_add(len).is_some_and(|end| end <= data_len) && len <= max_len;
        let len = usize::try_from(len).ok().filter(|_| inside).ok_or(CodecError::Range)?;
        Ok(Some(InnerChunk { offset, len }))
    };
    numbers.as_chunks().0.iter().map(inner_chunk).collect()
}

/// Values of a `bytes` codec, little endian; `N` is the size of one value.
pub fn decode<const N: usize, T>(bytes: &[u8], value: impl Fn([u8; N]) -> T) -> Vec<T> {
    bytes.as_chunks().0.iter().map(|bytes| value(*bytes)).collect()
}

/// Little-endian bytes of values; `N` is the size of one value.
pub fn encode<const N: usize, T: Copy>(values: &[T], bytes: impl Fn(T) -> [u8; N]) -> Vec<u8> {
    let mut out = vec![0; values.len() * N];
    for (slot, value) in out.as_chunks_mut().0.iter_mut().zip(values) {
        *slot = bytes(*value);
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_shard_index_finds_its_chunks() {
        let index = shard_index([3, 0, 5]);
        assert_eq!(index.len(), shard_index_len(3));
        let chunks = parse_shard_index(&index, 8 + index.len() as u64, 5).unwrap();
        assert_eq!(chunks[2], Some(InnerChunk { offset: 3, len: 5 }));
    }

    #[test]
    fn an_index_entry_of_ones_is_an_absent_chunk() {
        let mut index = vec![0xff; INDEX_ENTRY];
        index.extend_from_slice(&crc32c(&index).to_le_bytes());
        assert_eq!(parse_shard_index(&index, index.len() as u64, 5).unwrap(), [None]);
    }

    #[test]
    fn an_index_with_a_flipped_bit_or_a_chunk_outside_is_refused() {
        let mut index = shard_index([3]);
        let shard_len = 3 + index.len() as u64;
        assert_eq!(parse_shard_index(&index, shard_len - 1, 5), Err(CodecError::Range));
        assert_eq!(parse_shard_index(&index, shard_len, 2), Err(CodecError::Range));
        index[0] ^= 1;
        assert_eq!(parse_shard_index(&index, shard_len, 5), Err(CodecError::Checksum));
        assert_eq!(parse_shard_index(&[1, 2], 2, 5), Err(CodecError::Checksum));
    }

    proptest! {
        #[test]
        fn values_survive_their_bytes(values: Vec<u32>) {
            prop_assert_eq!(decode(&encode(&values, u32::to_le_bytes), u32::from_le_bytes), values);
        }

        #[test]
        fn no_bytes_make_the_decoder_panic(bytes: Vec<u8>, len in 0_u64..1000) {
            let _ = parse_shard_index(&bytes, len, 64);
        }
    }
}
