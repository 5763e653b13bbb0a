use super::*;

/// Overlap and protrusion that are rounding, as a share of the largest circle.
const ROUNDING: f64 = 1e-6;

/// The same pseudo-random numbers every time, in 0 … 1.
fn numbers(seed: u64) -> impl Iterator<Item = f64> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    })
}

/// Kinds of radii: equal, alike, of very different sizes, and one giant among dwarfs.
fn radii(n: usize, seed: u64) -> Vec<f64> {
    let draw = numbers(seed).take(n);
    match seed % 4 {
        0 => vec![1.0; n],
        1 => draw.map(|x| 1.0 + x).collect(),
        2 => draw.map(|x| 10_f64.powf(4.0 * x - 2.0)).collect(),
        _ => draw.enumerate().map(|(idx, x)| if idx % 17 == 5 { 50.0 } else { 0.1 + x }).collect(),
    }
}

#[track_caller]
fn no_two_overlap(circles: &[Circle]) {
    let slack = ROUNDING * circles.iter().map(|circle| circle.radius).fold(0.0, f64::max);
    for (idx, one) in circles.iter().enumerate() {
        for (other_idx, other) in circles.iter().enumerate().skip(idx + 1) {
            let gap = one.distance(other) - one.radius - other.radius;
            assert!(gap > -slack, "{idx} and {other_idx} of {} overlap by {}", circles.len(), -gap);
        }
    }
}

#[track_caller]
fn all_lie_in(outer: &Circle, circles: &[Circle]) {
    for circle in circles {
        let out = outer.distance(circle) + circle.radius - outer.radius;
        assert!(out <= ROUNDING * outer.radius, "{circle:?} sticks out of {outer:?} by {out}");
    }
}

#[test]
fn siblings_do_not_overlap_and_lie_around_the_origin() {
    for n in (1..=40).chain([64, 100, 128, 255, 256]) {
        for seed in 0..12 {
            let radii = radii(n, seed);
            let circles = siblings(&radii);
            assert!(
                circles.iter().zip(&radii).all(|(circle, radius)| circle.radius.total_cmp(radius).is_eq())
            );
            no_two_overlap(&circles);
            let around = enclosing(&circles);
            assert!(around.x.hypot(around.y) < 1e-6 * around.radius);
            all_lie_in(&around, &circles);
        }
    }
}

#[test]
fn siblings_lie_close() {
    let share = |radii: &[f64]| {
        let around = enclosing(&siblings(radii)).radius;
        radii.iter().map(|radius| radius * radius).sum::<f64>() / (around * around)
    };
    assert!((share(&[1.0; 7]) - 7.0 / 9.0).abs() < 1e-9, "six around one");
    for seed in [0, 1, 4, 5, 8, 9] {
        assert!(share(&radii(64, seed)) > 0.66, "{}", share(&radii(64, seed)));
        assert!(share(&radii(256, seed)) > 0.72, "{}", share(&radii(256, seed)));
    }
}

#[test]
fn no_room_is_made_for_what_has_no_radius() {
    assert!(siblings(&[]).is_empty());
    let circles = siblings(&[0.0, 2.0, f64::NAN, -1.0, 2.0, f64::INFINITY]);
    let radii: Vec<f64> = circles.iter().map(|circle| circle.radius).collect();
    assert_eq!(radii, [0.0, 2.0, 0.0, 0.0, 2.0, 0.0]);
    assert!((circles[1].distance(&circles[4]) - 4.0).abs() < 1e-12);
    assert_eq!((circles[0].x, circles[2].y), (0.0, 0.0));
}

#[test]
fn equal_radii_give_equal_places() {
    assert_eq!(siblings(&radii(100, 2)), siblings(&radii(100, 2)));
}

#[test]
fn a_small_change_of_radii_is_a_small_change_of_places() {
    let radii = radii(30, 1);
    let nearly: Vec<f64> = radii.iter().map(|radius| radius * (1.0 + 1e-9)).collect();
    for (one, other) in siblings(&radii).iter().zip(siblings(&nearly)) {
        assert!(one.distance(&other) < 1e-6);
    }
}

/// The smallest radius around circles, by walking the centre towards the farthest one with ever smaller steps.
fn radius_by_descent(circles: &[Circle]) -> f64 {
    let (mut x, mut y, mut best) = (0.0, 0.0, f64::INFINITY);
    let mut step = circles.iter().map(|circle| circle.x.hypot(circle.y) + circle.radius).fold(0.0, f64::max);
    for _ in 0..20_000 {
        let here = Circle { x, y, radius: 0.0 };
        let reach = |circle: &Circle| here.distance(circle) + circle.radius;
        let farthest = circles.iter().max_by(|a, b| reach(a).total_cmp(&reach(b))).unwrap();
        best = best.min(reach(farthest));
        let apart = here.distance(farthest).max(1e-300);
        x += step * (farthest.x - x) / apart;
        y += step * (farthest.y - y) / apart;
        step *= 0.998;
    }
    best
}

#[test]
fn no_smaller_circle_holds_them() {
    for seed in 0..40 {
        let mut draw = numbers(seed + 100);
        let mut next = || draw.next().unwrap();
        let n = 1 + (seed as usize * 7) % 23;
        let circles: Vec<Circle> = (0..n)
            .map(|_| Circle { x: next() - 0.5, y: next() - 0.5, radius: 0.4 * next() * next() })
            .collect();
        let around = enclosing(&circles);
        all_lie_in(&around, &circles);
        let walked = radius_by_descent(&circles);
        assert!((around.radius - walked).abs() < 1e-4, "{n} circles: {} and {walked}", around.radius);
    }
}

#[test]
fn a_circle_around_one_is_itself_and_around_two_their_span() {
    let one = Circle { x: 3.0, y: -1.0, radius: 2.0 };
    assert_eq!(enclosing(&[one]), one);
    let two = enclosing(&[one, Circle { x: 9.0, ..one }]);
    assert!((two.radius - 5.0).abs() < 1e-12 && (two.x - 6.0).abs() < 1e-12);
    assert_eq!(enclosing(&[one, Circle { radius: 0.5, ..one }]), one);
    assert_eq!(enclosing(&[]), Circle::default());
}

#[test]
fn circles_in_a_row_are_held() {
    let row: Vec<Circle> = (0..9).map(|i| Circle { x: f64::from(i), y: 0.0, radius: 0.5 }).collect();
    let around = enclosing(&row);
    assert!((around.radius - 4.5).abs() < 1e-9 && (around.x - 4.0).abs() < 1e-9);
}

/// `[member, group]` weights of some moments, like entropies that fall and differ between classes; some members are
/// dead, at some moments or always.
fn moments(n_moments: usize, n_members: usize, n_groups: usize, seed: u64) -> Vec<Vec<f64>> {
    let mut draw = numbers(seed);
    let mut next = || draw.next().unwrap();
    let base: Vec<f64> =
        (0..n_members).map(|member| if member % 13 == 6 { 0.0 } else { 0.2 + 4.0 * next() }).collect();
    let mut moment = |idx: usize| -> Vec<f64> {
        let fall = 1.0 - 0.5 * idx as f64 / n_moments as f64;
        let weight = |cell: usize| {
            let dies = idx > 2 && cell / n_groups % 7 == 3;
            if dies { 0.0 } else { base[cell / n_groups] * fall * (0.8 + 0.4 * next()) }
        };
        (0..n_members * n_groups).map(weight).collect()
    };
    (0..n_moments).map(&mut moment).collect()
}

fn weights(values: &[f64], n_groups: usize) -> Weights<'_> {
    Weights { n_groups, values }
}

#[test]
fn areas_are_proportional_to_weights_on_both_levels_at_every_moment() {
    let moments = moments(6, 32, 11, 3);
    let all: Vec<Weights<'_>> = moments.iter().map(|values| weights(values, 11)).collect();
    let places = Places::new(&all);
    let (group_area, member_area) = places.areas();
    for now in &all {
        for (idx, group) in places.at(now).iter().enumerate() {
            let area = std::f64::consts::PI * group.circle.radius.powi(2);
            assert!((area - group_area * now.total(idx)).abs() < 1e-9);
            for (member, circle) in group.members.iter().enumerate() {
                let area = std::f64::consts::PI * circle.radius.powi(2);
                assert!((area - member_area * now.values[member * 11 + idx]).abs() < 1e-9);
            }
        }
    }
}

#[test]
fn members_lie_in_their_groups_and_nothing_overlaps_at_any_moment() {
    for n_members in [1, 2, 3, 10, 16, 32, 64, 128, 256] {
        let moments = moments(5, n_members, 11, n_members as u64);
        let all: Vec<Weights<'_>> = moments.iter().map(|values| weights(values, 11)).collect();
        let places = Places::new(&all);
        for now in &all {
            let groups = places.at(now);
            let circles: Vec<Circle> = groups.iter().map(|group| group.circle).collect();
            no_two_overlap(&circles);
            all_lie_in(&Circle { radius: 1.0, ..Circle::default() }, &circles);
            for group in &groups {
                no_two_overlap(&group.members);
                all_lie_in(&group.circle, &group.members);
            }
        }
    }
}

#[test]
fn a_member_stays_at_its_spot_in_every_group_and_at_every_moment() {
    let moments = moments(4, 16, 11, 8);
    let all: Vec<Weights<'_>> = moments.iter().map(|values| weights(values, 11)).collect();
    let places = Places::new(&all);
    let spot = |now: &Weights<'_>, group: usize, member: usize| {
        let Group { circle, members } = &places.at(now)[group];
        ((members[member].x - circle.x) / circle.radius, (members[member].y - circle.y) / circle.radius)
    };
    for member in 0..16 {
        let first = spot(&all[0], 0, member);
        for (now, group) in [(&all[3], 0), (&all[0], 10), (&all[2], 5)] {
            let other = spot(now, group, member);
            assert!((first.0 - other.0).hypot(first.1 - other.1) < 1e-9);
        }
    }
}

#[test]
fn groups_stay_and_the_last_one_lies_in_the_middle() {
    let moments = moments(4, 16, 11, 9);
    let all: Vec<Weights<'_>> = moments.iter().map(|values| weights(values, 11)).collect();
    let places = Places::new(&all);
    let from_middle = |group: usize| {
        let circle = places.group(group).unwrap();
        circle.x.hypot(circle.y)
    };
    assert!((0..10).all(|group| from_middle(group) > from_middle(10)));
    let centre =
        |groups: &[Group]| groups.iter().map(|group| (group.circle.x, group.circle.y)).collect::<Vec<_>>();
    assert_eq!(centre(&places.at(&all[0])), centre(&places.at(&all[3])));
}

#[test]
fn the_name_of_a_group_has_room_above_its_members() {
    let values: Vec<f64> = (0..110).map(|cell| 1.0 + f64::from(cell % 7)).collect();
    let places = Places::new(&[weights(&values, 11)]);
    for Group { circle, members } in places.at(&weights(&values, 11)) {
        let highest = members.iter().map(|member| member.y - member.radius).fold(f64::INFINITY, f64::min);
        assert!(highest - (circle.y - circle.radius) >= 1.99 * (1.0 - nested::FILLED) * circle.radius);
    }
}

#[test]
fn what_has_no_weight_has_no_radius() {
    let dead = [0.0, f64::NAN, 0.0, 0.0, 0.0, 0.0];
    let places = Places::new(&[weights(&dead, 2)]);
    let groups = places.at(&weights(&dead, 2));
    assert_eq!(groups.len(), 2);
    assert!(groups.iter().all(|group| group.circle.radius.abs() < 1e-12 && group.members.len() == 3));
    assert!(Places::new(&[]).at(&weights(&[], 0)).is_empty());
}

#[test]
fn groups_of_very_different_weights_do_not_overlap() {
    for n_groups in [1, 2, 3, 4, 5, 8, 11, 15, 16, 31, 101] {
        for seed in 0..6 {
            let values: Vec<f64> = numbers(seed)
                .take(3 * n_groups)
                .map(|x| if x < 0.3 { 0.0 } else { 10_f64.powf(3.0 * x) })
                .collect();
            let now = weights(&values, n_groups);
            let places = Places::new(&[now]);
            let rooms: Vec<Circle> = (0..n_groups).filter_map(|group| places.group(group)).collect();
            no_two_overlap(&rooms);
            let circles: Vec<Circle> = places.at(&now).iter().map(|group| group.circle).collect();
            all_lie_in(&Circle { radius: 1.0, ..Circle::default() }, &circles);
        }
    }
}

#[test]
fn ten_equal_groups_lie_around_the_eleventh_clockwise_from_the_top() {
    let places = Places::new(&[weights(&[1.0; 22], 11)]);
    let at = |group: usize| places.group(group).unwrap();
    assert!(at(10).x.hypot(at(10).y) < 1e-9);
    assert!(at(0).x.abs() < 1e-9 && at(0).y < -0.5);
    assert!(at(1).x > 0.2 && at(5).y > 0.5 && at(9).x < -0.2);
}
