//! The user's datasets on the page, and which public ones it was deployed with.

mod in_words;

pub use in_words::{class_counts, copies_left, duplicates, name_of, record_facts};

use crate::app::session::{Outcome, Part, Session};
use crate::collection::Kept;
use crate::dataset::own::{Copies, Form, Preview};
use crate::protocol::{Fault, FromTrainer, OfferedFile, Task, ToTrainer};
use crate::training::config::DatasetName;

/// What is known of datasets.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OwnData {
    /// In storage.
    pub kept: Vec<Kept>,
    /// What is being taken in.
    pub import: Import,
    /// Public datasets beside the page; `None` where that is not known (a development build).
    pub deployed: Option<Vec<Deployed>>,
}

/// A public dataset beside the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployed {
    /// As in links.
    pub name: String,
    /// Of all its files, where the build said.
    pub bytes: Option<u64>,
}

impl From<&str> for Deployed {
    /// `mnist:11594722`, or the name alone; what is no number is not known.
    fn from(word: &str) -> Self {
        let (name, bytes) = word.split_once(':').unwrap_or((word, ""));
        Self { name: name.to_owned(), bytes: bytes.parse().ok() }
    }
}

/// What can happen to datasets.
#[derive(Clone, Debug, PartialEq)]
pub enum DataEvent {
    /// The page was deployed with these public datasets.
    Deployed(Vec<Deployed>),
    /// More files of the user, for the next import.
    Offered(Vec<OfferedFile>),
    /// They are to be read, under this name.
    Import {
        /// What people will call the dataset.
        name: String,
        /// What images are made into.
        form: Form,
    },
    /// The dataset that is shown is to be kept.
    Keep {
        /// ISO 8601 UTC.
        created: String,
        /// What becomes of images that are there more than once.
        copies: Copies,
    },
    /// The dataset that is shown is not wanted.
    Drop,
    /// A dataset that was kept is to be deleted.
    Remove(String),
}

/// Where an import stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Import {
    /// None is under way.
    #[default]
    None,
    /// Files are read.
    Reading {
        /// Images read.
        done: usize,
        /// Of how many, where that is known.
        of: Option<usize>,
    },
    /// To be kept or dropped.
    Shown(Box<Preview>),
    /// Being written to storage.
    Keeping,
}

impl OwnData {
    /// Whether a run can have this dataset.
    pub fn has(&self, dataset: DatasetName) -> bool {
        match dataset {
            DatasetName::Strokes => true,
            DatasetName::Own(id) => self
                .kept
                .iter()
                .any(|kept| kept.record.as_ref().is_some_and(|record| record.summary.id == id)),
            _ => {
                let is_there = |_: &Vec<Deployed>| self.deployed(dataset).is_some();
                self.deployed.as_ref().is_none_or(is_there)
            }
        }
    }

    /// The dataset beside the page; `None` where it is not there, or not known to be.
    pub fn deployed(&self, dataset: DatasetName) -> Option<&Deployed> {
        let name = dataset.to_string();
        self.deployed.as_ref()?.iter().find(|deployed| deployed.name == name)
    }

    /// Whether files can be added now.
    pub fn is_free(&self) -> bool {
        matches!(self.import, Import::None | Import::Shown(_))
    }
}

impl Session {
    pub(super) fn data(&mut self, event: DataEvent, outcome: &mut Outcome) {
        match event {
            DataEvent::Deployed(deployed) => {
                self.own_data.deployed = Some(deployed);
                if !self.draft.is_chosen {
                    self.draft = self.first_draft();
                    outcome.change(Part::Draft);
                }
            }
            DataEvent::Offered(_) if self.live.is_busy() => {}
            DataEvent::Offered(files) => {
                self.own_data.import = Import::Reading { done: 0, of: None };
                outcome.tell(ToTrainer::OfferData { files });
            }
            DataEvent::Import { .. } if self.live.is_busy() => {
                self.own_data.import = Import::None;
                self.notice(training(), outcome);
            }
            DataEvent::Import { name, form } => {
                self.own_data.import = Import::Reading { done: 0, of: None };
                outcome.tell(ToTrainer::ImportData { name, form });
            }
            DataEvent::Keep { created, copies } => {
                self.own_data.import = Import::Keeping;
                outcome.tell(ToTrainer::KeepData { created, copies });
            }
            DataEvent::Drop => {
                self.own_data.import = Import::None;
                outcome.tell(ToTrainer::DropData);
            }
            DataEvent::Remove(folder) => outcome.ask(self.generation, Task::RemoveData { folder }),
        }
        outcome.change(Part::OwnData);
    }

    /// Takes in what the trainer says of the user's files; gives back what is of runs.
    pub(super) fn on_data_message(
        &mut self,
        message: FromTrainer,
        outcome: &mut Outcome,
    ) -> Option<FromTrainer> {
        match message {
            FromTrainer::DataProgress { done, of } => self.own_data.import = Import::Reading { done, of },
            FromTrainer::DataShown(preview) => self.own_data.import = Import::Shown(preview),
            FromTrainer::DataKept { id } => {
                self.own_data.import = Import::None;
                outcome.ask(self.generation, Task::ListData);
                // What was just added is what the next run is to learn.
                self.draft.edit("dataset", &id.to_string());
                outcome.change(Part::Draft);
            }
            FromTrainer::DataRefused { fault } => {
                self.own_data.import = Import::None;
                self.notice(fault, outcome);
            }
            other => return Some(other),
        }
        outcome.change(Part::OwnData);
        None
    }

    /// What is left in storage; the next run cannot learn what was deleted.
    pub(super) fn data_listed(&mut self, task: &Task, kept: Vec<Kept>, outcome: &mut Outcome) {
        self.own_data.kept = kept;
        outcome.change(Part::OwnData);
        if matches!(task, Task::RemoveData { .. }) && !self.own_data.has(self.draft.config.dataset) {
            self.draft.edit("dataset", &DatasetName::Strokes.to_string());
            outcome.change(Part::Draft);
        }
    }

    /// Whoever was reading is gone.
    pub(super) fn stop_import(&mut self, outcome: &mut Outcome) {
        self.own_data.import = Import::None;
        outcome.change(Part::OwnData);
    }
}

fn training() -> Fault {
    Fault::new(
        "busy",
        "Your files were not taken in.",
        "A run is training, and the same worker would read them.",
        "Stop the run or wait for its end, then add them again.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::{Command, Event, Start};
    use crate::collection::Record;
    use crate::dataset::ImageShape;
    use crate::dataset::own::{Duplicates, OwnId, Sheet, Summary};
    use crate::protocol::Answer;
    use crate::training::TrainingConfig;

    fn summary() -> Summary {
        let shape = ImageShape { channels: 1, height: 28, width: 28 };
        Summary { id: OwnId(7), name: "pets".into(), shape, classes: Vec::new() }
    }

    fn preview() -> Preview {
        let sheet = Sheet { width: 1, height: 1, rgba: vec![0; 4] };
        Preview { summary: summary(), sheet, passed_over: 0, duplicates: Duplicates::default() }
    }

    fn told(outcome: &Outcome) -> Vec<&ToTrainer> {
        let commands = outcome.commands.iter();
        commands
            .filter_map(|command| if let Command::Tell(message) = command { Some(message) } else { None })
            .collect()
    }

    fn import() -> Event {
        Event::Data(DataEvent::Import { name: "pets".into(), form: Form::Grey28 })
    }

    #[test]
    fn files_are_offered_read_shown_and_kept_and_the_next_run_learns_them() {
        let mut session = Session::new(1);
        let file = OfferedFile { path: "pets.zip".into(), url: "blob:x".into() };
        session.apply(Event::Data(DataEvent::Offered(vec![file])), 0.0);
        assert_eq!(told(&session.apply(import(), 0.0)).len(), 1);
        assert!(!session.own_data.is_free());
        session.apply(Event::Trainer(FromTrainer::DataShown(Box::new(preview()))), 0.0);
        assert_eq!(session.own_data.import, Import::Shown(Box::new(preview())));
        let keep = DataEvent::Keep { created: String::new(), copies: Copies::KeepOne };
        let outcome = session.apply(Event::Data(keep), 0.0);
        let told = told(&outcome);
        assert!(matches!(told[..], [ToTrainer::KeepData { copies: Copies::KeepOne, .. }]), "{told:?}");
        assert_eq!(session.own_data.import, Import::Keeping);
        session.apply(Event::Trainer(FromTrainer::DataKept { id: OwnId(7) }), 0.0);
        assert_eq!(session.draft.config.dataset, DatasetName::Own(OwnId(7)));
        assert!(session.own_data.is_free());
    }

    #[test]
    fn a_refusal_is_noticed_and_what_was_kept_stays() {
        let mut session = Session::new(1);
        let kept = vec![Kept { folder: "own-00000007".into(), record: None, bytes: 3 }];
        let answer = Answer::Data(kept.clone());
        session.apply(Event::Answered { generation: 0, task: Task::ListData, answer }, 0.0);
        session.apply(import(), 0.0);
        let fault = Fault::new("own_one_class", "a", "b", "c");
        session.apply(Event::Trainer(FromTrainer::DataRefused { fault: fault.clone() }), 0.0);
        assert_eq!(session.own_data.kept, kept);
        assert_eq!(session.own_data.import, Import::None);
        assert_eq!(session.error(), Some(&fault));
        assert!(!session.live.is_busy() && session.live.error.is_none());
    }

    #[test]
    fn files_are_not_read_while_a_run_trains() {
        let mut session = Session::new(1);
        let start = Start::new(TrainingConfig::default(), "2026".into(), 0, String::new());
        session.apply(Event::Train(start), 0.0);
        let outcome = session.apply(import(), 0.0);
        assert_eq!(told(&outcome), [] as [&ToTrainer; 0]);
        assert!(session.own_data.is_free());
        assert_eq!(session.error().map(|fault| fault.code.as_str()), Some("busy"));
    }

    #[test]
    fn a_trainer_that_dies_while_it_reads_leaves_the_page_free_to_try_again() {
        let mut session = Session::new(1);
        session.apply(import(), 0.0);
        session.apply(Event::TrainerLost(Fault::new("worker_lost", "a", "b", "c")), 0.0);
        assert!(session.own_data.is_free());
    }

    #[test]
    fn when_the_dataset_of_the_next_run_is_deleted_it_learns_strokes() {
        let mut session = Session::new(1);
        session.apply(Event::Trainer(FromTrainer::DataKept { id: OwnId(7) }), 0.0);
        let answered = |task, kept| Event::Answered { generation: 0, task, answer: Answer::Data(kept) };
        session.apply(answered(Task::ListData, Vec::new()), 0.0);
        assert_eq!(session.draft.config.dataset, DatasetName::Own(OwnId(7)), "the list may be late");
        session.apply(answered(Task::RemoveData { folder: "own-00000007".into() }, Vec::new()), 0.0);
        assert_eq!(session.draft.config.dataset, DatasetName::Strokes);
    }

    #[test]
    fn the_build_may_say_how_large_a_dataset_is() {
        let deployed = |word: &str| Deployed::from(word);
        assert_eq!(deployed("mnist:9"), Deployed { name: "mnist".into(), bytes: Some(9) });
        for word in ["mnist", "mnist:", "mnist:-1", "mnist:9:9", "mnist:99999999999999999999"] {
            assert_eq!(deployed(word), Deployed { name: "mnist".into(), bytes: None }, "{word}");
        }
    }

    #[test]
    fn a_dataset_is_there_when_it_was_deployed_or_kept() {
        let mut session = Session::new(1);
        assert!(session.own_data.has(DatasetName::Cifar10), "nothing is known yet");
        session.apply(Event::Data(DataEvent::Deployed(vec!["mnist:3".into()])), 0.0);
        let own = DatasetName::Own(OwnId(7));
        let has = |session: &Session, name: DatasetName| session.own_data.has(name);
        assert!(has(&session, DatasetName::Strokes) && has(&session, DatasetName::Mnist));
        assert!(!has(&session, DatasetName::Cifar10) && !has(&session, own));
        let record =
            Some(Record { format: 1, created: String::new(), summary: summary(), in_both: 0, left_out: 0 });
        session.own_data.kept = vec![Kept { folder: "own-00000007".into(), record, bytes: 3 }];
        assert!(has(&session, own));
    }
}
