export interface DopplerPhase {
  readonly name: string;
  /** The index in the game's files; the same for the first knives with this finish. */
  readonly paintIndex: number;
  /** In percent of the finish's price. */
  readonly percent: number;
}

/** Finishes with several phases under one market name. */
// biome-ignore format: a table reads best with a row a line
export const dopplerPhases: Readonly<Record<string, readonly [DopplerPhase, ...DopplerPhase[]]>> = {
  Doppler: [
    { name: 'Phase 1', paintIndex: 418, percent: 102 },
    { name: 'Phase 2', paintIndex: 419, percent: 117 },
    { name: 'Phase 3', paintIndex: 420, percent: 98 },
    { name: 'Phase 4', paintIndex: 421, percent: 106 },
    { name: 'Ruby', paintIndex: 415, percent: 312 },
    { name: 'Sapphire', paintIndex: 416, percent: 348 },
    { name: 'Black Pearl', paintIndex: 417, percent: 264 },
  ],
  'Gamma Doppler': [
    { name: 'Phase 1', paintIndex: 569, percent: 103 },
    { name: 'Phase 2', paintIndex: 570, percent: 112 },
    { name: 'Phase 3', paintIndex: 571, percent: 97 },
    { name: 'Phase 4', paintIndex: 572, percent: 108 },
    { name: 'Emerald', paintIndex: 568, percent: 421 },
  ],
};
