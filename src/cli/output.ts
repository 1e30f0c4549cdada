/** The output of a command: this process, or the answer to a command that runs inside the gateway. */
export interface Output {
  out(text: string): void;
  err(text: string): void;
}

export const processOutput: Output = {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
};

/** The collected output of a command, which can be sent from the gateway to the calling process. */
export interface CommandResult {
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

  with(exitCode: number): CommandResult {
    return { stdout: this.#stdout, stderr: this.#stderr, exitCode };
  }
}

/** `skinrail trade list | head` closes the pipe early, which is not an error. */
export function exitOnClosedPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}
