// The page's one polite status region: phases and results, never the text of an answer.

import { useServices, useStore } from "../../app/services";

/**
 * Mounted empty with the page and never replaced, or screen readers would miss its words. What is
 * outside of a modal dialog is silent, so that a dialog brings one of its own.
 */
export function Announcer({ inDialog = false }: { readonly inDialog?: boolean }) {
  const { toasts } = useServices();
  const said = useStore(toasts.said, (text) => text);
  return (
    <div role="status" aria-live="polite" data-testid={inDialog ? undefined : "announcer"} className="sr-only">
      {said}
    </div>
  );
}
