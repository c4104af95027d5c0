//! The harness: the real composition on port 0.
