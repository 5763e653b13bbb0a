//! Which compute worker does which task next: decisions only, carried out by `app::pool`.
//!
//! Workers are spawned when there is something to do, what is on screen goes first, a task whose
//! worker died is tried once more elsewhere, a cancelled one is forgotten. One place is kept for what only
//! looks after runs: a run that takes minutes to measure can be listed, opened and deleted at any time.

use std::collections::BTreeMap;

/// Names a task within the pool.
pub type Ticket = u64;

/// How urgent a task is; the smaller goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Runs are looked after: it takes a moment, and never waits for measures.
    Housekeeping,
    /// The user looks at the place where the answer will stand.
    Visible,
    /// Wanted sooner or later.
    Background,
}

/// What the pool must do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Start the worker in this place.
    Spawn {
        /// Place of the worker, 0 first.
        worker: usize,
    },
    /// Give a task to a worker that was spawned before.
    Send {
        /// Place of the worker.
        worker: usize,
        /// Task.
        ticket: Ticket,
    },
    /// Give up on a task: two workers died over it.
    Abandon {
        /// Task.
        ticket: Ticket,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Empty,
    Idle,
    Busy { ticket: Ticket },
}

#[derive(Clone, Copy, Debug)]
struct Waiting {
    priority: Priority,
    deaths: u32,
}

/// Workers that a task may cost before it is abandoned.
const DEATHS_ALLOWED: u32 = 2;

/// The state of the pool.
#[derive(Debug)]
pub struct Schedule {
    /// The last one is for [`Priority::Housekeeping`] only.
    places: Vec<Place>,
    waiting: BTreeMap<Ticket, Waiting>,
    running: BTreeMap<Ticket, Waiting>,
}

impl Schedule {
    /// For at most `workers` workers (at least one), and one more for housekeeping while they are all busy.
    pub fn new(workers: usize) -> Self {
        Self {
            places: vec![Place::Empty; workers.max(1) + 1],
            waiting: BTreeMap::new(),
            running: BTreeMap::new(),
        }
    }

    /// Workers that there may be.
    pub fn n_places(&self) -> usize {
        self.places.len()
    }

    /// Tasks waiting or running.
    pub fn busy(&self) -> usize {
        self.waiting.len() + self.running.len()
    }

    /// Adds a task, or raises the priority of one that waits.
    pub fn submit(&mut self, ticket: Ticket, priority: Priority) -> Vec<Action> {
        if !self.running.contains_key(&ticket) {
            let task = self.waiting.entry(ticket).or_insert(Waiting { priority, deaths: 0 });
            task.priority = task.priority.min(priority);
        }
        self.dispatch()
    }

    /// Forgets a task that waits, and tells whether it did; one that runs is let finish.
    pub fn cancel(&mut self, ticket: Ticket) -> bool {
        self.waiting.remove(&ticket).is_some()
    }

    /// The worker that does a task.
    pub fn worker_of(&self, ticket: Ticket) -> Option<usize> {
        self.places.iter().position(|place| *place == Place::Busy { ticket })
    }

    /// The worker has answered.
    pub fn done(&mut self, worker: usize) -> Vec<Action> {
        if let Place::Busy { ticket } = self.places[worker] {
            self.running.remove(&ticket);
            self.places[worker] = Place::Idle;
        }
        self.dispatch()
    }

    /// The worker has died; its task goes back to the queue, or is abandoned.
    pub fn died(&mut self, worker: usize) -> Vec<Action> {
        let before = std::mem::replace(&mut self.places[worker], Place::Empty);
        let mut actions = Vec::new();
        if let Place::Busy { ticket } = before
            && let Some(mut task) = self.running.remove(&ticket)
        {
            task.deaths += 1;
            if task.deaths < DEATHS_ALLOWED {
                self.waiting.insert(ticket, task);
            } else {
                actions.push(Action::Abandon { ticket });
            }
        }
        actions.extend(self.dispatch());
        actions
    }

    fn dispatch(&mut self) -> Vec<Action> {
        let mut actions = Vec::new();
        while let Some((&ticket, &task)) =
            self.waiting.iter().min_by_key(|(ticket, task)| (task.priority, **ticket))
        {
            let Some(worker) = self.free_place(task.priority) else { break };
            if self.places[worker] == Place::Empty {
                actions.push(Action::Spawn { worker });
            }
            self.places[worker] = Place::Busy { ticket };
            self.waiting.remove(&ticket);
            self.running.insert(ticket, task);
            actions.push(Action::Send { worker, ticket });
        }
        actions
    }

    /// An idle worker if there is one, else a place where one can be spawned; the kept place last of all.
    fn free_place(&self, priority: Priority) -> Option<usize> {
        let kept = self.places.len() - 1;
        let first = |wanted| self.places[..kept].iter().position(|place| *place == wanted);
        let is_kept_free =
            priority == Priority::Housekeeping && !matches!(self.places[kept], Place::Busy { .. });
        first(Place::Idle).or_else(|| first(Place::Empty)).or_else(|| is_kept_free.then_some(kept))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_is_spawned_only_when_there_is_a_task() {
        let mut schedule = Schedule::new(2);
        assert_eq!(
            schedule.submit(1, Priority::Background),
            [Action::Spawn { worker: 0 }, Action::Send { worker: 0, ticket: 1 }]
        );
        assert_eq!(schedule.done(0), []);
        assert_eq!(schedule.submit(2, Priority::Background), [Action::Send { worker: 0, ticket: 2 }]);
    }

    #[test]
    fn what_is_visible_goes_before_what_came_earlier() {
        let mut schedule = Schedule::new(1);
        schedule.submit(1, Priority::Background);
        schedule.submit(2, Priority::Background);
        schedule.submit(3, Priority::Visible);
        assert_eq!(schedule.done(0), [Action::Send { worker: 0, ticket: 3 }]);
        assert_eq!(schedule.done(0), [Action::Send { worker: 0, ticket: 2 }]);
    }

    #[test]
    fn looking_after_runs_never_waits_for_measures() {
        let mut schedule = Schedule::new(2);
        for ticket in 1..=9 {
            schedule.submit(ticket, Priority::Visible);
        }
        let first = schedule.submit(10, Priority::Housekeeping);
        assert_eq!(first, [Action::Spawn { worker: 2 }, Action::Send { worker: 2, ticket: 10 }]);
        assert_eq!(schedule.submit(11, Priority::Housekeeping), [], "one at a time");
        assert_eq!(schedule.done(2), [Action::Send { worker: 2, ticket: 11 }]);
        assert_eq!(schedule.done(2), [], "measures keep off that place");
        assert_eq!(schedule.done(0), [Action::Send { worker: 0, ticket: 3 }]);
    }

    #[test]
    fn looking_after_runs_spawns_no_worker_while_another_is_idle() {
        let mut schedule = Schedule::new(1);
        schedule.submit(1, Priority::Visible);
        schedule.done(0);
        assert_eq!(schedule.submit(2, Priority::Housekeeping), [Action::Send { worker: 0, ticket: 2 }]);
    }

    #[test]
    fn a_waiting_task_becomes_urgent_when_it_is_looked_at() {
        let mut schedule = Schedule::new(1);
        for ticket in 1..=3 {
            schedule.submit(ticket, Priority::Background);
        }
        schedule.submit(3, Priority::Visible);
        assert_eq!(schedule.done(0), [Action::Send { worker: 0, ticket: 3 }]);
    }

    #[test]
    fn a_task_survives_one_death_and_not_two() {
        let mut schedule = Schedule::new(1);
        schedule.submit(7, Priority::Visible);
        assert_eq!(schedule.died(0), [Action::Spawn { worker: 0 }, Action::Send { worker: 0, ticket: 7 }]);
        assert_eq!(schedule.died(0), [Action::Abandon { ticket: 7 }]);
        assert_eq!(schedule.busy(), 0);
    }

    #[test]
    fn a_cancelled_task_is_never_sent() {
        let mut schedule = Schedule::new(1);
        schedule.submit(1, Priority::Visible);
        schedule.submit(2, Priority::Visible);
        assert_eq!((schedule.worker_of(1), schedule.worker_of(2)), (Some(0), None));
        assert!(schedule.cancel(2));
        assert!(!schedule.cancel(1), "it runs");
        assert_eq!(schedule.done(0), []);
        assert_eq!(schedule.busy(), 0);
    }

    #[test]
    fn no_more_workers_than_places() {
        let mut schedule = Schedule::new(2);
        let spawned = (0..5)
            .flat_map(|ticket| schedule.submit(ticket, Priority::Background))
            .filter(|action| matches!(action, Action::Spawn { .. }))
            .count();
        assert_eq!(spawned, 2);
        assert_eq!(schedule.busy(), 5);
    }
}
