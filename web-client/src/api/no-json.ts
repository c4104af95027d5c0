// Stands in for the JSON codec of @bufbuild/protobuf in the built page, which speaks the binary format
// only: vite.config.ts puts it there, and 5 kB less are loaded before signing in.

function refuse(): never {
  throw new Error("JSON is not spoken here.");
}

export {
  refuse as enumFromJson,
  refuse as enumToJson,
  refuse as fromJson,
  refuse as fromJsonString,
  refuse as isEnumJson,
  refuse as mergeFromJson,
  refuse as mergeFromJsonString,
  refuse as toJson,
  refuse as toJsonString,
};
