//! A store that lies, a seeded scheduler, and the conformance suite that every adapter passes.
