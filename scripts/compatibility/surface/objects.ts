/** What the public API answers with, field by field: `name type`, `*` where it is always there, `!` and why where it is not here. */

export interface Field {
  /** Dotted, with `[]` for the entries of a list. */
  readonly name: string;
  readonly required: boolean;
  readonly types: readonly string[];
  readonly notOffered?: string;
}

export interface AnswerObject {
  readonly title: string;
  /** Our schema, as the OpenAPI document calls it. */
  readonly schema: string;
  readonly fields: readonly Field[];
  /** Fields that are ours, with why. */
  readonly ours?: Readonly<Record<string, string>>;
}

const LINE = /^(?<name>[\w.[\]]+)(?<star>\*?) (?<types>[\w|]+)(?: ! (?<why>.+))?$/;

function fields(text: string): Field[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const { name = '', star, types = '', why } = LINE.exec(line.trim())?.groups ?? {};
      if (!name) throw new Error(`no field: ${line}`);
      return { name, required: star === '*', types: types.split('|'), ...(why !== undefined && { notOffered: why }) };
    });
}

const looks = (ifTrade: string) => `
  name string ${ifTrade}
  marketHashName string
  type string
  iconUrl string
  tradable* boolean
  amount number`;

const marketOnly = '! on the market only';

export const objects: readonly AnswerObject[] = [
  {
    title: 'A check of a trade URL',
    schema: 'TradeUrlCheck',
    fields: fields(`
      state* integer
      message* string
      steamid string
      canTrade boolean
      reason object
      reason.escrowDays* integer
      reason.probation* boolean
      bans object
      bans.vacBanned* boolean
      bans.gameBans* integer
      bans.economyBan* string`),
  },
  {
    title: 'An item of a trade',
    schema: 'Item',
    fields: fields(`
      id* string
      itemId string ! on rows of the market only
      externalId string
      assetId string
      appid* integer
      ${looks('')}
      status string
      error string
      marketPrice number ! no reference prices are known
      offer object
      offer.price* number
      offer.delivery string ${marketOnly}
      offer.maxAmount number ! selling
      offer.accepted boolean ! selling
      exterior string
      rarity string
      color string
      wear string
      paintSeed integer
      previewToken string
      doppler object
      doppler.name* string
      doppler.status integer ! no marketplace provides it
      doppler.paintIndex integer
      fade object
      fade.percentage number
      hardened object ! no marketplace provides it
      stickers array
      stickers[].name* string
      stickers[].slot* integer
      stickers[].iconUrl* string
      stickers[].marketHashName string
      stickers[].wear number
      charm object
      charm.name* string
      charm.iconUrl* string
      charm.marketHashName string
      botInfo object ! there are no bots`),
    ours: {
      cancellation: 'the newest request to cancel the item',
      'cancellation.status': 'its state, as in [states](states.md#cancellation-requests)',
      'cancellation.since': 'when it came to that state; while it is open, when it was made',
      'cancellation.reason': 'why it was refused, or what it waits for',
    },
  },
  {
    title: 'An item on the market',
    schema: 'Listing',
    fields: fields(`
      id* string
      itemId string
      externalId string ! in trades only
      assetId string ! in trades only
      appid* integer
      ${looks('! there is marketHashName')}
      status string ! in trades only
      error string ! in trades only
      marketPrice number ! no reference prices are known
      offer object
      offer.price* number
      offer.delivery string
      offer.maxAmount number ! selling
      offer.accepted boolean ! selling
      exterior string
      rarity string
      color string
      wear string
      paintSeed integer
      previewToken string
      doppler object
      doppler.name* string
      doppler.status integer ! no marketplace provides it
      doppler.paintIndex integer
      fade object
      fade.percentage number
      hardened object ! no marketplace provides it
      stickers array
      stickers[].name* string
      stickers[].slot* integer
      stickers[].iconUrl* string
      stickers[].marketHashName string
      stickers[].wear number
      charm object
      charm.name* string
      charm.iconUrl* string
      charm.marketHashName string
      botInfo object
      botInfo.name* string
      botInfo.avatar string ! a bot is shown for development only
      botInfo.joined string ! a bot is shown for development only
      botInfo.steamId string`),
  },
  {
    title: 'A trade',
    schema: 'Trade',
    fields: fields(`
      id* string
      type* string
      source* string
      externalId string
      externalClientUserId string
      merchantId* string
      clientUserId* string
      clientTradeUrl* string
      clientSteamID* string
      offerID string
      status* string
      game* string
      items* array
      totalPrice* number
      preCredit number ! selling
      pendingCredit number ! selling
      isInstant boolean ! selling
      collateral object ! selling
      holdEndDate string
      revertedBy string
      botInfo object ! there are no bots
      error string
      activeAt string
      autoCancelAt string
      createdAt* string
      updatedAt* string
      relatedTrades array ! selling`),
    ours: { reservedPrice: 'the most that it can cost, while that is more than `totalPrice`' },
  },
  { title: 'A page of trades', schema: 'TradePage', fields: fields('items* array\nnextCursor* string|null') },
  { title: 'A page of the market', schema: 'MarketPage', fields: fields('items* array\ncount* integer') },
  {
    title: 'A price for CS2',
    schema: 'Cs2Price',
    fields: fields(`
      itemId* string|null
      marketHashName* string
      accepted* boolean
      deposit* number
      withdraw* object
      withdraw.standard* number|null
      withdraw.instant* number|null
      phases array
      phases[].phase* string
      phases[].accepted* boolean
      phases[].deposit* number
      phases[].withdraw* object
      phases[].withdraw.standard* number|null
      phases[].withdraw.instant* number|null`),
  },
  {
    title: 'A price for Rust',
    schema: 'RustPrice',
    fields: fields('marketHashName* string\naccepted* boolean\ndeposit* number\nwithdraw* number|null'),
  },
  {
    title: 'A suggestion',
    schema: 'Suggestion',
    fields: fields(
      'id* string\nmarketHashName* string\niconUrl* string\nrarity string\nrarityColor string\nitemType string',
    ),
  },
  {
    title: 'A cancelled item',
    schema: 'CancelledItem',
    fields: fields('tradeId* string\nitemId* string\nexternalId string\nstatus* string'),
  },
  {
    title: 'A cancelled trade',
    schema: 'CancelledTrade',
    fields: fields(`
      tradeId* string
      requested* integer
      cancelled* integer
      failed* integer
      items* array
      items[].itemId* string
      items[].externalId string
      items[].status* string
      items[].reason string`),
  },
  {
    title: 'The balance',
    schema: 'Balance',
    fields: fields('balance* number\npendingBalance* number\nescrowBalance* number\ncurrency* string'),
  },
  {
    title: 'A transaction of the ledger',
    schema: 'Transaction',
    fields: fields(`
      id* string
      type* string
      status* string
      amount* object
      amount.usd* number
      amount.crypto* string
      amount.token* string|null
      amount.chain* string|null
      fee* number
      address* string|null
      txnHash* string|null
      timestamps* object
      timestamps.created* string
      timestamps.completed* string|null
      timestamps.updated* string`),
  },
  {
    title: 'Details of a transaction',
    schema: 'TransactionDetails',
    fields: fields(`
      id* string
      type* string
      status* string
      amount* object
      amount.usd* number
      amount.crypto* string
      amount.token* string|null
      amount.chain* string|null
      amount.exchangeRate* string
      fee* number
      address* string|null
      txnHash* string|null
      timestamps* object
      timestamps.created* string
      timestamps.completed* string|null
      timestamps.updated* string
      timestamps.expired* string|null`),
  },
];
