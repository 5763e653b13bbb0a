//! What is worked out of the measures of each epoch, once: a measure does not change any more when it is there.

use std::collections::BTreeMap;

/// What was found at the epochs that are measured, and of what.
#[derive(Clone, Debug, PartialEq)]
pub struct ByEpoch<K, T> {
    of: K,
    found: BTreeMap<usize, T>,
}

impl<K: PartialEq, T: Clone> ByEpoch<K, T> {
    /// Takes over what is known of the same thing, and finds what is missing at epochs 0 … `n_epochs` − 1 (indices on
    /// axis T); `find` gives nothing where there is no measure yet.
    pub fn followed(last: Option<&Self>, of: K, n_epochs: usize, find: impl Fn(usize) -> Option<T>) -> Self {
        let mut found = last.filter(|last| last.of == of).map(|last| last.found.clone()).unwrap_or_default();
        for epoch_index in 0..n_epochs {
            if !found.contains_key(&epoch_index)
                && let Some(new) = find(epoch_index)
            {
                found.insert(epoch_index, new);
            }
        }
        Self { of, found }
    }

    /// Index on axis T and what was found there, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &T)> {
        self.found.iter().map(|(epoch_index, found)| (*epoch_index, found))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn each_epoch_is_looked_at_until_something_is_found_and_never_again() {
        let looked = RefCell::new(Vec::new());
        let find = |known: &'static [usize]| {
            let looked = &looked;
            move |epoch_index: usize| {
                looked.borrow_mut().push(epoch_index);
                known.contains(&epoch_index).then_some(10 * epoch_index)
            }
        };
        let first = ByEpoch::followed(None, "a", 3, find(&[2]));
        let second = ByEpoch::followed(Some(&first), "a", 4, find(&[0, 2, 3]));
        assert_eq!(second.iter().collect::<Vec<_>>(), [(0, &0), (2, &20), (3, &30)]);
        assert_eq!(*looked.borrow(), [0, 1, 2, 0, 1, 3]);
        let other = ByEpoch::followed(Some(&second), "b", 4, find(&[1]));
        assert_eq!(other.iter().count(), 1, "of something else nothing is known");
    }
}
