// The title of the browser's tab.

import { useEffect } from "react";

export function useTitleOf(title: string): void {
  useEffect(() => {
    document.title = `${title} · taskchat`;
  }, [title]);
}
