//! What muting did: accuracy, and per class how many are found and both label entropies, before and after.

use super::{Numbers, exact};
use crate::app::session::mute::Muted;
use crate::entropy::label_entropies;
use crate::evaluation::ConfusionMatrix;
use crate::protocol::examine::{EvaluatedOn, MuteEffect};

/// A quantity before and after.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// The network as it is.
    pub before: f64,
    /// With features muted.
    pub after: f64,
}

/// A class, before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassChange {
    /// Its name.
    pub class: String,
    /// Share of its images predicted right, 0 … 1; NaN without images.
    pub found: Change,
    /// H(label | y = i) in bits; ∞ where nothing was predicted as i.
    pub label_given_prediction: Change,
    /// H(y | label = i) in bits; NaN without images.
    pub prediction_given_label: Change,
}

/// One row a class.
pub fn classes(effect: &MuteEffect, names: &[String]) -> Vec<ClassChange> {
    let [before, after] = [&effect.before.confusion, &effect.after.confusion].map(of_classes);
    let change = |of: fn(&[f64; 3]) -> f64, class: usize| {
        let at = |side: &Vec<[f64; 3]>| side.get(class).map_or(f64::NAN, of);
        Change { before: at(&before), after: at(&after) }
    };
    let row = |(class, name): (usize, &String)| ClassChange {
        class: name.clone(),
        found: change(|of| of[0], class),
        label_given_prediction: change(|of| of[1], class),
        prediction_given_label: change(|of| of[2], class),
    };
    names.iter().enumerate().map(row).collect()
}

/// Share found, H(label | y = i) and H(y | label = i) of each class.
fn of_classes(confusion: &ConfusionMatrix) -> Vec<[f64; 3]> {
    let n = confusion.n_classes();
    // A matrix without classes has no rows.
    let Ok(bits) = label_entropies(confusion.counts(), n) else { return Vec::new() };
    let found = |class| confusion.predicted_shares(class).map_or(f64::NAN, |shares| shares[class]);
    (0..n)
        .map(|class| [found(class), bits.label_given_prediction[class], bits.prediction_given_label[class]])
        .collect()
}

/// Accuracy and loss in a sentence, and on what.
pub fn sentence(effect: &MuteEffect) -> String {
    let [before, after] = [&effect.before, &effect.after].map(|side| 100.0 * side.confusion.accuracy());
    let on = match &effect.on {
        EvaluatedOn::TestSet => format!("{} images of the test set", effect.before.confusion.total()),
        EvaluatedOn::ProbeSet { why } => format!(
            "the {} probe images, since the test set could not be had: {why}",
            effect.before.confusion.total()
        ),
    };
    format!(
        "Accuracy {before:.2} % → {after:.2} % ({:+.2} points), loss {:.4} → {:.4} nats; on {on}.",
        after - before,
        effect.before.loss,
        effect.after.loss
    )
}

/// What was muted: `3 channels of conv2: 1, 4, 7`.
pub fn muted(muted: &Muted, layer: &str, is_dense: bool) -> String {
    let noun = match (is_dense, muted.features.len()) {
        (true, 1) => "unit",
        (true, _) => "units",
        (false, 1) => "channel",
        (false, _) => "channels",
    };
    let numbers: Vec<String> = muted.features.iter().map(usize::to_string).collect();
    match numbers.len() {
        0 => format!("nothing of {layer}"),
        count @ 1..=16 => format!("{count} {noun} of {layer}: {}", numbers.join(", ")),
        count => format!("{count} {noun} of {layer}"),
    }
}

/// The same as a table.
pub fn numbers(effect: &MuteEffect, names: &[String]) -> Numbers {
    let quantities = ["share found", "H(label | y = i)", "H(y | label = i)"];
    let columns = quantities.iter().flat_map(|name| [format!("{name} before"), format!("{name} after")]);
    let row = |class: ClassChange| {
        let changes = [class.found, class.label_given_prediction, class.prediction_given_label];
        let values = changes.iter().flat_map(|change| [exact(change.before), exact(change.after)]);
        std::iter::once(class.class.clone()).chain(values).collect()
    };
    Numbers {
        columns: std::iter::once("class".to_owned()).chain(columns).collect(),
        rows: classes(effect, names).into_iter().map(row).collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::protocol::examine::Performance;

    fn effect() -> MuteEffect {
        let side = |counts: [u32; 4], loss| Performance {
            loss,
            confusion: ConfusionMatrix::from_counts(2, counts.to_vec()).unwrap(),
        };
        MuteEffect {
            on: EvaluatedOn::TestSet,
            before: side([8, 0, 0, 8], 0.25),
            after: side([8, 0, 4, 4], 1.5),
        }
    }

    fn names() -> Vec<String> {
        vec!["cat".into(), "dog".into()]
    }

    #[test]
    fn the_sentence_says_what_it_cost_and_on_how_many_images() {
        let sentence = sentence(&effect());
        assert_eq!(
            sentence,
            "Accuracy 100.00 % → 75.00 % (-25.00 points), loss 0.2500 → 1.5000 nats; on 16 images of the test set."
        );
    }

    #[test]
    fn a_class_that_is_lost_scatters_and_mixes_with_the_other() {
        let classes = classes(&effect(), &names());
        assert!((classes[1].found.after - 0.5).abs() < 1e-12);
        assert!((classes[1].prediction_given_label.after - 1.0).abs() < 1e-12);
        assert!(classes[1].prediction_given_label.before.abs() < 1e-12);
        let third = 1.0_f64 / 3.0;
        let mixed = -(third * third.log2() + 2.0 * third * (2.0 * third).log2());
        assert!((classes[0].label_given_prediction.after - mixed).abs() < 1e-12);
    }

    #[test]
    fn the_table_has_before_and_after_side_by_side() {
        let numbers = numbers(&effect(), &names());
        assert_eq!(numbers.columns[1..3], ["share found before", "share found after"]);
        assert_eq!(numbers.rows[1][..3], ["dog", "1.0000", "0.5000"]);
    }

    #[test]
    fn few_muted_channels_are_named_and_many_counted() {
        let of = |features: BTreeSet<usize>| Muted { run: "a".into(), layer: 2, features };
        assert_eq!(muted(&of([4, 1].into()), "conv2", false), "2 channels of conv2: 1, 4");
        assert_eq!(muted(&of([4].into()), "dense1", true), "1 unit of dense1: 4");
        assert_eq!(muted(&of((0..40).collect()), "conv2", false), "40 channels of conv2");
        assert_eq!(muted(&of(BTreeSet::new()), "conv2", false), "nothing of conv2");
    }
}
