//! End-to-end tests: the real wasm in the real host over real HTTP.
