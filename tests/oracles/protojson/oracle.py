"""ProtoJSON by Python's protobuf, for `main.rs`.

    oracle.py DESCRIPTORS generate SEED COUNT   prints: base64 of a message, its JSON
    oracle.py DESCRIPTORS check                 reads: base64 of a message, JSON, base64 of another
                                                prints: what is wrong with them, an empty line if nothing
    oracle.py DESCRIPTORS read                  reads: JSON; prints: base64 of the message, or a blank
                                                line if it is refused

Tabs between, one message a line, all of the type echo.v1.Call.
"""

import base64
import json
import random
import struct
import sys

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from google.protobuf.descriptor import FieldDescriptor as F
from google.protobuf.message import DecodeError

pool = descriptor_pool.DescriptorPool()
descriptors = descriptor_pb2.FileDescriptorSet.FromString(open(sys.argv[1], "rb").read())
for file in descriptors.file:
    pool.Add(file)
type_named = lambda name: message_factory.GetMessageClass(pool.FindMessageTypeByName(name))
Call = type_named("echo.v1.Call")


def to_json(message):
    text = json_format.MessageToJson(message, indent=None, ensure_ascii=False, descriptor_pool=pool)
    # One line; JSON has no raw line breaks elsewhere.
    return text.replace("\n", " ")


def from_json(text):
    return json_format.Parse(text, Call(), descriptor_pool=pool)


def encode(message):
    """The bytes of a message, the same for all messages that mean the same."""
    message = type(message).FromString(message.SerializeToString())
    settle(message)
    return message.SerializeToString(deterministic=True)


def settle(message):
    """Gives the messages inside of `Any` one order of their fields and map entries."""
    if message.DESCRIPTOR.full_name == "google.protobuf.Any" and message.type_url:
        try:
            inner = type_named(message.type_url.rsplit("/", 1)[-1]).FromString(message.value)
            message.value = encode(inner)
        except (KeyError, DecodeError):
            pass  # Nobody knows what is inside.
        return
    for field, value in message.ListFields():
        if not field.message_type:
            continue
        if field.message_type.GetOptions().map_entry:
            if field.message_type.fields_by_name["value"].message_type:
                for entry in value.values():
                    settle(entry)
        else:
            for one in value if field.is_repeated else [value]:
                settle(one)


# --- made-up messages ---------------------------------------------------------------------------

TEXTS = ["", "a", "Grüße", "☃ 𝄞", "\"\\/\b\f\n\r\t", "\u0000\u001f\u007f\u2028\u2029", "<&>'", "null", "1", " ", "x" * 300]
INT = {32: [0, 1, -1, 2**31 - 1, -(2**31)], 64: [0, 1, -1, 2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63)]}
UINT = {32: [0, 1, 2**32 - 1], 64: [0, 1, 2**53 + 1, 2**64 - 1]}
DOUBLES = [0.0, -0.0, 1.0, -1.0, 0.1, 1.5, 1e15, 1e16, 123456789012345680.0, 1e21, 1e22, 1e-5, 1e-7, 5e-324, 1.7976931348623157e308, 2.0**53, float("nan"), float("inf"), float("-inf")]
FLOATS = [0.0, -0.0, 1.0, -1.0, 0.1, 1.5, 16777216.0, 1e10, 1e20, 1e-7, 1e-45, 3.4028e38, float("nan"), float("inf"), float("-inf")]
NAMES = ["a", "b_c", "d_e_f.g_h", "ab", "i.j"]


class Maker:
    def __init__(self, seed):
        self.dice = random.Random(seed)

    def scalar(self, field):
        dice, kind = self.dice, field.type
        if kind == F.TYPE_BOOL:
            return dice.random() < 0.5
        if kind == F.TYPE_STRING:
            return dice.choice(TEXTS) if dice.random() < 0.8 else "".join(chr(dice.choice([dice.randrange(32, 127), dice.randrange(0xA0, 0xD800), dice.randrange(0x10000, 0x11000)])) for _ in range(dice.randrange(9)))
        if kind == F.TYPE_BYTES:
            return dice.randbytes(dice.randrange(12))
        if kind == F.TYPE_ENUM:
            known = [value.number for value in field.enum_type.values]
            unknown = [] if field.enum_type.full_name == "google.protobuf.NullValue" else [77, -5]
            return dice.choice(known + unknown)
        if kind in (F.TYPE_DOUBLE, F.TYPE_FLOAT):
            number = self.number(kind)
            # prost-reflect takes it for an unset field; texts.toml has it as a difference.
            is_lost = number == 0 and not field.is_repeated and not field.has_presence
            return abs(number) if is_lost else number
        signed = kind in (F.TYPE_INT32, F.TYPE_INT64, F.TYPE_SINT32, F.TYPE_SINT64, F.TYPE_SFIXED32, F.TYPE_SFIXED64)
        wide = 64 if field.cpp_type in (F.CPPTYPE_INT64, F.CPPTYPE_UINT64) else 32
        if dice.random() < 0.6:
            return dice.choice((INT if signed else UINT)[wide])
        drawn = dice.getrandbits(dice.randrange(1, wide))
        return drawn if not signed or dice.random() < 0.5 else -drawn

    def number(self, kind):
        known, form, size = (DOUBLES, "<d", 8) if kind == F.TYPE_DOUBLE else (FLOATS, "<f", 4)
        return self.dice.choice(known) if self.dice.random() < 0.6 else self.bits(form, size)

    def bits(self, form, size):
        """Any finite number."""
        while True:
            number = struct.unpack(form, self.dice.randbytes(size))[0]
            if number - number == 0:
                return number

    def fill(self, message, depth, share):
        """Sets some fields; `share` is how likely each is."""
        name = message.DESCRIPTOR.full_name
        special = getattr(self, "fill_" + name.rsplit(".", 1)[1].lower(), None)
        if name.startswith("google.protobuf.") and special:
            return special(message, depth)
        for field in message.DESCRIPTOR.fields:
            if self.dice.random() < share:
                self.set(message, field, depth)

    def set(self, message, field, depth):
        count = self.dice.randrange(1, 4)
        if field.message_type and field.message_type.GetOptions().map_entry:
            return self.map(getattr(message, field.name), field, count, depth)
        if field.is_repeated:
            items = getattr(message, field.name)
            for _ in range(count):
                if field.message_type:
                    self.fill(items.add(), depth + 1, 0.3)
                else:
                    items.append(self.scalar(field))
        elif field.message_type:
            inner = getattr(message, field.name)
            inner.SetInParent()
            if depth < 4:
                self.fill(inner, depth + 1, 0.3)
            elif field.message_type.full_name == "google.protobuf.Value":
                inner.null_value = 0
        else:
            setattr(message, field.name, self.scalar(field))

    def map(self, entries, field, count, depth):
        key, value = (field.message_type.fields_by_name[name] for name in ("key", "value"))
        for _ in range(count):
            if value.message_type:
                self.fill(entries[self.scalar(key)], depth + 1, 0.3)
            else:
                entries[self.scalar(key)] = self.scalar(value)

    def nanos(self):
        return self.dice.choice([0, 1, 1000, 1_000_000, 500_000_000, 999_999_999, 123_456_000, self.dice.randrange(10**9)])

    def fill_timestamp(self, message, _):
        message.seconds = self.dice.choice([0, -1, 1, -62135596800, 253402300799, 951782400, self.dice.randrange(-62135596800, 253402300800)])
        message.nanos = self.nanos()

    def fill_duration(self, message, _):
        sign = self.dice.choice([1, -1])
        message.seconds = sign * self.dice.choice([0, 1, 59, 315575999999, self.dice.randrange(315576000000)])
        message.nanos = sign * self.nanos()

    def fill_fieldmask(self, message, _):
        message.paths.extend(self.dice.choices(NAMES, k=self.dice.randrange(4)))

    def fill_value(self, message, depth):
        kind = self.dice.randrange(6 if depth < 5 else 4)
        if kind == 0:
            message.null_value = 0
        elif kind == 1:
            message.number_value = self.dice.choice([number for number in DOUBLES if number - number == 0])
        elif kind == 2:
            message.string_value = self.dice.choice(TEXTS)
        elif kind == 3:
            message.bool_value = self.dice.random() < 0.5
        elif kind == 4:
            message.struct_value.SetInParent()
            self.fill_struct(message.struct_value, depth + 1)
        else:
            message.list_value.SetInParent()
            self.fill_listvalue(message.list_value, depth + 1)

    def fill_struct(self, message, depth):
        for _ in range(self.dice.randrange(3)):
            self.fill_value(message.fields[self.dice.choice(TEXTS)], depth + 1)

    def fill_listvalue(self, message, depth):
        for _ in range(self.dice.randrange(3)):
            self.fill_value(message.values.add(), depth + 1)

    def fill_any(self, message, depth):
        names = ["echo.v1.Sub", "google.protobuf.Duration", "google.protobuf.Int64Value", "google.protobuf.Struct", "google.protobuf.Value", "google.protobuf.Empty"]
        names += ["google.protobuf.Any", "echo.v1.Call"] if depth < 3 else []
        inner = type_named(self.dice.choice(names))()
        self.fill(inner, depth + 1, 0.1)
        message.type_url = self.dice.choice(["type.googleapis.com/", "example.com/types/"]) + inner.DESCRIPTOR.full_name
        message.value = encode(inner)


def agrees(text, data):
    """Python reads what it printed. It does not always: the largest float is too large for it."""
    try:
        return encode(from_json(text)) == data
    except json_format.ParseError:
        return False


def generate(seed, count):
    maker = Maker(seed)
    made = 0
    while made < count:
        message = Call()
        maker.fill(message, 0, maker.dice.choice([0.02, 0.1, 0.3]))
        data = encode(message)
        text = to_json(message)
        if not agrees(text, data):
            continue
        print(base64.b64encode(data).decode(), text, sep="\t")
        made += 1


# --- judging ------------------------------------------------------------------------------------

def near(ours, theirs):
    """Equal, but for the digits of numbers that are the same `float`."""
    if type(ours) in (int, float) and type(theirs) in (int, float) and ours != theirs:
        return abs(theirs) < 3.4e38 and struct.pack("<f", ours) == struct.pack("<f", theirs)
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(near(ours[name], theirs[name]) for name in ours)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(near, ours, theirs))
    return ours == theirs


def fields_apart(one, other):
    """The fields in which two messages differ."""
    names = [field.name for field, _ in one.ListFields() + other.ListFields()]
    part = lambda message, name: encode(type(message)(**{name: getattr(message, name)})) if message.HasField(name) else None
    bare = lambda message, name: encode(type(message)(**{name: getattr(message, name)}))
    pick = lambda message, name: (part if message.DESCRIPTOR.fields_by_name[name].has_presence else bare)(message, name)
    return ", ".join(sorted({name for name in names if pick(one, name) != pick(other, name)}))


def check():
    for line in sys.stdin.buffer:
        data, text, other = line.rstrip(b"\n").split(b"\t")
        data, other = base64.b64decode(data), base64.b64decode(other)
        meant = Call.FromString(data)
        wrong = []
        try:
            understood = from_json(text.decode())
            if encode(understood) != data:
                wrong.append(f"our JSON is another message to Python: {fields_apart(understood, meant)}")
        except (json_format.ParseError, ValueError) as error:
            wrong.append(f"Python refuses our JSON: {error}")
        if encode(Call.FromString(other)) != data:
            wrong.append(f"Python's JSON is another message to us: {fields_apart(Call.FromString(other), meant)}")
        ours, theirs = json.loads(text), json.loads(to_json(meant))
        if not near(ours, theirs):
            names = [name for name in {**ours, **theirs} if not near(ours.get(name), theirs.get(name))]
            wrong.append(f"we print differently: {', '.join(names)}")
        print("; ".join(wrong).replace("\n", " "))


def read():
    for line in sys.stdin.buffer:
        try:
            message = from_json(line.rstrip(b"\n").decode())
            print("=" + base64.b64encode(encode(message)).decode())
        except (json_format.ParseError, ValueError, RecursionError, UnicodeDecodeError):
            print()


if sys.argv[2] == "generate":
    generate(int(sys.argv[3]), int(sys.argv[4]))
else:
    {"check": check, "read": read}[sys.argv[2]]()
