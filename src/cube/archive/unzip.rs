//! Reading a zip archive of uncompressed entries: its directory, then entry by entry, as a byte store
//! that cannot be written.
//!
//! The archive is not trusted: nothing is allocated beyond what the file really holds, entries may not
//! overlap, leave the archive, come twice, or say one thing in the directory and another in front of
//! their bytes. Follows PKWARE's APPNOTE 6.3, with Zip64.

use std::collections::BTreeMap;

use super::zip_error::ZipError;
use crate::checksum::crc32;
use crate::ordering::sort_by;
use crate::storage::{
    ByteStore, Entry, Space, StorageError, StoredFile, check_path, children, files_by_listing,
};

/// Bytes at a place that can be read in any order: a Blob in the browser, memory in tests.
#[allow(async_fn_in_trait, reason = "read on one thread; no Send bound is wanted")]
pub trait Source {
    /// Bytes in all.
    fn len(&self) -> u64;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `len` bytes from `offset`, which lie inside.
    async fn read(&self, offset: u64, len: usize) -> Result<Vec<u8>, StorageError>;
}

impl Source for Vec<u8> {
    fn len(&self) -> u64 {
        self.as_slice().len() as u64
    }

    async fn read(&self, offset: u64, len: usize) -> Result<Vec<u8>, StorageError> {
        let bytes = usize::try_from(offset).ok().and_then(|start| self.get(start..start.checked_add(len)?));
        bytes.map(<[u8]>::to_vec).ok_or_else(|| StorageError::Missing(format!("byte {offset}")))
    }
}

/// Largest directory: about 300 000 entries.
const MAX_DIRECTORY: u64 = 32 << 20;
/// Bytes of the end record without its comment, and of the longest comment.
const END: usize = 22;
const MAX_COMMENT: usize = 0xffff;

/// An entry's place in the file.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// Of the header in front of the bytes.
    offset: u64,
    /// Where the next entry, or the directory, begins.
    end: u64,
    size: u64,
    checksum: u32,
}

/// An archive whose directory has been read. As a byte store its entries are files, the folder
/// `prefix` standing in front of their names.
#[derive(Debug)]
pub struct Archive<B> {
    source: B,
    prefix: String,
    places: BTreeMap<String, Place>,
}

impl<B: Source> Archive<B> {
    /// Reads the directory.
    ///
    /// # Errors
    /// [`ZipError`] as a [`super::CubeError`], and what the source says.
    pub async fn open(source: B, prefix: &str) -> Result<Self, super::CubeError> {
        let magic = source.read(0, source.len().min(4) as usize).await?;
        if magic != b"PK\x03\x04" && magic != b"PK\x05\x06" {
            return Err(ZipError::Magic.into());
        }
        let (offset, len) = directory_place(&source).await?;
        if len > MAX_DIRECTORY {
            return Err(ZipError::TooLarge(len).into());
        }
        let directory = source.read(offset, len as usize).await?;
        let places = parse_directory(&directory, offset)?;
        Ok(Self { source, prefix: format!("{prefix}/"), places })
    }

    /// Names and sizes of the entries, sorted.
    pub fn entries(&self) -> impl Iterator<Item = (&str, u64)> {
        self.places.iter().map(|(path, place)| (&path[..], place.size))
    }

    fn place<'a>(&self, path: &'a str) -> Option<(&'a str, Place)> {
        let name = path.strip_prefix(&self.prefix)?;
        self.places.get(name).map(|&place| (name, place))
    }

    /// Where an entry's bytes begin, once its own header agrees with the directory.
    async fn data_offset(&self, name: &str, place: Place) -> Result<u64, StorageError> {
        let header = self.source.read(place.offset, 30).await?;
        let name_len = usize::from(u16_at(&header, 26));
        let extra_len = usize::from(u16_at(&header, 28));
        let found = self.source.read(place.offset + 30, name_len.min(name.len())).await?;
        let start = place.offset + 30 + name_len as u64 + extra_len as u64;
        // Bit 3: the sizes follow the bytes; all ones: they are in the Zip64 record.
        let is_later = u16_at(&header, 6) & 8 != 0;
        let size = u32_at(&header, 22);
        let agrees = is_later || size == u32::MAX || u64::from(size) == place.size;
        let is_sound =
            header.starts_with(b"PK\x03\x04") && name_len == name.len() && found == name.as_bytes();
        if agrees && is_sound && start + place.size <= place.end {
            return Ok(start);
        }
        Err(refused(name, &ZipError::Size(name.to_owned())))
    }
}

fn refused(name: &str, error: &ZipError) -> StorageError {
    StorageError::Platform { path: name.to_owned(), reason: error.to_string() }
}

impl<B: Source> ByteStore for Archive<B> {
    async fn read(&self, path: &str) -> Result<Option<Vec<u8>>, StorageError> {
        let Some((name, place)) = self.place(path) else { return Ok(None) };
        let start = self.data_offset(name, place).await?;
        // Not more than the file holds, for the place ends inside it.
        let bytes = self.source.read(start, place.size as usize).await?;
        if crc32(&bytes) == place.checksum {
            return Ok(Some(bytes));
        }
        Err(refused(name, &ZipError::Checksum(name.to_owned())))
    }

    async fn read_range(&self, path: &str, offset: u64, len: usize) -> Result<Vec<u8>, StorageError> {
        let (name, place) = self.place(path).ok_or_else(|| StorageError::Missing(path.to_owned()))?;
        if offset.checked_add(len as u64).is_none_or(|end| end > place.size) {
            return Err(refused(name, &ZipError::Size(name.to_owned())));
        }
        let start = self.data_offset(name, place).await?;
        self.source.read(start + offset, len).await
    }

    async fn size(&self, path: &str) -> Result<Option<u64>, StorageError> {
        Ok(self.place(path).map(|(_, place)| place.size))
    }

    async fn write(&self, path: &str, _: &[&[u8]]) -> Result<(), StorageError> {
        Err(StorageError::Locked(path.to_owned()))
    }

    async fn list(&self, path: &str) -> Result<Vec<Entry>, StorageError> {
        let Some(folder) = path.strip_prefix(&self.prefix) else { return Ok(Vec::new()) };
        Ok(children(self.places.keys().map(String::as_str), folder))
    }

    async fn remove(&self, path: &str) -> Result<(), StorageError> {
        Err(StorageError::Locked(path.to_owned()))
    }

    async fn files(&self, folder: &str) -> Result<Vec<StoredFile>, StorageError> {
        files_by_listing(self, folder).await
    }

    async fn space(&self) -> Option<Space> {
        None
    }
}

/// Offset and length of the directory, which lies inside the file.
async fn directory_place<B: Source>(source: &B) -> Result<(u64, u64), super::CubeError> {
    let tail_len = source.len().min((END + MAX_COMMENT) as u64) as usize;
    let tail_start = source.len() - tail_len as u64;
    let tail = source.read(tail_start, tail_len).await?;
    let is_end = |at: &usize| {
        tail[*at..].starts_with(b"PK\x05\x06") && at + END + usize::from(u16_at(&tail, at + 20)) == tail.len()
    };
    let at = (0..=tail.len().saturating_sub(END)).rev().find(|at| at + END <= tail.len() && is_end(at));
    let at = at.ok_or(ZipError::Truncated)?;
    let (mut len, mut offset) = (u64::from(u32_at(&tail, at + 12)), u64::from(u32_at(&tail, at + 16)));
    let mut end = tail_start + at as u64;
    let needs_zip64 = u16_at(&tail, at + 10) == u16::MAX || len.max(offset) == u64::from(u32::MAX);
    if needs_zip64 && let Some(locator) = end.checked_sub(20) {
        let locator = source.read(locator, 20).await?;
        end = u64_at(&locator, 8);
        if !locator.starts_with(b"PK\x06\x07") || end.checked_add(56).is_none_or(|past| past > source.len()) {
            return Err(ZipError::Truncated.into());
        }
        let record = source.read(end, 56).await?;
        if !record.starts_with(b"PK\x06\x06") {
            return Err(ZipError::Truncated.into());
        }
        (len, offset) = (u64_at(&record, 40), u64_at(&record, 48));
    }
    if offset.checked_add(len) == Some(end) { Ok((offset, len)) } else { Err(ZipError::Truncated.into()) }
}

/// The entries, by name; folders are left out.
fn parse_directory(directory: &[u8], directory_offset: u64) -> Result<BTreeMap<String, Place>, ZipError> {
    let mut places = BTreeMap::new();
    let mut rest = directory;
    while !rest.is_empty() {
        let header =
            rest.get(..46).filter(|header| header.starts_with(b"PK\x01\x02")).ok_or(ZipError::Truncated)?;
        let lengths = [28, 30, 32].map(|at| usize::from(u16_at(header, at)));
        let past = 46 + lengths.iter().sum::<usize>();
        let texts = rest.get(46..past).ok_or(ZipError::Truncated)?;
        let (name, extra) = (&texts[..lengths[0]], &texts[lengths[0]..lengths[0] + lengths[1]]);
        rest = &rest[past..];
        let name = String::from_utf8_lossy(name).into_owned();
        let numbers = [24, 20, 42].map(|at| u32_at(header, at));
        let [size, packed, offset] = in_full(numbers, extra).ok_or_else(|| ZipError::Size(name.clone()))?;
        let is_encrypted = u16_at(header, 8) & 1 != 0;
        if is_encrypted || u16_at(header, 10) != 0 {
            return Err(ZipError::Packed(name));
        }
        if size != packed {
            return Err(ZipError::Size(name));
        }
        if size == 0 && name.ends_with('/') {
            continue;
        }
        // A drive letter is a path too, elsewhere.
        if check_path(&name).is_err() || name.contains(':') {
            return Err(ZipError::Path(name));
        }
        let place = Place { offset, end: directory_offset, size, checksum: u32_at(header, 16) };
        if places.insert(name.clone(), place).is_some() {
            return Err(ZipError::Duplicate(name));
        }
    }
    separate(&mut places)?;
    Ok(places)
}

/// Lets every entry end where the next one begins; refuses entries that would overlap.
fn separate(places: &mut BTreeMap<String, Place>) -> Result<(), ZipError> {
    let mut in_order: Vec<(&String, &mut Place)> = places.iter_mut().collect();
    sort_by(&mut in_order, |(_, a), (_, b)| b.offset.cmp(&a.offset));
    let mut next: Option<u64> = None;
    for (name, place) in in_order {
        place.end = next.unwrap_or(place.end);
        let least = place.size.checked_add(30 + name.len() as u64);
        let fits =
            least.and_then(|least| place.offset.checked_add(least)).is_some_and(|end| end <= place.end);
        if !fits {
            return Err(ZipError::Size(name.clone()));
        }
        next = Some(place.offset);
    }
    Ok(())
}

/// Numbers of the directory, those that are all ones from the Zip64 field, where they stand in this order.
fn in_full(numbers: [u32; 3], extra: &[u8]) -> Option<[u64; 3]> {
    let mut long = zip64_field(extra).unwrap_or_default().as_chunks::<8>().0.iter();
    let mut full = [0; 3];
    for (full, number) in full.iter_mut().zip(numbers) {
        *full = match number {
            u32::MAX => u64::from_le_bytes(*long.next()?),
            number => u64::from(number),
        };
    }
    Some(full)
}

/// The extra field with the identifier 1.
fn zip64_field(mut extra: &[u8]) -> Option<&[u8]> {
    while extra.len() >= 4 {
        let (id, len) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
        let field = extra.get(4..4 + len)?;
        if id == 1 {
            return Some(field);
        }
        extra = &extra[4 + len..];
    }
    None
}

/// Numbers at a place that was checked to be there; 0 beyond the end.
fn number_at<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).copied().unwrap_or([0; N])
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(number_at(bytes, at))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(number_at(bytes, at))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(number_at(bytes, at))
}
