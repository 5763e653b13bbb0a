//! Figures while an epoch is trained: means so far, images a second, and when to look at them.
//!
//! Losses come off the device in step order and are summed here in f64, so the means do not depend
//! on when they were read.

use std::collections::VecDeque;

use crate::protocol::Progress;

/// Milliseconds between two progress messages.
const MESSAGE_EVERY_MS: f64 = 200.0;
/// Milliseconds of queued work after which the device is waited for.
const READ_EVERY_MS: f64 = 150.0;
/// Most steps queued on a device: nothing else limits what piles up in its queue on wasm.
const MAX_QUEUED_STEPS: usize = 16;
/// Milliseconds over which images a second are averaged.
const WINDOW_MS: f64 = 1500.0;

/// Sums over the batches of an epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct EpochTally {
    /// Batches counted.
    pub batches: u32,
    /// Images counted.
    pub images: u64,
    /// Sum of the batches' mean losses, nats.
    pub loss_sum: f64,
    /// Images predicted right.
    pub correct: u64,
}

impl EpochTally {
    /// Counts one batch.
    pub fn add(&mut self, images: usize, mean_loss: f32, correct: u64) {
        self.batches += 1;
        self.images += images as u64;
        self.loss_sum += f64::from(mean_loss);
        self.correct += correct;
    }

    /// Mean loss in nats; NaN before the first batch.
    pub fn loss(&self) -> f32 {
        (self.loss_sum / f64::from(self.batches)) as f32
    }

    /// Share predicted right, 0 … 1; NaN before the first batch.
    pub fn accuracy(&self) -> f32 {
        (self.correct as f64 / self.images as f64) as f32
    }
}

/// Images a second over the last second or so.
#[derive(Clone, Debug, Default)]
pub struct Throughput {
    /// (moment in ms, images done since the start of the run)
    marks: VecDeque<(f64, u64)>,
    images: u64,
}

impl Throughput {
    /// Starts the clock, or starts it again after a pause or a recording.
    pub fn restart(&mut self, now_ms: f64) {
        self.marks.clear();
        self.marks.push_back((now_ms, self.images));
    }

    /// Notes that `images` more are done at `now_ms`.
    pub fn add(&mut self, images: usize, now_ms: f64) {
        self.images += images as u64;
        self.marks.push_back((now_ms, self.images));
        while self.marks.len() > 2 && self.marks.get(1).is_some_and(|mark| now_ms - mark.0 > WINDOW_MS) {
            self.marks.pop_front();
        }
    }

    /// Images a second over the window; 0 before anything is done.
    pub fn images_per_second(&self) -> f32 {
        match (self.marks.front(), self.marks.back()) {
            (Some(first), Some(last)) if last.0 > first.0 => {
                ((last.1 - first.1) as f64 * 1000.0 / (last.0 - first.0)) as f32
            }
            _ => 0.0,
        }
    }
}

/// How many steps may be queued before their losses are read back.
#[derive(Clone, Debug)]
pub struct ReadbackPolicy {
    steps: usize,
    last_read_ms: f64,
}

impl ReadbackPolicy {
    /// Reads after the first step: it may have taken seconds.
    pub fn new(now_ms: f64) -> Self {
        Self { steps: 1, last_read_ms: now_ms }
    }

    /// Whether to read now, with `queued` steps on the device.
    pub fn is_due(&self, queued: usize) -> bool {
        queued >= self.steps
    }

    /// Learns from a read that has just ended how many steps fit between two reads.
    pub fn read(&mut self, queued: usize, now_ms: f64) {
        let step_ms = (now_ms - self.last_read_ms) / queued.max(1) as f64;
        let fitting = if step_ms > 0.0 { (READ_EVERY_MS / step_ms) as usize } else { MAX_QUEUED_STEPS };
        // Grow by doubling only: the measured time of a few steps may be an accident.
        self.steps = fitting.clamp(1, MAX_QUEUED_STEPS).min(queued.max(1) * 2);
        self.last_read_ms = now_ms;
    }
}

/// Lets a message through several times a second.
#[derive(Clone, Copy, Debug, Default)]
pub struct RateLimit {
    last_ms: Option<f64>,
}

impl RateLimit {
    /// Whether one may be sent now; if so the clock starts again.
    pub fn admits(&mut self, now_ms: f64) -> bool {
        let due = self.last_ms.is_none_or(|last| now_ms - last >= MESSAGE_EVERY_MS);
        if due {
            self.last_ms = Some(now_ms);
        }
        due
    }
}

/// The message for the page.
pub fn message(epoch: u32, epochs: u32, batches: u32, tally: &EpochTally, rate: &Throughput) -> Progress {
    Progress {
        epoch,
        epochs,
        batch: tally.batches,
        batches,
        images_per_second: rate.images_per_second(),
        train_loss: tally.loss(),
        train_accuracy: tally.accuracy(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_epoch_loss_is_the_mean_of_its_batches() {
        let mut tally = EpochTally::default();
        tally.add(10, 2.0, 3);
        tally.add(10, 1.0, 7);
        assert!((tally.loss() - 1.5).abs() < 1e-6);
        assert!((tally.accuracy() - 0.5).abs() < 1e-6);
    }

    #[test]
    fn throughput_forgets_what_lies_before_its_window() {
        let mut rate = Throughput::default();
        rate.restart(0.0);
        rate.add(1000, 1000.0);
        assert!((rate.images_per_second() - 1000.0).abs() < 1e-3);
        for step in 1..=30 {
            rate.add(10, 1000.0 + 100.0 * f64::from(step));
        }
        assert!((rate.images_per_second() - 100.0).abs() < 1e-3);
    }

    #[test]
    fn a_slow_device_is_read_every_step_and_a_fast_one_every_sixteen() {
        let mut slow = ReadbackPolicy::new(0.0);
        slow.read(1, 2000.0);
        assert!(slow.is_due(1));
        let mut fast = ReadbackPolicy::new(0.0);
        let mut now = 0.0;
        let mut queued = 0;
        for _ in 0..100 {
            queued += 1;
            now += 1.0;
            if fast.is_due(queued) {
                fast.read(queued, now);
                queued = 0;
            }
        }
        assert!(!fast.is_due(15));
        assert!(fast.is_due(16));
    }

    #[test]
    fn messages_are_sent_at_most_five_times_a_second() {
        let mut limit = RateLimit::default();
        let sent = (0..1000).filter(|&ms| limit.admits(f64::from(ms))).count();
        assert_eq!(sent, 5);
    }
}
