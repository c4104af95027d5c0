//! taskchat-migrations.
