//! Epochs whose heatmaps stand in a row: chosen in a line of numbers or a link, else the usual ones.

use crate::app::session::OpenRun;
use crate::ordering::sort_by;

/// Epochs that can stand in a row.
pub const MAX_EPOCHS: usize = 8;
/// Epochs in a row when none is chosen: the first, two between, the last.
const USUAL_EPOCHS: usize = 4;

/// The epochs of a link (`0,2,5`).
///
/// # Errors
/// What was expected.
pub(super) fn parsed(value: &str) -> Result<Vec<u32>, &'static str> {
    let epochs: Result<Vec<u32>, _> = value.split(',').take(MAX_EPOCHS).map(str::parse).collect();
    epochs.map(in_order).map_err(|_| "epoch numbers, as in 0,2,5")
}

/// The chosen epochs that are recorded, or the usual ones, by their numbers.
pub(super) fn shown(chosen: &[u32], run: &OpenRun) -> Vec<u32> {
    let is_recorded = |epoch: &u32| run.index_of_epoch(*epoch).is_some();
    let recorded: Vec<u32> = chosen.iter().copied().filter(is_recorded).collect();
    if !recorded.is_empty() {
        return recorded;
    }
    let last = run.epochs.len().saturating_sub(1);
    let nth = |place| (place * last + (USUAL_EPOCHS - 1) / 2) / (USUAL_EPOCHS - 1);
    let usual = (0..USUAL_EPOCHS).filter_map(|place| run.epoch_number(nth(place)));
    in_order(usual.collect())
}

/// Ascending, each once.
fn in_order(mut epochs: Vec<u32>) -> Vec<u32> {
    sort_by(&mut epochs, Ord::cmp);
    epochs.dedup();
    epochs
}

/// The epochs that a text lists (`0, 2, 5`), or what is wrong with it; an empty text lists none.
///
/// # Errors
/// A sentence on what cannot be read, is not recorded, or is too much.
pub fn epochs_listed(text: &str, run: &OpenRun) -> Result<Vec<u32>, String> {
    let words = text.split([',', ' ']).filter(|word| !word.is_empty());
    let epochs: Option<Vec<u32>> = words.map(|word| word.parse().ok()).collect();
    let epochs = in_order(epochs.ok_or("Write epoch numbers with commas, such as 0, 2, 5.")?);
    if let Some(missing) = epochs.iter().find(|&&epoch| run.index_of_epoch(epoch).is_none()) {
        let last = run.epochs.last().map_or(0, |epoch| epoch.metrics.epoch);
        return Err(format!("Epoch {missing} is not recorded; the last one is {last}."));
    }
    if epochs.len() > MAX_EPOCHS {
        return Err(format!("At most {MAX_EPOCHS} epochs stand in a row."));
    }
    Ok(epochs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::fixture;

    #[test]
    fn the_usual_epochs_are_the_first_two_between_and_the_last() {
        let of = |n| shown(&[], &fixture::open_run("a", n));
        assert_eq!([of(0), of(1), of(3)], [vec![], vec![0], vec![0, 1, 2]]);
        assert_eq!((of(6), of(11)), (vec![0, 2, 3, 5], vec![0, 3, 7, 10]));
        assert_eq!(shown(&[0, 2, 5], &fixture::open_run("a", 4)), [0, 2], "epoch 5 is still to come");
    }

    #[test]
    fn epochs_are_listed_as_numbers_that_are_recorded() {
        let run = fixture::open_run("a", 6);
        assert_eq!(epochs_listed(" 5,0 2,2", &run), Ok(vec![0, 2, 5]));
        assert_eq!(epochs_listed("", &run), Ok(Vec::new()));
        assert!(epochs_listed("0;1", &run).unwrap_err().contains("commas"));
        assert_eq!(epochs_listed("0, 9", &run).unwrap_err(), "Epoch 9 is not recorded; the last one is 5.");
        let many = (0..=MAX_EPOCHS as u32).map(|epoch| epoch.to_string()).collect::<Vec<_>>().join(",");
        assert!(epochs_listed(&many, &fixture::open_run("a", 20)).unwrap_err().contains("At most"));
    }
}
