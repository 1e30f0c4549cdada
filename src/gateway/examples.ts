/** Calls that were really made on a sandbox, for the OpenAPI document. Written by `npm run docs:examples`. */

/** What was sent, and the answer, with lists cut to two entries. */
export interface Example {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly answer: unknown;
}

export interface Examples {
  /** By the id of the operation. */
  readonly operations: Readonly<Record<string, Example>>;
  /** Bodies of callbacks, as a merchant receives them. */
  readonly callbacks: { readonly approval: unknown; readonly trade: unknown; readonly test: unknown };
}

export const examples: Examples = {
  operations: {
    listPrices: {
      answer: {
        requestId: '361d2bfe-4738-44bf-b6b3-ec5a7ec0f15c',
        success: true,
        data: [
          {
            itemId: 'AK-47 | Asiimov (Battle-Scarred)',
            marketHashName: 'AK-47 | Asiimov (Battle-Scarred)',
            accepted: false,
            deposit: 0,
            withdraw: {
              standard: 39.98,
              instant: null,
            },
          },
          {
            itemId: 'AK-47 | Asiimov (Factory New)',
            marketHashName: 'AK-47 | Asiimov (Factory New)',
            accepted: false,
            deposit: 0,
            withdraw: {
              standard: 116.69,
              instant: 119.46,
            },
          },
        ],
      },
    },
    browseMarket: {
      query: {
        search: 'never ships',
        perPage: '2',
      },
      answer: {
        requestId: '48123609-13ba-4b6a-9017-9fbbc756e373',
        success: true,
        data: {
          items: [
            {
              id: '0004f714-369d-8a20-9802-31d5856d012d',
              appid: 730,
              marketHashName: 'AK-47 | Never Ships (Field-Tested)',
              tradable: true,
              amount: 1,
              exterior: 'Field-Tested',
              wear: '0.170909',
              paintSeed: 122,
              offer: {
                price: 15.48,
                delivery: 'standard',
              },
              itemId: '270732364548219',
            },
            {
              id: '00040d36-fdfc-8554-9802-31d5856d0af1',
              appid: 730,
              marketHashName: 'P90 | Buy Answer Lost Never Ships (Field-Tested)',
              tradable: true,
              amount: 1,
              exterior: 'Field-Tested',
              wear: '0.170909',
              paintSeed: 47,
              offer: {
                price: 4.79,
                delivery: 'standard',
              },
              itemId: '11716720247234',
            },
          ],
          count: 2,
        },
      },
    },
    listListings: {
      query: {
        itemId: '270732364548219',
        perPage: '2',
      },
      answer: {
        requestId: 'bf8067e9-375c-41f7-a894-43ab216447cd',
        success: true,
        data: [
          {
            id: '0004f714-369d-8a20-9802-31d5856d012d',
            appid: 730,
            marketHashName: 'AK-47 | Never Ships (Field-Tested)',
            tradable: true,
            amount: 1,
            exterior: 'Field-Tested',
            wear: '0.170909',
            paintSeed: 122,
            offer: {
              price: 15.48,
              delivery: 'standard',
            },
          },
          {
            id: '00047a71-3296-8fa7-9802-31d5856d012e',
            appid: 730,
            marketHashName: 'AK-47 | Never Ships (Field-Tested)',
            tradable: true,
            amount: 1,
            exterior: 'Field-Tested',
            wear: '0.191818',
            paintSeed: 133,
            offer: {
              price: 15.49,
              delivery: 'standard',
            },
          },
        ],
      },
    },
    checkTradeUrl: {
      body: {
        tradeurl: 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12',
      },
      answer: {
        requestId: '680072cf-ccc1-446d-8a88-a3fd4b70bcfd',
        success: true,
        data: {
          state: 1,
          message: 'This account can trade.',
          steamid: '76561198000000001',
          canTrade: true,
          bans: {
            vacBanned: false,
            gameBans: 0,
            economyBan: 'none',
          },
        },
      },
    },
    getHealth: {
      answer: {
        requestId: '53ee523c-5bd9-4a63-b35a-d9165f23fad9',
        success: true,
        data: {
          status: 'ok',
          timestamp: '2026-12-01T04:26:17.530Z',
          uptime: 9.992041657,
          maintenance: {
            mode: 'off',
          },
        },
      },
    },
    getLiveness: {
      answer: {
        requestId: '0fedd33c-3c58-41e2-a8b7-f01e7e608800',
        success: true,
        data: {
          status: 'ok',
          timestamp: '2026-12-01T04:26:17.533Z',
          uptime: 9.995619206,
          maintenance: {
            mode: 'off',
          },
        },
      },
    },
    getReadiness: {
      answer: {
        requestId: 'ade400e0-416a-4d08-b9a8-e58dce945bb3',
        success: true,
        data: {
          status: 'ok',
          timestamp: '2026-12-01T04:26:17.537Z',
          uptime: 9.999530308,
          maintenance: {
            mode: 'off',
          },
        },
      },
    },
    listTestListings: {
      answer: {
        requestId: 'd1852d48-4ea1-4da7-be52-7aafccf3458b',
        success: true,
        data: [
          {
            id: '00049b41-d49a-80d5-9802-31d5856d0065',
            marketplace: 'cs2dt',
            game: '730',
            marketHashName: 'AK-47 | Ships At Once (Field-Tested)',
            behaviour: 'ships-at-once',
            description: 'Delivered a second after the purchase, final after seven days.',
            price: 12.53,
          },
          {
            id: '00044723-1c43-8222-9802-31d5856d0066',
            marketplace: 'cs2dt',
            game: '730',
            marketHashName: 'AK-47 | Ships At Once (Field-Tested)',
            behaviour: 'ships-at-once',
            description: 'Delivered a second after the purchase, final after seven days.',
            price: 12.54,
          },
        ],
      },
    },
    buy: {
      body: {
        items: [
          {
            itemId: '0004f714-369d-8a20-9802-31d5856d012d',
            price: 15.48,
            externalId: 'line-1',
          },
        ],
        externalId: 'order-1',
        tradeUrl: 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12',
      },
      answer: {
        requestId: '03921dab-db59-4d07-a4d7-127ebe1f51ac',
        success: true,
        data: {
          id: '01a22fda-7c69-73c5-bbad-84c18f51d8fb',
          type: 'withdraw',
          source: 'self',
          externalId: 'order-1',
          merchantId: '01a22fda-7551-70f8-bbce-ba7a0925b56b',
          clientUserId: '76561198000000001',
          clientTradeUrl: 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12',
          clientSteamID: '76561198000000001',
          status: 'initiated',
          game: '730',
          items: [
            {
              id: '0004f714-369d-8a20-9802-31d5856d012d',
              externalId: 'line-1',
              appid: 730,
              name: 'AK-47 | Never Ships',
              marketHashName: 'AK-47 | Never Ships (Field-Tested)',
              exterior: 'Field-Tested',
              wear: '0.170909',
              paintSeed: 122,
              tradable: true,
              amount: 1,
              status: 'initiated',
              offer: {
                price: 15.48,
              },
            },
          ],
          totalPrice: 15.48,
          createdAt: '2026-12-01T04:26:17.578Z',
          updatedAt: '2026-12-01T04:26:17.578Z',
        },
      },
    },
    quickBuy: {
      body: {
        marketHashName: 'AK-47 | Never Ships (Field-Tested)',
        maxPrice: 16,
        amount: 2,
        externalId: 'quick-1',
        tradeUrl: 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12',
      },
      answer: {
        requestId: 'f69ff3a8-24e8-4754-8e9c-1e5c7eb7bc12',
        success: true,
        data: {
          id: '01a22fda-7cbc-7e44-be4f-51959152afa3',
          type: 'withdraw',
          source: 'self',
          externalId: 'quick-1',
          merchantId: '01a22fda-7551-70f8-bbce-ba7a0925b56b',
          clientUserId: '76561198000000001',
          clientTradeUrl: 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12',
          clientSteamID: '76561198000000001',
          status: 'initiated',
          game: '730',
          items: [],
          totalPrice: 32,
          createdAt: '2026-12-01T04:26:17.660Z',
          updatedAt: '2026-12-01T04:26:17.660Z',
        },
      },
    },
    authenticateClient: {
      body: {
        clientSteamId: '76561198000000001',
        clientTradeUrl: 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12',
        clientId: 'user-7',
      },
      answer: {
        requestId: 'b2eb70d9-a527-4b6f-969d-660fe6b7f787',
        success: true,
        data: {
          token:
            'eyJhbGciOiJIUzI1NiIsInVzZXJJZCI6IjAxYTIyZmRhLTc1NTEtNzBmOC1iYmNlLWJhN2EwOTI1YjU2YiJ9.eyJtZXJjaGFudElkIjoiMDFhMjJmZGEtNzU1MS03MGY4LWJiY2UtYmE3YTA5MjViNTZiIiwiY2xpZW50Ijp7InN0ZWFtSUQiOiI3NjU2MTE5ODAwMDAwMDAwMSIsInRyYWRlVXJsIjoiaHR0cHM6Ly9zdGVhbWNvbW11bml0eS5jb20vdHJhZGVvZmZlci9uZXcvP3BhcnRuZXI9Mzk3MzQyNzMmdG9rZW49QWJDZEVmMTIiLCJjbGllbnRJZCI6InVzZXItNyJ9LCJpYXQiOjE3OTYwOTkxNzcsImV4cCI6MTc5NjE4NTU3N30.x45PZHWbsSDqC6-TsztVmDkRMJ80NNoiSkHEeCHe67M',
        },
      },
    },
    browseMarketAsClient: {
      query: {
        search: 'never ships',
        perPage: '2',
      },
      answer: {
        requestId: '19c2a494-dfbe-44ad-95d8-923a7b631f2c',
        success: true,
        data: {
          items: [
            {
              id: '0004f714-369d-8a20-9802-31d5856d012d',
              appid: 730,
              marketHashName: 'AK-47 | Never Ships (Field-Tested)',
              tradable: true,
              amount: 1,
              exterior: 'Field-Tested',
              wear: '0.170909',
              paintSeed: 122,
              offer: {
                price: 15.48,
                delivery: 'standard',
              },
              itemId: '270732364548219',
            },
            {
              id: '00040d36-fdfc-8554-9802-31d5856d0af1',
              appid: 730,
              marketHashName: 'P90 | Buy Answer Lost Never Ships (Field-Tested)',
              tradable: true,
              amount: 1,
              exterior: 'Field-Tested',
              wear: '0.170909',
              paintSeed: 47,
              offer: {
                price: 4.79,
                delivery: 'standard',
              },
              itemId: '11716720247234',
            },
          ],
          count: 2,
        },
      },
    },
    listListingsAsClient: {
      query: {
        itemId: '270732364548219',
        perPage: '2',
      },
      answer: {
        requestId: '34b0b0b6-8236-4093-9830-28ad60ac1743',
        success: true,
        data: [
          {
            id: '0004f714-369d-8a20-9802-31d5856d012d',
            appid: 730,
            marketHashName: 'AK-47 | Never Ships (Field-Tested)',
            tradable: true,
            amount: 1,
            exterior: 'Field-Tested',
            wear: '0.170909',
            paintSeed: 122,
            offer: {
              price: 15.48,
              delivery: 'standard',
            },
          },
          {
            id: '00047a71-3296-8fa7-9802-31d5856d012e',
            appid: 730,
            marketHashName: 'AK-47 | Never Ships (Field-Tested)',
            tradable: true,
            amount: 1,
            exterior: 'Field-Tested',
            wear: '0.191818',
            paintSeed: 133,
            offer: {
              price: 15.49,
              delivery: 'standard',
            },
          },
        ],
      },
    },
    suggestItems: {
      query: {
        q: 'ak',
      },
      answer: {
        requestId: '4855f6e1-0ac7-4483-a5b5-ef43b86ace9b',
        success: true,
        data: [
          {
            id: 'AK-47 | Asiimov (Battle-Scarred)',
            marketHashName: 'AK-47 | Asiimov (Battle-Scarred)',
            iconUrl: '',
          },
          {
            id: 'AK-47 | Asiimov (Factory New)',
            marketHashName: 'AK-47 | Asiimov (Factory New)',
            iconUrl: '',
          },
        ],
      },
    },
    withdraw: {
      body: {
        items: [
          {
            itemId: '00047a71-3296-8fa7-9802-31d5856d012e',
            price: 15.49,
          },
        ],
        externalId: 'basket-1',
      },
      answer: {
        requestId: '61503c9d-7b36-428e-9463-242fe45a152f',
        success: true,
        data: {
          id: '01a22fda-7eee-71c9-ba55-e99cd9f35fd8',
          type: 'withdraw',
          source: 'client',
          externalId: 'basket-1',
          externalClientUserId: 'user-7',
          merchantId: '01a22fda-7551-70f8-bbce-ba7a0925b56b',
          clientUserId: '76561198000000001',
          clientTradeUrl: 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12',
          clientSteamID: '76561198000000001',
          status: 'initiated',
          game: '730',
          items: [
            {
              id: '00047a71-3296-8fa7-9802-31d5856d012e',
              appid: 730,
              name: 'AK-47 | Never Ships',
              marketHashName: 'AK-47 | Never Ships (Field-Tested)',
              exterior: 'Field-Tested',
              wear: '0.191818',
              paintSeed: 133,
              tradable: true,
              amount: 1,
              status: 'initiated',
              offer: {
                price: 15.49,
              },
            },
          ],
          totalPrice: 15.49,
          createdAt: '2026-12-01T04:26:18.223Z',
          updatedAt: '2026-12-01T04:26:18.223Z',
        },
      },
    },
    quickWithdraw: {
      body: {
        marketHashName: 'AK-47 | Never Ships (Field-Tested)',
        maxPrice: 16,
        amount: 2,
        externalId: 'basket-2',
      },
      answer: {
        requestId: 'd4ac6360-5e2a-4775-98ac-1090db6f7b81',
        success: true,
        data: {
          id: '01a22fda-7f2c-7d86-807c-358b19749b6f',
          type: 'withdraw',
          source: 'client',
          externalId: 'basket-2',
          externalClientUserId: 'user-7',
          merchantId: '01a22fda-7551-70f8-bbce-ba7a0925b56b',
          clientUserId: '76561198000000001',
          clientTradeUrl: 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12',
          clientSteamID: '76561198000000001',
          status: 'initiated',
          game: '730',
          items: [],
          totalPrice: 32,
          createdAt: '2026-12-01T04:26:18.284Z',
          updatedAt: '2026-12-01T04:26:18.284Z',
        },
      },
    },
    getTrades: {
      params: {
        tradeId: '01a22fda-7c69-73c5-bbad-84c18f51d8fb',
      },
      answer: {
        requestId: '283abdb1-4da8-4288-90b7-6b095324786c',
        success: true,
        data: {
          id: '01a22fda-7c69-73c5-bbad-84c18f51d8fb',
          type: 'withdraw',
          source: 'self',
          externalId: 'order-1',
          merchantId: '01a22fda-7551-70f8-bbce-ba7a0925b56b',
          clientUserId: '76561198000000001',
          clientTradeUrl: 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12',
          clientSteamID: '76561198000000001',
          status: 'reverted',
          game: '730',
          items: [
            {
              id: '0004f714-369d-8a20-9802-31d5856d012d',
              externalId: 'line-1',
              appid: 730,
              name: 'AK-47 | Never Ships',
              marketHashName: 'AK-47 | Never Ships (Field-Tested)',
              exterior: 'Field-Tested',
              wear: '0.170909',
              paintSeed: 122,
              tradable: true,
              amount: 1,
              status: 'reverted',
              offer: {
                price: 15.48,
              },
              cancellation: {
                status: 'settled',
                since: '2026-12-01T04:57:19.103Z',
              },
            },
          ],
          totalPrice: 15.48,
          revertedBy: 'supplier',
          createdAt: '2026-12-01T04:26:17.578Z',
          updatedAt: '2026-12-01T04:57:19.102Z',
        },
      },
    },
    listDemoCallbacks: {
      query: {
        trade: '01a22fda-7c69-73c5-bbad-84c18f51d8fb',
      },
      answer: {
        requestId: '399625b9-2d27-4e74-af2b-ffe3f533db7a',
        success: true,
        data: [
          {
            deliveryId: '01a22fda-7d1c-74ff-b5eb-ad502517aaa9',
            tradeId: '01a22fda-7c69-73c5-bbad-84c18f51d8fb',
            status: 'pending',
            items: [
              {
                id: '0004f714-369d-8a20-9802-31d5856d012d',
                status: 'pending',
              },
            ],
            times: 1,
            receivedAt: '2026-12-01T04:26:17.951Z',
            trade: {
              id: '01a22fda-7c69-73c5-bbad-84c18f51d8fb',
              type: 'withdraw',
              source: 'self',
              externalId: 'order-1',
              merchantId: '01a22fda-7551-70f8-bbce-ba7a0925b56b',
              clientUserId: '76561198000000001',
              clientTradeUrl: 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12',
              clientSteamID: '76561198000000001',
              status: 'pending',
              game: '730',
              items: [
                {
                  id: '0004f714-369d-8a20-9802-31d5856d012d',
                  externalId: 'line-1',
                  appid: 730,
                  name: 'AK-47 | Never Ships',
                  marketHashName: 'AK-47 | Never Ships (Field-Tested)',
                  exterior: 'Field-Tested',
                  wear: '0.170909',
                  paintSeed: 122,
                  tradable: true,
                  amount: 1,
                  status: 'pending',
                  offer: {
                    price: 15.48,
                  },
                },
              ],
              totalPrice: 15.48,
              createdAt: '2026-12-01T04:26:17.578Z',
              updatedAt: '2026-12-01T04:26:17.748Z',
            },
          },
        ],
      },
    },
    getDemoShop: {
      answer: {
        requestId: '345d9f5c-23cd-488d-b379-e844971ccb98',
        success: true,
        data: {
          approvals: 'approve',
          questions: [
            {
              tradeId: '01a22fda-7f2c-7d86-807c-358b19749b6f',
              answer: 'approve',
              times: 1,
              askedAt: '2026-12-01T04:26:18.419Z',
              trade: {
                id: '01a22fda-7f2c-7d86-807c-358b19749b6f',
                type: 'withdraw',
                source: 'client',
                externalId: 'basket-2',
                externalClientUserId: 'user-7',
                merchantId: '01a22fda-7551-70f8-bbce-ba7a0925b56b',
                clientUserId: '76561198000000001',
                clientTradeUrl: 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12',
                clientSteamID: '76561198000000001',
                status: 'initiated',
                game: '730',
                items: [],
                totalPrice: 32,
                createdAt: '2026-12-01T04:26:18.284Z',
                updatedAt: '2026-12-01T04:26:18.284Z',
              },
            },
            {
              tradeId: '01a22fda-7eee-71c9-ba55-e99cd9f35fd8',
              answer: 'approve',
              times: 1,
              askedAt: '2026-12-01T04:26:18.275Z',
              trade: {
                id: '01a22fda-7eee-71c9-ba55-e99cd9f35fd8',
                type: 'withdraw',
                source: 'client',
                externalId: 'basket-1',
                externalClientUserId: 'user-7',
                merchantId: '01a22fda-7551-70f8-bbce-ba7a0925b56b',
                clientUserId: '76561198000000001',
                clientTradeUrl: 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12',
                clientSteamID: '76561198000000001',
                status: 'initiated',
                game: '730',
                items: [
                  {
                    id: '00047a71-3296-8fa7-9802-31d5856d012e',
                    appid: 730,
                    name: 'AK-47 | Never Ships',
                    marketHashName: 'AK-47 | Never Ships (Field-Tested)',
                    exterior: 'Field-Tested',
                    wear: '0.191818',
                    paintSeed: 133,
                    tradable: true,
                    amount: 1,
                    status: 'initiated',
                    offer: {
                      price: 15.49,
                    },
                  },
                ],
                totalPrice: 15.49,
                createdAt: '2026-12-01T04:26:18.223Z',
                updatedAt: '2026-12-01T04:26:18.223Z',
              },
            },
          ],
        },
      },
    },
    setDemoShop: {
      body: {
        approvals: 'approve',
      },
      answer: {
        requestId: 'f84201e6-1122-4b9d-bd13-63f75ae109e5',
        success: true,
        data: {
          approvals: 'approve',
          questions: [
            {
              tradeId: '01a22fda-7f2c-7d86-807c-358b19749b6f',
              answer: 'approve',
              times: 1,
              askedAt: '2026-12-01T04:26:18.419Z',
              trade: {
                id: '01a22fda-7f2c-7d86-807c-358b19749b6f',
                type: 'withdraw',
                source: 'client',
                externalId: 'basket-2',
                externalClientUserId: 'user-7',
                merchantId: '01a22fda-7551-70f8-bbce-ba7a0925b56b',
                clientUserId: '76561198000000001',
                clientTradeUrl: 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12',
                clientSteamID: '76561198000000001',
                status: 'initiated',
                game: '730',
                items: [],
                totalPrice: 32,
                createdAt: '2026-12-01T04:26:18.284Z',
                updatedAt: '2026-12-01T04:26:18.284Z',
              },
            },
            {
              tradeId: '01a22fda-7eee-71c9-ba55-e99cd9f35fd8',
              answer: 'approve',
              times: 1,
              askedAt: '2026-12-01T04:26:18.275Z',
              trade: {
                id: '01a22fda-7eee-71c9-ba55-e99cd9f35fd8',
                type: 'withdraw',
                source: 'client',
                externalId: 'basket-1',
                externalClientUserId: 'user-7',
                merchantId: '01a22fda-7551-70f8-bbce-ba7a0925b56b',
                clientUserId: '76561198000000001',
                clientTradeUrl: 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12',
                clientSteamID: '76561198000000001',
                status: 'initiated',
                game: '730',
                items: [
                  {
                    id: '00047a71-3296-8fa7-9802-31d5856d012e',
                    appid: 730,
                    name: 'AK-47 | Never Ships',
                    marketHashName: 'AK-47 | Never Ships (Field-Tested)',
                    exterior: 'Field-Tested',
                    wear: '0.191818',
                    paintSeed: 133,
                    tradable: true,
                    amount: 1,
                    status: 'initiated',
                    offer: {
                      price: 15.49,
                    },
                  },
                ],
                totalPrice: 15.49,
                createdAt: '2026-12-01T04:26:18.223Z',
                updatedAt: '2026-12-01T04:26:18.223Z',
              },
            },
          ],
        },
      },
    },
    moveClock: {
      body: {
        advance: '31m',
      },
      answer: {
        requestId: 'bc44cdd1-8ab0-4182-b643-dfae2efa98ca',
        success: true,
        data: {
          now: '2026-12-01T04:57:18.885Z',
          offsetMs: 1860000,
        },
      },
    },
    getClock: {
      answer: {
        requestId: '9dfa4293-9bf7-4ad4-bbf2-7d06ec3917c7',
        success: true,
        data: {
          now: '2026-12-01T04:57:18.955Z',
          offsetMs: 1860000,
        },
      },
    },
    cancelItem: {
      params: {
        tradeId: 'order-1',
        itemId: 'line-1',
      },
      answer: {
        requestId: 'ed55981d-7979-4f57-8fb2-4baedbae0464',
        success: true,
        data: {
          tradeId: '01a22fda-7c69-73c5-bbad-84c18f51d8fb',
          itemId: '0004f714-369d-8a20-9802-31d5856d012d',
          externalId: 'line-1',
          status: 'cancelled',
        },
      },
    },
    cancelTrade: {
      params: {
        tradeId: 'quick-1',
      },
      answer: {
        requestId: 'ebfa669c-a65a-433b-94c2-77362a41e37e',
        success: true,
        data: {
          tradeId: '01a22fda-7cbc-7e44-be4f-51959152afa3',
          requested: 2,
          cancelled: 2,
          failed: 0,
          items: [
            {
              itemId: '0004f714-369d-8a20-9802-31d5856d012d',
              status: 'cancelled',
            },
            {
              itemId: '00047a71-3296-8fa7-9802-31d5856d012e',
              status: 'cancelled',
            },
          ],
        },
      },
    },
    listTradesAsClient: {
      query: {
        limit: '2',
      },
      answer: {
        requestId: 'bddcbd6e-eabc-4975-84b2-010d46ae7ca2',
        success: true,
        data: {
          items: [
            {
              id: '01a22fda-7f2c-7d86-807c-358b19749b6f',
              type: 'withdraw',
              source: 'client',
              externalId: 'basket-2',
              externalClientUserId: 'user-7',
              merchantId: '01a22fda-7551-70f8-bbce-ba7a0925b56b',
              clientUserId: '76561198000000001',
              clientTradeUrl: 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12',
              clientSteamID: '76561198000000001',
              status: 'pending',
              game: '730',
              items: [
                {
                  id: '0004f714-369d-8a20-9802-31d5856d012d',
                  appid: 730,
                  name: 'AK-47 | Never Ships',
                  marketHashName: 'AK-47 | Never Ships (Field-Tested)',
                  exterior: 'Field-Tested',
                  wear: '0.170909',
                  paintSeed: 122,
                  tradable: true,
                  amount: 1,
                  status: 'pending',
                  offer: {
                    price: 15.48,
                  },
                },
                {
                  id: '00047a71-3296-8fa7-9802-31d5856d012e',
                  appid: 730,
                  name: 'AK-47 | Never Ships',
                  marketHashName: 'AK-47 | Never Ships (Field-Tested)',
                  exterior: 'Field-Tested',
                  wear: '0.191818',
                  paintSeed: 133,
                  tradable: true,
                  amount: 1,
                  status: 'pending',
                  offer: {
                    price: 15.49,
                  },
                },
              ],
              totalPrice: 30.97,
              createdAt: '2026-12-01T04:26:18.284Z',
              updatedAt: '2026-12-01T04:26:18.747Z',
            },
            {
              id: '01a22fda-7eee-71c9-ba55-e99cd9f35fd8',
              type: 'withdraw',
              source: 'client',
              externalId: 'basket-1',
              externalClientUserId: 'user-7',
              merchantId: '01a22fda-7551-70f8-bbce-ba7a0925b56b',
              clientUserId: '76561198000000001',
              clientTradeUrl: 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12',
              clientSteamID: '76561198000000001',
              status: 'pending',
              game: '730',
              items: [
                {
                  id: '00047a71-3296-8fa7-9802-31d5856d012e',
                  appid: 730,
                  name: 'AK-47 | Never Ships',
                  marketHashName: 'AK-47 | Never Ships (Field-Tested)',
                  exterior: 'Field-Tested',
                  wear: '0.191818',
                  paintSeed: 133,
                  tradable: true,
                  amount: 1,
                  status: 'pending',
                  offer: {
                    price: 15.49,
                  },
                },
              ],
              totalPrice: 15.49,
              createdAt: '2026-12-01T04:26:18.223Z',
              updatedAt: '2026-12-01T04:26:18.336Z',
            },
          ],
          nextCursor: null,
        },
      },
    },
    cancelItemAsClient: {
      params: {
        tradeId: 'basket-1',
        itemId: '00047a71-3296-8fa7-9802-31d5856d012e',
      },
      answer: {
        requestId: 'cb931d3e-4d05-405f-bdd2-6013fbb149bd',
        success: true,
        data: {
          tradeId: '01a22fda-7eee-71c9-ba55-e99cd9f35fd8',
          itemId: '00047a71-3296-8fa7-9802-31d5856d012e',
          status: 'cancelled',
        },
      },
    },
    cancelTradeAsClient: {
      params: {
        tradeId: 'basket-2',
      },
      answer: {
        requestId: '2941a57a-8229-414c-a3f6-1b3b02092618',
        success: true,
        data: {
          tradeId: '01a22fda-7f2c-7d86-807c-358b19749b6f',
          requested: 2,
          cancelled: 2,
          failed: 0,
          items: [
            {
              itemId: '0004f714-369d-8a20-9802-31d5856d012d',
              status: 'cancelled',
            },
            {
              itemId: '00047a71-3296-8fa7-9802-31d5856d012e',
              status: 'cancelled',
            },
          ],
        },
      },
    },
    listTrades: {
      query: {
        limit: '2',
      },
      answer: {
        requestId: '3c494ff6-9cbf-49ff-a912-8032a5d5c5d0',
        success: true,
        data: {
          items: [
            {
              id: '01a22fda-7cbc-7e44-be4f-51959152afa3',
              type: 'withdraw',
              source: 'self',
              externalId: 'quick-1',
              merchantId: '01a22fda-7551-70f8-bbce-ba7a0925b56b',
              clientUserId: '76561198000000001',
              clientTradeUrl: 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12',
              clientSteamID: '76561198000000001',
              status: 'reverted',
              game: '730',
              items: [
                {
                  id: '0004f714-369d-8a20-9802-31d5856d012d',
                  appid: 730,
                  name: 'AK-47 | Never Ships',
                  marketHashName: 'AK-47 | Never Ships (Field-Tested)',
                  exterior: 'Field-Tested',
                  wear: '0.170909',
                  paintSeed: 122,
                  tradable: true,
                  amount: 1,
                  status: 'reverted',
                  offer: {
                    price: 15.48,
                  },
                  cancellation: {
                    status: 'settled',
                    since: '2026-12-01T04:57:19.239Z',
                  },
                },
                {
                  id: '00047a71-3296-8fa7-9802-31d5856d012e',
                  appid: 730,
                  name: 'AK-47 | Never Ships',
                  marketHashName: 'AK-47 | Never Ships (Field-Tested)',
                  exterior: 'Field-Tested',
                  wear: '0.191818',
                  paintSeed: 133,
                  tradable: true,
                  amount: 1,
                  status: 'reverted',
                  offer: {
                    price: 15.49,
                  },
                  cancellation: {
                    status: 'settled',
                    since: '2026-12-01T04:57:19.396Z',
                  },
                },
              ],
              totalPrice: 30.97,
              revertedBy: 'supplier',
              createdAt: '2026-12-01T04:26:17.660Z',
              updatedAt: '2026-12-01T04:57:19.394Z',
            },
            {
              id: '01a22fda-7c69-73c5-bbad-84c18f51d8fb',
              type: 'withdraw',
              source: 'self',
              externalId: 'order-1',
              merchantId: '01a22fda-7551-70f8-bbce-ba7a0925b56b',
              clientUserId: '76561198000000001',
              clientTradeUrl: 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12',
              clientSteamID: '76561198000000001',
              status: 'reverted',
              game: '730',
              items: [
                {
                  id: '0004f714-369d-8a20-9802-31d5856d012d',
                  externalId: 'line-1',
                  appid: 730,
                  name: 'AK-47 | Never Ships',
                  marketHashName: 'AK-47 | Never Ships (Field-Tested)',
                  exterior: 'Field-Tested',
                  wear: '0.170909',
                  paintSeed: 122,
                  tradable: true,
                  amount: 1,
                  status: 'reverted',
                  offer: {
                    price: 15.48,
                  },
                  cancellation: {
                    status: 'settled',
                    since: '2026-12-01T04:57:19.103Z',
                  },
                },
              ],
              totalPrice: 15.48,
              revertedBy: 'supplier',
              createdAt: '2026-12-01T04:26:17.578Z',
              updatedAt: '2026-12-01T04:57:19.102Z',
            },
          ],
          nextCursor: null,
        },
      },
    },
    setClientLimits: {
      body: {
        each: {
          inFlight: 100,
          declinesPerDay: 3,
        },
        all: {
          perDay: 1000,
        },
      },
      answer: {
        requestId: '7fbb0079-2991-49d9-978f-4e92a9bb5ecf',
        success: true,
        data: {
          own: {
            each: {
              inFlight: 100,
              perDay: null,
              withdrawalsPerDay: null,
              declinesPerDay: 3,
              requestsPerMinute: null,
            },
            all: {
              inFlight: null,
              perDay: 1000,
              withdrawalsPerDay: null,
              declinesPerDay: null,
              requestsPerMinute: null,
            },
          },
          operator: {
            each: {
              inFlight: null,
              perDay: null,
              withdrawalsPerDay: null,
              declinesPerDay: null,
              requestsPerMinute: null,
            },
            all: {
              inFlight: null,
              perDay: null,
              withdrawalsPerDay: null,
              declinesPerDay: null,
              requestsPerMinute: null,
            },
          },
          used: {
            all: {
              inFlight: 46.46,
              today: 46.46,
              withdrawalsToday: 2,
              declinesToday: 0,
            },
          },
          dayEndsAt: '2026-12-02T00:00:00.000Z',
        },
      },
    },
    getClientLimits: {
      query: {
        clientSteamId: '76561198000000001',
      },
      answer: {
        requestId: '13e7e633-1490-4521-ae54-a98237bf6d0b',
        success: true,
        data: {
          own: {
            each: {
              inFlight: 100,
              perDay: null,
              withdrawalsPerDay: null,
              declinesPerDay: 3,
              requestsPerMinute: null,
            },
            all: {
              inFlight: null,
              perDay: 1000,
              withdrawalsPerDay: null,
              declinesPerDay: null,
              requestsPerMinute: null,
            },
          },
          operator: {
            each: {
              inFlight: null,
              perDay: null,
              withdrawalsPerDay: null,
              declinesPerDay: null,
              requestsPerMinute: null,
            },
            all: {
              inFlight: null,
              perDay: null,
              withdrawalsPerDay: null,
              declinesPerDay: null,
              requestsPerMinute: null,
            },
          },
          used: {
            all: {
              inFlight: 46.46,
              today: 46.46,
              withdrawalsToday: 2,
              declinesToday: 0,
            },
            client: {
              inFlight: 46.46,
              today: 46.46,
              withdrawalsToday: 2,
              declinesToday: 0,
            },
          },
          dayEndsAt: '2026-12-02T00:00:00.000Z',
        },
      },
    },
    getBalance: {
      answer: {
        requestId: 'b580cec5-1d53-4b7d-8b4e-3c2d839a4923',
        success: true,
        data: {
          balance: 953.54,
          pendingBalance: 46.46,
          escrowBalance: 0,
          currency: 'USD',
        },
      },
    },
    listEntries: {
      query: {
        limit: '2',
      },
      answer: {
        requestId: 'bc0dacf0-ad68-48a5-afca-9699735c1f93',
        success: true,
        data: {
          items: [
            {
              id: '1a2ab9c6-b3a2-8b8c-be07-dd7b23e25afa',
              kind: 'refund',
              at: '2026-12-01T04:57:19.394Z',
              amount: 15.49,
              available: 15.49,
              locked: -15.49,
              tradeId: '01a22fda-7cbc-7e44-be4f-51959152afa3',
              tradeExternalId: 'quick-1',
              itemId: '00047a71-3296-8fa7-9802-31d5856d012e',
            },
            {
              id: 'fe66d3fd-b59b-88b4-b7aa-b5de57b01bb5',
              kind: 'refund',
              at: '2026-12-01T04:57:19.238Z',
              amount: 15.48,
              available: 15.48,
              locked: -15.48,
              tradeId: '01a22fda-7cbc-7e44-be4f-51959152afa3',
              tradeExternalId: 'quick-1',
              itemId: '0004f714-369d-8a20-9802-31d5856d012d',
            },
          ],
          nextCursor: 'WyIyMDI2LTEyLTAxVDA0OjU3OjE5LjIzOFoiLCJmZTY2ZDNmZC1iNTliLTg4YjQtYjdhYS1iNWRlNTdiMDFiYjUiXQ',
        },
      },
    },
    listTransactions: {
      query: {
        limit: '2',
      },
      answer: {
        requestId: 'f6c300f5-62fe-444b-9a12-04ef20d7dd32',
        success: true,
        data: {
          items: [
            {
              id: '7ae79a33-e76b-858b-ad9b-7e152f2c6a71',
              type: 'ADMIN_CREDIT',
              status: 'POSTED',
              amount: {
                usd: 1000,
                crypto: '0',
                token: null,
                chain: null,
              },
              fee: 0,
              address: null,
              txnHash: null,
              timestamps: {
                created: '2026-12-01T04:26:15.768Z',
                completed: '2026-12-01T04:26:15.768Z',
                updated: '2026-12-01T04:26:15.768Z',
              },
            },
          ],
          pagination: {
            page: 1,
            limit: 2,
            total: 1,
            totalPages: 1,
          },
        },
      },
    },
    getCallbackUrl: {
      answer: {
        requestId: 'e7163e6e-85f2-4224-a464-373dd7f4fe32',
        success: true,
        data: {
          url: 'http://127.0.0.1:3001/shop/callbacks',
          enabled: true,
        },
      },
    },
    setCallbackUrl: {
      body: {
        url: 'http://127.0.0.1:3001/shop/callbacks',
      },
      answer: {
        requestId: '9f193460-db07-41b5-b80e-b62c4c21ef6d',
        success: true,
        data: {
          url: 'http://127.0.0.1:3001/shop/callbacks',
          enabled: true,
        },
      },
    },
    testCallback: {
      answer: {
        requestId: '316b0dd3-67f8-47c9-aef5-14b44f259fe6',
        success: true,
        data: {
          url: 'http://127.0.0.1:3001/shop/callbacks',
          taken: true,
          durationMs: 5,
          status: 200,
          refusesForgeries: true,
        },
      },
    },
    enableCallbackUrl: {
      answer: {
        requestId: 'a760cd1c-b864-443b-82e9-b45939e5fa09',
        success: true,
        data: {
          url: 'http://127.0.0.1:3001/shop/callbacks',
          enabled: true,
        },
      },
    },
    listCallbacks: {
      query: {
        limit: '2',
      },
      answer: {
        requestId: '16610104-4053-4e3f-8a33-7837353627fc',
        success: true,
        data: {
          items: [
            {
              id: '01a22ff6-e67e-7da8-b321-19513a139666',
              tradeId: '01a22fda-7f2c-7d86-807c-358b19749b6f',
              number: 7,
              state: 'delivered',
              attempts: 1,
              createdAt: '2026-12-01T04:57:19.742Z',
              deliveredAt: '2026-12-01T04:57:19.757Z',
              lastStatus: 200,
            },
            {
              id: '01a22ff6-e644-76ac-9824-ebcea7e5c886',
              tradeId: '01a22fda-7eee-71c9-ba55-e99cd9f35fd8',
              number: 3,
              state: 'delivered',
              attempts: 1,
              createdAt: '2026-12-01T04:57:19.684Z',
              deliveredAt: '2026-12-01T04:57:19.700Z',
              lastStatus: 200,
            },
          ],
          nextCursor: 'WyIyMDI2LTEyLTAxVDA0OjU3OjE5LjY4NFoiLCIwMWEyMmZmNi1lNjQ0LTc2YWMtOTgyNC1lYmNlYTdlNWM4ODYiXQ',
        },
      },
    },
    getCallback: {
      params: {
        deliveryId: '01a22ff6-e67e-7da8-b321-19513a139666',
      },
      answer: {
        requestId: '62bb6a1a-cfc2-4e21-bddf-54d2e06e2642',
        success: true,
        data: {
          id: '01a22ff6-e67e-7da8-b321-19513a139666',
          tradeId: '01a22fda-7f2c-7d86-807c-358b19749b6f',
          number: 7,
          state: 'delivered',
          attempts: 1,
          createdAt: '2026-12-01T04:57:19.742Z',
          deliveredAt: '2026-12-01T04:57:19.757Z',
          lastStatus: 200,
          body: '{"trade":{"id":"01a22fda-7f2c-7d86-807c-358b19749b6f","type":"withdraw","source":"client","externalId":"basket-2","externalClientUserId":"user-7","merchantId":"01a22fda-7551-70f8-bbce-ba7a0925b56b","clientUserId":"76561198000000001","clientTradeUrl":"https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12","clientSteamID":"76561198000000001","status":"pending","game":"730","items":[{"id":"0004f714-369d-8a20-9802-31d5856d012d","appid":730,"name":"AK-47 | Never Ships","marketHashName":"AK-47 | Never Ships (Field-Tested)","exterior":"Field-Tested","wear":"0.170909","paintSeed":122,"tradable":true,"amount":1,"status":"reverted","offer":{"price":15.48},"cancellation":{"status":"settled","since":"2026-12-01T04:57:19.739Z"}},{"id":"00047a71-3296-8fa7-9802-31d5856d012e","appid":730,"name":"AK-47 | Never Ships","marketHashName":"AK-47 | Never Ships (Field-Tested)","exterior":"Field-Tested","wear":"0.191818","paintSeed":133,"tradable":true,"amount":1,"status":"pending","offer":{"price":15.49},"cancellation":{"status":"accepted","since":"2026-12-01T04:57:19.458Z"}}],"totalPrice":30.97,"createdAt":"2026-12-01T04:26:18.284Z","updatedAt":"2026-12-01T04:57:19.737Z"}}',
          attemptDetails: [
            {
              number: 1,
              at: '2026-12-01T04:57:19.757Z',
              durationMs: 12,
              status: 200,
              response: '{"ok":true}',
            },
          ],
        },
      },
    },
    replayCallback: {
      params: {
        deliveryId: '01a22ff6-e67e-7da8-b321-19513a139666',
      },
      answer: {
        requestId: '1e6457ce-aeee-4b8a-9c1b-63e3e86945ab',
        success: true,
        data: {
          id: '01a22ff6-e67e-7da8-b321-19513a139666',
          tradeId: '01a22fda-7f2c-7d86-807c-358b19749b6f',
          number: 7,
          state: 'pending',
          attempts: 1,
          createdAt: '2026-12-01T04:57:19.742Z',
          nextAttemptAt: '2026-12-01T04:57:19.850Z',
          lastStatus: 200,
          body: '{"trade":{"id":"01a22fda-7f2c-7d86-807c-358b19749b6f","type":"withdraw","source":"client","externalId":"basket-2","externalClientUserId":"user-7","merchantId":"01a22fda-7551-70f8-bbce-ba7a0925b56b","clientUserId":"76561198000000001","clientTradeUrl":"https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12","clientSteamID":"76561198000000001","status":"pending","game":"730","items":[{"id":"0004f714-369d-8a20-9802-31d5856d012d","appid":730,"name":"AK-47 | Never Ships","marketHashName":"AK-47 | Never Ships (Field-Tested)","exterior":"Field-Tested","wear":"0.170909","paintSeed":122,"tradable":true,"amount":1,"status":"reverted","offer":{"price":15.48},"cancellation":{"status":"settled","since":"2026-12-01T04:57:19.739Z"}},{"id":"00047a71-3296-8fa7-9802-31d5856d012e","appid":730,"name":"AK-47 | Never Ships","marketHashName":"AK-47 | Never Ships (Field-Tested)","exterior":"Field-Tested","wear":"0.191818","paintSeed":133,"tradable":true,"amount":1,"status":"pending","offer":{"price":15.49},"cancellation":{"status":"accepted","since":"2026-12-01T04:57:19.458Z"}}],"totalPrice":30.97,"createdAt":"2026-12-01T04:26:18.284Z","updatedAt":"2026-12-01T04:57:19.737Z"}}',
          attemptDetails: [
            {
              number: 1,
              at: '2026-12-01T04:57:19.757Z',
              durationMs: 12,
              status: 200,
              response: '{"ok":true}',
            },
          ],
        },
      },
    },
    replayCallbacks: {
      body: {
        from: '2026-12-01T04:57:19.742Z',
      },
      answer: {
        requestId: '12206e88-194d-4d9c-9654-17b1a0454945',
        success: true,
        data: {
          replayed: 0,
          hasMore: false,
        },
      },
    },
    listEvents: {
      query: {
        limit: '2',
      },
      answer: {
        requestId: 'b9624aa5-ea3b-4851-96c0-606d9a4fc35e',
        success: true,
        data: {
          items: [
            {
              cursor: 'cG9zaXRpb24gMQ',
              id: '01a22fda-7d1c-74ff-b5eb-ad502517aaa9',
              trade: {
                id: '01a22fda-7c69-73c5-bbad-84c18f51d8fb',
                type: 'withdraw',
                source: 'self',
                externalId: 'order-1',
                merchantId: '01a22fda-7551-70f8-bbce-ba7a0925b56b',
                clientUserId: '76561198000000001',
                clientTradeUrl: 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12',
                clientSteamID: '76561198000000001',
                status: 'pending',
                game: '730',
                items: [
                  {
                    id: '0004f714-369d-8a20-9802-31d5856d012d',
                    externalId: 'line-1',
                    appid: 730,
                    name: 'AK-47 | Never Ships',
                    marketHashName: 'AK-47 | Never Ships (Field-Tested)',
                    exterior: 'Field-Tested',
                    wear: '0.170909',
                    paintSeed: 122,
                    tradable: true,
                    amount: 1,
                    status: 'pending',
                    offer: {
                      price: 15.48,
                    },
                  },
                ],
                totalPrice: 15.48,
                createdAt: '2026-12-01T04:26:17.578Z',
                updatedAt: '2026-12-01T04:26:17.748Z',
              },
              createdAt: '2026-12-01T04:26:17.756Z',
            },
            {
              cursor: 'cG9zaXRpb24gMg',
              id: '01a22fda-7d88-728b-b95e-708d9b88194c',
              trade: {
                id: '01a22fda-7cbc-7e44-be4f-51959152afa3',
                type: 'withdraw',
                source: 'self',
                externalId: 'quick-1',
                merchantId: '01a22fda-7551-70f8-bbce-ba7a0925b56b',
                clientUserId: '76561198000000001',
                clientTradeUrl: 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12',
                clientSteamID: '76561198000000001',
                status: 'pending',
                game: '730',
                items: [],
                totalPrice: 32,
                createdAt: '2026-12-01T04:26:17.660Z',
                updatedAt: '2026-12-01T04:26:17.858Z',
              },
              createdAt: '2026-12-01T04:26:17.864Z',
            },
          ],
          nextCursor: 'cG9zaXRpb24gMg',
          hasMore: true,
        },
      },
    },
  },
  callbacks: {
    approval: {
      trade: {
        id: '01a22fda-7c69-73c5-bbad-84c18f51d8fb',
        type: 'withdraw',
        source: 'self',
        externalId: 'order-1',
        merchantId: '01a22fda-7551-70f8-bbce-ba7a0925b56b',
        clientUserId: '76561198000000001',
        clientTradeUrl: 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12',
        clientSteamID: '76561198000000001',
        status: 'initiated',
        game: '730',
        items: [
          {
            id: '0004f714-369d-8a20-9802-31d5856d012d',
            externalId: 'line-1',
            appid: 730,
            name: 'AK-47 | Never Ships',
            marketHashName: 'AK-47 | Never Ships (Field-Tested)',
            exterior: 'Field-Tested',
            wear: '0.170909',
            paintSeed: 122,
            tradable: true,
            amount: 1,
            status: 'initiated',
            offer: {
              price: 15.48,
            },
          },
        ],
        totalPrice: 15.48,
        createdAt: '2026-12-01T04:26:17.578Z',
        updatedAt: '2026-12-01T04:26:17.578Z',
      },
    },
    trade: {
      trade: {
        id: '01a22fda-7c69-73c5-bbad-84c18f51d8fb',
        type: 'withdraw',
        source: 'self',
        externalId: 'order-1',
        merchantId: '01a22fda-7551-70f8-bbce-ba7a0925b56b',
        clientUserId: '76561198000000001',
        clientTradeUrl: 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12',
        clientSteamID: '76561198000000001',
        status: 'pending',
        game: '730',
        items: [
          {
            id: '0004f714-369d-8a20-9802-31d5856d012d',
            externalId: 'line-1',
            appid: 730,
            name: 'AK-47 | Never Ships',
            marketHashName: 'AK-47 | Never Ships (Field-Tested)',
            exterior: 'Field-Tested',
            wear: '0.170909',
            paintSeed: 122,
            tradable: true,
            amount: 1,
            status: 'pending',
            offer: {
              price: 15.48,
            },
          },
        ],
        totalPrice: 15.48,
        createdAt: '2026-12-01T04:26:17.578Z',
        updatedAt: '2026-12-01T04:26:17.748Z',
      },
    },
    test: {
      test: true,
      timestamp: '2026-12-01T04:57:19.922Z',
      message: 'A test of your callback URL. Answer with 2xx to have it saved.',
    },
  },
};
