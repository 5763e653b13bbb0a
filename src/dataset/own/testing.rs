//! Files and a workbench for tests: images that are little more than a header.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::gather::Workbench;
use super::picture::Bitmap;

/// The start of a PNG file of this size: signature and header chunk, its checksum left 0.
pub fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend([8, 6, 0, 0, 0, 0, 0, 0, 0]);
    bytes
}

/// What the [`Bench`] decodes to an image of one grey value.
pub fn png(grey: u8) -> Vec<u8> {
    let mut bytes = png_header(4, 4);
    bytes.push(grey);
    bytes
}

/// A zip of these files, packed; folders end in `/`.
pub fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, content) in files {
        if path.ends_with('/') {
            zip.add_directory(*path, SimpleFileOptions::default()).unwrap();
        } else {
            zip.start_file(*path, SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
    }
    zip.finish().unwrap().into_inner()
}

/// A zip of one file that says of itself that it unpacks to `size` bytes.
pub fn zip_with_size(path: &str, content: &[u8], size: u32) -> Vec<u8> {
    let mut bytes = zip_of(&[(path, content)]);
    let directory = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    bytes[22..26].copy_from_slice(&size.to_le_bytes());
    bytes[directory + 24..directory + 28].copy_from_slice(&size.to_le_bytes());
    bytes
}

/// Files in memory, and a decoder for what [`png`] makes.
#[derive(Default)]
pub struct Bench {
    pub files: Vec<Vec<u8>>,
    pub reports: Vec<(usize, Option<usize>)>,
}

impl Workbench for Bench {
    type File = Cursor<Vec<u8>>;

    async fn open(&mut self, index: usize) -> Result<Self::File, String> {
        self.files.get(index).cloned().map(Cursor::new).ok_or_else(|| "it is gone".to_owned())
    }

    async fn decode(&mut self, file: &[u8]) -> Result<Bitmap, String> {
        let grey = *file.get(33).ok_or("its pixels are missing")?;
        let pixel = [grey, grey, grey, 255];
        Ok(Bitmap { width: 4, height: 4, rgba: pixel.repeat(16) })
    }

    fn report(&mut self, done: usize, of: Option<usize>) {
        self.reports.push((done, of));
    }
}
