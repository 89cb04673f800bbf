//! HTTP as values: routing, problem+json, sign-in, and the platform a handler runs on.
