/**
 * Finish, rarity, range of float values (hundredths), and price in cents for Field-Tested, or for its best exterior if it has
 * no Field-Tested. `s`: also with StatTrak™, `u`: also as Souvenir.
 */
export type Finish = readonly [
  name: string,
  rarity: Rarity,
  floatMin: number,
  floatMax: number,
  cents: number,
  variants?: 's' | 'u',
];

export type Rarity = keyof typeof rarities;

/** Steam's names and colours of CS2's rarities. */
export const rarities = {
  base: { name: 'Base Grade', color: '#b0c3d9' },
  consumer: { name: 'Consumer Grade', color: '#b0c3d9' },
  industrial: { name: 'Industrial Grade', color: '#5e98d9' },
  milSpec: { name: 'Mil-Spec Grade', color: '#4b69ff' },
  high: { name: 'High Grade', color: '#4b69ff' },
  restricted: { name: 'Restricted', color: '#8847ff' },
  remarkable: { name: 'Remarkable', color: '#8847ff' },
  classified: { name: 'Classified', color: '#d32ce6' },
  exotic: { name: 'Exotic', color: '#d32ce6' },
  covert: { name: 'Covert', color: '#eb4b4b' },
  extraordinary: { name: 'Extraordinary', color: '#eb4b4b' },
  contraband: { name: 'Contraband', color: '#e4ae39' },
} as const;

export interface Weapon {
  readonly type: string;
  readonly finishes: readonly Finish[];
}

// biome-ignore format: a table reads best with a row a line
export const weapons: Readonly<Record<string, Weapon>> = {
  'AK-47': { type: 'Rifle', finishes: [
    ['Redline', 'classified', 10, 70, 3_420, 's'],
    ['Asiimov', 'covert', 5, 70, 4_810, 's'],
    ['Vulcan', 'covert', 0, 90, 14_650, 's'],
    ['Fire Serpent', 'covert', 6, 76, 61_500],
    ['Case Hardened', 'classified', 0, 100, 14_900],
    ['Neon Rider', 'covert', 0, 80, 5_430],
    ['Slate', 'restricted', 0, 100, 485, 's'],
    ['Elite Build', 'milSpec', 0, 100, 192],
    ['Safari Mesh', 'industrial', 6, 80, 61],
  ] },
  M4A4: { type: 'Rifle', finishes: [
    ['Asiimov', 'covert', 18, 100, 9_250, 's'],
    ['Neo-Noir', 'covert', 0, 90, 2_630],
    ['The Emperor', 'covert', 0, 80, 3_640],
    ['Howl', 'contraband', 0, 40, 482_000],
    ['Evil Daimyo', 'restricted', 0, 52, 405],
  ] },
  'M4A1-S': { type: 'Rifle', finishes: [
    ['Printstream', 'covert', 0, 80, 9_320, 's'],
    ['Hyper Beast', 'covert', 0, 100, 3_180],
    ['Mecha Industries', 'covert', 0, 100, 2_540],
    ['Nightmare', 'restricted', 0, 100, 562],
    ['Icarus Fell', 'restricted', 0, 10, 34_200],
  ] },
  AWP: { type: 'Sniper Rifle', finishes: [
    ['Asiimov', 'covert', 18, 100, 9_830, 's'],
    ['Dragon Lore', 'covert', 0, 70, 648_000, 'u'],
    ['Wildfire', 'covert', 0, 80, 4_120],
    ['Redline', 'classified', 10, 40, 2_840, 's'],
    ['Electric Hive', 'classified', 0, 40, 3_090],
    ['Atheris', 'restricted', 0, 100, 476, 's'],
    ['Safari Mesh', 'industrial', 6, 80, 92, 'u'],
    ['Pit Viper', 'industrial', 6, 80, 118, 'u'],
  ] },
  'SSG 08': { type: 'Sniper Rifle', finishes: [
    ['Blood in the Water', 'covert', 6, 20, 11_300],
    ['Dragonfire', 'covert', 0, 50, 3_270],
  ] },
  'Desert Eagle': { type: 'Pistol', finishes: [
    ['Blaze', 'restricted', 0, 8, 66_400],
    ['Printstream', 'covert', 0, 80, 5_260, 's'],
    ['Kumicho Dragon', 'classified', 0, 100, 1_210],
    ['Light Rail', 'restricted', 0, 100, 241],
    ['Mudder', 'industrial', 6, 80, 58],
  ] },
  'USP-S': { type: 'Pistol', finishes: [
    ['Kill Confirmed', 'covert', 0, 100, 4_890, 's'],
    ['Cortex', 'classified', 0, 100, 592],
    ['Ticket to Hell', 'milSpec', 0, 100, 84],
    ['Forest Leaves', 'industrial', 6, 80, 71],
  ] },
  'Glock-18': { type: 'Pistol', finishes: [
    ['Fade', 'restricted', 0, 8, 168_000],
    ['Water Elemental', 'classified', 0, 70, 684, 's'],
    ['Vogue', 'classified', 0, 60, 512],
    ['Weasel', 'restricted', 0, 65, 243],
  ] },
  P250: { type: 'Pistol', finishes: [
    ['See Ya Later', 'covert', 0, 80, 1_090],
    ['Asiimov', 'classified', 10, 100, 415],
    ['Sand Dune', 'consumer', 6, 80, 5],
  ] },
  'Five-SeveN': { type: 'Pistol', finishes: [['Monkey Business', 'classified', 10, 90, 462]] },
  'Tec-9': { type: 'Pistol', finishes: [['Fuel Injector', 'classified', 0, 100, 623], ['Isaac', 'milSpec', 0, 90, 74]] },
  P90: { type: 'SMG', finishes: [['Asiimov', 'covert', 0, 92, 762], ['Trigon', 'classified', 8, 75, 487]] },
  MP7: { type: 'SMG', finishes: [['Nemesis', 'classified', 0, 32, 568]] },
  MP9: { type: 'SMG', finishes: [['Starlight Protector', 'covert', 0, 70, 1_320], ['Sand Dashed', 'consumer', 6, 80, 4]] },
  'MAC-10': { type: 'SMG', finishes: [['Neon Rider', 'covert', 0, 45, 893, 's'], ['Heat', 'restricted', 0, 100, 286]] },
  'UMP-45': { type: 'SMG', finishes: [['Primal Saber', 'classified', 0, 70, 524]] },
  'Galil AR': { type: 'Rifle', finishes: [['Chatterbox', 'covert', 35, 90, 1_680], ['Eco', 'classified', 10, 80, 391]] },
  FAMAS: { type: 'Rifle', finishes: [['Roll Cage', 'covert', 0, 100, 642], ['Mecha Industries', 'classified', 0, 100, 398]] },
  AUG: { type: 'Rifle', finishes: [['Chameleon', 'covert', 0, 50, 972], ['Syd Mead', 'classified', 0, 80, 375]] },
  'SG 553': { type: 'Rifle', finishes: [['Cyrex', 'covert', 0, 50, 1_140], ['Pulse', 'restricted', 10, 60, 182]] },
  Nova: { type: 'Shotgun', finishes: [['Hyper Beast', 'classified', 0, 50, 461]] },
  'MAG-7': { type: 'Shotgun', finishes: [['Justice', 'covert', 0, 100, 684]] },
  XM1014: { type: 'Shotgun', finishes: [['Tranquility', 'classified', 0, 80, 347]] },
  Negev: { type: 'Machinegun', finishes: [['Power Loader', 'restricted', 0, 80, 121]] },
};

// biome-ignore format: a table reads best with a row a line
export const knives: Readonly<Record<string, readonly Finish[]>> = {
  Karambit: [
    ['Doppler', 'covert', 0, 8, 128_000],
    ['Fade', 'covert', 0, 8, 184_000],
    ['Lore', 'covert', 0, 65, 71_500],
    ['Safari Mesh', 'covert', 6, 80, 41_200],
  ],
  'Butterfly Knife': [
    ['Gamma Doppler', 'covert', 0, 8, 204_000],
    ['Fade', 'covert', 0, 8, 263_000],
    ['Slaughter', 'covert', 1, 26, 121_000],
  ],
  'M9 Bayonet': [
    ['Doppler', 'covert', 0, 8, 119_000],
    ['Gamma Doppler', 'covert', 0, 8, 137_000],
    ['Crimson Web', 'covert', 6, 80, 57_800],
  ],
  Bayonet: [['Tiger Tooth', 'covert', 0, 8, 61_200], ['Damascus Steel', 'covert', 0, 50, 33_400, 's']],
  'Flip Knife': [['Gamma Doppler', 'covert', 0, 8, 48_700], ['Marble Fade', 'covert', 0, 8, 46_900]],
  'Talon Knife': [['Case Hardened', 'covert', 0, 100, 47_300]],
  'Skeleton Knife': [['Slaughter', 'covert', 1, 26, 92_400]],
  'Huntsman Knife': [['Rust Coat', 'covert', 40, 100, 13_900]],
  'Gut Knife': [['Doppler', 'covert', 0, 8, 21_600], ['Urban Masked', 'covert', 6, 80, 11_400]],
  'Shadow Daggers': [['Stained', 'covert', 0, 100, 11_900]],
  'Navaja Knife': [['Scorched', 'covert', 6, 80, 9_640]],
};

// biome-ignore format: a table reads best with a row a line
export const gloves: Readonly<Record<string, readonly Finish[]>> = {
  'Sport Gloves': [['Vice', 'extraordinary', 6, 80, 98_400], ['Omega', 'extraordinary', 6, 80, 21_700]],
  'Specialist Gloves': [['Crimson Kimono', 'extraordinary', 6, 80, 61_900], ['Foundation', 'extraordinary', 6, 80, 19_400]],
  'Driver Gloves': [['King Snake', 'extraordinary', 6, 80, 24_800], ['Racing Green', 'extraordinary', 6, 80, 6_830]],
  'Moto Gloves': [['Polygon', 'extraordinary', 6, 80, 13_600]],
  'Hand Wraps': [['Cobalt Skulls', 'extraordinary', 6, 80, 18_300]],
  'Hydra Gloves': [['Mangrove', 'extraordinary', 6, 80, 6_120]],
};
