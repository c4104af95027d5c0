// Instants: wire to milliseconds.

import { type Timestamp, timestampMs } from "@bufbuild/protobuf/wkt";

export function instant(at: Timestamp | undefined): number | null {
  return at === undefined ? null : timestampMs(at);
}
