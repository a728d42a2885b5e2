#!/usr/bin/env node
// Lambda's runtime interface for a function of Node, as a program of its own. An emulator that runs Node itself calls every
// error by one name, and the state machine goes by names.
import { join } from 'node:path';

const { AWS_LAMBDA_RUNTIME_API, LAMBDA_TASK_ROOT, _HANDLER = '' } = process.env;
const [file, exported] = _HANDLER.split('.');
const handle = (await import(join(LAMBDA_TASK_ROOT, `${file}.mjs`)))[exported];
const invocation = `http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;

for (;;) {
  const next = await fetch(`${invocation}/next`);
  const id = next.headers.get('lambda-runtime-aws-request-id');
  const answer = (what, body) => fetch(`${invocation}/${id}/${what}`, { method: 'POST', body: JSON.stringify(body) });
  try {
    await answer('response', (await handle(await next.json())) ?? null);
  } catch ({ name, message }) {
    await answer('error', { errorType: name, errorMessage: message, stackTrace: [] });
  }
}
