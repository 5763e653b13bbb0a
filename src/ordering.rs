//! Sorting what is sorted once in a while.
//!
//! The standard library's sort is compiled anew for every type and every order, some 4 KB of program each; a program
//! that is fetched over a conference's Wi-Fi has one sort, of indices. Inner loops keep the standard library's.

use std::cmp::Ordering;

/// Sorts by `compare`; equal items stay as they were.
pub fn sort_by<T>(items: &mut Vec<T>, compare: impl Fn(&T, &T) -> Ordering) {
    let order = order_of(items.len(), &|a, b| compare(&items[a], &items[b]));
    let mut left: Vec<Option<T>> = std::mem::take(items).into_iter().map(Some).collect();
    items.extend(order.into_iter().filter_map(|index| left[index].take()));
}

/// The indices of `n` items in their order; of equal ones the smaller first.
pub fn order_of(n: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| compare(a, b));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_items_stay_as_they_were() {
        let mut words = vec!["pear", "fig", "plum", "kiwi", "nut"];
        sort_by(&mut words, |a, b| a.len().cmp(&b.len()));
        assert_eq!(words, ["fig", "nut", "pear", "plum", "kiwi"]);
    }

    #[test]
    fn nothing_is_lost() {
        let mut numbers: Vec<u32> = (0..500).map(|i: u32| i.wrapping_mul(2_654_435_761) >> 20).collect();
        let mut expected = numbers.clone();
        expected.sort_unstable();
        sort_by(&mut numbers, Ord::cmp);
        assert_eq!(numbers, expected);
        sort_by(&mut Vec::<u32>::new(), Ord::cmp);
    }
}
