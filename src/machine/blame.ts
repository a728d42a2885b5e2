// How an error is kept in the context: in the shape that ASL's `Catch` gives it, so that both engines leave the same.

/** An error as ASL's `Catch` would hand it on: its name, and its message with the hint on a line of its own. */
export function blamed(error: unknown): { Error: string; Cause: string } {
  if (!(error instanceof Error)) return { Error: 'Error', Cause: String(error) };
  const hint = (error as { hint?: unknown }).hint;
  return { Error: error.name, Cause: typeof hint === 'string' ? `${error.message}\nhint: ${hint}` : error.message };
}

/** The message and hint inside a `Cause`, whether `blamed` made it or Lambda did (a JSON document with a stack). */
export function readCause(cause: string): { message: string; hint: string | null } {
  let text = cause;
  try {
    const parsed = JSON.parse(cause) as { errorMessage?: unknown } | null;
    if (typeof parsed?.errorMessage === 'string') text = parsed.errorMessage;
  } catch {
    // Not JSON: the text is the message itself.
  }
  const [message = '', hint] = text.split('\nhint: ', 2);
  return { message, hint: hint ?? null };
}
