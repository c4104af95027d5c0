// What a part of the page shows when it has nothing else: waiting, empty, or in trouble.

import { CircleAlert, RotateCw } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "./Button";

/** Grey lines where text will be. */
export function Skeleton({ lines, label }: { readonly lines: number; readonly label: string }) {
  const widths = ["w-4/5", "w-3/5", "w-11/12", "w-2/3", "w-3/4"];
  return (
    <div role="img" aria-label={label} className="animate-pulse space-y-4 p-4">
      {Array.from({ length: lines }, (_nothing, at) => (
        <div key={widths[at] ?? at} className={`h-4 rounded-sm bg-sunken ${widths[at % widths.length]}`} />
      ))}
    </div>
  );
}

interface NothingProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly children?: ReactNode;
  readonly testId?: string;
}

export function Nothing({ icon, title, children, testId }: NothingProps) {
  return (
    <div
      data-testid={testId}
      className="mx-auto flex max-w-sm flex-col items-center gap-2 px-6 py-12 text-center"
    >
      <div aria-hidden className="mb-1 text-muted [&_svg]:size-8 [&_svg]:stroke-[1.5]">
        {icon}
      </div>
      <h2 className="text-lg font-semibold text-balance">{title}</h2>
      {children !== undefined && <div className="text-muted text-balance">{children}</div>}
    </div>
  );
}

interface TroubleProps {
  readonly title: string;
  readonly detail?: string;
  readonly onRetry?: () => void;
  /** Offers to load the whole page anew as well. */
  readonly reload?: boolean;
}

export function Trouble({ title, detail, onRetry, reload = false }: TroubleProps) {
  return (
    <div role="alert" data-testid="load-error">
      <Nothing icon={<CircleAlert />} title={title}>
        {detail}
        {onRetry !== undefined && (
          <div className="mt-4 flex flex-wrap justify-center gap-2">
            <Button onClick={onRetry}>
              <RotateCw aria-hidden className="size-4" /> Try again
            </Button>
            {reload && <Button onClick={() => location.reload()}>Reload the page</Button>}
          </div>
        )}
      </Nothing>
    </div>
  );
}
