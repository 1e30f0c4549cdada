/** Where a command writes: to this process, or into an answer when it runs inside the gateway. */
export interface Output {
  out(text: string): void;
  err(text: string): void;
}

export const processOutput: Output = {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
};

/** What a command that ran inside the gateway has to say to the terminal that sent it. */
export interface Said {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

export class CollectedOutput implements Output {
  #stdout = '';
  #stderr = '';

  out(text: string): void {
    this.#stdout += text;
  }

  err(text: string): void {
    this.#stderr += text;
  }

  with(exitCode: number): Said {
    return { stdout: this.#stdout, stderr: this.#stderr, exitCode };
  }
}

/** `skinrail trade list | head` closes the pipe early; that is no error. */
export function endQuietlyOnClosedPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}
