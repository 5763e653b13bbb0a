//! Ticks at round numbers, and the words for them.

/// Places for ticks in `[low, high]`: multiples of 1, 2 or 5 times a power of ten, at most `most`.
pub fn ticks(low: f64, high: f64, most: usize) -> Vec<f64> {
    let step = step(low, high, most);
    if !(step.is_finite() && step > 0.0) {
        return Vec::new();
    }
    // A hair of tolerance, so that an end that is a multiple is not lost to rounding.
    let first = (low / step - 1e-9).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    (first..=last).map(|multiple| multiple as f64 * step).collect()
}

/// Ticks at whole numbers only, for epochs.
pub fn whole_ticks(low: f64, high: f64, most: usize) -> Vec<f64> {
    let step = step(low, high, most).max(1.0).round();
    let first = (low / step - 1e-9).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    (first..=last).map(|multiple| multiple as f64 * step).collect()
}

/// The labels of ticks, all with as many decimals as their distance needs.
pub fn labels(ticks: &[f64]) -> Vec<String> {
    let step = ticks.windows(2).map(|pair| pair[1] - pair[0]).next().unwrap_or(1.0);
    let decimals = (-(step.abs().max(1e-12).log10() + 1e-9).floor()).clamp(0.0, 6.0) as usize;
    // Adding zero turns −0 into 0.
    ticks.iter().map(|tick| format!("{:.decimals$}", tick + 0.0)).collect()
}

fn step(low: f64, high: f64, most: usize) -> f64 {
    let rough = (high - low) / most.max(1) as f64;
    if !(rough.is_finite() && rough > 0.0) {
        return f64::NAN;
    }
    let power = 10_f64.powf(rough.log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|digit| digit * power)
        .find(|step| *step >= rough - 1e-12 * power)
        .unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_not_too_many() {
        assert_eq!(ticks(0.0, 1.0, 5), [0.0, 0.2, 0.4, 0.600_000_000_000_000_1, 0.8, 1.0]);
        assert_eq!(ticks(17.3, 19.7, 5), [17.5, 18.0, 18.5, 19.0, 19.5]);
        for most in 1..12 {
            assert!(ticks(-3.7, 12.9, most).len() <= most + 1);
        }
    }

    #[test]
    fn epochs_have_no_fractions() {
        assert_eq!(whole_ticks(0.0, 2.0, 8), [0.0, 1.0, 2.0]);
        assert_eq!(whole_ticks(0.0, 200.0, 6), [0.0, 50.0, 100.0, 150.0, 200.0]);
    }

    #[test]
    fn labels_have_the_decimals_that_tell_them_apart() {
        assert_eq!(labels(&[0.0, 0.2, 0.4]), ["0.0", "0.2", "0.4"]);
        assert_eq!(labels(&[10.0, 20.0]), ["10", "20"]);
        assert_eq!(labels(&[-0.0]), ["0"]);
    }

    #[test]
    fn a_range_without_width_has_no_ticks() {
        assert!(ticks(1.0, 1.0, 5).is_empty());
        assert!(ticks(0.0, f64::INFINITY, 5).is_empty());
    }
}
