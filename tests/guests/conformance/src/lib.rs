//! The store conformance suite as a component.
