// A block of code: its language, a way to copy it, and colours once they are loaded.

import { type ReactNode, useEffect, useMemo, useState } from "react";
import { languageOf, type Piece } from "./languages";

type Highlight = (language: string, code: string) => readonly Piece[];

let loaded: Highlight | null = null;

interface CodeProps {
  readonly code: string;
  readonly info: string | null | undefined;
  /** True while more of it may come: colours would change with every word. */
  readonly growing: boolean;
}

export function Code({ code, info, growing }: CodeProps) {
  const language = growing ? null : languageOf(info, code);
  const highlight = useHighlight(language !== null);
  const pieces = useMemo(
    () => (highlight === null || language === null ? [code] : highlight(language, code)),
    [code, highlight, language],
  );
  return (
    <div className="code" data-language={language ?? undefined}>
      <div className="code-bar">
        <span>{info ?? ""}</span>
        <Copy code={code} />
      </div>
      <pre
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- scrolled with the keyboard
        tabIndex={0}
      >
        <code>{draw(pieces)}</code>
      </pre>
    </div>
  );
}

function draw(pieces: readonly Piece[]): ReactNode {
  return pieces.map((piece, at) =>
    typeof piece === "string" ? (
      piece
    ) : (
      // oxlint-disable-next-line react/no-array-index-key -- pieces of one text have no other name
      <span key={at} className={piece.name}>
        {draw(piece.pieces)}
      </span>
    ),
  );
}

/** Plain code is good enough to read until the colours are here, and if they never come. */
function useHighlight(wanted: boolean): Highlight | null {
  const [known, setKnown] = useState<Highlight | null>(() => loaded);
  useEffect(() => {
    if (!wanted || known !== null) return;
    let left = false;
    import("./highlight").then(
      ({ highlight }) => {
        loaded = highlight;
        if (!left) setKnown(() => highlight);
      },
      () => {},
    );
    return () => {
      left = true;
    };
  }, [wanted, known]);
  return known;
}

function Copy({ code }: { readonly code: string }) {
  const [words, setWords] = useState("Copy");
  useEffect(() => {
    if (words === "Copy") return;
    const timer = setTimeout(() => setWords("Copy"), 2000);
    return () => clearTimeout(timer);
  }, [words]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(code);
      setWords("Copied");
    } catch {
      setWords("Not allowed");
    }
  };
  return (
    <button type="button" data-testid="copy-code" onClick={() => void copy()}>
      {words}
      <span className="sr-only"> code</span>
    </button>
  );
}
