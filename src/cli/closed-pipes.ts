// A reader that went away (`keyturn status | head`) is no error of ours.

/** The stream, on which a closed pipe ends quietly. */
export function toleratingClosedPipes(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  if (stream.listenerCount('error', tolerate) === 0) stream.on('error', tolerate);
  return stream;
}

function tolerate(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
