//! Whose images a run is looked at for.

use serde::{Deserialize, Serialize};

/// Whose outputs are recorded or measured: the axis X of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ProbeSet {
    /// The probe set, which the network never trains on.
    #[default]
    Test,
    /// Images of the training set, as many as the probe set has.
    Train,
}
