/** Rust items by type, with their price in cents. Rust has no exteriors. */
// biome-ignore format: a table reads best with few rows
export const rustStock: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  Weapon: {
    'Alien Red': 16_480, 'Glory AK47': 31_200, 'Tempered AK47': 4_860, 'Black Gold AK47': 1_390, 'Cold Hunter AK47': 870,
    'Neo Soul AK47': 1_120, 'Anubis AK47': 940, 'Azul AK47': 615, 'Battle-Scarred AKS47': 1_480, 'BullDozer AK47': 530,
    'Playmaker AK47': 690, 'Digital Camo AK47': 410, 'Elite Crate AR': 385, 'No Mercy AR': 2_340, 'Frosty AR': 298,
    'Tempered LR300': 2_690, 'Winter Ops LR': 344, 'Tundra LR300': 261, 'Tempered Mp5': 1_870, 'Black Gold MP5': 520,
    'Neo Soul MP5': 475, 'Valentine MP5': 233, 'Tempered Thompson': 1_740, 'Black Gold Thompson': 610,
    'Cold Hunter Thompson': 329, 'Azul Thompson': 284, 'Graffiti Thompson': 198, 'Mysterious Cult Thompson': 247,
    'Tempered SAR': 1_260, 'Neo Soul SAR': 431, 'No Mercy SAR': 1_085, 'Black Gold SAR': 366, 'Glory SAR': 2_410,
    'Diesel SAR': 172, 'Alien Relic SMG': 18_350, 'Polymer SMG': 154, 'Direct Threat SAP': 119, 'Golden Leaf SAP': 143,
    'Whiteout Semi-Automatic Pistol': 262, 'Dragon Lore Bolt Rifle': 1_925, 'Glory BAR': 1_540, 'Polymer BAR': 137,
    'Frostfire Shotgun': 211, 'Polymer Pump Shotgun': 96, 'Hot-tempered Revolver': 178, 'Toxic Flame Revolver': 126,
    'Tempered Bow': 540, 'Alien Red Rocket Launcher': 2_215,
  },
  Armor: {
    'Big Grin': 42_600, 'Punishment Mask': 28_400, 'Tempered Mask': 2_840, 'Whiteout Facemask': 2_130,
    'Blackout Facemask': 1_960, 'Bombing Facemask': 1_475, 'Neo Soul Facemask': 742, 'Toxic Wolf Mask': 388,
    'Tempered Chest Plate': 1_690, 'Blackout Chest Plate': 1_570, 'Whiteout Chestplate': 1_615, 'Press Vest': 264,
    'Wasteland Metal Chestplate': 231, 'Pumpkin Bucket Helmet': 147,
  },
  Clothing: {
    'Blackout Hoodie': 4_950, 'Whiteout Hoodie': 6_310, 'Rainbow Pony Hoodie': 1_840, 'No Mercy Hoodie': 985,
    'Ghost Halloween Hoodie': 720, 'Creepy Clown Hoodie': 1_130, 'Toxic Wolf Hoodie': 415, 'Skull Killer Hoodie': 366,
    'Neo Soul Hoodie': 548, 'Phantom Hoodie': 472, 'White Camo Hoodie': 319, 'Forest Raiders Hoodie': 228,
    'Blackout Pants': 3_720, 'Whiteout Pants': 4_460, 'Rainbow Pony Pants': 1_270, 'No Mercy Pants': 764,
    'Neo Soul Pants': 431, 'Phantom Pants': 393, 'White Camo Pants': 274, 'Toxic Wolf Pants': 308,
    'Yellow Racer Pants': 162, 'Whiteout Kilt': 1_410, 'Blackout Gloves': 2_260, 'Whiteout Gloves': 2_540,
    'Blackout Boots': 1_380, 'Whiteout Boots': 1_520, 'Creepy Clown Bandana': 11_900, 'Santa Balaclava': 214,
    'Forest Camo Bandana': 65, 'Chainmail Poncho': 88, 'Fire Jacket': 1_930,
  },
  Door: {
    'Tempered Door': 1_820, 'Metal Tree Sheet Door': 476, 'Glowing Skull Armored Door': 1_310, 'Excavator Door': 352,
    'No Mercy Armored Door': 688, 'Neon Armored Door': 417, 'Blackout Door': 1_090, 'Bone Garage Door': 143,
    'Neon Garage Door': 286, 'Training Garage Door': 104, 'Body Bag Metal Door': 57,
  },
  Deployable: {
    'Horror Bag': 4_180, "Grandmother's Gift Barricade": 71, 'Stump Furnace': 128, 'Cursed Cauldron': 562,
    'Neon Large Box': 339, 'Neon Small Box': 217, 'Bandit Sleeping Bag': 63, 'Stash Box': 112, 'Ammo Wooden Box': 184,
    'Heavy Metal Box': 96,
  },
  Tool: {
    'Tempered Rock': 248, 'Neon Pick': 136, 'Black Gold Hatchet': 92, 'Jackhammer of Doom': 173, 'Emerald Salvaged Axe': 49,
    'Digital Camo Hammer': 34,
  },
};
