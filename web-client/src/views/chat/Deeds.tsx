// What the assistant did in a turn, and taking it back. Loaded with the first thing that it did.

import type { ToolCall } from "../../state/model";
import { receiptsOf } from "../../state/receipts";
import { ToolCard } from "./ToolCard";
import { UndoAll } from "./UndoAll";

export interface DeedsProps {
  readonly calls: readonly ToolCall[];
  readonly turnId: string | null;
  /** True once nothing more will come of the turn. */
  readonly ended: boolean;
}

export function Deeds({ calls, turnId, ended }: DeedsProps) {
  const receipts = receiptsOf(calls);
  return (
    <>
      <ul className="space-y-2" aria-label="What the assistant did">
        {calls.map((call) => (
          <li key={call.id}>
            <ToolCard call={call} turnId={turnId} ended={ended} />
          </li>
        ))}
      </ul>
      {ended && turnId !== null && receipts.length > 1 && <UndoAll turnId={turnId} receipts={receipts} />}
    </>
  );
}
