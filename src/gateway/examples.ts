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
        requestId: '8c81d979-fd9e-43ff-a520-9ecd8a2e4639',
        success: true,
        data: [
          {
            itemId: 'AK-47 | Asiimov (Battle-Scarred)',
            marketHashName: 'AK-47 | Asiimov (Battle-Scarred)',
            accepted: false,
            deposit: 0,
            withdraw: {
              standard: 41.09,
              instant: null,
            },
          },
          {
            itemId: 'AK-47 | Asiimov (Factory New)',
            marketHashName: 'AK-47 | Asiimov (Factory New)',
            accepted: false,
            deposit: 0,
            withdraw: {
              standard: 112.42,
              instant: 120.17,
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
        requestId: '03e3d5f1-cda1-4a94-a2a7-46cdae3e3938',
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
        requestId: '8a4aa3b0-c554-41fb-97cb-e32b5997e64d',
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
        requestId: 'e19b84b2-cf8b-44e4-92b4-d886b506070b',
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
        requestId: 'a7cb7407-8b50-4076-9e72-31911730a951',
        success: true,
        data: {
          status: 'ok',
          timestamp: '2026-11-30T09:39:33.326Z',
          uptime: 5.865118859,
          maintenance: {
            mode: 'off',
          },
        },
      },
    },
    getLiveness: {
      answer: {
        requestId: '9213356d-eec1-4d53-93ef-a077f80f2604',
        success: true,
        data: {
          status: 'ok',
          timestamp: '2026-11-30T09:39:33.328Z',
          uptime: 5.867016391,
          maintenance: {
            mode: 'off',
          },
        },
      },
    },
    getReadiness: {
      answer: {
        requestId: '1de5e38d-5123-40f8-878e-22cab74f0d69',
        success: true,
        data: {
          status: 'ok',
          timestamp: '2026-11-30T09:39:33.330Z',
          uptime: 5.868802747,
          maintenance: {
            mode: 'off',
          },
        },
      },
    },
    listTestListings: {
      answer: {
        requestId: '47519f21-35f0-428a-b01c-88d4ab6f8f1f',
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
        requestId: '86f2c313-cc40-4ee4-be5f-44477e7c6e0a',
        success: true,
        data: {
          id: '01a22bd2-ed65-7868-9b3a-5db674ad4e0a',
          type: 'withdraw',
          source: 'self',
          externalId: 'order-1',
          merchantId: '01a22bd2-ea65-71eb-9760-62f0b98085bc',
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
          createdAt: '2026-11-30T09:39:33.350Z',
          updatedAt: '2026-11-30T09:39:33.350Z',
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
        requestId: '11e25991-f87e-43c4-9f65-2092360be0a0',
        success: true,
        data: {
          id: '01a22bd2-edab-7b5b-a0a4-9b4558e81589',
          type: 'withdraw',
          source: 'self',
          externalId: 'quick-1',
          merchantId: '01a22bd2-ea65-71eb-9760-62f0b98085bc',
          clientUserId: '76561198000000001',
          clientTradeUrl: 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12',
          clientSteamID: '76561198000000001',
          status: 'initiated',
          game: '730',
          items: [],
          totalPrice: 32,
          createdAt: '2026-11-30T09:39:33.419Z',
          updatedAt: '2026-11-30T09:39:33.419Z',
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
        requestId: 'f5e5cfa6-1df4-4282-b56c-c4a60e6fdbbc',
        success: true,
        data: {
          token:
            'eyJhbGciOiJIUzI1NiIsInVzZXJJZCI6IjAxYTIyYmQyLWVhNjUtNzFlYi05NzYwLTYyZjBiOTgwODViYyJ9.eyJtZXJjaGFudElkIjoiMDFhMjJiZDItZWE2NS03MWViLTk3NjAtNjJmMGI5ODA4NWJjIiwiY2xpZW50Ijp7InN0ZWFtSUQiOiI3NjU2MTE5ODAwMDAwMDAwMSIsInRyYWRlVXJsIjoiaHR0cHM6Ly9zdGVhbWNvbW11bml0eS5jb20vdHJhZGVvZmZlci9uZXcvP3BhcnRuZXI9Mzk3MzQyNzMmdG9rZW49QWJDZEVmMTIiLCJjbGllbnRJZCI6InVzZXItNyJ9LCJpYXQiOjE3OTYwMzE1NzMsImV4cCI6MTc5NjExNzk3M30.SOc4-m1AIGxXsqq4sM9Dly3M8X3C8TfFLTg5iBgY6L0',
        },
      },
    },
    browseMarketAsClient: {
      query: {
        search: 'never ships',
        perPage: '2',
      },
      answer: {
        requestId: '032678d4-9199-4526-8b78-0ff0de53fbb1',
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
        requestId: 'e910abe1-6a6e-4c30-a7a0-519151a47f47',
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
        requestId: '9524df2a-bbd1-4973-80fd-1af701198a3b',
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
        requestId: 'ab4dc103-c28a-439e-b834-dd07617d66fd',
        success: true,
        data: {
          id: '01a22bd2-eeee-7d30-bc53-dfc08d0870b8',
          type: 'withdraw',
          source: 'client',
          externalId: 'basket-1',
          externalClientUserId: 'user-7',
          merchantId: '01a22bd2-ea65-71eb-9760-62f0b98085bc',
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
          createdAt: '2026-11-30T09:39:33.742Z',
          updatedAt: '2026-11-30T09:39:33.742Z',
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
        requestId: '7878f00d-b249-4b9a-91aa-12853a7d0e75',
        success: true,
        data: {
          id: '01a22bd2-ef09-78f2-8c76-16316ba302be',
          type: 'withdraw',
          source: 'client',
          externalId: 'basket-2',
          externalClientUserId: 'user-7',
          merchantId: '01a22bd2-ea65-71eb-9760-62f0b98085bc',
          clientUserId: '76561198000000001',
          clientTradeUrl: 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12',
          clientSteamID: '76561198000000001',
          status: 'initiated',
          game: '730',
          items: [],
          totalPrice: 32,
          createdAt: '2026-11-30T09:39:33.769Z',
          updatedAt: '2026-11-30T09:39:33.769Z',
        },
      },
    },
    getTrades: {
      params: {
        tradeId: '01a22bd2-ed65-7868-9b3a-5db674ad4e0a',
      },
      answer: {
        requestId: '394b071f-f8a8-4ed9-968f-209b26b4aa0a',
        success: true,
        data: {
          id: '01a22bd2-ed65-7868-9b3a-5db674ad4e0a',
          type: 'withdraw',
          source: 'self',
          externalId: 'order-1',
          merchantId: '01a22bd2-ea65-71eb-9760-62f0b98085bc',
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
                since: '2026-11-30T10:10:34.196Z',
              },
            },
          ],
          totalPrice: 15.48,
          revertedBy: 'supplier',
          createdAt: '2026-11-30T09:39:33.350Z',
          updatedAt: '2026-11-30T10:10:34.195Z',
        },
      },
    },
    listDemoCallbacks: {
      query: {
        trade: '01a22bd2-ed65-7868-9b3a-5db674ad4e0a',
      },
      answer: {
        requestId: 'f9ad74c2-cbc7-4129-b800-b479628b0718',
        success: true,
        data: [
          {
            deliveryId: '01a22bd2-edf3-7de8-9f2a-4ad828d0075d',
            tradeId: '01a22bd2-ed65-7868-9b3a-5db674ad4e0a',
            status: 'pending',
            items: [
              {
                id: '0004f714-369d-8a20-9802-31d5856d012d',
                status: 'pending',
              },
            ],
            times: 1,
            receivedAt: '2026-11-30T09:39:33.621Z',
            trade: {
              id: '01a22bd2-ed65-7868-9b3a-5db674ad4e0a',
              type: 'withdraw',
              source: 'self',
              externalId: 'order-1',
              merchantId: '01a22bd2-ea65-71eb-9760-62f0b98085bc',
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
              createdAt: '2026-11-30T09:39:33.350Z',
              updatedAt: '2026-11-30T09:39:33.487Z',
            },
          },
        ],
      },
    },
    getDemoShop: {
      answer: {
        requestId: '5e3574bc-4a0a-46f7-b3bc-ac7da6f52ddd',
        success: true,
        data: {
          approvals: 'approve',
          questions: [
            {
              tradeId: '01a22bd2-ef09-78f2-8c76-16316ba302be',
              answer: 'approve',
              times: 1,
              askedAt: '2026-11-30T09:39:33.860Z',
              trade: {
                id: '01a22bd2-ef09-78f2-8c76-16316ba302be',
                type: 'withdraw',
                source: 'client',
                externalId: 'basket-2',
                externalClientUserId: 'user-7',
                merchantId: '01a22bd2-ea65-71eb-9760-62f0b98085bc',
                clientUserId: '76561198000000001',
                clientTradeUrl: 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12',
                clientSteamID: '76561198000000001',
                status: 'initiated',
                game: '730',
                items: [],
                totalPrice: 32,
                createdAt: '2026-11-30T09:39:33.769Z',
                updatedAt: '2026-11-30T09:39:33.769Z',
              },
            },
            {
              tradeId: '01a22bd2-eeee-7d30-bc53-dfc08d0870b8',
              answer: 'approve',
              times: 1,
              askedAt: '2026-11-30T09:39:33.765Z',
              trade: {
                id: '01a22bd2-eeee-7d30-bc53-dfc08d0870b8',
                type: 'withdraw',
                source: 'client',
                externalId: 'basket-1',
                externalClientUserId: 'user-7',
                merchantId: '01a22bd2-ea65-71eb-9760-62f0b98085bc',
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
                createdAt: '2026-11-30T09:39:33.742Z',
                updatedAt: '2026-11-30T09:39:33.742Z',
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
        requestId: 'a1ea8bdb-05ae-4ddb-81e5-8abe8046f276',
        success: true,
        data: {
          approvals: 'approve',
          questions: [
            {
              tradeId: '01a22bd2-ef09-78f2-8c76-16316ba302be',
              answer: 'approve',
              times: 1,
              askedAt: '2026-11-30T09:39:33.860Z',
              trade: {
                id: '01a22bd2-ef09-78f2-8c76-16316ba302be',
                type: 'withdraw',
                source: 'client',
                externalId: 'basket-2',
                externalClientUserId: 'user-7',
                merchantId: '01a22bd2-ea65-71eb-9760-62f0b98085bc',
                clientUserId: '76561198000000001',
                clientTradeUrl: 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12',
                clientSteamID: '76561198000000001',
                status: 'initiated',
                game: '730',
                items: [],
                totalPrice: 32,
                createdAt: '2026-11-30T09:39:33.769Z',
                updatedAt: '2026-11-30T09:39:33.769Z',
              },
            },
            {
              tradeId: '01a22bd2-eeee-7d30-bc53-dfc08d0870b8',
              answer: 'approve',
              times: 1,
              askedAt: '2026-11-30T09:39:33.765Z',
              trade: {
                id: '01a22bd2-eeee-7d30-bc53-dfc08d0870b8',
                type: 'withdraw',
                source: 'client',
                externalId: 'basket-1',
                externalClientUserId: 'user-7',
                merchantId: '01a22bd2-ea65-71eb-9760-62f0b98085bc',
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
                createdAt: '2026-11-30T09:39:33.742Z',
                updatedAt: '2026-11-30T09:39:33.742Z',
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
        requestId: 'a7c467db-f21f-4584-8b75-c4b022a95104',
        success: true,
        data: {
          now: '2026-11-30T10:10:34.060Z',
          offsetMs: 1860000,
        },
      },
    },
    getClock: {
      answer: {
        requestId: '86133bdc-98ee-4ef0-89fb-0d783a3ae166',
        success: true,
        data: {
          now: '2026-11-30T10:10:34.095Z',
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
        requestId: '41ebac29-8031-4f63-8655-463f2c8a2b63',
        success: true,
        data: {
          tradeId: '01a22bd2-ed65-7868-9b3a-5db674ad4e0a',
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
        requestId: '6987a18d-3f14-4c61-bb6e-ad431a5e0895',
        success: true,
        data: {
          tradeId: '01a22bd2-edab-7b5b-a0a4-9b4558e81589',
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
        requestId: '4ac8a3e8-3b94-4946-ac77-eaf3da5f4538',
        success: true,
        data: {
          items: [
            {
              id: '01a22bd2-ef09-78f2-8c76-16316ba302be',
              type: 'withdraw',
              source: 'client',
              externalId: 'basket-2',
              externalClientUserId: 'user-7',
              merchantId: '01a22bd2-ea65-71eb-9760-62f0b98085bc',
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
              createdAt: '2026-11-30T09:39:33.769Z',
              updatedAt: '2026-11-30T09:39:33.980Z',
            },
            {
              id: '01a22bd2-eeee-7d30-bc53-dfc08d0870b8',
              type: 'withdraw',
              source: 'client',
              externalId: 'basket-1',
              externalClientUserId: 'user-7',
              merchantId: '01a22bd2-ea65-71eb-9760-62f0b98085bc',
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
              createdAt: '2026-11-30T09:39:33.742Z',
              updatedAt: '2026-11-30T09:39:33.793Z',
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
        requestId: 'a9d78d93-8664-4498-8afc-461011caa033',
        success: true,
        data: {
          tradeId: '01a22bd2-eeee-7d30-bc53-dfc08d0870b8',
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
        requestId: '7e839bb2-5c0e-4971-8ec0-bd4f61392d81',
        success: true,
        data: {
          tradeId: '01a22bd2-ef09-78f2-8c76-16316ba302be',
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
        requestId: '78ed2240-4b25-432a-958e-2fb769194311',
        success: true,
        data: {
          items: [
            {
              id: '01a22bd2-edab-7b5b-a0a4-9b4558e81589',
              type: 'withdraw',
              source: 'self',
              externalId: 'quick-1',
              merchantId: '01a22bd2-ea65-71eb-9760-62f0b98085bc',
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
                    since: '2026-11-30T10:10:34.273Z',
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
                    since: '2026-11-30T10:10:34.390Z',
                  },
                },
              ],
              totalPrice: 30.97,
              revertedBy: 'supplier',
              createdAt: '2026-11-30T09:39:33.419Z',
              updatedAt: '2026-11-30T10:10:34.389Z',
            },
            {
              id: '01a22bd2-ed65-7868-9b3a-5db674ad4e0a',
              type: 'withdraw',
              source: 'self',
              externalId: 'order-1',
              merchantId: '01a22bd2-ea65-71eb-9760-62f0b98085bc',
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
                    since: '2026-11-30T10:10:34.196Z',
                  },
                },
              ],
              totalPrice: 15.48,
              revertedBy: 'supplier',
              createdAt: '2026-11-30T09:39:33.350Z',
              updatedAt: '2026-11-30T10:10:34.195Z',
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
        requestId: 'a22dffce-53bc-40a6-ade7-a55b44138e89',
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
          dayEndsAt: '2026-12-01T00:00:00.000Z',
        },
      },
    },
    getClientLimits: {
      query: {
        clientSteamId: '76561198000000001',
      },
      answer: {
        requestId: '7ef27506-19cb-422f-9077-6089bee5fb30',
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
          dayEndsAt: '2026-12-01T00:00:00.000Z',
        },
      },
    },
    getBalance: {
      answer: {
        requestId: 'f8c93271-5f96-424a-80a6-8d70914dfcc8',
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
        requestId: '18a8aef5-64e9-40c8-8ed6-e9b0dbd41753',
        success: true,
        data: {
          items: [
            {
              id: 'a3014489-dbf6-81a5-bd5a-0a7411d1db7f',
              kind: 'refund',
              at: '2026-11-30T10:10:34.389Z',
              amount: 15.49,
              available: 15.49,
              locked: -15.49,
              tradeId: '01a22bd2-edab-7b5b-a0a4-9b4558e81589',
              tradeExternalId: 'quick-1',
              itemId: '00047a71-3296-8fa7-9802-31d5856d012e',
            },
            {
              id: '897c0e5d-352c-819d-9f23-0b57a98ad54e',
              kind: 'refund',
              at: '2026-11-30T10:10:34.272Z',
              amount: 15.48,
              available: 15.48,
              locked: -15.48,
              tradeId: '01a22bd2-edab-7b5b-a0a4-9b4558e81589',
              tradeExternalId: 'quick-1',
              itemId: '0004f714-369d-8a20-9802-31d5856d012d',
            },
          ],
          nextCursor: 'WyIyMDI2LTExLTMwVDEwOjEwOjM0LjI3MloiLCI4OTdjMGU1ZC0zNTJjLTgxOWQtOWYyMy0wYjU3YTk4YWQ1NGUiXQ',
        },
      },
    },
    listTransactions: {
      query: {
        limit: '2',
      },
      answer: {
        requestId: 'abb7f50a-133c-4ad1-83e8-5d94c5476dcc',
        success: true,
        data: {
          items: [
            {
              id: '14e36458-4a22-885c-b449-a7c082dc913b',
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
                created: '2026-11-30T09:39:32.584Z',
                completed: '2026-11-30T09:39:32.584Z',
                updated: '2026-11-30T09:39:32.584Z',
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
        requestId: '945a7035-b679-4662-aa7b-c22eec7ba965',
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
        requestId: '0f851681-3aaf-415a-873b-b310ecc003ee',
        success: true,
        data: {
          url: 'http://127.0.0.1:3001/shop/callbacks',
          enabled: true,
        },
      },
    },
    testCallback: {
      answer: {
        requestId: '1bea3058-26ad-4ca6-8129-600f9e46dfe3',
        success: true,
        data: {
          url: 'http://127.0.0.1:3001/shop/callbacks',
          taken: true,
          durationMs: 3,
          status: 200,
          refusesForgeries: true,
        },
      },
    },
    enableCallbackUrl: {
      answer: {
        requestId: '5b8d9b0c-938e-47ea-a8d0-6176212a24da',
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
        requestId: '88ab16d8-1f1b-4771-be0a-90c767ae1fa9',
        success: true,
        data: {
          items: [
            {
              id: '01a22bef-53b8-7b5f-89eb-c51c0ba58280',
              tradeId: '01a22bd2-ef09-78f2-8c76-16316ba302be',
              number: 7,
              state: 'delivered',
              attempts: 1,
              createdAt: '2026-11-30T10:10:34.552Z',
              deliveredAt: '2026-11-30T10:10:34.584Z',
              lastStatus: 200,
            },
            {
              id: '01a22bef-5399-7bdb-84dd-66b8f98b2d11',
              tradeId: '01a22bd2-eeee-7d30-bc53-dfc08d0870b8',
              number: 3,
              state: 'delivered',
              attempts: 1,
              createdAt: '2026-11-30T10:10:34.521Z',
              deliveredAt: '2026-11-30T10:10:34.531Z',
              lastStatus: 200,
            },
          ],
          nextCursor: 'WyIyMDI2LTExLTMwVDEwOjEwOjM0LjUyMVoiLCIwMWEyMmJlZi01Mzk5LTdiZGItODRkZC02NmI4Zjk4YjJkMTEiXQ',
        },
      },
    },
    getCallback: {
      params: {
        deliveryId: '01a22bef-53b8-7b5f-89eb-c51c0ba58280',
      },
      answer: {
        requestId: '59a2501f-040f-4b8e-90be-102b1527b2e9',
        success: true,
        data: {
          id: '01a22bef-53b8-7b5f-89eb-c51c0ba58280',
          tradeId: '01a22bd2-ef09-78f2-8c76-16316ba302be',
          number: 7,
          state: 'delivered',
          attempts: 1,
          createdAt: '2026-11-30T10:10:34.552Z',
          deliveredAt: '2026-11-30T10:10:34.584Z',
          lastStatus: 200,
          body: '{"trade":{"id":"01a22bd2-ef09-78f2-8c76-16316ba302be","type":"withdraw","source":"client","externalId":"basket-2","externalClientUserId":"user-7","merchantId":"01a22bd2-ea65-71eb-9760-62f0b98085bc","clientUserId":"76561198000000001","clientTradeUrl":"https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12","clientSteamID":"76561198000000001","status":"pending","game":"730","items":[{"id":"0004f714-369d-8a20-9802-31d5856d012d","appid":730,"name":"AK-47 | Never Ships","marketHashName":"AK-47 | Never Ships (Field-Tested)","exterior":"Field-Tested","wear":"0.170909","paintSeed":122,"tradable":true,"amount":1,"status":"reverted","offer":{"price":15.48},"cancellation":{"status":"settled","since":"2026-11-30T10:10:34.548Z"}},{"id":"00047a71-3296-8fa7-9802-31d5856d012e","appid":730,"name":"AK-47 | Never Ships","marketHashName":"AK-47 | Never Ships (Field-Tested)","exterior":"Field-Tested","wear":"0.191818","paintSeed":133,"tradable":true,"amount":1,"status":"pending","offer":{"price":15.49},"cancellation":{"status":"accepted","since":"2026-11-30T10:10:34.417Z"}}],"totalPrice":30.97,"createdAt":"2026-11-30T09:39:33.769Z","updatedAt":"2026-11-30T10:10:34.546Z"}}',
          attemptDetails: [
            {
              number: 1,
              at: '2026-11-30T10:10:34.584Z',
              durationMs: 39,
              status: 200,
              response: '{"ok":true}',
            },
          ],
        },
      },
    },
    replayCallback: {
      params: {
        deliveryId: '01a22bef-53b8-7b5f-89eb-c51c0ba58280',
      },
      answer: {
        requestId: '9a70bf9c-4fa7-4912-b3ff-793a65a7d95a',
        success: true,
        data: {
          id: '01a22bef-53b8-7b5f-89eb-c51c0ba58280',
          tradeId: '01a22bd2-ef09-78f2-8c76-16316ba302be',
          number: 7,
          state: 'pending',
          attempts: 1,
          createdAt: '2026-11-30T10:10:34.552Z',
          nextAttemptAt: '2026-11-30T10:10:34.663Z',
          lastStatus: 200,
          body: '{"trade":{"id":"01a22bd2-ef09-78f2-8c76-16316ba302be","type":"withdraw","source":"client","externalId":"basket-2","externalClientUserId":"user-7","merchantId":"01a22bd2-ea65-71eb-9760-62f0b98085bc","clientUserId":"76561198000000001","clientTradeUrl":"https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12","clientSteamID":"76561198000000001","status":"pending","game":"730","items":[{"id":"0004f714-369d-8a20-9802-31d5856d012d","appid":730,"name":"AK-47 | Never Ships","marketHashName":"AK-47 | Never Ships (Field-Tested)","exterior":"Field-Tested","wear":"0.170909","paintSeed":122,"tradable":true,"amount":1,"status":"reverted","offer":{"price":15.48},"cancellation":{"status":"settled","since":"2026-11-30T10:10:34.548Z"}},{"id":"00047a71-3296-8fa7-9802-31d5856d012e","appid":730,"name":"AK-47 | Never Ships","marketHashName":"AK-47 | Never Ships (Field-Tested)","exterior":"Field-Tested","wear":"0.191818","paintSeed":133,"tradable":true,"amount":1,"status":"pending","offer":{"price":15.49},"cancellation":{"status":"accepted","since":"2026-11-30T10:10:34.417Z"}}],"totalPrice":30.97,"createdAt":"2026-11-30T09:39:33.769Z","updatedAt":"2026-11-30T10:10:34.546Z"}}',
          attemptDetails: [
            {
              number: 1,
              at: '2026-11-30T10:10:34.584Z',
              durationMs: 39,
              status: 200,
              response: '{"ok":true}',
            },
          ],
        },
      },
    },
    replayCallbacks: {
      body: {
        from: '2026-11-30T10:10:34.552Z',
      },
      answer: {
        requestId: 'a39dda4d-3633-4840-8be0-afcc3fe3809e',
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
        requestId: '47a3e0b1-ba40-408c-96b7-7d6883b89dc4',
        success: true,
        data: {
          items: [
            {
              cursor: 'cG9zaXRpb24gMQ',
              id: '01a22bd2-edf3-7de8-9f2a-4ad828d0075d',
              trade: {
                id: '01a22bd2-ed65-7868-9b3a-5db674ad4e0a',
                type: 'withdraw',
                source: 'self',
                externalId: 'order-1',
                merchantId: '01a22bd2-ea65-71eb-9760-62f0b98085bc',
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
                createdAt: '2026-11-30T09:39:33.350Z',
                updatedAt: '2026-11-30T09:39:33.487Z',
              },
              createdAt: '2026-11-30T09:39:33.491Z',
            },
            {
              cursor: 'cG9zaXRpb24gMg',
              id: '01a22bd2-ee45-7ff8-99b6-b83bc9ec1a00',
              trade: {
                id: '01a22bd2-edab-7b5b-a0a4-9b4558e81589',
                type: 'withdraw',
                source: 'self',
                externalId: 'quick-1',
                merchantId: '01a22bd2-ea65-71eb-9760-62f0b98085bc',
                clientUserId: '76561198000000001',
                clientTradeUrl: 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12',
                clientSteamID: '76561198000000001',
                status: 'pending',
                game: '730',
                items: [],
                totalPrice: 32,
                createdAt: '2026-11-30T09:39:33.419Z',
                updatedAt: '2026-11-30T09:39:33.569Z',
              },
              createdAt: '2026-11-30T09:39:33.573Z',
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
        id: '01a22bd2-ed65-7868-9b3a-5db674ad4e0a',
        type: 'withdraw',
        source: 'self',
        externalId: 'order-1',
        merchantId: '01a22bd2-ea65-71eb-9760-62f0b98085bc',
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
        createdAt: '2026-11-30T09:39:33.350Z',
        updatedAt: '2026-11-30T09:39:33.350Z',
      },
    },
    trade: {
      trade: {
        id: '01a22bd2-ed65-7868-9b3a-5db674ad4e0a',
        type: 'withdraw',
        source: 'self',
        externalId: 'order-1',
        merchantId: '01a22bd2-ea65-71eb-9760-62f0b98085bc',
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
        createdAt: '2026-11-30T09:39:33.350Z',
        updatedAt: '2026-11-30T09:39:33.487Z',
      },
    },
    test: {
      test: true,
      timestamp: '2026-11-30T10:10:34.692Z',
      message: 'A test of your callback URL. Answer with 2xx to have it saved.',
    },
  },
};
