/** Steam's application ids, as text on the wire. */
export type Game = '730' | '252490';
export const CS2: Game = '730';
export const RUST: Game = '252490';
