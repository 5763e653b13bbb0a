//! One file, from a folder or from its mirrors, checked and put in place whole.

use super::catalogue::{Content, DataFile, Sum};
use super::{idx, make_folder};
use crate::build::gzip;
use crate::digest::sha256;
use crate::problem::{About, Problem, Result};
use crate::tools::download::{self, Failure};
use flate2::read::MultiGzDecoder;
use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, Read};
use std::path::Path;

/// The largest a dataset may unpack to: CIFAR-10 is 170 MB.
const UNPACKED_LIMIT: u64 = 400_000_000;
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It was in place already.
    Kept(Checked),
    /// It is in place now.
    Laid(Checked),
    /// The source does not have it, and need not.
    NotOffered,
}

/// How far a file's content was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Checked {
    /// Its checksum is the publisher's.
    Official,
    /// Its form is right, with so many items; there is no checksum or it is another one.
    Items(u32),
    /// It is an intact gzip archive of so many bytes unpacked, with another checksum.
    Archive(u64),
}

/// Copies the file out of a local folder, if it is there.
pub(super) fn from_folder(source: &Path, file: &DataFile, target: &Path) -> Result<Outcome> {
    let path = source.join(file.name);
    if !path.is_file() {
        return Ok(Outcome::NotOffered);
    }
    let bytes = std::fs::read(&path).about(path.display())?;
    let checked = check(&bytes, file.content)?;
    put(&bytes, checked, &target.join(file.name))
}

/// The mirrors that could not be reached: none of them is asked for a second file.
pub(super) type Unreachable = BTreeSet<&'static str>;

/// Downloads the file unless a good one is in place.
pub(super) fn from_mirrors(
    mirrors: &[&'static str],
    file: &DataFile,
    target: &Path,
    unreachable: &mut Unreachable,
) -> Result<Outcome> {
    let path = target.join(file.name);
    if let Ok(bytes) = std::fs::read(&path)
        && let Ok(checked) = check(&bytes, file.content)
    {
        return Ok(Outcome::Kept(checked));
    }
    if mirrors.is_empty() {
        return Ok(Outcome::NotOffered);
    }
    make_folder(target)?;
    let mut last = Problem::new("none of its mirrors can be reached");
    for mirror in mirrors.iter().copied().filter(|&mirror| !unreachable.contains(mirror)).collect::<Vec<_>>()
    {
        match from_mirror(&format!("{mirror}{}", file.name), file.content, &path) {
            Ok(outcome) => return Ok(outcome),
            Err(Failure::Unreachable(problem)) => {
                unreachable.insert(mirror);
                last = problem;
            }
            Err(Failure::Other(problem)) => last = problem,
        }
    }
    Err(last.remedy("try again with a network, or set CNNSLICER_DATA to a folder that holds it"))
}

fn from_mirror(url: &str, content: Content, path: &Path) -> std::result::Result<Outcome, Failure> {
    let arriving = path.with_extension("arriving");
    download::fetch(url, &arriving)?;
    accept(url, content, &arriving, path).map_err(Failure::Other)
}

/// Puts what has arrived in its place, if it is the official file.
fn accept(url: &str, content: Content, arriving: &Path, path: &Path) -> Result<Outcome> {
    let bytes = std::fs::read(arriving).about(arriving.display());
    std::fs::remove_file(arriving).about(arriving.display())?;
    let bytes = bytes?;
    match check(&bytes, content)? {
        Checked::Official => put(&bytes, Checked::Official, path),
        Checked::Items(_) | Checked::Archive(_) => {
            Err(Problem::new(format!("{url}: its SHA-256 is not the published one")))
        }
    }
}

/// Checks what was read; a wrong file is an error, another subset of the dataset is not.
fn check(bytes: &[u8], content: Content) -> Result<Checked> {
    match content {
        Content::Gzip(sum) => {
            let len = unpacked_len(bytes)?;
            Ok(if is_official(sum, bytes, None) { Checked::Official } else { Checked::Archive(len) })
        }
        Content::Idx(sum) => {
            let unpacked = unpacked(bytes)?;
            let items = idx::count(&unpacked)?;
            let official = is_official(sum, bytes, Some(&unpacked));
            Ok(if official { Checked::Official } else { Checked::Items(items) })
        }
    }
}

fn is_official(sum: Sum, packed: &[u8], unpacked: Option<&[u8]>) -> bool {
    match sum {
        Sum::Packed(official) => sha256(packed) == official,
        Sum::Unpacked(official) => unpacked.is_some_and(|content| sha256(content) == official),
    }
}

/// Bytes in a gzip file, unpacked to its end but not kept.
fn unpacked_len(bytes: &[u8]) -> Result<u64> {
    if !bytes.starts_with(&GZIP_MAGIC) {
        return Err(Problem::new("it is not a gzip archive"));
    }
    let mut content = MultiGzDecoder::new(bytes).take(UNPACKED_LIMIT + 1);
    let len = io::copy(&mut content, &mut io::sink()).about("unpacking it")?;
    if len > UNPACKED_LIMIT { Err(too_large()) } else { Ok(len) }
}

fn too_large() -> Problem {
    Problem::new(format!("it unpacks to more than {UNPACKED_LIMIT} bytes"))
}

/// The content of a gzip file; some hosts send it unpacked already.
fn unpacked(bytes: &[u8]) -> Result<Vec<u8>> {
    if !bytes.starts_with(&GZIP_MAGIC) {
        return Ok(bytes.to_vec());
    }
    let mut content = Vec::new();
    MultiGzDecoder::new(bytes).take(UNPACKED_LIMIT + 1).read_to_end(&mut content).about("unpacking it")?;
    if content.len() as u64 > UNPACKED_LIMIT {
        return Err(too_large());
    }
    Ok(content)
}

/// Writes the file under another name first, and only when its content is new.
fn put(bytes: &[u8], checked: Checked, path: &Path) -> Result<Outcome> {
    let packed = if bytes.starts_with(&GZIP_MAGIC) { bytes.to_vec() } else { gzip(bytes)? };
    if std::fs::read(path).is_ok_and(|present| present == packed) {
        return Ok(Outcome::Kept(checked));
    }
    make_folder(path.parent().unwrap_or(path))?;
    let partial = download::partial_name(path);
    std::fs::write(&partial, packed).about(partial.display())?;
    std::fs::rename(&partial, path).about(path.display())?;
    Ok(Outcome::Laid(checked))
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kept(checked) => write!(f, "there already, {checked}"),
            Self::Laid(checked) => write!(f, "laid out, {checked}"),
            Self::NotOffered => f.write_str("not offered"),
        }
    }
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Official => f.write_str("its checksum is the official one"),
            Self::Items(count) => write!(f, "{count} items, not the official file (a subset?)"),
            Self::Archive(bytes) => {
                write!(f, "an intact archive of {bytes} bytes, not the official file (a subset?)")
            }
        }
    }
}

#[cfg(test)]
mod tests;
