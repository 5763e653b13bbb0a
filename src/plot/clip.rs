//! Cutting a curve to the part of the axis that is shown.

/// The part of a line through finite `points`, ascending in x, that lies within `[low, high]`; where it enters and
/// leaves, the line is cut between two points.
pub fn to_range(points: &[(f64, f64)], (low, high): (f64, f64)) -> Vec<(f64, f64)> {
    let is_within = |x: f64| (low..=high).contains(&x);
    if points.iter().all(|point| is_within(point.0)) {
        return points.to_vec();
    }
    let mut shown = Vec::new();
    for (index, &point) in points.iter().enumerate() {
        if let Some(&before) = index.checked_sub(1).and_then(|before| points.get(before)) {
            for edge in [low, high] {
                if before.0 < edge && edge < point.0 {
                    let t = (edge - before.0) / (point.0 - before.0);
                    shown.push((edge, before.1 + t * (point.1 - before.1)));
                }
            }
        }
        if is_within(point.0) {
            shown.push(point);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_where_it_enters_and_leaves() {
        let line = [(0.0, 0.0), (10.0, 10.0)];
        assert_eq!(to_range(&line, (2.0, 5.0)), [(2.0, 2.0), (5.0, 5.0)]);
        let bent = [(0.0, 0.0), (3.0, 3.0), (10.0, 3.0)];
        assert_eq!(to_range(&bent, (2.0, 5.0)), [(2.0, 2.0), (3.0, 3.0), (5.0, 3.0)]);
    }

    #[test]
    fn a_line_within_the_range_is_left_alone_and_one_outside_is_gone() {
        let line = [(2.0, 1.0), (3.0, 1.0)];
        assert_eq!(to_range(&line, (2.0, 3.0)), line);
        assert!(to_range(&line, (5.0, 9.0)).is_empty());
        assert!(to_range(&[], (0.0, 1.0)).is_empty());
    }
}
