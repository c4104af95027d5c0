// A syntax tree as React elements. Safe by construction: every kind of node that may appear is named
// here, HTML stays the text it is, links lead to the web or to a mailbox, and nothing is ever loaded.

import type { Nodes, Table } from "mdast";
import { createElement, Fragment, type ReactNode } from "react";
import { Code } from "./Code";
import type { Parsed } from "./parse";

interface Context {
  readonly definitions: Parsed["definitions"];
  /** True while more text may come. */
  readonly growing: boolean;
}

/** The page has an h1, and an h2 over every message. */
const HEADINGS = ["h3", "h4", "h5", "h6", "h6", "h6"] as const;

export function draw({ root, definitions }: Parsed, growing = false): ReactNode {
  return all(root.children, { definitions, growing });
}

function all(nodes: readonly Nodes[], context: Context): ReactNode {
  return nodes.map((node, at) => (
    // The tree is drawn anew whenever its text changes; places are all that tells nodes apart.
    // oxlint-disable-next-line react/no-array-index-key
    <Fragment key={at}>{one(node, context)}</Fragment>
  ));
}

function one(node: Nodes, context: Context): ReactNode {
  const inside = () => ("children" in node ? all(node.children, context) : null);
  switch (node.type) {
    case "text":
      return node.value;
    case "paragraph":
      return <p>{inside()}</p>;
    case "heading":
      return createElement(HEADINGS[node.depth - 1] ?? "h6", null, inside());
    case "emphasis":
      return <em>{inside()}</em>;
    case "strong":
      return <strong>{inside()}</strong>;
    case "delete":
      return <del>{inside()}</del>;
    case "inlineCode":
      return <code>{node.value}</code>;
    case "code":
      return <Code code={node.value} info={node.lang} growing={context.growing} />;
    case "break":
      return <br />;
    case "thematicBreak":
      return <hr />;
    case "blockquote":
      return <blockquote>{inside()}</blockquote>;
    case "list":
      return node.ordered === true ? (
        <ol start={node.start ?? 1}>{inside()}</ol>
      ) : (
        <ul className={node.children.some((item) => typeof item.checked === "boolean") ? "checks" : undefined}>
          {inside()}
        </ul>
      );
    case "listItem": {
      // In a tight list, paragraphs are mere lines.
      const lines = node.children.flatMap((child): Nodes[] =>
        child.type === "paragraph" && node.spread !== true ? child.children : [child],
      );
      return (
        <li>
          {typeof node.checked === "boolean" && <Check done={node.checked} />}
          {all(lines, context)}
        </li>
      );
    }
    case "table":
      return <TableView table={node} context={context} />;
    case "link":
      return <Outward href={node.url} words={textOf(node)}>{inside()}</Outward>;
    case "linkReference":
      return <Outward href={context.definitions.get(node.identifier)?.url} words={textOf(node)}>{inside()}</Outward>;
    // Showing a remote image would tell its host who reads this, and when.
    case "image":
      return <Outward href={node.url} words="">{node.alt || "Image"}</Outward>;
    case "imageReference":
      return <Outward href={context.definitions.get(node.identifier)?.url} words="">{node.alt || "Image"}</Outward>;
    case "html":
      return /^<br\s*\/?>$/i.test(node.value) ? <br /> : node.value;
    default:
      return null;
  }
}

function Check({ done }: { readonly done: boolean }) {
  return (
    <span role="img" aria-label={done ? "Done: " : "Open: "}>
      {done ? "☑ " : "☐ "}
    </span>
  );
}

function TableView({ table, context }: { readonly table: Table; readonly context: Context }) {
  const [head, ...body] = table.children;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- scrolled with the keyboard
    <div className="table" tabIndex={0} role="group" aria-label="Table">
      <table>
        <thead>
          <tr>
            {head?.children.map((cell, at) => (
              // oxlint-disable-next-line react/no-array-index-key -- cells have no other name
              <th key={at}>{all(cell.children, context)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {body.map((row, line) => (
            // oxlint-disable-next-line react/no-array-index-key
            <tr key={line}>
              {row.children.map((cell, at) => (
                // oxlint-disable-next-line react/no-array-index-key
                <td key={at}>{all(cell.children, context)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A link that shows where it leads, whatever its words say. */
function Outward({ href, words, children }: OutwardProps) {
  if (href === undefined || !/^(https?:\/\/|mailto:)/i.test(href)) return children;
  const plain = href.replace(/^(https?:\/\/|mailto:)/i, "").replace(/\/$/, "");
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
      {!words.includes(plain) && <span className="text-sm"> ({href})</span>}
    </a>
  );
}

interface OutwardProps {
  readonly href: string | undefined;
  /** Its children as text. */
  readonly words: string;
  readonly children: ReactNode;
}

function textOf(node: Nodes): string {
  if ("value" in node) return node.value;
  return "children" in node ? node.children.map(textOf).join("") : "";
}
