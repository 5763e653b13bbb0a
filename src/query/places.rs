//! Where in a query's text its selectors stand.

use super::notation::Place;

/// The column of each selector.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Places(Vec<(Place, usize)>);

impl Places {
    pub fn note(&mut self, place: Place, column: usize) {
        self.0.push((place, column));
    }

    /// Column of a selector; 1, the query itself, when there is none such.
    pub fn column(&self, place: Place) -> usize {
        self.0.iter().find(|(at, _)| *at == place).map_or(1, |&(_, column)| column)
    }
}
