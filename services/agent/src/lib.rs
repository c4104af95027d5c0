//! taskchat-agent.
