/** Says loudly which database the suite runs on: a green run on one is no run on the other. */
export default function announceDatabase(): void {
  const url = process.env['TEST_DATABASE_URL'];
  const text = url
    ? 'Tests run on PostgreSQL (TEST_DATABASE_URL).'
    : 'Tests run on the embedded database. Races between nodes are SKIPPED: set TEST_DATABASE_URL to run them.';
  process.stdout.write(`\n  ${text}\n\n`);
}
