//! What the console refuses, in plain words.

use crate::protocol::Fault;

pub(super) fn no_run() -> Fault {
    Fault::new(
        "no_run",
        "There is no run to do this with.",
        "Nothing is being trained, and no stored run is open.",
        "Start one with cnnslicer.train({…}), or open one from the list.",
    )
}

pub(super) fn no_file() -> Fault {
    Fault::new(
        "bad_argument",
        "There is no file to take in.",
        "A File or a Blob was expected.",
        "Pass what an input of type file, or cnnslicer.export(id), gives.",
    )
}

pub(super) fn odd_answer() -> Fault {
    Fault::new(
        "odd_answer",
        "The answer of a compute worker does not fit the question.",
        "Page and worker may be of different versions.",
        "Reload the page without its cache (Ctrl+Shift+R).",
    )
}

pub(super) fn bad_budget() -> Fault {
    Fault::new(
        "bad_argument",
        "The budget is not changed.",
        "A budget is a number of bytes, 0 or more.",
        "Give a number, or nothing for the usual share of what the browser allows.",
    )
}
