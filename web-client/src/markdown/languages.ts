// Which languages code can be highlighted in, by the names that people and models give them.

/** Text, or a run of pieces with the name of what they are. */
export type Piece = string | { readonly name: string; readonly pieces: readonly Piece[] };

const NAMES: Readonly<Record<string, string>> = {
  bash: "bash", sh: "bash", shell: "bash", zsh: "bash", console: "bash",
  css: "css", diff: "diff", patch: "diff", go: "go", golang: "go",
  ini: "ini", toml: "ini", java: "java", javascript: "javascript", js: "javascript", jsx: "javascript", mjs: "javascript",
  json: "json", jsonc: "json", python: "python", py: "python", rust: "rust", rs: "rust",
  sql: "sql", postgresql: "sql", sqlite: "sql", typescript: "typescript", ts: "typescript", tsx: "typescript",
  xml: "xml", html: "xml", svg: "xml", yaml: "yaml", yml: "yaml",
};

/** More than this is shown plain: colours are not worth a stalled page. */
const MAX_LENGTH = 20_000;

/** The language to highlight in; `null` for plain text. */
export function languageOf(info: string | null | undefined, code: string): string | null {
  const name = info?.toLowerCase() ?? "";
  if (code.length > MAX_LENGTH || !Object.hasOwn(NAMES, name)) return null;
  return NAMES[name] ?? null;
}
