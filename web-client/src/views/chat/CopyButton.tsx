// Copies what was said or answered as it was written.

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { useServices } from "../../app/services";
import { IconButton } from "../parts/Button";

interface CopyButtonProps {
  readonly text: string;
  /** What it is. */
  readonly what: "answer" | "message";
}

export function CopyButton({ text, what }: CopyButtonProps) {
  const { toasts } = useServices();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      toasts.say("Copied");
    } catch {
      toasts.warn("Your browser did not allow copying.");
    }
  };
  return (
    <IconButton
      label={`Copy ${what}`}
      data-testid={what === "answer" ? "copy" : "copy-message"}
      onClick={() => void copy()}
      className="size-7 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 focus-visible:opacity-100 pointer-coarse:opacity-100"
    >
      {copied ? <Check className="max-w-4" /> : <Copy className="max-w-4" />}
    </IconButton>
  );
}
