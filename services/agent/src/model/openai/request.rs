//! Our request → the wire's.

use async_openai::types::chat::{
    ChatCompletionMessageToolCall, ChatCompletionMessageToolCalls,
    ChatCompletionRequestAssistantMessage, ChatCompletionRequestMessage,
    ChatCompletionRequestSystemMessage, ChatCompletionRequestToolMessage,
    ChatCompletionRequestUserMessage, ChatCompletionStreamOptions, ChatCompletionTool,
    ChatCompletionTools, CreateChatCompletionRequest, FunctionCall, FunctionObject,
};

use crate::model::{Message, ModelCall, ModelRequest, ToolSpec};

/// The request for a streamed answer with its figures.
pub(super) fn body(model: &str, request: &ModelRequest) -> CreateChatCompletionRequest {
    let tools: Vec<_> = request.tools.iter().map(tool).collect();
    CreateChatCompletionRequest {
        model: model.to_owned(),
        messages: request.messages.iter().map(message).collect(),
        tools: (!tools.is_empty()).then_some(tools),
        stream: Some(true),
        stream_options: Some(ChatCompletionStreamOptions {
            include_usage: Some(true),
            include_obfuscation: None,
        }),
        ..CreateChatCompletionRequest::default()
    }
}

fn message(message: &Message) -> ChatCompletionRequestMessage {
    match message {
        Message::System(text) => ChatCompletionRequestSystemMessage::from(text.as_str()).into(),
        Message::User(text) => ChatCompletionRequestUserMessage::from(text.as_str()).into(),
        Message::Assistant { text, calls } => ChatCompletionRequestAssistantMessage {
            content: (!text.is_empty()).then(|| text.as_str().into()),
            tool_calls: (!calls.is_empty()).then(|| calls.iter().map(call).collect()),
            ..ChatCompletionRequestAssistantMessage::default()
        }
        .into(),
        Message::Tool { call_id, content } => ChatCompletionRequestToolMessage {
            content: content.as_str().into(),
            tool_call_id: call_id.clone(),
        }
        .into(),
    }
}

fn call(call: &ModelCall) -> ChatCompletionMessageToolCalls {
    ChatCompletionMessageToolCall {
        id: call.id.clone(),
        function: FunctionCall {
            name: call.tool.clone(),
            arguments: call.arguments.to_string(),
        },
    }
    .into()
}

fn tool(spec: &ToolSpec) -> ChatCompletionTools {
    ChatCompletionTools::Function(ChatCompletionTool {
        function: FunctionObject {
            name: spec.name.clone(),
            description: Some(spec.description.clone()),
            parameters: Some(spec.parameters.clone()),
            strict: None,
        },
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use taskchat_domain::TimeZone;

    use super::*;

    #[test]
    fn the_wire_form_is_openais() {
        let request = ModelRequest {
            messages: vec![
                Message::System("rules".into()),
                Message::User("hi".into()),
                Message::Assistant {
                    text: String::new(),
                    calls: vec![ModelCall {
                        id: "a".into(),
                        tool: "list_tasks".into(),
                        arguments: json!({"limit": 1}),
                    }],
                },
                Message::Tool {
                    call_id: "a".into(),
                    content: "{}".into(),
                },
                Message::Assistant {
                    text: "done".into(),
                    calls: vec![],
                },
            ],
            tools: [ToolSpec {
                name: "list_tasks".into(),
                description: "lists".into(),
                parameters: json!({"type": "object"}),
            }]
            .into(),
            time_zone: TimeZone::UTC,
        };
        assert_eq!(
            serde_json::to_value(body("m", &request)).unwrap(),
            json!({
                "model": "m",
                "stream": true,
                "stream_options": {"include_usage": true},
                "messages": [
                    {"role": "system", "content": "rules"},
                    {"role": "user", "content": "hi"},
                    {"role": "assistant", "tool_calls": [{
                        "id": "a", "type": "function",
                        "function": {"name": "list_tasks", "arguments": "{\"limit\":1}"},
                    }]},
                    {"role": "tool", "tool_call_id": "a", "content": "{}"},
                    {"role": "assistant", "content": "done"},
                ],
                "tools": [{"type": "function", "function": {
                    "name": "list_tasks", "description": "lists", "parameters": {"type": "object"},
                }}],
            })
        );
    }
}
