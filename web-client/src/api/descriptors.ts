// Files of the contract, made of what the build has unpacked (scripts/descriptors.ts).

import { createFileRegistry, type DescFile } from "@bufbuild/protobuf";
import type { FileDescriptorProto } from "@bufbuild/protobuf/wkt";

const none: readonly never[] = [];

/** What a part of a descriptor is where it says nothing. */
export const NONE = {
  syntax: "", package: "", edition: 0, dependency: none, messageType: none, enumType: none, service: none, extension: none,
  field: none, nestedType: none, oneofDecl: none, extensionRange: none, reservedRange: none, reservedName: none,
  value: none, method: none, inputType: "", outputType: "", clientStreaming: false, serverStreaming: false,
  label: 1, typeName: "", extendee: "", defaultValue: "", oneofIndex: 0, jsonName: "", proto3Optional: false, number: 0,
} as const;

export function unpackedFile(parts: Partial<FileDescriptorProto> & { name: string }, imports: readonly DescFile[] = []): DescFile {
  const proto = Object.assign(parts, {
    $typeName: "google.protobuf.FileDescriptorProto",
    dependency: imports.map((file) => file.proto.name),
  }) as FileDescriptorProto;
  const files = createFileRegistry(proto, (name) => imports.find((file) => file.proto.name === name));
  const file = files.getFile(parts.name);
  if (file === undefined) throw new Error(`${parts.name} is not in what was made of it`);
  return file;
}
