import { Button } from '@mantine/core';

interface ExportCsvProps {
  /** Of the gateway's route, which ends with `.csv`. */
  readonly path: string;
  /** Those of the list, in the words of the gateway. */
  readonly filters: Readonly<Record<string, string>>;
}

/** Saves all rows of a list as a file, not only those that are shown. */
export function ExportCsv({ path, filters }: ExportCsvProps) {
  const query = new URLSearchParams(filters).toString();
  return (
    <Button component="a" variant="default" href={query === '' ? path : `${path}?${query}`} download ml="auto">
      Export as CSV
    </Button>
  );
}
