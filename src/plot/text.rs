//! How wide a text will be, without asking the document or a font file.
//!
//! plotters measures text on a canvas by adding an element to the page, which forces a layout for every label, and
//! guesses from the number of bytes in an SVG. Layouts here use this estimate instead: the same in the page, in files
//! and in tests. It errs towards wide: advances are those of DejaVu Sans, the widest of the common system fonts.

/// Width of `text` in CSS pixels at `size` pixels; never less than what common sans-serif fonts need.
pub fn width(text: &str, size: f64) -> f64 {
    text.chars().map(advance).sum::<f64>() * size
}

/// Advance of a character in em.
fn advance(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '\'' | '|' => 0.31,
        ' ' | '.' | ',' | ':' | ';' | '!' | 'I' => 0.34,
        'f' | 'r' | 't' | '(' | ')' | '[' | ']' | '/' | '-' => 0.42,
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '—' => 1.0,
        'A'..='Z' | '+' | '=' | '<' | '>' | '−' | '∞' | '·' => 0.80,
        'c' | 'k' | 's' | 'x' | 'v' | 'y' | 'z' => 0.58,
        'a'..='z' | '0'..='9' => 0.64,
        _ if c.is_ascii() => 0.64,
        // Letters with marks, subscripts and the like; ideographs are an em wide.
        _ if (c as u32) < 0x2e80 => 0.80,
        _ => 1.0,
    }
}

/// `text`, cut at the end with an ellipsis so that it is at most `room` wide.
pub fn fit(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = width("…", size);
    for c in text.chars() {
        used += advance(c) * size;
        if used > room {
            break;
        }
        kept.push(c);
    }
    if kept.is_empty() { kept } else { kept.trim_end().to_owned() + "…" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_grows_with_size_and_letters() {
        assert!((width("aa", 20.0) - 4.0 * width("a", 10.0)).abs() < 1e-9);
        assert!(width("W", 10.0) > width("i", 10.0));
        assert!(width("", 10.0).abs() < 1e-12);
    }

    #[test]
    fn a_text_that_fits_is_left_alone_and_a_longer_one_is_cut() {
        assert_eq!(fit("entropy", 12.0, 100.0), "entropy");
        let cut = fit("a much longer name of a class", 12.0, 80.0);
        assert!(cut.ends_with('…') && width(&cut, 12.0) <= 80.0 && cut.starts_with("a much"));
    }

    #[test]
    fn without_room_nothing_is_left() {
        assert_eq!(fit("entropy", 12.0, 3.0), "");
    }
}
