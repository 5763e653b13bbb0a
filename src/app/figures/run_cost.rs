//! What a run will take, in words.

use super::storage::size;
use crate::app::session::RunCost;

/// "about 55 s (at the speed of the last run here) · up to 210 MB stored · 12 MB of images fetched".
pub fn told(cost: &RunCost) -> String {
    let RunCost { seconds, stored_bytes, download_bytes, is_measured } = *cost;
    let source = if is_measured { "at the speed of the last run here" } else { "on a usual laptop’s CPU" };
    let fetched = match download_bytes {
        Some(0) => String::new(),
        Some(bytes) => format!(" · {} of images fetched", size(bytes as f64)),
        None => " · its images are fetched".to_owned(),
    };
    format!("about {} ({source}) · up to {} stored{fetched}", duration(seconds), size(stored_bytes))
}

/// Seconds in words.
pub fn duration(seconds: f64) -> String {
    let seconds = seconds.ceil() as u64;
    match seconds {
        0..90 => format!("{seconds} s"),
        90..5400 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{:.1} h", seconds as f64 / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_says_where_its_time_comes_from() {
        let cost = RunCost {
            seconds: 54.2,
            stored_bytes: 2.1e8,
            download_bytes: Some(11_594_722),
            is_measured: true,
        };
        let text =
            "about 55 s (at the speed of the last run here) · up to 210 MB stored · 12 MB of images fetched";
        assert_eq!(told(&cost), text);
        let guess = told(&RunCost { seconds: 7200.0, download_bytes: Some(0), is_measured: false, ..cost });
        assert_eq!(guess, "about 2.0 h (on a usual laptop’s CPU) · up to 210 MB stored");
        assert!(told(&RunCost { download_bytes: None, ..cost }).ends_with("its images are fetched"));
    }

    #[test]
    fn long_times_are_told_in_longer_units() {
        for (seconds, text) in [(0.2, "1 s"), (89.0, "89 s"), (90.0, "2 min"), (5400.0, "1.5 h")] {
            assert_eq!(duration(seconds), text);
        }
    }
}
