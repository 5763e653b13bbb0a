use super::*;
use crate::app::session::Event;

fn custom(layers: &str) -> Session {
    let mut session = Session::new(1);
    for (name, text) in [("model", "custom"), ("layers", layers)] {
        session.apply(Event::Edited { name: name.to_owned(), text: text.to_owned() }, 0.0);
    }
    session
}

fn apply(session: &mut Session, event: EditorEvent) {
    session.apply(Event::Editor(event), 0.0);
}

fn id(session: &Session, position: usize) -> u32 {
    session.editor.rows()[position].id
}

fn text(session: &Session) -> String {
    session.draft.config.layers.to_string()
}

#[test]
fn rows_follow_the_settings_whoever_changes_them() {
    let mut session = custom("conv 8 3x3 relu; dense 9 relu");
    assert_eq!(session.editor.rows().len(), 2);
    session.apply(Event::Edited { name: "model".into(), text: "mnist-8".into() }, 0.0);
    assert_eq!(session.editor.rows().len(), 7);
}

#[test]
fn a_preset_is_looked_at_and_becomes_ones_own_when_asked() {
    let mut session = Session::new(1);
    session.apply(Event::Edited { name: "model".into(), text: "residual".into() }, 0.0);
    let first = id(&session, 0);
    apply(&mut session, EditorEvent::Remove(first));
    assert_eq!(session.editor.rows().len(), 12);
    assert_eq!(session.draft.config.model, ModelName::Residual);

    apply(&mut session, EditorEvent::EditAsCustom);
    assert_eq!(session.draft.config.model, ModelName::Custom);
    assert!(text(&session).starts_with("conv 32 3x3 bn relu; conv 32 3x3 bn relu skip 2; maxpool 2"));
    let first = id(&session, 0);
    apply(&mut session, EditorEvent::Remove(first));
    assert_eq!(session.editor.rows().len(), 11);
}

#[test]
fn a_network_of_ones_own_begins_with_the_preset_that_was_chosen() {
    let mut session = Session::new(1);
    let choose = |session: &mut Session, model: &str| {
        session.apply(Event::Edited { name: "model".into(), text: model.into() }, 0.0);
    };
    choose(&mut session, "custom");
    assert_eq!(session.editor.rows().len(), 7);
    choose(&mut session, "residual");
    choose(&mut session, "custom");
    assert_eq!(session.editor.rows().len(), 7, "what was made before stays");
}

#[test]
fn layers_are_added_moved_changed_and_removed() {
    let mut session = custom("conv 8 3x3 relu; maxpool 2");
    apply(&mut session, EditorEvent::Add(LayerKind::Dense));
    assert_eq!(text(&session), "conv 8 3x3 relu; maxpool 2; dense 64 relu");
    let pool = id(&session, 1);
    apply(&mut session, EditorEvent::Up(pool));
    assert_eq!(text(&session), "maxpool 2; conv 8 3x3 relu; dense 64 relu");
    assert_eq!(id(&session, 0), pool, "it keeps its identifier");
    apply(&mut session, EditorEvent::Up(pool));
    let at = id(&session, 2);
    apply(&mut session, EditorEvent::Down(at));
    assert_eq!(text(&session), "maxpool 2; conv 8 3x3 relu; dense 64 relu", "there is no further place");
    apply(&mut session, EditorEvent::Down(pool));
    apply(&mut session, EditorEvent::Kind(pool, LayerKind::AvgPool));
    let at = id(&session, 0);
    apply(&mut session, EditorEvent::Remove(at));
    assert_eq!(text(&session), "avgpool 2; dense 64 relu");
}

#[test]
fn what_is_typed_becomes_the_layer_or_stays_in_its_field_with_the_reason() {
    let mut session = custom("conv 8 3x3 relu");
    let conv = id(&session, 0);
    let typed = |session: &mut Session, field, text: &str| {
        apply(session, EditorEvent::Typed { id: conv, field, text: text.to_owned() });
    };
    typed(&mut session, LayerField::Channels, "12");
    typed(&mut session, LayerField::Norm, "on");
    typed(&mut session, LayerField::Kernel, "4");
    assert_eq!(text(&session), "conv 12 3x3 bn relu");
    let editor = &session.editor;
    assert!(editor.is_bad(conv, LayerField::Kernel) && editor.has_bad());
    assert_eq!(editor.text(conv, LayerField::Kernel), "4");
    assert_eq!(editor.error(conv), "Kernel: expected an odd whole number: 1, 3, 5, ….");
    typed(&mut session, LayerField::Kernel, "5");
    assert!(!session.editor.has_bad());
    assert_eq!(id(&session, 0), conv, "typing leaves the row what it is");
    assert_eq!(text(&session), "conv 12 5x5 bn relu");
}

#[test]
fn a_bad_field_goes_with_its_layer() {
    for event in [EditorEvent::Remove(0), EditorEvent::Kind(0, LayerKind::Dense)] {
        let mut session = custom("conv 8 3x3 relu; dense 9 relu");
        let conv = id(&session, 0);
        let typed = EditorEvent::Typed { id: conv, field: LayerField::Kernel, text: "x".to_owned() };
        apply(&mut session, typed);
        assert!(session.editor.has_bad());
        apply(
            &mut session,
            match event {
                EditorEvent::Kind(_, kind) => EditorEvent::Kind(conv, kind),
                _ => EditorEvent::Remove(conv),
            },
        );
        assert!(!session.editor.has_bad());
    }
}

#[test]
fn changes_are_taken_back_one_by_one() {
    let mut session = custom("conv 8 3x3 relu; maxpool 2");
    assert!(!session.editor.can_undo());
    let at = id(&session, 0);
    apply(&mut session, EditorEvent::Remove(at));
    apply(&mut session, EditorEvent::Add(LayerKind::Conv));
    assert_eq!(text(&session), "maxpool 2; conv 16 3x3 relu");
    apply(&mut session, EditorEvent::Undo);
    assert_eq!(text(&session), "maxpool 2");
    apply(&mut session, EditorEvent::Undo);
    assert_eq!(text(&session), "conv 8 3x3 relu; maxpool 2");
    assert!(!session.editor.can_undo());
    assert_eq!(session.editor.rows().len(), 2);
}

#[test]
fn the_view_is_told_of_every_change() {
    let mut session = custom("dense 9 relu");
    let add = Event::Editor(EditorEvent::Add(LayerKind::Conv));
    let changed = session.apply(add, 0.0).changed;
    assert!(changed.contains(&Part::Draft) && changed.contains(&Part::Editor));
    let changed = session.apply(Event::Edited { name: "model".into(), text: "mnist-8".into() }, 0.0).changed;
    assert!(changed.contains(&Part::Editor));
}
