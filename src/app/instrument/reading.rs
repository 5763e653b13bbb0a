//! What the network says of the picked image, in words.

use crate::app::session::query::Maps;

/// The network's answer to one image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// The class with the largest probability.
    pub class: usize,
    /// That probability.
    pub probability: f64,
}

/// From the probabilities of the last layer; `None` where there is no number.
pub fn reading(probabilities: &Maps) -> Option<Reading> {
    let values = probabilities.map(0, 0).iter().enumerate().filter(|(_, value)| value.is_finite());
    let (class, &probability) = values.max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)))?;
    Some(Reading { class, probability: f64::from(probability) })
}

/// A class on a chip: a short name as it is, a long one cut to three letters.
pub fn short_name(name: &str) -> String {
    if name.chars().count() <= 3 { name.to_owned() } else { name.chars().take(3).collect() }
}

/// A probability in whole percent. Cells are kept as float16, in which all above 0.9998 is 1: nothing is ever "100 %", and
/// what is not nothing is never "0 %".
pub fn percent(share: f64) -> String {
    let rounded = (100.0 * share).round();
    match rounded as i64 {
        100 => "> 99 %".to_owned(),
        0 if share > 0.0 => "< 1 %".to_owned(),
        _ => format!("{rounded:.0} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_probable_class_is_the_answer_and_of_equals_the_first() {
        let maps = |values: &[f32]| Maps::new(&[1, 1, 1, values.len()], values.to_vec()).unwrap();
        assert_eq!(reading(&maps(&[0.1, 0.7, 0.2])).map(|reading| reading.class), Some(1));
        assert_eq!(reading(&maps(&[0.4, 0.4, 0.2])).map(|reading| reading.class), Some(0));
        assert_eq!(reading(&maps(&[f32::NAN])), None);
    }

    #[test]
    fn shares_are_rounded_honestly() {
        assert_eq!(
            [0.0, 0.001, 0.994, 0.9996, 1.0].map(percent),
            ["0 %", "< 1 %", "99 %", "> 99 %", "> 99 %"]
        );
    }

    #[test]
    fn long_names_are_cut() {
        assert_eq!(["7", "cat", "airplane", "éclair"].map(short_name), ["7", "cat", "air", "écl"]);
    }
}
