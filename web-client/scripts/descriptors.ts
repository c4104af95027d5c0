// Unpacks the contract's descriptors while building. Protobuf keeps each as base64 of its binary form,
// which a browser would have to decode, with the descriptor of descriptors, before the first call.

import { type DescMessage, fromBinary, type Message } from "@bufbuild/protobuf";
import { base64Decode } from "@bufbuild/protobuf/wire";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import type { Plugin } from "vite";

/** The call as generated code has it. */
const PACKED = /\bfileDesc\("([A-Za-z0-9+/=]+)"/g;

/** `runtime` is the module that makes files of them. */
export const descriptors = (runtime: string): Plugin => ({
  name: "descriptors",
  enforce: "pre",
  transform(code, id) {
    if (!/_pb\.(ts|js)$/.test(id)) return null;
    const unpacked = code.replace(PACKED, (_call, packed: string) => `unpackedFile(${literal(packed)}`);
    if (unpacked === code) return null;
    return { code: `import { NONE, unpackedFile } from ${JSON.stringify(runtime)};\n${unpacked}`, map: null };
  },
});

function literal(packed: string): string {
  return write(fromBinary(FileDescriptorProtoSchema, base64Decode(packed)), FileDescriptorProtoSchema);
}

/** What is set of a message, as source; what is not comes from `NONE`. */
function write(message: Message, { fields }: DescMessage): string {
  const values = message as unknown as Readonly<Record<string, unknown>>;
  const set = fields.filter(({ localName }) => Object.hasOwn(values, localName) && !isNothing(values[localName]));
  const parts = set.map((field) => {
    const value = values[field.localName];
    const one = (each: unknown) => (field.message === undefined ? JSON.stringify(each) : write(each as Message, field.message));
    return `${field.localName}:${Array.isArray(value) ? `[${value.map(one).join()}]` : one(value)}`;
  });
  return `{__proto__:NONE,${parts.join()}}`;
}

const isNothing = (value: unknown) => value === undefined || (Array.isArray(value) && value.length === 0);
