//! What a call takes: parameters of path, query and headers, and the body.

use http::Method;
use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value, json};

use super::{
    BEARER, OpenApi, answers,
    comments::{self, Comments},
    paths::PathParameter,
    schema::{Direction, Schemas},
    tag,
};
use crate::{
    Options,
    json::WellKnown,
    rule::{BodyRule, Rule, Verb},
    transcode::http_body,
};

/// How deep parameters go into messages: deeper ones work, but nobody would look for them.
const DEPTH: usize = 4;

/// Describes rules one after the other.
pub(super) struct Operations<'o, 's> {
    /// The options of the edge.
    pub(super) options: &'o Options,
    /// What the descriptors do not say.
    pub(super) about: &'o OpenApi,
    /// The words.
    pub(super) comments: &'o Comments,
    /// Where schemas are collected.
    pub(super) schemas: &'o mut Schemas<'s>,
}

impl Operations<'_, '_> {
    /// The operation of a rule, which is the RPC's first when `count` is 0.
    pub(super) fn describe(
        &mut self,
        rule: &Rule,
        path: &[PathParameter],
        success: Value,
        count: usize,
    ) -> Value {
        let service = rule.method.parent_service();
        let tag = tag(service);
        let mut id = format!("{}_{}", tag.replace('.', "_"), rule.method.name());
        if count > 0 {
            id = format!("{id}_{}", count + 1);
        }
        let mut operation = Map::new();
        operation.insert("operationId".to_owned(), id.into());
        operation.insert("tags".to_owned(), json!([tag]));
        operation.insert("x-grpc-method".to_owned(), rule.method.full_name().into());
        let text = self.comments.of(&service.parent_file(), rule.method.path());
        if let Some(text) = text {
            operation.insert("summary".to_owned(), comments::summary(text).into());
            operation.insert("description".to_owned(), text.into());
        }

        let mut parameters: Vec<Value> = path
            .iter()
            .map(|parameter| self.path_parameter(rule, parameter))
            .collect();
        parameters.extend(self.query(rule));
        parameters.extend(self.headers(rule));
        if !parameters.is_empty() {
            operation.insert("parameters".to_owned(), parameters.into());
        }
        if let Some(body) = self.body(rule) {
            operation.insert("requestBody".to_owned(), body);
        }
        if self.options.public_option.is_some() {
            let security = match rule.is_public {
                true => json!([]),
                false => json!([{ BEARER: [] }]),
            };
            operation.insert("security".to_owned(), security);
        }
        let answers = answers::all(rule, success, self.options);
        operation.insert("responses".to_owned(), answers.into());
        Value::Object(operation)
    }

    fn path_parameter(&mut self, rule: &Rule, parameter: &PathParameter) -> Value {
        let binding = parameter.binding.and_then(|index| rule.bindings.get(index));
        let field = binding.and_then(|binding| binding.fields.last());
        let mut text: Vec<String> = Vec::new();
        let mut schema = match field.filter(|_| !parameter.is_part) {
            Some(field) => {
                text.extend(self.words(field));
                self.schemas.parameter(field)
            }
            None => json!({ "type": "string" }),
        };
        if parameter.is_part
            && let Some(binding) = binding
        {
            text.push(format!("Part of `{}` in `{}`.", binding.name, rule.route));
        }
        if parameter.is_rest {
            text.push("All segments that are left, with the slashes between them.".to_owned());
        } else if schema.get("type") == Some(&json!("string"))
            && schema.get("enum").is_none()
            && let Some(schema) = schema.as_object_mut()
        {
            // An empty segment is another path.
            schema.insert("minLength".to_owned(), 1.into());
            let mut formats = self.about.path_formats.iter();
            let format = formats.find(|(name, _)| field.is_some_and(|field| field.name() == name));
            if let Some((_, format)) = format.filter(|_| !parameter.is_part) {
                schema.insert("format".to_owned(), format.as_str().into());
            }
        }
        let described = parameter_object("path", &parameter.name, &text.join("\n\n"), schema);
        with(described, "required", true)
    }

    /// The fields that neither path nor body sets.
    fn query(&mut self, rule: &Rule) -> Vec<Value> {
        let body = match &rule.body {
            BodyRule::Whole => return Vec::new(),
            BodyRule::Field(body) => Some(body),
            BodyRule::None => None,
        };
        let mut leaves = Vec::new();
        leaves_of(&rule.method.input(), &mut Vec::new(), &mut leaves);
        let is_free = |path: &&Vec<FieldDescriptor>| {
            path.first() != body && !rule.bindings.iter().any(|b| b.fields == **path)
        };
        let leaves: Vec<_> = leaves.iter().filter(is_free).collect();
        leaves
            .into_iter()
            .filter_map(|path| {
                let field = path.last()?;
                let names = path.iter().map(|field| self.options.json.field_name(field));
                let name = names.collect::<Vec<_>>().join(".");
                let text = self.words(field).unwrap_or_default();
                let schema = self.schemas.parameter(field);
                Some(parameter_object("query", &name, &text, schema))
            })
            .collect()
    }

    fn headers(&mut self, rule: &Rule) -> Vec<Value> {
        let input = rule.method.input();
        let named = self.about.headers.iter();
        let mut headers: Vec<Value> = named
            .filter(|header| input.get_field_by_name(&header.field).is_some())
            .map(|header| {
                let schema = header.schema.clone();
                parameter_object("header", header.name.as_str(), &header.description, schema)
            })
            .collect();
        let resumed = self.options.resume_field.as_deref();
        let resumed = resumed.and_then(|name| input.get_field_by_name(name));
        if let Some(field) = resumed.filter(|_| rule.method.is_server_streaming()) {
            let text = format!("Stands for `{}`, and wins over it.", field.name());
            // Reconnecting pages send it by themselves.
            let schema = self.schemas.parameter(&field);
            headers.push(parameter_object("header", "last-event-id", &text, schema));
        }
        if answers::is_cached(rule) {
            let text = "The `etag` of an answer that the caller has.";
            let schema = json!({ "type": "string" });
            headers.push(parameter_object("header", "if-none-match", text, schema));
        }
        headers
    }

    /// The body, which may always be missing: then it is the empty message.
    fn body(&mut self, rule: &Rule) -> Option<Value> {
        if http_body::is_wanted(rule) {
            return Some(json!({ "content": { "*/*": {} } }));
        }
        let schema = match &rule.body {
            BodyRule::None => return None,
            BodyRule::Field(field) => self.schemas.field(field, Direction::Request),
            BodyRule::Whole => {
                let bound = rule.bindings.iter();
                let bound: Vec<FieldDescriptor> = bound
                    .filter_map(|binding| match binding.fields.as_slice() {
                        [field] => Some(field.clone()),
                        _ => None,
                    })
                    .collect();
                let input = rule.method.input();
                match bound.is_empty() || WellKnown::of(&input).is_some() {
                    true => self.schemas.message(&input, Direction::Request),
                    false => self.schemas.object(&input, Direction::Request, &bound),
                }
            }
        };
        let mut body = json!({ "content": { "application/json": { "schema": schema } } });
        if self.has_mask(rule) {
            let text = "The members that are there are the fields to change, unless the mask names \
                others; `null` clears one.";
            body = with(body, "description", text);
        }
        Some(body)
    }

    /// Whether the body's members are taken for the missing mask.
    fn has_mask(&self, rule: &Rule) -> bool {
        let Some((name, methods)) = &self.options.update_mask else {
            return false;
        };
        let is_meant = match &rule.verb {
            Verb::Only(method) => methods.contains(method),
            Verb::Any => methods.contains(&Method::PATCH),
        };
        let has_field = rule.method.input().get_field_by_name(name).is_some();
        is_meant && has_field && matches!(rule.body, BodyRule::Field(_))
    }

    fn words(&self, field: &FieldDescriptor) -> Option<String> {
        let file = field.parent_message().parent_file();
        self.comments.of(&file, field.path()).map(str::to_owned)
    }
}

fn parameter_object(place: &str, name: &str, text: &str, schema: Value) -> Value {
    let parameter = json!({ "in": place, "name": name, "schema": schema });
    match text {
        "" => parameter,
        text => with(parameter, "description", text),
    }
}

fn with(mut object: Value, name: &str, value: impl Into<Value>) -> Value {
    if let Some(object) = object.as_object_mut() {
        object.insert(name.to_owned(), value.into());
    }
    object
}

/// The fields of a message that a query can give, each with those above it.
fn leaves_of(
    message: &MessageDescriptor,
    above: &mut Vec<FieldDescriptor>,
    leaves: &mut Vec<Vec<FieldDescriptor>>,
) {
    for field in message.fields() {
        let kind = field.kind();
        let inner = match &kind {
            Kind::Message(inner) => match WellKnown::of(inner) {
                Some(well_known) if well_known.is_single() => None,
                Some(_) => continue,
                None if field.is_list() || field.is_map() => continue,
                None => Some(inner),
            },
            _ => None,
        };
        above.push(field);
        match inner {
            None => leaves.push(above.clone()),
            Some(inner)
                if above.len() < DEPTH && above.iter().all(|f| f.parent_message() != inner) =>
            {
                leaves_of(inner, above, leaves);
            }
            Some(_) => {}
        }
        above.pop();
    }
}
