// A model's markdown, block by block: finished blocks are never parsed again, neither while the rest
// streams in nor when it ends. So what was drawn live is what a later visit draws.

import { memo } from "react";
import { blocksOf } from "./blocks";
import { draw } from "./draw";
import { parse } from "./parse";

interface BlockProps {
  readonly text: string;
  readonly growing: boolean;
}

const Block = memo(function Block({ text, growing }: BlockProps) {
  return <div>{draw(parse(text), growing)}</div>;
});

interface MarkdownProps {
  readonly text: string;
  readonly streaming: boolean;
}

export default function Markdown({ text, streaming }: MarkdownProps) {
  const blocks = blocksOf(text);
  return (
    <div className="prose">
      {blocks.map((block, at) => (
        // Blocks are only ever added at the end.
        // oxlint-disable-next-line react/no-array-index-key
        <Block key={at} text={block} growing={streaming && at === blocks.length - 1} />
      ))}
    </div>
  );
}
