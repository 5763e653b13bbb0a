//! Skeletons of the digits: how each is written, in a few styles.
//!
//! Coordinates are hundredths of the digit's box, y downwards. A stroke is a smooth curve through its
//! points; a point that is given twice is a corner.

/// A pen movement without lifting.
pub type Stroke = &'static [(i8, i8)];
/// The strokes of one way to write a digit.
pub type Style = &'static [Stroke];

/// All styles of a digit 0 … 9; `None` beyond.
pub fn styles(digit: u8) -> Option<&'static [Style]> {
    STYLES.get(usize::from(digit)).copied()
}

const STYLES: [&[Style]; 10] = [ZERO, ONE, TWO, THREE, FOUR, FIVE, SIX, SEVEN, EIGHT, NINE];

const ZERO: &[Style] = &[
    // A closed oval.
    &[&[(52, 2), (28, 14), (18, 50), (28, 88), (50, 98), (74, 86), (82, 50), (72, 12), (50, 2)]],
    // The end runs past the start.
    &[&[(64, 10), (40, 4), (20, 34), (22, 74), (46, 98), (72, 84), (80, 44), (64, 10), (42, 8)]],
    // Narrow.
    &[&[(50, 2), (34, 20), (30, 55), (38, 90), (52, 98), (66, 84), (70, 48), (64, 14), (48, 3)]],
    // Slashed.
    &[
        &[(52, 2), (26, 16), (18, 50), (28, 88), (50, 98), (76, 84), (82, 48), (72, 12), (52, 2)],
        &[(74, 14), (28, 86)],
    ],
];

const ONE: &[Style] = &[
    &[&[(52, 2), (50, 50), (48, 98)]],
    // With an upstroke.
    &[&[(30, 24), (44, 12), (54, 2), (54, 2), (53, 50), (52, 98)]],
    // With an upstroke and a foot.
    &[&[(32, 22), (54, 2), (54, 2), (53, 98)], &[(30, 98), (76, 97)]],
];

const TWO: &[Style] = &[
    // Sharp at the base.
    &[&[(22, 24), (36, 6), (58, 3), (74, 18), (70, 40), (46, 68), (20, 96), (20, 96), (52, 95), (84, 96)]],
    // A loop at the base.
    &[&[
        (24, 20),
        (44, 3),
        (70, 12),
        (71, 36),
        (50, 64),
        (28, 90),
        (16, 90),
        (22, 78),
        (40, 82),
        (62, 95),
        (86, 90),
    ]],
    // Like a Z with a round shoulder.
    &[&[(24, 10), (52, 3), (76, 14), (62, 44), (22, 95), (22, 95), (80, 93)]],
];

const THREE: &[Style] = &[
    // Two bows.
    &[&[(24, 12), (46, 2), (70, 12), (68, 34), (44, 47), (44, 47), (70, 56), (78, 78), (56, 97), (22, 88)]],
    // A flat top.
    &[&[(22, 4), (76, 4), (76, 4), (46, 42), (46, 42), (72, 52), (78, 76), (56, 97), (20, 90)]],
    // A loop at the waist.
    &[&[
        (26, 10),
        (52, 2),
        (72, 18),
        (60, 40),
        (42, 49),
        (40, 42),
        (54, 46),
        (76, 62),
        (72, 88),
        (44, 98),
        (20, 86),
    ]],
];

const FOUR: &[Style] = &[
    // Open, angular.
    &[&[(28, 4), (22, 32), (18, 58), (18, 58), (50, 57), (84, 56)], &[(64, 26), (63, 60), (60, 98)]],
    // Closed, one stroke.
    &[&[(62, 98), (64, 50), (66, 2), (66, 2), (40, 34), (16, 66), (16, 66), (50, 66), (86, 65)]],
    // Open, round.
    &[&[(26, 6), (22, 32), (30, 52), (52, 54), (70, 44)], &[(74, 4), (70, 50), (66, 98)]],
];

const FIVE: &[Style] = &[
    // The roof is a stroke of its own.
    &[&[(32, 4), (28, 44), (28, 44), (54, 38), (76, 54), (76, 80), (50, 98), (20, 90)], &[(32, 4), (78, 3)]],
    // One stroke with corners.
    &[&[(76, 4), (32, 6), (32, 6), (26, 46), (26, 46), (54, 40), (78, 60), (68, 90), (42, 98), (20, 88)]],
    // Like an S.
    &[&[(76, 8), (46, 5), (30, 22), (38, 42), (64, 54), (76, 74), (58, 96), (22, 92)]],
];

const SIX: &[Style] = &[
    &[&[(68, 4), (42, 22), (24, 58), (30, 90), (54, 98), (76, 80), (66, 58), (42, 56), (26, 74)]],
    // A straight stem.
    &[&[(54, 2), (36, 34), (24, 70), (40, 97), (66, 92), (74, 70), (54, 56), (28, 68)]],
    // A bent top and a small bowl.
    &[&[(76, 12), (52, 4), (28, 34), (20, 74), (40, 97), (64, 90), (66, 70), (44, 66), (24, 82)]],
];

const SEVEN: &[Style] = &[
    &[&[(20, 6), (50, 6), (80, 6), (80, 6), (60, 50), (44, 98)]],
    // With a bar.
    &[&[(20, 6), (80, 5), (80, 5), (60, 50), (44, 98)], &[(34, 53), (76, 49)]],
    // With a serif.
    &[&[(20, 24), (21, 7), (21, 7), (80, 6), (80, 6), (58, 46), (48, 98)]],
    // Bent.
    &[&[(18, 14), (34, 6), (56, 10), (80, 4), (80, 4), (54, 44), (46, 98)]],
];

const EIGHT: &[Style] = &[
    // One stroke, crossing at the waist.
    &[&[
        (68, 14),
        (48, 2),
        (30, 14),
        (34, 34),
        (52, 48),
        (72, 66),
        (70, 90),
        (48, 98),
        (26, 88),
        (28, 66),
        (50, 48),
        (68, 32),
        (66, 12),
    ]],
    // Two rings.
    &[
        &[(50, 2), (32, 10), (32, 36), (50, 46), (68, 36), (68, 10), (50, 2)],
        &[(50, 46), (26, 60), (26, 88), (50, 98), (76, 88), (74, 60), (50, 46)],
    ],
    // Open at the top.
    &[&[
        (76, 8),
        (50, 3),
        (30, 18),
        (42, 40),
        (68, 62),
        (70, 90),
        (44, 98),
        (24, 82),
        (40, 56),
        (64, 36),
        (80, 10),
    ]],
];

const NINE: &[Style] = &[
    // A straight stem.
    &[&[(72, 26), (54, 4), (32, 10), (24, 32), (42, 50), (64, 38), (74, 10), (74, 10), (70, 50), (66, 98)]],
    // A bent tail.
    &[&[(72, 24), (50, 2), (26, 18), (30, 42), (52, 46), (72, 24), (76, 52), (60, 92), (28, 94)]],
    // Written from the bowl into a slanted stem.
    &[&[(70, 12), (44, 4), (26, 26), (38, 46), (60, 38), (72, 14), (72, 14), (62, 54), (44, 98)]],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digit_has_at_least_three_styles_inside_its_box() {
        for digit in 0..10 {
            let styles = styles(digit).unwrap();
            assert!(styles.len() >= 3, "{digit}");
            for (x, y) in styles.iter().copied().flatten().copied().flatten() {
                assert!((0..=100).contains(x) && (0..=100).contains(y), "{digit}: {x} {y}");
            }
        }
        assert!(styles(10).is_none());
    }

    #[test]
    fn every_stroke_goes_somewhere() {
        for stroke in (0..10).flat_map(|digit| styles(digit).unwrap()).copied().flatten() {
            assert!(stroke.len() >= 2 && stroke.iter().any(|point| *point != stroke[0]));
        }
    }
}
