// Splits markdown where a blank line outside of fences, lists and indented code ends a block.

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const ITEM = /^ {0,3}([-*+]|\d{1,9}[.)])\s/;
const INDENTED = /^( {4}|\t)/;
/** Where a link that is written elsewhere leads to: then the text cannot be taken apart. */
const DEFINITION = /^ {0,3}\[[^\]]+\]:/m;

export function blocksOf(text: string): readonly string[] {
  if (DEFINITION.test(text)) return [text];
  const blocks: string[] = [];
  let block: string[] = [];
  let fence: string | null = null;
  let blank = false;
  let inList = false;
  for (const line of text.split("\n")) {
    const mark = FENCE.exec(line)?.[1];
    if (fence === null && blank && startsAnew(line, inList)) {
      blocks.push(block.join("\n"));
      block = [];
      inList = false;
    }
    block.push(line);
    inList ||= fence === null && ITEM.test(line);
    blank = fence === null && line.trim() === "" && block.length > 1;
    if (mark !== undefined) {
      if (fence === null) fence = mark;
      else if (mark.startsWith(fence) && line.trim() === mark) fence = null;
    }
  }
  blocks.push(block.join("\n"));
  return blocks;
}

/** After a blank line: indented lines belong to the code or the list before, further items to the list. */
function startsAnew(line: string, inList: boolean): boolean {
  if (line.trim() === "" || INDENTED.test(line)) return false;
  return !inList || !(ITEM.test(line) || /^\s/.test(line));
}
