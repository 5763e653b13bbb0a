//! A gzipped copy beside every file that shrinks, for hosts that send such copies.

use super::{files_in, kind_of};
use crate::problem::{About, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use std::path::Path;

/// Kinds of files that shrink; images, fonts and the datasets are compressed already.
const KINDS: [&str; 7] = ["html", "js", "css", "wasm", "json", "svg", "webmanifest"];

/// Writes the copies of the files directly in `folder`.
pub(super) fn all(folder: &Path) -> Result<()> {
    files_in(folder, |name| KINDS.contains(&kind_of(name)))?.iter().try_for_each(|name| one(folder, name))
}

/// Writes the copy of one of them.
pub(super) fn one(folder: &Path, name: &str) -> Result<()> {
    let content = std::fs::read(folder.join(name)).about(name)?;
    let small = smallest_gzip(&content)?;
    // A copy that saves less than a tenth is not worth its own file.
    if small.len() * 10 < content.len() * 9 {
        let path = folder.join(format!("{name}.gz"));
        std::fs::write(&path, small).about(path.display())?;
    }
    Ok(())
}

/// The largest file that Zopfli packs: some seconds for the page and the compute worker, minutes for the trainer.
const ZOPFLI_LIMIT: usize = 1 << 20;

/// `content` as a gzip stream of the smallest size that can be had in seconds; Zopfli's are 3–4 % smaller
/// than those of the best level elsewhere, and every browser reads them.
fn smallest_gzip(content: &[u8]) -> Result<Vec<u8>> {
    if content.len() > ZOPFLI_LIMIT {
        return gzip(content);
    }
    let mut small = Vec::new();
    zopfli::compress(zopfli::Options::default(), zopfli::Format::Gzip, content, &mut small)
        .about("zopfli")?;
    Ok(small)
}

/// `content` as a gzip stream at the best level, the same for the same content.
pub(crate) fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).about("gzip")?;
    encoder.finish().about("gzip")
}
