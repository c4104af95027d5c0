//! taskchat-tools.
