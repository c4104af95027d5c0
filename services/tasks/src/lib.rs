//! taskchat-tasks.
