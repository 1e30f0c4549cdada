/** Ends this process when the one that started it is gone, or asks. `close` may let what is under way end. */
export function endWithParent(close: () => Promise<void>): void {
  const end = () => {
    close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.stdin.on('end', end).on('error', end).resume();
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
}
