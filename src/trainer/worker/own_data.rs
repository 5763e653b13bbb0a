//! The user's files in the trainer's worker: read, shown, kept. Decisions are `dataset::own`'s and
//! `collection`'s; here are the files, the decoders and the messages.

use crate::browser::blob_file::BlobFile;
use crate::browser::{fetch, images, port, turn};
use crate::collection::{self, CollectionError, Copied};
use crate::dataset::own::{self, Bitmap, Copies, Form, Imported, Preview, Workbench};
use crate::protocol::{Fault, FromTrainer, OfferedFile};
use crate::trainer::worker::opfs;

/// Milliseconds between two reports of progress.
const REPORT_EVERY: f64 = 100.0;

/// What was offered, and what was made of it.
#[derive(Default)]
pub struct OwnData {
    offered: Vec<OfferedFile>,
    shown: Option<Imported>,
}

impl OwnData {
    /// More files for the next import.
    pub fn offer(&mut self, files: Vec<OfferedFile>) {
        self.offered.extend(files);
    }

    /// Reads what was offered and shows it; the dataset waits to be kept.
    pub async fn import(&mut self, name: &str, form: Form) {
        let offered = std::mem::take(&mut self.offered);
        self.shown = None;
        let paths: Vec<&str> = offered.iter().map(|file| file.path.as_str()).collect();
        let mut bench = Bench { offered: &offered, reported: turn::now_ms() };
        match own::import(name, &paths, form, &mut bench).await {
            Ok(imported) => {
                let preview = Preview::of(&imported);
                self.shown = Some(imported);
                port::post(&FromTrainer::DataShown(Box::new(preview)));
            }
            Err(error) => refuse(Fault::new(
                error.code(),
                format!("“{name}” was not taken in."),
                error.to_string(),
                "Nothing was changed: what you kept before is still there. Correct the files and add them again.",
            )),
        }
    }

    /// Keeps what was shown, with its copies treated as chosen.
    pub async fn keep(&mut self, created: &str, copies: Copies) {
        let Some(Imported { dataset, duplicates, .. }) = self.shown.take() else {
            return refuse(nothing_shown());
        };
        // A choice that would leave too few images is not offered.
        let copies = duplicates.left[copies as usize].map_or(Copies::Keep, |_| copies);
        let images = dataset.train.len() + dataset.test.len();
        let dataset = own::without(dataset, copies);
        let left_out = images - dataset.train.len() - dataset.test.len();
        let copied = Copied { in_both: duplicates.in_both, left_out };
        let store = match opfs().await {
            Ok(store) => store,
            Err(fault) => return refuse(fault),
        };
        match collection::keep(&store, &dataset, created, copied).await {
            Ok(id) => port::post(&FromTrainer::DataKept { id }),
            Err(error) => refuse(not_kept(&dataset.name, &error)),
        }
    }
}

fn refuse(fault: Fault) {
    port::post(&FromTrainer::DataRefused { fault });
}

/// Files were offered while a run trains.
pub fn busy() -> Fault {
    Fault::new(
        "busy",
        "Your files were not taken in.",
        "A run is training, and the same worker would read them.",
        "Stop the run or wait for its end, then add them again.",
    )
}

fn nothing_shown() -> Fault {
    Fault::new(
        "own_nothing_shown",
        "There is nothing to keep.",
        "The files were read before the trainer was started anew.",
        "Add the files again.",
    )
}

fn not_kept(name: &str, error: &CollectionError) -> Fault {
    Fault::new(
        error.code(),
        format!("“{name}” could not be kept."),
        error.to_string(),
        "Delete runs or datasets that are no longer needed, then add the files again.",
    )
}

/// The files at hand, and the browser's decoders.
struct Bench<'a> {
    offered: &'a [OfferedFile],
    reported: f64,
}

impl Workbench for Bench<'_> {
    type File = BlobFile;

    async fn open(&mut self, index: usize) -> Result<BlobFile, String> {
        let file = self.offered.get(index).ok_or("it is gone")?;
        let blob = fetch::blob(&file.url).await.map_err(|error| error.reason)?;
        Ok(BlobFile::new(blob))
    }

    async fn decode(&mut self, file: &[u8]) -> Result<Bitmap, String> {
        images::decode(file).await
    }

    fn report(&mut self, done: usize, of: Option<usize>) {
        let now = turn::now_ms();
        if now - self.reported >= REPORT_EVERY {
            self.reported = now;
            port::post(&FromTrainer::DataProgress { done, of });
        }
    }
}
