//! taskchat-edge.
