//! Which channels tell nothing, as it is stored: a code a channel, told from the cells by the compute workers.

use super::{CubeError, RunReader};
use crate::storage::ByteStore;

impl<S: ByteStore> RunReader<S> {
    /// The codes of a layer's channels (0 … |L|) at an epoch, `[C]`, as [`super::catalogue::Catalogue::channel_state`] has them; `None` when
    /// they are not stored, as in runs of older versions. Another program may have written codes that are none.
    ///
    /// # Errors
    /// [`CubeError::NotRecorded`], [`CubeError::NoSuchLayer`], and what the store says.
    pub async fn channel_states(
        &self,
        epoch_index: usize,
        layer: usize,
    ) -> Result<Option<Vec<u8>>, CubeError> {
        self.check(epoch_index, &[layer])?;
        self.closed_chunk(&self.catalogue().channel_state(layer), &[epoch_index]).await
    }

    /// Stores what [`RunReader::channel_states`] reads.
    ///
    /// # Errors
    /// As there, and [`CubeError::Shape`].
    pub async fn store_channel_states(
        &self,
        epoch_index: usize,
        layer: usize,
        codes: &[u8],
    ) -> Result<(), CubeError> {
        self.check(epoch_index, &[layer])?;
        let layout = self.stored_catalogue().channel_state(layer);
        self.declare(&layout).await?;
        self.store_codes(&layout, &[epoch_index], codes).await
    }
}

#[cfg(test)]
mod tests {
    use pollster::block_on;

    use super::*;
    use crate::cube::testing::recorded;

    #[test]
    fn states_are_none_until_stored_and_then_come_back() {
        block_on(async {
            let (store, _) = recorded(2).await;
            let run = RunReader::open(store.clone(), "r").await.unwrap();
            assert_eq!(run.channel_states(0, 1).await.unwrap(), None);
            run.store_channel_states(0, 1, &[0, 2, 1]).await.unwrap();
            assert_eq!(run.channel_states(0, 1).await.unwrap(), Some(vec![0, 2, 1]));
            assert_eq!(run.channel_states(1, 1).await.unwrap(), None, "another epoch");
            run.verify().await.unwrap();
        });
    }

    #[test]
    fn a_run_of_an_older_version_has_no_states_and_is_sound() {
        block_on(async {
            let (store, _) = recorded(1).await;
            store.remove("runs/r/entropy/state").await.unwrap();
            let run = RunReader::open(store.clone(), "r").await.unwrap();
            run.verify().await.unwrap();
            run.store_channel_states(0, 1, &[0, 2, 1]).await.unwrap();
            assert!(store.size("runs/r/entropy/state/zarr.json").await.unwrap().is_some());
            run.verify().await.unwrap();
        });
    }

    #[test]
    fn states_of_another_shape_or_for_nothing_recorded_are_refused() {
        block_on(async {
            let (store, _) = recorded(1).await;
            let run = RunReader::open(store.clone(), "r").await.unwrap();
            let short = run.store_channel_states(0, 1, &[0, 1]).await;
            assert!(matches!(short, Err(CubeError::Shape { found: 2, expected: 3, .. })), "{short:?}");
            assert!(run.store_channel_states(1, 1, &[0; 3]).await.is_err());
            store.write("runs/r/entropy/state/01/c/0/0", &[&[0, 1]]).await.unwrap();
            assert_eq!(run.channel_states(0, 1).await.unwrap(), None, "cut short");
        });
    }
}
