//! Which of several lines is meant by a point: the one that passes closest.

/// Index of the line that passes nearest to `point`, of those that pass within `reach` of it; of two that are equally
/// near the one that is drawn later, which lies above. A line is given by its stretches, a stretch of one point is a dot.
pub fn nearest_line(lines: &[Vec<Vec<(f64, f64)>>], point: (f64, f64), reach: f64) -> Option<usize> {
    let mut best = None;
    let mut least = reach;
    for (index, stretches) in lines.iter().enumerate() {
        let distance =
            stretches.iter().map(|stretch| to_stretch(stretch, point)).fold(f64::INFINITY, f64::min);
        if distance <= least {
            (best, least) = (Some(index), distance);
        }
    }
    best
}

fn to_stretch(points: &[(f64, f64)], point: (f64, f64)) -> f64 {
    let to_dot = points.first().map_or(f64::INFINITY, |&dot| (dot.0 - point.0).hypot(dot.1 - point.1));
    points.windows(2).map(|ends| to_segment(ends[0], ends[1], point)).fold(to_dot, f64::min)
}

fn to_segment(from: (f64, f64), to: (f64, f64), point: (f64, f64)) -> f64 {
    let (along, aside) = ((to.0 - from.0, to.1 - from.1), (point.0 - from.0, point.1 - from.1));
    let length = along.0 * along.0 + along.1 * along.1;
    let t = if length > 0.0 { (along.0 * aside.0 + along.1 * aside.1) / length } else { 0.0 };
    let t = t.clamp(0.0, 1.0);
    (aside.0 - t * along.0).hypot(aside.1 - t * along.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_near_between_its_points_and_not_beyond_its_ends() {
        let lines = [vec![vec![(0.0, 0.0), (100.0, 0.0)]]];
        assert_eq!(nearest_line(&lines, (50.0, 11.0), 12.0), Some(0));
        assert_eq!(nearest_line(&lines, (50.0, 13.0), 12.0), None);
        assert_eq!(nearest_line(&lines, (113.0, 0.0), 12.0), None);
    }

    #[test]
    fn of_several_the_nearest_is_meant_and_of_equals_the_upper_one() {
        let line = |y: f64| vec![vec![(0.0, y), (100.0, y)]];
        let lines = [line(0.0), line(10.0), line(10.0)];
        assert_eq!(nearest_line(&lines, (50.0, 3.0), 12.0), Some(0));
        assert_eq!(nearest_line(&lines, (50.0, 8.0), 12.0), Some(2));
    }

    #[test]
    fn a_gap_is_no_line_and_a_single_point_is_a_dot() {
        let lines = [vec![vec![(0.0, 0.0)], vec![(100.0, 0.0)]], vec![], vec![vec![]]];
        assert_eq!(nearest_line(&lines, (50.0, 0.0), 12.0), None);
        assert_eq!(nearest_line(&lines, (95.0, 0.0), 12.0), Some(0));
    }
}
