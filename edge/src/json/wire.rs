//! Protobuf's wire format, read in place: tags, numbers and lengths. What a field is, is not known
//! here (see [`super::plan`]).

/// Bytes that are no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

/// Levels of messages and groups inside each other that are followed; prost's limit.
pub(crate) const DEPTH: u32 = 100;

/// One value as it stands on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Raw<'b> {
    /// Seven bits a byte.
    Varint(u64),
    /// Eight bytes, little end first.
    Bits64(u64),
    /// Four bytes, little end first.
    Bits32(u32),
    /// Text, bytes, a message or packed numbers.
    Bytes(&'b [u8]),
    /// What stands between the two tags of a group.
    Group(&'b [u8]),
}

/// The fields of a message, in the order of the wire.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields<'b> {
    rest: &'b [u8],
}

impl<'b> Fields<'b> {
    /// All fields of a message.
    pub(crate) const fn new(bytes: &'b [u8]) -> Self {
        Self { rest: bytes }
    }

    /// What was not read yet.
    pub(crate) const fn rest(&self) -> &'b [u8] {
        self.rest
    }

    /// The next field; `None` at the end.
    #[inline]
    pub(crate) fn next(&mut self) -> Result<Option<(u32, Raw<'b>)>, Malformed> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let (number, wire_type) = self.tag()?;
        let raw = self.raw(number, wire_type, DEPTH)?;
        Ok(Some((number, raw)))
    }

    fn tag(&mut self) -> Result<(u32, u8), Malformed> {
        let key = u32::try_from(self.varint()?).map_err(|_| Malformed)?;
        match (key >> 3, key & 7) {
            (0, _) => Err(Malformed),
            (number, wire_type) => Ok((number, u8::try_from(wire_type).map_err(|_| Malformed)?)),
        }
    }

    #[inline]
    fn raw(&mut self, number: u32, wire_type: u8, depth: u32) -> Result<Raw<'b>, Malformed> {
        match wire_type {
            0 => self.varint().map(Raw::Varint),
            1 => self.bits64().map(Raw::Bits64),
            2 => {
                let length = usize::try_from(self.varint()?).map_err(|_| Malformed)?;
                let (bytes, rest) = self.rest.split_at_checked(length).ok_or(Malformed)?;
                self.rest = rest;
                Ok(Raw::Bytes(bytes))
            }
            3 => self.group(number, depth).map(Raw::Group),
            5 => self.bits32().map(Raw::Bits32),
            _ => Err(Malformed),
        }
    }

    fn group(&mut self, number: u32, depth: u32) -> Result<&'b [u8], Malformed> {
        let depth = depth.checked_sub(1).ok_or(Malformed)?;
        let whole = self.rest;
        loop {
            let before = self.rest.len();
            match self.tag()? {
                (end, 4) if end == number => {
                    return whole.get(..whole.len() - before).ok_or(Malformed);
                }
                (inner, wire_type) => {
                    self.raw(inner, wire_type, depth)?;
                }
            }
        }
    }

    /// A number of up to ten bytes; also an element of a packed field.
    #[inline]
    pub(crate) fn varint(&mut self) -> Result<u64, Malformed> {
        match self.rest {
            // Tags, most lengths and most numbers.
            [byte @ 0..0x80, rest @ ..] => {
                self.rest = rest;
                Ok(u64::from(*byte))
            }
            [low, high @ 0..0x80, rest @ ..] => {
                self.rest = rest;
                Ok(u64::from(low & 0x7f) | (u64::from(*high) << 7))
            }
            _ => self.long_varint(),
        }
    }

    fn long_varint(&mut self) -> Result<u64, Malformed> {
        let mut value = 0;
        for (index, byte) in self.rest.iter().take(10).enumerate() {
            value |= u64::from(byte & 0x7f) << (7 * index);
            if *byte < 0x80 {
                // The tenth byte has room for one bit.
                if index == 9 && *byte > 1 {
                    return Err(Malformed);
                }
                self.rest = self.rest.get(index + 1..).ok_or(Malformed)?;
                return Ok(value);
            }
        }
        Err(Malformed)
    }

    /// Eight bytes; also an element of a packed field.
    pub(crate) fn bits64(&mut self) -> Result<u64, Malformed> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or(Malformed)?;
        self.rest = rest;
        Ok(u64::from_le_bytes(*bytes))
    }

    /// Four bytes; also an element of a packed field.
    pub(crate) fn bits32(&mut self) -> Result<u32, Malformed> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or(Malformed)?;
        self.rest = rest;
        Ok(u32::from_le_bytes(*bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Vec<(u32, Raw<'_>)>, Malformed> {
        let mut fields = Fields::new(bytes);
        let mut read = Vec::new();
        while let Some(field) = fields.next()? {
            read.push(field);
        }
        Ok(read)
    }

    #[test]
    fn every_wire_type_is_read() {
        assert_eq!(read(b""), Ok(vec![]));
        assert_eq!(read(b"\x08\x96\x01"), Ok(vec![(1, Raw::Varint(150))]));
        assert_eq!(
            read(b"\x09\x01\0\0\0\0\0\0\0\x15\x02\0\0\0"),
            Ok(vec![(1, Raw::Bits64(1)), (2, Raw::Bits32(2))])
        );
        assert_eq!(read(b"\x12\x02ab"), Ok(vec![(2, Raw::Bytes(b"ab"))]));
        assert_eq!(
            read(b"\x0b\x08\x01\x13\x14\x0c\x08\x02"),
            Ok(vec![
                (1, Raw::Group(b"\x08\x01\x13\x14")),
                (1, Raw::Varint(2))
            ])
        );
        let most = [&b"\x08"[..], &[0xff; 9], &[1]].concat();
        assert_eq!(read(&most), Ok(vec![(1, Raw::Varint(u64::MAX))]));
    }

    #[test]
    fn what_is_no_message_is_refused() {
        let deep = vec![0x0b; 200];
        let too_many_bits = [&b"\x08"[..], &[0xff; 9], &[2]].concat();
        let rows: &[&[u8]] = &[
            b"\x00\x01",
            b"\x08",
            b"\x08\x80",
            b"\x12\x05ab",
            b"\x09\x01",
            b"\x15\x01",
            b"\x0b\x08\x01",
            b"\x0b\x14",
            b"\x0c",
            b"\x0e\x01",
            b"\x0f\x01",
            b"\x80\x80\x80\x80\x10\x01",
            &deep,
            &too_many_bits,
        ];
        for bytes in rows {
            assert_eq!(read(bytes), Err(Malformed), "{bytes:?}");
        }
    }
}
