//! From an annotation to a rule: what it names is looked up in the messages, or refused.

use http::{Method, uri::PathAndQuery};
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor};

use super::{
    BodyRule, PathBinding, Rule, RuleError,
    template::{Template, Variable},
    trie::Verb,
};
use crate::{json::WellKnown, transcode::http_body};

/// The HTTP method and the template of a `google.api.HttpRule`.
pub(super) fn pattern(
    method: &MethodDescriptor,
    rule: &DynamicMessage,
) -> Result<(Verb, String), RuleError> {
    let plain = [
        ("get", Method::GET),
        ("put", Method::PUT),
        ("post", Method::POST),
        ("delete", Method::DELETE),
        ("patch", Method::PATCH),
    ];
    for (name, http) in plain {
        if rule.has_field_by_name(name) {
            return Ok((Verb::Only(http), string(rule, name)));
        }
    }
    let custom = rule
        .get_field_by_name("custom")
        .filter(|_| rule.has_field_by_name("custom"));
    let Some(custom) = custom.as_ref().and_then(|custom| custom.as_message()) else {
        return Err(refuse(method, "the rule has no pattern"));
    };
    let kind = string(custom, "kind");
    let verb = match kind.as_str() {
        "*" => Verb::Any,
        kind => match kind.parse() {
            Ok(http) => Verb::Only(http),
            Err(_) => return Err(refuse(method, format!("{kind:?} is not an HTTP method"))),
        },
    };
    Ok((verb, string(custom, "path")))
}

/// Joins an annotation with the messages of its RPC.
pub(super) fn bind(
    method: &MethodDescriptor,
    rule: &DynamicMessage,
    (verb, template, route): (Verb, Template, String),
    is_public: bool,
) -> Result<Rule, RuleError> {
    let input = method.input();
    let bindings = template
        .variables
        .iter()
        .map(|variable| path_binding(method, &input, variable))
        .collect::<Result<Vec<_>, _>>()?;

    let body = match string(rule, "body").as_str() {
        "" => BodyRule::None,
        "*" => BodyRule::Whole,
        name => BodyRule::Field(field(method, &input, name, "body")?),
    };
    if let BodyRule::Field(body) = &body
        && let Some(clash) = bindings
            .iter()
            .find(|binding| binding.fields == [body.clone()])
    {
        return Err(refuse(
            method,
            format!("'{}' is bound by both path and body", clash.name),
        ));
    }
    let response_body = match string(rule, "response_body").as_str() {
        "" => None,
        name => Some(field(method, &method.output(), name, "response_body")?),
    };
    let service = method.parent_service();
    let rpc_path = PathAndQuery::try_from(format!("/{}/{}", service.full_name(), method.name()))
        .map_err(|_| refuse(method, "its name is not a path"))?;
    let rule = Rule {
        method: method.clone(),
        rpc_path,
        verb,
        route: route.into(),
        template,
        bindings,
        body,
        response_body,
        is_public,
    };
    if method.is_client_streaming() && !http_body::is_wanted(&rule) {
        let problem = "a client stream can be mapped to HTTP only as google.api.HttpBody";
        return Err(refuse(method, problem));
    }
    Ok(rule)
}

fn path_binding(
    method: &MethodDescriptor,
    input: &MessageDescriptor,
    variable: &Variable,
) -> Result<PathBinding, RuleError> {
    let name = variable.path.join(".");
    let mut fields: Vec<FieldDescriptor> = Vec::new();
    for part in &variable.path {
        let message = match fields.last().map(FieldDescriptor::kind) {
            None => input.clone(),
            Some(Kind::Message(message)) => message,
            Some(_) => {
                return Err(refuse(
                    method,
                    format!("path variable '{name}' goes through a field that is no message"),
                ));
            }
        };
        let field = message.get_field_by_name(part).ok_or_else(|| {
            refuse(
                method,
                format!(
                    "path variable '{name}' is not a field of {}",
                    message.full_name()
                ),
            )
        })?;
        if field.is_list() || field.is_map() {
            return Err(refuse(
                method,
                format!("path variable '{name}' is repeated"),
            ));
        }
        fields.push(field);
    }
    if let Some(Kind::Message(_)) = fields.last().map(FieldDescriptor::kind) {
        return Err(refuse(
            method,
            format!("path variable '{name}' is a message"),
        ));
    }
    Ok(PathBinding {
        fields,
        name,
        variable: variable.clone(),
    })
}

/// What a header sets is one value, and none that the path sets: the header would win.
pub(super) fn check_resume_field(rule: &Rule, name: &str) -> Result<(), RuleError> {
    let Some(field) = rule.method.input().get_field_by_name(name) else {
        return Ok(());
    };
    let is_text = match field.kind() {
        Kind::Message(message) => WellKnown::of(&message).is_some_and(|it| it.is_single()),
        _ => true,
    };
    if !is_text || field.is_list() || field.is_map() {
        let problem = format!("last-event-id cannot set '{name}', which is not one value");
        return Err(refuse(&rule.method, problem));
    }
    let oneof = field.containing_oneof();
    let is_taken = |bound: &FieldDescriptor| {
        *bound == field || oneof.is_some() && bound.containing_oneof() == oneof
    };
    let mut bound = rule.bindings.iter().filter_map(|it| it.fields.first());
    if bound.any(is_taken) {
        let problem = format!("'{name}' is bound by both path and last-event-id");
        return Err(refuse(&rule.method, problem));
    }
    Ok(())
}

fn field(
    method: &MethodDescriptor,
    message: &MessageDescriptor,
    name: &str,
    role: &str,
) -> Result<FieldDescriptor, RuleError> {
    message.get_field_by_name(name).ok_or_else(|| {
        refuse(
            method,
            format!("{role} '{name}' is not a field of {}", message.full_name()),
        )
    })
}

fn string(message: &DynamicMessage, name: &str) -> String {
    let value = message.get_field_by_name(name);
    value
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// An annotation that cannot be served.
pub(super) fn refuse(method: &MethodDescriptor, problem: impl Into<String>) -> RuleError {
    RuleError::Binding {
        rpc: method.full_name().to_owned(),
        problem: problem.into(),
    }
}
