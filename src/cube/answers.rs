//! Answers to questions about parts of the probe set, kept in the run beside its arrays: written by the compute
//! workers, read by them when the same is asked again.
//!
//! Not Zarr, since they are as many and as irregular as what people ask; readers of format 1 ignore them. A file
//! says which question it answers and carries a checksum; one that does not fit counts as not there.

use super::codec::{decode, encode};
use super::{CubeError, RunReader};
use crate::checksum::crc32;
use crate::storage::{ByteStore, closed_size};

/// Folder of the answers in a run.
const ANSWERS: &str = "answers";
/// Larger than any answer that is kept.
const MAX_FILE: u64 = 64 << 20;
/// Bytes of the length in front and of the checksum behind.
const WORD: usize = 4;

impl<S: ByteStore> RunReader<S> {
    /// What [`RunReader::store_answer`] kept for this question; `None` when there is nothing sound.
    ///
    /// # Errors
    /// What the store says.
    pub async fn answer(&self, question: &[u8]) -> Result<Option<Vec<f32>>, CubeError> {
        let values = self.kept_bytes(question).await?.filter(|values| values.len() % WORD == 0);
        Ok(values.map(|values| decode(&values, f32::from_le_bytes)))
    }

    /// What [`RunReader::keep_bytes`] kept for this question; `None` when there is nothing sound.
    ///
    /// # Errors
    /// What the store says.
    pub async fn kept_bytes(&self, question: &[u8]) -> Result<Option<Vec<u8>>, CubeError> {
        let path = self.answer_path(question);
        match closed_size(&self.store, &path).await? {
            Some(size) if size <= MAX_FILE => {}
            _ => return Ok(None),
        }
        let bytes = self.store.read(&path).await?;
        Ok(bytes.and_then(|bytes| unpack(&bytes, question)))
    }

    /// Keeps an answer. Two workers may do so at once: they write the same, so one of them may be locked out.
    ///
    /// # Errors
    /// What the store says.
    pub async fn store_answer(&self, question: &[u8], values: &[f32]) -> Result<(), CubeError> {
        self.keep_bytes(question, &encode(values, f32::to_le_bytes)).await
    }

    /// As [`RunReader::store_answer`], of bytes that stand for themselves.
    ///
    /// # Errors
    /// What the store says.
    pub async fn keep_bytes(&self, question: &[u8], values: &[u8]) -> Result<(), CubeError> {
        let mut bytes = (question.len() as u32).to_le_bytes().to_vec();
        bytes.extend_from_slice(question);
        bytes.extend_from_slice(values);
        bytes.extend(crc32(&bytes).to_le_bytes());
        self.write_once(&self.answer_path(question), &bytes).await
    }

    fn answer_path(&self, question: &[u8]) -> String {
        self.path(&self.header.probe_set.path(&format!("{ANSWERS}/{:08x}", crc32(question))))
    }
}

fn unpack(bytes: &[u8], question: &[u8]) -> Option<Vec<u8>> {
    let (content, checksum) = bytes.split_last_chunk::<WORD>()?;
    let (len, rest) = content.split_first_chunk::<WORD>()?;
    let is_sound = crc32(content) == u32::from_le_bytes(*checksum)
        && u32::from_le_bytes(*len) as usize == question.len();
    rest.strip_prefix(question).filter(|_| is_sound).map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests {
    use pollster::block_on;

    use super::*;
    use crate::cube::testing::recorded;

    #[test]
    fn an_answer_comes_back_to_its_own_question_only() {
        block_on(async {
            let (store, _) = recorded(1).await;
            let run = RunReader::open(store, "r").await.unwrap();
            assert_eq!(run.answer(b"H?").await.unwrap(), None);
            run.store_answer(b"H?", &[1.5, f32::INFINITY]).await.unwrap();
            assert_eq!(run.answer(b"H?").await.unwrap(), Some(vec![1.5, f32::INFINITY]));
            assert_eq!(run.answer(b"h?").await.unwrap(), None);
        });
    }

    #[test]
    fn bytes_come_back_as_they_are_and_are_no_numbers_unless_they_fit() {
        block_on(async {
            let (store, _) = recorded(1).await;
            let run = RunReader::open(store, "r").await.unwrap();
            run.keep_bytes(b"codes", &[7, 0, 31]).await.unwrap();
            assert_eq!(run.kept_bytes(b"codes").await.unwrap(), Some(vec![7, 0, 31]));
            assert_eq!(run.answer(b"codes").await.unwrap(), None);
            assert_eq!(run.kept_bytes(b"other").await.unwrap(), None);
        });
    }

    #[test]
    fn a_file_that_was_cut_altered_or_answers_something_else_counts_as_not_there() {
        block_on(async {
            let (store, _) = recorded(1).await;
            let run = RunReader::open(store.clone(), "r").await.unwrap();
            run.store_answer(b"H?", &[1.5, 2.5]).await.unwrap();
            let path = run.answer_path(b"H?");
            let sound = store.read(&path).await.unwrap().unwrap();
            for broken in [
                &sound[..sound.len() - 1],
                &sound[..3],
                &[],
                &sound.iter().map(|b| b ^ 1).collect::<Vec<_>>(),
            ] {
                store.write(&path, &[broken]).await.unwrap();
                assert_eq!(run.answer(b"H?").await.unwrap(), None);
            }
            assert_eq!(unpack(&sound, b"h!"), None);
        });
    }
}
