//! One gzip stream (RFC 1952) around the deflate of `miniz_oxide`: chunks of a run, written and read.
//!
//! Read bytes are treated as hostile: a stream unpacks to exactly the bytes the caller expects, and
//! never to more. The framing is our own because the crates that have it bring checksum tables that the
//! compute worker cannot afford; see [`crate::checksum`].

use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

use super::codec::CodecError;
use crate::checksum::crc32;

/// Fast: cells are half noise and compress little more at higher levels.
pub const LEVEL: u8 = 1;

/// Magic, deflate, no flags, no time, no hint, unknown system.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
/// Checksum and length of what was packed.
const TRAILER: usize = 8;
/// Deflate cannot shrink anything further than this.
const MOST_SHRUNK: usize = 1032;

const HAS_CHECKSUM: u8 = 2;
const HAS_EXTRA: u8 = 4;
const HAS_NAME: u8 = 8;
const HAS_COMMENT: u8 = 16;

/// `bytes` as one gzip stream.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut stream = HEADER.to_vec();
    stream.extend(compress_to_vec(bytes, LEVEL));
    stream.extend(crc32(bytes).to_le_bytes());
    stream.extend((bytes.len() as u32).to_le_bytes());
    stream
}

/// The `expected` bytes of one gzip stream. A bomb is unpacked no further than that.
///
/// # Errors
/// [`CodecError::Gzip`] and [`CodecError::Length`].
pub fn gunzip(bytes: &[u8], expected: usize) -> Result<Vec<u8>, CodecError> {
    let packed = header_len(bytes).and_then(|len| bytes.get(len..)).ok_or(CodecError::Gzip)?;
    if expected / MOST_SHRUNK > packed.len() {
        return Err(CodecError::Length { expected });
    }
    let mut out = vec![0; expected];
    let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let (status, read, written) = decompress(&mut DecompressorOxide::new(), packed, &mut out, 0, flags);
    match status {
        TINFLStatus::Done if written == expected => {}
        TINFLStatus::Done | TINFLStatus::HasMoreOutput => return Err(CodecError::Length { expected }),
        _ => return Err(CodecError::Gzip),
    }
    let trailer: [u8; TRAILER] = packed[read..].try_into().map_err(|_| CodecError::Gzip)?;
    let (checksum, len) = (crc32(&out).to_le_bytes(), (expected as u32).to_le_bytes());
    if trailer == [checksum, len].concat()[..] { Ok(out) } else { Err(CodecError::Gzip) }
}

/// Bytes of the header with its optional fields; `None` when it is none or ends too early.
fn header_len(bytes: &[u8]) -> Option<usize> {
    let flags = *bytes.get(3)?;
    if !bytes.starts_with(&HEADER[..3]) || flags >= 2 * HAS_COMMENT {
        return None;
    }
    let mut len = HEADER.len();
    if flags & HAS_EXTRA != 0 {
        let extra = bytes.get(len..len + 2)?;
        len += 2 + usize::from(u16::from_le_bytes([extra[0], extra[1]]));
    }
    for text in [HAS_NAME, HAS_COMMENT] {
        if flags & text != 0 {
            len += bytes.get(len..)?.iter().position(|&byte| byte == 0)? + 1;
        }
    }
    Some(if flags & HAS_CHECKSUM != 0 { len + 2 } else { len })
}

/// The most bytes a sane gzip stream of `raw` bytes has: incompressible data grow by 5 bytes per
/// 32 KiB and a header.
pub const fn gzip_bound(raw: usize) -> u64 {
    raw as u64 + raw as u64 / 64 + 1024
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn incompressible_bytes_stay_within_the_bound() {
        let mut state = 1_u32;
        let noise = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        });
        let bytes: Vec<u8> = noise.take(300_000).collect();
        assert!(gzip(&bytes).len() as u64 <= gzip_bound(bytes.len()));
    }

    #[test]
    fn a_gzip_bomb_is_not_unpacked() {
        let bomb = gzip(&vec![0; 10_000_000]);
        assert_eq!(gunzip(&bomb, 100), Err(CodecError::Length { expected: 100 }));
        assert_eq!(
            gunzip(&gzip(b"x"), 1 << 40),
            Err(CodecError::Length { expected: 1 << 40 }),
            "not allocated"
        );
    }

    #[test]
    fn damage_in_a_gzip_stream_is_found() {
        let good = gzip(b"feature map");
        let mut flipped = good.clone();
        flipped[12] ^= 1;
        let mut checksum = good.clone();
        let last = checksum.len() - 5;
        checksum[last] ^= 1;
        let longer = [&good[..], b"x"].concat();
        for bad in [&flipped[..], &checksum, &longer, &good[..good.len() - 1], b""] {
            assert!(gunzip(bad, 11).is_err());
        }
        assert_eq!(gunzip(&good, 12), Err(CodecError::Length { expected: 12 }));
    }

    #[test]
    fn a_header_with_every_optional_field_is_skipped() {
        let encoder = flate2::GzBuilder::new().filename("cells").comment("of layer 3").extra(vec![1, 2, 3]);
        let mut encoder = encoder.write(Vec::new(), flate2::Compression::best());
        encoder.write_all(b"feature map").unwrap();
        let stream = encoder.finish().unwrap();
        assert_eq!(gunzip(&stream, 11).unwrap(), b"feature map");
        for cut in 0..stream.len() {
            assert!(gunzip(&stream[..cut], 11).is_err(), "cut at {cut}");
        }
    }

    proptest! {
        #[test]
        fn streams_are_read_by_an_independent_crate_and_back(bytes in prop::collection::vec(0_u8..9, 0..5000)) {
            let mut read = Vec::new();
            flate2::read::GzDecoder::new(&gzip(&bytes)[..]).read_to_end(&mut read).unwrap();
            prop_assert_eq!(&read, &bytes);
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            encoder.write_all(&bytes).unwrap();
            prop_assert_eq!(gunzip(&encoder.finish().unwrap(), bytes.len()).unwrap(), bytes);
        }

        #[test]
        fn no_bytes_make_the_decoder_panic(bytes: Vec<u8>, expected in 0_usize..200) {
            let _ = gunzip(&[&HEADER[..], &bytes].concat(), expected);
            let _ = gunzip(&bytes, expected);
        }
    }
}
