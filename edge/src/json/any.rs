//! `google.protobuf.Any`: a message whose type is told beside it.

use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, Value};

use super::{Json, Reader, WellKnown, well_known};

/// The type that a URL such as `type.googleapis.com/google.rpc.Help` names.
pub(super) fn type_name(url: &str) -> &str {
    url.rsplit_once('/').map_or(url, |(_, name)| name)
}

/// The message of that type.
///
/// The pool alone would find it with a leading dot, too, which [`Plans`](super::Plans) do not.
fn named(pool: &DescriptorPool, url: &str) -> Option<MessageDescriptor> {
    let (_, name) = url.rsplit_once('/')?;
    let found = pool.get_message_by_name(name)?;
    (found.full_name() == name).then_some(found)
}

impl Reader<'_> {
    pub(super) fn any(
        &mut self,
        descriptor: &MessageDescriptor,
        json: &Json<'_>,
    ) -> Option<DynamicMessage> {
        let Json::Object(members) = json else {
            return self.fault("must be an object with @type");
        };
        if members.is_empty() {
            return Some(DynamicMessage::new(descriptor.clone()));
        }
        let mut urls = members.iter().filter(|(name, _)| name == "@type");
        let (Some((_, Json::Text(url))), None) = (urls.next(), urls.next()) else {
            return self.fault("must have one @type, a string");
        };
        let Some(inner_descriptor) = named(descriptor.parent_pool(), url) else {
            return self.fault("has an unknown @type");
        };
        let mut rest = members.iter().filter(|(name, _)| name != "@type");
        let inner = match WellKnown::of(&inner_descriptor) {
            None => self.members(&inner_descriptor, rest),
            Some(_) => {
                let (Some((name, value)), None) = (rest.next(), rest.next()) else {
                    return self.fault("must have exactly @type and value");
                };
                if name != "value" {
                    return self.fault("must have exactly @type and value");
                }
                let parent = self.enter("value");
                let inner = self.message(&inner_descriptor, value);
                self.leave(parent);
                inner?
            }
        };
        let bytes = Value::Bytes(inner.encode_to_vec().into());
        let url = Value::String(url.as_ref().to_owned());
        Some(well_known::with(descriptor, &[(1, url), (2, bytes)]))
    }
}
