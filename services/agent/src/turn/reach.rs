//! How a turn gets to the tools: when it needs them, and once more if that fails.

use std::sync::Arc;

use taskchat_domain::{FailureKind, chain};
use tracing::warn;

use super::{Stop, Turn, watch::Interrupt};
use crate::toolbox::{Known, Toolbox};

impl Turn<'_> {
    /// What tools there are.
    pub(super) async fn known(&mut self) -> Result<Known, Stop> {
        let catalog = Arc::clone(&self.agent.catalog);
        if let Some(known) = catalog.known() {
            return Ok(known);
        }
        let (watch, limit) = (self.watch, self.agent.limits.tool);
        for _ in 0..2 {
            let toolbox = self.toolbox().await?;
            match watch.within(limit, toolbox.list(&catalog)).await {
                Ok(Ok(known)) => return Ok(known),
                Ok(Err(cause)) => warn!(error = %chain(&cause), "cannot list the tools"),
                Err(Interrupt::Late) => warn!("the tools were not listed in time"),
                Err(interrupt) => return Err(interrupt.into()),
            }
            self.toolbox = None;
        }
        Err(Stop::Failed(FailureKind::ToolsUnavailable))
    }

    /// The tools, connected to if they are not yet: most answers need none.
    pub(super) async fn toolbox(&mut self) -> Result<&Toolbox, Stop> {
        // Taken out and put back: the borrow checker does not follow a conditional return.
        let toolbox = match self.toolbox.take() {
            Some(toolbox) => toolbox,
            None => self.connect().await?,
        };
        Ok(self.toolbox.insert(toolbox))
    }

    async fn connect(&self) -> Result<Toolbox, Stop> {
        let limit = self.agent.limits.tool;
        for _ in 0..2 {
            let pipe = self.agent.hands.open(self.bench);
            match self.watch.within(limit, Toolbox::connect(pipe)).await {
                Ok(Ok(toolbox)) => return Ok(toolbox),
                Ok(Err(cause)) => warn!(error = %chain(&cause), "cannot open the tools"),
                Err(Interrupt::Late) => warn!("the tools did not open in time"),
                Err(interrupt) => return Err(interrupt.into()),
            }
        }
        Err(Stop::Failed(FailureKind::ToolsUnavailable))
    }
}
