//! The one list of measures: what each is, what it is of, what it needs and how its values lie.
//!
//! Everything that handles measures without caring which one it is reads this list: messages, storage, the page's
//! results, the queue of work, the query language and its costs, the console. A new measure is an entry of
//! [`Measure`] and of its table, its computation in `entropy`, and the line of `compute::measures` that calls it.
//! Computes nothing and reads nothing.

mod about;
mod cost;
mod estimate;
mod key;
mod list;
mod measures;
mod probe_set;
mod settings;

pub use about::{About, Form, Needs, Pass, Unit};
pub use cost::exact_cost_ns;
pub use estimate::Estimate;
pub use key::{ImageSet, MeasureKey, Of};
pub use measures::Measure;
pub use probe_set::ProbeSet;
pub use settings::{Setting, Settings, ValueRange};
