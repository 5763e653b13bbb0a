//! Two levels of circles whose places stay while their sizes change.
//!
//! Groups (classes) hold the same members (channels), each of some weight (bits), and the weights differ from moment
//! to moment (epochs). Every group and every member has its place for all moments, found for the largest it ever
//! is: a member's by its largest share of any group, so that it lies at the same spot in every group and at every moment.
//! Areas are exact: those of groups are proportional to the sums of their members' weights, those of members
//! to their weights, both with one factor for the whole picture.

use super::ring::ring;
use super::{Circle, enclosing, siblings};

/// What weighs what at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights<'a> {
    /// Number of groups.
    pub n_groups: usize,
    /// `[member, group]`; what is not positive and finite counts as nothing.
    pub values: &'a [f64],
}

impl Weights<'_> {
    fn n_members(&self) -> usize {
        self.values.len() / self.n_groups.max(1)
    }

    fn of(&self, group: usize, member: usize) -> f64 {
        let weight = self.values.get(member * self.n_groups + group).copied().unwrap_or(0.0);
        if weight.is_finite() { weight.max(0.0) } else { 0.0 }
    }

    /// Sum of a group's weights.
    pub fn total(&self, group: usize) -> f64 {
        (0..self.n_members()).map(|member| self.of(group, member)).sum()
    }
}

/// A group and its members as they are at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    /// Of radius 0 without any weight.
    pub circle: Circle,
    /// By index; of radius 0 without weight, but still in their places.
    pub members: Vec<Circle>,
}

/// Radius of the circle that a group's members fill; the room left above is for the group's name.
pub const FILLED: f64 = 0.86;
/// A member's room at least, as a share of the average one: also a member that never has any weight has a place.
const LEAST_MEMBER: f64 = 0.1;
/// A group's room at least, as a share of the largest group's.
const LEAST_GROUP: f64 = 0.02;
/// Up to so many groups lie in a ring around one.
const WIDEST_RING: usize = 14;
/// Room around members, as a share of an average member's radius, and around groups, as one of the largest one's.
const MEMBER_GAP: f64 = 0.04;
const GROUP_GAP: f64 = 0.03;

/// The places, in a picture that fits the unit circle.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Places {
    /// By index; the largest each one ever is.
    groups: Vec<Circle>,
    /// By index, in a group that is the unit circle; the largest each one ever is.
    members: Vec<Circle>,
    /// Radius of a group of weight 1.
    group_scale: f64,
    /// Radius of a member that has all of its group's weight, in a group that is the unit circle.
    member_scale: f64,
}

impl Places {
    /// Places for all `moments`; the last group lies in the middle, the others around it by index, clockwise.
    pub fn new(moments: &[Weights<'_>]) -> Self {
        let n_groups = moments.iter().map(|weights| weights.n_groups).max().unwrap_or(0);
        let (members, member_scale) = member_places(moments, n_groups);
        let largest = |group: usize| moments.iter().map(|weights| weights.total(group)).fold(0.0, f64::max);
        let totals: Vec<f64> = (0..n_groups).map(largest).collect();
        let top = totals.iter().copied().fold(0.0, f64::max);
        let top = if top > 0.0 { top } else { 1.0 };
        let gap = GROUP_GAP * top.sqrt();
        let rooms: Vec<f64> = totals.iter().map(|total| total.max(LEAST_GROUP * top).sqrt() + gap).collect();
        let mut groups = group_rooms(&rooms);
        let around = enclosing(&groups);
        let group_scale = 1.0 / around.radius.max(gap);
        for group in &mut groups {
            (group.x, group.y) = (group.x - around.x, group.y - around.y);
        }
        for group in &mut groups {
            *group = scaled(group, gap, group_scale);
        }
        Self { groups, members, group_scale, member_scale }
    }

    /// Where a group lies, and the largest it ever is.
    pub fn group(&self, group: usize) -> Option<Circle> {
        self.groups.get(group).copied()
    }

    /// All circles as they are at one of the moments that the places were made for.
    pub fn at(&self, weights: &Weights<'_>) -> Vec<Group> {
        let group = |(group, place): (usize, &Circle)| {
            let circle = Circle { radius: self.group_scale * weights.total(group).sqrt(), ..*place };
            let member = |(member, place): (usize, &Circle)| {
                let radius = self.group_scale * self.member_scale * weights.of(group, member).sqrt();
                Circle { radius, ..place.within(&circle) }
            };
            Group { circle, members: self.members.iter().enumerate().map(member).collect() }
        };
        self.groups.iter().enumerate().map(group).collect()
    }

    /// Areas of a group and of a member of weight 1.
    pub fn areas(&self) -> (f64, f64) {
        let area = |radius: f64| std::f64::consts::PI * radius * radius;
        (area(self.group_scale), area(self.group_scale * self.member_scale))
    }
}

/// The last group in the middle and the others in a ring around it; a heap of them where a ring would be too wide.
fn group_rooms(rooms: &[f64]) -> Vec<Circle> {
    match rooms.split_last() {
        Some((&last, others)) if others.len() <= WIDEST_RING => {
            let mut groups = ring(last, others);
            groups.push(Circle { radius: last, ..Circle::default() });
            groups
        }
        _ => siblings(rooms),
    }
}

/// Places of the members in a group that is the unit circle, and the radius of one that has all of its weight.
fn member_places(moments: &[Weights<'_>], n_groups: usize) -> (Vec<Circle>, f64) {
    let n_members = moments.iter().map(Weights::n_members).max().unwrap_or(0);
    let mut shares = vec![LEAST_MEMBER / n_members.max(1) as f64; n_members];
    for weights in moments {
        for group in 0..n_groups {
            let total = weights.total(group);
            for (member, share) in shares.iter_mut().enumerate().filter(|_| total > 0.0) {
                *share = share.max(weights.of(group, member) / total);
            }
        }
    }
    let gap = MEMBER_GAP / (n_members.max(1) as f64).sqrt();
    let rooms: Vec<f64> = shares.iter().map(|share| share.sqrt() + gap).collect();
    let mut members = siblings(&rooms);
    let scale = FILLED / enclosing(&members).radius.max(gap);
    for member in &mut members {
        let place = scaled(member, gap, scale);
        *member = Circle { y: place.y + 1.0 - FILLED, ..place };
    }
    (members, scale)
}

/// A circle's place without the room around it, in other units.
fn scaled(room: &Circle, gap: f64, scale: f64) -> Circle {
    Circle { x: room.x * scale, y: room.y * scale, radius: (room.radius - gap) * scale }
}
