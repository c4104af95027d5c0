// Splits markdown where a blank line outside of fences, lists and tables ends a block.

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const ITEM = /^ {0,3}([-*+]|\d{1,9}[.)])\s/;

export function blocksOf(text: string): readonly string[] {
  const blocks: string[] = [];
  let block: string[] = [];
  let fence: string | null = null;
  let blank = false;
  for (const line of text.split("\n")) {
    const mark = FENCE.exec(line)?.[1];
    if (fence === null && blank && startsAnew(block, line)) {
      blocks.push(block.join("\n"));
      block = [];
    }
    block.push(line);
    blank = fence === null && line.trim() === "" && block.length > 1;
    if (mark !== undefined) {
      if (fence === null) fence = mark;
      else if (mark.startsWith(fence) && line.trim() === mark) fence = null;
    }
  }
  blocks.push(block.join("\n"));
  return blocks;
}

/** After a blank line: indented lines and further items still belong to a list. */
function startsAnew(block: readonly string[], line: string): boolean {
  if (line.trim() === "") return false;
  const inList = block.some((each) => ITEM.test(each));
  return !inList || !(ITEM.test(line) || /^\s/.test(line));
}
