/** Steam's application ids as text, as in the public API. */
export type Game = '730' | '252490';
export const CS2: Game = '730';
export const RUST: Game = '252490';
export const allGames: readonly Game[] = [CS2, RUST];
