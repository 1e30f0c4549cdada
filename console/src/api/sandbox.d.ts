// Made by `npm run console:types` from the gateway's OpenAPI document. Do not edit.

export interface paths {
    "/sandbox/callbacks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Callbacks that the demo shop received and verified, oldest first */
        get: operations["listDemoCallbacks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sandbox/clock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The sandbox’s time */
        get: operations["getClock"];
        put?: never;
        /**
         * Move the sandbox’s time forward
         * @description A duration such as `31m`, `2h` or `8 days`. The clock cannot be moved back. Waits for up to three seconds for what is being bought.
         */
        post: operations["moveClock"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sandbox/listings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Test listings, whose names describe their behaviour
         * @description Each is sold in one place, and with `SANDBOX_MARKETPLACES=all` at every marketplace that can sell it.
         */
        get: operations["listTestListings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sandbox/shop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the demo shop answers approval requests, and the requests that it received */
        get: operations["getDemoShop"];
        put?: never;
        /** Make the demo shop approve, reject or ignore approval requests from now on */
        post: operations["setDemoShop"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        DemoShop: {
            /**
             * @description How the demo shop answers approval requests; `silent` answers 503, which counts as no answer
             * @enum {unknown}
             */
            approvals: "approve" | "reject" | "silent";
            /** @description Newest first, at most 100 */
            questions: {
                answer: ("approve" | "reject") | null;
                /** Format: date-time */
                askedAt: string;
                /** @description The number of requests for this trade */
                times: number;
                trade: unknown;
                tradeId: string;
            }[];
        };
        Failure: {
            error: {
                /** @description The number of the error key; both are stable */
                code: number;
                details?: {
                    [key: string]: unknown;
                };
                /** @description Invalid fields of the request: dotted path → reason, at most 20 */
                fields?: {
                    [key: string]: string;
                };
                /** @enum {unknown} */
                key: "EXTERNAL_ID_EXISTS" | "PRICE_CHANGED" | "MERCHANT_BALANCE_LOW" | "LISTING_NOT_FOUND" | "INVALID_LISTING_ID" | "TRADE_NOT_FOUND" | "TRADE_CANCEL_TOO_SOON" | "TRADE_NOT_CANCELLABLE" | "INSUFFICIENT_STOCK" | "TRADE_CANCEL_UNSUPPORTED" | "VALIDATION_FAILED" | "NOT_FOUND" | "METHOD_NOT_ALLOWED" | "RATE_LIMITED" | "SERVER_ERROR" | "SERVICE_UNAVAILABLE" | "PAYLOAD_TOO_LARGE" | "UNSUPPORTED_MEDIA_TYPE" | "INVALID_TOKEN" | "MISSING_BEARER" | "NO_API_SECRET_CONFIGURED" | "FORBIDDEN" | "ACCOUNT_DISABLED" | "MERCHANT_NO_CALLBACK_URL" | "MERCHANT_NO_API_SECRET" | "MERCHANT_CALLBACK_URL_DISABLED" | "CALLBACK_URL_TEST_FAILED" | "CALLBACK_NOT_FOUND" | "MISSING_API_KEY" | "INVALID_API_KEY" | "API_KEY_REVOKED" | "INSUFFICIENT_SCOPE" | "API_KEY_IP_DENIED" | "NOT_SIGNED_IN" | "SIGN_IN_FAILED" | "SECOND_FACTOR_REQUIRED" | "PERMISSION_DENIED" | "CROSS_SITE_REQUEST" | "LINK_NOT_VALID" | "REFUSED" | "CLIENT_LIMIT_REACHED" | "ITEM_NOT_FOUND";
                /** @description For people; the text may change */
                message: string | string[];
            };
            /** Format: uuid */
            requestId: string;
            /** @enum {boolean} */
            success: false;
        };
        SandboxClock: {
            /** Format: date-time */
            now: string;
            /** @description How far ahead of real time the sandbox is */
            offsetMs: number;
        };
        TestListing: {
            behaviour: string;
            description: string;
            game: string;
            /** @description Listing id, for `/secure/buy` */
            id: string;
            marketHashName: string;
            /** @description The account with which it is bought, for operators */
            marketplace: string;
            /** @description The demo merchant’s price, including its fee */
            price: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: {
        /** @description The same as `requestId` in the body */
        RequestId: string;
        /** @description Retry after this number of seconds */
        RetryAfter: number;
    };
    pathItems: never;
}
export type DemoShop = components['schemas']['DemoShop'];
export type Failure = components['schemas']['Failure'];
export type SandboxClock = components['schemas']['SandboxClock'];
export type TestListing = components['schemas']['TestListing'];
export type HeaderRequestId = components['headers']['RequestId'];
export type HeaderRetryAfter = components['headers']['RetryAfter'];
export type $defs = Record<string, never>;
export interface operations {
    listDemoCallbacks: {
        parameters: {
            query?: {
                /**
                 * @description Only entries of this trade: its id, or the `externalId` that you gave it
                 * @example 01a22fda-7c69-73c5-bbad-84c18f51d8fb
                 */
                trade?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "399625b9-2d27-4e74-af2b-ffe3f533db7a",
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "deliveryId": "01a22fda-7d1c-74ff-b5eb-ad502517aaa9",
                     *           "tradeId": "01a22fda-7c69-73c5-bbad-84c18f51d8fb",
                     *           "status": "pending",
                     *           "items": [
                     *             {
                     *               "id": "0004f714-369d-8a20-9802-31d5856d012d",
                     *               "status": "pending"
                     *             }
                     *           ],
                     *           "times": 1,
                     *           "receivedAt": "2026-12-01T04:26:17.951Z",
                     *           "trade": {
                     *             "id": "01a22fda-7c69-73c5-bbad-84c18f51d8fb",
                     *             "type": "withdraw",
                     *             "source": "self",
                     *             "externalId": "order-1",
                     *             "merchantId": "01a22fda-7551-70f8-bbce-ba7a0925b56b",
                     *             "clientUserId": "76561198000000001",
                     *             "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                     *             "clientSteamID": "76561198000000001",
                     *             "status": "pending",
                     *             "game": "730",
                     *             "items": [
                     *               {
                     *                 "id": "0004f714-369d-8a20-9802-31d5856d012d",
                     *                 "externalId": "line-1",
                     *                 "appid": 730,
                     *                 "name": "AK-47 | Never Ships",
                     *                 "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *                 "exterior": "Field-Tested",
                     *                 "wear": "0.170909",
                     *                 "paintSeed": 122,
                     *                 "tradable": true,
                     *                 "amount": 1,
                     *                 "status": "pending",
                     *                 "offer": {
                     *                   "price": 15.48
                     *                 }
                     *               }
                     *             ],
                     *             "totalPrice": 15.48,
                     *             "createdAt": "2026-12-01T04:26:17.578Z",
                     *             "updatedAt": "2026-12-01T04:26:17.748Z"
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        data: unknown[];
                        /** Format: uuid */
                        requestId: string;
                        /** @enum {boolean} */
                        success: true;
                    };
                };
            };
            /** @description `VALIDATION_FAILED` (1001): The request is not valid. */
            400: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getClock: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "9dfa4293-9bf7-4ad4-bbf2-7d06ec3917c7",
                     *       "success": true,
                     *       "data": {
                     *         "now": "2026-12-01T04:57:18.955Z",
                     *         "offsetMs": 1860000
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["SandboxClock"];
                        /** Format: uuid */
                        requestId: string;
                        /** @enum {boolean} */
                        success: true;
                    };
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    moveClock: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "advance": "31m"
                 *     }
                 */
                "application/json": {
                    advance: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "bc44cdd1-8ab0-4182-b643-dfae2efa98ca",
                     *       "success": true,
                     *       "data": {
                     *         "now": "2026-12-01T04:57:18.885Z",
                     *         "offsetMs": 1860000
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["SandboxClock"];
                        /** Format: uuid */
                        requestId: string;
                        /** @enum {boolean} */
                        success: true;
                    };
                };
            };
            /** @description `VALIDATION_FAILED` (1001): The request is not valid. */
            400: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    listTestListings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "d1852d48-4ea1-4da7-be52-7aafccf3458b",
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "00049b41-d49a-80d5-9802-31d5856d0065",
                     *           "marketplace": "cs2dt",
                     *           "game": "730",
                     *           "marketHashName": "AK-47 | Ships At Once (Field-Tested)",
                     *           "behaviour": "ships-at-once",
                     *           "description": "Delivered a second after the purchase, final after seven days.",
                     *           "price": 12.53
                     *         },
                     *         {
                     *           "id": "00044723-1c43-8222-9802-31d5856d0066",
                     *           "marketplace": "cs2dt",
                     *           "game": "730",
                     *           "marketHashName": "AK-47 | Ships At Once (Field-Tested)",
                     *           "behaviour": "ships-at-once",
                     *           "description": "Delivered a second after the purchase, final after seven days.",
                     *           "price": 12.54
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["TestListing"][];
                        /** Format: uuid */
                        requestId: string;
                        /** @enum {boolean} */
                        success: true;
                    };
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getDemoShop: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "345d9f5c-23cd-488d-b379-e844971ccb98",
                     *       "success": true,
                     *       "data": {
                     *         "approvals": "approve",
                     *         "questions": [
                     *           {
                     *             "tradeId": "01a22fda-7f2c-7d86-807c-358b19749b6f",
                     *             "answer": "approve",
                     *             "times": 1,
                     *             "askedAt": "2026-12-01T04:26:18.419Z",
                     *             "trade": {
                     *               "id": "01a22fda-7f2c-7d86-807c-358b19749b6f",
                     *               "type": "withdraw",
                     *               "source": "client",
                     *               "externalId": "basket-2",
                     *               "externalClientUserId": "user-7",
                     *               "merchantId": "01a22fda-7551-70f8-bbce-ba7a0925b56b",
                     *               "clientUserId": "76561198000000001",
                     *               "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                     *               "clientSteamID": "76561198000000001",
                     *               "status": "initiated",
                     *               "game": "730",
                     *               "items": [],
                     *               "totalPrice": 32,
                     *               "createdAt": "2026-12-01T04:26:18.284Z",
                     *               "updatedAt": "2026-12-01T04:26:18.284Z"
                     *             }
                     *           },
                     *           {
                     *             "tradeId": "01a22fda-7eee-71c9-ba55-e99cd9f35fd8",
                     *             "answer": "approve",
                     *             "times": 1,
                     *             "askedAt": "2026-12-01T04:26:18.275Z",
                     *             "trade": {
                     *               "id": "01a22fda-7eee-71c9-ba55-e99cd9f35fd8",
                     *               "type": "withdraw",
                     *               "source": "client",
                     *               "externalId": "basket-1",
                     *               "externalClientUserId": "user-7",
                     *               "merchantId": "01a22fda-7551-70f8-bbce-ba7a0925b56b",
                     *               "clientUserId": "76561198000000001",
                     *               "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                     *               "clientSteamID": "76561198000000001",
                     *               "status": "initiated",
                     *               "game": "730",
                     *               "items": [
                     *                 {
                     *                   "id": "00047a71-3296-8fa7-9802-31d5856d012e",
                     *                   "appid": 730,
                     *                   "name": "AK-47 | Never Ships",
                     *                   "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *                   "exterior": "Field-Tested",
                     *                   "wear": "0.191818",
                     *                   "paintSeed": 133,
                     *                   "tradable": true,
                     *                   "amount": 1,
                     *                   "status": "initiated",
                     *                   "offer": {
                     *                     "price": 15.49
                     *                   }
                     *                 }
                     *               ],
                     *               "totalPrice": 15.49,
                     *               "createdAt": "2026-12-01T04:26:18.223Z",
                     *               "updatedAt": "2026-12-01T04:26:18.223Z"
                     *             }
                     *           }
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["DemoShop"];
                        /** Format: uuid */
                        requestId: string;
                        /** @enum {boolean} */
                        success: true;
                    };
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    setDemoShop: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "approvals": "approve"
                 *     }
                 */
                "application/json": {
                    /**
                     * @description How the demo shop answers approval requests; `silent` answers 503, which counts as no answer
                     * @enum {unknown}
                     */
                    approvals: "approve" | "reject" | "silent";
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "f84201e6-1122-4b9d-bd13-63f75ae109e5",
                     *       "success": true,
                     *       "data": {
                     *         "approvals": "approve",
                     *         "questions": [
                     *           {
                     *             "tradeId": "01a22fda-7f2c-7d86-807c-358b19749b6f",
                     *             "answer": "approve",
                     *             "times": 1,
                     *             "askedAt": "2026-12-01T04:26:18.419Z",
                     *             "trade": {
                     *               "id": "01a22fda-7f2c-7d86-807c-358b19749b6f",
                     *               "type": "withdraw",
                     *               "source": "client",
                     *               "externalId": "basket-2",
                     *               "externalClientUserId": "user-7",
                     *               "merchantId": "01a22fda-7551-70f8-bbce-ba7a0925b56b",
                     *               "clientUserId": "76561198000000001",
                     *               "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                     *               "clientSteamID": "76561198000000001",
                     *               "status": "initiated",
                     *               "game": "730",
                     *               "items": [],
                     *               "totalPrice": 32,
                     *               "createdAt": "2026-12-01T04:26:18.284Z",
                     *               "updatedAt": "2026-12-01T04:26:18.284Z"
                     *             }
                     *           },
                     *           {
                     *             "tradeId": "01a22fda-7eee-71c9-ba55-e99cd9f35fd8",
                     *             "answer": "approve",
                     *             "times": 1,
                     *             "askedAt": "2026-12-01T04:26:18.275Z",
                     *             "trade": {
                     *               "id": "01a22fda-7eee-71c9-ba55-e99cd9f35fd8",
                     *               "type": "withdraw",
                     *               "source": "client",
                     *               "externalId": "basket-1",
                     *               "externalClientUserId": "user-7",
                     *               "merchantId": "01a22fda-7551-70f8-bbce-ba7a0925b56b",
                     *               "clientUserId": "76561198000000001",
                     *               "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                     *               "clientSteamID": "76561198000000001",
                     *               "status": "initiated",
                     *               "game": "730",
                     *               "items": [
                     *                 {
                     *                   "id": "00047a71-3296-8fa7-9802-31d5856d012e",
                     *                   "appid": 730,
                     *                   "name": "AK-47 | Never Ships",
                     *                   "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *                   "exterior": "Field-Tested",
                     *                   "wear": "0.191818",
                     *                   "paintSeed": 133,
                     *                   "tradable": true,
                     *                   "amount": 1,
                     *                   "status": "initiated",
                     *                   "offer": {
                     *                     "price": 15.49
                     *                   }
                     *                 }
                     *               ],
                     *               "totalPrice": 15.49,
                     *               "createdAt": "2026-12-01T04:26:18.223Z",
                     *               "updatedAt": "2026-12-01T04:26:18.223Z"
                     *             }
                     *           }
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["DemoShop"];
                        /** Format: uuid */
                        requestId: string;
                        /** @enum {boolean} */
                        success: true;
                    };
                };
            };
            /** @description `VALIDATION_FAILED` (1001): The request is not valid. */
            400: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
}
