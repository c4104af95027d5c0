// Which cards somebody has opened: they stay so where the list of messages draws them anew.

import { type SyntheticEvent, useState } from "react";
import { useServices } from "./services";

/** What a `<details>` is given to stay as it was left. */
export function useOpened(card: string) {
  const { opened } = useServices();
  // The browser opens and closes it; React says only how it begins.
  const [open] = useState(() => opened.has(card));
  const onToggle = ({ currentTarget }: SyntheticEvent<HTMLDetailsElement>) => {
    if (currentTarget.open) opened.add(card);
    else opened.delete(card);
  };
  return { open, onToggle };
}
