//! Tier 1's text matcher: from canned answers to a decision it can explain.
