//! The list of tools, in the order models see them.

use std::sync::LazyLock;

use crate::{
    tool::Tool,
    tools::{
        add_task, complete_task, delete_task, get_task, list_tasks, reopen_task, restore_task,
        search_messages, undo, update_task,
    },
};

/// Every tool.
const TOOLS: [&Tool; 10] = [
    &add_task::TOOL,
    &list_tasks::TOOL,
    &get_task::TOOL,
    &update_task::TOOL,
    &complete_task::TOOL,
    &reopen_task::TOOL,
    &delete_task::TOOL,
    &restore_task::TOOL,
    &undo::TOOL,
    &search_messages::TOOL,
];

/// As MCP describes them; built once for all servers.
static DESCRIBED: LazyLock<Vec<rmcp::model::Tool>> =
    LazyLock::new(|| TOOLS.iter().map(|tool| tool.described()).collect());

/// What MCP clients are told of all tools.
pub(crate) fn described() -> &'static [rmcp::model::Tool] {
    &DESCRIBED
}

/// The tool of that name.
pub(crate) fn find(name: &str) -> Option<&'static Tool> {
    TOOLS.into_iter().find(|tool| tool.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn annotations_say_what_a_tool_does_to_the_world() {
        // Name, read-only, destructive, idempotent.
        let said: Vec<_> = described()
            .iter()
            .map(|tool| {
                let hints = tool.annotations.clone().unwrap();
                assert_eq!(hints.open_world_hint, Some(false));
                assert!(hints.title.is_some() && tool.output_schema.is_some());
                (
                    tool.name.as_ref(),
                    hints.read_only_hint.unwrap(),
                    hints.destructive_hint.unwrap(),
                    hints.idempotent_hint.unwrap(),
                )
            })
            .collect();
        assert_eq!(
            said,
            [
                ("add_task", false, false, false),
                ("list_tasks", true, false, true),
                ("get_task", true, false, true),
                ("update_task", false, false, true),
                ("complete_task", false, false, true),
                ("reopen_task", false, false, true),
                ("delete_task", false, true, true),
                ("restore_task", false, false, true),
                ("undo", false, true, false),
                ("search_messages", true, false, true),
            ]
        );
    }

    #[test]
    fn no_tool_has_a_user_argument_and_every_argument_is_explained() {
        for tool in TOOLS {
            for argument in tool.arguments {
                assert!(!argument.name.contains("user"), "{}", tool.name);
                assert!(!argument.about.is_empty(), "{}", argument.name);
            }
        }
    }

    /// Models read all of it with every turn.
    #[test]
    fn what_models_read_stays_small() {
        let read: usize = described()
            .iter()
            .map(|tool| {
                let schema = serde_json::to_string(&tool.input_schema).unwrap();
                tool.name.len() + tool.description.as_ref().unwrap().len() + schema.len()
            })
            .sum();
        assert!(read < 6000, "{read} bytes");
    }
}
