//! The agent's hands: an MCP server in this process, made for one turn of one person.

use taskchat_agent::{Bench, Hands};
use taskchat_domain::Origin;
use taskchat_tools::Tools;
use tokio::io::DuplexStream;
use tokio_util::task::TaskTracker;

/// Joins the agent's MCP client to our MCP tools by a pipe.
#[derive(Debug)]
pub(crate) struct InProcess {
    pub(crate) tools: Tools,
    pub(crate) tracker: TaskTracker,
}

impl Hands for InProcess {
    fn open(&self, bench: &Bench) -> DuplexStream {
        let bench = taskchat_tools::Bench {
            user: bench.user.clone(),
            origin: Origin::Turn {
                turn_id: bench.turn_id,
            },
            time_zone: bench.time_zone,
        };
        taskchat_tools::in_process(&self.tools, bench, &self.tracker)
    }
}
