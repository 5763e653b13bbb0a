//! CIFAR-10 in its official binary form: the `.tar.gz`, or its bare batches, as streams.
//!
//! A batch is records of 3,073 bytes: the label, then the red, green and blue planes of a 32×32 image,
//! each row-major (A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009, and the
//! dataset's page). `data_batch_1 … 5.bin` are the train part, `test_batch.bin` is the test part. The
//! archive is unpacked record by record into a [`Reservoir`]: memory holds the images that are kept.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use tar::{Archive, Entry};

use super::reservoir::Reservoir;
use super::{Dataset, ImageShape};

mod error;

pub use error::CifarError;

/// Name of the official archive.
pub const ARCHIVE: &str = "cifar-10-binary.tar.gz";

/// Class names in the order of the labels, as `batches.meta.txt` has them.
pub const CLASSES: [&str; 10] =
    ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

/// Shape of every image.
pub const SHAPE: ImageShape = ImageShape { channels: 3, height: 32, width: 32 };

/// Label and pixels.
const RECORD: usize = 1 + SHAPE.len();
/// Most that an archive may unpack to: the official one is 184 MB.
const MAX_UNPACKED: u64 = 400_000_000;
/// How much is read from the packed file at once.
const PACKED_BUFFER: usize = 1 << 18;
/// Records between two reports of progress.
const REPORT_EVERY: u64 = 1000;

/// How many images of each class are kept; `None` for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Of the train part.
    pub train: Option<usize>,
    /// Of the test part.
    pub test: Option<usize>,
    /// Decides which ones.
    pub seed: u64,
}

/// Which part of the dataset a batch belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `data_batch_<n>.bin`
    Train,
    /// `test_batch.bin`
    Test,
}

impl Part {
    /// The part that a batch with this file name is of; `None` for what is no batch. Folders in front do
    /// not matter.
    pub fn of(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        if name == "test_batch.bin" {
            return Some(Self::Test);
        }
        let number = name.strip_prefix("data_batch_")?.strip_suffix(".bin")?;
        (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(Self::Train)
    }
}

/// Takes in an archive or single batches, in any order, and gives the dataset.
pub struct Reader<'a> {
    train: Reservoir,
    test: Reservoir,
    progress: &'a mut dyn FnMut(u64),
}

impl<'a> Reader<'a> {
    /// Keeps what `quota` says; `progress` is now and then told how many records were read.
    pub fn new(quota: Quota, progress: &'a mut dyn FnMut(u64)) -> Self {
        let reservoir = |limit, part| Reservoir::new(SHAPE, CLASSES.len(), limit, quota.seed, part);
        Self { train: reservoir(quota.train, 0), test: reservoir(quota.test, 1), progress }
    }

    /// Every batch of an archive; `name` is for errors. Members that are no batches are passed over.
    ///
    /// # Errors
    /// When the archive is none, is damaged, cut short or absurdly large, when one of its batches is
    /// refused, and when it holds no train or no test batch.
    pub fn archive(&mut self, archive: impl Read, name: &str) -> Result<(), CifarError> {
        let mut packed = BufReader::with_capacity(PACKED_BUFFER, archive);
        let start = packed.fill_buf().map_err(|error| CifarError::broken(name, &error))?;
        if !start.starts_with(&[0x1f, 0x8b]) {
            return Err(CifarError::not_gzip(name, start));
        }
        let mut tar = Archive::new(MultiGzDecoder::new(packed).take(MAX_UNPACKED));
        let outcome = self.members(&mut tar, name);
        let mut rest = tar.into_inner();
        // The checksum of the gzip file stands after the end of the archive in it. When that is wrong, what
        // seemed wrong with a batch is only a consequence.
        let drained = io::copy(&mut rest, &mut io::sink());
        if rest.limit() == 0 {
            return Err(CifarError::TooLarge { name: name.into(), most: MAX_UNPACKED });
        }
        drained.map_err(|error| CifarError::broken(name, &error))?;
        let parts = outcome?;
        let missing = |file| Err(CifarError::MissingBatch { name: name.into(), file });
        match parts {
            parts if !parts.contains(&Part::Train) => missing("data_batch_1.bin"),
            parts if !parts.contains(&Part::Test) => missing("test_batch.bin"),
            _ => Ok(()),
        }
    }

    /// Reads all members; the parts that batches were found of.
    fn members<R: Read>(&mut self, tar: &mut Archive<R>, name: &str) -> Result<Vec<Part>, CifarError> {
        let broken = |error: io::Error| CifarError::broken(name, &error);
        let mut parts = Vec::new();
        for entry in tar.entries().map_err(broken)? {
            let entry: Entry<'_, R> = entry.map_err(broken)?;
            let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let is_file = entry.header().entry_type().is_file();
            if let Some(part) = Part::of(&path).filter(|_| is_file) {
                let declared = entry.size();
                let read = self.batch(entry, &format!("{name}: {path}"), part)?;
                if read < declared {
                    return Err(CifarError::Truncated { name: name.into() });
                }
                parts.push(part);
            }
        }
        Ok(parts)
    }

    /// One batch; `name` is for errors. Gives the bytes read.
    ///
    /// # Errors
    /// When it is empty, no whole number of records, holds a label above 9, or cannot be read.
    pub fn batch(&mut self, batch: impl Read, name: &str, part: Part) -> Result<u64, CifarError> {
        let mut batch = BufReader::with_capacity(64 * RECORD, batch);
        let mut record = Vec::with_capacity(RECORD);
        let mut position = 0;
        loop {
            record.clear();
            let read = batch.by_ref().take(RECORD as u64).read_to_end(&mut record);
            read.map_err(|error| CifarError::broken(name, &error))?;
            match record.split_first() {
                Some((&label, image)) if image.len() == SHAPE.len() => {
                    if usize::from(label) >= CLASSES.len() {
                        return Err(CifarError::LabelOutOfRange { name: name.into(), position, label });
                    }
                    self.offer(part, label, image);
                    position += 1;
                }
                Some(_) => {
                    let bytes = position * RECORD as u64 + record.len() as u64;
                    return Err(CifarError::WrongRecordSize { name: name.into(), bytes });
                }
                None if position == 0 => return Err(CifarError::Empty { name: name.into() }),
                None => return Ok(position * RECORD as u64),
            }
        }
    }

    fn offer(&mut self, part: Part, label: u8, image: &[u8]) {
        match part {
            Part::Train => self.train.offer(label, image),
            Part::Test => self.test.offer(label, image),
        }
        let read = self.train.offered() + self.test.offered();
        if read.is_multiple_of(REPORT_EVERY) {
            (self.progress)(read);
        }
    }

    /// What was kept; a part of which no batch was read is empty.
    pub fn finish(self) -> Dataset {
        Dataset {
            name: "cifar10".into(),
            classes: CLASSES.map(String::from).to_vec(),
            train: self.train.into_samples(),
            test: self.test.into_samples(),
        }
    }
}

/// CIFAR-10 from its archive; `name` is for errors.
///
/// # Errors
/// As [`Reader::archive`].
pub fn read_archive(
    archive: impl Read,
    name: &str,
    quota: Quota,
    progress: &mut dyn FnMut(u64),
) -> Result<Dataset, CifarError> {
    let mut reader = Reader::new(quota, progress);
    reader.archive(archive, name)?;
    Ok(reader.finish())
}

#[cfg(test)]
mod tests;
