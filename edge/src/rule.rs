//! The routes: every `google.api.http` annotation of a descriptor set, checked and ready to match.
//!
//! All that can be wrong with an annotation is found here, when the edge starts, never by a request.
//! How paths are matched is in [`trie`], how templates are written in [`template`].

mod bind;
pub(crate) mod template;
pub(crate) mod trie;

use std::sync::Arc;

use http::{Method, uri::PathAndQuery};
use prost_reflect::{
    DescriptorPool, DynamicMessage, ExtensionDescriptor, FieldDescriptor, Kind, MethodDescriptor,
};

use template::Template;
pub use template::TemplateError;
pub(crate) use trie::Verb;
use trie::{Found, Trie};

/// Why a descriptor set cannot be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RuleError {
    /// The bytes are not a descriptor set.
    #[error("the descriptor set cannot be read")]
    Descriptors(#[from] prost_reflect::DescriptorError),
    /// The option that marks public methods is not a boolean option of methods in the set.
    #[error("{0} is not a boolean method option of the descriptor set")]
    UnknownOption(String),
    /// The template does not follow the grammar.
    #[error("{rpc}: the template {template} {error}")]
    Template {
        /// The full name of the RPC.
        rpc: String,
        /// As annotated.
        template: String,
        /// What is wrong.
        error: TemplateError,
    },
    /// The annotation names something that is not there or cannot be used so.
    #[error("{rpc}: {problem}")]
    Binding {
        /// The full name of the RPC.
        rpc: String,
        /// What is wrong, naming the field.
        problem: String,
    },
    /// Two bindings answer the same requests.
    #[error("{first} and {second} are both bound to {verb} {template}")]
    Conflict {
        /// The full name of the RPC that was bound first.
        first: String,
        /// The full name of the other RPC.
        second: String,
        /// The HTTP method, `*` for any.
        verb: String,
        /// The template of the other RPC.
        template: String,
    },
    /// An address or origin in the options cannot be read.
    #[error("{0}")]
    Option(String),
}

/// One binding of an RPC to HTTP.
#[derive(Debug)]
pub(crate) struct Rule {
    /// The RPC.
    pub(crate) method: MethodDescriptor,
    /// Its path on the gRPC side.
    pub(crate) rpc_path: PathAndQuery,
    /// The HTTP methods it answers.
    pub(crate) verb: Verb,
    /// The template as annotated; the `http.route` of telemetry.
    pub(crate) route: Arc<str>,
    /// The same, taken apart.
    pub(crate) template: Template,
    /// Which fields the path sets.
    pub(crate) bindings: Vec<PathBinding>,
    /// Which part of the request is the body.
    pub(crate) body: BodyRule,
    /// The field of the response that is the body; else the whole response.
    pub(crate) response_body: Option<FieldDescriptor>,
    /// True when the RPC may be called by anybody.
    pub(crate) is_public: bool,
}

/// A variable of the path and the field it sets.
#[derive(Debug)]
pub(crate) struct PathBinding {
    /// From the request message down to a scalar field.
    pub(crate) fields: Vec<FieldDescriptor>,
    /// The field path as annotated.
    pub(crate) name: String,
    /// Where it stands in the path.
    pub(crate) variable: template::Variable,
}

/// What the HTTP body stands for.
#[derive(Debug)]
pub(crate) enum BodyRule {
    /// There is none.
    None,
    /// `*`: all fields that the path does not set.
    Whole,
    /// This field.
    Field(FieldDescriptor),
}

/// All rules of a descriptor set.
#[derive(Debug)]
pub(crate) struct Rules {
    rules: Vec<Arc<Rule>>,
    trie: Trie,
    /// The first literals of all templates: paths below them are ours, whether known or not.
    roots: Vec<String>,
}

/// A request that fits a rule.
pub(crate) struct Match<'r, 'p> {
    /// The rule.
    pub(crate) rule: &'r Arc<Rule>,
    segments: Vec<&'p str>,
}

/// What became of a lookup.
pub(crate) enum Lookup<'r, 'p> {
    /// A rule fits.
    Match(Match<'r, 'p>),
    /// The path is known with other methods.
    OtherMethods(Vec<Method>),
    /// No template fits, but the path lies where our templates lie.
    UnknownPath,
    /// Not ours.
    NotOurs,
}

impl Rules {
    /// Reads the annotations of all services in the pool.
    pub(crate) fn read(
        pool: &DescriptorPool,
        public_option: Option<&str>,
    ) -> Result<Self, RuleError> {
        let public = public_option
            .map(|name| boolean_option(pool, name))
            .transpose()?;
        let mut rules = Self {
            rules: Vec::new(),
            trie: Trie::default(),
            roots: Vec::new(),
        };
        let Some(http) = pool.get_extension_by_name("google.api.http") else {
            return Ok(rules);
        };
        for method in pool
            .services()
            .flat_map(|s| s.methods().collect::<Vec<_>>())
        {
            let options = method.options();
            if !options.has_extension(&http) {
                continue;
            }
            let is_public = public
                .as_ref()
                .is_some_and(|public| options.get_extension(public).as_bool() == Some(true));
            if let Some(rule) = options.get_extension(&http).as_message() {
                rules.add(&method, rule, is_public)?;
            }
        }
        Ok(rules)
    }

    fn add(
        &mut self,
        method: &MethodDescriptor,
        rule: &DynamicMessage,
        is_public: bool,
    ) -> Result<(), RuleError> {
        self.add_binding(method, rule, is_public)?;
        let additional = rule.get_field_by_name("additional_bindings");
        let additional = additional.as_ref().and_then(|value| value.as_list());
        for nested in additional
            .into_iter()
            .flatten()
            .filter_map(|value| value.as_message())
        {
            if nested.has_field_by_name("additional_bindings") {
                return Err(bind::refuse(
                    method,
                    "additional_bindings inside additional_bindings",
                ));
            }
            self.add_binding(method, nested, is_public)?;
        }
        Ok(())
    }

    fn add_binding(
        &mut self,
        method: &MethodDescriptor,
        rule: &DynamicMessage,
        is_public: bool,
    ) -> Result<(), RuleError> {
        let (verb, text) = bind::pattern(method, rule)?;
        let template = Template::parse(&text).map_err(|error| RuleError::Template {
            rpc: method.full_name().to_owned(),
            template: text.clone(),
            error,
        })?;
        let rule = bind::bind(method, rule, (verb, template, text), is_public)?;

        let index = self.rules.len();
        let (verb, template) = (&rule.verb, &rule.template);
        if let Err(other) = self.trie.insert(template, verb.clone(), index) {
            let first = self
                .rules
                .get(other)
                .map(|rule| rule.method.full_name().to_owned());
            return Err(RuleError::Conflict {
                first: first.unwrap_or_default(),
                second: method.full_name().to_owned(),
                verb: match verb {
                    Verb::Only(method) => method.to_string(),
                    Verb::Any => "*".to_owned(),
                },
                template: rule.route.to_string(),
            });
        }
        if let Some(template::Segment::Literal(root)) = template.segments.first()
            && !self.roots.contains(root)
        {
            self.roots.push(root.clone());
        }
        self.rules.push(Arc::new(rule));
        Ok(())
    }

    /// Checks the field that `Last-Event-ID` sets, in all streams whose request has it.
    pub(crate) fn check_resume_field(&self, name: &str) -> Result<(), RuleError> {
        let mut streams = self
            .rules
            .iter()
            .filter(|it| it.method.is_server_streaming());
        streams.try_for_each(|rule| bind::check_resume_field(rule, name))
    }

    /// Finds the rule for a request.
    pub(crate) fn find<'p>(&self, method: &Method, path: &'p str) -> Lookup<'_, 'p> {
        match self.trie.find(method, path) {
            Found::Rule(index, segments) => match self.rules.get(index) {
                Some(rule) => Lookup::Match(Match { rule, segments }),
                None => Lookup::UnknownPath,
            },
            Found::OtherMethods(methods) => Lookup::OtherMethods(methods),
            Found::Nothing if self.owns(path) => Lookup::UnknownPath,
            Found::Nothing => Lookup::NotOurs,
        }
    }

    fn owns(&self, path: &str) -> bool {
        let first = path.trim_start_matches('/').split('/').next();
        first.is_some_and(|first| self.roots.iter().any(|root| root == first))
    }

    /// All rules, in the order of the descriptors.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().map(Arc::as_ref)
    }
}

impl<'r> Match<'r, '_> {
    /// The fields set by the path with their decoded text; `None` for text that is badly encoded.
    pub(crate) fn captures(&self) -> impl Iterator<Item = (&'r PathBinding, Option<String>)> {
        self.rule
            .bindings
            .iter()
            .map(|binding| (binding, binding.capture(&self.segments)))
    }
}

impl PathBinding {
    fn capture(&self, segments: &[&str]) -> Option<String> {
        let from = segments.get(self.variable.start..).unwrap_or_default();
        match self.variable.extent {
            template::Extent::Single => template::decode(from.first()?),
            template::Extent::Several(count) => decode_several(from.get(..count)?),
            template::Extent::ToEnd => decode_several(from),
        }
    }
}

/// Decodes all but `%2F`, which would look like one of the slashes between the segments.
fn decode_several(segments: &[&str]) -> Option<String> {
    let path = segments.join("/");
    let mut pieces = Vec::new();
    let mut rest = path.as_str();
    while let Some(at) = rest.find("%2F").into_iter().chain(rest.find("%2f")).min() {
        let (before, after) = rest.split_at(at);
        let (slash, after) = after.split_at(3);
        pieces.push(template::decode(before)?);
        pieces.push(slash.to_owned());
        rest = after;
    }
    pieces.push(template::decode(rest)?);
    Some(pieces.concat())
}

fn boolean_option(pool: &DescriptorPool, name: &str) -> Result<ExtensionDescriptor, RuleError> {
    pool.get_extension_by_name(name)
        .filter(|option| {
            option.kind() == Kind::Bool
                && option.containing_message().full_name() == "google.protobuf.MethodOptions"
        })
        .ok_or_else(|| RuleError::UnknownOption(name.to_owned()))
}
