// The name and the sign.

export function Mark({ className }: { readonly className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden className={className}>
      <path
        className="fill-accent"
        d="M9 3h14a6 6 0 0 1 6 6v9a6 6 0 0 1-6 6h-8.2l-5.3 4.6A1.5 1.5 0 0 1 7 27.5V23.7A6 6 0 0 1 3 18V9a6 6 0 0 1 6-6z"
      />
      <path
        className="stroke-on-accent"
        fill="none"
        strokeWidth="3"
        strokeLinecap="round"
        strokeLinejoin="round"
        d="m10.5 14 4 4 7.5-8"
      />
    </svg>
  );
}

export function Brand({ large = false }: { readonly large?: boolean }) {
  return (
    <span className={`inline-flex items-center gap-2 font-semibold tracking-tight ${large ? "text-2xl" : "text-lg"}`}>
      <Mark className={large ? "size-10" : "size-7"} />
      taskchat
    </span>
  );
}
