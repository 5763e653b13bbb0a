//! What the settings of the next run mean together: each is possible on its own, and yet they may not fit
//! the images or each other.

use super::Session;
use crate::training::Subject;
use crate::training::config::DatasetName;

/// A setting that does not fit the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Of the setting.
    pub name: &'static str,
    /// What would fit, or why it does not.
    pub why: String,
}

impl Session {
    /// What the next run learns, as far as that is known here.
    pub fn subject(&self) -> Option<Subject> {
        self.subject_of(self.draft.config.dataset)
    }

    /// A dataset in numbers, as far as it is known here.
    pub fn subject_of(&self, dataset: DatasetName) -> Option<Subject> {
        let DatasetName::Own(id) = dataset else { return Subject::of(dataset) };
        let mut records = self.own_data.kept.iter().filter_map(|kept| kept.record.as_ref());
        let summary = &records.find(|record| record.summary.id == id)?.summary;
        let (available, test) = summary.classes.iter().map(|class| (class.train, class.test)).unzip();
        Some(Subject { input: summary.shape, available, test })
    }

    /// The first setting of the next run that does not fit the others. The trainer refuses it too; said here,
    /// it is said before anything is read.
    pub fn conflict(&self) -> Option<Conflict> {
        let subject = self.subject()?;
        let config = &self.draft.config;
        let images = subject.train_images(config.per_class);
        if config.batch > images {
            let why = format!("Expected a whole number from 1 to {images}, the number of training images.");
            return Some(Conflict { name: "batch", why });
        }
        let network = config.network(subject.input, subject.classes());
        let impossible = network.recorded_layers(&config.parts).err()?;
        Some(Conflict { name: "model", why: impossible.to_string() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::Event;
    use crate::collection::{Kept, Record};
    use crate::dataset::ImageShape;
    use crate::dataset::own::{ClassCount, OwnId, Summary};

    fn with(settings: &[(&str, &str)]) -> Session {
        let mut session = Session::new(1);
        for (name, text) in settings {
            session.apply(Event::Edited { name: (*name).to_owned(), text: (*text).to_owned() }, 0.0);
            assert_eq!(session.draft.bad, [], "{name}={text}");
        }
        session
    }

    fn conflict(settings: &[(&str, &str)]) -> Option<(&'static str, String)> {
        with(settings).conflict().map(|conflict| (conflict.name, conflict.why))
    }

    #[test]
    fn the_usual_settings_fit() {
        assert_eq!(conflict(&[]), None);
        assert_eq!(conflict(&[("dataset", "cifar10"), ("model", "cifar-13"), ("width", "0.25")]), None);
    }

    #[test]
    fn a_batch_is_no_larger_than_the_training_set() {
        assert_eq!(conflict(&[("per_class", "6"), ("batch", "60")]), None);
        let (name, why) = conflict(&[("per_class", "6"), ("batch", "61")]).unwrap();
        assert_eq!(name, "batch");
        assert!(why.contains("1 to 60"), "{why}");
    }

    #[test]
    fn an_impossible_network_is_named_with_its_layer() {
        let layers = "maxpool 9; conv 4 5x5";
        let (name, why) = conflict(&[("model", "custom"), ("layers", layers)]).unwrap();
        assert_eq!((name, why.as_str()), ("model", "Layer 2: a 5×5 kernel does not fit 3×3 maps."));
        assert_eq!(conflict(&[("layers", layers)]), None, "it is not the model that is trained");
    }

    #[test]
    fn images_of_the_users_own_count_as_they_were_kept() {
        let mut session = with(&[("dataset", "own-00000007"), ("per_class", "50"), ("batch", "32")]);
        assert_eq!(session.conflict(), None, "nothing is known of it yet");
        let shape = ImageShape { channels: 3, height: 32, width: 32 };
        let class = |train: usize| ClassCount { name: "c".into(), train, test: 2 };
        let classes = vec![class(10), class(90)];
        let summary = Summary { id: OwnId(7), name: "pets".into(), shape, classes };
        let record = Some(Record { format: 1, created: String::new(), summary, in_both: 0, left_out: 0 });
        session.own_data.kept = vec![Kept { folder: "own-00000007".into(), record, bytes: 1 }];
        assert_eq!(session.conflict(), None);
        session.apply(Event::Edited { name: "batch".into(), text: "61".into() }, 0.0);
        assert!(session.conflict().is_some_and(|conflict| conflict.why.contains("1 to 60")));
    }
}
