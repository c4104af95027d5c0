// Markdown to a syntax tree: CommonMark, and of GitHub's additions tables, strike-through, task lists
// and bare links. No footnotes: their ids would clash between messages.

import type { Definition, Root, RootContent } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmStrikethroughFromMarkdown } from "mdast-util-gfm-strikethrough";
import { gfmTableFromMarkdown } from "mdast-util-gfm-table";
import { gfmTaskListItemFromMarkdown } from "mdast-util-gfm-task-list-item";
import { gfmAutolinkLiteral } from "micromark-extension-gfm-autolink-literal";
import { gfmStrikethrough } from "micromark-extension-gfm-strikethrough";
import { gfmTable } from "micromark-extension-gfm-table";
import { gfmTaskListItem } from "micromark-extension-gfm-task-list-item";
import { bareLinks } from "./autolink";

export interface Parsed {
  readonly root: Root;
  /** Where reference links lead, by their normalised label. */
  readonly definitions: ReadonlyMap<string, Definition>;
}

const options = {
  extensions: [gfmAutolinkLiteral(), gfmStrikethrough(), gfmTable(), gfmTaskListItem()],
  mdastExtensions: [
    bareLinks,
    gfmStrikethroughFromMarkdown(),
    gfmTableFromMarkdown(),
    gfmTaskListItemFromMarkdown(),
  ],
};

export function parse(text: string): Parsed {
  const root = fromMarkdown(text, options);
  const definitions = new Map<string, Definition>();
  collect(root.children, definitions);
  return { root, definitions };
}

function collect(nodes: readonly RootContent[], into: Map<string, Definition>): void {
  for (const node of nodes) {
    if (node.type === "definition" && !into.has(node.identifier)) into.set(node.identifier, node);
    if ("children" in node) collect(node.children, into);
  }
}
