//! The paper's notation: text ⇄ query, checked against a run.
