//! Checks files of test vectors: `cargo run --release --example vectors -- FILE…`.
//!
//! MNIST inputs are read from `$CNNSLICER_DATA/mnist/`. The last line is `N passed, N failed`, and the exit code is
//! 1 when one failed or a file could not be checked.

use std::env;
use std::error::Error;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use cnnslicer::entropy::vectors::{MnistFile, Outcome, check_vectors};
use flate2::read::GzDecoder;

fn main() -> ExitCode {
    let files: Vec<String> = env::args().skip(1).collect();
    if files.is_empty() {
        eprintln!("usage: cargo run --release --example vectors -- FILE…");
        return ExitCode::FAILURE;
    }
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for file in &files {
        let checked = fs::read_to_string(file)
            .map_err(|error| error.to_string())
            .and_then(|text| check_vectors(&text, &mut mnist));
        let vectors = checked.unwrap_or_else(|why| {
            println!("FAILED  {file}: {why}");
            failed += 1;
            Vec::new()
        });
        for vector in vectors {
            let name = format!("{}: {}", vector.section, vector.name);
            match vector.outcome {
                Outcome::Passed => passed += 1,
                Outcome::Failed(why) => {
                    println!("FAILED  {name}: {why}");
                    failed += 1;
                }
                Outcome::Skipped(why) => {
                    println!("skipped {name}: {why}");
                    skipped += 1;
                }
            }
        }
    }
    if skipped > 0 {
        println!("{skipped} skipped");
    }
    println!("{passed} passed, {failed} failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn mnist(file: &str) -> Result<MnistFile, String> {
    let folder = env::var_os("CNNSLICER_DATA")
        .filter(|folder| !folder.is_empty())
        .ok_or("CNNSLICER_DATA is not set, so there are no MNIST images")?;
    let folder = PathBuf::from(folder).join("mnist");
    let read = |kind: &str, header| read_idx(&folder.join(format!("{file}-{kind}-ubyte.gz")), header);
    let pair = || -> Result<MnistFile, Box<dyn Error>> {
        Ok(MnistFile { images: read("images-idx3", 16)?, labels: read("labels-idx1", 8)? })
    };
    pair().map_err(|error| format!("MNIST {file} in {} could not be read: {error}", folder.display()))
}

/// The bytes after the header of a gzipped IDX file, whose length the header must announce.
fn read_idx(path: &Path, header: usize) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut bytes = Vec::new();
    GzDecoder::new(fs::File::open(path)?).read_to_end(&mut bytes)?;
    let lengths = bytes.get(4..header).ok_or("the header is cut off")?;
    let big_endian = |length: &[u8]| length.iter().fold(0_usize, |sum, &byte| sum << 8 | usize::from(byte));
    let expected: usize = lengths.chunks_exact(4).map(big_endian).product();
    let body = bytes.split_off(header);
    if body.len() == expected {
        Ok(body)
    } else {
        Err(format!("{} bytes, not {expected}", body.len()).into())
    }
}
