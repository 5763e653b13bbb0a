//! From files to a dataset, one image at a time.

use std::io::{self, Read, Seek, SeekFrom};

use super::archive::{Archive, ArchiveFile};
use super::divide::{Divided, divide};
use super::gathered::Gathered;
use super::offer::{Plan, is_image, part, plan};
use super::picture::{Bitmap, Form, check_header, shrink};
use super::place::{Place, class_names};
use super::{Duplicates, MAX_FILE_BYTES, MAX_IMAGES, MAX_PIXELS, OwnError, raw};
use crate::dataset::Dataset;
use crate::dataset::cifar::{self, Part, Reader};

/// Where files are opened and images decoded.
#[allow(async_fn_in_trait, reason = "a workbench lives on one thread; no Send bound is wanted")]
pub trait Workbench {
    /// An open file.
    type File: Read + Seek;

    /// Opens the file at this position of the list that was offered; says why it cannot.
    async fn open(&mut self, index: usize) -> Result<Self::File, String>;

    /// Decodes a PNG, JPEG or WebP file whose header was found right; says why it cannot.
    async fn decode(&mut self, file: &[u8]) -> Result<Bitmap, String>;

    /// Is told how many images were read, of how many if that is known.
    fn report(&mut self, done: usize, of: Option<usize>);
}

/// What an import gave.
#[derive(Clone, Debug)]
pub struct Imported {
    /// Enough images of every class, in both parts, for a run.
    pub dataset: Dataset,
    /// Files that are of no known kind, and so are not in it.
    pub passed_over: usize,
    /// What the dataset holds more than once.
    pub duplicates: Duplicates,
}

impl Imported {
    fn new(divided: Divided, passed_over: usize) -> Self {
        let Divided { dataset, names } = divided;
        Self { duplicates: Duplicates::of(&dataset, &names), dataset, passed_over }
    }
}

/// Reads what was offered: `paths` are relative to what the user dropped, with `/` between their parts.
/// `name` becomes the dataset's; images in folders are made into `form`.
///
/// # Errors
/// The first thing that is wrong, with any of the files.
pub async fn import<W: Workbench>(
    name: &str,
    paths: &[&str],
    form: Form,
    bench: &mut W,
) -> Result<Imported, OwnError> {
    let plan = plan(paths)?;
    let mut used = 1;
    let gathered = match plan {
        Plan::Images(indices) => {
            used = indices.len();
            let files = indices.into_iter().map(|at| (at, paths[at].to_owned())).collect();
            images(Source::Files, files, form, bench).await?
        }
        Plan::Zip(at) => {
            let (archive, files) = Archive::open(open(bench, at, paths[at]).await?, paths[at])?;
            let (files, others) = files.into_iter().partition::<Vec<_>, _>(|file| is_image(&file.path));
            let divided = zipped(name, archive, files, form, bench).await?;
            return Ok(Imported::new(divided, others.len() + paths.len() - 1));
        }
        Plan::Idx(indices) => {
            used = indices.len();
            let mut files = Vec::new();
            for at in indices {
                let file = open(bench, at, paths[at]).await?;
                files.push((paths[at].to_owned(), read(file, paths[at], raw::MAX_IDX_BYTES)?));
            }
            raw::from_idx(files)?
        }
        Plan::CifarArchive(at) => {
            let file = open(bench, at, paths[at]).await?;
            let mut progress = |records: u64| bench.report(records as usize, None);
            let mut reader = Reader::new(raw::EVERYTHING, &mut progress);
            reader.archive(file, paths[at])?;
            raw::from_cifar(reader.finish())
        }
        Plan::CifarBatches(indices) => {
            used = indices.len();
            let mut files = Vec::new();
            let mut bytes = 0_u64;
            for at in indices {
                let mut file = open(bench, at, paths[at]).await?;
                bytes = bytes.saturating_add(size(&mut file, paths[at])?);
                files.push((paths[at], file));
            }
            let images = (bytes / (1 + cifar::SHAPE.len() as u64)) as usize;
            if images > MAX_IMAGES {
                return Err(OwnError::TooManyImages { images });
            }
            let mut progress = |records: u64| bench.report(records as usize, None);
            let mut reader = Reader::new(raw::EVERYTHING, &mut progress);
            for (path, file) in files {
                reader.batch(file, path, part(path))?;
            }
            raw::from_cifar(reader.finish())
        }
    };
    Ok(Imported::new(divide(name, gathered)?, paths.len() - used))
}

async fn zipped<W: Workbench>(
    name: &str,
    archive: Archive<W::File>,
    files: Vec<ArchiveFile>,
    form: Form,
    bench: &mut W,
) -> Result<Divided, OwnError> {
    let files = files.into_iter().map(|file| (file.index, file.path)).collect();
    divide(name, images(Source::Zip(archive), files, form, bench).await?)
}

/// Where the images are.
enum Source<F> {
    Files,
    Zip(Archive<F>),
}

/// Images in folders, each with its place in the source and its path.
async fn images<W: Workbench>(
    mut source: Source<W::File>,
    mut files: Vec<(usize, String)>,
    form: Form,
    bench: &mut W,
) -> Result<Gathered, OwnError> {
    if files.len() > MAX_IMAGES {
        return Err(OwnError::TooManyImages { images: files.len() });
    }
    files.sort_by(|a, b| a.1.cmp(&b.1));
    let places: Vec<Place> = files.iter().map(|(_, path)| Place::of(path)).collect::<Result<_, _>>()?;
    let classes = class_names(places.iter().map(|place| place.class.as_str()))?;
    let (mut train, mut test) = (raw::empty(form.shape()), raw::empty(form.shape()));
    let (count, mut names) = (files.len(), [const { Vec::new() }; 2]);
    for (done, ((index, path), place)) in files.into_iter().zip(places).enumerate() {
        let bytes = match &mut source {
            Source::Files => read(open(bench, index, &path).await?, &path, MAX_FILE_BYTES)?,
            Source::Zip(archive) => archive.read(&ArchiveFile { index, path: path.clone() })?,
        };
        let label = classes.iter().position(|class| *class == place.class).unwrap_or_default();
        let is_test = place.part == Some(Part::Test);
        let part = if is_test { &mut test } else { &mut train };
        part.images.extend(small(&bytes, &path, form, bench).await?);
        part.labels.push(label as u8);
        names[usize::from(is_test)].push(path);
        bench.report(done + 1, Some(count));
    }
    Ok(Gathered { classes, train, test, names })
}

/// One image, decoded and made small.
async fn small<W: Workbench>(
    bytes: &[u8],
    path: &str,
    form: Form,
    bench: &mut W,
) -> Result<Vec<u8>, OwnError> {
    check_header(bytes, path)?;
    let bad = |reason: String| OwnError::BadImage { name: path.to_owned(), reason };
    let bitmap = bench.decode(bytes).await.map_err(bad)?;
    let pixels = bitmap.width.saturating_mul(bitmap.height);
    if pixels == 0 || pixels > MAX_PIXELS || bitmap.rgba.len() != 4 * pixels {
        return Err(bad(format!("it decodes to {} × {} pixels", bitmap.width, bitmap.height)));
    }
    Ok(shrink(&bitmap, form))
}

async fn open<W: Workbench>(bench: &mut W, index: usize, path: &str) -> Result<W::File, OwnError> {
    let opened = bench.open(index).await;
    opened.map_err(|reason| OwnError::Unreadable { name: path.to_owned(), reason })
}

/// Bytes in a file, which is then at its start.
fn size(file: &mut impl Seek, path: &str) -> Result<u64, OwnError> {
    let size = file.seek(SeekFrom::End(0)).and_then(|size| file.rewind().map(|()| size));
    size.map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &str, error: &io::Error) -> OwnError {
    OwnError::Unreadable { name: path.to_owned(), reason: error.to_string() }
}

fn read(file: impl Read, path: &str, most: u64) -> Result<Vec<u8>, OwnError> {
    let mut bytes = Vec::new();
    let read = file.take(most + 1).read_to_end(&mut bytes);
    read.map_err(|error| unreadable(path, &error))?;
    if bytes.len() as u64 > most {
        return Err(OwnError::FileTooLarge { name: path.to_owned(), bytes: bytes.len() as u64, most });
    }
    Ok(bytes)
}
