//! Which images make up which batch: the same on every backend and after a resume.

use crate::dataset::random::{Purpose, Random};

/// Why no batch can be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// Not even one full batch.
    #[error("A batch of {batch} images cannot be filled from {images} training images.")]
    BatchTooLarge {
        /// Images per batch.
        batch: usize,
        /// Training images there are.
        images: usize,
    },
    /// A batch of nothing.
    #[error("A batch needs at least one image.")]
    EmptyBatch,
}

/// Full batches in an epoch; what is left over is dropped, because batches of one fixed size spare
/// the GPU from compiling its shaders anew.
///
/// # Errors
/// When not even one batch can be filled.
pub fn batches_per_epoch(images: usize, batch: usize) -> Result<usize, ScheduleError> {
    match images.checked_div(batch) {
        None => Err(ScheduleError::EmptyBatch),
        Some(0) => Err(ScheduleError::BatchTooLarge { batch, images }),
        Some(batches) => Ok(batches),
    }
}

/// The batches of `epoch` (1 first) as positions in the training set: a shuffle of all images that
/// depends on seed and epoch only, cut into full batches.
///
/// # Errors
/// When not even one batch can be filled.
pub fn batch_order(
    seed: u64,
    epoch: u32,
    images: usize,
    batch: usize,
) -> Result<Vec<Vec<usize>>, ScheduleError> {
    batches_per_epoch(images, batch)?;
    let mut positions: Vec<usize> = (0..images).collect();
    Random::new(seed, Purpose::BatchOrder, &[u64::from(epoch)]).shuffle(&mut positions);
    Ok(positions.chunks_exact(batch).map(<[usize]>::to_vec).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_holds_every_image_at_most_once_in_full_batches() {
        let batches = batch_order(1, 1, 1000, 64).unwrap();
        assert_eq!(batches.len(), 15);
        assert_eq!(batches.len(), batches_per_epoch(1000, 64).unwrap());
        assert!(batches.iter().all(|batch| batch.len() == 64));
        let mut seen: Vec<usize> = batches.concat();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 960);
        assert!(seen.iter().all(|&position| position < 1000));
    }

    #[test]
    fn the_order_depends_on_seed_and_epoch_only() {
        let order = |seed, epoch| batch_order(seed, epoch, 200, 20).unwrap();
        assert_eq!(order(1, 1), order(1, 1));
        assert_ne!(order(1, 1), order(1, 2));
        assert_ne!(order(1, 1), order(2, 1));
    }

    #[test]
    fn a_batch_larger_than_the_data_is_refused() {
        assert_eq!(
            batch_order(1, 1, 63, 64).unwrap_err(),
            ScheduleError::BatchTooLarge { batch: 64, images: 63 }
        );
        assert_eq!(batch_order(1, 1, 64, 64).unwrap().len(), 1);
    }

    #[test]
    fn a_batch_of_nothing_is_refused() {
        assert_eq!(batches_per_epoch(10, 0).unwrap_err(), ScheduleError::EmptyBatch);
    }
}
