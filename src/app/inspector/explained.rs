//! A subject in words and numbers: what it means, its value and its ceiling, what chance gives, and the sum worked out.

use super::subject::Subject;
use crate::app::instrument::layered::Layered;
use crate::app::session::{OpenRun, Results, Selection};
use crate::entropy::{LabelChannel, label_channel};
use crate::measure::{Measure, MeasureKey};

/// What the inspector shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explained {
    /// Where: `2 conv2 · epoch 5`.
    pub place: String,
    /// The field's term.
    pub title: &'static str,
    /// The number; none while it is not measured.
    pub value: Option<String>,
    /// Its unit and its ceiling.
    pub of: String,
    /// What it means, a sentence each.
    pub says: Vec<String>,
    /// In the notation.
    pub formula: &'static str,
    /// The sum, term by term; the last row is the total.
    pub sum: Vec<[String; 2]>,
    /// What asks for it in the query view.
    pub query: Option<String>,
}

/// Explains a subject at what is selected; `None` before the first epoch.
pub fn explain(
    subject: Subject,
    run: &OpenRun,
    selection: &Selection,
    results: &Results,
) -> Option<Explained> {
    let epoch = run.epoch_number(selection.epoch_index)?;
    let layer = selection.layer;
    let of_layer = format!("{layer} {} · epoch {epoch}", run.spoken_name(layer));
    let of_test = format!("test set · epoch {epoch}");
    Some(match subject {
        Subject::Readable => Explained {
            place: of_layer,
            query: Some(format!("readable(dCNN(-, {layer}, -, {epoch}))")),
            ..readable(&Layered::at(run, results, selection.epoch_index), selection, results)
        },
        Subject::Spread => Explained {
            place: of_layer,
            query: Some(format!("spread(dCNN(-, {layer}, -, {epoch}))")),
            ..spread(run, &Layered::at(run, results, selection.epoch_index), layer)
        },
        Subject::Accuracy => Explained {
            place: of_test,
            query: Some(format!("accuracy({epoch})")),
            ..accuracy(run, selection)
        },
        Subject::Doubt => Explained {
            place: of_test,
            query: Some(format!("H(label|y=-)@{epoch}")),
            ..doubt(run, selection)
        },
        Subject::ChannelEntropy => channel_entropy(run, selection, results, epoch),
    })
}

fn gloss(measure: Measure) -> String {
    measure.about().gloss.to_owned()
}

fn bits(value: f64) -> String {
    format!("{value:.3}")
}

fn row(name: &str, value: impl Into<String>) -> [String; 2] {
    [name.to_owned(), value.into()]
}

fn readable(now: &Layered, selection: &Selection, results: &Results) -> Explained {
    let value = now.readable.get(selection.layer).copied().flatten();
    let key = MeasureKey::of_layer(Measure::Readable, selection.epoch_index, selection.layer);
    let parts = results.values(&key).map(|bits| bits.values.clone()).unwrap_or_default();
    let mut says = vec![
        gloss(Measure::Readable),
        "A layer cannot add information about the label. It can make what is there easier to read."
            .to_owned(),
    ];
    if let [_, _, chance, deviation, right, ..] = parts[..] {
        says.push(format!(
            "Shuffled labels give {chance:.2} ± {deviation:.2} bits: take that as zero. The guesses are right for {:.1} % of \
             the images.",
            100.0 * right
        ));
    }
    let sum = value.map(|found| {
        vec![
            row("H(label)", bits(now.label_bits)),
            row("− H(label | guess)", bits(now.label_bits - found)),
            row("readable", bits(found)),
        ]
    });
    Explained {
        title: "Readable about the label",
        value: value.map(|found| format!("{found:.2}")),
        of: format!("of {:.2} bits", now.label_bits),
        says,
        formula: "I(label; guess)\n = H(label) − H(label | guess)",
        sum: sum.unwrap_or_default(),
        ..Explained::default()
    }
}

fn spread(run: &OpenRun, now: &Layered, layer: usize) -> Explained {
    let n = run.header.probe_images;
    let value = now.spread.get(layer).copied().flatten();
    let own = (n.max(1) as f64).log2();
    let mut says = vec![gloss(Measure::InterSample), gloss(Measure::Spread)];
    if let Some(near) = now.neighbours(layer) {
        says.push(format!("Here an image has about {near:.0} near neighbours, of {}.", n.saturating_sub(1)));
    }
    let sum = value.map(|found| {
        vec![
            row(&format!("log₂ {n} images"), bits(own)),
            row("+ bits per neighbour", bits(found)),
            row("H", bits(own + found)),
        ]
    });
    Explained {
        title: "Inter-sample entropy",
        value: value.map(|found| format!("{:.2}", own + found)),
        of: format!("of at most {:.2} bits", own + now.most_spread),
        says,
        formula: "H = − Σ P(i,j) log₂ P(i,j)",
        sum: sum.unwrap_or_default(),
        ..Explained::default()
    }
}

fn accuracy(run: &OpenRun, selection: &Selection) -> Explained {
    /// More classes would fill the column; the confusion matrix has them all.
    const MOST: usize = 12;
    let title = "Accuracy";
    let Some(epoch) = run.epochs.get(selection.epoch_index) else {
        return Explained { title, ..Explained::default() };
    };
    let confusion = &epoch.confusion;
    let n = confusion.n_classes();
    let (total, share) = (confusion.total(), confusion.accuracy());
    let of_class = |class: usize| {
        let name = run.header.classes.get(class).map_or("?", String::as_str);
        row(name, format!("{} of {}", confusion.count(class, class), confusion.actual_total(class)))
    };
    let mut sum: Vec<[String; 2]> = (0..n.min(MOST)).map(of_class).collect();
    let right: u64 = (0..n).map(|class| u64::from(confusion.count(class, class))).sum();
    sum.push(row("all", format!("{right} of {total}")));
    Explained {
        title,
        value: (total > 0).then(|| format!("{:.1}", 100.0 * share)),
        of: "%".to_owned(),
        says: vec![
            "The share of test images whose label the network gets right.".to_owned(),
            format!(
                "Guessing gives {:.1} %. Another test set of this size would differ by about ± {:.1} %.",
                100.0 / n.max(1) as f64,
                100.0 * confusion.accuracy_deviation()
            ),
            "It does not say how the wrong ones are wrong: entropy does.".to_owned(),
        ],
        formula: "accuracy = diagonal / all",
        sum,
        ..Explained::default()
    }
}

fn doubt(run: &OpenRun, selection: &Selection) -> Explained {
    let confusion = run.epochs.get(selection.epoch_index).map(|epoch| &epoch.confusion);
    let told = confusion.and_then(|confusion| label_channel(confusion.counts(), confusion.n_classes()).ok());
    let of = |read: fn(&LabelChannel) -> f64| told.as_ref().map(read);
    let sum = told.as_ref().map(|told| {
        vec![
            row("H(label)", bits(told.label_bits)),
            row("− I(label; prediction)", bits(told.bits)),
            row("H(label | prediction)", bits(told.equivocation)),
        ]
    });
    Explained {
        title: "H(label | prediction)",
        value: of(|told| told.equivocation).map(|found| format!("{found:.2}")),
        of: of(|told| told.label_bits).map(|most| format!("of {most:.2} bits")).unwrap_or_default(),
        says: vec![
            "The doubt an answer leaves: how many yes-or-no questions about the true label are still open, on average, once \
             the network has answered. 0 would be none; all of it would be pure guessing."
                .to_owned(),
            "A wrong answer that is always wrong in the same way still tells a lot.".to_owned(),
        ],
        formula: "H(label | y)\n = H(label) − I(label; y)",
        sum: sum.unwrap_or_default(),
        ..Explained::default()
    }
}

fn channel_entropy(run: &OpenRun, selection: &Selection, results: &Results, epoch: u32) -> Explained {
    let (layer, channel) = (selection.layer, selection.channel);
    let shape = run.shape_of(layer);
    let cells = shape.height * shape.width;
    let ceiling = (run.header.settings.bins.min(cells).max(1) as f64).log2();
    let class = run.class_of(selection.image);
    let name = class.and_then(|class| run.header.classes.get(class)).map_or("?", String::as_str);
    let value = class.and_then(|class| {
        let known = results.intra_sample(selection.epoch_index, layer)?;
        known.values.get(channel * known.shape.get(1)? + class).copied().filter(|bits| bits.is_finite())
    });
    let mut says = vec![gloss(Measure::IntraSample)];
    if cells == 1 {
        says.push("These maps have one value each, so it is 0 by definition.".to_owned());
    }
    Explained {
        place: format!(
            "{layer} {} · channel {channel} · class {name} · epoch {epoch}",
            run.layer_name(layer)
        ),
        title: "Intra-sample entropy",
        value: value.map(|found| format!("{found:.2}")),
        of: format!("of at most {ceiling:.2} bits"),
        says,
        formula: "h = mean over images of\n − Σ p(value) log₂ p(value)",
        sum: Vec::new(),
        query: class.map(|class| format!("h(dCNN(label={class}, {layer}, {channel}, {epoch}))")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::fixture;
    use crate::evaluation::ConfusionMatrix;
    use crate::protocol::compute::{BitsArray, Measured};
    use crate::protocol::{Answer, Task};

    fn known(key: MeasureKey, values: Vec<f64>, shape: Vec<usize>) -> Results {
        let mut results = Results::default();
        let task = Task::Measure { run: "a".into(), key };
        results.start(task.clone());
        results.answer(&task, Answer::Measured(Measured::Values(BitsArray { shape, values })));
        results
    }

    #[test]
    fn every_subject_says_what_it_is_before_anything_is_measured() {
        let run = fixture::open_run("a", 2);
        let selection = Selection { epoch_index: 1, layer: 1, ..Selection::default() };
        for subject in Subject::ALL {
            let told = explain(subject, &run, &selection, &Results::default()).unwrap();
            assert!(!told.title.is_empty() && !told.says.is_empty() && !told.formula.is_empty());
            assert!(told.value.is_none(), "{subject:?}");
            assert!(told.place.contains("epoch 1"), "{}", told.place);
            let query = told.query.unwrap();
            assert!(crate::query::parse(&query).is_ok(), "{query}");
        }
        let none = fixture::open_run("a", 0);
        assert_eq!(explain(Subject::Readable, &none, &selection, &Results::default()), None);
    }

    #[test]
    fn the_sum_of_what_is_readable_adds_up_and_chance_stands_beside_it() {
        let run = fixture::open_run("a", 1);
        let selection = Selection { layer: 1, ..Selection::default() };
        let key = MeasureKey::of_layer(Measure::Readable, 0, 1);
        let results = known(key, vec![2.54, 3.32, 0.12, 0.02, 0.866], vec![5]);
        let told = explain(Subject::Readable, &run, &selection, &results).unwrap();
        assert_eq!((told.value.as_deref(), told.of.as_str()), (Some("2.54"), "of 3.32 bits"));
        assert_eq!(told.sum, [["H(label)", "3.320"], ["− H(label | guess)", "0.780"], ["readable", "2.540"]]);
        assert!(told.says[2].contains("0.12 ± 0.02") && told.says[2].contains("86.6 %"));
    }

    #[test]
    fn predictions_are_counted_class_by_class_with_chance_beside_them() {
        let mut run = fixture::open_run("a", 1);
        let mut confusion = ConfusionMatrix::new(10);
        (0..10).for_each(|class| confusion.add(class, class));
        confusion.add(3, 5);
        run.epochs[0].confusion = confusion;
        let told = explain(Subject::Accuracy, &run, &Selection::default(), &Results::default()).unwrap();
        assert_eq!((told.value.as_deref(), told.sum.len()), (Some("90.9"), 11));
        assert_eq!(told.sum[3], ["3", "1 of 2"]);
        assert!(told.says[1].starts_with("Guessing gives 10.0 %"));
        let told = explain(Subject::Doubt, &run, &Selection::default(), &Results::default()).unwrap();
        assert_eq!(told.sum.len(), 3);
        assert!(told.value.is_some());
    }

    #[test]
    fn a_map_of_one_value_has_no_entropy_by_definition() {
        let mut run = fixture::open_run("a", 1);
        (run.header.layers[0].height, run.header.layers[0].width) = (1, 1);
        let selection = Selection { layer: 1, ..Selection::default() };
        let told = explain(Subject::ChannelEntropy, &run, &selection, &Results::default()).unwrap();
        assert_eq!(told.of, "of at most 0.00 bits");
        assert!(told.says[1].contains("by definition"));
    }
}
