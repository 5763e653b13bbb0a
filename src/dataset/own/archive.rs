//! A zip of images, entry by entry: checked as a whole before anything is unpacked.
//!
//! Read with the `zip` crate, without its encryption and rarer compressions. Nothing is written anywhere, so
//! a path that climbs out could do no harm here; it is refused all the same, because such an archive was
//! made to do harm.

use std::io::{self, Read, Seek};

use zip::ZipArchive;
use zip::result::ZipError;

use super::{MAX_FILE_BYTES, MAX_IMAGES, OwnError};

/// Most that an archive may say it unpacks to.
pub(super) const MAX_DECLARED: u64 = 2_000_000_000;

/// An archive whose directory was checked.
pub(super) struct Archive<R> {
    name: String,
    zip: ZipArchive<R>,
}

/// A file in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ArchiveFile {
    pub index: usize,
    pub path: String,
}

impl<R: Read + Seek> Archive<R> {
    /// Opens an archive; `name` is for errors. Gives its files, folders left out.
    pub(super) fn open(file: R, name: &str) -> Result<(Self, Vec<ArchiveFile>), OwnError> {
        let zip = ZipArchive::new(file).map_err(|error| broken(name, &error))?;
        let mut archive = Self { name: name.to_owned(), zip };
        let files = archive.files()?;
        Ok((archive, files))
    }

    fn files(&mut self) -> Result<Vec<ArchiveFile>, OwnError> {
        let name = self.name.clone();
        if self.zip.len() > 2 * MAX_IMAGES {
            return Err(OwnError::TooManyImages { images: self.zip.len() });
        }
        let mut declared = 0_u64;
        let mut files = Vec::new();
        for index in 0..self.zip.len() {
            let entry = self.zip.by_index_raw(index).map_err(|error| broken(&name, &error))?;
            let path = entry.name().map_err(|error| broken(&name, &error))?.replace('\\', "/");
            if entry.enclosed_name().is_none() || leads_out(&path) {
                return Err(OwnError::PathLeavesArchive { name, path });
            }
            if entry.encrypted() {
                return Err(OwnError::Encrypted { name, path });
            }
            declared = declared.saturating_add(entry.size());
            if !entry.is_dir() {
                files.push(ArchiveFile { index, path });
            }
        }
        if declared > MAX_DECLARED {
            return Err(OwnError::DeclaresTooMuch { name, bytes: declared, most: MAX_DECLARED });
        }
        Ok(files)
    }

    /// The content of a file: as many bytes as it declares, and not one more is unpacked.
    pub(super) fn read(&mut self, file: &ArchiveFile) -> Result<Vec<u8>, OwnError> {
        let place = format!("{}: {}", self.name, file.path);
        let entry = self.zip.by_index(file.index).map_err(|error| broken(&place, &error))?;
        let declared = entry.size();
        if declared > MAX_FILE_BYTES {
            return Err(OwnError::FileTooLarge { name: place, bytes: declared, most: MAX_FILE_BYTES });
        }
        let mut content = Vec::new();
        let read = entry.take(declared + 1).read_to_end(&mut content);
        if content.len() as u64 > declared || read.as_ref().is_err_and(is_larger) {
            let (name, path) = (self.name.clone(), file.path.clone());
            return Err(OwnError::UnpacksToMore { name, path, declared });
        }
        read.map_err(|error| OwnError::BrokenZip { name: place.clone(), reason: error.to_string() })?;
        if (content.len() as u64) < declared {
            let reason = format!("it holds {} of the {declared} bytes that it declares", content.len());
            return Err(OwnError::BrokenZip { name: place, reason });
        }
        Ok(content)
    }
}

fn broken(name: &str, error: &ZipError) -> OwnError {
    OwnError::BrokenZip { name: name.to_owned(), reason: error.to_string() }
}

/// Whether the reader stopped because there is more than was declared; it has no error of its own for it.
fn is_larger(error: &io::Error) -> bool {
    error.to_string().contains("larger than its declared")
}

fn leads_out(path: &str) -> bool {
    path.starts_with('/') || path.split('/').any(|part| part == ".." || part.ends_with(':'))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::super::testing::{zip_of, zip_with_size};
    use super::*;

    fn open(bytes: &[u8]) -> Result<Vec<ArchiveFile>, OwnError> {
        Archive::open(Cursor::new(bytes.to_vec()), "pets.zip").map(|(_, files)| files)
    }

    #[test]
    fn files_are_listed_without_folders_and_read_whole() {
        let bytes = zip_of(&[("pets/", b""), ("pets/cat/1.png", b"meow"), ("pets/dog/2.png", &[7; 5000])]);
        let (mut archive, files) = Archive::open(Cursor::new(bytes), "pets.zip").unwrap();
        assert_eq!(
            files.iter().map(|file| &file.path).collect::<Vec<_>>(),
            ["pets/cat/1.png", "pets/dog/2.png"]
        );
        assert_eq!(archive.read(&files[0]).unwrap(), b"meow");
        assert_eq!(archive.read(&files[1]).unwrap(), [7; 5000]);
    }

    #[test]
    fn a_path_that_climbs_out_refuses_the_archive() {
        for path in [
            "../evil.png",
            "cat/../../evil.png",
            "/etc/evil.png",
            "..\\evil.png",
            "C:/evil.png",
            "a/../b.png",
        ] {
            let refused = open(&zip_of(&[("cat/1.png", b"x"), (path, b"x")]));
            assert!(matches!(refused, Err(OwnError::PathLeavesArchive { .. })), "{path}: {refused:?}");
        }
    }

    #[test]
    fn what_is_no_zip_or_is_cut_short_is_refused() {
        let whole = zip_of(&[("cat/1.png", &[9; 300])]);
        for bytes in [&b"<html>"[..], b"", &whole[..whole.len() - 5], &whole[..20]] {
            assert!(matches!(open(bytes), Err(OwnError::BrokenZip { .. })));
        }
    }

    #[test]
    fn an_archive_that_declares_gigabytes_is_refused_before_anything_is_unpacked() {
        let bytes = zip_with_size("cat/1.png", &[0; 100], 4_100_000_000);
        let refused = open(&bytes).unwrap_err();
        assert!(matches!(refused, OwnError::DeclaresTooMuch { bytes: 4_100_000_000, .. }), "{refused}");
    }

    #[test]
    fn an_entry_that_declares_more_than_an_image_may_hold_is_refused() {
        let bytes = zip_with_size("cat/1.png", &[0; 100], MAX_FILE_BYTES as u32 + 1);
        let (mut archive, files) = Archive::open(Cursor::new(bytes), "pets.zip").unwrap();
        assert!(matches!(archive.read(&files[0]), Err(OwnError::FileTooLarge { .. })));
    }

    #[test]
    fn an_entry_that_unpacks_to_more_than_it_declares_is_left_after_one_byte_too_many() {
        let bytes = zip_with_size("cat/1.png", &vec![0; 10_000_000], 1000);
        let (mut archive, files) = Archive::open(Cursor::new(bytes), "pets.zip").unwrap();
        let refused = archive.read(&files[0]);
        assert!(matches!(refused, Err(OwnError::UnpacksToMore { declared: 1000, .. })), "{refused:?}");
    }

    #[test]
    fn a_damaged_entry_is_refused_by_its_path() {
        let mut bytes = zip_of(&[("cat/1.png", b"meow meow meow")]);
        let content = bytes.windows(4).position(|window| window == b"1.png".get(1..).unwrap()).unwrap() + 8;
        bytes[content] ^= 0x55;
        let (mut archive, files) = Archive::open(Cursor::new(bytes), "pets.zip").unwrap();
        let refused = archive.read(&files[0]).unwrap_err();
        assert!(refused.to_string().starts_with("pets.zip: cat/1.png is no intact"), "{refused}");
    }

    #[test]
    fn an_encrypted_entry_is_refused() {
        let mut bytes = zip_of(&[("cat/1.png", b"meow")]);
        // Bit 0 of the flags, in both headers.
        bytes[6] |= 1;
        let directory = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
        bytes[directory + 8] |= 1;
        assert!(matches!(open(&bytes), Err(OwnError::Encrypted { .. })));
    }
}
