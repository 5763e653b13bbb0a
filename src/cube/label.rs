//! What people call a run: its name and their note, changed at any time.
//!
//! In a file of its own, so that it can change while the trainer writes the run's documents; an archive
//! has it in the header. Written by the compute workers, read whenever a run is opened.

use serde::{Deserialize, Serialize};

use super::{CubeError, RunHeader, run_folder};
use crate::storage::ByteStore;

/// The file, in the run's folder.
pub(super) const LABEL: &str = "label.json";
/// A larger file is not one of ours.
const MAX_LABEL: u64 = 64 << 10;

/// A name and a note in place of those in the header.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunLabel {
    /// The name; absent when it was never changed.
    pub name: Option<String>,
    /// The note.
    pub note: String,
}

/// Gives a run a name and a note.
///
/// # Errors
/// [`CubeError::NoSuchRun`], and what the store says.
pub async fn store_label<S: ByteStore>(store: &S, run: &str, label: &RunLabel) -> Result<(), CubeError> {
    let folder = run_folder(run)?;
    if store.list(&folder).await?.is_empty() {
        return Err(CubeError::NoSuchRun(run.to_owned()));
    }
    let bytes = serde_json::to_vec(label).unwrap_or_default();
    Ok(store.write(&format!("{folder}/{LABEL}"), &[&bytes]).await?)
}

/// Puts the label of a run into its header. A label that is damaged or being written is none: the
/// header's own name then stands.
pub(super) async fn apply_label<S: ByteStore>(store: &S, folder: &str, header: &mut RunHeader) {
    let path = format!("{folder}/{LABEL}");
    if !matches!(store.size(&path).await, Ok(Some(size)) if size <= MAX_LABEL) {
        return;
    }
    let Ok(Some(bytes)) = store.read(&path).await else { return };
    let Ok(label) = serde_json::from_slice::<RunLabel>(&bytes) else { return };
    if let Some(name) = label.name {
        header.name = name;
    }
    header.note = label.note;
}

#[cfg(test)]
mod tests {
    use pollster::block_on;

    use super::*;
    use crate::cube::RunReader;
    use crate::cube::testing::{recorded, write_epoch};

    #[test]
    fn a_run_renamed_while_it_is_trained_keeps_its_name_and_note() {
        block_on(async {
            let (store, mut writer) = recorded(1).await;
            let label = RunLabel { name: Some("mine".to_owned()), note: "keep".to_owned() };
            store_label(&store, "r", &label).await.unwrap();
            write_epoch(&mut writer, 1).await.unwrap();
            writer.seal().await.unwrap();
            let run = RunReader::open(store, "r").await.unwrap();
            assert_eq!((run.header().name.as_str(), run.header().note.as_str()), ("mine", "keep"));
        });
    }

    #[test]
    fn a_damaged_label_leaves_the_run_its_first_name() {
        block_on(async {
            let (store, _) = recorded(1).await;
            store.write("runs/r/label.json", &[b"{\"name\": \"mi"]).await.unwrap();
            assert_eq!(RunReader::open(store, "r").await.unwrap().header().name, "a small run");
        });
    }

    #[test]
    fn a_run_that_is_not_there_cannot_be_named() {
        block_on(async {
            let (store, _) = recorded(1).await;
            let refused = store_label(&store, "x", &RunLabel::default()).await;
            assert_eq!(refused, Err(CubeError::NoSuchRun("x".to_owned())));
        });
    }
}
