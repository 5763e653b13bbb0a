//! Faults shown to the user, each once, until dismissed.

use crate::protocol::Fault;

/// A fault on the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Unique within the session.
    pub id: u64,
    /// In plain words.
    pub fault: Fault,
    /// How often the same fault came.
    pub count: usize,
}

/// All notices, newest last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notices {
    shown: Vec<Notice>,
    next_id: u64,
}

impl Notices {
    /// Newest last.
    pub fn shown(&self) -> &[Notice] {
        &self.shown
    }

    /// Shows a fault; the same fault again only counts up.
    pub fn add(&mut self, fault: Fault) {
        if let Some(same) = self.shown.iter_mut().find(|notice| notice.fault.is_about_the_same(&fault)) {
            same.count += 1;
            return;
        }
        self.shown.push(Notice { id: self.next_id, fault, count: 1 });
        self.next_id += 1;
    }

    /// Takes a fault away that stands no more.
    pub fn settle(&mut self, fault: &Fault) {
        self.shown.retain(|notice| notice.fault != *fault);
    }

    /// Takes away all faults of a code: what they were about is made good.
    pub fn settle_all(&mut self, code: &str) {
        self.shown.retain(|notice| notice.fault.code != code);
    }

    /// Takes a notice away.
    pub fn dismiss(&mut self, id: u64) {
        self.shown.retain(|notice| notice.id != id);
    }
}

/// The address names an epoch that the run does not have.
pub(super) fn no_such_epoch(wanted: u32, last: u32) -> Fault {
    Fault::new(
        "bad_parameter",
        format!("“epoch={wanted}” in the address is ignored."),
        format!("This run has the epochs 0 to {last}."),
        "Choose an epoch with the slider.",
    )
}

/// Some measures of a run take so long that the page does not ask for them by itself.
pub(super) fn too_large(run: &str) -> Fault {
    Fault::new(
        "too_large",
        format!("Not everything of “{run}” is measured by itself."),
        "With so many images and channels some measures take more than two minutes each.",
        "Ask for what you need in the query view.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_fault_twice_is_one_notice() {
        let mut notices = Notices::default();
        notices.add(Fault::new("a", "A.", "", ""));
        notices.add(Fault::new("b", "B.", "", ""));
        notices.add(Fault::new("a", "A.", "", ""));
        let counts: Vec<usize> = notices.shown().iter().map(|notice| notice.count).collect();
        assert_eq!(counts, [2, 1]);
    }

    #[test]
    fn what_two_found_out_for_themselves_is_one_notice() {
        let mut notices = Notices::default();
        notices.add(Fault::no_opfs("The page is not secure."));
        notices.add(Fault::no_opfs("OPFS: undefined is not a function."));
        notices.add(Fault::new("no_opfs", "The folder cannot be read.", "", ""));
        let counts: Vec<usize> = notices.shown().iter().map(|notice| notice.count).collect();
        assert_eq!(counts, [2, 1]);
    }

    #[test]
    fn a_dismissed_notice_is_gone_and_the_others_stay() {
        let mut notices = Notices::default();
        notices.add(Fault::new("a", "A.", "", ""));
        notices.add(Fault::new("b", "B.", "", ""));
        notices.dismiss(notices.shown()[0].id);
        assert_eq!(notices.shown().len(), 1);
        assert_eq!(notices.shown()[0].fault.code, "b");
    }
}
