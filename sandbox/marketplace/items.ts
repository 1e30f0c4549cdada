import type { Cs2BehaviourName, RustBehaviourName } from './behaviours.ts';

/** The common data of all copies of a test listing; its name says how it behaves. */
export interface Item {
  /** Part of the native id: never reused and never changed. */
  readonly number: number;
  readonly name: string;
  readonly type: string;
  readonly priceMills: bigint;
  readonly rarity?: string;
  readonly instant?: true;
  readonly phases?: readonly string[];
}

// biome-ignore format: a table reads best with a row a line
export const cs2Items: Readonly<Record<Cs2BehaviourName, Item>> = {
  'ships-at-once':              { number: 1, name: 'AK-47 | Ships At Once (Field-Tested)', type: 'Rifle', rarity: 'Classified', priceMills: 12_340n, instant: true },
  'ships-later':                { number: 2, name: '★ Karambit | Ships Later (Factory New)', type: 'Knife', rarity: 'Covert', priceMills: 845_500n, phases: ['Phase 1', 'Phase 2', 'Phase 3', 'Phase 4'] },
  'never-ships':                { number: 3, name: 'AK-47 | Never Ships (Field-Tested)', type: 'Rifle', rarity: 'Classified', priceMills: 15_250n },
  'cancel-confirmed-later':     { number: 4, name: 'M4A4 | Confirms Cancel Later (Field-Tested)', type: 'Rifle', rarity: 'Restricted', priceMills: 7_815n },
  'refuses-to-cancel':          { number: 5, name: 'AWP | Refuses To Cancel (Minimal Wear)', type: 'Sniper Rifle', rarity: 'Covert', priceMills: 61_900n },
  'delivers-despite-cancel':    { number: 6, name: 'AWP | Delivers Despite Cancel (Field-Tested)', type: 'Sniper Rifle', rarity: 'Covert', priceMills: 48_125n },
  'price-raised':               { number: 7, name: 'Desert Eagle | Price Raised (Factory New)', type: 'Pistol', rarity: 'Restricted', priceMills: 9_990n },
  'price-raised-since-listed':  { number: 8, name: 'Desert Eagle | Price Raised Since Listed (Field-Tested)', type: 'Pistol', rarity: 'Mil-Spec Grade', priceMills: 4_200n },
  cheaper:                      { number: 9, name: 'USP-S | Cheaper Than Listed (Minimal Wear)', type: 'Pistol', rarity: 'Classified', priceMills: 20_000n, instant: true },
  'purchase-refused':           { number: 10, name: 'Glock-18 | Sold To Someone Else (Factory New)', type: 'Pistol', rarity: 'Restricted', priceMills: 3_333n },
  'buy-503':                    { number: 11, name: 'P250 | Buy Answers 503 (Field-Tested)', type: 'Pistol', rarity: 'Mil-Spec Grade', priceMills: 1_030n },
  'buy-answer-lost':            { number: 12, name: 'P90 | Buy Answer Lost (Field-Tested)', type: 'SMG', rarity: 'Restricted', priceMills: 5_505n },
  'buy-answer-lost-found-late': { number: 13, name: 'P90 | Buy Answer Lost Found Late (Well-Worn)', type: 'SMG', rarity: 'Restricted', priceMills: 5_104n },
  'buy-html':                   { number: 14, name: 'MAC-10 | Buy Answers HTML (Minimal Wear)', type: 'SMG', rarity: 'Mil-Spec Grade', priceMills: 2_750n },
  'buy-never-arrives':          { number: 15, name: 'MP9 | Buy Never Arrives (Battle-Scarred)', type: 'SMG', rarity: 'Mil-Spec Grade', priceMills: 681n },
  'cancel-503':                 { number: 16, name: 'Galil AR | Cancel Answers 503 (Field-Tested)', type: 'Rifle', rarity: 'Restricted', priceMills: 6_010n },
  'cancel-timeout':             { number: 17, name: 'FAMAS | Cancel Answer Lost (Field-Tested)', type: 'Rifle', rarity: 'Restricted', priceMills: 6_250n },
  'cancel-html':                { number: 18, name: 'AUG | Cancel Answers HTML (Field-Tested)', type: 'Rifle', rarity: 'Restricted', priceMills: 6_499n },
  'cancel-connection-cut':      { number: 19, name: 'SG 553 | Cancel Connection Cut (Field-Tested)', type: 'Rifle', rarity: 'Restricted', priceMills: 6_702n },
  'cancel-arrives-twice':       { number: 29, name: 'CZ75-Auto | Cancel Arrives Twice (Field-Tested)', type: 'Pistol', rarity: 'Restricted', priceMills: 3_050n },
  'seller-fails':               { number: 20, name: 'Five-SeveN | Seller Fails (Minimal Wear)', type: 'Pistol', rarity: 'Classified', priceMills: 8_880n },
  'recipient-declines':         { number: 21, name: 'Tec-9 | Recipient Declines (Field-Tested)', type: 'Pistol', rarity: 'Restricted', priceMills: 11_450n },
  'reversed-in-hold':           { number: 22, name: 'M4A1-S | Reversed In Hold (Factory New)', type: 'Rifle', rarity: 'Covert', priceMills: 74_300n, instant: true },
  'reversed-after-completion':  { number: 23, name: 'M4A1-S | Reversed After Completion (Minimal Wear)', type: 'Rifle', rarity: 'Covert', priceMills: 52_606n, instant: true },
  'unknown-word':               { number: 24, name: 'UMP-45 | Unknown Word (Field-Tested)', type: 'SMG', rarity: 'Mil-Spec Grade', priceMills: 1_945n },
  contradicts:                  { number: 25, name: 'Nova | Contradicts Itself (Well-Worn)', type: 'Shotgun', rarity: 'Mil-Spec Grade', priceMills: 1_501n, instant: true },
  'delivers-after-failing':     { number: 26, name: 'XM1014 | Delivers After Failing (Well-Worn)', type: 'Shotgun', rarity: 'Mil-Spec Grade', priceMills: 2_210n },
  'buy-answer-lost-found-too-late': { number: 27, name: 'P90 | Buy Answer Lost Found Too Late (Field-Tested)', type: 'SMG', rarity: 'Restricted', priceMills: 4_904n },
  'buy-answer-lost-never-ships': { number: 28, name: 'P90 | Buy Answer Lost Never Ships (Field-Tested)', type: 'SMG', rarity: 'Restricted', priceMills: 4_703n },
  'buy-arrives-when-repeated': { number: 30, name: 'MP7 | Buy Arrives When Repeated (Field-Tested)', type: 'SMG', rarity: 'Restricted', priceMills: 4_310n },
  'buy-sold-when-repeated': { number: 31, name: 'MP7 | Buy Sold When Repeated (Well-Worn)', type: 'SMG', rarity: 'Restricted', priceMills: 3_905n },
};

// biome-ignore format: a table reads best with a row a line
export const rustItems: Readonly<Record<RustBehaviourName, Item>> = {
  'ships-at-once':    { number: 1, name: 'Metal Door | Ships At Once', type: 'Door', priceMills: 4_350n },
  'ships-later':      { number: 2, name: 'Metal Facemask | Ships Later', type: 'Armor', priceMills: 18_205n },
  'never-ships':      { number: 3, name: 'Garage Door | Never Ships', type: 'Door', priceMills: 7_777n },
  'purchase-refused': { number: 4, name: 'Rock | Sold To Someone Else', type: 'Tool', priceMills: 2_600n },
  'price-changed':    { number: 5, name: 'Hoodie | Price Changed', type: 'Clothing', priceMills: 3_145n },
  'buy-answer-lost':  { number: 6, name: 'Assault Rifle | Buy Answer Lost', type: 'Weapon', priceMills: 9_060n },
  'seller-fails':     { number: 7, name: 'Sleeping Bag | Seller Fails', type: 'Deployable', priceMills: 1_238n },
  'unknown-word':     { number: 8, name: 'Large Wood Box | Unknown Word', type: 'Deployable', priceMills: 985n },
  'buy-never-arrives': { number: 9, name: 'Semi-Automatic Rifle | Buy Never Arrives', type: 'Weapon', priceMills: 2_345n },
  'buy-answer-lost-found-too-late': { number: 10, name: 'Assault Rifle | Buy Answer Lost Found Too Late', type: 'Weapon', priceMills: 8_040n },
};
