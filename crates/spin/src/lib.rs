//! The one seam to the Spin SDK: requests, store, variables, chaining.
