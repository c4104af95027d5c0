// Code as words of its language, for the languages that people ask a task manager about least rarely.
// A chunk of its own, loaded when the first code of a known language is shown.

import bash from "highlight.js/lib/languages/bash";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import go from "highlight.js/lib/languages/go";
import ini from "highlight.js/lib/languages/ini";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import python from "highlight.js/lib/languages/python";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";
import { createLowlight } from "lowlight";
import type { Piece } from "./languages";

const grammars = { bash, css, diff, go, ini, java, javascript, json, python, rust, sql, typescript, xml, yaml };
const lowlight = createLowlight(grammars);

/** The code as a tree of pieces; joined, they are the code. */
export function highlight(language: string, code: string): readonly Piece[] {
  return lowlight.highlight(language, code).children.map(pieceOf);
}

type Node = ReturnType<typeof lowlight.highlight>["children"][number];

function pieceOf(node: Node): Piece {
  if (node.type === "text") return node.value;
  if (node.type !== "element") return "";
  const names = node.properties["className"];
  const name = Array.isArray(names) ? names.join(" ") : "";
  return { name, pieces: node.children.map((child) => pieceOf(child as Node)) };
}
