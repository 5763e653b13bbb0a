//! What the session refuses, in words.

use crate::protocol::Fault;

/// A second run was asked for while one is training.
pub fn already_training() -> Fault {
    Fault::new(
        "already_training",
        "A second run cannot start now.",
        "One run trains at a time, and one is under way.",
        "Stop it or wait until it has ended.",
    )
}

pub(super) fn no_such_epoch(wanted: u32, last: u32) -> Fault {
    Fault::new(
        "bad_parameter",
        format!("“epoch={wanted}” in the address is ignored."),
        format!("This run has the epochs 0 to {last}."),
        "Choose an epoch with the slider.",
    )
}
