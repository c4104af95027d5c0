// Copies an answer as it was written, in markdown.

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { useServices } from "../../app/services";
import { IconButton } from "../parts/Button";

export function CopyButton({ text }: { readonly text: string }) {
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
      label="Copy answer"
      data-testid="copy"
      onClick={() => void copy()}
      className="size-7 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 focus-visible:opacity-100 pointer-coarse:opacity-100"
    >
      {copied ? <Check className="max-w-4" /> : <Copy className="max-w-4" />}
    </IconButton>
  );
}
