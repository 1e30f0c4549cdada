/** An item without an exterior: market name, rarity, price in cents. */
export type Extra = readonly [name: string, rarity: 'base' | 'high' | 'remarkable' | 'exotic', cents: number];

// biome-ignore format: a table reads best with a row a line
export const stickers: readonly Extra[] = [
  ['Sticker | Crown (Foil)', 'exotic', 79_400],
  ['Sticker | Howling Dawn', 'exotic', 21_800],
  ['Sticker | Flammable (Foil)', 'exotic', 8_640],
  ['Sticker | Headhunter (Foil)', 'exotic', 5_320],
  ['Sticker | Swag (Foil)', 'exotic', 3_910],
  ['Sticker | Lambda (Holo)', 'remarkable', 1_480],
  ['Sticker | Chicken Lover', 'high', 214],
  ['Sticker | Good Luck', 'high', 187],
  ['Sticker | Welcome to the Clutch', 'high', 96],
  ['Sticker | Dinked', 'high', 88],
  ['Sticker | Rekt (Holo)', 'remarkable', 342],
  ['Sticker | Runtime', 'high', 41],
  ['Sticker | Natus Vincere (Holo) | Stockholm 2021', 'remarkable', 318],
  ['Sticker | Natus Vincere | Katowice 2019', 'high', 126],
  ['Sticker | FaZe Clan (Holo) | Antwerp 2022', 'remarkable', 243],
  ['Sticker | FaZe Clan | Paris 2023', 'high', 34],
  ['Sticker | G2 Esports (Glitter) | Paris 2023', 'high', 62],
  ['Sticker | Vitality (Gold) | Paris 2023', 'exotic', 1_720],
  ['Sticker | Cloud9 | Boston 2018', 'high', 481],
  ['Sticker | MOUZ (Holo) | Copenhagen 2024', 'remarkable', 57],
  ['Sticker | Team Spirit | Copenhagen 2024', 'high', 19],
  ['Sticker | ENCE | Rio 2022', 'high', 15],
];

// biome-ignore format: a table reads best with a row a line
export const charms: readonly Extra[] = [
  ["Charm | Lil' Ava", 'remarkable', 264],
  ["Charm | Lil' Monster", 'high', 118],
  ["Charm | Lil' Squirt", 'high', 97],
  ["Charm | Lil' Whiskers", 'high', 132],
  ['Charm | Hot Howl', 'exotic', 6_380],
  ['Charm | Diamond Dog', 'exotic', 1_940],
];

// biome-ignore format: a table reads best with a row a line
export const containers: readonly Extra[] = [
  ['CS:GO Weapon Case', 'base', 10_640],
  ['Operation Bravo Case', 'base', 5_230],
  ['Operation Phoenix Weapon Case', 'base', 486],
  ['Huntsman Weapon Case', 'base', 1_180],
  ['Glove Case', 'base', 1_430],
  ['Chroma 3 Case', 'base', 411],
  ['Gamma 2 Case', 'base', 352],
  ['Spectrum 2 Case', 'base', 397],
  ['Clutch Case', 'base', 94],
  ['Danger Zone Case', 'base', 121],
  ['Prisma 2 Case', 'base', 136],
  ['Fracture Case', 'base', 38],
  ['Snakebite Case', 'base', 31],
  ['Dreams & Nightmares Case', 'base', 124],
  ['Recoil Case', 'base', 29],
  ['Revolution Case', 'base', 44],
  ['Kilowatt Case', 'base', 58],
  ['Gallery Case', 'base', 101],
];
