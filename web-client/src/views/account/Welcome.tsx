// The one page for strangers: sign in, or make an account.

import { useEffect, useState, type SyntheticEvent } from "react";
import { Link, useLocation, useSearchParams } from "wouter";
import type { Session } from "../../api/session";
import { ownTimeZone } from "../../app/now";
import { forgetful } from "../../state/kept";
import { type Problem, problemOf } from "../../state/problem";
import { Brand } from "../parts/Brand";
import { Button, FIELD } from "../parts/Button";
import { Field, FormError } from "../parts/Field";

const WORDS = {
  signin: {
    title: "Sign in",
    action: "Sign in",
    busy: "Signing in…",
    other: "New here?",
    otherAction: "Create an account",
    otherPath: "/signup",
  },
  signup: {
    title: "Create your account",
    action: "Create account",
    busy: "Creating your account…",
    other: "Already have an account?",
    otherAction: "Sign in",
    otherPath: "/signin",
  },
} as const;

interface WelcomeProps {
  readonly session: Session;
  readonly mode: keyof typeof WORDS;
}

export function Welcome({ session, mode }: WelcomeProps) {
  const words = WORDS[mode];
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const [query] = useSearchParams();
  const [, navigate] = useLocation();
  const next = query.get("next");
  const other = next === null ? words.otherPath : `${words.otherPath}?next=${encodeURIComponent(next)}`;

  useEffect(() => {
    document.title = `${words.title} · taskchat`;
  }, [words.title]);

  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      if (mode === "signin") await session.signIn(email.trim(), password);
      else {
        await session.signUp({ email: email.trim(), password, timeZone: ownTimeZone() });
      }
    } catch (cause) {
      setProblem(problemOf(cause));
      setBusy(false);
    }
  };

  const wrong = errorsOf(problem);
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center px-4 py-10">
      <div className="w-full max-w-sm">
        <div className="mb-8 flex flex-col items-center gap-3 text-center">
          <Brand large />
          <p className="text-muted text-balance">Say what you need to do. It keeps the list, and shows a receipt for every change.</p>
        </div>
        <form
          noValidate
          onSubmit={(event) => void submit(event)}
          aria-labelledby="welcome-title"
          data-testid={`${mode}-form`}
          className="space-y-4 rounded-xl border border-line bg-surface p-6 shadow-raised"
        >
          <h1 id="welcome-title" className="text-xl font-semibold">
            {words.title}
          </h1>
          {wrong.form !== undefined && <FormError>{wrong.form}</FormError>}
          <Field label="E-mail" error={wrong.email}>
            {(control) => (
              <input
                {...control}
                name="email"
                type="email"
                autoComplete="username"
                autoCapitalize="none"
                spellCheck={false}
                required
                value={email}
                onChange={(event) => setEmail(event.target.value)}
                className={FIELD}
              />
            )}
          </Field>
          <Field
            label="Password"
            error={wrong.password}
            {...(mode === "signup" ? { hint: "At least 8 characters." } : {})}
          >
            {(control) => (
              <input
                {...control}
                name="password"
                type="password"
                autoComplete={mode === "signin" ? "current-password" : "new-password"}
                required
                value={password}
                onChange={(event) => setPassword(event.target.value)}
                className={FIELD}
              />
            )}
          </Field>
          {forgetful() && (
            <p data-testid="forgetful" className="text-sm text-muted">
              Your browser stores nothing for this page, no cookies either: you will have to sign in again after each reload, and every few minutes.
            </p>
          )}
          <Button look="primary" type="submit" disabled={busy} className="w-full" data-testid="submit">
            {busy ? words.busy : words.action}
          </Button>
        </form>
        <p className="mt-5 text-center text-muted">
          {words.other}{" "}
          <Link
            href={other}
            onClick={(event) => {
              // What is typed stays typed: both forms are this component.
              event.preventDefault();
              setProblem(null);
              navigate(other);
            }}
            className="font-medium text-accent underline underline-offset-2"
          >
            {words.otherAction}
          </Link>
        </p>
      </div>
    </main>
  );
}

/** Every reason where it belongs: at its field, or over the form. */
function errorsOf(problem: Problem | null) {
  if (problem === null) return {};
  const { email, password } = problem.fields;
  if (problem.kind === "exists") return { email: "This e-mail address is already registered." };
  if (email !== undefined || password !== undefined) return { email, password };
  return { form: problem.message };
}
