/** What has to be undone at the end, however the run ends; the newest first. */
export class Cleanup {
  readonly #steps: { name: string; undo: () => Promise<void> }[] = [];
  #running: Promise<void> | undefined;

  /** Before what it undoes is begun, so that an interruption in the midst of it leaves nothing behind. */
  add(name: string, undo: () => Promise<void>): void {
    this.#steps.push({ name, undo });
  }

  /** Once, whoever asks; a step that fails is reported and the others still run. */
  run(): Promise<void> {
    this.#running ??= this.#undoAll();
    return this.#running;
  }

  async #undoAll(): Promise<void> {
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await step.undo();
      } catch (error) {
        process.stderr.write(`could not undo "${step.name}": ${error}\n`);
      }
    }
  }
}
