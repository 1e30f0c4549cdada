const names: Readonly<Record<string, string>> = { '730': 'CS2', '252490': 'Rust', '570': 'Dota 2', '440': 'TF2' };

/** The name of a game, by its id on Steam. */
export function gameName(appId: string): string {
  return names[appId] ?? `Game ${appId}`;
}
