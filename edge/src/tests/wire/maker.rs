//! Wire bytes that somebody might send, made up at random from descriptors.

use prost::{Message as _, encoding::encode_varint};
use prost_reflect::{Kind, MessageDescriptor};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};

/// Makes up wire bytes of a type: fields in any order and any number, packed and not, unknown ones.
pub(in crate::tests) struct Maker {
    /// Where all comes from.
    pub(in crate::tests) random: StdRng,
    /// Fields left to write, so that messages inside messages end.
    pub(in crate::tests) left: u32,
}

impl Maker {
    pub(in crate::tests) fn new(seed: u64, left: u32) -> Self {
        let random = StdRng::seed_from_u64(seed);
        Self { random, left }
    }

    pub(in crate::tests) fn message(&mut self, descriptor: &MessageDescriptor, out: &mut Vec<u8>) {
        let fields: Vec<_> = descriptor.fields().collect();
        let extensions: Vec<_> = descriptor.extensions().collect();
        for _ in 0..self.random.random_range(0..8) {
            let Some(left) = self.left.checked_sub(1) else {
                return;
            };
            self.left = left;
            if self.random.random_ratio(1, 12) {
                self.unknown(out);
                continue;
            }
            let index = self
                .random
                .random_range(0..fields.len() + extensions.len() + 1);
            if let Some(field) = fields.get(index) {
                self.field(
                    field.number(),
                    &field.kind(),
                    field.is_list(),
                    field.is_group(),
                    out,
                );
            } else if let Some(field) = extensions.get(index - fields.len()) {
                self.field(
                    field.number(),
                    &field.kind(),
                    field.is_list(),
                    field.is_group(),
                    out,
                );
            }
        }
    }

    fn field(
        &mut self,
        number: u32,
        kind: &Kind,
        is_list: bool,
        is_group: bool,
        out: &mut Vec<u8>,
    ) {
        let wire_type = wire_type(kind, is_group);
        if is_list && matches!(wire_type, 0 | 1 | 5) && self.random.random() {
            let mut packed = Vec::new();
            for _ in 0..self.random.random_range(0..4) {
                self.value(kind, number, false, &mut packed);
            }
            tag(number, 2, out);
            delimited(&packed, out);
            return;
        }
        tag(number, wire_type, out);
        self.value(kind, number, is_group, out);
    }

    fn value(&mut self, kind: &Kind, number: u32, is_group: bool, out: &mut Vec<u8>) {
        match kind {
            Kind::Message(message) => {
                let mut inner = Vec::new();
                self.inside(message, &mut inner);
                match is_group {
                    true => {
                        out.extend(inner);
                        tag(number, 4, out);
                    }
                    false => delimited(&inner, out),
                }
            }
            Kind::String => delimited(self.text().as_bytes(), out),
            Kind::Bytes => {
                let length = self.random.random_range(0..6);
                let bytes: Vec<u8> = (0..length).map(|_| self.random.random()).collect();
                delimited(&bytes, out);
            }
            Kind::Double => {
                // Not -0.0: prost-reflect leaves it out like 0.0, protobuf's own libraries do not.
                let doubles = [0.0, 1.0, -2.5, 1e21, 0.1, 9e15, f64::NAN, f64::NEG_INFINITY];
                let any = f64::from_bits(self.random.random());
                let double = *doubles.choose(&mut self.random).unwrap_or(&any);
                let double = if self.random.random_ratio(1, 4) {
                    any
                } else {
                    double
                };
                out.extend(double.to_le_bytes());
            }
            Kind::Float => {
                let any = f32::from_bits(self.random.random());
                let float = *[0.0, 3.0, 0.1, any].choose(&mut self.random).unwrap();
                out.extend(float.to_le_bytes());
            }
            Kind::Fixed64 | Kind::Sfixed64 => out.extend(self.number().to_le_bytes()),
            Kind::Fixed32 | Kind::Sfixed32 => {
                out.extend((self.number() as u32).to_le_bytes());
            }
            Kind::Enum(descriptor) => {
                let values: Vec<_> = descriptor.values().map(|value| value.number()).collect();
                let known = i64::from(*values.choose(&mut self.random).unwrap()) as u64;
                let number = if self.random.random_ratio(1, 5) {
                    self.number()
                } else {
                    known
                };
                encode_varint(number, out);
            }
            _ => encode_varint(self.number(), out),
        }
    }

    /// A message that has a form, most of the time, where any bytes would rarely give one.
    pub(in crate::tests) fn inside(&mut self, message: &MessageDescriptor, out: &mut Vec<u8>) {
        match message.full_name() {
            "google.protobuf.Timestamp" | "google.protobuf.Duration"
                if self.random.random_ratio(9, 10) =>
            {
                let seconds: i64 = self.random.random_range(-62_135_596_800..253_402_300_800);
                let digits = *[1, 1_000, 1_000_000].choose(&mut self.random).unwrap();
                let nanos = self.random.random_range(0..1_000_000_000 / digits) * digits;
                let is_duration = message.full_name().ends_with("Duration");
                let nanos = if is_duration && seconds < 0 {
                    -nanos
                } else {
                    nanos
                };
                prost_types::Timestamp { seconds, nanos }
                    .encode(out)
                    .unwrap();
            }
            "google.protobuf.Any" if self.random.random_ratio(9, 10) => {
                let types: Vec<_> = message.parent_pool().all_messages().collect();
                let inner = types.choose(&mut self.random).unwrap().clone();
                let mut value = Vec::new();
                if self.left > 0 {
                    self.inside(&inner, &mut value);
                }
                let type_url = format!("type.googleapis.com/{}", inner.full_name());
                prost_types::Any { type_url, value }.encode(out).unwrap();
            }
            _ => self.message(message, out),
        }
    }

    fn unknown(&mut self, out: &mut Vec<u8>) {
        // No field of ours has such a number, and no extension.
        let number = self.random.random_range(900..1000);
        match self.random.random_range(0..5) {
            0 => {
                tag(number, 0, out);
                encode_varint(self.random.random(), out);
            }
            1 => {
                tag(number, 1, out);
                out.extend([7; 8]);
            }
            2 => {
                tag(number, 2, out);
                delimited(b"unknown", out);
            }
            3 => {
                tag(number, 3, out);
                tag(1, 0, out);
                encode_varint(5, out);
                tag(number, 4, out);
            }
            _ => {
                tag(number, 5, out);
                out.extend([9; 4]);
            }
        }
    }

    fn number(&mut self) -> u64 {
        let any: u64 = self.random.random();
        let small = any & 1;
        *[0, 1, small, u64::MAX, 1 << 31, 1 << 32, 1 << 53, any]
            .choose(&mut self.random)
            .unwrap()
    }

    fn text(&mut self) -> String {
        let letters: Vec<char> = "ab_Z\"\\/\u{8}\n\u{1f}\u{7f}\u{2028}ü🦀<&"
            .chars()
            .collect();
        let length = self.random.random_range(0..5);
        (0..length)
            .map(|_| *letters.choose(&mut self.random).unwrap())
            .collect()
    }
}

fn wire_type(kind: &Kind, is_group: bool) -> u32 {
    match kind {
        Kind::Double | Kind::Fixed64 | Kind::Sfixed64 => 1,
        Kind::Float | Kind::Fixed32 | Kind::Sfixed32 => 5,
        Kind::Message(_) if is_group => 3,
        Kind::Message(_) | Kind::String | Kind::Bytes => 2,
        _ => 0,
    }
}

pub(in crate::tests) fn tag(number: u32, wire_type: u32, out: &mut Vec<u8>) {
    encode_varint((u64::from(number) << 3) | u64::from(wire_type), out);
}

pub(in crate::tests) fn delimited(bytes: &[u8], out: &mut Vec<u8>) {
    encode_varint(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}
