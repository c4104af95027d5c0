// Buttons and fields' common looks.

import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";

const LOOKS = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong font-medium",
  plain: "border border-edge bg-surface text-ink hover:bg-sunken",
  quiet: "text-ink hover:bg-sunken",
  danger: "bg-danger text-surface hover:opacity-90 font-medium",
} as const;

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: keyof typeof LOOKS;
  readonly size?: "md" | "sm";
  /** At work on the last click: takes no other, and keeps the focus, which a disabled button loses. */
  readonly busy?: boolean;
  readonly ref?: Ref<HTMLButtonElement>;
}

export function Button({ look = "plain", size = "md", busy = false, className = "", onClick, ...rest }: ButtonProps) {
  const measure = size === "md" ? "min-h-10 px-4 text-base" : "min-h-8 px-2.5 text-sm";
  return (
    <button
      type="button"
      aria-disabled={busy || undefined}
      onClick={busy ? undefined : onClick}
      className={`inline-flex shrink-0 items-center justify-center gap-2 rounded-md transition-colors select-none disabled:opacity-55 aria-disabled:opacity-55 ${measure} ${LOOKS[look]} ${className}`}
      {...rest}
    />
  );
}

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** What it does: its accessible name, and the tooltip. */
  readonly label: string;
  readonly children: ReactNode;
  readonly ref?: Ref<HTMLButtonElement>;
}

export function IconButton({ label, className = "", ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={`inline-flex size-9 shrink-0 items-center justify-center rounded-md text-muted transition-colors hover:bg-sunken hover:text-ink disabled:opacity-40 [&_svg]:size-[1.125rem] ${className}`}
      {...rest}
    />
  );
}

/** The look of text fields and selects. */
export const FIELD =
  "w-full rounded-md border border-edge bg-surface px-3 py-2 text-base text-ink max-md:text-[1rem] aria-invalid:border-danger";

/** The look of selects, beside that of fields. */
export const SELECT = `${FIELD} select-caret pr-8 text-ellipsis`;
