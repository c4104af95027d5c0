// The button at the end of a list that has more.

import { useLayoutEffect, useRef } from "react";
import { Button } from "./Button";
import { handOn } from "./focus";

interface MoreProps {
  readonly words: string;
  readonly loading: boolean;
  readonly onMore: () => unknown;
  readonly size?: "sm" | "md";
  readonly className?: string;
}

export function More({ words, loading, onMore, size = "sm", className = "mt-1" }: MoreProps) {
  const button = useRef<HTMLButtonElement>(null);
  // After the last page it goes.
  useLayoutEffect(() => {
    const element = button.current;
    return () => {
      if (element !== null) handOn(element, element.parentElement);
    };
  }, []);
  return (
    <Button ref={button} look="quiet" size={size} className={`${className} w-full`} busy={loading} onClick={onMore}>
      {loading ? "Loading…" : words}
    </Button>
  );
}
