// Made by `npm run docs:client-types` from the gateway's OpenAPI document. Do not edit.

export interface paths {
    "/auth/authenticate-client": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get a token for one of your users
         * @description The token is valid for a day. You can also sign it yourself with your API secret.
         */
        post: operations["authenticateClient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/market": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Listings on sale, by name and price
         * @description CS2: one row for each catalogue item, with its cheapest listing. Rust: one row for each listing.
         */
        get: operations["browseMarketAsClient"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/market/item": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Listings of one CS2 item, cheapest first */
        get: operations["listListingsAsClient"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/market/suggestions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** CS2 items whose names match the typed text, best match first */
        get: operations["suggestItems"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/trades": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The client’s own trades, newest first */
        get: operations["listTradesAsClient"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/trading/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Buy 1 to 50 items for the client
         * @description Paid from the merchant’s wallet, which is why the merchant is asked first.
         */
        post: operations["withdraw"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/trading/withdraw/{tradeId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel all of a trade that can still be cancelled
         * @description A mixture is a success: read each item’s status. What it means is as for a single item.
         */
        post: operations["cancelTradeAsClient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/trading/withdraw/{tradeId}/items/{itemId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel one undelivered CS2 item, 30 minutes after it was created
         * @description Success means that the marketplace accepted. The refund and `reverted` come later, by callback.
         */
        post: operations["cancelItemAsClient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/trading/withdraw/quick": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Buy the cheapest listings of one item, as many as are wanted
         * @description The worst case is reserved at once. `items` is empty at first and fills as listings are bought; what was not bought, or cost less, is released and told by callback.
         */
        post: operations["quickWithdraw"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether requests can be served: the database accepts writes, and due work makes progress */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether this process makes progress; if not, restart it */
        get: operations["getLiveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether requests can be served: the database accepts writes, and due work makes progress */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Prometheus metrics */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
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
    "/secure/buy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Buy 1 to 50 items */
        post: operations["buy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/secure/buy/{tradeId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel all of a trade that can still be cancelled
         * @description A mixture is a success: read each item’s status. What it means is as for a single item.
         */
        post: operations["cancelTrade"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/secure/buy/{tradeId}/items/{itemId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel one undelivered CS2 item, 30 minutes after it was created
         * @description Success means that the marketplace accepted. The refund and `reverted` come later, by callback.
         */
        post: operations["cancelItem"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/secure/buy/quick": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Buy the cheapest listings of one item, as many as are wanted
         * @description The worst case is reserved at once. `items` is empty at first and fills as listings are bought; what was not bought, or cost less, is released and told by callback.
         */
        post: operations["quickBuy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/secure/check-tradeurl": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check a trade URL and its owner with Steam
         * @description Clear answers are cached for an hour; the states 8 and 10 are not, and neither is a 9 without a steamid.
         */
        post: operations["checkTradeUrl"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/secure/market": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Listings on sale, by name and price
         * @description CS2: one row for each catalogue item, with its cheapest listing. Rust: one row for each listing.
         */
        get: operations["browseMarket"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/secure/market/item": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Listings of one CS2 item, cheapest first */
        get: operations["listListings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/secure/prices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The lowest price of each item */
        get: operations["listPrices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/secure/trades": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Your own trades, newest first */
        get: operations["listTrades"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/secure/trades/{tradeId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One trade by id or externalId, or up to 100 separated by commas */
        get: operations["getTrades"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/callbacks/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Own callbacks and what became of them, newest first */
        get: operations["listCallbacks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/callbacks/deliveries/{deliveryId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One callback, with its body and every attempt */
        get: operations["getCallback"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/callbacks/deliveries/{deliveryId}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send one callback again, whatever became of it
         * @description The same body under the same id. One that is pending is sent now.
         */
        post: operations["replayCallback"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/callbacks/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send again what was given up in a time */
        post: operations["replayCallbacks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/callbacks/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try whether your server verifies the signatures of callbacks
         * @description Sends `{"signatureTest": …}` to your URL, signed with your API secret, and if that is answered with 2xx, once more with a wrong signature. Nothing is recorded, and a URL that is switched off stays so.
         */
        post: operations["testCallback"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/callbacks/url": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where your callbacks go, and whether they do */
        get: operations["getCallbackUrl"];
        /**
         * Set where your callbacks go
         * @description Sends `{"test": true, "timestamp", "message"}` there, without a signature, and saves the URL when that is answered with 2xx within 8 seconds. Callbacks that were switched off are on again then.
         */
        put: operations["setCallbackUrl"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/callbacks/url/enable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Have callbacks sent again, with all that waited; harmless when they are on */
        post: operations["enableCallbackUrl"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clients/limits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The limits of your clients and their usage */
        get: operations["getClientLimits"];
        /**
         * Set the limits of your clients
         * @description Replaces all of your limits: an absent or null limit is removed. If the operator has also set a limit, the lower one applies.
         */
        put: operations["setClientLimits"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every event from the first on, in order and without gaps */
        get: operations["listEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ledger/transactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The operator’s credits and debits of your wallet, newest first
         * @description Movements of trades are in `/v1/wallets/me/entries`.
         */
        get: operations["listTransactions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ledger/transactions/{transactionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One deposit or withdrawal; none exist
         * @description Always 404: this gateway has no deposits and withdrawals, and by the API the operator’s credits and debits are not shown here.
         */
        get: operations["getTransaction"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/me/balance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Balance of the wallet, in US dollars */
        get: operations["getBalance"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/me/entries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The movements of your wallet, newest first
         * @description `available` and `locked` of all entries add up to `balance` and `pendingBalance`.
         */
        get: operations["listEntries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface webhooks {
    approval: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve or reject a purchase
         * @description Sent before anything is bought, at most three times, with a withdrawal at `initiated`. Answer within ten seconds.
         */
        post: operations["answerApproval"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    test: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A test of a new callback URL
         * @description Sent without a signature when you set your URL. Answer within eight seconds.
         */
        post: operations["takeTest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    trade: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A trade has changed
         * @description Sent at least once, in the order of the trade’s events, and retried until you accept it. The id stays the same.
         */
        post: operations["takeCallback"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface components {
    schemas: {
        Balance: {
            /** @description The available balance */
            balance: number;
            currency: string;
            /** @description Always 0: this gateway has no deposits */
            escrowBalance: number;
            /** @description Reserved for items in flight */
            pendingBalance: number;
        };
        Callback: {
            /** @description How often it was sent until now, one that is under way included */
            attempts: number;
            /**
             * Format: date-time
             * @description When the step happened
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it was taken
             */
            deliveredAt?: string;
            /**
             * Format: uuid
             * @description As in the signature; the same over all attempts
             */
            id: string;
            /** @description Why the last attempt was none */
            lastFailure?: string;
            /** @description HTTP status of the last answer */
            lastStatus?: number;
            /**
             * Format: date-time
             * @description While it is pending: not sooner, and after the earlier ones of its trade; absent while callbacks are off
             */
            nextAttemptAt?: string;
            /** @description Grows with each callback of a trade; they are sent in this order */
            number: number;
            /** @enum {unknown} */
            state: "pending" | "delivered" | "failed";
            /** Format: uuid */
            tradeId: string;
        };
        CallbackDetails: {
            /** @description The newest 200 attempts that have ended, oldest first */
            attemptDetails: {
                /** Format: date-time */
                at: string;
                durationMs: number;
                failure?: string;
                number: number;
                /** @description The first 4 KB of the answer */
                response?: string;
                status?: number;
            }[];
            /** @description How often it was sent until now, one that is under way included */
            attempts: number;
            /** @description The bytes that are signed and sent; absent once they have passed their time */
            body?: string;
            /**
             * Format: date-time
             * @description When the step happened
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it was taken
             */
            deliveredAt?: string;
            /**
             * Format: uuid
             * @description As in the signature; the same over all attempts
             */
            id: string;
            /** @description Why the last attempt was none */
            lastFailure?: string;
            /** @description HTTP status of the last answer */
            lastStatus?: number;
            /**
             * Format: date-time
             * @description While it is pending: not sooner, and after the earlier ones of its trade; absent while callbacks are off
             */
            nextAttemptAt?: string;
            /** @description Grows with each callback of a trade; they are sent in this order */
            number: number;
            /** @enum {unknown} */
            state: "pending" | "delivered" | "failed";
            /** Format: uuid */
            tradeId: string;
        };
        CallbackTest: {
            /** @description What to do; absent when all is well */
            advice?: string;
            durationMs: number;
            /** @description What was seen instead of an answer that takes it */
            failure?: string;
            /** @description Whether it refused the same message with a wrong signature; absent when the genuine one was not taken */
            refusesForgeries?: boolean;
            /** @description What it answered; absent: nothing */
            status?: number;
            /** @description Whether your server answered 2xx to a message that is signed with your API secret */
            taken: boolean;
            url: string;
        };
        CallbackUrl: {
            /** Format: date-time */
            disabledAt?: string;
            /** @description Why it was switched off */
            disabledReason?: string;
            /** @description Whether callbacks are sent: there is a URL, and it is not switched off */
            enabled: boolean;
            /** @description true: only `{"action":"approve"}` approves a purchase. Absent: any 2xx does whose body can be read and does not say no */
            strictApproval?: boolean;
            /** @description null: none is set yet */
            url: string | null;
        };
        CancelledItem: {
            externalId?: string;
            itemId: string;
            /** @enum {string} */
            status: "cancelled";
            /** Format: uuid */
            tradeId: string;
        };
        CancelledTrade: {
            cancelled: number;
            failed: number;
            items: {
                externalId?: string;
                itemId: string;
                /** @description The key of the error that the item route answers */
                reason?: string;
                /** @enum {unknown} */
                status: "cancelled" | "failed";
            }[];
            /** @description Items that could be asked about: cancelled and failed together */
            requested: number;
            /** Format: uuid */
            tradeId: string;
        };
        ClientLimits: {
            /** Format: date-time */
            dayEndsAt: string;
            /** @description null: no limit */
            operator: {
                all: {
                    /** @description Declined offers per day (UTC); at this number further withdrawals of the day are refused */
                    declinesPerDay: number | null;
                    /** @description Dollars for items in flight */
                    inFlight: number | null;
                    /** @description Dollars for withdrawals per day (UTC), minus refunds */
                    perDay: number | null;
                    /** @description Requests per minute for all client routes together, in addition to the limit of each route */
                    requestsPerMinute: number | null;
                    /** @description Withdrawals per day (UTC) */
                    withdrawalsPerDay: number | null;
                };
                each: {
                    /** @description Declined offers per day (UTC); at this number further withdrawals of the day are refused */
                    declinesPerDay: number | null;
                    /** @description Dollars for items in flight */
                    inFlight: number | null;
                    /** @description Dollars for withdrawals per day (UTC), minus refunds */
                    perDay: number | null;
                    /** @description Requests per minute for all client routes together, in addition to the limit of each route */
                    requestsPerMinute: number | null;
                    /** @description Withdrawals per day (UTC) */
                    withdrawalsPerDay: number | null;
                };
            };
            /** @description null: no limit */
            own: {
                all: {
                    /** @description Declined offers per day (UTC); at this number further withdrawals of the day are refused */
                    declinesPerDay: number | null;
                    /** @description Dollars for items in flight */
                    inFlight: number | null;
                    /** @description Dollars for withdrawals per day (UTC), minus refunds */
                    perDay: number | null;
                    /** @description Requests per minute for all client routes together, in addition to the limit of each route */
                    requestsPerMinute: number | null;
                    /** @description Withdrawals per day (UTC) */
                    withdrawalsPerDay: number | null;
                };
                each: {
                    /** @description Declined offers per day (UTC); at this number further withdrawals of the day are refused */
                    declinesPerDay: number | null;
                    /** @description Dollars for items in flight */
                    inFlight: number | null;
                    /** @description Dollars for withdrawals per day (UTC), minus refunds */
                    perDay: number | null;
                    /** @description Requests per minute for all client routes together, in addition to the limit of each route */
                    requestsPerMinute: number | null;
                    /** @description Withdrawals per day (UTC) */
                    withdrawalsPerDay: number | null;
                };
            };
            used: {
                all: {
                    declinesToday: number;
                    inFlight: number;
                    today: number;
                    withdrawalsToday: number;
                };
                client?: {
                    declinesToday: number;
                    inFlight: number;
                    today: number;
                    withdrawalsToday: number;
                };
            };
        };
        Cs2Price: {
            /** @description Always false: deposits are not supported */
            accepted: boolean;
            deposit: number;
            itemId: string | null;
            marketHashName: string;
            phases?: {
                /** @description Always false: deposits are not supported */
                accepted: boolean;
                deposit: number;
                /** @enum {unknown} */
                phase: "Phase 1" | "Phase 2" | "Phase 3" | "Phase 4" | "Ruby" | "Sapphire" | "Black Pearl" | "Emerald";
                withdraw: {
                    instant: number | null;
                    standard: number | null;
                };
            }[];
            withdraw: {
                instant: number | null;
                standard: number | null;
            };
        };
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
        Entry: {
            /** @description US dollars, more than 0, whole cents */
            amount: number;
            /** Format: date-time */
            at: string;
            /** @description The change of `balance` */
            available: number;
            /** Format: uuid */
            id: string;
            itemExternalId?: string;
            /** @description The `id` of the item in the trade: its listing id */
            itemId?: string;
            /** @enum {unknown} */
            kind: "credit" | "debit" | "reserve" | "release" | "capture" | "refund" | "penalty";
            /** @description The change of `pendingBalance` */
            locked: number;
            tradeExternalId?: string;
            /** Format: uuid */
            tradeId?: string;
        };
        EntryPage: {
            items: components["schemas"]["Entry"][];
            nextCursor: string | null;
        };
        Event: {
            /**
             * Format: date-time
             * @description When the step happened
             */
            createdAt: string;
            /** @description Opaque; where this event stands in the log */
            cursor: string;
            /**
             * Format: uuid
             * @description The id of its callback
             */
            id: string;
            trade: components["schemas"]["Trade"];
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
        Item: {
            amount?: number;
            appid: number;
            assetId?: string;
            /** @description The newest cancellation request of the item; an addition to the API */
            cancellation?: {
                /** @description Why it was refused, or what it waits for */
                reason?: string;
                /** Format: date-time */
                since: string;
                /** @enum {unknown} */
                status: "requested" | "unknown" | "accepted" | "refused" | "settled" | "lost";
            };
            charm?: {
                iconUrl: string;
                marketHashName?: string;
                name: string;
            };
            /** @description The colour of the rarity: `#` and six hex digits */
            color?: string;
            doppler?: {
                name: string;
                paintIndex?: number;
            };
            /** @enum {unknown} */
            error?: "LISTING_UNAVAILABLE" | "NO_LISTING_AT_PRICE" | "PRICE_CHANGED" | "TRADE_URL_INVALID" | "STEAM_ACCOUNT_RESTRICTED" | "BUYER_TRADE_RESTRICTED" | "OFFER_NOT_ACCEPTED" | "MARKET_UNAVAILABLE" | "PURCHASE_FAILED";
            exterior?: string;
            externalId?: string;
            fade?: {
                percentage: number;
            };
            iconUrl?: string;
            /** @description The listing id that was bought; constant for the life of the item */
            id: string;
            marketHashName?: string;
            /** @description The market name without the exterior */
            name?: string;
            offer?: {
                /** @description US dollars, whole cents */
                price: number;
            };
            paintSeed?: number;
            /** @description The parameter of Steam’s inspect link */
            previewToken?: string;
            rarity?: string;
            /** @enum {unknown} */
            status?: "initiated" | "pending" | "active" | "hold" | "completed" | "failed" | "canceled" | "declined" | "reverted";
            stickers?: {
                iconUrl: string;
                marketHashName?: string;
                name: string;
                slot: number;
                wear?: number;
            }[];
            tradable: boolean;
            type?: string;
            /** @description Float value */
            wear?: string;
        };
        Listing: {
            amount: number;
            appid: number;
            /** @description With `development` only */
            botInfo?: {
                name: string;
                steamId?: string;
            };
            charm?: {
                iconUrl: string;
                marketHashName?: string;
                name: string;
            };
            /** @description The colour of the rarity: `#` and six hex digits */
            color?: string;
            doppler?: {
                name: string;
                paintIndex?: number;
            };
            exterior?: string;
            fade?: {
                percentage: number;
            };
            iconUrl?: string;
            /** @description Listing id, for `/secure/buy` */
            id: string;
            /** @description Catalogue id, for `/market/item`; on CS2 rows of `/market` only */
            itemId?: string;
            marketHashName: string;
            offer: {
                /** @enum {unknown} */
                delivery?: "standard" | "instant";
                /** @description US dollars, including the merchant’s fee */
                price: number;
            };
            paintSeed?: number;
            /** @description The parameter of Steam’s inspect link */
            previewToken?: string;
            rarity?: string;
            stickers?: {
                iconUrl: string;
                marketHashName?: string;
                name: string;
                slot: number;
                wear?: number;
            }[];
            tradable: boolean;
            type?: string;
            /** @description Float value */
            wear?: string;
        };
        MarketPage: {
            /** @description The number of all matching rows, on all pages */
            count: number;
            items: components["schemas"]["Listing"][];
        };
        RustPrice: {
            /** @description Always false: deposits are not supported */
            accepted: boolean;
            deposit: number;
            marketHashName: string;
            withdraw: number | null;
        };
        SandboxClock: {
            /** Format: date-time */
            now: string;
            /** @description How far ahead of real time the sandbox is */
            offsetMs: number;
        };
        Suggestion: {
            /** @description Empty where the marketplace gives no picture */
            iconUrl: string;
            /** @description Catalogue id, the `itemId` of `/client/market/item` */
            id: string;
            itemType?: string;
            marketHashName: string;
            rarity?: string;
            rarityColor?: string;
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
        Trade: {
            /** Format: date-time */
            activeAt?: string;
            /**
             * Format: date-time
             * @description When items that are not sent by then are cancelled
             */
            autoCancelAt?: string;
            clientSteamID: string;
            clientTradeUrl: string;
            clientUserId: string;
            /** Format: date-time */
            createdAt: string;
            /** @enum {unknown} */
            error?: "LISTING_UNAVAILABLE" | "NO_LISTING_AT_PRICE" | "PRICE_CHANGED" | "TRADE_URL_INVALID" | "STEAM_ACCOUNT_RESTRICTED" | "BUYER_TRADE_RESTRICTED" | "OFFER_NOT_ACCEPTED" | "MARKET_UNAVAILABLE" | "PURCHASE_FAILED" | "MERCHANT_REJECTED" | "APPROVAL_TIMEOUT";
            /** @description The merchant’s own id of the client */
            externalClientUserId?: string;
            externalId?: string;
            game: string;
            /** Format: date-time */
            holdEndDate?: string;
            /** Format: uuid */
            id: string;
            items: components["schemas"]["Item"][];
            /** Format: uuid */
            merchantId: string;
            offerID?: string;
            /** @description The maximum cost while it is more than `totalPrice`; an addition to the API */
            reservedPrice?: number;
            revertedBy?: "supplier" | "user";
            source: "client" | "self";
            /** @enum {unknown} */
            status: "initiated" | "pending" | "active" | "hold" | "completed" | "failed" | "canceled" | "declined" | "reverted";
            /** @description US dollars, whole cents */
            totalPrice: number;
            type: "deposit" | "withdraw";
            /** Format: date-time */
            updatedAt: string;
        };
        TradePage: {
            items: components["schemas"]["Trade"][];
            nextCursor: string | null;
        };
        TradeUrlCheck: {
            bans?: {
                /** @enum {unknown} */
                economyBan: "none" | "probation" | "banned";
                gameBans: number;
                vacBanned: boolean;
            };
            /** @description Present in the states 1 to 4 */
            canTrade?: boolean;
            /** @description For people; the text may change */
            message: string;
            /** @description Present when canTrade is false */
            reason?: {
                /** @description For how many days Steam would hold the items; 0: no hold */
                escrowDays: number;
                probation: boolean;
            };
            /** @description 1 normal, 2 banned in CS2, 3 banned in Rust, 4 banned, 5 inventory private, 6 URL invalid, 7 user not found, 8 unknown error, 9 user not tradeable, 10 Steam unavailable */
            state: number;
            /** @description Present when the URL belongs to an account */
            steamid?: string;
        };
        Transaction: {
            address: null;
            amount: {
                chain: null;
                /** @enum {string} */
                crypto: "0";
                token: null;
                /** @description US dollars, more than 0 for debits as well */
                usd: number;
            };
            /** @enum {number} */
            fee: 0;
            id: string;
            /** @enum {string} */
            status: "POSTED";
            timestamps: {
                /** Format: date-time */
                completed: string;
                /** Format: date-time */
                created: string;
                /** Format: date-time */
                updated: string;
            };
            txnHash: null;
            /** @enum {unknown} */
            type: "ADMIN_CREDIT" | "ADMIN_DEBIT";
        };
        TransactionDetails: {
            address: string | null;
            amount: {
                chain: string | null;
                crypto: string;
                exchangeRate: string;
                token: string | null;
                usd: number;
            };
            fee: number;
            id: string;
            status: string;
            timestamps: {
                completed: string | null;
                /** Format: date-time */
                created: string;
                expired: string | null;
                /** Format: date-time */
                updated: string;
            };
            txnHash: string | null;
            type: string;
        };
        TransactionPage: {
            items: components["schemas"]["Transaction"][];
            pagination: {
                limit: number;
                /** @description From 1: the page of `limit` entries that has `offset` */
                page: number;
                total: number;
                totalPages: number;
            };
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
export type Balance = components['schemas']['Balance'];
export type Callback = components['schemas']['Callback'];
export type CallbackDetails = components['schemas']['CallbackDetails'];
export type CallbackTest = components['schemas']['CallbackTest'];
export type CallbackUrl = components['schemas']['CallbackUrl'];
export type CancelledItem = components['schemas']['CancelledItem'];
export type CancelledTrade = components['schemas']['CancelledTrade'];
export type ClientLimits = components['schemas']['ClientLimits'];
export type Cs2Price = components['schemas']['Cs2Price'];
export type DemoShop = components['schemas']['DemoShop'];
export type Entry = components['schemas']['Entry'];
export type EntryPage = components['schemas']['EntryPage'];
export type Event = components['schemas']['Event'];
export type Failure = components['schemas']['Failure'];
export type Item = components['schemas']['Item'];
export type Listing = components['schemas']['Listing'];
export type MarketPage = components['schemas']['MarketPage'];
export type RustPrice = components['schemas']['RustPrice'];
export type SandboxClock = components['schemas']['SandboxClock'];
export type Suggestion = components['schemas']['Suggestion'];
export type TestListing = components['schemas']['TestListing'];
export type Trade = components['schemas']['Trade'];
export type TradePage = components['schemas']['TradePage'];
export type TradeUrlCheck = components['schemas']['TradeUrlCheck'];
export type Transaction = components['schemas']['Transaction'];
export type TransactionDetails = components['schemas']['TransactionDetails'];
export type TransactionPage = components['schemas']['TransactionPage'];
export type HeaderRequestId = components['headers']['RequestId'];
export type HeaderRetryAfter = components['headers']['RetryAfter'];
export type $defs = Record<string, never>;
export interface operations {
    authenticateClient: {
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
                 *       "clientSteamId": "76561198000000001",
                 *       "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                 *       "clientId": "user-7"
                 *     }
                 */
                "application/json": {
                    clientData?: {
                        cryptoDeposits?: boolean;
                        fiatDeposits?: boolean;
                        kycHash?: string;
                        kycLevel?: number;
                        registrationDate?: string | null;
                        totalWager?: number;
                    };
                    /** @description Your own id of the user; trades show it */
                    clientId?: string;
                    clientSteamId: string;
                    /** Format: steam-trade-url */
                    clientTradeUrl: string;
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
                     *       "requestId": "b2eb70d9-a527-4b6f-969d-660fe6b7f787",
                     *       "success": true,
                     *       "data": {
                     *         "token": "eyJhbGciOiJIUzI1NiIsInVzZXJJZCI6IjAxYTIyZmRhLTc1NTEtNzBmOC1iYmNlLWJhN2EwOTI1YjU2YiJ9.eyJtZXJjaGFudElkIjoiMDFhMjJmZGEtNzU1MS03MGY4LWJiY2UtYmE3YTA5MjViNTZiIiwiY2xpZW50Ijp7InN0ZWFtSUQiOiI3NjU2MTE5ODAwMDAwMDAwMSIsInRyYWRlVXJsIjoiaHR0cHM6Ly9zdGVhbWNvbW11bml0eS5jb20vdHJhZGVvZmZlci9uZXcvP3BhcnRuZXI9Mzk3MzQyNzMmdG9rZW49QWJDZEVmMTIiLCJjbGllbnRJZCI6InVzZXItNyJ9LCJpYXQiOjE3OTYwOTkxNzcsImV4cCI6MTc5NjE4NTU3N30.x45PZHWbsSDqC6-TsztVmDkRMJ80NNoiSkHEeCHe67M"
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: {
                            token: string;
                        };
                        /** Format: uuid */
                        requestId: string;
                        /** @enum {boolean} */
                        success: true;
                    };
                };
            };
            /**
             * @description `VALIDATION_FAILED` (1001): The request is not valid.
             *
             *     `NO_API_SECRET_CONFIGURED` (1120): This account has no API secret, so tokens cannot be signed. Ask the operator for one.
             */
            400: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `MISSING_API_KEY` (1900): The api-key header is missing.
             *
             *     `INVALID_API_KEY` (1901): This API key is not known.
             *
             *     `API_KEY_REVOKED` (1902): This API key has been revoked.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this IP address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key does not have the scope that this route needs.
             */
            403: {
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
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    browseMarketAsClient: {
        parameters: {
            query?: {
                /** @description Rows with made-up values in every field */
                development?: "true" | "false" | "1" | "0";
                /** @description 730 is CS2, 252490 is Rust */
                game?: "730" | "252490";
                /** @description The highest price in dollars, including the fee */
                maxPrice?: number | null | "null";
                /** @description The lowest price in dollars, including the fee */
                minPrice?: number | null | "null";
                /** @description The number of the page, from 1 */
                page?: number;
                /**
                 * @description -1: all rows
                 * @example 2
                 */
                perPage?: number;
                /**
                 * @description Words of the name, in any order; all must match
                 * @example never ships
                 */
                search?: string;
                /** @description The order of the rows */
                sort?: "relevance" | "priceAsc" | "priceDesc" | "nameAsc" | "nameDesc";
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
                     *       "requestId": "19c2a494-dfbe-44ad-95d8-923a7b631f2c",
                     *       "success": true,
                     *       "data": {
                     *         "items": [
                     *           {
                     *             "id": "0004f714-369d-8a20-9802-31d5856d012d",
                     *             "appid": 730,
                     *             "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *             "tradable": true,
                     *             "amount": 1,
                     *             "exterior": "Field-Tested",
                     *             "wear": "0.170909",
                     *             "paintSeed": 122,
                     *             "offer": {
                     *               "price": 15.48,
                     *               "delivery": "standard"
                     *             },
                     *             "itemId": "270732364548219"
                     *           },
                     *           {
                     *             "id": "00040d36-fdfc-8554-9802-31d5856d0af1",
                     *             "appid": 730,
                     *             "marketHashName": "P90 | Buy Answer Lost Never Ships (Field-Tested)",
                     *             "tradable": true,
                     *             "amount": 1,
                     *             "exterior": "Field-Tested",
                     *             "wear": "0.170909",
                     *             "paintSeed": 47,
                     *             "offer": {
                     *               "price": 4.79,
                     *               "delivery": "standard"
                     *             },
                     *             "itemId": "11716720247234"
                     *           }
                     *         ],
                     *         "count": 2
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["MarketPage"];
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
            /**
             * @description `MISSING_BEARER` (1108): The Authorization header with a client token is missing.
             *
             *     `INVALID_TOKEN` (1102): This client token is not valid or has expired.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `ACCOUNT_DISABLED` (1301): This merchant account is disabled. */
            403: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    listListingsAsClient: {
        parameters: {
            query?: {
                /** @description How the seller delivers: `standard` (by hand) or `instant` */
                delivery?: "any" | "standard" | "instant";
                /** @description The highest float value */
                floatMax?: number | null | "null";
                /** @description The lowest float value */
                floatMin?: number | null | "null";
                /**
                 * @description Catalogue id; takes precedence over marketHashName
                 * @example 270732364548219
                 */
                itemId?: string;
                /** @description The exact name of the item */
                marketHashName?: string;
                /** @description The number of the page, from 1 */
                page?: number;
                /**
                 * @description The maximum number of rows of a page
                 * @example 2
                 */
                perPage?: number;
                /** @description The phase of a Doppler */
                phase?: "Phase 1" | "Phase 2" | "Phase 3" | "Phase 4" | "Ruby" | "Sapphire" | "Black Pearl" | "Emerald";
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
                     *       "requestId": "34b0b0b6-8236-4093-9830-28ad60ac1743",
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "0004f714-369d-8a20-9802-31d5856d012d",
                     *           "appid": 730,
                     *           "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *           "tradable": true,
                     *           "amount": 1,
                     *           "exterior": "Field-Tested",
                     *           "wear": "0.170909",
                     *           "paintSeed": 122,
                     *           "offer": {
                     *             "price": 15.48,
                     *             "delivery": "standard"
                     *           }
                     *         },
                     *         {
                     *           "id": "00047a71-3296-8fa7-9802-31d5856d012e",
                     *           "appid": 730,
                     *           "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *           "tradable": true,
                     *           "amount": 1,
                     *           "exterior": "Field-Tested",
                     *           "wear": "0.191818",
                     *           "paintSeed": 133,
                     *           "offer": {
                     *             "price": 15.49,
                     *             "delivery": "standard"
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["Listing"][];
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
            /**
             * @description `MISSING_BEARER` (1108): The Authorization header with a client token is missing.
             *
             *     `INVALID_TOKEN` (1102): This client token is not valid or has expired.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `ACCOUNT_DISABLED` (1301): This merchant account is disabled. */
            403: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `LISTING_NOT_FOUND` (15): This listing is not on sale. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    suggestItems: {
        parameters: {
            query: {
                /**
                 * @description The text that the user has typed so far
                 * @example ak
                 */
                q: string;
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
                     *       "requestId": "4855f6e1-0ac7-4483-a5b5-ef43b86ace9b",
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "AK-47 | Asiimov (Battle-Scarred)",
                     *           "marketHashName": "AK-47 | Asiimov (Battle-Scarred)",
                     *           "iconUrl": ""
                     *         },
                     *         {
                     *           "id": "AK-47 | Asiimov (Factory New)",
                     *           "marketHashName": "AK-47 | Asiimov (Factory New)",
                     *           "iconUrl": ""
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["Suggestion"][];
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
            /**
             * @description `MISSING_BEARER` (1108): The Authorization header with a client token is missing.
             *
             *     `INVALID_TOKEN` (1102): This client token is not valid or has expired.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `ACCOUNT_DISABLED` (1301): This merchant account is disabled. */
            403: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    listTradesAsClient: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the previous page. Default: from the start */
                cursor?: string;
                /** @description 730 is CS2, 252490 is Rust */
                game?: "730" | "252490";
                /**
                 * @description The maximum number of entries of a page
                 * @example 2
                 */
                limit?: number;
                /** @description Only entries of this type */
                type?: "deposit" | "withdraw";
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
                     *       "requestId": "bddcbd6e-eabc-4975-84b2-010d46ae7ca2",
                     *       "success": true,
                     *       "data": {
                     *         "items": [
                     *           {
                     *             "id": "01a22fda-7f2c-7d86-807c-358b19749b6f",
                     *             "type": "withdraw",
                     *             "source": "client",
                     *             "externalId": "basket-2",
                     *             "externalClientUserId": "user-7",
                     *             "merchantId": "01a22fda-7551-70f8-bbce-ba7a0925b56b",
                     *             "clientUserId": "76561198000000001",
                     *             "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                     *             "clientSteamID": "76561198000000001",
                     *             "status": "pending",
                     *             "game": "730",
                     *             "items": [
                     *               {
                     *                 "id": "0004f714-369d-8a20-9802-31d5856d012d",
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
                     *               },
                     *               {
                     *                 "id": "00047a71-3296-8fa7-9802-31d5856d012e",
                     *                 "appid": 730,
                     *                 "name": "AK-47 | Never Ships",
                     *                 "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *                 "exterior": "Field-Tested",
                     *                 "wear": "0.191818",
                     *                 "paintSeed": 133,
                     *                 "tradable": true,
                     *                 "amount": 1,
                     *                 "status": "pending",
                     *                 "offer": {
                     *                   "price": 15.49
                     *                 }
                     *               }
                     *             ],
                     *             "totalPrice": 30.97,
                     *             "createdAt": "2026-12-01T04:26:18.284Z",
                     *             "updatedAt": "2026-12-01T04:26:18.747Z"
                     *           },
                     *           {
                     *             "id": "01a22fda-7eee-71c9-ba55-e99cd9f35fd8",
                     *             "type": "withdraw",
                     *             "source": "client",
                     *             "externalId": "basket-1",
                     *             "externalClientUserId": "user-7",
                     *             "merchantId": "01a22fda-7551-70f8-bbce-ba7a0925b56b",
                     *             "clientUserId": "76561198000000001",
                     *             "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                     *             "clientSteamID": "76561198000000001",
                     *             "status": "pending",
                     *             "game": "730",
                     *             "items": [
                     *               {
                     *                 "id": "00047a71-3296-8fa7-9802-31d5856d012e",
                     *                 "appid": 730,
                     *                 "name": "AK-47 | Never Ships",
                     *                 "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *                 "exterior": "Field-Tested",
                     *                 "wear": "0.191818",
                     *                 "paintSeed": 133,
                     *                 "tradable": true,
                     *                 "amount": 1,
                     *                 "status": "pending",
                     *                 "offer": {
                     *                   "price": 15.49
                     *                 }
                     *               }
                     *             ],
                     *             "totalPrice": 15.49,
                     *             "createdAt": "2026-12-01T04:26:18.223Z",
                     *             "updatedAt": "2026-12-01T04:26:18.336Z"
                     *           }
                     *         ],
                     *         "nextCursor": null
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["TradePage"];
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
            /**
             * @description `MISSING_BEARER` (1108): The Authorization header with a client token is missing.
             *
             *     `INVALID_TOKEN` (1102): This client token is not valid or has expired.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `ACCOUNT_DISABLED` (1301): This merchant account is disabled. */
            403: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    withdraw: {
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
                 *       "items": [
                 *         {
                 *           "itemId": "00047a71-3296-8fa7-9802-31d5856d012e",
                 *           "price": 15.49
                 *         }
                 *       ],
                 *       "externalId": "basket-1"
                 *     }
                 */
                "application/json": {
                    /** @description Minutes after which items that are not sent yet are cancelled; 720 is off. CS2 only */
                    autoCancel?: number;
                    /**
                     * Format: path-segment
                     * @description Your own reference of the trade; a second buy with the same reference is refused
                     */
                    externalId?: string;
                    /**
                     * @description 730 is CS2, 252490 is Rust
                     * @default 730
                     * @enum {unknown}
                     */
                    game?: "730" | "252490";
                    items: {
                        /**
                         * Format: path-segment
                         * @description Your own reference of the item, unique within the trade; you can cancel the item by it
                         */
                        externalId?: string;
                        /** @description Listing id, as quoted */
                        itemId: string;
                        maxPrice?: number;
                        price: number;
                    }[];
                    slippageBps?: number;
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
                     *       "requestId": "61503c9d-7b36-428e-9463-242fe45a152f",
                     *       "success": true,
                     *       "data": {
                     *         "id": "01a22fda-7eee-71c9-ba55-e99cd9f35fd8",
                     *         "type": "withdraw",
                     *         "source": "client",
                     *         "externalId": "basket-1",
                     *         "externalClientUserId": "user-7",
                     *         "merchantId": "01a22fda-7551-70f8-bbce-ba7a0925b56b",
                     *         "clientUserId": "76561198000000001",
                     *         "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                     *         "clientSteamID": "76561198000000001",
                     *         "status": "initiated",
                     *         "game": "730",
                     *         "items": [
                     *           {
                     *             "id": "00047a71-3296-8fa7-9802-31d5856d012e",
                     *             "appid": 730,
                     *             "name": "AK-47 | Never Ships",
                     *             "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *             "exterior": "Field-Tested",
                     *             "wear": "0.191818",
                     *             "paintSeed": 133,
                     *             "tradable": true,
                     *             "amount": 1,
                     *             "status": "initiated",
                     *             "offer": {
                     *               "price": 15.49
                     *             }
                     *           }
                     *         ],
                     *         "totalPrice": 15.49,
                     *         "createdAt": "2026-12-01T04:26:18.223Z",
                     *         "updatedAt": "2026-12-01T04:26:18.223Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["Trade"];
                        /** Format: uuid */
                        requestId: string;
                        /** @enum {boolean} */
                        success: true;
                    };
                };
            };
            /**
             * @description `VALIDATION_FAILED` (1001): The request is not valid.
             *
             *     `INVALID_LISTING_ID` (17): The listing ID is not valid for this game.
             *
             *     `MERCHANT_BALANCE_LOW` (12): The wallet does not cover the total price.
             *
             *     `MERCHANT_NO_CALLBACK_URL` (1701): This account has no callback URL, so purchases cannot be approved. Set a callback URL.
             *
             *     `MERCHANT_NO_API_SECRET` (1702): This account has no API secret, so purchases cannot be approved. Ask the operator for one.
             *
             *     `MERCHANT_CALLBACK_URL_DISABLED` (1703): The callback URL is switched off, so purchases cannot be approved. Switch it on again.
             */
            400: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `MISSING_BEARER` (1108): The Authorization header with a client token is missing.
             *
             *     `INVALID_TOKEN` (1102): This client token is not valid or has expired.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `CLIENT_LIMIT_REACHED` (2101): This withdrawal would exceed a limit for clients.
             */
            403: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `LISTING_NOT_FOUND` (15): This listing is not on sale. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PRICE_CHANGED` (11): An item now costs more than the request allows.
             *
             *     `EXTERNAL_ID_EXISTS` (1): A trade with this externalId already exists.
             */
            409: {
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
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    cancelTradeAsClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The trade’s id or the externalId you gave it
                 * @example basket-2
                 */
                tradeId: string;
            };
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
                     *       "requestId": "2941a57a-8229-414c-a3f6-1b3b02092618",
                     *       "success": true,
                     *       "data": {
                     *         "tradeId": "01a22fda-7f2c-7d86-807c-358b19749b6f",
                     *         "requested": 2,
                     *         "cancelled": 2,
                     *         "failed": 0,
                     *         "items": [
                     *           {
                     *             "itemId": "0004f714-369d-8a20-9802-31d5856d012d",
                     *             "status": "cancelled"
                     *           },
                     *           {
                     *             "itemId": "00047a71-3296-8fa7-9802-31d5856d012e",
                     *             "status": "cancelled"
                     *           }
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["CancelledTrade"];
                        /** Format: uuid */
                        requestId: string;
                        /** @enum {boolean} */
                        success: true;
                    };
                };
            };
            /**
             * @description `VALIDATION_FAILED` (1001): The request is not valid.
             *
             *     `TRADE_NOT_CANCELLABLE` (28): This item cannot be cancelled.
             *
             *     `TRADE_CANCEL_UNSUPPORTED` (44): The marketplaces of this trade’s items do not support cancellation.
             */
            400: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `MISSING_BEARER` (1108): The Authorization header with a client token is missing.
             *
             *     `INVALID_TOKEN` (1102): This client token is not valid or has expired.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `FORBIDDEN` (1300): This trade does not belong to the caller.
             */
            403: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `TRADE_NOT_FOUND` (21): There is no trade with this id or externalId. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    cancelItemAsClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The item’s id, or the externalId you gave it
                 * @example 00047a71-3296-8fa7-9802-31d5856d012e
                 */
                itemId: string;
                /**
                 * @description The trade’s id or the externalId you gave it
                 * @example basket-1
                 */
                tradeId: string;
            };
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
                     *       "requestId": "cb931d3e-4d05-405f-bdd2-6013fbb149bd",
                     *       "success": true,
                     *       "data": {
                     *         "tradeId": "01a22fda-7eee-71c9-ba55-e99cd9f35fd8",
                     *         "itemId": "00047a71-3296-8fa7-9802-31d5856d012e",
                     *         "status": "cancelled"
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["CancelledItem"];
                        /** Format: uuid */
                        requestId: string;
                        /** @enum {boolean} */
                        success: true;
                    };
                };
            };
            /**
             * @description `VALIDATION_FAILED` (1001): The request is not valid.
             *
             *     `TRADE_CANCEL_TOO_SOON` (27): An item can be cancelled 30 minutes after it was created.
             *
             *     `TRADE_NOT_CANCELLABLE` (28): This item cannot be cancelled.
             */
            400: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `MISSING_BEARER` (1108): The Authorization header with a client token is missing.
             *
             *     `INVALID_TOKEN` (1102): This client token is not valid or has expired.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `FORBIDDEN` (1300): This trade does not belong to the caller.
             */
            403: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `ITEM_NOT_FOUND` (2201): There is no such trade, or no such item in it. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    quickWithdraw: {
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
                 *       "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                 *       "maxPrice": 16,
                 *       "amount": 2,
                 *       "externalId": "basket-2"
                 *     }
                 */
                "application/json": {
                    amount: number;
                    /** @description Minutes after which items that are not sent yet are cancelled; 720 is off. CS2 only */
                    autoCancel?: number;
                    /**
                     * @description instant: CS2 only
                     * @default standard
                     * @enum {unknown}
                     */
                    delivery?: "standard" | "instant";
                    /**
                     * Format: path-segment
                     * @description Your own reference of the trade; a second buy with the same reference is refused
                     */
                    externalId?: string;
                    /** @description One a unit, in their order */
                    externalIds?: string[];
                    /**
                     * @description 730 is CS2, 252490 is Rust
                     * @default 730
                     * @enum {unknown}
                     */
                    game?: "730" | "252490";
                    /** @description CS2: catalogue id; Rust: listing id. Wins over marketHashName */
                    itemId?: string;
                    marketHashName?: string;
                    maxPrice: number;
                    /**
                     * @description CS2 only
                     * @enum {unknown}
                     */
                    phase?: "Phase 1" | "Phase 2" | "Phase 3" | "Phase 4" | "Ruby" | "Sapphire" | "Black Pearl" | "Emerald";
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
                     *       "requestId": "d4ac6360-5e2a-4775-98ac-1090db6f7b81",
                     *       "success": true,
                     *       "data": {
                     *         "id": "01a22fda-7f2c-7d86-807c-358b19749b6f",
                     *         "type": "withdraw",
                     *         "source": "client",
                     *         "externalId": "basket-2",
                     *         "externalClientUserId": "user-7",
                     *         "merchantId": "01a22fda-7551-70f8-bbce-ba7a0925b56b",
                     *         "clientUserId": "76561198000000001",
                     *         "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                     *         "clientSteamID": "76561198000000001",
                     *         "status": "initiated",
                     *         "game": "730",
                     *         "items": [],
                     *         "totalPrice": 32,
                     *         "createdAt": "2026-12-01T04:26:18.284Z",
                     *         "updatedAt": "2026-12-01T04:26:18.284Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["Trade"];
                        /** Format: uuid */
                        requestId: string;
                        /** @enum {boolean} */
                        success: true;
                    };
                };
            };
            /**
             * @description `VALIDATION_FAILED` (1001): The request is not valid.
             *
             *     `MERCHANT_BALANCE_LOW` (12): The wallet does not cover the total price.
             *
             *     `MERCHANT_NO_CALLBACK_URL` (1701): This account has no callback URL, so purchases cannot be approved. Set a callback URL.
             *
             *     `MERCHANT_NO_API_SECRET` (1702): This account has no API secret, so purchases cannot be approved. Ask the operator for one.
             *
             *     `MERCHANT_CALLBACK_URL_DISABLED` (1703): The callback URL is switched off, so purchases cannot be approved. Switch it on again.
             */
            400: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `MISSING_BEARER` (1108): The Authorization header with a client token is missing.
             *
             *     `INVALID_TOKEN` (1102): This client token is not valid or has expired.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `CLIENT_LIMIT_REACHED` (2101): This withdrawal would exceed a limit for clients.
             */
            403: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `LISTING_NOT_FOUND` (15): This listing is not on sale. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `INSUFFICIENT_STOCK` (34): This item is not on sale at that price.
             *
             *     `EXTERNAL_ID_EXISTS` (1): A trade with this externalId already exists.
             */
            409: {
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
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    getHealth: {
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
                     *       "requestId": "53ee523c-5bd9-4a63-b35a-d9165f23fad9",
                     *       "success": true,
                     *       "data": {
                     *         "status": "ok",
                     *         "timestamp": "2026-12-01T04:26:17.530Z",
                     *         "uptime": 9.992041657,
                     *         "maintenance": {
                     *           "mode": "off"
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: {
                            maintenance: {
                                mode: string;
                            };
                            /** @enum {string} */
                            status: "ok";
                            /** Format: date-time */
                            timestamp: string;
                            /** @description Seconds since this process started */
                            uptime: number;
                        };
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
    getLiveness: {
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
                     *       "requestId": "0fedd33c-3c58-41e2-a8b7-f01e7e608800",
                     *       "success": true,
                     *       "data": {
                     *         "status": "ok",
                     *         "timestamp": "2026-12-01T04:26:17.533Z",
                     *         "uptime": 9.995619206,
                     *         "maintenance": {
                     *           "mode": "off"
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: {
                            maintenance: {
                                mode: string;
                            };
                            /** @enum {string} */
                            status: "ok";
                            /** Format: date-time */
                            timestamp: string;
                            /** @description Seconds since this process started */
                            uptime: number;
                        };
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
    getReadiness: {
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
                     *       "requestId": "ade400e0-416a-4d08-b9a8-e58dce945bb3",
                     *       "success": true,
                     *       "data": {
                     *         "status": "ok",
                     *         "timestamp": "2026-12-01T04:26:17.537Z",
                     *         "uptime": 9.999530308,
                     *         "maintenance": {
                     *           "mode": "off"
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: {
                            maintenance: {
                                mode: string;
                            };
                            /** @enum {string} */
                            status: "ok";
                            /** Format: date-time */
                            timestamp: string;
                            /** @description Seconds since this process started */
                            uptime: number;
                        };
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
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Prometheus’ text format */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
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
    buy: {
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
                 *       "items": [
                 *         {
                 *           "itemId": "0004f714-369d-8a20-9802-31d5856d012d",
                 *           "price": 15.48,
                 *           "externalId": "line-1"
                 *         }
                 *       ],
                 *       "externalId": "order-1",
                 *       "tradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12"
                 *     }
                 */
                "application/json": {
                    /** @description Minutes after which items that are not sent yet are cancelled; 720 is off. CS2 only */
                    autoCancel?: number;
                    /**
                     * Format: path-segment
                     * @description Your own reference of the trade; a second buy with the same reference is refused
                     */
                    externalId?: string;
                    /**
                     * @description 730 is CS2, 252490 is Rust
                     * @default 730
                     * @enum {unknown}
                     */
                    game?: "730" | "252490";
                    items: {
                        /**
                         * Format: path-segment
                         * @description Your own reference of the item, unique within the trade; you can cancel the item by it
                         */
                        externalId?: string;
                        /** @description Listing id, as quoted */
                        itemId: string;
                        maxPrice?: number;
                        price: number;
                    }[];
                    slippageBps?: number;
                    /** Format: steam-trade-url */
                    tradeUrl: string;
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
                     *       "requestId": "03921dab-db59-4d07-a4d7-127ebe1f51ac",
                     *       "success": true,
                     *       "data": {
                     *         "id": "01a22fda-7c69-73c5-bbad-84c18f51d8fb",
                     *         "type": "withdraw",
                     *         "source": "self",
                     *         "externalId": "order-1",
                     *         "merchantId": "01a22fda-7551-70f8-bbce-ba7a0925b56b",
                     *         "clientUserId": "76561198000000001",
                     *         "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                     *         "clientSteamID": "76561198000000001",
                     *         "status": "initiated",
                     *         "game": "730",
                     *         "items": [
                     *           {
                     *             "id": "0004f714-369d-8a20-9802-31d5856d012d",
                     *             "externalId": "line-1",
                     *             "appid": 730,
                     *             "name": "AK-47 | Never Ships",
                     *             "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *             "exterior": "Field-Tested",
                     *             "wear": "0.170909",
                     *             "paintSeed": 122,
                     *             "tradable": true,
                     *             "amount": 1,
                     *             "status": "initiated",
                     *             "offer": {
                     *               "price": 15.48
                     *             }
                     *           }
                     *         ],
                     *         "totalPrice": 15.48,
                     *         "createdAt": "2026-12-01T04:26:17.578Z",
                     *         "updatedAt": "2026-12-01T04:26:17.578Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["Trade"];
                        /** Format: uuid */
                        requestId: string;
                        /** @enum {boolean} */
                        success: true;
                    };
                };
            };
            /**
             * @description `VALIDATION_FAILED` (1001): The request is not valid.
             *
             *     `INVALID_LISTING_ID` (17): The listing ID is not valid for this game.
             *
             *     `MERCHANT_BALANCE_LOW` (12): The wallet does not cover the total price.
             *
             *     `MERCHANT_NO_CALLBACK_URL` (1701): This account has no callback URL, so purchases cannot be approved. Set a callback URL.
             *
             *     `MERCHANT_NO_API_SECRET` (1702): This account has no API secret, so purchases cannot be approved. Ask the operator for one.
             *
             *     `MERCHANT_CALLBACK_URL_DISABLED` (1703): The callback URL is switched off, so purchases cannot be approved. Switch it on again.
             */
            400: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `MISSING_API_KEY` (1900): The api-key header is missing.
             *
             *     `INVALID_API_KEY` (1901): This API key is not known.
             *
             *     `API_KEY_REVOKED` (1902): This API key has been revoked.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this IP address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key does not have the scope that this route needs.
             */
            403: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `LISTING_NOT_FOUND` (15): This listing is not on sale. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PRICE_CHANGED` (11): An item now costs more than the request allows.
             *
             *     `EXTERNAL_ID_EXISTS` (1): A trade with this externalId already exists.
             */
            409: {
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
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    cancelTrade: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The trade’s id or the externalId you gave it
                 * @example quick-1
                 */
                tradeId: string;
            };
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
                     *       "requestId": "ebfa669c-a65a-433b-94c2-77362a41e37e",
                     *       "success": true,
                     *       "data": {
                     *         "tradeId": "01a22fda-7cbc-7e44-be4f-51959152afa3",
                     *         "requested": 2,
                     *         "cancelled": 2,
                     *         "failed": 0,
                     *         "items": [
                     *           {
                     *             "itemId": "0004f714-369d-8a20-9802-31d5856d012d",
                     *             "status": "cancelled"
                     *           },
                     *           {
                     *             "itemId": "00047a71-3296-8fa7-9802-31d5856d012e",
                     *             "status": "cancelled"
                     *           }
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["CancelledTrade"];
                        /** Format: uuid */
                        requestId: string;
                        /** @enum {boolean} */
                        success: true;
                    };
                };
            };
            /**
             * @description `VALIDATION_FAILED` (1001): The request is not valid.
             *
             *     `TRADE_NOT_CANCELLABLE` (28): This item cannot be cancelled.
             *
             *     `TRADE_CANCEL_UNSUPPORTED` (44): The marketplaces of this trade’s items do not support cancellation.
             */
            400: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `MISSING_API_KEY` (1900): The api-key header is missing.
             *
             *     `INVALID_API_KEY` (1901): This API key is not known.
             *
             *     `API_KEY_REVOKED` (1902): This API key has been revoked.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this IP address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key does not have the scope that this route needs.
             *
             *     `FORBIDDEN` (1300): This trade does not belong to the caller.
             */
            403: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `TRADE_NOT_FOUND` (21): There is no trade with this id or externalId. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    cancelItem: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The item’s id, or the externalId you gave it
                 * @example line-1
                 */
                itemId: string;
                /**
                 * @description The trade’s id or the externalId you gave it
                 * @example order-1
                 */
                tradeId: string;
            };
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
                     *       "requestId": "ed55981d-7979-4f57-8fb2-4baedbae0464",
                     *       "success": true,
                     *       "data": {
                     *         "tradeId": "01a22fda-7c69-73c5-bbad-84c18f51d8fb",
                     *         "itemId": "0004f714-369d-8a20-9802-31d5856d012d",
                     *         "externalId": "line-1",
                     *         "status": "cancelled"
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["CancelledItem"];
                        /** Format: uuid */
                        requestId: string;
                        /** @enum {boolean} */
                        success: true;
                    };
                };
            };
            /**
             * @description `VALIDATION_FAILED` (1001): The request is not valid.
             *
             *     `TRADE_CANCEL_TOO_SOON` (27): An item can be cancelled 30 minutes after it was created.
             *
             *     `TRADE_NOT_CANCELLABLE` (28): This item cannot be cancelled.
             */
            400: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `MISSING_API_KEY` (1900): The api-key header is missing.
             *
             *     `INVALID_API_KEY` (1901): This API key is not known.
             *
             *     `API_KEY_REVOKED` (1902): This API key has been revoked.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this IP address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key does not have the scope that this route needs.
             *
             *     `FORBIDDEN` (1300): This trade does not belong to the caller.
             */
            403: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `ITEM_NOT_FOUND` (2201): There is no such trade, or no such item in it. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    quickBuy: {
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
                 *       "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                 *       "maxPrice": 16,
                 *       "amount": 2,
                 *       "externalId": "quick-1",
                 *       "tradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12"
                 *     }
                 */
                "application/json": {
                    amount: number;
                    /** @description Minutes after which items that are not sent yet are cancelled; 720 is off. CS2 only */
                    autoCancel?: number;
                    /**
                     * @description instant: CS2 only
                     * @default standard
                     * @enum {unknown}
                     */
                    delivery?: "standard" | "instant";
                    /**
                     * Format: path-segment
                     * @description Your own reference of the trade; a second buy with the same reference is refused
                     */
                    externalId?: string;
                    /** @description One a unit, in their order */
                    externalIds?: string[];
                    /**
                     * @description 730 is CS2, 252490 is Rust
                     * @default 730
                     * @enum {unknown}
                     */
                    game?: "730" | "252490";
                    /** @description CS2: catalogue id; Rust: listing id. Wins over marketHashName */
                    itemId?: string;
                    marketHashName?: string;
                    maxPrice: number;
                    /**
                     * @description CS2 only
                     * @enum {unknown}
                     */
                    phase?: "Phase 1" | "Phase 2" | "Phase 3" | "Phase 4" | "Ruby" | "Sapphire" | "Black Pearl" | "Emerald";
                    /** Format: steam-trade-url */
                    tradeUrl: string;
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
                     *       "requestId": "f69ff3a8-24e8-4754-8e9c-1e5c7eb7bc12",
                     *       "success": true,
                     *       "data": {
                     *         "id": "01a22fda-7cbc-7e44-be4f-51959152afa3",
                     *         "type": "withdraw",
                     *         "source": "self",
                     *         "externalId": "quick-1",
                     *         "merchantId": "01a22fda-7551-70f8-bbce-ba7a0925b56b",
                     *         "clientUserId": "76561198000000001",
                     *         "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                     *         "clientSteamID": "76561198000000001",
                     *         "status": "initiated",
                     *         "game": "730",
                     *         "items": [],
                     *         "totalPrice": 32,
                     *         "createdAt": "2026-12-01T04:26:17.660Z",
                     *         "updatedAt": "2026-12-01T04:26:17.660Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["Trade"];
                        /** Format: uuid */
                        requestId: string;
                        /** @enum {boolean} */
                        success: true;
                    };
                };
            };
            /**
             * @description `VALIDATION_FAILED` (1001): The request is not valid.
             *
             *     `MERCHANT_BALANCE_LOW` (12): The wallet does not cover the total price.
             *
             *     `MERCHANT_NO_CALLBACK_URL` (1701): This account has no callback URL, so purchases cannot be approved. Set a callback URL.
             *
             *     `MERCHANT_NO_API_SECRET` (1702): This account has no API secret, so purchases cannot be approved. Ask the operator for one.
             *
             *     `MERCHANT_CALLBACK_URL_DISABLED` (1703): The callback URL is switched off, so purchases cannot be approved. Switch it on again.
             */
            400: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `MISSING_API_KEY` (1900): The api-key header is missing.
             *
             *     `INVALID_API_KEY` (1901): This API key is not known.
             *
             *     `API_KEY_REVOKED` (1902): This API key has been revoked.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this IP address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key does not have the scope that this route needs.
             */
            403: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `LISTING_NOT_FOUND` (15): This listing is not on sale. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `INSUFFICIENT_STOCK` (34): This item is not on sale at that price.
             *
             *     `EXTERNAL_ID_EXISTS` (1): A trade with this externalId already exists.
             */
            409: {
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
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    checkTradeUrl: {
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
                 *       "tradeurl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12"
                 *     }
                 */
                "application/json": {
                    /**
                     * @description Check now instead of using an answer of the last hour
                     * @default false
                     */
                    forceRefresh?: boolean;
                    /** Format: steam-trade-url */
                    tradeurl: string;
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
                     *       "requestId": "680072cf-ccc1-446d-8a88-a3fd4b70bcfd",
                     *       "success": true,
                     *       "data": {
                     *         "state": 1,
                     *         "message": "This account can trade.",
                     *         "steamid": "76561198000000001",
                     *         "canTrade": true,
                     *         "bans": {
                     *           "vacBanned": false,
                     *           "gameBans": 0,
                     *           "economyBan": "none"
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["TradeUrlCheck"];
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
            /**
             * @description `MISSING_API_KEY` (1900): The api-key header is missing.
             *
             *     `INVALID_API_KEY` (1901): This API key is not known.
             *
             *     `API_KEY_REVOKED` (1902): This API key has been revoked.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this IP address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key does not have the scope that this route needs.
             */
            403: {
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
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    browseMarket: {
        parameters: {
            query?: {
                /** @description Rows with made-up values in every field */
                development?: "true" | "false" | "1" | "0";
                /** @description 730 is CS2, 252490 is Rust */
                game?: "730" | "252490";
                /** @description The highest price in dollars, including the fee */
                maxPrice?: number | null | "null";
                /** @description The lowest price in dollars, including the fee */
                minPrice?: number | null | "null";
                /** @description The number of the page, from 1 */
                page?: number;
                /**
                 * @description -1: all rows
                 * @example 2
                 */
                perPage?: number;
                /**
                 * @description Words of the name, in any order; all must match
                 * @example never ships
                 */
                search?: string;
                /** @description The order of the rows */
                sort?: "relevance" | "priceAsc" | "priceDesc" | "nameAsc" | "nameDesc";
                /** @description All listings are `external` */
                source?: "internal" | "external" | "Xk9W";
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
                     *       "requestId": "48123609-13ba-4b6a-9017-9fbbc756e373",
                     *       "success": true,
                     *       "data": {
                     *         "items": [
                     *           {
                     *             "id": "0004f714-369d-8a20-9802-31d5856d012d",
                     *             "appid": 730,
                     *             "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *             "tradable": true,
                     *             "amount": 1,
                     *             "exterior": "Field-Tested",
                     *             "wear": "0.170909",
                     *             "paintSeed": 122,
                     *             "offer": {
                     *               "price": 15.48,
                     *               "delivery": "standard"
                     *             },
                     *             "itemId": "270732364548219"
                     *           },
                     *           {
                     *             "id": "00040d36-fdfc-8554-9802-31d5856d0af1",
                     *             "appid": 730,
                     *             "marketHashName": "P90 | Buy Answer Lost Never Ships (Field-Tested)",
                     *             "tradable": true,
                     *             "amount": 1,
                     *             "exterior": "Field-Tested",
                     *             "wear": "0.170909",
                     *             "paintSeed": 47,
                     *             "offer": {
                     *               "price": 4.79,
                     *               "delivery": "standard"
                     *             },
                     *             "itemId": "11716720247234"
                     *           }
                     *         ],
                     *         "count": 2
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["MarketPage"];
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
            /**
             * @description `MISSING_API_KEY` (1900): The api-key header is missing.
             *
             *     `INVALID_API_KEY` (1901): This API key is not known.
             *
             *     `API_KEY_REVOKED` (1902): This API key has been revoked.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this IP address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key does not have the scope that this route needs.
             */
            403: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    listListings: {
        parameters: {
            query?: {
                /** @description How the seller delivers: `standard` (by hand) or `instant` */
                delivery?: "any" | "standard" | "instant";
                /** @description The highest float value */
                floatMax?: number | null | "null";
                /** @description The lowest float value */
                floatMin?: number | null | "null";
                /**
                 * @description Catalogue id; takes precedence over marketHashName
                 * @example 270732364548219
                 */
                itemId?: string;
                /** @description The exact name of the item */
                marketHashName?: string;
                /** @description The number of the page, from 1 */
                page?: number;
                /**
                 * @description The maximum number of rows of a page
                 * @example 2
                 */
                perPage?: number;
                /** @description The phase of a Doppler */
                phase?: "Phase 1" | "Phase 2" | "Phase 3" | "Phase 4" | "Ruby" | "Sapphire" | "Black Pearl" | "Emerald";
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
                     *       "requestId": "bf8067e9-375c-41f7-a894-43ab216447cd",
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "0004f714-369d-8a20-9802-31d5856d012d",
                     *           "appid": 730,
                     *           "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *           "tradable": true,
                     *           "amount": 1,
                     *           "exterior": "Field-Tested",
                     *           "wear": "0.170909",
                     *           "paintSeed": 122,
                     *           "offer": {
                     *             "price": 15.48,
                     *             "delivery": "standard"
                     *           }
                     *         },
                     *         {
                     *           "id": "00047a71-3296-8fa7-9802-31d5856d012e",
                     *           "appid": 730,
                     *           "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *           "tradable": true,
                     *           "amount": 1,
                     *           "exterior": "Field-Tested",
                     *           "wear": "0.191818",
                     *           "paintSeed": 133,
                     *           "offer": {
                     *             "price": 15.49,
                     *             "delivery": "standard"
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["Listing"][];
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
            /**
             * @description `MISSING_API_KEY` (1900): The api-key header is missing.
             *
             *     `INVALID_API_KEY` (1901): This API key is not known.
             *
             *     `API_KEY_REVOKED` (1902): This API key has been revoked.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this IP address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key does not have the scope that this route needs.
             */
            403: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `LISTING_NOT_FOUND` (15): This listing is not on sale. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    listPrices: {
        parameters: {
            query?: {
                /** @description 730 is CS2, 252490 is Rust */
                game?: "730" | "252490";
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
                     *       "requestId": "361d2bfe-4738-44bf-b6b3-ec5a7ec0f15c",
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "itemId": "AK-47 | Asiimov (Battle-Scarred)",
                     *           "marketHashName": "AK-47 | Asiimov (Battle-Scarred)",
                     *           "accepted": false,
                     *           "deposit": 0,
                     *           "withdraw": {
                     *             "standard": 39.98,
                     *             "instant": null
                     *           }
                     *         },
                     *         {
                     *           "itemId": "AK-47 | Asiimov (Factory New)",
                     *           "marketHashName": "AK-47 | Asiimov (Factory New)",
                     *           "accepted": false,
                     *           "deposit": 0,
                     *           "withdraw": {
                     *             "standard": 116.69,
                     *             "instant": 119.46
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        data: (components["schemas"]["Cs2Price"] | components["schemas"]["RustPrice"])[];
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
            /**
             * @description `MISSING_API_KEY` (1900): The api-key header is missing.
             *
             *     `INVALID_API_KEY` (1901): This API key is not known.
             *
             *     `API_KEY_REVOKED` (1902): This API key has been revoked.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this IP address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key does not have the scope that this route needs.
             */
            403: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    listTrades: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the previous page. Default: from the start */
                cursor?: string;
                /** @description 730 is CS2, 252490 is Rust */
                game?: "730" | "252490";
                /**
                 * @description The maximum number of entries of a page
                 * @example 2
                 */
                limit?: number;
                /** @description Only entries of this type */
                type?: "deposit" | "withdraw";
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
                     *       "requestId": "3c494ff6-9cbf-49ff-a912-8032a5d5c5d0",
                     *       "success": true,
                     *       "data": {
                     *         "items": [
                     *           {
                     *             "id": "01a22fda-7cbc-7e44-be4f-51959152afa3",
                     *             "type": "withdraw",
                     *             "source": "self",
                     *             "externalId": "quick-1",
                     *             "merchantId": "01a22fda-7551-70f8-bbce-ba7a0925b56b",
                     *             "clientUserId": "76561198000000001",
                     *             "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                     *             "clientSteamID": "76561198000000001",
                     *             "status": "reverted",
                     *             "game": "730",
                     *             "items": [
                     *               {
                     *                 "id": "0004f714-369d-8a20-9802-31d5856d012d",
                     *                 "appid": 730,
                     *                 "name": "AK-47 | Never Ships",
                     *                 "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *                 "exterior": "Field-Tested",
                     *                 "wear": "0.170909",
                     *                 "paintSeed": 122,
                     *                 "tradable": true,
                     *                 "amount": 1,
                     *                 "status": "reverted",
                     *                 "offer": {
                     *                   "price": 15.48
                     *                 },
                     *                 "cancellation": {
                     *                   "status": "settled",
                     *                   "since": "2026-12-01T04:57:19.239Z"
                     *                 }
                     *               },
                     *               {
                     *                 "id": "00047a71-3296-8fa7-9802-31d5856d012e",
                     *                 "appid": 730,
                     *                 "name": "AK-47 | Never Ships",
                     *                 "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *                 "exterior": "Field-Tested",
                     *                 "wear": "0.191818",
                     *                 "paintSeed": 133,
                     *                 "tradable": true,
                     *                 "amount": 1,
                     *                 "status": "reverted",
                     *                 "offer": {
                     *                   "price": 15.49
                     *                 },
                     *                 "cancellation": {
                     *                   "status": "settled",
                     *                   "since": "2026-12-01T04:57:19.396Z"
                     *                 }
                     *               }
                     *             ],
                     *             "totalPrice": 30.97,
                     *             "revertedBy": "supplier",
                     *             "createdAt": "2026-12-01T04:26:17.660Z",
                     *             "updatedAt": "2026-12-01T04:57:19.394Z"
                     *           },
                     *           {
                     *             "id": "01a22fda-7c69-73c5-bbad-84c18f51d8fb",
                     *             "type": "withdraw",
                     *             "source": "self",
                     *             "externalId": "order-1",
                     *             "merchantId": "01a22fda-7551-70f8-bbce-ba7a0925b56b",
                     *             "clientUserId": "76561198000000001",
                     *             "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                     *             "clientSteamID": "76561198000000001",
                     *             "status": "reverted",
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
                     *                 "status": "reverted",
                     *                 "offer": {
                     *                   "price": 15.48
                     *                 },
                     *                 "cancellation": {
                     *                   "status": "settled",
                     *                   "since": "2026-12-01T04:57:19.103Z"
                     *                 }
                     *               }
                     *             ],
                     *             "totalPrice": 15.48,
                     *             "revertedBy": "supplier",
                     *             "createdAt": "2026-12-01T04:26:17.578Z",
                     *             "updatedAt": "2026-12-01T04:57:19.102Z"
                     *           }
                     *         ],
                     *         "nextCursor": null
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["TradePage"];
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
            /**
             * @description `MISSING_API_KEY` (1900): The api-key header is missing.
             *
             *     `INVALID_API_KEY` (1901): This API key is not known.
             *
             *     `API_KEY_REVOKED` (1902): This API key has been revoked.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this IP address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key does not have the scope that this route needs.
             */
            403: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    getTrades: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the trade, or the `externalId` that you gave it
                 * @example 01a22fda-7c69-73c5-bbad-84c18f51d8fb
                 */
                tradeId: string;
            };
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
                     *       "requestId": "283abdb1-4da8-4288-90b7-6b095324786c",
                     *       "success": true,
                     *       "data": {
                     *         "id": "01a22fda-7c69-73c5-bbad-84c18f51d8fb",
                     *         "type": "withdraw",
                     *         "source": "self",
                     *         "externalId": "order-1",
                     *         "merchantId": "01a22fda-7551-70f8-bbce-ba7a0925b56b",
                     *         "clientUserId": "76561198000000001",
                     *         "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                     *         "clientSteamID": "76561198000000001",
                     *         "status": "reverted",
                     *         "game": "730",
                     *         "items": [
                     *           {
                     *             "id": "0004f714-369d-8a20-9802-31d5856d012d",
                     *             "externalId": "line-1",
                     *             "appid": 730,
                     *             "name": "AK-47 | Never Ships",
                     *             "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *             "exterior": "Field-Tested",
                     *             "wear": "0.170909",
                     *             "paintSeed": 122,
                     *             "tradable": true,
                     *             "amount": 1,
                     *             "status": "reverted",
                     *             "offer": {
                     *               "price": 15.48
                     *             },
                     *             "cancellation": {
                     *               "status": "settled",
                     *               "since": "2026-12-01T04:57:19.103Z"
                     *             }
                     *           }
                     *         ],
                     *         "totalPrice": 15.48,
                     *         "revertedBy": "supplier",
                     *         "createdAt": "2026-12-01T04:26:17.578Z",
                     *         "updatedAt": "2026-12-01T04:57:19.102Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["Trade"] | components["schemas"]["Trade"][];
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
            /**
             * @description `MISSING_API_KEY` (1900): The api-key header is missing.
             *
             *     `INVALID_API_KEY` (1901): This API key is not known.
             *
             *     `API_KEY_REVOKED` (1902): This API key has been revoked.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this IP address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key does not have the scope that this route needs.
             */
            403: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `TRADE_NOT_FOUND` (21): There is no trade with this id or externalId. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    listCallbacks: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the previous page. Default: from the start */
                cursor?: string;
                /** @description Of steps that happened then or later */
                from?: string;
                /**
                 * @description The maximum number of entries of a page
                 * @example 2
                 */
                limit?: number;
                /** @description Only entries in this state */
                state?: "pending" | "delivered" | "failed";
                /** @description Of steps that happened earlier */
                to?: string;
                /** @description Of this trade only: its id, or the externalId you gave it */
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
                     *       "requestId": "16610104-4053-4e3f-8a33-7837353627fc",
                     *       "success": true,
                     *       "data": {
                     *         "items": [
                     *           {
                     *             "id": "01a22ff6-e67e-7da8-b321-19513a139666",
                     *             "tradeId": "01a22fda-7f2c-7d86-807c-358b19749b6f",
                     *             "number": 7,
                     *             "state": "delivered",
                     *             "attempts": 1,
                     *             "createdAt": "2026-12-01T04:57:19.742Z",
                     *             "deliveredAt": "2026-12-01T04:57:19.757Z",
                     *             "lastStatus": 200
                     *           },
                     *           {
                     *             "id": "01a22ff6-e644-76ac-9824-ebcea7e5c886",
                     *             "tradeId": "01a22fda-7eee-71c9-ba55-e99cd9f35fd8",
                     *             "number": 3,
                     *             "state": "delivered",
                     *             "attempts": 1,
                     *             "createdAt": "2026-12-01T04:57:19.684Z",
                     *             "deliveredAt": "2026-12-01T04:57:19.700Z",
                     *             "lastStatus": 200
                     *           }
                     *         ],
                     *         "nextCursor": "WyIyMDI2LTEyLTAxVDA0OjU3OjE5LjY4NFoiLCIwMWEyMmZmNi1lNjQ0LTc2YWMtOTgyNC1lYmNlYTdlNWM4ODYiXQ"
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: {
                            items: components["schemas"]["Callback"][];
                            nextCursor: string | null;
                        };
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
            /**
             * @description `MISSING_API_KEY` (1900): The api-key header is missing.
             *
             *     `INVALID_API_KEY` (1901): This API key is not known.
             *
             *     `API_KEY_REVOKED` (1902): This API key has been revoked.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this IP address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key does not have the scope that this route needs.
             */
            403: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `TRADE_NOT_FOUND` (21): There is no trade with this id or externalId. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    getCallback: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id in its signature
                 * @example 01a22ff6-e67e-7da8-b321-19513a139666
                 */
                deliveryId: string;
            };
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
                     *       "requestId": "62bb6a1a-cfc2-4e21-bddf-54d2e06e2642",
                     *       "success": true,
                     *       "data": {
                     *         "id": "01a22ff6-e67e-7da8-b321-19513a139666",
                     *         "tradeId": "01a22fda-7f2c-7d86-807c-358b19749b6f",
                     *         "number": 7,
                     *         "state": "delivered",
                     *         "attempts": 1,
                     *         "createdAt": "2026-12-01T04:57:19.742Z",
                     *         "deliveredAt": "2026-12-01T04:57:19.757Z",
                     *         "lastStatus": 200,
                     *         "body": "{\"trade\":{\"id\":\"01a22fda-7f2c-7d86-807c-358b19749b6f\",\"type\":\"withdraw\",\"source\":\"client\",\"externalId\":\"basket-2\",\"externalClientUserId\":\"user-7\",\"merchantId\":\"01a22fda-7551-70f8-bbce-ba7a0925b56b\",\"clientUserId\":\"76561198000000001\",\"clientTradeUrl\":\"https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12\",\"clientSteamID\":\"76561198000000001\",\"status\":\"pending\",\"game\":\"730\",\"items\":[{\"id\":\"0004f714-369d-8a20-9802-31d5856d012d\",\"appid\":730,\"name\":\"AK-47 | Never Ships\",\"marketHashName\":\"AK-47 | Never Ships (Field-Tested)\",\"exterior\":\"Field-Tested\",\"wear\":\"0.170909\",\"paintSeed\":122,\"tradable\":true,\"amount\":1,\"status\":\"reverted\",\"offer\":{\"price\":15.48},\"cancellation\":{\"status\":\"settled\",\"since\":\"2026-12-01T04:57:19.739Z\"}},{\"id\":\"00047a71-3296-8fa7-9802-31d5856d012e\",\"appid\":730,\"name\":\"AK-47 | Never Ships\",\"marketHashName\":\"AK-47 | Never Ships (Field-Tested)\",\"exterior\":\"Field-Tested\",\"wear\":\"0.191818\",\"paintSeed\":133,\"tradable\":true,\"amount\":1,\"status\":\"pending\",\"offer\":{\"price\":15.49},\"cancellation\":{\"status\":\"accepted\",\"since\":\"2026-12-01T04:57:19.458Z\"}}],\"totalPrice\":30.97,\"createdAt\":\"2026-12-01T04:26:18.284Z\",\"updatedAt\":\"2026-12-01T04:57:19.737Z\"}}",
                     *         "attemptDetails": [
                     *           {
                     *             "number": 1,
                     *             "at": "2026-12-01T04:57:19.757Z",
                     *             "durationMs": 12,
                     *             "status": 200,
                     *             "response": "{\"ok\":true}"
                     *           }
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["CallbackDetails"];
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
            /**
             * @description `MISSING_API_KEY` (1900): The api-key header is missing.
             *
             *     `INVALID_API_KEY` (1901): This API key is not known.
             *
             *     `API_KEY_REVOKED` (1902): This API key has been revoked.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this IP address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key does not have the scope that this route needs.
             */
            403: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `CALLBACK_NOT_FOUND` (1710): There is no callback with this id. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    replayCallback: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id in its signature
                 * @example 01a22ff6-e67e-7da8-b321-19513a139666
                 */
                deliveryId: string;
            };
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
                     *       "requestId": "1e6457ce-aeee-4b8a-9c1b-63e3e86945ab",
                     *       "success": true,
                     *       "data": {
                     *         "id": "01a22ff6-e67e-7da8-b321-19513a139666",
                     *         "tradeId": "01a22fda-7f2c-7d86-807c-358b19749b6f",
                     *         "number": 7,
                     *         "state": "pending",
                     *         "attempts": 1,
                     *         "createdAt": "2026-12-01T04:57:19.742Z",
                     *         "nextAttemptAt": "2026-12-01T04:57:19.850Z",
                     *         "lastStatus": 200,
                     *         "body": "{\"trade\":{\"id\":\"01a22fda-7f2c-7d86-807c-358b19749b6f\",\"type\":\"withdraw\",\"source\":\"client\",\"externalId\":\"basket-2\",\"externalClientUserId\":\"user-7\",\"merchantId\":\"01a22fda-7551-70f8-bbce-ba7a0925b56b\",\"clientUserId\":\"76561198000000001\",\"clientTradeUrl\":\"https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12\",\"clientSteamID\":\"76561198000000001\",\"status\":\"pending\",\"game\":\"730\",\"items\":[{\"id\":\"0004f714-369d-8a20-9802-31d5856d012d\",\"appid\":730,\"name\":\"AK-47 | Never Ships\",\"marketHashName\":\"AK-47 | Never Ships (Field-Tested)\",\"exterior\":\"Field-Tested\",\"wear\":\"0.170909\",\"paintSeed\":122,\"tradable\":true,\"amount\":1,\"status\":\"reverted\",\"offer\":{\"price\":15.48},\"cancellation\":{\"status\":\"settled\",\"since\":\"2026-12-01T04:57:19.739Z\"}},{\"id\":\"00047a71-3296-8fa7-9802-31d5856d012e\",\"appid\":730,\"name\":\"AK-47 | Never Ships\",\"marketHashName\":\"AK-47 | Never Ships (Field-Tested)\",\"exterior\":\"Field-Tested\",\"wear\":\"0.191818\",\"paintSeed\":133,\"tradable\":true,\"amount\":1,\"status\":\"pending\",\"offer\":{\"price\":15.49},\"cancellation\":{\"status\":\"accepted\",\"since\":\"2026-12-01T04:57:19.458Z\"}}],\"totalPrice\":30.97,\"createdAt\":\"2026-12-01T04:26:18.284Z\",\"updatedAt\":\"2026-12-01T04:57:19.737Z\"}}",
                     *         "attemptDetails": [
                     *           {
                     *             "number": 1,
                     *             "at": "2026-12-01T04:57:19.757Z",
                     *             "durationMs": 12,
                     *             "status": 200,
                     *             "response": "{\"ok\":true}"
                     *           }
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["CallbackDetails"];
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
            /**
             * @description `MISSING_API_KEY` (1900): The api-key header is missing.
             *
             *     `INVALID_API_KEY` (1901): This API key is not known.
             *
             *     `API_KEY_REVOKED` (1902): This API key has been revoked.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this IP address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key does not have the scope that this route needs.
             */
            403: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `CALLBACK_NOT_FOUND` (1710): There is no callback with this id. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    replayCallbacks: {
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
                 *       "from": "2026-12-01T04:57:19.742Z"
                 *     }
                 */
                "application/json": {
                    /**
                     * Format: date-time
                     * @description Of steps that happened then or later
                     */
                    from: string;
                    /**
                     * Format: date-time
                     * @description Earlier than this; now
                     */
                    to?: string;
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
                     *       "requestId": "12206e88-194d-4d9c-9654-17b1a0454945",
                     *       "success": true,
                     *       "data": {
                     *         "replayed": 0,
                     *         "hasMore": false
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: {
                            /** @description There may be more in this time: ask again */
                            hasMore: boolean;
                            /** @description How many are sent again, at most 10,000 */
                            replayed: number;
                        };
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
            /**
             * @description `MISSING_API_KEY` (1900): The api-key header is missing.
             *
             *     `INVALID_API_KEY` (1901): This API key is not known.
             *
             *     `API_KEY_REVOKED` (1902): This API key has been revoked.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this IP address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key does not have the scope that this route needs.
             */
            403: {
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
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    testCallback: {
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
                     *       "requestId": "316b0dd3-67f8-47c9-aef5-14b44f259fe6",
                     *       "success": true,
                     *       "data": {
                     *         "url": "http://127.0.0.1:3001/shop/callbacks",
                     *         "taken": true,
                     *         "durationMs": 5,
                     *         "status": 200,
                     *         "refusesForgeries": true
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["CallbackTest"];
                        /** Format: uuid */
                        requestId: string;
                        /** @enum {boolean} */
                        success: true;
                    };
                };
            };
            /**
             * @description `MERCHANT_NO_CALLBACK_URL` (1701): This account has no callback URL, so purchases cannot be approved. Set a callback URL.
             *
             *     `MERCHANT_NO_API_SECRET` (1702): This account has no API secret, so purchases cannot be approved. Ask the operator for one.
             */
            400: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `MISSING_API_KEY` (1900): The api-key header is missing.
             *
             *     `INVALID_API_KEY` (1901): This API key is not known.
             *
             *     `API_KEY_REVOKED` (1902): This API key has been revoked.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this IP address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key does not have the scope that this route needs.
             */
            403: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    getCallbackUrl: {
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
                     *       "requestId": "e7163e6e-85f2-4224-a464-373dd7f4fe32",
                     *       "success": true,
                     *       "data": {
                     *         "url": "http://127.0.0.1:3001/shop/callbacks",
                     *         "enabled": true
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["CallbackUrl"];
                        /** Format: uuid */
                        requestId: string;
                        /** @enum {boolean} */
                        success: true;
                    };
                };
            };
            /**
             * @description `MISSING_API_KEY` (1900): The api-key header is missing.
             *
             *     `INVALID_API_KEY` (1901): This API key is not known.
             *
             *     `API_KEY_REVOKED` (1902): This API key has been revoked.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this IP address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key does not have the scope that this route needs.
             */
            403: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    setCallbackUrl: {
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
                 *       "url": "http://127.0.0.1:3001/shop/callbacks"
                 *     }
                 */
                "application/json": {
                    /** @description Whether only `{"action":"approve"}` approves a purchase; stays as it is when left out */
                    strictApproval?: boolean;
                    /** @description An absolute https URL without user name and password. Any port will do; a #fragment is left out. Private addresses are refused, unless the operator allows them */
                    url: string;
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
                     *       "requestId": "9f193460-db07-41b5-b80e-b62c4c21ef6d",
                     *       "success": true,
                     *       "data": {
                     *         "url": "http://127.0.0.1:3001/shop/callbacks",
                     *         "enabled": true
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["CallbackUrl"];
                        /** Format: uuid */
                        requestId: string;
                        /** @enum {boolean} */
                        success: true;
                    };
                };
            };
            /**
             * @description `VALIDATION_FAILED` (1001): The request is not valid.
             *
             *     `CALLBACK_URL_TEST_FAILED` (1704): The URL did not accept the test message and was not saved.
             */
            400: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `MISSING_API_KEY` (1900): The api-key header is missing.
             *
             *     `INVALID_API_KEY` (1901): This API key is not known.
             *
             *     `API_KEY_REVOKED` (1902): This API key has been revoked.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this IP address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key does not have the scope that this route needs.
             */
            403: {
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
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    enableCallbackUrl: {
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
                     *       "requestId": "a760cd1c-b864-443b-82e9-b45939e5fa09",
                     *       "success": true,
                     *       "data": {
                     *         "url": "http://127.0.0.1:3001/shop/callbacks",
                     *         "enabled": true
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["CallbackUrl"];
                        /** Format: uuid */
                        requestId: string;
                        /** @enum {boolean} */
                        success: true;
                    };
                };
            };
            /**
             * @description `MISSING_API_KEY` (1900): The api-key header is missing.
             *
             *     `INVALID_API_KEY` (1901): This API key is not known.
             *
             *     `API_KEY_REVOKED` (1902): This API key has been revoked.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this IP address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key does not have the scope that this route needs.
             */
            403: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    getClientLimits: {
        parameters: {
            query?: {
                /**
                 * @description A client whose usage is included
                 * @example 76561198000000001
                 */
                clientSteamId?: string;
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
                     *       "requestId": "13e7e633-1490-4521-ae54-a98237bf6d0b",
                     *       "success": true,
                     *       "data": {
                     *         "own": {
                     *           "each": {
                     *             "inFlight": 100,
                     *             "perDay": null,
                     *             "withdrawalsPerDay": null,
                     *             "declinesPerDay": 3,
                     *             "requestsPerMinute": null
                     *           },
                     *           "all": {
                     *             "inFlight": null,
                     *             "perDay": 1000,
                     *             "withdrawalsPerDay": null,
                     *             "declinesPerDay": null,
                     *             "requestsPerMinute": null
                     *           }
                     *         },
                     *         "operator": {
                     *           "each": {
                     *             "inFlight": null,
                     *             "perDay": null,
                     *             "withdrawalsPerDay": null,
                     *             "declinesPerDay": null,
                     *             "requestsPerMinute": null
                     *           },
                     *           "all": {
                     *             "inFlight": null,
                     *             "perDay": null,
                     *             "withdrawalsPerDay": null,
                     *             "declinesPerDay": null,
                     *             "requestsPerMinute": null
                     *           }
                     *         },
                     *         "used": {
                     *           "all": {
                     *             "inFlight": 46.46,
                     *             "today": 46.46,
                     *             "withdrawalsToday": 2,
                     *             "declinesToday": 0
                     *           },
                     *           "client": {
                     *             "inFlight": 46.46,
                     *             "today": 46.46,
                     *             "withdrawalsToday": 2,
                     *             "declinesToday": 0
                     *           }
                     *         },
                     *         "dayEndsAt": "2026-12-02T00:00:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["ClientLimits"];
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
            /**
             * @description `MISSING_API_KEY` (1900): The api-key header is missing.
             *
             *     `INVALID_API_KEY` (1901): This API key is not known.
             *
             *     `API_KEY_REVOKED` (1902): This API key has been revoked.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this IP address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key does not have the scope that this route needs.
             */
            403: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    setClientLimits: {
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
                 *       "each": {
                 *         "inFlight": 100,
                 *         "declinesPerDay": 3
                 *       },
                 *       "all": {
                 *         "perDay": 1000
                 *       }
                 *     }
                 */
                "application/json": {
                    all?: {
                        /** @description Declined offers per day (UTC); at this number further withdrawals of the day are refused */
                        declinesPerDay?: number | null;
                        /** @description Dollars for items in flight */
                        inFlight?: number | null;
                        /** @description Dollars for withdrawals per day (UTC), minus refunds */
                        perDay?: number | null;
                        /** @description Requests per minute for all client routes together, in addition to the limit of each route */
                        requestsPerMinute?: number | null;
                        /** @description Withdrawals per day (UTC) */
                        withdrawalsPerDay?: number | null;
                    };
                    each?: {
                        /** @description Declined offers per day (UTC); at this number further withdrawals of the day are refused */
                        declinesPerDay?: number | null;
                        /** @description Dollars for items in flight */
                        inFlight?: number | null;
                        /** @description Dollars for withdrawals per day (UTC), minus refunds */
                        perDay?: number | null;
                        /** @description Requests per minute for all client routes together, in addition to the limit of each route */
                        requestsPerMinute?: number | null;
                        /** @description Withdrawals per day (UTC) */
                        withdrawalsPerDay?: number | null;
                    };
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
                     *       "requestId": "7fbb0079-2991-49d9-978f-4e92a9bb5ecf",
                     *       "success": true,
                     *       "data": {
                     *         "own": {
                     *           "each": {
                     *             "inFlight": 100,
                     *             "perDay": null,
                     *             "withdrawalsPerDay": null,
                     *             "declinesPerDay": 3,
                     *             "requestsPerMinute": null
                     *           },
                     *           "all": {
                     *             "inFlight": null,
                     *             "perDay": 1000,
                     *             "withdrawalsPerDay": null,
                     *             "declinesPerDay": null,
                     *             "requestsPerMinute": null
                     *           }
                     *         },
                     *         "operator": {
                     *           "each": {
                     *             "inFlight": null,
                     *             "perDay": null,
                     *             "withdrawalsPerDay": null,
                     *             "declinesPerDay": null,
                     *             "requestsPerMinute": null
                     *           },
                     *           "all": {
                     *             "inFlight": null,
                     *             "perDay": null,
                     *             "withdrawalsPerDay": null,
                     *             "declinesPerDay": null,
                     *             "requestsPerMinute": null
                     *           }
                     *         },
                     *         "used": {
                     *           "all": {
                     *             "inFlight": 46.46,
                     *             "today": 46.46,
                     *             "withdrawalsToday": 2,
                     *             "declinesToday": 0
                     *           }
                     *         },
                     *         "dayEndsAt": "2026-12-02T00:00:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["ClientLimits"];
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
            /**
             * @description `MISSING_API_KEY` (1900): The api-key header is missing.
             *
             *     `INVALID_API_KEY` (1901): This API key is not known.
             *
             *     `API_KEY_REVOKED` (1902): This API key has been revoked.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this IP address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key does not have the scope that this route needs.
             */
            403: {
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
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    listEvents: {
        parameters: {
            query?: {
                /** @description Where the last page ended; absent: from the first event */
                after?: string;
                /**
                 * @description The maximum number of entries of a page
                 * @example 2
                 */
                limit?: number;
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
                     *       "requestId": "b9624aa5-ea3b-4851-96c0-606d9a4fc35e",
                     *       "success": true,
                     *       "data": {
                     *         "items": [
                     *           {
                     *             "cursor": "cG9zaXRpb24gMQ",
                     *             "id": "01a22fda-7d1c-74ff-b5eb-ad502517aaa9",
                     *             "trade": {
                     *               "id": "01a22fda-7c69-73c5-bbad-84c18f51d8fb",
                     *               "type": "withdraw",
                     *               "source": "self",
                     *               "externalId": "order-1",
                     *               "merchantId": "01a22fda-7551-70f8-bbce-ba7a0925b56b",
                     *               "clientUserId": "76561198000000001",
                     *               "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                     *               "clientSteamID": "76561198000000001",
                     *               "status": "pending",
                     *               "game": "730",
                     *               "items": [
                     *                 {
                     *                   "id": "0004f714-369d-8a20-9802-31d5856d012d",
                     *                   "externalId": "line-1",
                     *                   "appid": 730,
                     *                   "name": "AK-47 | Never Ships",
                     *                   "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *                   "exterior": "Field-Tested",
                     *                   "wear": "0.170909",
                     *                   "paintSeed": 122,
                     *                   "tradable": true,
                     *                   "amount": 1,
                     *                   "status": "pending",
                     *                   "offer": {
                     *                     "price": 15.48
                     *                   }
                     *                 }
                     *               ],
                     *               "totalPrice": 15.48,
                     *               "createdAt": "2026-12-01T04:26:17.578Z",
                     *               "updatedAt": "2026-12-01T04:26:17.748Z"
                     *             },
                     *             "createdAt": "2026-12-01T04:26:17.756Z"
                     *           },
                     *           {
                     *             "cursor": "cG9zaXRpb24gMg",
                     *             "id": "01a22fda-7d88-728b-b95e-708d9b88194c",
                     *             "trade": {
                     *               "id": "01a22fda-7cbc-7e44-be4f-51959152afa3",
                     *               "type": "withdraw",
                     *               "source": "self",
                     *               "externalId": "quick-1",
                     *               "merchantId": "01a22fda-7551-70f8-bbce-ba7a0925b56b",
                     *               "clientUserId": "76561198000000001",
                     *               "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                     *               "clientSteamID": "76561198000000001",
                     *               "status": "pending",
                     *               "game": "730",
                     *               "items": [],
                     *               "totalPrice": 32,
                     *               "createdAt": "2026-12-01T04:26:17.660Z",
                     *               "updatedAt": "2026-12-01T04:26:17.858Z"
                     *             },
                     *             "createdAt": "2026-12-01T04:26:17.864Z"
                     *           }
                     *         ],
                     *         "nextCursor": "cG9zaXRpb24gMg",
                     *         "hasMore": true
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: {
                            hasMore: boolean;
                            items: components["schemas"]["Event"][];
                            /** @description Go on with this, at the end of the log as well */
                            nextCursor: string;
                        };
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
            /**
             * @description `MISSING_API_KEY` (1900): The api-key header is missing.
             *
             *     `INVALID_API_KEY` (1901): This API key is not known.
             *
             *     `API_KEY_REVOKED` (1902): This API key has been revoked.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this IP address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key does not have the scope that this route needs.
             */
            403: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    listTransactions: {
        parameters: {
            query?: {
                /** @description Only entries created at or before this time */
                endDate?: string | null | "null";
                /**
                 * @description The maximum number of entries of a page
                 * @example 2
                 */
                limit?: number;
                /** @description The number of entries to skip */
                offset?: number | null | "null";
                /** @description Only entries created at or after this time */
                startDate?: string | null | "null";
                /** @description Every value gives an empty list */
                status?: "INITIATED" | "PENDING" | "PENDING_ADMIN" | "APPROVED" | "REJECTED" | "COMPLETED" | "FAILED" | "CANCELLED" | "REFUNDED" | "EXPIRED";
                /** @description Every value gives an empty list */
                type?: "DEPOSIT" | "WITHDRAWAL" | "REFUND" | "INTERNAL_TRANSFER";
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
                     *       "requestId": "f6c300f5-62fe-444b-9a12-04ef20d7dd32",
                     *       "success": true,
                     *       "data": {
                     *         "items": [
                     *           {
                     *             "id": "7ae79a33-e76b-858b-ad9b-7e152f2c6a71",
                     *             "type": "ADMIN_CREDIT",
                     *             "status": "POSTED",
                     *             "amount": {
                     *               "usd": 1000,
                     *               "crypto": "0",
                     *               "token": null,
                     *               "chain": null
                     *             },
                     *             "fee": 0,
                     *             "address": null,
                     *             "txnHash": null,
                     *             "timestamps": {
                     *               "created": "2026-12-01T04:26:15.768Z",
                     *               "completed": "2026-12-01T04:26:15.768Z",
                     *               "updated": "2026-12-01T04:26:15.768Z"
                     *             }
                     *           }
                     *         ],
                     *         "pagination": {
                     *           "page": 1,
                     *           "limit": 2,
                     *           "total": 1,
                     *           "totalPages": 1
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["TransactionPage"];
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
            /**
             * @description `MISSING_API_KEY` (1900): The api-key header is missing.
             *
             *     `INVALID_API_KEY` (1901): This API key is not known.
             *
             *     `API_KEY_REVOKED` (1902): This API key has been revoked.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this IP address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key does not have the scope that this route needs.
             */
            403: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    getTransaction: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the transaction */
                transactionId: string;
            };
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
                    "application/json": {
                        data: components["schemas"]["TransactionDetails"];
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
            /**
             * @description `MISSING_API_KEY` (1900): The api-key header is missing.
             *
             *     `INVALID_API_KEY` (1901): This API key is not known.
             *
             *     `API_KEY_REVOKED` (1902): This API key has been revoked.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this IP address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key does not have the scope that this route needs.
             */
            403: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    getBalance: {
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
                     *       "requestId": "b580cec5-1d53-4b7d-8b4e-3c2d839a4923",
                     *       "success": true,
                     *       "data": {
                     *         "balance": 953.54,
                     *         "pendingBalance": 46.46,
                     *         "escrowBalance": 0,
                     *         "currency": "USD"
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["Balance"];
                        /** Format: uuid */
                        requestId: string;
                        /** @enum {boolean} */
                        success: true;
                    };
                };
            };
            /**
             * @description `MISSING_API_KEY` (1900): The api-key header is missing.
             *
             *     `INVALID_API_KEY` (1901): This API key is not known.
             *
             *     `API_KEY_REVOKED` (1902): This API key has been revoked.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this IP address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key does not have the scope that this route needs.
             */
            403: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    listEntries: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the previous page. Default: from the start */
                cursor?: string;
                /** @description Only entries of this kind */
                kind?: "credit" | "debit" | "reserve" | "release" | "capture" | "refund" | "penalty";
                /**
                 * @description The maximum number of entries of a page
                 * @example 2
                 */
                limit?: number;
                /** @description Only entries of this trade: its id, or the externalId that you gave it */
                tradeId?: string;
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
                     *       "requestId": "bc0dacf0-ad68-48a5-afca-9699735c1f93",
                     *       "success": true,
                     *       "data": {
                     *         "items": [
                     *           {
                     *             "id": "1a2ab9c6-b3a2-8b8c-be07-dd7b23e25afa",
                     *             "kind": "refund",
                     *             "at": "2026-12-01T04:57:19.394Z",
                     *             "amount": 15.49,
                     *             "available": 15.49,
                     *             "locked": -15.49,
                     *             "tradeId": "01a22fda-7cbc-7e44-be4f-51959152afa3",
                     *             "tradeExternalId": "quick-1",
                     *             "itemId": "00047a71-3296-8fa7-9802-31d5856d012e"
                     *           },
                     *           {
                     *             "id": "fe66d3fd-b59b-88b4-b7aa-b5de57b01bb5",
                     *             "kind": "refund",
                     *             "at": "2026-12-01T04:57:19.238Z",
                     *             "amount": 15.48,
                     *             "available": 15.48,
                     *             "locked": -15.48,
                     *             "tradeId": "01a22fda-7cbc-7e44-be4f-51959152afa3",
                     *             "tradeExternalId": "quick-1",
                     *             "itemId": "0004f714-369d-8a20-9802-31d5856d012d"
                     *           }
                     *         ],
                     *         "nextCursor": "WyIyMDI2LTEyLTAxVDA0OjU3OjE5LjIzOFoiLCJmZTY2ZDNmZC1iNTliLTg4YjQtYjdhYS1iNWRlNTdiMDFiYjUiXQ"
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["EntryPage"];
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
            /**
             * @description `MISSING_API_KEY` (1900): The api-key header is missing.
             *
             *     `INVALID_API_KEY` (1901): This API key is not known.
             *
             *     `API_KEY_REVOKED` (1902): This API key has been revoked.
             */
            401: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this IP address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key does not have the scope that this route needs.
             */
            403: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `TRADE_NOT_FOUND` (21): There is no trade with this id or externalId. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
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
    answerApproval: {
        parameters: {
            query?: never;
            header: {
                /** @description `t=<time>,id=<id of the callback>,s=<hex>`, and `s1=<hex>` while your API secret rotates */
                "X-AssetPay-Signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "trade": {
                 *         "id": "01a22fda-7c69-73c5-bbad-84c18f51d8fb",
                 *         "type": "withdraw",
                 *         "source": "self",
                 *         "externalId": "order-1",
                 *         "merchantId": "01a22fda-7551-70f8-bbce-ba7a0925b56b",
                 *         "clientUserId": "76561198000000001",
                 *         "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                 *         "clientSteamID": "76561198000000001",
                 *         "status": "initiated",
                 *         "game": "730",
                 *         "items": [
                 *           {
                 *             "id": "0004f714-369d-8a20-9802-31d5856d012d",
                 *             "externalId": "line-1",
                 *             "appid": 730,
                 *             "name": "AK-47 | Never Ships",
                 *             "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                 *             "exterior": "Field-Tested",
                 *             "wear": "0.170909",
                 *             "paintSeed": 122,
                 *             "tradable": true,
                 *             "amount": 1,
                 *             "status": "initiated",
                 *             "offer": {
                 *               "price": 15.48
                 *             }
                 *           }
                 *         ],
                 *         "totalPrice": 15.48,
                 *         "createdAt": "2026-12-01T04:26:17.578Z",
                 *         "updatedAt": "2026-12-01T04:26:17.578Z"
                 *       }
                 *     }
                 */
                "application/json": {
                    trade: components["schemas"]["Trade"];
                };
            };
        };
        responses: {
            /** @description Approved, unless the body is `{"action": "reject"}`. A 4xx other than 408 and 429 also rejects; any other answer is retried. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    takeTest: {
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
                 *       "test": true,
                 *       "timestamp": "2026-12-01T04:57:19.922Z",
                 *       "message": "A test of your callback URL. Answer with 2xx to have it saved."
                 *     }
                 */
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description The URL works and is saved. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    takeCallback: {
        parameters: {
            query?: never;
            header: {
                /** @description `t=<time>,id=<id of the callback>,s=<hex>`, and `s1=<hex>` while your API secret rotates */
                "X-AssetPay-Signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "trade": {
                 *         "id": "01a22fda-7c69-73c5-bbad-84c18f51d8fb",
                 *         "type": "withdraw",
                 *         "source": "self",
                 *         "externalId": "order-1",
                 *         "merchantId": "01a22fda-7551-70f8-bbce-ba7a0925b56b",
                 *         "clientUserId": "76561198000000001",
                 *         "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                 *         "clientSteamID": "76561198000000001",
                 *         "status": "pending",
                 *         "game": "730",
                 *         "items": [
                 *           {
                 *             "id": "0004f714-369d-8a20-9802-31d5856d012d",
                 *             "externalId": "line-1",
                 *             "appid": 730,
                 *             "name": "AK-47 | Never Ships",
                 *             "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                 *             "exterior": "Field-Tested",
                 *             "wear": "0.170909",
                 *             "paintSeed": 122,
                 *             "tradable": true,
                 *             "amount": 1,
                 *             "status": "pending",
                 *             "offer": {
                 *               "price": 15.48
                 *             }
                 *           }
                 *         ],
                 *         "totalPrice": 15.48,
                 *         "createdAt": "2026-12-01T04:26:17.578Z",
                 *         "updatedAt": "2026-12-01T04:26:17.748Z"
                 *       }
                 *     }
                 */
                "application/json": {
                    trade: components["schemas"]["Trade"];
                };
            };
        };
        responses: {
            /** @description Accepted. Answer within 15 seconds. 410 switches your callbacks off; any other answer is retried. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
