//! What a link says is looked at: when the page opens, and when Back or Forward leads there. One way for both, so that
//! going back shows what opening the address would.

use crate::app::link::Link;
use crate::app::session::{Outcome, Part, QueryEvent, Selection, Session};

impl Session {
    /// Puts everything that is looked at where the link says; what it does not say is as it usually is. The run and the
    /// settings of the next one stay as they are.
    pub(super) fn look_at(&mut self, link: &Link, outcome: &mut Outcome) {
        let usual = Selection::default();
        self.selection = Selection {
            view: link.view,
            pending_epoch: link.epoch,
            following: link.epoch.is_none(),
            epoch_index: self.selection.epoch_index,
            image: link.image.unwrap_or(usual.image),
            layer: link.layer.unwrap_or(usual.layer),
            channel: link.channel.unwrap_or(usual.channel),
            beside: link.beside,
            entropy_scale: link.entropy_scale,
            pair: link.pair.unwrap_or(usual.pair),
            axis: link.axis,
            ..usual
        };
        self.layer.look = link.layer_look.clone();
        if let Some(run) = &self.open {
            self.selection.fit(run);
            self.layer.look.fit(run);
        }
        outcome.change(Part::Selection);
        outcome.change(Part::Layer);
        if let Some(text) = &link.query {
            self.query_event(QueryEvent::Linked(text.clone()), outcome);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::app::link::parse;
    use crate::app::session::{Event, Session, fixture};
    use crate::protocol::Task;

    /// All that is looked at, as far as a link can say it.
    fn seen(
        session: &Session,
    ) -> (impl PartialEq + std::fmt::Debug + use<>, impl PartialEq + std::fmt::Debug + use<>) {
        let selection = &session.selection;
        let shown = (
            selection.image,
            selection.layer,
            selection.channel,
            selection.beside,
            selection.pair,
            selection.view,
        );
        (shown, (session.layer.look.clone(), selection.epoch_index))
    }

    fn opened_at(search: &str) -> Session {
        let mut session = Session::new(2);
        session.apply(Event::Linked(parse(search).0), 0.0);
        session.apply(Event::OpenRun("a".into()), 0.0);
        let (generation, task) = (session.generation, Task::OpenRun { run: "a".into() });
        let answer = fixture::opened(fixture::open_run("a", 4));
        session.apply(Event::Answered { generation, task, answer }, 0.0);
        session
    }

    #[test]
    fn going_back_shows_what_opening_the_address_would() {
        let full = "view=layer&image=77&layer=1&channel=3&beside=2&pair=1,2&epoch=2&cell=1.3-2.5&pins=1.0-2.1&hatch=1";
        let addresses = ["", "view=channel", full, "view=layer&pair=3,1", "view=training&layer=3&epoch=0"];
        for from in addresses {
            for to in addresses {
                let mut session = opened_at(from);
                session.apply(Event::Revisited(parse(to).0), 0.0);
                assert_eq!(seen(&session), seen(&opened_at(to)), "from {from} to {to}");
            }
        }
    }
}
