//! How full browser storage is, and how much the raw cells may take of it, in words and as shares of a bar.

use crate::protocol::compute::StorageSummary;

/// Storage in words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StorageFigure {
    /// "12 MB of 2.0 GB used, 2.0 GB free"
    pub used: String,
    /// What the budget means in epochs.
    pub budget: String,
    /// What there is of raw cells.
    pub cells: String,
    /// Used and budget as shares of what the browser allows, 0 … 1; `None` where that is not known.
    pub shares: Option<(f64, f64)>,
}

/// What the panel says.
pub fn storage(summary: &StorageSummary) -> StorageFigure {
    let usage = summary.usage.unwrap_or(0);
    let used = match summary.quota {
        Some(quota) => {
            format!("{} of {} used, {} free", of(usage), of(quota), of(quota.saturating_sub(usage)))
        }
        None => format!("{} used; this browser does not say how much there may be", of(usage)),
    };
    let shares = summary.quota.filter(|&quota| quota > 0).map(|quota| {
        let share = |bytes: u64| (bytes as f64 / quota as f64).min(1.0);
        (share(usage), share(summary.budget.unwrap_or(quota)))
    });
    StorageFigure { used, budget: budget(summary), cells: cells(summary), shares }
}

fn budget(summary: &StorageSummary) -> String {
    const PAST: &str =
        "Past it the oldest raw cells go; what asks for them has them computed again from the weights.";
    let Some(budget) = summary.budget else { return PAST.to_owned() };
    // Weights, metrics and measures are never dropped.
    let kept = summary.usage.unwrap_or(0).saturating_sub(summary.raw_bytes);
    let left = match summary.epoch_bytes() {
        None => String::new(),
        Some(_) if budget <= kept => ", which the other files fill alone".to_owned(),
        Some(bytes) => format!(", room for the raw cells of {}", about((budget - kept) / bytes)),
    };
    format!("Budget {}{left}. {PAST}", of(budget))
}

fn cells(summary: &StorageSummary) -> String {
    let StorageSummary { raw_epochs, raw_bytes, recomputable_epochs, .. } = *summary;
    let stored = match summary.epoch_bytes() {
        None => "No raw cells are stored".to_owned(),
        Some(bytes) => {
            format!("Raw cells of {} take {}, {} each", epochs(raw_epochs as u64), of(raw_bytes), of(bytes))
        }
    };
    match recomputable_epochs {
        0 => format!("{stored}."),
        n => format!("{stored}; those of {} are computed again when asked for.", epochs(n as u64)),
    }
}

fn epochs(n: u64) -> String {
    if n == 1 { "1 epoch".to_owned() } else { format!("{n} epochs") }
}

/// "about 1200 epochs": two digits are as good as the guess.
fn about(n: u64) -> String {
    let step = 10_u64.pow(n.checked_ilog10().unwrap_or(0).saturating_sub(1));
    format!("about {}", epochs(n / step * step))
}

fn of(bytes: u64) -> String {
    size(bytes as f64)
}

/// Bytes in words, decimal units.
pub fn size(bytes: f64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"];
    let step = (0..units.len() - 1).take_while(|&step| bytes >= 999.5 * 1000_f64.powi(step as i32)).count();
    let value = bytes / 1000_f64.powi(step as i32);
    if value < 9.95 && step > 0 {
        format!("{value:.1} {}", units[step])
    } else {
        format!("{value:.0} {}", units[step])
    }
}

/// Bytes of a budget typed in megabytes.
///
/// # Errors
/// In a sentence, what was expected.
pub fn budget_of(text: &str, quota: Option<u64>) -> Result<u64, String> {
    let most = quota.unwrap_or(u64::MAX);
    let megabytes = text.trim().replace(',', ".").parse::<f64>().ok().filter(|number| *number >= 0.0);
    match megabytes.map(|megabytes| (megabytes * 1e6).round() as u64) {
        Some(bytes) if bytes <= most => Ok(bytes),
        Some(_) => Err(format!("This browser allows at most {:.0} MB.", (most as f64 / 1e6).floor())),
        None => Err("Expected a number of megabytes, such as 500.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: u64 = 1_000_000;

    fn summary() -> StorageSummary {
        StorageSummary {
            quota: Some(1000 * MB),
            usage: Some(50 * MB),
            budget: Some(250 * MB),
            raw_epochs: 20,
            raw_bytes: 40 * MB,
            recomputable_epochs: 3,
        }
    }

    #[test]
    fn a_budget_is_told_in_epochs_like_those_that_are_stored() {
        let StorageFigure { used, budget, cells, shares } = storage(&summary());
        assert_eq!(used, "50 MB of 1.0 GB used, 950 MB free");
        // 240 MB beside 10 MB of other files, at 2 MB an epoch.
        assert!(budget.starts_with("Budget 250 MB, room for the raw cells of about 120 epochs."), "{budget}");
        assert_eq!(
            cells,
            "Raw cells of 20 epochs take 40 MB, 2.0 MB each; those of 3 epochs are computed again when asked for."
        );
        assert_eq!(shares, Some((0.05, 0.25)));
    }

    #[test]
    fn without_raw_cells_nothing_is_guessed() {
        let empty = StorageSummary { raw_epochs: 0, raw_bytes: 0, recomputable_epochs: 0, ..summary() };
        assert!(storage(&empty).budget.starts_with("Budget 250 MB. Past it"));
        assert_eq!(storage(&empty).cells, "No raw cells are stored.");
        assert!(storage(&StorageSummary::default()).shares.is_none());
        let small = StorageSummary { budget: Some(MB), ..summary() };
        assert!(storage(&small).budget.contains("which the other files fill alone"));
    }

    #[test]
    fn a_budget_is_typed_in_megabytes_up_to_what_the_browser_allows() {
        assert_eq!(budget_of(" 1.5 ", Some(2 * MB)), Ok(1_500_000));
        assert_eq!(budget_of("0", None), Ok(0));
        assert_eq!(budget_of("3", Some(2 * MB)), Err("This browser allows at most 2 MB.".to_owned()));
        for text in ["", "-1", "NaN", "much"] {
            assert!(budget_of(text, None).is_err_and(|why| why.contains("such as 500")), "{text}");
        }
    }

    #[test]
    fn sizes_have_two_digits_and_a_unit() {
        let words: Vec<String> = [0.0, 999.0, 1000.0, 15e6, 2.04e9].map(size).into();
        assert_eq!(words, ["0 B", "999 B", "1.0 kB", "15 MB", "2.0 GB"]);
    }

    #[test]
    fn a_guess_has_two_digits() {
        assert_eq!(
            [0, 1, 99, 1234].map(about),
            ["about 0 epochs", "about 1 epoch", "about 99 epochs", "about 1200 epochs"]
        );
    }
}
