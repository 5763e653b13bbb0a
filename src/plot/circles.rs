//! A circle packing as a picture: groups of circles seen through a camera, their colours, marks and names.
//!
//! Positions come from [`super::pack`]; this says what is to be drawn where, and what lies under a point. It draws
//! nothing: circles need fractions of a pixel when they move, which plotters does not have, so the page draws them.

use super::color::{OkLab, Rgb};
use super::pack::{Circle, FILLED, Group};
use super::text;
use super::theme::Theme;

/// What part of the packing is seen: the circle that just fits the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// Of its centre.
    pub x: f64,
    /// Of its centre.
    pub y: f64,
    /// Positive.
    pub radius: f64,
}

/// A group, or a member of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    /// Index of the group.
    pub group: usize,
    /// Index of the member, the same in every group.
    pub member: Option<usize>,
}

/// A packing and how it is seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// By index.
    pub groups: Vec<Group>,
    /// Where it is looked at.
    pub camera: Camera,
}

/// How a scene looks.
pub struct Look<'a> {
    /// Of the groups.
    pub names: &'a [String],
    /// Of the groups.
    pub group_colours: &'a [Rgb],
    /// Of the members.
    pub member_colours: &'a [Rgb],
    /// Under the pointer or the keyboard.
    pub cursor: Option<Spot>,
    /// The member that is marked in every group.
    pub selected: usize,
}

/// A circle to draw, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Disc {
    /// Where.
    pub circle: Circle,
    /// Inside.
    pub fill: Option<Rgb>,
    /// Rim and its width.
    pub rim: Option<(Rgb, f64)>,
}

/// A text to draw, in CSS pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Caption {
    /// What.
    pub text: String,
    /// Its middle.
    pub x: f64,
    /// Its middle.
    pub y: f64,
    /// Font size.
    pub size: f64,
    /// Of the letters.
    pub colour: Rgb,
}

/// What is to be drawn, in this order: discs, then captions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    /// Groups, each followed by its members.
    pub discs: Vec<Disc>,
    /// Names.
    pub captions: Vec<Caption>,
}

/// Room around what the camera looks at, as a share of it.
const ROOM: f64 = 1.04;
/// Names are left out rather than drawn smaller, CSS pixels.
const LEAST_SIZE: f64 = 8.0;
/// Radius of the ring that stands for a member without weight, CSS pixels.
const EMPTY_RADIUS: f64 = 2.0;

impl Camera {
    /// On everything.
    pub const WHOLE: Self = Self { x: 0.0, y: 0.0, radius: ROOM };

    /// On one group.
    pub fn onto(circle: &Circle) -> Self {
        Self { x: circle.x, y: circle.y, radius: (circle.radius * ROOM).max(1e-6) }
    }

    /// The camera `t` of the way to `other`; what both look at runs along a straight line.
    #[must_use]
    pub fn mix(&self, other: &Self, t: f64) -> Self {
        let radius = self.radius * (other.radius / self.radius).powf(t);
        let change = other.radius - self.radius;
        let share = if change.abs() < 1e-9 * self.radius { t } else { (radius - self.radius) / change };
        Self { x: self.x + (other.x - self.x) * share, y: self.y + (other.y - self.y) * share, radius }
    }

    /// CSS pixels of a circle in a picture of this size.
    pub fn to_pixels(&self, circle: &Circle, width: f64, height: f64) -> Circle {
        let unit = self.unit(width, height);
        Circle {
            x: width / 2.0 + (circle.x - self.x) * unit,
            y: height / 2.0 + (circle.y - self.y) * unit,
            radius: circle.radius * unit,
        }
    }

    /// The point under a pixel.
    pub fn from_pixels(&self, x: f64, y: f64, width: f64, height: f64) -> (f64, f64) {
        let unit = self.unit(width, height);
        (self.x + (x - width / 2.0) / unit, self.y + (y - height / 2.0) / unit)
    }

    fn unit(&self, width: f64, height: f64) -> f64 {
        (width.min(height) / 2.0).max(1.0) / self.radius
    }
}

impl Scene {
    /// The scene `t` of the way to `other`; at once there where both do not hold the same circles.
    #[must_use]
    pub fn mix(&self, other: &Self, t: f64) -> Self {
        let sizes = |scene: &Self| scene.groups.iter().map(|group| group.members.len()).collect::<Vec<_>>();
        if t >= 1.0 || sizes(self) != sizes(other) {
            return other.clone();
        }
        let pairs = self.groups.iter().zip(&other.groups);
        let group = |(from, to): (&Group, &Group)| Group {
            circle: mix(&from.circle, &to.circle, t),
            members: from.members.iter().zip(&to.members).map(|(from, to)| mix(from, to, t)).collect(),
        };
        Self { groups: pairs.map(group).collect(), camera: self.camera.mix(&other.camera, t) }
    }

    /// What lies at a point: a member, else its group.
    pub fn at(&self, x: f64, y: f64) -> Option<Spot> {
        let group = self.groups.iter().position(|group| group.circle.contains(x, y))?;
        let members = &self.groups[group].members;
        let member = members.iter().position(|circle| circle.radius > 0.0 && circle.contains(x, y));
        Some(Spot { group, member })
    }

    /// The circle of a spot.
    pub fn circle(&self, spot: Spot) -> Option<Circle> {
        let group = self.groups.get(spot.group)?;
        match spot.member {
            None => Some(group.circle),
            Some(member) => group.members.get(member).copied(),
        }
    }

    /// What is to be drawn in a picture of `width × height` CSS pixels.
    pub fn picture(&self, look: &Look<'_>, width: f64, height: f64, theme: &Theme) -> Picture {
        let mut picture = Picture::default();
        let is_seen = |circle: &Circle| {
            let (x, y, r) = (circle.x, circle.y, circle.radius);
            x + r > 0.0 && y + r > 0.0 && x - r < width && y - r < height
        };
        for (index, group) in self.groups.iter().enumerate() {
            let circle = self.camera.to_pixels(&group.circle, width, height);
            if circle.radius <= 0.0 || !is_seen(&circle) {
                continue;
            }
            picture.discs.push(group_disc(index, circle, look, theme));
            picture.captions.extend(group_caption(index, &circle, look, theme));
            for (member, place) in group.members.iter().enumerate() {
                let circle = self.camera.to_pixels(place, width, height);
                let spot = Spot { group: index, member: Some(member) };
                picture.discs.push(member_disc(spot, member, circle, look, theme));
                picture.captions.extend(member_caption(member, &circle, look, theme));
            }
        }
        picture
    }
}

fn mix(from: &Circle, to: &Circle, t: f64) -> Circle {
    let between = |a: f64, b: f64| a + (b - a) * t;
    Circle { x: between(from.x, to.x), y: between(from.y, to.y), radius: between(from.radius, to.radius) }
}

fn group_disc(index: usize, circle: Circle, look: &Look<'_>, theme: &Theme) -> Disc {
    let colour = look.group_colours.get(index).copied().unwrap_or(theme.colours.axis);
    let tint = OkLab::from(theme.colours.background).mix(OkLab::from(colour), 0.12);
    let is_under_cursor = look.cursor == Some(Spot { group: index, member: None });
    Disc { circle, fill: Some(tint.into()), rim: Some((colour, if is_under_cursor { 4.0 } else { 2.0 })) }
}

fn member_disc(spot: Spot, member: usize, circle: Circle, look: &Look<'_>, theme: &Theme) -> Disc {
    let marked = if look.cursor == Some(spot) {
        Some((theme.colours.text, 3.0))
    } else {
        (member == look.selected).then_some((theme.colours.text, 1.75))
    };
    if circle.radius <= 0.0 {
        let rim = marked.unwrap_or((theme.colours.axis, 1.0));
        return Disc { circle: Circle { radius: EMPTY_RADIUS, ..circle }, fill: None, rim: Some(rim) };
    }
    let colour = look.member_colours.get(member).copied().unwrap_or(theme.colours.axis);
    Disc { circle, fill: Some(colour), rim: marked }
}

/// A group's name in the room above its members.
fn group_caption(index: usize, circle: &Circle, look: &Look<'_>, theme: &Theme) -> Option<Caption> {
    let room = 2.0 * (1.0 - FILLED) * circle.radius;
    // With some air below the rim, but not so much that the name is left out for it.
    let size = (0.82 * room).max(LEAST_SIZE.min(0.95 * room)).min(1.4 * theme.small);
    // The circle is as wide as this at the height of the text's middle.
    let up = 1.0 - room / 2.0 / circle.radius;
    let chord = 2.0 * circle.radius * (1.0 - up * up).max(0.0).sqrt();
    let text = text::fit(look.names.get(index)?, size, 0.9 * chord);
    let y = circle.y - circle.radius + 0.54 * room;
    (size >= LEAST_SIZE && !text.is_empty()).then_some(Caption {
        text,
        x: circle.x,
        y,
        size,
        colour: theme.colours.text,
    })
}

/// A member's number, where it fits into its circle.
fn member_caption(member: usize, circle: &Circle, look: &Look<'_>, theme: &Theme) -> Option<Caption> {
    let text = member.to_string();
    let size = (1.7 * circle.radius / text::width(&text, 1.0)).min(circle.radius).min(theme.medium);
    let back = look.member_colours.get(member).copied().unwrap_or(theme.colours.axis);
    let colour = back.easier_to_read(theme.colours.text, theme.colours.background);
    (size >= LEAST_SIZE + 1.0).then_some(Caption { text, x: circle.x, y: circle.y, size, colour })
}

#[cfg(test)]
mod tests;
