// The bar over a page: its title, and the ways to what a narrow window hides.

import { Menu } from "lucide-react";
import type { ReactNode } from "react";
import { useDrawers } from "../app/drawers";
import { IconButton } from "./parts/Button";

interface PageHeaderProps {
  readonly title: string;
  readonly children?: ReactNode;
}

export function PageHeader({ title, children }: PageHeaderProps) {
  const drawers = useDrawers();
  return (
    <header className="flex h-14 shrink-0 items-center gap-1 border-b border-line px-2 md:px-5">
      <IconButton
        label="Conversations"
        data-testid="open-conversations"
        aria-haspopup="dialog"
        className="md:hidden"
        onClick={() => drawers.show("conversations")}
      >
        <Menu />
      </IconButton>
      <h1 className="min-w-0 flex-1 truncate text-lg font-semibold max-md:px-1" data-testid="page-title">
        {title}
      </h1>
      {children}
    </header>
  );
}
