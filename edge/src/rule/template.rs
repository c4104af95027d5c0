//! Path templates: the grammar in the comments of `google/api/http.proto`, parsed and nothing more.
//!
//! What the variables refer to is not known here (see [`super::bind`]), nor how a path is matched
//! (see [`super::trie`]).

use percent_encoding::percent_decode_str;

/// A parsed template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template {
    /// What each segment of a path has to be. `Rest` only ever comes last.
    pub(crate) segments: Vec<Segment>,
    /// The variables, in the order of the text.
    pub(crate) variables: Vec<Variable>,
    /// The custom verb after the last colon, percent-decoded.
    pub(crate) verb: Option<String>,
}

/// What one segment of a path has to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Segment {
    /// This text, after percent-decoding.
    Literal(String),
    /// `*`: anything that is not empty.
    One,
    /// `**`: all that is left, also nothing.
    Rest,
}

/// A variable and the segments it captures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variable {
    /// The names of a field path.
    pub(crate) path: Vec<String>,
    /// The first segment.
    pub(crate) start: usize,
    /// How much is captured from there on.
    pub(crate) extent: Extent,
}

/// How much of a path a variable captures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Exactly one segment, percent-decoded wholly (RFC 6570, section 3.2.2).
    Single,
    /// So many segments; `%2F` stays encoded, so that the segments can be told apart.
    Several(usize),
    /// All segments that are left, decoded like several.
    ToEnd,
}

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// Templates are absolute.
    #[error("must begin with '/'")]
    NoSlash,
    /// `//`, or a slash at the end.
    #[error("has an empty segment")]
    EmptySegment,
    /// A character that has a meaning in the grammar stands where it has none.
    #[error("has an unexpected '{0}'")]
    Unexpected(char),
    /// A brace without its partner.
    #[error("has a variable without '}}'")]
    Unclosed,
    /// The name in the braces is not a field path.
    #[error("has '{0}', which is not a field path")]
    NotAFieldPath(String),
    /// Something follows `**`.
    #[error("has '**' before its last segment")]
    RestNotLast,
    /// One field cannot take two values.
    #[error("binds '{0}' more than once")]
    Twice(String),
    /// A literal or verb is not properly percent-encoded UTF-8.
    #[error("has badly encoded text '{0}'")]
    BadEncoding(String),
    /// A colon without a verb.
    #[error("has an empty verb")]
    EmptyVerb,
}

impl Template {
    /// Reads a template such as `/v1/{name=shelves/*}/books/{book.id}:print`.
    pub(crate) fn parse(text: &str) -> Result<Self, TemplateError> {
        let path = text.strip_prefix('/').ok_or(TemplateError::NoSlash)?;
        let (path, verb) = split_verb(path);
        let verb = match verb {
            Some("") => return Err(TemplateError::EmptyVerb),
            Some(verb) => Some(literal(verb)?),
            None => None,
        };

        let mut template = Self {
            segments: Vec::new(),
            variables: Vec::new(),
            verb,
        };
        for part in split_outside_braces(path) {
            template.push(part)?;
        }
        template.check()?;
        Ok(template)
    }

    fn push(&mut self, part: &str) -> Result<(), TemplateError> {
        let Some(variable) = part.strip_prefix('{') else {
            self.segments.push(segment(part)?);
            return Ok(());
        };
        let variable = variable.strip_suffix('}').ok_or(TemplateError::Unclosed)?;
        let (name, inner) = variable.split_once('=').unwrap_or((variable, "*"));
        let path = field_path(name)?;
        let start = self.segments.len();
        for part in inner.split('/') {
            self.segments.push(segment(part)?);
        }
        let extent = match self.segments.get(start..) {
            Some([Segment::Literal(_) | Segment::One]) => Extent::Single,
            Some([.., Segment::Rest]) => Extent::ToEnd,
            captured => Extent::Several(captured.map_or(0, <[Segment]>::len)),
        };
        self.variables.push(Variable {
            path,
            start,
            extent,
        });
        Ok(())
    }

    fn check(&self) -> Result<(), TemplateError> {
        if let Some((_, before)) = self.segments.split_last()
            && before.contains(&Segment::Rest)
        {
            return Err(TemplateError::RestNotLast);
        }
        for (index, variable) in self.variables.iter().enumerate() {
            let mut earlier = self.variables.iter().take(index);
            // A path and its own prefix would also be two values for one field.
            if earlier
                .any(|v| v.path.starts_with(&variable.path) || variable.path.starts_with(&v.path))
            {
                return Err(TemplateError::Twice(variable.path.join(".")));
            }
        }
        Ok(())
    }
}

/// The verb is what follows the last colon, unless a slash or a brace comes after it.
fn split_verb(path: &str) -> (&str, Option<&str>) {
    match path.rfind([':', '/', '}']) {
        Some(at) if path.as_bytes().get(at) == Some(&b':') => {
            let (path, verb) = path.split_at(at);
            (path, verb.strip_prefix(':'))
        }
        _ => (path, None),
    }
}

fn split_outside_braces(path: &str) -> impl Iterator<Item = &str> {
    let mut is_inside = false;
    path.split(move |c| {
        match c {
            '{' => is_inside = true,
            '}' => is_inside = false,
            _ => {}
        }
        c == '/' && !is_inside
    })
}

fn segment(text: &str) -> Result<Segment, TemplateError> {
    match text {
        "" => Err(TemplateError::EmptySegment),
        "*" => Ok(Segment::One),
        "**" => Ok(Segment::Rest),
        text => literal(text).map(Segment::Literal),
    }
}

fn literal(text: &str) -> Result<String, TemplateError> {
    if let Some(c) = text
        .chars()
        .find(|c| "{}*=:?#".contains(*c) || c.is_whitespace())
    {
        return Err(TemplateError::Unexpected(c));
    }
    decode(text).ok_or_else(|| TemplateError::BadEncoding(text.to_owned()))
}

/// Percent-decodes; `None` when an escape is broken or the outcome is not UTF-8.
pub(crate) fn decode(text: &str) -> Option<String> {
    is_well_escaped(text).then(|| percent_decode_str(text).decode_utf8().ok().map(Into::into))?
}

/// True when every `%` is followed by two hexadecimal digits.
pub(crate) fn is_well_escaped(text: &str) -> bool {
    text.split('%').skip(1).all(|after| {
        let mut digits = after.bytes().take(2);
        digits.clone().count() == 2 && digits.all(|b| b.is_ascii_hexdigit())
    })
}

fn field_path(name: &str) -> Result<Vec<String>, TemplateError> {
    let is_ident = |ident: &str| {
        ident.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && ident.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    if !name.split('.').all(is_ident) {
        return Err(TemplateError::NotAFieldPath(name.to_owned()));
    }
    Ok(name.split('.').map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The outline of a template: segments, then each variable with its extent, then the verb.
    fn outline(text: &str) -> Result<String, TemplateError> {
        let template = Template::parse(text)?;
        let mut out: Vec<String> = template
            .segments
            .iter()
            .map(|segment| match segment {
                Segment::Literal(text) => text.clone(),
                Segment::One => "*".to_owned(),
                Segment::Rest => "**".to_owned(),
            })
            .collect();
        for variable in &template.variables {
            out.push(format!(
                "{}@{}:{:?}",
                variable.path.join("."),
                variable.start,
                variable.extent
            ));
        }
        out.extend(template.verb.map(|verb| format!(":{verb}")));
        Ok(out.join(" "))
    }

    #[test]
    fn the_grammar_is_read() {
        let rows = [
            ("/v1/messages", "v1 messages"),
            ("/v1/*/x", "v1 * x"),
            ("/v1/**", "v1 **"),
            (
                "/v1/messages/{message_id}",
                "v1 messages * message_id@2:Single",
            ),
            ("/v1/{id=*}", "v1 * id@1:Single"),
            ("/v1/{name=messages/*}", "v1 messages * name@1:Several(2)"),
            (
                "/v1/{name=shelves/*/books/*}/x",
                "v1 shelves * books * x name@1:Several(4)",
            ),
            ("/v1/{name=**}", "v1 ** name@1:ToEnd"),
            ("/v1/{name=files/**}:cat", "v1 files ** name@1:ToEnd :cat"),
            ("/v1/{kind=fixed}", "v1 fixed kind@1:Single"),
            ("/v1/{a.b_c}/{d}", "v1 * * a.b_c@1:Single d@2:Single"),
            ("/v1/items/{id}:archive", "v1 items * id@2:Single :archive"),
            ("/v1/items:search", "v1 items :search"),
            ("/v1/a%20b", "v1 a b"),
        ];
        for (text, expected) in rows {
            assert_eq!(outline(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn bad_templates_say_what_is_wrong() {
        use TemplateError::*;
        let rows = [
            ("v1/x", NoSlash),
            ("", NoSlash),
            ("/", EmptySegment),
            ("/v1//x", EmptySegment),
            ("/v1/", EmptySegment),
            ("/v1/{x", Unclosed),
            ("/v1/{x}y", Unclosed),
            ("/v1/x}", Unexpected('}')),
            ("/v1/a{x}", Unexpected('{')),
            ("/v1/{x={y}}", Unexpected('{')),
            ("/v1/a*", Unexpected('*')),
            ("/v1/**/x", RestNotLast),
            ("/v1/{x=**}/y", RestNotLast),
            ("/v1/{}", NotAFieldPath(String::new())),
            ("/v1/{a..b}", NotAFieldPath("a..b".to_owned())),
            ("/v1/{1a}", NotAFieldPath("1a".to_owned())),
            ("/v1/{a}/{a}", Twice("a".to_owned())),
            ("/v1/{a}/{a.b}", Twice("a.b".to_owned())),
            ("/v1/x:", EmptyVerb),
            ("/v1/x:a:b", Unexpected(':')),
            ("/v1/a%2", BadEncoding("a%2".to_owned())),
            ("/v1/{x=}", EmptySegment),
        ];
        for (text, expected) in rows {
            assert_eq!(outline(text), Err(expected), "{text}");
        }
    }
}
