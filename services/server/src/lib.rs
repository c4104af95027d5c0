//! taskchat-server.
