//! Several runs with one press: one is taken out, the rest go on, and each is a run like any other.

use super::{LONG, TINY, numbers, opened, run};
use crate::site::{SOON, Site};
use serde_json::{Value, json};
use xtask::problem::Result;

const STATES: &str = "[...document.querySelectorAll('.queue li')].map((row) => \
                      [row.querySelector('.queue-label').textContent, row.querySelector('.tag').textContent])";

#[test]
fn a_queued_run_is_cancelled_and_the_rest_go_on() -> Result<()> {
    let site = Site::at("/")?;
    let page = opened(&site, &format!("{TINY}&per_class=20&test_per_class=20&epochs=6&view=training"))?;
    page.wait_for("document.querySelector('.sweep summary') !== null", SOON)?;
    page.eval("document.querySelector('.sweep summary').click(), 1", SOON)?;
    page.wait_for("document.querySelector('.sweep button').textContent === 'Queue runs'", SOON)?;
    assert_eq!(
        run(page, "document.querySelector('.sweep button').disabled")?,
        json!(true),
        "nothing is ticked"
    );
    for seed in ["1", "2", "3"] {
        run(page, &format!("hand.tick('Seeds', '{seed}')"))?;
    }
    run(page, "hand.tick('Learning rates', '0.003')")?;
    // In one go: the first run must not end meanwhile.
    let cancelled = format!(
        "(async () => {{ while (!hand.press('.sweep', 'Queue 3 runs')) await hand.frame(); \
         while (!hand.press('.queue-panel', 'Cancel lr 0.003 · seed 2')) await hand.frame(); \
         await hand.frame(); return {STATES}; }})()"
    );
    let states = page.eval(&cancelled, SOON)?;
    assert_eq!(states[1], json!(["lr 0.003 · seed 2", "cancelled"]));
    assert_eq!(states[2], json!(["lr 0.003 · seed 3", "waits"]), "the first one has not ended yet: {states}");

    let headline = "document.querySelector('.queue-panel .headline').textContent";
    page.wait_for(&format!("{headline} === '3 of 3 queued runs have ended'"), LONG)?;
    let states = page.eval(STATES, SOON)?;
    let words: Vec<&Value> = states.as_array().into_iter().flatten().map(|row| &row[1]).collect();
    assert_eq!(words, ["done", "cancelled", "done"]);
    let done = page.eval("document.querySelector('.queue-panel progress').value", SOON)?;
    assert_eq!(done, json!(1000), "all have ended");

    // Each is a run like any other, trained with its own seed, and compared by itself.
    let open = |at: usize| {
        format!(
            "[...document.querySelectorAll('.queue button')].filter((b) => b.textContent === 'Open')[{at}].click(), 1"
        )
    };
    let mut losses = Vec::new();
    for (at, seed) in ["1", "3"].into_iter().enumerate() {
        page.eval(&open(at), SOON)?;
        page.wait_for(
            &format!("document.querySelector('.run-title').textContent.includes('seed {seed}')"),
            SOON,
        )?;
        losses.push(numbers(page, "loss(-)")?);
    }
    println!("losses: {losses:?}");
    assert_eq!((losses[0].len(), losses[1].len()), (7, 7), "epochs 0 to 6");
    assert!((losses[0][6] - losses[1][6]).abs() > 1e-4, "other seeds, other losses");
    let compared = "document.querySelectorAll('.runs-compared input:checked').length";
    page.wait_for(&format!("{compared} === 2"), SOON)?;
    assert_eq!(page.eval("(await cnnslicer.runs()).length", SOON)?, json!(2));
    page.wait_for("hand.press('.queue-panel', 'Clear')", SOON)?;
    page.wait_for("document.querySelector('.queue-panel') === null", SOON)?;
    assert_eq!(page.eval("(await cnnslicer.runs()).length", SOON)?, json!(2), "runs stay");
    Ok(())
}
