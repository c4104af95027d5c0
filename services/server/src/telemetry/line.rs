//! A log line for people: when, how bad, what, and the event's own fields. The spans around it go
//! to OpenTelemetry and to JSON lines.

use std::fmt;

use tracing::{Event, Level, Subscriber};
use tracing_subscriber::{
    fmt::{
        FmtContext, FormatEvent, FormatFields,
        format::Writer,
        time::{FormatTime, SystemTime},
    },
    registry::LookupSpan,
};

/// Formats one event as one short line.
#[derive(Debug)]
pub(super) struct ShortLine;

impl<S, N> FormatEvent<S, N> for ShortLine
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        ctx: &FmtContext<'_, S, N>,
        mut to: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        SystemTime.format_time(&mut to)?;
        let level = *event.metadata().level();
        if to.has_ansi_escapes() {
            let colour = match level {
                Level::ERROR => 31,
                Level::WARN => 33,
                Level::INFO => 32,
                _ => 34,
            };
            write!(to, " \x1b[{colour}m{level:>5}\x1b[0m ")?;
        } else {
            write!(to, " {level:>5} ")?;
        }
        ctx.format_fields(to.by_ref(), event)?;
        writeln!(to)
    }
}
