// Made by `npm run client:types` from the gateway's OpenAPI document. Do not edit.

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
         * @description It holds for a day. You can as well sign it yourself, with your API secret.
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
         * What is on sale, by name and price
         * @description Of CS2 a row for each catalogue item, with its cheapest listing; of Rust a row for each listing.
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
        /** CS2 items whose names fit what is being typed, best first */
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
        /** Whether requests can be served: the database takes writes, and due work goes on */
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
        /** Whether this process works; if not, it should be started anew */
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
        /** Whether requests can be served: the database takes writes, and due work goes on */
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
         * @description A duration such as `31m`, `2h` or `8 days`. Time never goes back.
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
        /** Test listings, which say by name how they behave */
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
        /** How the demo shop answers the question before a purchase, and what it was asked */
        get: operations["getDemoShop"];
        put?: never;
        /** Let the demo shop approve, reject or stay silent from now on */
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
         * What Steam thinks of a trade URL and its owner
         * @description Remembered for an hour, the states 8 and 10 not at all.
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
         * What is on sale, by name and price
         * @description Of CS2 a row for each catalogue item, with its cheapest listing; of Rust a row for each listing.
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
        /** What each item costs at the least */
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
        /** Own trades, newest first */
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
        /** The limits of your clients, and what is used of them */
        get: operations["getClientLimits"];
        /**
         * Set the limits of your clients
         * @description Replaces all that you have set before: what is absent or null is not limited by you. Where the operator has set a limit too, the lower one counts.
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
         * What the operator put into the wallet and took out, newest first
         * @description What trades did to the wallet is in `/v1/wallets/me/entries`.
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
         * One deposit or withdrawal: there are none
         * @description Always 404. This route shows deposits and withdrawals, which this gateway does not make; ids of the operator’s credits and debits give 404 by the rule of the API.
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
         * Every movement of the wallet, newest first
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
         * May this be bought?
         * @description Asked before anything is bought, at most three times: a withdrawal at `initiated`. You have ten seconds.
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
         * A try of a new callback URL
         * @description Sent without a signature when you set your URL. You have eight seconds.
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
         * A trade has gone a step
         * @description Sent at least once and in the order of the trade’s steps, repeated until it is taken. The id stays the same.
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
            /** @description What can be spent */
            balance: number;
            currency: string;
            /** @description Always 0: this gateway takes no deposits */
            escrowBalance: number;
            /** @description Reserved for items that are under way */
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
            /** @description The bytes that are signed and sent */
            body: string;
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
                    /** @description Declined offers a day (UTC); once there are so many, nothing more is withdrawn on it */
                    declinesPerDay: number | null;
                    /** @description Dollars for items under way */
                    inFlight: number | null;
                    /** @description Dollars for the withdrawals of a day (UTC), less what comes back of them */
                    perDay: number | null;
                    /** @description Requests a minute over all routes of clients, beside the limit of each route */
                    requestsPerMinute: number | null;
                    /** @description Withdrawals a day (UTC) */
                    withdrawalsPerDay: number | null;
                };
                each: {
                    /** @description Declined offers a day (UTC); once there are so many, nothing more is withdrawn on it */
                    declinesPerDay: number | null;
                    /** @description Dollars for items under way */
                    inFlight: number | null;
                    /** @description Dollars for the withdrawals of a day (UTC), less what comes back of them */
                    perDay: number | null;
                    /** @description Requests a minute over all routes of clients, beside the limit of each route */
                    requestsPerMinute: number | null;
                    /** @description Withdrawals a day (UTC) */
                    withdrawalsPerDay: number | null;
                };
            };
            /** @description null: no limit */
            own: {
                all: {
                    /** @description Declined offers a day (UTC); once there are so many, nothing more is withdrawn on it */
                    declinesPerDay: number | null;
                    /** @description Dollars for items under way */
                    inFlight: number | null;
                    /** @description Dollars for the withdrawals of a day (UTC), less what comes back of them */
                    perDay: number | null;
                    /** @description Requests a minute over all routes of clients, beside the limit of each route */
                    requestsPerMinute: number | null;
                    /** @description Withdrawals a day (UTC) */
                    withdrawalsPerDay: number | null;
                };
                each: {
                    /** @description Declined offers a day (UTC); once there are so many, nothing more is withdrawn on it */
                    declinesPerDay: number | null;
                    /** @description Dollars for items under way */
                    inFlight: number | null;
                    /** @description Dollars for the withdrawals of a day (UTC), less what comes back of them */
                    perDay: number | null;
                    /** @description Requests a minute over all routes of clients, beside the limit of each route */
                    requestsPerMinute: number | null;
                    /** @description Withdrawals a day (UTC) */
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
            /** @description Whether it can be deposited; nothing can */
            accepted: boolean;
            deposit: number;
            itemId: string | null;
            marketHashName: string;
            phases?: {
                /** @description Whether it can be deposited; nothing can */
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
             * @description What the demo shop does when it is asked whether to buy; `silent` answers 503, which is no answer
             * @enum {unknown}
             */
            approvals: "approve" | "reject" | "silent";
            /** @description The latest first, at most 100 */
            questions: {
                answer: ("approve" | "reject") | null;
                /** Format: date-time */
                askedAt: string;
                /** @description How often this was asked */
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
            /** @description What it adds to `balance`; below 0: what it takes from it */
            available: number;
            /** Format: uuid */
            id: string;
            itemExternalId?: string;
            /** @description The item as the trade shows it: its listing id */
            itemId?: string;
            /** @enum {unknown} */
            kind: "credit" | "debit" | "reserve" | "release" | "capture" | "refund" | "penalty";
            /** @description What it adds to `pendingBalance`, or takes from it */
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
                /** @description The number of the key; both stay as they are */
                code: number;
                details?: {
                    [key: string]: unknown;
                };
                /** @description What is wrong with the request: dotted path → reason, at most 20 */
                fields?: {
                    [key: string]: string;
                };
                /** @enum {unknown} */
                key: "EXTERNAL_ID_EXISTS" | "PRICE_CHANGED" | "MERCHANT_BALANCE_LOW" | "LISTING_NOT_FOUND" | "INVALID_LISTING_ID" | "TRADE_NOT_FOUND" | "TRADE_CANCEL_TOO_SOON" | "TRADE_NOT_CANCELLABLE" | "INSUFFICIENT_STOCK" | "TRADE_CANCEL_UNSUPPORTED" | "VALIDATION_FAILED" | "NOT_FOUND" | "METHOD_NOT_ALLOWED" | "RATE_LIMITED" | "SERVER_ERROR" | "SERVICE_UNAVAILABLE" | "PAYLOAD_TOO_LARGE" | "UNSUPPORTED_MEDIA_TYPE" | "INVALID_TOKEN" | "MISSING_BEARER" | "NO_API_SECRET_CONFIGURED" | "FORBIDDEN" | "ACCOUNT_DISABLED" | "MERCHANT_NO_CALLBACK_URL" | "MERCHANT_NO_API_SECRET" | "MERCHANT_CALLBACK_URL_DISABLED" | "CALLBACK_URL_TEST_FAILED" | "CALLBACK_NOT_FOUND" | "MISSING_API_KEY" | "INVALID_API_KEY" | "API_KEY_REVOKED" | "INSUFFICIENT_SCOPE" | "API_KEY_IP_DENIED" | "CLIENT_LIMIT_REACHED" | "ITEM_NOT_FOUND";
                /** @description For people; it may change */
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
            /** @description The newest request to cancel the item, and since when it has this status; ours */
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
            /** @description Of the rarity: `#` and six hex digits */
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
            /** @description What Steam’s inspect link takes */
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
            /** @description Of the rarity: `#` and six hex digits */
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
                /** @description US dollars, the merchant’s fee included */
                price: number;
            };
            paintSeed?: number;
            /** @description What Steam’s inspect link takes */
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
            /** @description All rows that match, on whatever page */
            count: number;
            items: components["schemas"]["Listing"][];
        };
        RustPrice: {
            /** @description Whether it can be deposited; nothing can */
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
            /** @description What the demo merchant pays, its fee included */
            price: number;
        };
        Trade: {
            /** Format: date-time */
            activeAt?: string;
            /**
             * Format: date-time
             * @description When items that are not sent yet are cancelled
             */
            autoCancelAt?: string;
            clientSteamID: string;
            clientTradeUrl: string;
            clientUserId: string;
            /** Format: date-time */
            createdAt: string;
            /** @enum {unknown} */
            error?: "LISTING_UNAVAILABLE" | "NO_LISTING_AT_PRICE" | "PRICE_CHANGED" | "TRADE_URL_INVALID" | "STEAM_ACCOUNT_RESTRICTED" | "BUYER_TRADE_RESTRICTED" | "OFFER_NOT_ACCEPTED" | "MARKET_UNAVAILABLE" | "PURCHASE_FAILED" | "MERCHANT_REJECTED" | "APPROVAL_TIMEOUT";
            /** @description The merchant’s own id of the client who withdraws */
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
            /** @description The most that it can cost, while that is more than `totalPrice`; ours */
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
            /** @description In the states 1 to 4 */
            canTrade?: boolean;
            /** @description For people; it may change */
            message: string;
            /** @description When canTrade is false */
            reason?: {
                /** @description For how long Steam would hold the items; 0: not for that */
                escrowDays: number;
                probation: boolean;
            };
            /** @description 1 normal, 2 banned in CS2, 3 banned in Rust, 4 banned, 5 inventory private, 6 URL invalid, 7 user not found, 8 unknown error, 9 user not tradeable, 10 Steam unavailable */
            state: number;
            /** @description When the URL leads to an account */
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
                /** @description From 1: the page of `limit` that `offset` falls into */
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
        /** @description In how many seconds a later try can help */
        RetryAfter: number;
    };
    pathItems: never;
}
export type Balance = components['schemas']['Balance'];
export type Callback = components['schemas']['Callback'];
export type CallbackDetails = components['schemas']['CallbackDetails'];
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
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "39acd370-0a95-4b71-9b8a-290885eb5926",
                     *       "success": true,
                     *       "data": {
                     *         "token": "eyJhbGciOiJIUzI1NiIsInVzZXJJZCI6IjAxYTIyMmYxLWUwOGEtNzFhZi04NmU5LTQxNmJhNDNjNDgwOSJ9.eyJtZXJjaGFudElkIjoiMDFhMjIyZjEtZTA4YS03MWFmLTg2ZTktNDE2YmE0M2M0ODA5IiwiY2xpZW50Ijp7InN0ZWFtSUQiOiI3NjU2MTE5ODAwMDAwMDAwMSIsInRyYWRlVXJsIjoiaHR0cHM6Ly9zdGVhbWNvbW11bml0eS5jb20vdHJhZGVvZmZlci9uZXcvP3BhcnRuZXI9Mzk3MzQyNzMmdG9rZW49QWJDZEVmMTIiLCJjbGllbnRJZCI6InVzZXItNyJ9LCJpYXQiOjE3OTU4ODI2MDcsImV4cCI6MTc5NTk2OTAwN30.V1NXE7NeMapO_ivW_jVjmTgsPJWK1XZWAXtqlaiJi5I"
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
             *     `NO_API_SECRET_CONFIGURED` (1120): You have no API secret, so no token can be signed for you.
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
             *     `API_KEY_REVOKED` (1902): This API key was revoked.
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
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key lacks the scope that this route needs.
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
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is larger than is accepted. */
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
            /** @description `RATE_LIMITED` (1005): Too many requests for this route; wait as long as Retry-After says. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
                /** @description Rows with every field, made up */
                development?: "true" | "false" | "1" | "0";
                /** @description 730 is CS2, 252490 is Rust */
                game?: "730" | "252490";
                /** @description The highest price, in dollars, the fee included */
                maxPrice?: number | null | "null";
                /** @description The lowest price, in dollars, the fee included */
                minPrice?: number | null | "null";
                /** @description From 1 */
                page?: number;
                /**
                 * @description -1: everything
                 * @example 2
                 */
                perPage?: number;
                /**
                 * @description Words of the name, in any order; all must occur
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
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "33f724c6-a0a5-4db3-b15b-dc4489fbfa89",
                     *       "success": true,
                     *       "data": {
                     *         "items": [
                     *           {
                     *             "id": "00014fab-1c76-8b5b-8a21-7b21de09012d",
                     *             "appid": 730,
                     *             "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *             "tradable": true,
                     *             "amount": 1,
                     *             "type": "Rifle",
                     *             "iconUrl": "http://127.0.0.1:3001/icons/f63aca6b087b9a0f.svg",
                     *             "exterior": "Field-Tested",
                     *             "rarity": "Classified",
                     *             "color": "#d32ce6",
                     *             "wear": "0.170909",
                     *             "paintSeed": 122,
                     *             "offer": {
                     *               "price": 15.48,
                     *               "delivery": "standard"
                     *             },
                     *             "itemId": "f63aca6b087b9a0f"
                     *           },
                     *           {
                     *             "id": "00018b25-4efc-87c8-8a21-7b21de090af1",
                     *             "appid": 730,
                     *             "marketHashName": "P90 | Buy Answer Lost Never Ships (Field-Tested)",
                     *             "tradable": true,
                     *             "amount": 1,
                     *             "type": "SMG",
                     *             "iconUrl": "http://127.0.0.1:3001/icons/0aa802f2c1c202ca.svg",
                     *             "exterior": "Field-Tested",
                     *             "rarity": "Restricted",
                     *             "color": "#8847ff",
                     *             "wear": "0.170909",
                     *             "paintSeed": 47,
                     *             "offer": {
                     *               "price": 4.78,
                     *               "delivery": "standard"
                     *             },
                     *             "itemId": "0aa802f2c1c202ca"
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
             *     `INVALID_TOKEN` (1102): This client token is not valid, or not any more.
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
            /** @description `RATE_LIMITED` (1005): Too many requests for this route; wait as long as Retry-After says. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
                /** @description How the seller delivers: by hand, or at once */
                delivery?: "any" | "standard" | "instant";
                /** @description The highest float value */
                floatMax?: number | null | "null";
                /** @description The lowest float value */
                floatMin?: number | null | "null";
                /**
                 * @description Catalogue id; wins over marketHashName
                 * @example f63aca6b087b9a0f
                 */
                itemId?: string;
                /** @description The exact name of the item */
                marketHashName?: string;
                /** @description From 1 */
                page?: number;
                /**
                 * @description How many rows a page has at most
                 * @example 2
                 */
                perPage?: number;
                /** @description Of a Doppler */
                phase?: "Phase 1" | "Phase 2" | "Phase 3" | "Phase 4" | "Ruby" | "Sapphire" | "Black Pearl" | "Emerald";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "cfa2c533-0680-404e-8397-4fad2dd46f98",
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "00014fab-1c76-8b5b-8a21-7b21de09012d",
                     *           "appid": 730,
                     *           "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *           "tradable": true,
                     *           "amount": 1,
                     *           "type": "Rifle",
                     *           "iconUrl": "http://127.0.0.1:3001/icons/f63aca6b087b9a0f.svg",
                     *           "exterior": "Field-Tested",
                     *           "rarity": "Classified",
                     *           "color": "#d32ce6",
                     *           "wear": "0.170909",
                     *           "paintSeed": 122,
                     *           "offer": {
                     *             "price": 15.48,
                     *             "delivery": "standard"
                     *           }
                     *         },
                     *         {
                     *           "id": "000112f6-1cca-869a-8a21-7b21de09012e",
                     *           "appid": 730,
                     *           "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *           "tradable": true,
                     *           "amount": 1,
                     *           "type": "Rifle",
                     *           "iconUrl": "http://127.0.0.1:3001/icons/f63aca6b087b9a0f.svg",
                     *           "exterior": "Field-Tested",
                     *           "rarity": "Classified",
                     *           "color": "#d32ce6",
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
             *     `INVALID_TOKEN` (1102): This client token is not valid, or not any more.
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
            /** @description `LISTING_NOT_FOUND` (15): This listing is not on sale, or no longer. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route; wait as long as Retry-After says. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
                 * @description What is being typed
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
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "b5a52f85-e960-48a4-ac35-168f20141597",
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "cd39a5945e7b9b33",
                     *           "marketHashName": "AK-47 | Asiimov (Battle-Scarred)",
                     *           "iconUrl": "http://127.0.0.1:3001/icons/cd39a5945e7b9b33.svg",
                     *           "rarity": "Covert",
                     *           "rarityColor": "#eb4b4b",
                     *           "itemType": "Rifle"
                     *         },
                     *         {
                     *           "id": "9f7ea1e78e0b3047",
                     *           "marketHashName": "AK-47 | Asiimov (Factory New)",
                     *           "iconUrl": "http://127.0.0.1:3001/icons/9f7ea1e78e0b3047.svg",
                     *           "rarity": "Covert",
                     *           "rarityColor": "#eb4b4b",
                     *           "itemType": "Rifle"
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
             *     `INVALID_TOKEN` (1102): This client token is not valid, or not any more.
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
            /** @description `RATE_LIMITED` (1005): Too many requests for this route; wait as long as Retry-After says. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
                /** @description Where to go on: `nextCursor` of the page before. Left out: from the start */
                cursor?: string;
                /** @description 730 is CS2, 252490 is Rust */
                game?: "730" | "252490";
                /**
                 * @description How many entries a page has at most
                 * @example 2
                 */
                limit?: number;
                /** @description Only of this type */
                type?: "deposit" | "withdraw";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "ea75e7e9-0d67-4b31-8bc6-408ec8d44f73",
                     *       "success": true,
                     *       "data": {
                     *         "items": [
                     *           {
                     *             "id": "01a222f1-e637-7a6d-ae0c-d14a36b282a8",
                     *             "type": "withdraw",
                     *             "source": "client",
                     *             "externalId": "basket-2",
                     *             "externalClientUserId": "user-7",
                     *             "merchantId": "01a222f1-e08a-71af-86e9-416ba43c4809",
                     *             "clientUserId": "76561198000000001",
                     *             "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                     *             "clientSteamID": "76561198000000001",
                     *             "status": "pending",
                     *             "game": "730",
                     *             "items": [
                     *               {
                     *                 "id": "00014fab-1c76-8b5b-8a21-7b21de09012d",
                     *                 "appid": 730,
                     *                 "name": "AK-47 | Never Ships",
                     *                 "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *                 "type": "Rifle",
                     *                 "iconUrl": "http://127.0.0.1:3001/icons/f63aca6b087b9a0f.svg",
                     *                 "exterior": "Field-Tested",
                     *                 "rarity": "Classified",
                     *                 "color": "#d32ce6",
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
                     *                 "id": "000112f6-1cca-869a-8a21-7b21de09012e",
                     *                 "appid": 730,
                     *                 "name": "AK-47 | Never Ships",
                     *                 "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *                 "type": "Rifle",
                     *                 "iconUrl": "http://127.0.0.1:3001/icons/f63aca6b087b9a0f.svg",
                     *                 "exterior": "Field-Tested",
                     *                 "rarity": "Classified",
                     *                 "color": "#d32ce6",
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
                     *             "createdAt": "2026-11-28T16:16:48.183Z",
                     *             "updatedAt": "2026-11-28T16:16:48.468Z"
                     *           },
                     *           {
                     *             "id": "01a222f1-e5ff-7328-9884-70a218b112d8",
                     *             "type": "withdraw",
                     *             "source": "client",
                     *             "externalId": "basket-1",
                     *             "externalClientUserId": "user-7",
                     *             "merchantId": "01a222f1-e08a-71af-86e9-416ba43c4809",
                     *             "clientUserId": "76561198000000001",
                     *             "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                     *             "clientSteamID": "76561198000000001",
                     *             "status": "pending",
                     *             "game": "730",
                     *             "items": [
                     *               {
                     *                 "id": "000112f6-1cca-869a-8a21-7b21de09012e",
                     *                 "appid": 730,
                     *                 "name": "AK-47 | Never Ships",
                     *                 "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *                 "type": "Rifle",
                     *                 "iconUrl": "http://127.0.0.1:3001/icons/f63aca6b087b9a0f.svg",
                     *                 "exterior": "Field-Tested",
                     *                 "rarity": "Classified",
                     *                 "color": "#d32ce6",
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
                     *             "createdAt": "2026-11-28T16:16:48.127Z",
                     *             "updatedAt": "2026-11-28T16:16:48.229Z"
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
             *     `INVALID_TOKEN` (1102): This client token is not valid, or not any more.
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
            /** @description `RATE_LIMITED` (1005): Too many requests for this route; wait as long as Retry-After says. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
                 *           "itemId": "000112f6-1cca-869a-8a21-7b21de09012e",
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
                     * @description Your own reference of the trade, used once: a second buy with it is refused
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
                         * @description Your own reference of the item, unique within the trade: it cancels the item as its id does
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
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "f36420b9-5433-421c-ba31-cd4cdfc30a66",
                     *       "success": true,
                     *       "data": {
                     *         "id": "01a222f1-e5ff-7328-9884-70a218b112d8",
                     *         "type": "withdraw",
                     *         "source": "client",
                     *         "externalId": "basket-1",
                     *         "externalClientUserId": "user-7",
                     *         "merchantId": "01a222f1-e08a-71af-86e9-416ba43c4809",
                     *         "clientUserId": "76561198000000001",
                     *         "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                     *         "clientSteamID": "76561198000000001",
                     *         "status": "initiated",
                     *         "game": "730",
                     *         "items": [
                     *           {
                     *             "id": "000112f6-1cca-869a-8a21-7b21de09012e",
                     *             "appid": 730,
                     *             "name": "AK-47 | Never Ships",
                     *             "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *             "type": "Rifle",
                     *             "iconUrl": "http://127.0.0.1:3001/icons/f63aca6b087b9a0f.svg",
                     *             "exterior": "Field-Tested",
                     *             "rarity": "Classified",
                     *             "color": "#d32ce6",
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
                     *         "createdAt": "2026-11-28T16:16:48.127Z",
                     *         "updatedAt": "2026-11-28T16:16:48.127Z"
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
             *     `MERCHANT_NO_CALLBACK_URL` (1701): You have no callback URL, so you cannot be asked before a purchase.
             *
             *     `MERCHANT_NO_API_SECRET` (1702): You have no API secret, so you cannot be asked before a purchase.
             *
             *     `MERCHANT_CALLBACK_URL_DISABLED` (1703): Your callback URL is switched off, so you cannot be asked.
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
             *     `INVALID_TOKEN` (1102): This client token is not valid, or not any more.
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
             *     `CLIENT_LIMIT_REACHED` (2101): A limit for withdrawals of clients does not allow this one.
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
            /** @description `LISTING_NOT_FOUND` (15): This listing is not on sale, or no longer. */
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
             * @description `PRICE_CHANGED` (11): An item costs more now than the request allows.
             *
             *     `EXTERNAL_ID_EXISTS` (1): A trade with this externalId exists already.
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
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is larger than is accepted. */
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
            /** @description `RATE_LIMITED` (1005): Too many requests for this route; wait as long as Retry-After says. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "0fc16114-df78-47ab-8669-572770526a41",
                     *       "success": true,
                     *       "data": {
                     *         "tradeId": "01a222f1-e637-7a6d-ae0c-d14a36b282a8",
                     *         "requested": 2,
                     *         "cancelled": 2,
                     *         "failed": 0,
                     *         "items": [
                     *           {
                     *             "itemId": "00014fab-1c76-8b5b-8a21-7b21de09012d",
                     *             "status": "cancelled"
                     *           },
                     *           {
                     *             "itemId": "000112f6-1cca-869a-8a21-7b21de09012e",
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
             *     `TRADE_CANCEL_UNSUPPORTED` (44): No item of this trade has a marketplace that can cancel.
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
             *     `INVALID_TOKEN` (1102): This client token is not valid, or not any more.
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
             *     `FORBIDDEN` (1300): This trade is not one of your own.
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
            /** @description `TRADE_NOT_FOUND` (21): No trade with this id or externalId. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route; wait as long as Retry-After says. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
                 * @example 000112f6-1cca-869a-8a21-7b21de09012e
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
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "1d553434-b780-43c2-96ba-08403cbea03f",
                     *       "success": true,
                     *       "data": {
                     *         "tradeId": "01a222f1-e5ff-7328-9884-70a218b112d8",
                     *         "itemId": "000112f6-1cca-869a-8a21-7b21de09012e",
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
             *     `INVALID_TOKEN` (1102): This client token is not valid, or not any more.
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
             *     `FORBIDDEN` (1300): This trade is not one of your own.
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
            /** @description `ITEM_NOT_FOUND` (2201): No such item in this trade, or no such trade. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route; wait as long as Retry-After says. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
                     * @description Your own reference of the trade, used once: a second buy with it is refused
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
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "119ca060-845a-4c79-ac34-c7d43be230a4",
                     *       "success": true,
                     *       "data": {
                     *         "id": "01a222f1-e637-7a6d-ae0c-d14a36b282a8",
                     *         "type": "withdraw",
                     *         "source": "client",
                     *         "externalId": "basket-2",
                     *         "externalClientUserId": "user-7",
                     *         "merchantId": "01a222f1-e08a-71af-86e9-416ba43c4809",
                     *         "clientUserId": "76561198000000001",
                     *         "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                     *         "clientSteamID": "76561198000000001",
                     *         "status": "initiated",
                     *         "game": "730",
                     *         "items": [],
                     *         "totalPrice": 32,
                     *         "createdAt": "2026-11-28T16:16:48.183Z",
                     *         "updatedAt": "2026-11-28T16:16:48.183Z"
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
             *     `MERCHANT_NO_CALLBACK_URL` (1701): You have no callback URL, so you cannot be asked before a purchase.
             *
             *     `MERCHANT_NO_API_SECRET` (1702): You have no API secret, so you cannot be asked before a purchase.
             *
             *     `MERCHANT_CALLBACK_URL_DISABLED` (1703): Your callback URL is switched off, so you cannot be asked.
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
             *     `INVALID_TOKEN` (1102): This client token is not valid, or not any more.
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
             *     `CLIENT_LIMIT_REACHED` (2101): A limit for withdrawals of clients does not allow this one.
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
            /** @description `LISTING_NOT_FOUND` (15): This listing is not on sale, or no longer. */
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
             * @description `INSUFFICIENT_STOCK` (34): None of this item is on sale at that price.
             *
             *     `EXTERNAL_ID_EXISTS` (1): A trade with this externalId exists already.
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
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is larger than is accepted. */
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
            /** @description `RATE_LIMITED` (1005): Too many requests for this route; wait as long as Retry-After says. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "69e898b0-c98d-44f1-b8b6-0f65f1597e40",
                     *       "success": true,
                     *       "data": {
                     *         "status": "ok",
                     *         "timestamp": "2026-11-28T16:16:47.669Z",
                     *         "uptime": 8.676870094,
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "4a3e3b93-f96f-4841-8907-3396bdd123e3",
                     *       "success": true,
                     *       "data": {
                     *         "status": "ok",
                     *         "timestamp": "2026-11-28T16:16:47.671Z",
                     *         "uptime": 8.678729951,
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "8c3f4e7e-f1f6-44cc-bd24-3ac2a479e2c4",
                     *       "success": true,
                     *       "data": {
                     *         "status": "ok",
                     *         "timestamp": "2026-11-28T16:16:47.673Z",
                     *         "uptime": 8.680777978,
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
                 * @description Only of this trade: its id, or the `externalId` that you gave it
                 * @example 01a222f1-e449-7a83-ab88-ac3ec134a00b
                 */
                trade?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "5ca7e808-df51-4dee-a6b9-6a96e48bc132",
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "deliveryId": "01a222f1-e4bd-733f-b439-d7191941e38e",
                     *           "tradeId": "01a222f1-e449-7a83-ab88-ac3ec134a00b",
                     *           "status": "pending",
                     *           "items": [
                     *             {
                     *               "id": "00014fab-1c76-8b5b-8a21-7b21de09012d",
                     *               "status": "pending"
                     *             }
                     *           ],
                     *           "times": 1,
                     *           "receivedAt": "2026-11-28T16:16:47.989Z",
                     *           "trade": {
                     *             "id": "01a222f1-e449-7a83-ab88-ac3ec134a00b",
                     *             "type": "withdraw",
                     *             "source": "self",
                     *             "externalId": "order-1",
                     *             "merchantId": "01a222f1-e08a-71af-86e9-416ba43c4809",
                     *             "clientUserId": "76561198000000001",
                     *             "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                     *             "clientSteamID": "76561198000000001",
                     *             "status": "pending",
                     *             "game": "730",
                     *             "items": [
                     *               {
                     *                 "id": "00014fab-1c76-8b5b-8a21-7b21de09012d",
                     *                 "externalId": "line-1",
                     *                 "appid": 730,
                     *                 "name": "AK-47 | Never Ships",
                     *                 "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *                 "type": "Rifle",
                     *                 "iconUrl": "http://127.0.0.1:3001/icons/f63aca6b087b9a0f.svg",
                     *                 "exterior": "Field-Tested",
                     *                 "rarity": "Classified",
                     *                 "color": "#d32ce6",
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
                     *             "createdAt": "2026-11-28T16:16:47.690Z",
                     *             "updatedAt": "2026-11-28T16:16:47.802Z"
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "3ee249cd-bfa9-4fff-a06d-e27831417e6f",
                     *       "success": true,
                     *       "data": {
                     *         "now": "2026-11-28T16:47:48.588Z",
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "451e469b-526c-4257-85c8-5f9e60400f4d",
                     *       "success": true,
                     *       "data": {
                     *         "now": "2026-11-28T16:47:48.550Z",
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
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is larger than is accepted. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "35f0b84c-a109-4c7a-97a0-6be1a65d832f",
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "0001aac3-4622-8bb9-8a21-7b21de090065",
                     *           "game": "730",
                     *           "marketHashName": "AK-47 | Ships At Once (Field-Tested)",
                     *           "behaviour": "ships-at-once",
                     *           "description": "Delivered a second after the purchase, final after seven days.",
                     *           "price": 12.53
                     *         },
                     *         {
                     *           "id": "00012ff8-8bf5-802b-8a21-7b21de090066",
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "ea502358-ebdf-4a91-96ec-1d638bfcb750",
                     *       "success": true,
                     *       "data": {
                     *         "approvals": "approve",
                     *         "questions": [
                     *           {
                     *             "tradeId": "01a222f1-e637-7a6d-ae0c-d14a36b282a8",
                     *             "answer": "approve",
                     *             "times": 1,
                     *             "askedAt": "2026-11-28T16:16:48.310Z",
                     *             "trade": {
                     *               "id": "01a222f1-e637-7a6d-ae0c-d14a36b282a8",
                     *               "type": "withdraw",
                     *               "source": "client",
                     *               "externalId": "basket-2",
                     *               "externalClientUserId": "user-7",
                     *               "merchantId": "01a222f1-e08a-71af-86e9-416ba43c4809",
                     *               "clientUserId": "76561198000000001",
                     *               "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                     *               "clientSteamID": "76561198000000001",
                     *               "status": "initiated",
                     *               "game": "730",
                     *               "items": [],
                     *               "totalPrice": 32,
                     *               "createdAt": "2026-11-28T16:16:48.183Z",
                     *               "updatedAt": "2026-11-28T16:16:48.183Z"
                     *             }
                     *           },
                     *           {
                     *             "tradeId": "01a222f1-e5ff-7328-9884-70a218b112d8",
                     *             "answer": "approve",
                     *             "times": 1,
                     *             "askedAt": "2026-11-28T16:16:48.174Z",
                     *             "trade": {
                     *               "id": "01a222f1-e5ff-7328-9884-70a218b112d8",
                     *               "type": "withdraw",
                     *               "source": "client",
                     *               "externalId": "basket-1",
                     *               "externalClientUserId": "user-7",
                     *               "merchantId": "01a222f1-e08a-71af-86e9-416ba43c4809",
                     *               "clientUserId": "76561198000000001",
                     *               "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                     *               "clientSteamID": "76561198000000001",
                     *               "status": "initiated",
                     *               "game": "730",
                     *               "items": [
                     *                 {
                     *                   "id": "000112f6-1cca-869a-8a21-7b21de09012e",
                     *                   "appid": 730,
                     *                   "name": "AK-47 | Never Ships",
                     *                   "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *                   "type": "Rifle",
                     *                   "iconUrl": "http://127.0.0.1:3001/icons/f63aca6b087b9a0f.svg",
                     *                   "exterior": "Field-Tested",
                     *                   "rarity": "Classified",
                     *                   "color": "#d32ce6",
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
                     *               "createdAt": "2026-11-28T16:16:48.127Z",
                     *               "updatedAt": "2026-11-28T16:16:48.127Z"
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
                     * @description What the demo shop does when it is asked whether to buy; `silent` answers 503, which is no answer
                     * @enum {unknown}
                     */
                    approvals: "approve" | "reject" | "silent";
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "435328cc-92fd-44f1-b4ae-6bfa5e302e93",
                     *       "success": true,
                     *       "data": {
                     *         "approvals": "approve",
                     *         "questions": [
                     *           {
                     *             "tradeId": "01a222f1-e637-7a6d-ae0c-d14a36b282a8",
                     *             "answer": "approve",
                     *             "times": 1,
                     *             "askedAt": "2026-11-28T16:16:48.310Z",
                     *             "trade": {
                     *               "id": "01a222f1-e637-7a6d-ae0c-d14a36b282a8",
                     *               "type": "withdraw",
                     *               "source": "client",
                     *               "externalId": "basket-2",
                     *               "externalClientUserId": "user-7",
                     *               "merchantId": "01a222f1-e08a-71af-86e9-416ba43c4809",
                     *               "clientUserId": "76561198000000001",
                     *               "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                     *               "clientSteamID": "76561198000000001",
                     *               "status": "initiated",
                     *               "game": "730",
                     *               "items": [],
                     *               "totalPrice": 32,
                     *               "createdAt": "2026-11-28T16:16:48.183Z",
                     *               "updatedAt": "2026-11-28T16:16:48.183Z"
                     *             }
                     *           },
                     *           {
                     *             "tradeId": "01a222f1-e5ff-7328-9884-70a218b112d8",
                     *             "answer": "approve",
                     *             "times": 1,
                     *             "askedAt": "2026-11-28T16:16:48.174Z",
                     *             "trade": {
                     *               "id": "01a222f1-e5ff-7328-9884-70a218b112d8",
                     *               "type": "withdraw",
                     *               "source": "client",
                     *               "externalId": "basket-1",
                     *               "externalClientUserId": "user-7",
                     *               "merchantId": "01a222f1-e08a-71af-86e9-416ba43c4809",
                     *               "clientUserId": "76561198000000001",
                     *               "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                     *               "clientSteamID": "76561198000000001",
                     *               "status": "initiated",
                     *               "game": "730",
                     *               "items": [
                     *                 {
                     *                   "id": "000112f6-1cca-869a-8a21-7b21de09012e",
                     *                   "appid": 730,
                     *                   "name": "AK-47 | Never Ships",
                     *                   "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *                   "type": "Rifle",
                     *                   "iconUrl": "http://127.0.0.1:3001/icons/f63aca6b087b9a0f.svg",
                     *                   "exterior": "Field-Tested",
                     *                   "rarity": "Classified",
                     *                   "color": "#d32ce6",
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
                     *               "createdAt": "2026-11-28T16:16:48.127Z",
                     *               "updatedAt": "2026-11-28T16:16:48.127Z"
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
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is larger than is accepted. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
                 *           "itemId": "00014fab-1c76-8b5b-8a21-7b21de09012d",
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
                     * @description Your own reference of the trade, used once: a second buy with it is refused
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
                         * @description Your own reference of the item, unique within the trade: it cancels the item as its id does
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
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "07ec65bc-9398-4726-ba94-b0df48214c2a",
                     *       "success": true,
                     *       "data": {
                     *         "id": "01a222f1-e449-7a83-ab88-ac3ec134a00b",
                     *         "type": "withdraw",
                     *         "source": "self",
                     *         "externalId": "order-1",
                     *         "merchantId": "01a222f1-e08a-71af-86e9-416ba43c4809",
                     *         "clientUserId": "76561198000000001",
                     *         "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                     *         "clientSteamID": "76561198000000001",
                     *         "status": "initiated",
                     *         "game": "730",
                     *         "items": [
                     *           {
                     *             "id": "00014fab-1c76-8b5b-8a21-7b21de09012d",
                     *             "externalId": "line-1",
                     *             "appid": 730,
                     *             "name": "AK-47 | Never Ships",
                     *             "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *             "type": "Rifle",
                     *             "iconUrl": "http://127.0.0.1:3001/icons/f63aca6b087b9a0f.svg",
                     *             "exterior": "Field-Tested",
                     *             "rarity": "Classified",
                     *             "color": "#d32ce6",
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
                     *         "createdAt": "2026-11-28T16:16:47.690Z",
                     *         "updatedAt": "2026-11-28T16:16:47.690Z"
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
             *     `MERCHANT_NO_CALLBACK_URL` (1701): You have no callback URL, so you cannot be asked before a purchase.
             *
             *     `MERCHANT_NO_API_SECRET` (1702): You have no API secret, so you cannot be asked before a purchase.
             *
             *     `MERCHANT_CALLBACK_URL_DISABLED` (1703): Your callback URL is switched off, so you cannot be asked.
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
             *     `API_KEY_REVOKED` (1902): This API key was revoked.
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
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key lacks the scope that this route needs.
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
            /** @description `LISTING_NOT_FOUND` (15): This listing is not on sale, or no longer. */
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
             * @description `PRICE_CHANGED` (11): An item costs more now than the request allows.
             *
             *     `EXTERNAL_ID_EXISTS` (1): A trade with this externalId exists already.
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
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is larger than is accepted. */
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
            /** @description `RATE_LIMITED` (1005): Too many requests for this route; wait as long as Retry-After says. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "f66555a4-8972-4757-83a3-0feefa875d62",
                     *       "success": true,
                     *       "data": {
                     *         "tradeId": "01a222f1-e48b-721f-a42a-f344e1779e95",
                     *         "requested": 2,
                     *         "cancelled": 2,
                     *         "failed": 0,
                     *         "items": [
                     *           {
                     *             "itemId": "00014fab-1c76-8b5b-8a21-7b21de09012d",
                     *             "status": "cancelled"
                     *           },
                     *           {
                     *             "itemId": "000112f6-1cca-869a-8a21-7b21de09012e",
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
             *     `TRADE_CANCEL_UNSUPPORTED` (44): No item of this trade has a marketplace that can cancel.
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
             *     `API_KEY_REVOKED` (1902): This API key was revoked.
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
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key lacks the scope that this route needs.
             *
             *     `FORBIDDEN` (1300): This trade is not one of your own.
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
            /** @description `TRADE_NOT_FOUND` (21): No trade with this id or externalId. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route; wait as long as Retry-After says. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "21a5278d-5f3b-49b1-9ef9-654174bd79b9",
                     *       "success": true,
                     *       "data": {
                     *         "tradeId": "01a222f1-e449-7a83-ab88-ac3ec134a00b",
                     *         "itemId": "00014fab-1c76-8b5b-8a21-7b21de09012d",
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
             *     `API_KEY_REVOKED` (1902): This API key was revoked.
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
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key lacks the scope that this route needs.
             *
             *     `FORBIDDEN` (1300): This trade is not one of your own.
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
            /** @description `ITEM_NOT_FOUND` (2201): No such item in this trade, or no such trade. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route; wait as long as Retry-After says. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
                     * @description Your own reference of the trade, used once: a second buy with it is refused
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
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "c2b360c6-4137-404c-8282-1655dca54f93",
                     *       "success": true,
                     *       "data": {
                     *         "id": "01a222f1-e48b-721f-a42a-f344e1779e95",
                     *         "type": "withdraw",
                     *         "source": "self",
                     *         "externalId": "quick-1",
                     *         "merchantId": "01a222f1-e08a-71af-86e9-416ba43c4809",
                     *         "clientUserId": "76561198000000001",
                     *         "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                     *         "clientSteamID": "76561198000000001",
                     *         "status": "initiated",
                     *         "game": "730",
                     *         "items": [],
                     *         "totalPrice": 32,
                     *         "createdAt": "2026-11-28T16:16:47.755Z",
                     *         "updatedAt": "2026-11-28T16:16:47.755Z"
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
             *     `MERCHANT_NO_CALLBACK_URL` (1701): You have no callback URL, so you cannot be asked before a purchase.
             *
             *     `MERCHANT_NO_API_SECRET` (1702): You have no API secret, so you cannot be asked before a purchase.
             *
             *     `MERCHANT_CALLBACK_URL_DISABLED` (1703): Your callback URL is switched off, so you cannot be asked.
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
             *     `API_KEY_REVOKED` (1902): This API key was revoked.
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
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key lacks the scope that this route needs.
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
            /** @description `LISTING_NOT_FOUND` (15): This listing is not on sale, or no longer. */
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
             * @description `INSUFFICIENT_STOCK` (34): None of this item is on sale at that price.
             *
             *     `EXTERNAL_ID_EXISTS` (1): A trade with this externalId exists already.
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
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is larger than is accepted. */
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
            /** @description `RATE_LIMITED` (1005): Too many requests for this route; wait as long as Retry-After says. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
                     * @description Ask now, and not for what was heard within the last hour
                     * @default false
                     */
                    forceRefresh?: boolean;
                    /** Format: steam-trade-url */
                    tradeurl: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "7d762edd-1f89-4cd1-86f3-6eda67768533",
                     *       "success": true,
                     *       "data": {
                     *         "state": 1,
                     *         "message": "Nothing is known against this account.",
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
             *     `API_KEY_REVOKED` (1902): This API key was revoked.
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
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key lacks the scope that this route needs.
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
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is larger than is accepted. */
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
            /** @description `RATE_LIMITED` (1005): Too many requests for this route; wait as long as Retry-After says. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
                /** @description Rows with every field, made up */
                development?: "true" | "false" | "1" | "0";
                /** @description 730 is CS2, 252490 is Rust */
                game?: "730" | "252490";
                /** @description The highest price, in dollars, the fee included */
                maxPrice?: number | null | "null";
                /** @description The lowest price, in dollars, the fee included */
                minPrice?: number | null | "null";
                /** @description From 1 */
                page?: number;
                /**
                 * @description -1: everything
                 * @example 2
                 */
                perPage?: number;
                /**
                 * @description Words of the name, in any order; all must occur
                 * @example never ships
                 */
                search?: string;
                /** @description The order of the rows */
                sort?: "relevance" | "priceAsc" | "priceDesc" | "nameAsc" | "nameDesc";
                /** @description All that is on sale is external */
                source?: "internal" | "external" | "Xk9W";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "1e770e96-c2b6-4cbf-b7f8-4516bf0c3c3a",
                     *       "success": true,
                     *       "data": {
                     *         "items": [
                     *           {
                     *             "id": "00014fab-1c76-8b5b-8a21-7b21de09012d",
                     *             "appid": 730,
                     *             "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *             "tradable": true,
                     *             "amount": 1,
                     *             "type": "Rifle",
                     *             "iconUrl": "http://127.0.0.1:3001/icons/f63aca6b087b9a0f.svg",
                     *             "exterior": "Field-Tested",
                     *             "rarity": "Classified",
                     *             "color": "#d32ce6",
                     *             "wear": "0.170909",
                     *             "paintSeed": 122,
                     *             "offer": {
                     *               "price": 15.48,
                     *               "delivery": "standard"
                     *             },
                     *             "itemId": "f63aca6b087b9a0f"
                     *           },
                     *           {
                     *             "id": "00018b25-4efc-87c8-8a21-7b21de090af1",
                     *             "appid": 730,
                     *             "marketHashName": "P90 | Buy Answer Lost Never Ships (Field-Tested)",
                     *             "tradable": true,
                     *             "amount": 1,
                     *             "type": "SMG",
                     *             "iconUrl": "http://127.0.0.1:3001/icons/0aa802f2c1c202ca.svg",
                     *             "exterior": "Field-Tested",
                     *             "rarity": "Restricted",
                     *             "color": "#8847ff",
                     *             "wear": "0.170909",
                     *             "paintSeed": 47,
                     *             "offer": {
                     *               "price": 4.78,
                     *               "delivery": "standard"
                     *             },
                     *             "itemId": "0aa802f2c1c202ca"
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
             *     `API_KEY_REVOKED` (1902): This API key was revoked.
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
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key lacks the scope that this route needs.
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
            /** @description `RATE_LIMITED` (1005): Too many requests for this route; wait as long as Retry-After says. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
                /** @description How the seller delivers: by hand, or at once */
                delivery?: "any" | "standard" | "instant";
                /** @description The highest float value */
                floatMax?: number | null | "null";
                /** @description The lowest float value */
                floatMin?: number | null | "null";
                /**
                 * @description Catalogue id; wins over marketHashName
                 * @example f63aca6b087b9a0f
                 */
                itemId?: string;
                /** @description The exact name of the item */
                marketHashName?: string;
                /** @description From 1 */
                page?: number;
                /**
                 * @description How many rows a page has at most
                 * @example 2
                 */
                perPage?: number;
                /** @description Of a Doppler */
                phase?: "Phase 1" | "Phase 2" | "Phase 3" | "Phase 4" | "Ruby" | "Sapphire" | "Black Pearl" | "Emerald";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "fa31f23a-e615-4131-a019-4a922f3fae03",
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "00014fab-1c76-8b5b-8a21-7b21de09012d",
                     *           "appid": 730,
                     *           "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *           "tradable": true,
                     *           "amount": 1,
                     *           "type": "Rifle",
                     *           "iconUrl": "http://127.0.0.1:3001/icons/f63aca6b087b9a0f.svg",
                     *           "exterior": "Field-Tested",
                     *           "rarity": "Classified",
                     *           "color": "#d32ce6",
                     *           "wear": "0.170909",
                     *           "paintSeed": 122,
                     *           "offer": {
                     *             "price": 15.48,
                     *             "delivery": "standard"
                     *           }
                     *         },
                     *         {
                     *           "id": "000112f6-1cca-869a-8a21-7b21de09012e",
                     *           "appid": 730,
                     *           "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *           "tradable": true,
                     *           "amount": 1,
                     *           "type": "Rifle",
                     *           "iconUrl": "http://127.0.0.1:3001/icons/f63aca6b087b9a0f.svg",
                     *           "exterior": "Field-Tested",
                     *           "rarity": "Classified",
                     *           "color": "#d32ce6",
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
             *     `API_KEY_REVOKED` (1902): This API key was revoked.
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
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key lacks the scope that this route needs.
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
            /** @description `LISTING_NOT_FOUND` (15): This listing is not on sale, or no longer. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route; wait as long as Retry-After says. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "99148322-410f-4559-a1f2-dff2f56a02d3",
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "itemId": "cd39a5945e7b9b33",
                     *           "marketHashName": "AK-47 | Asiimov (Battle-Scarred)",
                     *           "accepted": false,
                     *           "deposit": 0,
                     *           "withdraw": {
                     *             "standard": 41.87,
                     *             "instant": null
                     *           }
                     *         },
                     *         {
                     *           "itemId": "9f7ea1e78e0b3047",
                     *           "marketHashName": "AK-47 | Asiimov (Factory New)",
                     *           "accepted": false,
                     *           "deposit": 0,
                     *           "withdraw": {
                     *             "standard": 112.65,
                     *             "instant": 117.55
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
             *     `API_KEY_REVOKED` (1902): This API key was revoked.
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
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key lacks the scope that this route needs.
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
            /** @description `RATE_LIMITED` (1005): Too many requests for this route; wait as long as Retry-After says. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
                /** @description Where to go on: `nextCursor` of the page before. Left out: from the start */
                cursor?: string;
                /** @description 730 is CS2, 252490 is Rust */
                game?: "730" | "252490";
                /**
                 * @description How many entries a page has at most
                 * @example 2
                 */
                limit?: number;
                /** @description Only of this type */
                type?: "deposit" | "withdraw";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "e0973814-1c0e-4395-b88a-36e7ace046f5",
                     *       "success": true,
                     *       "data": {
                     *         "items": [
                     *           {
                     *             "id": "01a222f1-e48b-721f-a42a-f344e1779e95",
                     *             "type": "withdraw",
                     *             "source": "self",
                     *             "externalId": "quick-1",
                     *             "merchantId": "01a222f1-e08a-71af-86e9-416ba43c4809",
                     *             "clientUserId": "76561198000000001",
                     *             "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                     *             "clientSteamID": "76561198000000001",
                     *             "status": "reverted",
                     *             "game": "730",
                     *             "items": [
                     *               {
                     *                 "id": "00014fab-1c76-8b5b-8a21-7b21de09012d",
                     *                 "appid": 730,
                     *                 "name": "AK-47 | Never Ships",
                     *                 "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *                 "type": "Rifle",
                     *                 "iconUrl": "http://127.0.0.1:3001/icons/f63aca6b087b9a0f.svg",
                     *                 "exterior": "Field-Tested",
                     *                 "rarity": "Classified",
                     *                 "color": "#d32ce6",
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
                     *                   "since": "2026-11-28T16:47:48.862Z"
                     *                 }
                     *               },
                     *               {
                     *                 "id": "000112f6-1cca-869a-8a21-7b21de09012e",
                     *                 "appid": 730,
                     *                 "name": "AK-47 | Never Ships",
                     *                 "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *                 "type": "Rifle",
                     *                 "iconUrl": "http://127.0.0.1:3001/icons/f63aca6b087b9a0f.svg",
                     *                 "exterior": "Field-Tested",
                     *                 "rarity": "Classified",
                     *                 "color": "#d32ce6",
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
                     *                   "since": "2026-11-28T16:47:48.922Z"
                     *                 }
                     *               }
                     *             ],
                     *             "totalPrice": 30.97,
                     *             "revertedBy": "supplier",
                     *             "createdAt": "2026-11-28T16:16:47.755Z",
                     *             "updatedAt": "2026-11-28T16:47:48.921Z"
                     *           },
                     *           {
                     *             "id": "01a222f1-e449-7a83-ab88-ac3ec134a00b",
                     *             "type": "withdraw",
                     *             "source": "self",
                     *             "externalId": "order-1",
                     *             "merchantId": "01a222f1-e08a-71af-86e9-416ba43c4809",
                     *             "clientUserId": "76561198000000001",
                     *             "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                     *             "clientSteamID": "76561198000000001",
                     *             "status": "reverted",
                     *             "game": "730",
                     *             "items": [
                     *               {
                     *                 "id": "00014fab-1c76-8b5b-8a21-7b21de09012d",
                     *                 "externalId": "line-1",
                     *                 "appid": 730,
                     *                 "name": "AK-47 | Never Ships",
                     *                 "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *                 "type": "Rifle",
                     *                 "iconUrl": "http://127.0.0.1:3001/icons/f63aca6b087b9a0f.svg",
                     *                 "exterior": "Field-Tested",
                     *                 "rarity": "Classified",
                     *                 "color": "#d32ce6",
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
                     *                   "since": "2026-11-28T16:47:48.740Z"
                     *                 }
                     *               }
                     *             ],
                     *             "totalPrice": 15.48,
                     *             "revertedBy": "supplier",
                     *             "createdAt": "2026-11-28T16:16:47.690Z",
                     *             "updatedAt": "2026-11-28T16:47:48.739Z"
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
             *     `API_KEY_REVOKED` (1902): This API key was revoked.
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
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key lacks the scope that this route needs.
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
            /** @description `RATE_LIMITED` (1005): Too many requests for this route; wait as long as Retry-After says. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
                 * @example 01a222f1-e449-7a83-ab88-ac3ec134a00b
                 */
                tradeId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "4409df6d-45dd-41ef-86c9-66898b0b3584",
                     *       "success": true,
                     *       "data": {
                     *         "id": "01a222f1-e449-7a83-ab88-ac3ec134a00b",
                     *         "type": "withdraw",
                     *         "source": "self",
                     *         "externalId": "order-1",
                     *         "merchantId": "01a222f1-e08a-71af-86e9-416ba43c4809",
                     *         "clientUserId": "76561198000000001",
                     *         "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                     *         "clientSteamID": "76561198000000001",
                     *         "status": "reverted",
                     *         "game": "730",
                     *         "items": [
                     *           {
                     *             "id": "00014fab-1c76-8b5b-8a21-7b21de09012d",
                     *             "externalId": "line-1",
                     *             "appid": 730,
                     *             "name": "AK-47 | Never Ships",
                     *             "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *             "type": "Rifle",
                     *             "iconUrl": "http://127.0.0.1:3001/icons/f63aca6b087b9a0f.svg",
                     *             "exterior": "Field-Tested",
                     *             "rarity": "Classified",
                     *             "color": "#d32ce6",
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
                     *               "since": "2026-11-28T16:47:48.740Z"
                     *             }
                     *           }
                     *         ],
                     *         "totalPrice": 15.48,
                     *         "revertedBy": "supplier",
                     *         "createdAt": "2026-11-28T16:16:47.690Z",
                     *         "updatedAt": "2026-11-28T16:47:48.739Z"
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
             *     `API_KEY_REVOKED` (1902): This API key was revoked.
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
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key lacks the scope that this route needs.
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
            /** @description `TRADE_NOT_FOUND` (21): No trade with this id or externalId. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route; wait as long as Retry-After says. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
                /** @description Where to go on: `nextCursor` of the page before. Left out: from the start */
                cursor?: string;
                /** @description Of steps that happened then or later */
                from?: string;
                /**
                 * @description How many entries a page has at most
                 * @example 2
                 */
                limit?: number;
                /** @description Only in this state */
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
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "e6715cb3-63bd-46ad-9174-8b077607494c",
                     *       "success": true,
                     *       "data": {
                     *         "items": [
                     *           {
                     *             "id": "01a2230e-4b15-7eaf-a4b7-aa3a3a78f5b2",
                     *             "tradeId": "01a222f1-e5ff-7328-9884-70a218b112d8",
                     *             "number": 3,
                     *             "state": "delivered",
                     *             "attempts": 1,
                     *             "createdAt": "2026-11-28T16:47:49.013Z",
                     *             "deliveredAt": "2026-11-28T16:47:49.032Z",
                     *             "lastStatus": 200
                     *           },
                     *           {
                     *             "id": "01a2230e-4abd-70c9-b9a0-502f7e2bc824",
                     *             "tradeId": "01a222f1-e48b-721f-a42a-f344e1779e95",
                     *             "number": 8,
                     *             "state": "delivered",
                     *             "attempts": 1,
                     *             "createdAt": "2026-11-28T16:47:48.925Z",
                     *             "deliveredAt": "2026-11-28T16:47:48.948Z",
                     *             "lastStatus": 200
                     *           }
                     *         ],
                     *         "nextCursor": "WyIyMDI2LTExLTI4VDE2OjQ3OjQ4LjkyNVoiLCIwMWEyMjMwZS00YWJkLTcwYzktYjlhMC01MDJmN2UyYmM4MjQiXQ"
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
             *     `API_KEY_REVOKED` (1902): This API key was revoked.
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
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key lacks the scope that this route needs.
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
            /** @description `TRADE_NOT_FOUND` (21): No trade with this id or externalId. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route; wait as long as Retry-After says. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
                 * @example 01a2230e-4b15-7eaf-a4b7-aa3a3a78f5b2
                 */
                deliveryId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "78b48970-7e32-40ff-91c2-d7c2ea5f2afb",
                     *       "success": true,
                     *       "data": {
                     *         "id": "01a2230e-4b15-7eaf-a4b7-aa3a3a78f5b2",
                     *         "tradeId": "01a222f1-e5ff-7328-9884-70a218b112d8",
                     *         "number": 3,
                     *         "state": "delivered",
                     *         "attempts": 1,
                     *         "createdAt": "2026-11-28T16:47:49.013Z",
                     *         "deliveredAt": "2026-11-28T16:47:49.032Z",
                     *         "lastStatus": 200,
                     *         "body": "{\"trade\":{\"id\":\"01a222f1-e5ff-7328-9884-70a218b112d8\",\"type\":\"withdraw\",\"source\":\"client\",\"externalId\":\"basket-1\",\"externalClientUserId\":\"user-7\",\"merchantId\":\"01a222f1-e08a-71af-86e9-416ba43c4809\",\"clientUserId\":\"76561198000000001\",\"clientTradeUrl\":\"https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12\",\"clientSteamID\":\"76561198000000001\",\"status\":\"reverted\",\"game\":\"730\",\"items\":[{\"id\":\"000112f6-1cca-869a-8a21-7b21de09012e\",\"appid\":730,\"name\":\"AK-47 | Never Ships\",\"marketHashName\":\"AK-47 | Never Ships (Field-Tested)\",\"type\":\"Rifle\",\"iconUrl\":\"http://127.0.0.1:3001/icons/f63aca6b087b9a0f.svg\",\"exterior\":\"Field-Tested\",\"rarity\":\"Classified\",\"color\":\"#d32ce6\",\"wear\":\"0.191818\",\"paintSeed\":133,\"tradable\":true,\"amount\":1,\"status\":\"reverted\",\"offer\":{\"price\":15.49},\"cancellation\":{\"status\":\"settled\",\"since\":\"2026-11-28T16:47:49.010Z\"}}],\"totalPrice\":15.49,\"revertedBy\":\"supplier\",\"createdAt\":\"2026-11-28T16:16:48.127Z\",\"updatedAt\":\"2026-11-28T16:47:49.009Z\"}}",
                     *         "attemptDetails": [
                     *           {
                     *             "number": 1,
                     *             "at": "2026-11-28T16:47:49.032Z",
                     *             "durationMs": 7,
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
             *     `API_KEY_REVOKED` (1902): This API key was revoked.
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
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key lacks the scope that this route needs.
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
            /** @description `CALLBACK_NOT_FOUND` (1710): No callback with this id. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route; wait as long as Retry-After says. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
                 * @example 01a2230e-4b15-7eaf-a4b7-aa3a3a78f5b2
                 */
                deliveryId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "636c7ae1-f23d-40f8-976f-f34a37337402",
                     *       "success": true,
                     *       "data": {
                     *         "id": "01a2230e-4b15-7eaf-a4b7-aa3a3a78f5b2",
                     *         "tradeId": "01a222f1-e5ff-7328-9884-70a218b112d8",
                     *         "number": 3,
                     *         "state": "pending",
                     *         "attempts": 1,
                     *         "createdAt": "2026-11-28T16:47:49.013Z",
                     *         "nextAttemptAt": "2026-11-28T16:47:49.076Z",
                     *         "lastStatus": 200,
                     *         "body": "{\"trade\":{\"id\":\"01a222f1-e5ff-7328-9884-70a218b112d8\",\"type\":\"withdraw\",\"source\":\"client\",\"externalId\":\"basket-1\",\"externalClientUserId\":\"user-7\",\"merchantId\":\"01a222f1-e08a-71af-86e9-416ba43c4809\",\"clientUserId\":\"76561198000000001\",\"clientTradeUrl\":\"https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12\",\"clientSteamID\":\"76561198000000001\",\"status\":\"reverted\",\"game\":\"730\",\"items\":[{\"id\":\"000112f6-1cca-869a-8a21-7b21de09012e\",\"appid\":730,\"name\":\"AK-47 | Never Ships\",\"marketHashName\":\"AK-47 | Never Ships (Field-Tested)\",\"type\":\"Rifle\",\"iconUrl\":\"http://127.0.0.1:3001/icons/f63aca6b087b9a0f.svg\",\"exterior\":\"Field-Tested\",\"rarity\":\"Classified\",\"color\":\"#d32ce6\",\"wear\":\"0.191818\",\"paintSeed\":133,\"tradable\":true,\"amount\":1,\"status\":\"reverted\",\"offer\":{\"price\":15.49},\"cancellation\":{\"status\":\"settled\",\"since\":\"2026-11-28T16:47:49.010Z\"}}],\"totalPrice\":15.49,\"revertedBy\":\"supplier\",\"createdAt\":\"2026-11-28T16:16:48.127Z\",\"updatedAt\":\"2026-11-28T16:47:49.009Z\"}}",
                     *         "attemptDetails": [
                     *           {
                     *             "number": 1,
                     *             "at": "2026-11-28T16:47:49.032Z",
                     *             "durationMs": 7,
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
             *     `API_KEY_REVOKED` (1902): This API key was revoked.
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
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key lacks the scope that this route needs.
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
            /** @description `CALLBACK_NOT_FOUND` (1710): No callback with this id. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route; wait as long as Retry-After says. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
                 *       "from": "2026-11-28T16:47:49.013Z"
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
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "1d40ed08-1339-44d1-9dcb-c26facec3743",
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
             *     `API_KEY_REVOKED` (1902): This API key was revoked.
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
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key lacks the scope that this route needs.
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
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is larger than is accepted. */
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
            /** @description `RATE_LIMITED` (1005): Too many requests for this route; wait as long as Retry-After says. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "5fc1d833-522f-4b11-8e26-1387869b34d7",
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
             *     `API_KEY_REVOKED` (1902): This API key was revoked.
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
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key lacks the scope that this route needs.
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
            /** @description `RATE_LIMITED` (1005): Too many requests for this route; wait as long as Retry-After says. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "5a1fb4c3-8fcd-4aed-a723-edcac4b14162",
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
             *     `CALLBACK_URL_TEST_FAILED` (1704): The URL did not take the test message, and was not saved.
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
             *     `API_KEY_REVOKED` (1902): This API key was revoked.
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
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key lacks the scope that this route needs.
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
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is larger than is accepted. */
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
            /** @description `RATE_LIMITED` (1005): Too many requests for this route; wait as long as Retry-After says. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "ef637633-ce53-4455-950b-7ee5a4ff73a1",
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
             *     `API_KEY_REVOKED` (1902): This API key was revoked.
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
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key lacks the scope that this route needs.
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
            /** @description `RATE_LIMITED` (1005): Too many requests for this route; wait as long as Retry-After says. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
                 * @description A client whose usage is shown as well
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
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "2ca08c27-7a29-4788-beee-7ce0300022d1",
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
                     *         "dayEndsAt": "2026-11-29T00:00:00.000Z"
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
             *     `API_KEY_REVOKED` (1902): This API key was revoked.
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
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key lacks the scope that this route needs.
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
            /** @description `RATE_LIMITED` (1005): Too many requests for this route; wait as long as Retry-After says. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
                        /** @description Declined offers a day (UTC); once there are so many, nothing more is withdrawn on it */
                        declinesPerDay?: number | null;
                        /** @description Dollars for items under way */
                        inFlight?: number | null;
                        /** @description Dollars for the withdrawals of a day (UTC), less what comes back of them */
                        perDay?: number | null;
                        /** @description Requests a minute over all routes of clients, beside the limit of each route */
                        requestsPerMinute?: number | null;
                        /** @description Withdrawals a day (UTC) */
                        withdrawalsPerDay?: number | null;
                    };
                    each?: {
                        /** @description Declined offers a day (UTC); once there are so many, nothing more is withdrawn on it */
                        declinesPerDay?: number | null;
                        /** @description Dollars for items under way */
                        inFlight?: number | null;
                        /** @description Dollars for the withdrawals of a day (UTC), less what comes back of them */
                        perDay?: number | null;
                        /** @description Requests a minute over all routes of clients, beside the limit of each route */
                        requestsPerMinute?: number | null;
                        /** @description Withdrawals a day (UTC) */
                        withdrawalsPerDay?: number | null;
                    };
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "7fa49df8-4bc0-4fbd-94c6-70a1b0032692",
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
                     *         "dayEndsAt": "2026-11-29T00:00:00.000Z"
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
             *     `API_KEY_REVOKED` (1902): This API key was revoked.
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
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key lacks the scope that this route needs.
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
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is larger than is accepted. */
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
            /** @description `RATE_LIMITED` (1005): Too many requests for this route; wait as long as Retry-After says. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
                 * @description How many entries a page has at most
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
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "e8e92177-844b-4899-9ef2-eaf7400a8c3a",
                     *       "success": true,
                     *       "data": {
                     *         "items": [
                     *           {
                     *             "cursor": "cG9zaXRpb24gMQ",
                     *             "id": "01a222f1-e4bd-733f-b439-d7191941e38e",
                     *             "trade": {
                     *               "id": "01a222f1-e449-7a83-ab88-ac3ec134a00b",
                     *               "type": "withdraw",
                     *               "source": "self",
                     *               "externalId": "order-1",
                     *               "merchantId": "01a222f1-e08a-71af-86e9-416ba43c4809",
                     *               "clientUserId": "76561198000000001",
                     *               "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                     *               "clientSteamID": "76561198000000001",
                     *               "status": "pending",
                     *               "game": "730",
                     *               "items": [
                     *                 {
                     *                   "id": "00014fab-1c76-8b5b-8a21-7b21de09012d",
                     *                   "externalId": "line-1",
                     *                   "appid": 730,
                     *                   "name": "AK-47 | Never Ships",
                     *                   "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                     *                   "type": "Rifle",
                     *                   "iconUrl": "http://127.0.0.1:3001/icons/f63aca6b087b9a0f.svg",
                     *                   "exterior": "Field-Tested",
                     *                   "rarity": "Classified",
                     *                   "color": "#d32ce6",
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
                     *               "createdAt": "2026-11-28T16:16:47.690Z",
                     *               "updatedAt": "2026-11-28T16:16:47.802Z"
                     *             },
                     *             "createdAt": "2026-11-28T16:16:47.805Z"
                     *           },
                     *           {
                     *             "cursor": "cG9zaXRpb24gMg",
                     *             "id": "01a222f1-e545-72d2-a132-83bdab379fa7",
                     *             "trade": {
                     *               "id": "01a222f1-e48b-721f-a42a-f344e1779e95",
                     *               "type": "withdraw",
                     *               "source": "self",
                     *               "externalId": "quick-1",
                     *               "merchantId": "01a222f1-e08a-71af-86e9-416ba43c4809",
                     *               "clientUserId": "76561198000000001",
                     *               "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                     *               "clientSteamID": "76561198000000001",
                     *               "status": "pending",
                     *               "game": "730",
                     *               "items": [],
                     *               "totalPrice": 32,
                     *               "createdAt": "2026-11-28T16:16:47.755Z",
                     *               "updatedAt": "2026-11-28T16:16:47.938Z"
                     *             },
                     *             "createdAt": "2026-11-28T16:16:47.941Z"
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
             *     `API_KEY_REVOKED` (1902): This API key was revoked.
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
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key lacks the scope that this route needs.
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
            /** @description `RATE_LIMITED` (1005): Too many requests for this route; wait as long as Retry-After says. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
                /** @description Made then or earlier */
                endDate?: string | null | "null";
                /**
                 * @description How many entries a page has at most
                 * @example 2
                 */
                limit?: number;
                /** @description How many entries to leave out */
                offset?: number | null | "null";
                /** @description Made then or later */
                startDate?: string | null | "null";
                /** @description With any of these, nothing is found */
                status?: "INITIATED" | "PENDING" | "PENDING_ADMIN" | "APPROVED" | "REJECTED" | "COMPLETED" | "FAILED" | "CANCELLED" | "REFUNDED" | "EXPIRED";
                /** @description With any of these, nothing is found */
                type?: "DEPOSIT" | "WITHDRAWAL" | "REFUND" | "INTERNAL_TRANSFER";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "33e7ee69-f46a-4899-89c7-1e39410ed2f2",
                     *       "success": true,
                     *       "data": {
                     *         "items": [
                     *           {
                     *             "id": "abd9c7d0-e318-8be1-a01e-9b81bc580773",
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
                     *               "created": "2026-11-28T16:16:46.735Z",
                     *               "completed": "2026-11-28T16:16:46.735Z",
                     *               "updated": "2026-11-28T16:16:46.735Z"
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
             *     `API_KEY_REVOKED` (1902): This API key was revoked.
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
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key lacks the scope that this route needs.
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
            /** @description `RATE_LIMITED` (1005): Too many requests for this route; wait as long as Retry-After says. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
            /** @description Done */
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
             *     `API_KEY_REVOKED` (1902): This API key was revoked.
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
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key lacks the scope that this route needs.
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
            /** @description `RATE_LIMITED` (1005): Too many requests for this route; wait as long as Retry-After says. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "e7d31c34-04e5-49ba-870e-3095b0f5d8f9",
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
             *     `API_KEY_REVOKED` (1902): This API key was revoked.
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
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key lacks the scope that this route needs.
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
            /** @description `RATE_LIMITED` (1005): Too many requests for this route; wait as long as Retry-After says. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
                /** @description Where to go on: `nextCursor` of the page before. Left out: from the start */
                cursor?: string;
                /** @description Only of this kind */
                kind?: "credit" | "debit" | "reserve" | "release" | "capture" | "refund" | "penalty";
                /**
                 * @description How many entries a page has at most
                 * @example 2
                 */
                limit?: number;
                /** @description Of this trade only: its id, or the externalId you gave it */
                tradeId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "197c4546-3493-4940-8222-5ad6abda0228",
                     *       "success": true,
                     *       "data": {
                     *         "items": [
                     *           {
                     *             "id": "fad0e14f-bac8-8929-8027-423f88acf961",
                     *             "kind": "refund",
                     *             "at": "2026-11-28T16:47:48.921Z",
                     *             "amount": 15.49,
                     *             "available": 15.49,
                     *             "locked": -15.49,
                     *             "tradeId": "01a222f1-e48b-721f-a42a-f344e1779e95",
                     *             "tradeExternalId": "quick-1",
                     *             "itemId": "000112f6-1cca-869a-8a21-7b21de09012e"
                     *           },
                     *           {
                     *             "id": "f5f7ba4f-9262-86f4-8509-8aaaf59e98c6",
                     *             "kind": "refund",
                     *             "at": "2026-11-28T16:47:48.861Z",
                     *             "amount": 15.48,
                     *             "available": 15.48,
                     *             "locked": -15.48,
                     *             "tradeId": "01a222f1-e48b-721f-a42a-f344e1779e95",
                     *             "tradeExternalId": "quick-1",
                     *             "itemId": "00014fab-1c76-8b5b-8a21-7b21de09012d"
                     *           }
                     *         ],
                     *         "nextCursor": "WyIyMDI2LTExLTI4VDE2OjQ3OjQ4Ljg2MVoiLCJmNWY3YmE0Zi05MjYyLTg2ZjQtODUwOS04YWFhZjU5ZTk4YzYiXQ"
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
             *     `API_KEY_REVOKED` (1902): This API key was revoked.
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
             * @description `API_KEY_IP_DENIED` (1904): This API key may not be used from this address.
             *
             *     `ACCOUNT_DISABLED` (1301): This merchant account is disabled.
             *
             *     `INSUFFICIENT_SCOPE` (1903): This API key lacks the scope that this route needs.
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
            /** @description `TRADE_NOT_FOUND` (21): No trade with this id or externalId. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route; wait as long as Retry-After says. */
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
            /** @description `SERVER_ERROR` (1006): Something went wrong here. Quote the requestId to support. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): No clear answer could be had right now. */
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
                 *         "id": "01a222f1-e449-7a83-ab88-ac3ec134a00b",
                 *         "type": "withdraw",
                 *         "source": "self",
                 *         "externalId": "order-1",
                 *         "merchantId": "01a222f1-e08a-71af-86e9-416ba43c4809",
                 *         "clientUserId": "76561198000000001",
                 *         "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                 *         "clientSteamID": "76561198000000001",
                 *         "status": "initiated",
                 *         "game": "730",
                 *         "items": [
                 *           {
                 *             "id": "00014fab-1c76-8b5b-8a21-7b21de09012d",
                 *             "externalId": "line-1",
                 *             "appid": 730,
                 *             "name": "AK-47 | Never Ships",
                 *             "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                 *             "type": "Rifle",
                 *             "iconUrl": "http://127.0.0.1:3001/icons/f63aca6b087b9a0f.svg",
                 *             "exterior": "Field-Tested",
                 *             "rarity": "Classified",
                 *             "color": "#d32ce6",
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
                 *         "createdAt": "2026-11-28T16:16:47.690Z",
                 *         "updatedAt": "2026-11-28T16:16:47.690Z"
                 *       }
                 *     }
                 */
                "application/json": {
                    trade: components["schemas"]["Trade"];
                };
            };
        };
        responses: {
            /** @description Yes, unless the body says `{"action": "reject"}`. A 4xx other than 408 and 429 is a no as well; anything else is asked again. */
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
                 *       "timestamp": "2026-11-28T16:47:49.164Z",
                 *       "message": "A test of your callback URL. Answer with 2xx to have it saved."
                 *     }
                 */
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description The URL works, and is saved. */
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
                 *         "id": "01a222f1-e449-7a83-ab88-ac3ec134a00b",
                 *         "type": "withdraw",
                 *         "source": "self",
                 *         "externalId": "order-1",
                 *         "merchantId": "01a222f1-e08a-71af-86e9-416ba43c4809",
                 *         "clientUserId": "76561198000000001",
                 *         "clientTradeUrl": "https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12",
                 *         "clientSteamID": "76561198000000001",
                 *         "status": "pending",
                 *         "game": "730",
                 *         "items": [
                 *           {
                 *             "id": "00014fab-1c76-8b5b-8a21-7b21de09012d",
                 *             "externalId": "line-1",
                 *             "appid": 730,
                 *             "name": "AK-47 | Never Ships",
                 *             "marketHashName": "AK-47 | Never Ships (Field-Tested)",
                 *             "type": "Rifle",
                 *             "iconUrl": "http://127.0.0.1:3001/icons/f63aca6b087b9a0f.svg",
                 *             "exterior": "Field-Tested",
                 *             "rarity": "Classified",
                 *             "color": "#d32ce6",
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
                 *         "createdAt": "2026-11-28T16:16:47.690Z",
                 *         "updatedAt": "2026-11-28T16:16:47.802Z"
                 *       }
                 *     }
                 */
                "application/json": {
                    trade: components["schemas"]["Trade"];
                };
            };
        };
        responses: {
            /** @description Taken. You have 15 seconds. 410 switches your callbacks off; anything else is tried again. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
