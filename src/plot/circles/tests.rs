use super::*;
use crate::plot::pack::{Places, Weights};
use crate::plot::palette::{self, Mode};

const N_GROUPS: usize = 11;

fn weights(n_members: usize) -> Vec<f64> {
    (0..n_members * N_GROUPS)
        .map(|cell| if cell / N_GROUPS == 2 { 0.0 } else { 1.0 + (cell * 7 % 5) as f64 })
        .collect()
}

fn places(values: &[f64]) -> Places {
    Places::new(&[Weights { n_groups: N_GROUPS, values }])
}

fn scene(n_members: usize) -> Scene {
    let values = weights(n_members);
    let groups = places(&values).at(&Weights { n_groups: N_GROUPS, values: &values });
    Scene { groups, camera: Camera::WHOLE }
}

fn picture(scene: &Scene, cursor: Option<Spot>, side: f64) -> Picture {
    let names: Vec<String> =
        (0..N_GROUPS).map(|group| if group < 9 { group.to_string() } else { "automobile".into() }).collect();
    let group_colours = vec![palette::class(Mode::Light, 3); N_GROUPS];
    let member_colours: Vec<Rgb> = (0..16).map(|member| palette::channel(Mode::Light, member, 16)).collect();
    let look = Look {
        names: &names,
        group_colours: &group_colours,
        member_colours: &member_colours,
        cursor,
        selected: 1,
    };
    scene.picture(&look, side, side, &Theme::for_canvas(Mode::Light, 1.0))
}

#[test]
fn pixels_and_points_are_inverse() {
    let camera = Camera { x: 0.3, y: -0.2, radius: 0.4 };
    let pixel = camera.to_pixels(&Circle { x: 0.5, y: 0.1, radius: 0.2 }, 600.0, 400.0);
    let (x, y) = camera.from_pixels(pixel.x, pixel.y, 600.0, 400.0);
    assert!((x - 0.5).abs() < 1e-12 && (y - 0.1).abs() < 1e-12);
    assert!((pixel.radius - 100.0).abs() < 1e-9);
}

#[test]
fn the_whole_packing_is_in_the_picture() {
    for side in [300.0, 640.0] {
        for disc in picture(&scene(16), None, side).discs {
            let Circle { x, y, radius } = disc.circle;
            assert!(x - radius > 0.0 && y - radius > 0.0 && x + radius < side && y + radius < side);
        }
    }
}

#[test]
fn a_spot_is_found_under_its_circle() {
    let scene = scene(16);
    for group in 0..N_GROUPS {
        for member in [0, 1, 7, 15] {
            let spot = Spot { group, member: Some(member) };
            let circle = scene.circle(spot).unwrap();
            assert_eq!(scene.at(circle.x, circle.y), Some(spot));
        }
        let circle = scene.groups[group].circle;
        let above = scene.at(circle.x, circle.y - 0.95 * circle.radius);
        assert_eq!(above, Some(Spot { group, member: None }), "where its name stands");
    }
    assert_eq!(scene.at(0.999, 0.999), None);
}

#[test]
fn names_stand_above_the_members_and_touch_none() {
    for side in [330.0, 640.0] {
        let scene = scene(16);
        let picture = picture(&scene, None, side);
        let pixels = |circle: &Circle| scene.camera.to_pixels(circle, side, side);
        for group in &scene.groups {
            let circle = pixels(&group.circle);
            let is_its_name = |caption: &&Caption| {
                let is_high = caption.y < circle.y - 0.7 * circle.radius;
                (caption.x - circle.x).abs() < 1e-9 && is_high && circle.contains(caption.x, caption.y)
            };
            let name = picture.captions.iter().find(is_its_name).expect("a name");
            let (half_width, half_height) = (text::width(&name.text, name.size) / 2.0, 0.4 * name.size);
            assert!((half_width).hypot(name.y + half_height - circle.y) < circle.radius, "within its circle");
            for member in group.members.iter().map(pixels) {
                let beside = ((member.x - name.x).abs() - half_width).max(0.0);
                let below = ((member.y - name.y).abs() - half_height).max(0.0);
                assert!(beside.hypot(below) >= member.radius, "{name:?} touches {member:?}");
            }
        }
    }
}

#[test]
fn a_long_name_is_cut_to_its_circle() {
    let picture = picture(&scene(16), None, 640.0);
    let cut = picture.captions.iter().filter(|caption| caption.text.starts_with("auto"));
    for caption in cut {
        let circle = picture.discs.iter().map(|disc| disc.circle).find(|circle| {
            (circle.x - caption.x).abs() < 1e-9
                && circle.contains(caption.x, caption.y)
                && circle.radius > 30.0
        });
        let width = text::width(&caption.text, caption.size);
        assert!(width < 2.0 * circle.unwrap().radius);
    }
}

#[test]
fn zoomed_in_a_group_fills_the_picture_and_its_members_are_numbered() {
    let values = weights(16);
    let place = places(&values).group(4).unwrap();
    let scene = Scene { camera: Camera::onto(&place), ..scene(16) };
    let picture = picture(&scene, None, 600.0);
    let largest = picture.discs.iter().map(|disc| disc.circle.radius).fold(0.0, f64::max);
    assert!(largest > 280.0 && largest < 300.0);
    for member in (0..16).filter(|member| *member != 2) {
        assert!(picture.captions.iter().any(|caption| caption.text == member.to_string()), "{member}");
    }
}

#[test]
fn numbers_lie_within_their_circles() {
    let values = weights(16);
    let place = places(&values).group(10).unwrap();
    let scene = Scene { camera: Camera::onto(&place), ..scene(16) };
    let theme = Theme::for_canvas(Mode::Dark, 1.0);
    let look = Look { names: &[], group_colours: &[], member_colours: &[], cursor: None, selected: 0 };
    for caption in scene.picture(&look, 400.0, 400.0, &theme).captions {
        let corner = (text::width(&caption.text, caption.size) / 2.0).hypot(0.36 * caption.size);
        let spot = scene.camera.from_pixels(caption.x, caption.y, 400.0, 400.0);
        let circle = scene.circle(scene.at(spot.0, spot.1).unwrap()).unwrap();
        assert!(corner <= scene.camera.to_pixels(&circle, 400.0, 400.0).radius, "{caption:?}");
    }
}

#[test]
fn a_member_without_weight_is_a_ring_and_not_under_the_pointer() {
    let scene = scene(16);
    let dead = scene.groups[0].members[2];
    assert!(dead.radius.abs() < 1e-12);
    assert_ne!(scene.at(dead.x, dead.y), Some(Spot { group: 0, member: Some(2) }));
    let picture = picture(&scene, None, 640.0);
    let rings = picture.discs.iter().filter(|disc| disc.fill.is_none() && disc.rim.is_some());
    assert_eq!(rings.count(), N_GROUPS);
}

#[test]
fn the_cursor_and_the_selected_member_are_marked() {
    let cursor = Spot { group: 3, member: Some(5) };
    let marked = |picture: Picture, width: f64| {
        picture
            .discs
            .iter()
            .filter(|disc| disc.rim.is_some_and(|rim| rim.1.total_cmp(&width).is_eq()))
            .count()
    };
    assert_eq!(marked(picture(&scene(16), Some(cursor), 640.0), 3.0), 1);
    assert_eq!(marked(picture(&scene(16), None, 640.0), 1.75), N_GROUPS);
    let group = Spot { group: 3, member: None };
    assert_eq!(marked(picture(&scene(16), Some(group), 640.0), 4.0), 1);
}

#[test]
fn between_two_scenes_circles_are_between() {
    let (from, mut to) = (scene(16), scene(16));
    for group in &mut to.groups {
        group.circle.radius *= 0.5;
        group.members[4].radius = 0.0;
    }
    to.camera = Camera { x: 0.2, y: 0.0, radius: 0.26 };
    let half = from.mix(&to, 0.5);
    assert!((half.groups[1].circle.radius - 0.75 * from.groups[1].circle.radius).abs() < 1e-12);
    assert!((half.camera.radius - (1.04_f64 * 0.26).sqrt()).abs() < 1e-12);
    assert_eq!(from.mix(&to, 1.0), to);
    assert_eq!(from.mix(&scene(15), 0.5), scene(15), "another layer is there at once");
    let same = from.camera.mix(&Camera { x: 0.4, ..from.camera }, 0.5);
    assert!((same.x - 0.2).abs() < 1e-12);
}
