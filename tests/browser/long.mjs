// A conversation far longer than a test has time to hold: `ListMessages` answered from here, in gRPC-Web.

const varint = (value) => {
  const bytes = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 128);
  }
};
const number = (field, value) => Buffer.from([field << 3, ...varint(value)]);
const bytes = (field, value) => {
  const body = Buffer.from(value);
  return Buffer.concat([Buffer.from([(field << 3) | 2, ...varint(body.length)]), body]);
};
const frame = (flag, body) => {
  const head = Buffer.alloc(5);
  head[0] = flag;
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
};

const id = (kind, at) => `00000000-0000-7000-${kind}000-${String(at).padStart(12, "0")}`;
const COMPLETED = 4;

/** Message `at` of a conversation: questions are odd, answers even. */
function message(at, content) {
  const turn = Math.ceil(at / 2);
  return Buffer.concat([
    bytes(1, id("a", at)),
    number(2, at % 2 === 1 ? 1 : 2),
    bytes(3, content(at)),
    bytes(5, number(1, 1_780_000_000 + turn * 60)),
    bytes(6, id("b", turn)),
    number(7, COMPLETED),
  ]);
}

/** The fields 2 (size) and 3 (token) of a request. */
function asked(body) {
  let at = 5;
  let size = 0;
  let token = "";
  const read = () => {
    let value = 0;
    for (let place = 1; ; place *= 128) {
      const byte = body[at++];
      value += (byte & 127) * place;
      if (byte < 128) return value;
    }
  };
  while (at < body.length) {
    const key = read();
    if ((key & 7) === 0) {
      const value = read();
      if (key >> 3 === 2) size = value;
    } else {
      const length = read();
      if (key >> 3 === 3) token = body.subarray(at, at + length).toString();
      at += length;
    }
  }
  return { size: size === 0 ? 50 : size, before: token === "" ? null : Number(token) };
}

/** From now on every conversation that `page` opens has `count` messages. */
export async function lengthen(page, count, content) {
  await page.route("**/taskchat.v1.MessageService/ListMessages", (route) => {
    const { size, before } = asked(route.request().postDataBuffer());
    const last = before ?? count;
    const first = Math.max(1, last - size + 1);
    const parts = [];
    for (let at = first; at <= last; at += 1) parts.push(bytes(1, message(at, content)));
    parts.push(number(2, last - first + 1));
    if (first > 1) parts.push(bytes(3, String(first - 1)));
    const body = Buffer.concat([frame(0, Buffer.concat(parts)), frame(0x80, Buffer.from("grpc-status: 0\r\n"))]);
    return route.fulfill({ status: 200, contentType: "application/grpc-web+proto", body });
  });
}
