//! Values as plain JavaScript objects, for the console.

use js_sys::{Array, Error, Object, Reflect};
use wasm_bindgen::JsValue;

use crate::protocol::Fault;
use crate::protocol::compute::{AnswerAxis, BitsArray};

/// An object with these properties.
pub fn object<const N: usize>(properties: [(&str, JsValue); N]) -> JsValue {
    let object = Object::new();
    for (name, value) in properties {
        // A fresh plain object takes any property.
        let _ = Reflect::set(&object, &name.into(), &value);
    }
    object.into()
}

/// A number, or `null` where JSON has none: undefined and infinite values.
pub fn number(value: impl Into<f64>) -> JsValue {
    let value = value.into();
    if value.is_finite() { value.into() } else { JsValue::NULL }
}

/// A count or size.
pub fn count(value: usize) -> JsValue {
    (value as f64).into()
}

/// A value, or `null`.
pub fn optional<T: Into<JsValue>>(value: Option<T>) -> JsValue {
    value.map_or(JsValue::NULL, Into::into)
}

/// A list.
pub fn list<T: Into<JsValue>>(values: impl IntoIterator<Item = T>) -> JsValue {
    values.into_iter().map(Into::into).collect::<Array>().into()
}

/// `[{name, labels}, …]`
pub fn axes(axes: &[AnswerAxis]) -> JsValue {
    list(axes.iter().map(|axis| {
        object([
            ("name", axis.name.as_str().into()),
            ("labels", list(axis.labels.iter().map(String::as_str))),
        ])
    }))
}

/// Nested arrays, one level per axis; a bare number for no axis.
pub fn nested(values: &BitsArray) -> JsValue {
    fn level(shape: &[usize], values: &[f64]) -> JsValue {
        match shape.split_first() {
            None => number(values.first().copied().unwrap_or(f64::NAN)),
            Some((&length, inner)) => {
                // No value each where a later axis is empty.
                let size = inner.iter().product::<usize>();
                let part = |at: usize| values.get(at * size..(at + 1) * size).unwrap_or_default();
                list((0..length).map(|at| level(inner, part(at))))
            }
        }
    }
    level(&values.shape, &values.values)
}

/// An `Error` with the fault's code and its words.
pub fn error(fault: &Fault) -> JsValue {
    let error = Error::new(&fault.to_string());
    // A fresh error takes any property.
    let _ = Reflect::set(&error, &"code".into(), &fault.code.as_str().into());
    error.into()
}

/// `{code, message}`, or `null`.
pub fn fault(fault: Option<&Fault>) -> JsValue {
    fault.map_or(JsValue::NULL, |fault| {
        object([("code", fault.code.as_str().into()), ("message", fault.to_string().into())])
    })
}
