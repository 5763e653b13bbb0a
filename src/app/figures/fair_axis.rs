//! What changes when the axis of a comparison changes: runs of larger training sets have more weight updates an epoch,
//! so that the run that is first against epochs need not be first against updates (paper 5.2, Figures 5 and 6).

use super::comparison::{by_size, label};
use super::learning::{Learning, On};
use super::stabilisation::stable_from;
use crate::app::session::{Compare, Compared, TrainingAxis, TrainingScale};

/// A run in the comparison.
struct Runner<'a> {
    name: String,
    run: &'a Compared,
    /// On each axis, in the order of [`TrainingAxis::ALL`].
    scales: [TrainingScale; 3],
}

/// The comparison in sentences, for the curves that are on screen; none while there are no two runs to compare.
pub fn sentences(compare: &Compare, which: Learning, on: On) -> Vec<String> {
    let scales = |run: &Compared| {
        let [epochs, updates, images] =
            TrainingAxis::ALL.map(|axis| TrainingScale::of(axis, &run.run.header));
        Some([epochs?, updates?, images?])
    };
    let (mut runners, mut unknown) = (Vec::new(), Vec::new());
    for (_, run) in by_size(compare) {
        let name = label(run, compare);
        match scales(run) {
            Some(scales) => runners.push(Runner { name, run, scales }),
            None => unknown.push(name),
        }
    }
    let mut sentences = Vec::new();
    if runners.len() > 1 {
        sentences.push(pace(&runners));
        sentences.extend(first_to_reach(&runners, which, on));
        sentences.extend(first_stable(&runners, which, on));
    }
    for name in unknown {
        sentences.push(format!(
            "How many images {} trained on is not known: it stands on the axis of epochs only.",
            quoted(&name)
        ));
    }
    sentences
}

/// How many updates an epoch has in each run.
fn pace(runners: &[Runner]) -> String {
    let [_, first, _] = runners[0].scales;
    if runners.iter().all(|runner| runner.scales[1..] == runners[0].scales[1..]) {
        return format!(
            "An epoch has {} weight updates in every run: on all axes the order is the same.",
            first.axis.number(first.per_epoch)
        );
    }
    let of = |runner: &Runner| {
        let [_, updates, _] = runner.scales;
        format!("{} at {}", updates.axis.number(updates.per_epoch), quoted(&runner.name))
    };
    format!("Weight updates an epoch: {}.", list(&runners.iter().map(of).collect::<Vec<_>>()))
}

/// Which run gets first to a level that all of them reach.
fn first_to_reach(runners: &[Runner], which: Learning, on: On) -> Option<String> {
    let sign = match which {
        Learning::Loss => 1.0,
        Learning::Accuracy => -1.0,
    };
    let values =
        |runner: &Runner| which.points(&runner.run.run, on).into_iter().filter(|point| point.1.is_finite());
    let best = |runner: &Runner| values(runner).map(|point| sign * point.1).fold(f64::INFINITY, f64::min);
    let worst_best = runners.iter().map(best).fold(f64::NEG_INFINITY, f64::max);
    if !worst_best.is_finite() {
        return None;
    }
    // Rounded towards where every run still reaches it.
    let level = (100.0 * worst_best - 1e-9).ceil() / 100.0;
    let reached = |runner: &Runner| values(runner).find(|point| sign * point.1 <= level).map(|point| point.0);
    let set = match on {
        On::Train => "training",
        On::Test => "test",
    };
    let what = match which {
        Learning::Loss => format!("a {set} loss of {level:.2} or less"),
        Learning::Accuracy => format!("a {set} accuracy of {:.2} or more", -level),
    };
    verdict(runners, &format!("First to have {what}"), reached)
}

/// Which run is stable first.
fn first_stable(runners: &[Runner], which: Learning, on: On) -> Option<String> {
    let from = |Runner { run, .. }: &Runner| {
        let tolerance = which.tolerance().max(which.noise(&run.run, on));
        stable_from(&which.points(&run.run, on), tolerance).map(|point| point.0)
    };
    let moving: Vec<String> =
        runners.iter().filter(|runner| from(runner).is_none()).map(|runner| quoted(&runner.name)).collect();
    let sentence = verdict(runners, "Stable first", from)?;
    Some(if moving.is_empty() { sentence } else { format!("{sentence} Not stable yet: {}.", list(&moving)) })
}

/// Who is first on each axis, by the epoch that `at` gives; nothing where that is epoch 0 for all, or for fewer than
/// two.
fn verdict(runners: &[Runner], what: &str, at: impl Fn(&Runner) -> Option<f64>) -> Option<String> {
    let epochs: Vec<(&Runner, f64)> =
        runners.iter().filter_map(|runner| Some((runner, at(runner)?))).collect();
    if epochs.len() < 2 || epochs.iter().all(|(_, epoch)| *epoch <= 0.0) {
        return None;
    }
    let first = |axis: usize| {
        let place = |(runner, epoch): &(&Runner, f64)| runner.scales[axis].at(*epoch);
        let least = epochs.iter().map(place).fold(f64::INFINITY, f64::min);
        let names: Vec<String> =
            epochs.iter().filter(|run| place(run) <= least).map(|(runner, _)| quoted(&runner.name)).collect();
        (list(&names), TrainingAxis::ALL[axis].words(least))
    };
    let firsts = [first(0), first(1), first(2)];
    let says = |axis: usize| {
        let against = ["epochs", "weight updates", "images seen"][axis];
        format!("against {against} {} ({})", firsts[axis].0, firsts[axis].1)
    };
    if firsts.iter().all(|first| first.0 == firsts[0].0) {
        let places = firsts.each_ref().map(|first| first.1.as_str());
        return Some(format!("{what} on every axis: {} ({}).", firsts[0].0, places.join(", ")));
    }
    Some(format!("{what}: {}, but {} and {}.", says(0), says(1), says(2)))
}

fn quoted(name: &str) -> String {
    format!("“{name}”")
}

fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::fixture;
    use crate::training::config::PerClass;

    /// Runs of so many images per class with these training losses, epoch 0 first.
    fn compare(runs: &[(usize, &[f32])]) -> Compare {
        let mut compare = Compare::default();
        for (place, (per_class, losses)) in runs.iter().enumerate() {
            let name = format!("run-{place}");
            let mut open = fixture::open_run(&name, losses.len() as u32);
            open.header.trained_images = 10 * per_class;
            open.header.config.per_class = PerClass::Count(*per_class);
            for (epoch, loss) in open.epochs.iter_mut().zip(*losses) {
                epoch.metrics.train_loss = *loss;
            }
            compare.choose(name.clone());
            compare.put(&name, Compared::new(open, 1, None));
        }
        compare
    }

    /// The larger set needs fewer epochs and more updates.
    const SLOW: &[f32] = &[f32::NAN, 2.0, 1.0, 0.5, 0.42, 0.41, 0.41, 0.41];
    const FAST: &[f32] = &[f32::NAN, 0.4, 0.31, 0.30, 0.30, 0.30, 0.30, 0.30];

    #[test]
    fn the_verdict_that_changes_with_the_axis_is_told() {
        let said = sentences(&compare(&[(1000, FAST), (100, SLOW)]), Learning::Loss, On::Train);
        assert_eq!(
            said,
            [
                "Weight updates an epoch: 15 at “100” and 156 at “1000”.",
                "First to have a training loss of 0.41 or less: against epochs “1000” (epoch 1), but against weight \
                 updates “100” (75 weight updates) and against images seen “100” (4,800 images seen).",
                "Stable first: against epochs “1000” (epoch 2), but against weight updates “100” (60 weight updates) and \
                 against images seen “100” (3,840 images seen).",
            ]
        );
    }

    #[test]
    fn a_verdict_that_does_not_change_is_told_once() {
        let said = sentences(&compare(&[(100, FAST), (1000, SLOW)]), Learning::Loss, On::Train);
        assert!(
            said[1].starts_with(
                "First to have a training loss of 0.41 or less on every axis: “100” (epoch 1, 15 weight"
            ),
            "{}",
            said[1]
        );
    }

    #[test]
    fn runs_of_equal_pace_have_one_order_on_all_axes() {
        let said = sentences(&compare(&[(100, FAST), (100, SLOW)]), Learning::Loss, On::Train);
        assert_eq!(
            said[0],
            "An epoch has 15 weight updates in every run: on all axes the order is the same."
        );
    }

    #[test]
    fn the_order_in_which_runs_were_chosen_changes_nothing() {
        let of = |runs: &[(usize, &[f32])]| sentences(&compare(runs), Learning::Loss, On::Train);
        assert_eq!(of(&[(1000, FAST), (100, SLOW)]), of(&[(100, SLOW), (1000, FAST)]));
    }

    #[test]
    fn what_is_not_known_is_not_compared() {
        assert!(sentences(&compare(&[(100, SLOW)]), Learning::Loss, On::Train).is_empty());
        let mut runs = compare(&[(100, SLOW), (1000, FAST)]);
        let mut unknown = runs.get("run-1").unwrap().clone();
        unknown.run.header.trained_images = 0;
        unknown.run.header.config.dataset = "own-0123abcd".parse().unwrap();
        runs.put("run-1", unknown);
        let said = sentences(&runs, Learning::Loss, On::Train);
        assert!(said.len() == 1 && said[0].contains("is not known"), "{said:?}");
        let still =
            sentences(&compare(&[(100, &[2.0, 1.5]), (1000, &[2.0, 1.0])]), Learning::Loss, On::Train);
        assert_eq!(still.len(), 2, "two epochs say nothing of stability: {still:?}");
    }

    #[test]
    fn accuracies_are_reached_from_below() {
        let runs = compare(&[(100, SLOW), (1000, FAST)]);
        let said = sentences(&runs, Learning::Accuracy, On::Test);
        assert_eq!(said.len(), 1, "flat curves have no first: {said:?}");
    }
}
