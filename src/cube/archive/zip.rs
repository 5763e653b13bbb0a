//! A zip archive of uncompressed entries, as a plan: headers in bytes, contents by reference.
//!
//! Written here and not with the `zip` crate, which writes contents through `Write + Seek` and so
//! would need all of a run in memory. Follows PKWARE's APPNOTE 6.3; with Zip64 records where sizes,
//! offsets or the number of entries call for them.

use super::Piece;
use crate::checksum::crc32;
use crate::storage::StoredFile;

/// Version of the format that a reader must know: 4.5 for Zip64, else 2.0.
const VERSION: u16 = 20;
const VERSION_ZIP64: u16 = 45;
/// Names are UTF-8.
const FLAGS: u16 = 1 << 11;
/// The first of January 1980, the zero of the format: archives of the same run are the same bytes.
const DATE: u16 = 1 << 5 | 1;
/// In a field of 32 bits: the value is in the Zip64 record.
const IN_ZIP64: u32 = u32::MAX;

/// Entries added so far.
#[derive(Debug, Default)]
pub struct ZipPlan {
    pieces: Vec<Piece>,
    /// Bytes in `pieces`.
    len: u64,
    directory: Vec<u8>,
    entries: u64,
}

/// One entry as both of its headers tell it.
struct Entry<'a> {
    name: &'a str,
    size: u64,
    checksum: u32,
}

impl ZipPlan {
    /// Adds an entry with these contents.
    pub fn add_bytes(&mut self, name: &str, bytes: &[u8]) {
        self.add_entry(&Entry { name, size: bytes.len() as u64, checksum: crc32(bytes) });
        self.push_bytes(bytes);
    }

    /// Adds a stored file, given its CRC-32.
    pub fn add_file(&mut self, name: &str, file: StoredFile, checksum: u32) {
        self.add_entry(&Entry { name, size: file.size, checksum });
        self.len += file.size;
        self.pieces.push(Piece::File { path: file.path, size: file.size });
    }

    /// The pieces of the whole archive, in order.
    pub fn finish(mut self) -> Vec<Piece> {
        let (offset, len) = (self.len, self.directory.len() as u64);
        let directory = std::mem::take(&mut self.directory);
        self.push_bytes(&directory);
        if self.entries >= u64::from(u16::MAX) || offset + len >= u64::from(IN_ZIP64) {
            self.push_bytes(&zip64_end(self.entries, offset, len));
        }
        let entries = u16::try_from(self.entries).unwrap_or(u16::MAX).to_le_bytes();
        let mut end = b"PK\x05\x06\0\0\0\0".to_vec();
        end.extend([entries, entries].concat());
        end.extend(field(len).to_le_bytes());
        end.extend(field(offset).to_le_bytes());
        end.extend([0, 0]);
        self.push_bytes(&end);
        self.pieces
    }

    /// The entry's local header, and its header in the directory.
    fn add_entry(&mut self, entry: &Entry) {
        let offset = self.len;
        let sizes = if field(entry.size) == IN_ZIP64 { vec![entry.size, entry.size] } else { vec![] };
        let mut local = b"PK\x03\x04".to_vec();
        local.extend(entry.common(&zip64_extra(&sizes)));
        local.extend(entry.name.as_bytes());
        local.extend(zip64_extra(&sizes));
        self.push_bytes(&local);

        let mut numbers = sizes;
        numbers.extend((field(offset) == IN_ZIP64).then_some(offset));
        let extra = zip64_extra(&numbers);
        self.directory.extend(b"PK\x01\x02");
        self.directory.extend(VERSION_ZIP64.to_le_bytes());
        self.directory.extend(entry.common(&extra));
        // Comment length, disk number, internal and external attributes.
        self.directory.extend([0; 2 + 2 + 2 + 4]);
        self.directory.extend(field(offset).to_le_bytes());
        self.directory.extend(entry.name.as_bytes());
        self.directory.extend(extra);
        self.entries += 1;
    }

    /// Small pieces that follow each other become one.
    fn push_bytes(&mut self, bytes: &[u8]) {
        self.len += bytes.len() as u64;
        match self.pieces.last_mut() {
            Some(Piece::Bytes(last)) => last.extend(bytes),
            _ => self.pieces.push(Piece::Bytes(bytes.to_vec())),
        }
    }
}

impl Entry<'_> {
    /// The fields from "version needed" to "extra field length", which both headers have.
    fn common(&self, extra: &[u8]) -> Vec<u8> {
        let version = if extra.is_empty() { VERSION } else { VERSION_ZIP64 };
        // Version, flags, method 0 (stored), time, date.
        let mut fields = [version, FLAGS, 0, 0, DATE].map(u16::to_le_bytes).concat();
        fields.extend([self.checksum, field(self.size), field(self.size)].map(u32::to_le_bytes).concat());
        // Lengths beyond 16 bits do not occur: names are paths in a run, extras at most 28 bytes.
        fields.extend([self.name.len() as u16, extra.len() as u16].map(u16::to_le_bytes).concat());
        fields
    }
}

/// A number in a field of 32 bits.
fn field(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(IN_ZIP64)
}

/// The extra field with the numbers that did not fit; empty without any.
fn zip64_extra(numbers: &[u64]) -> Vec<u8> {
    if numbers.is_empty() {
        return Vec::new();
    }
    let mut extra = [1, numbers.len() as u16 * 8].map(u16::to_le_bytes).concat();
    extra.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    extra
}

/// The Zip64 end of the directory and its locator.
fn zip64_end(entries: u64, directory_offset: u64, directory_len: u64) -> Vec<u8> {
    let mut end = b"PK\x06\x06".to_vec();
    // Size of what follows, versions made by and needed, this disk, the directory's disk.
    end.extend(44_u64.to_le_bytes());
    end.extend([VERSION_ZIP64, VERSION_ZIP64, 0, 0, 0, 0].map(u16::to_le_bytes).concat());
    end.extend([entries, entries, directory_len, directory_offset].map(u64::to_le_bytes).concat());
    end.extend(b"PK\x06\x07\0\0\0\0");
    end.extend((directory_offset + directory_len).to_le_bytes());
    end.extend(1_u32.to_le_bytes());
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(bytes: &[u8], pattern: &[u8]) -> Option<usize> {
        bytes.windows(pattern.len()).position(|window| window == pattern)
    }

    fn last_bytes(pieces: &[Piece]) -> &[u8] {
        match pieces.last() {
            Some(Piece::Bytes(bytes)) => bytes,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_empty_archive_is_its_end_record() {
        assert_eq!(ZipPlan::default().finish(), [Piece::Bytes([&b"PK\x05\x06"[..], &[0; 18]].concat())]);
    }

    #[test]
    fn offsets_count_the_files_that_are_only_referred_to() {
        let mut zip = ZipPlan::default();
        zip.add_file("a", StoredFile { path: "runs/r/a".into(), size: 1000 }, 7);
        zip.add_bytes("b", b"xyz");
        let pieces = zip.finish();
        assert_eq!(pieces[1], Piece::File { path: "runs/r/a".into(), size: 1000 });
        let tail = last_bytes(&pieces);
        let second = find(tail, b"PK\x01\x02").unwrap() + 47;
        assert_eq!(tail[second..second + 4], *b"PK\x01\x02");
        assert_eq!(tail[second + 42..second + 46], 1031_u32.to_le_bytes());
        assert!(find(tail, b"PK\x06\x06").is_none());
    }

    #[test]
    fn an_archive_over_four_gigabytes_has_zip64_records() {
        let mut zip = ZipPlan::default();
        zip.add_file("large", StoredFile { path: "large".into(), size: 5 << 30 }, 0);
        zip.add_bytes("after", &[]);
        let pieces = zip.finish();
        let tail = last_bytes(&pieces);
        let end = find(tail, b"PK\x06\x06").unwrap();
        assert_eq!(tail[end + 24..end + 32], 2_u64.to_le_bytes());
        let offset = (5_u64 << 30) + 30 + 5 + 20;
        let extra = [&[1, 0, 8, 0][..], &offset.to_le_bytes()].concat();
        assert!(find(tail, &extra).is_some(), "the second entry's offset");
    }

    #[test]
    fn more_than_65534_entries_are_counted_in_a_zip64_record() {
        let mut zip = ZipPlan::default();
        for i in 0..65_536_u32 {
            zip.add_bytes(&i.to_string(), &[]);
        }
        let pieces = zip.finish();
        let tail = last_bytes(&pieces);
        let end = tail.windows(4).rposition(|window| window == b"PK\x06\x06").unwrap();
        assert_eq!(tail[end + 32..end + 40], 65_536_u64.to_le_bytes());
        assert_eq!(tail[tail.len() - 12..tail.len() - 10], [0xff, 0xff]);
    }
}
