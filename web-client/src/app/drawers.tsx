// Which of the two drawers is open where the window is too narrow to show their content all the time.

import { createContext, type ReactNode, useContext, useMemo, useState } from "react";

export type Drawer = "conversations" | "tasks" | null;

interface Drawers {
  readonly open: Drawer;
  readonly show: (drawer: Drawer) => void;
}

const Context = createContext<Drawers>({ open: null, show: () => {} });

export function DrawersProvider({ children }: { readonly children: ReactNode }) {
  const [open, show] = useState<Drawer>(null);
  const value = useMemo(() => ({ open, show }), [open]);
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

export function useDrawers(): Drawers {
  return useContext(Context);
}
