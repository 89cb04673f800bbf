//! The tierline binary: the host for machines without Spin, and the operator's commands.
