// Where help and the version go. A file or a pipe is written to directly: to open it as a stream loads the whole network
// stack, which is a third of the time that --help takes.
import { fstatSync, writeSync } from 'node:fs';

export interface HelpOutput {
  write(text: string): void;
  /** Where to break lines; undefined where nobody looks at a screen. */
  columns(): number | undefined;
}

export function streamOutput(stream: () => NodeJS.WriteStream): HelpOutput {
  return {
    write: (text) => void stream().write(text),
    columns: () => (stream().isTTY ? stream().columns : undefined),
  };
}

/** Standard output of this process. `stream` is asked for only where it is a terminal, or full. */
export function standardOutput(stream: () => NodeJS.WriteStream): HelpOutput {
  if (mayBeTerminal()) return streamOutput(stream);
  return {
    columns: () => undefined,
    write: (text) => {
      let rest = Buffer.from(text);
      try {
        while (rest.length > 0) rest = rest.subarray(writeSync(1, rest));
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'EAGAIN') stream().write(rest);
        else if (code !== 'EPIPE') throw error;
      }
    },
  };
}

function mayBeTerminal(): boolean {
  try {
    return fstatSync(1).isCharacterDevice();
  } catch {
    return true;
  }
}
