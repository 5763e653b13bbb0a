//! Damaged runs in storage.

use cnnslicer::protocol::{Answer, Task};
use cnnslicer::storage::ByteStore;
use pollster::block_on;

use super::{RUN, ask, recorded};

#[test]
fn a_damaged_run_is_one_marked_entry_among_the_others() {
    let store = block_on(recorded(false));
    let files = block_on(store.files(&format!("runs/{RUN}"))).unwrap();
    for file in files {
        let bytes = block_on(store.read(&file.path)).unwrap().unwrap();
        let copy = file.path.replace(RUN, "damaged");
        block_on(store.write(&copy, &[&bytes])).unwrap();
    }
    block_on(store.write("runs/damaged/training/untrained/c/0", &[b"abc"])).unwrap();
    let Ok(Answer::Runs(runs)) = ask(&store, &Task::ListRuns) else { panic!("no list") };
    let problems: Vec<(&str, bool)> = runs.iter().map(|run| (&*run.run, run.problem.is_some())).collect();
    assert_eq!(problems, [("damaged", true), (RUN, false)]);
    assert!(runs[0].header.is_some() && runs[0].test_accuracy.is_none(), "what is left of it is told");
    assert!(matches!(ask(&store, &Task::Storage), Ok(Answer::Storage(_))));
    assert_eq!(ask(&store, &Task::Remove { run: "damaged".into() }), Ok(Answer::Removed));
}
