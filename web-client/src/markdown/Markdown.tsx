// A model's markdown. While it streams it is drawn block by block, so that finished blocks are never
// parsed again; the finished text is drawn whole, since references may reach across blocks.

import { memo } from "react";
import { blocksOf } from "./blocks";
import { draw } from "./draw";
import { parse } from "./parse";

const Block = memo(function Block({ text }: { readonly text: string }) {
  return <div>{draw(parse(text))}</div>;
});

interface MarkdownProps {
  readonly text: string;
  readonly streaming: boolean;
}

export default function Markdown({ text, streaming }: MarkdownProps) {
  const blocks = streaming ? blocksOf(text) : [text];
  return (
    <div className="prose">
      {blocks.map((block, at) => (
        // Blocks are only ever added at the end.
        // oxlint-disable-next-line react/no-array-index-key
        <Block key={at} text={block} />
      ))}
    </div>
  );
}
