// Made by `npm run console:types` from the gateway's OpenAPI document. Do not edit.

export interface paths {
    "/operator/v1/activity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Each of the last hours */
        get: operations["getActivity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was changed, by whom, newest first */
        get: operations["getAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/audit.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was changed, by whom, as a file for spreadsheets, newest first
         * @description All commands that match, each in a row with one cell for its changes, as JSON. A text that a spreadsheet would run as a formula has an apostrophe before it.
         */
        get: operations["getAuditCsv"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check that no entry of the trail was changed, removed or put in between
         * @description Reads the whole trail.
         */
        get: operations["getAuditVerify"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/callbacks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Callbacks, newest first
         * @description Without `merchantId` or `tradeId` staff get those of all merchants, for which up to a page of each merchant is read.
         */
        get: operations["getCallbacks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/callbacks.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Callbacks as a file for spreadsheets, newest first
         * @description All that match. Members have no columns for the merchant. A text that a spreadsheet would run as a formula has an apostrophe before it.
         */
        get: operations["getCallbacksCsv"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/callbacks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One callback, with its body and every attempt */
        get: operations["getCallbacksById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/callbacks/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send one callback again, whatever its state
         * @description The same body under the same id. While the merchant’s callbacks are off it waits with the others.
         */
        post: operations["postCallbacksByIdReplay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Server-sent events when trades have changed
         * @description An event `changed` without data, at most one in a second: ask again for what you show. It comes for what the answering node does; with several nodes ask from time to time as well. The stream ends after a minute, and a browser opens the next one by itself.
         */
        get: operations["getChanges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/dual-control": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Above which amount a credit or debit needs a second person */
        get: operations["getDualControl"];
        /**
         * Change above which amount a second person is needed
         * @description A lower one counts at once. To raise or lift it needs a second person too.
         */
        put: operations["putDualControl"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/freezes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The freezes in force, oldest first, and the items that wait */
        get: operations["getFreezes"];
        put?: never;
        /**
         * Stop buying
         * @description No further purchase is sent within the scope on any node. Items that are already bought continue. Freezing again changes nothing.
         */
        post: operations["postFreezes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/freezes/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lift a freeze
         * @description Buying continues, and with it the items that wait.
         */
        post: operations["postFreezesRemove"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/funding-requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What waits for a second person, newest first */
        get: operations["getFundingRequests"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/funding-requests/{requestId}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Approve and book what another person has asked for */
        post: operations["postFundingRequestsByRequestIdApprove"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/funding-requests/{requestId}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Reject what someone has asked for */
        post: operations["postFundingRequestsByRequestIdReject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/keys/{keyId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Change from which addresses a key may be used */
        put: operations["putKeysByKeyId"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/keys/{keyId}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revoke a key
         * @description All nodes refuse it within 5 seconds. A revoked one stays as it is.
         */
        post: operations["postKeysByKeyIdRevoke"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/keys/{keyId}/roll": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replace a key
         * @description Makes one with the same permissions. The old one ends after the overlap.
         */
        post: operations["postKeysByKeyIdRoll"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/links/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What a link is for
         * @description It stays unused.
         */
        post: operations["postLinksRead"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/links/use": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Use a link
         * @description An invitation or reset needs a new `password`. It signs in, but for a person with a second factor, who signs in with it afterwards.
         */
        post: operations["postLinksUse"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/market": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is on sale, by name and price
         * @description CS2: the cheapest listing of each item. Rust: each listing. Prices are those of the merchant, with its fee. Staff who name no merchant see all accounts, and prices without a fee.
         */
        get: operations["getMarket"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/market/listings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The listings of an item, cheapest first
         * @description Prices are those of the merchant, with its fee. Staff who name no merchant see all accounts, and prices without a fee. Staff also see what is on sale and not offered, and a listing once for each account that sells it.
         */
        get: operations["getMarketListings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/marketplace-outcomes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What became of the newest purchases, by marketplace
         * @description Of the purchases of the newest 2,000 trades in the last hours.
         */
        get: operations["getMarketplaceOutcomes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/marketplaces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The accounts at marketplaces, by id */
        get: operations["getMarketplaces"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/marketplaces/{marketplaceId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One account, with its settings and the differences to the marketplace’s own list of orders
         * @description Secrets are never shown. REFUSED when there is no such account.
         */
        get: operations["getMarketplacesByMarketplaceId"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/marketplaces/{marketplaceId}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Buy nothing with an account
         * @description Its open orders are still looked up and cancelled. Pausing again changes nothing.
         */
        post: operations["postMarketplacesByMarketplaceIdPause"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/marketplaces/{marketplaceId}/policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change the markup or the preference of an account
         * @description What is left out stays as it is. All nodes follow within a second.
         */
        put: operations["putMarketplacesByMarketplaceIdPolicy"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/marketplaces/{marketplaceId}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Buy again with an account
         * @description Ends a pause, and offers its listings again if failed purchases had stopped that. REFUSED when there was neither.
         */
        post: operations["postMarketplacesByMarketplaceIdResume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/merchants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Merchants, newest first */
        get: operations["getMerchants"];
        put?: never;
        /** Make a merchant */
        post: operations["postMerchants"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/merchants/{merchantId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A merchant */
        get: operations["getMerchantsByMerchantId"];
        /**
         * Change what the operator decides about a merchant
         * @description All given fields or none. Effective on every node within 5 seconds.
         */
        put: operations["putMerchantsByMerchantId"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/merchants/{merchantId}/callback-url": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set where a merchant’s callbacks go
         * @description Sends a test message there, and saves the URL when that is answered with 2xx within 8 seconds. Callbacks that were switched off are on again then.
         */
        put: operations["putMerchantsByMerchantIdCallbackUrl"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/merchants/{merchantId}/callbacks/enable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send callbacks again after they were switched off
         * @description With all that waited, in order. Changes nothing while they are on.
         */
        post: operations["postMerchantsByMerchantIdCallbacksEnable"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/merchants/{merchantId}/callbacks/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send again the failed callbacks of a time */
        post: operations["postMerchantsByMerchantIdCallbacksReplay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/merchants/{merchantId}/callbacks/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try whether the merchant’s server verifies signatures
         * @description Sends its URL a test message with a valid signature and, if that is answered with 2xx, the same with a wrong one. Nothing is recorded, and a URL that is switched off stays so.
         */
        post: operations["postMerchantsByMerchantIdCallbacksTest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/merchants/{merchantId}/callbacks/verify-signature": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Whether a signature over a body is right, and if not, why
         * @description Compares with the secrets that sign the merchant’s callbacks now. Nothing is stored or sent.
         */
        post: operations["postMerchantsByMerchantIdCallbacksVerifySignature"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/merchants/{merchantId}/entries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The movements of a merchant’s money, newest first
         * @description Staff see the movements between all accounts of the ledger. Members see those of the wallet, as their own code does: a price is one movement.
         */
        get: operations["getMerchantsByMerchantIdEntries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/merchants/{merchantId}/entries.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The same movements as a file for spreadsheets
         * @description All of them. A text that a spreadsheet would run as a formula has an apostrophe before it.
         */
        get: operations["getMerchantsByMerchantIdEntriesCsv"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/merchants/{merchantId}/funding": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Credit or debit a wallet
         * @description Above the limit of dual control it is only asked for, and a second person approves or rejects it.
         */
        post: operations["postMerchantsByMerchantIdFunding"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/merchants/{merchantId}/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A merchant’s keys, newest first */
        get: operations["getMerchantsByMerchantIdKeys"];
        put?: never;
        /** Make a key */
        post: operations["postMerchantsByMerchantIdKeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/merchants/{merchantId}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The members of a merchant, by e-mail address */
        get: operations["getMerchantsByMerchantIdMembers"];
        put?: never;
        /** Invite a member of a merchant */
        post: operations["postMerchantsByMerchantIdMembers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/merchants/{merchantId}/members/{personId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change a member’s role, or disable or enable the member
         * @description Signs the person out everywhere. The last one who can manage the others stays as they are.
         */
        put: operations["putMerchantsByMerchantIdMembersByPersonId"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/merchants/{merchantId}/members/{personId}/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a link with which a member sets a new password
         * @description Signs the person out everywhere.
         */
        post: operations["postMerchantsByMerchantIdMembersByPersonIdReset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/merchants/{merchantId}/origins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The origins whose pages may call the client routes */
        get: operations["getMerchantsByMerchantIdOrigins"];
        /** Replace the origins whose pages may call the client routes */
        put: operations["putMerchantsByMerchantIdOrigins"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/merchants/{merchantId}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replace a merchant’s API secret
         * @description Callbacks are signed with it. The old one goes on signing for a grace period.
         */
        post: operations["postMerchantsByMerchantIdRotateSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/merchants/{merchantId}/wallet": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A merchant’s balances */
        get: operations["getMerchantsByMerchantIdWallet"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Money and what needs a person */
        get: operations["getOverview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/passkeys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Your passkeys, in the order in which they were added */
        get: operations["getPasskeys"];
        put?: never;
        /** Add a passkey */
        post: operations["postPasskeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/passkeys/{passkeyId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Rename a passkey */
        put: operations["putPasskeysByPasskeyId"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/passkeys/{passkeyId}/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Remove a passkey
         * @description It signs nobody in any more. Sessions that were begun with it go on.
         */
        post: operations["postPasskeysByPasskeyIdRemove"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/passkeys/begin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin to add a passkey
         * @description Give the answer to `navigator.credentials.create`. It can be answered once, within five minutes, in this session.
         */
        post: operations["postPasskeysBegin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change your password
         * @description Ends all of your sessions, and starts a new one here.
         */
        put: operations["putPassword"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in */
        get: operations["getSession"];
        put?: never;
        /**
         * Sign in
         * @description Answers with a cookie. With a second factor the first answer is SECOND_FACTOR_REQUIRED: send `code` too.
         */
        post: operations["postSession"];
        /** Sign out */
        delete: operations["deleteSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/session/passkey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in with a passkey
         * @description Answers with a cookie. A passkey is both factors, so that no code is asked for.
         */
        post: operations["postSessionPasskey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/session/passkey/begin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin to sign in with a passkey
         * @description Give the answer to `navigator.credentials.get`. It can be answered once, within five minutes.
         */
        post: operations["postSessionPasskeyBegin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where you are signed in */
        get: operations["getSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/sessions/{sessionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Sign out elsewhere */
        delete: operations["deleteSessionsBySessionId"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The settings of the node that answers, and where each value comes from */
        get: operations["getSettings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/staff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Staff, by e-mail address */
        get: operations["getStaff"];
        put?: never;
        /** Invite someone to the staff */
        post: operations["postStaff"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/staff/{personId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change the role of one of the staff, or disable or enable them
         * @description Signs the person out everywhere. The last one who can manage the others stays as they are.
         */
        put: operations["putStaffByPersonId"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/staff/{personId}/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a link with which one of the staff sets a new password
         * @description Signs the person out everywhere.
         */
        post: operations["postStaffByPersonIdReset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Confirm the second factor */
        put: operations["putTotp"];
        /**
         * Begin to set up a second factor
         * @description It counts once `PUT /operator/v1/totp` has got a first code.
         */
        post: operations["postTotp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/totp/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Remove the second factor */
        post: operations["postTotpRemove"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/trades": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Trades, newest first
         * @description A page with `status` can be short, and still have a next one: a request reads a limited number of trades.
         */
        get: operations["getTrades"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/trades.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Trades as a file for spreadsheets, newest first
         * @description All that match. Members have no columns for the merchant. A text that a spreadsheet would run as a formula has an apostrophe before it.
         */
        get: operations["getTradesCsv"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/trades/{tradeId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A trade with everything that happened to it */
        get: operations["getTradesByTradeId"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/trades/{tradeId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What cancelling its items now would do */
        get: operations["getTradesByTradeIdCancel"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/trades/{tradeId}/items/{itemId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel an item
         * @description `canceled`: no marketplace was asked to sell it, and its money is released. `requested`: the marketplace is asked; the refund comes when it confirms.
         */
        post: operations["postTradesByTradeIdItemsByItemIdCancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/unknown": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Purchases and cancellations whose outcome is unknown, oldest first */
        get: operations["getUnknown"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/unknown/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One whose outcome is unknown
         * @description REFUSED once its outcome is known: the trade then shows it.
         */
        get: operations["getUnknownById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/unknown/{id}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End a purchase that its marketplace never made
         * @description For a person who knows it from the marketplace’s own pages or people: the item fails, and its money is released. REFUSED while a call may still arrive, which is an hour after the last one, and for cancellations.
         */
        post: operations["postUnknownByIdEnd"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/unknown/{id}/push": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Retry one now
         * @description Makes it due, so that a worker retries it within seconds. A retry never buys twice, and several pushes make one call at a time.
         */
        post: operations["postUnknownByIdPush"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the books were right at the last check
         * @description Reads the result of the last completed run on any node; it starts none.
         */
        get: operations["getVerify"];
        put?: never;
        post?: never;
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
        AuditCommand: {
            changes: {
                after: unknown;
                /** @description null: there was none */
                before: unknown;
                /** @description Amounts end with `_mills`: thousandths of a dollar, as text */
                field: string;
                /** @description What was changed, such as `merchant ` and its id */
                of: string;
            }[];
            command: string;
            endedAt: string | null;
            /** Format: uuid */
            id: string;
            /** @description `operator:<name>` at the command line; `staff:` or `member:` and an address */
            operator: string;
            origin: string | null;
            outcome: string | null;
            /** Format: date-time */
            startedAt: string;
        };
        AuditCommandPage: {
            items: components["schemas"]["AuditCommand"][];
            nextCursor: string | null;
        };
        AuditFinding: {
            /** @description Of that entry. Note both where nobody who can write to the database can write */
            digest: string;
            fault: string | null;
            hasExpected: boolean | null;
            isWhole: boolean;
            /** @description Of the last entry that was checked */
            number: number;
        };
        CallbackEntry: {
            /** @description How often it was sent until now, one that is under way included */
            attempts: number;
            /**
             * Format: date-time
             * @description When the step of the trade happened
             */
            createdAt: string;
            deliveredAt: string | null;
            dueAt: string | null;
            /**
             * Format: uuid
             * @description As in the signature; the same over all attempts
             */
            id: string;
            lastFailure: string | null;
            lastStatus: number | null;
            merchant: {
                /** Format: uuid */
                id: string;
                name: string;
            };
            /** @description Grows with each callback of a trade; they are sent in this order */
            number: number;
            /** @enum {unknown} */
            state: "pending" | "delivered" | "failed";
            /** Format: uuid */
            tradeId: string;
        };
        CallbackEntryDetails: {
            /** @description The newest 200 attempts that have ended, oldest first */
            attemptDetails: {
                /** Format: date-time */
                at: string;
                durationMs: number;
                failure: string | null;
                number: number;
                response: string | null;
                status: number | null;
            }[];
            /** @description How often it was sent until now, one that is under way included */
            attempts: number;
            body: string | null;
            /**
             * Format: date-time
             * @description When the step of the trade happened
             */
            createdAt: string;
            deliveredAt: string | null;
            dueAt: string | null;
            /**
             * Format: uuid
             * @description As in the signature; the same over all attempts
             */
            id: string;
            /** Format: uuid */
            merchantId: string;
            /** @description Grows with each callback of a trade; they are sent in this order */
            number: number;
            /** @enum {unknown} */
            state: "pending" | "delivered" | "failed";
            /** Format: uuid */
            tradeId: string;
        };
        CallbackEntryPage: {
            items: components["schemas"]["CallbackEntry"][];
            nextCursor: string | null;
        };
        CallbackSwitch: {
            disabledAt: string | null;
            disabledReason: string | null;
            /** @description Whether callbacks are sent: there is a URL, and it is not switched off */
            isOn: boolean;
            url: string | null;
        };
        CancelPreview: {
            /** @description What cancelling the item now would do, for people */
            effect: string;
            /** Format: uuid */
            itemId: string;
            /** @enum {unknown} */
            outcome: "canceled" | "requested" | "requested before" | "cannot be cancelled" | "over";
        };
        DualControl: {
            /** @description null: one person is enough for any amount */
            above: string | null;
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
        Freeze: {
            actor: string;
            /**
             * Format: date-time
             * @description When items that wait because of it begin to be cancelled, unless it is lifted before
             */
            cancelledFrom: string;
            reason: string;
            /** @enum {unknown} */
            scope: "all" | "merchant" | "supplier";
            /** Format: date-time */
            since: string;
            target: string | null;
        };
        FreezeEntry: {
            actor: string;
            /**
             * Format: date-time
             * @description When items that wait because of it begin to be cancelled, unless it is lifted before
             */
            cancelledFrom: string;
            /** @example 12.345 */
            locked: string;
            /** @description Of what is frozen, for people */
            name: string;
            reason: string;
            /** @enum {unknown} */
            scope: "all" | "merchant" | "supplier";
            /** Format: date-time */
            since: string;
            target: string | null;
            /** @description Items that wait because of it, or of another freeze as well */
            waitingItems: number;
        };
        Funded: {
            /** @example 12.345 */
            available: string;
            /** @example 12.345 */
            locked: string;
            /**
             * @description `already_booked`: under this reference, earlier; nothing was changed. `waiting`: nothing is booked before a second person approves `request`. A request that was made earlier under the same reference can be decided by now.
             * @enum {unknown}
             */
            outcome: "booked" | "already_booked" | "waiting";
            request: components["schemas"]["FundingRequest"] | null;
        };
        FundingRequest: {
            /** @description null: no limit */
            amount: string | null;
            decidedAt: string | null;
            decidedBy: string | null;
            /** Format: uuid */
            id: string;
            /**
             * @description `limit`: to raise or lift the limit itself
             * @enum {unknown}
             */
            kind: "credit" | "debit" | "limit";
            merchant: {
                /** Format: uuid */
                id: string;
                name: string;
            } | null;
            reason: string;
            reference: string | null;
            /** Format: date-time */
            requestedAt: string;
            requestedBy: string;
            /** @enum {unknown} */
            state: "waiting" | "approved" | "rejected";
        };
        FundingRequestPage: {
            items: components["schemas"]["FundingRequest"][];
            nextCursor: string | null;
        };
        HourOfActivity: {
            cancellations: number;
            /** @example 12.345 */
            captured: string;
            /** Format: date-time */
            from: string;
            /** @example 12.345 */
            refunded: string;
            /** @example 12.345 */
            reserved: string;
            trades: number;
        };
        InvitedPerson: {
            /** Format: date-time */
            expiresAt: string;
            /** @description To be used once, by the person alone. Shown once */
            link: string;
            person: components["schemas"]["Person"];
        };
        Key: {
            /** @description Addresses or CIDR ranges; empty: usable from anywhere */
            allowedIps: string[];
            /** Format: date-time */
            createdAt: string;
            expiresAt: string | null;
            /** Format: uuid */
            id: string;
            /** @description The last four characters of the key, by which people know it */
            lastFour: string;
            lastUsedAt: string | null;
            /** Format: uuid */
            merchantId: string;
            revokedAt: string | null;
            scopes: string[];
        };
        KeyPage: {
            items: components["schemas"]["Key"][];
            nextCursor: string | null;
        };
        MarketListing: {
            delivery: ("standard" | "instant") | null;
            exterior: string | null;
            /** @description Listing id, for `/secure/buy` */
            id: string;
            /** @description Catalogue id, for all listings of the item */
            itemId: string;
            marketHashName: string;
            phase: string | null;
            /** @example 12.345 */
            price: string;
            source: {
                /** @example 12.345 */
                cost: string;
                /** @description The account with which it is bought */
                marketplace: string;
                markupBps: number;
            } | null;
            wear: string | null;
            withheldBecause: ("purchases-fail" | "balance" | "limit") | null;
        };
        MarketListings: {
            /** @description The number of all matching rows, on all pages */
            count: number;
            items: components["schemas"]["MarketListing"][];
        };
        Marketplace: {
            createdAt: string | null;
            games: string[];
            health: {
                balance: string | null;
                balanceAt: string | null;
                /**
                 * @description `open`: its listings are not offered, because purchases failed; `trial`: the next purchase decides
                 * @enum {unknown}
                 */
                circuit: "closed" | "open" | "trial";
                /** @description Failed purchases since the last one that worked */
                failures: number;
                openedAt: string | null;
                reason: string | null;
                retryAt: string | null;
            };
            /** @description Of the account, as purchases have it */
            id: string;
            /** @description Whether this node knows it; else it must be restarted to buy with it */
            isInUse: boolean;
            kind: string | null;
            limit: {
                /** @example 12.345 */
                dayMax: string;
                /** @example 12.345 */
                spent: string;
            } | null;
            pause: components["schemas"]["Freeze"] | null;
            policies: components["schemas"]["MarketplacePolicy"][];
            reconciliation: {
                cause: string | null;
                /** @description How many differences of each kind */
                counts: {
                    [key: string]: number;
                };
                differences: number;
                endedAt: string | null;
                reconciledAt: string | null;
                reconciledTo: string | null;
            } | null;
            updatedAt: string | null;
        };
        MarketplaceDetails: {
            access: {
                merchants: {
                    /** @enum {unknown} */
                    access: "allowed" | "denied";
                    /** Format: uuid */
                    id: string;
                    name: string;
                }[];
                /**
                 * @description The rule for all merchants that are not named
                 * @enum {unknown}
                 */
                others: "allowed" | "denied";
            };
            createdAt: string | null;
            /** @description That the last runs have found, at most 1000 */
            differences: {
                /** @description What to do */
                advice: string;
                itemId: string | null;
                /** @enum {unknown} */
                kind: "unknown_order" | "second_order" | "missing_order" | "outcome_open" | "refused_here" | "price" | "refund_missing" | "refund_not_recorded" | "refund_unclear" | "fee" | "unreadable";
                meaning: string;
                orderId: string | null;
                reference: string | null;
                tradeId: string | null;
            }[];
            games: string[];
            health: {
                balance: string | null;
                balanceAt: string | null;
                /**
                 * @description `open`: its listings are not offered, because purchases failed; `trial`: the next purchase decides
                 * @enum {unknown}
                 */
                circuit: "closed" | "open" | "trial";
                /** @description Failed purchases since the last one that worked */
                failures: number;
                openedAt: string | null;
                reason: string | null;
                retryAt: string | null;
            };
            /** @description Of the account, as purchases have it */
            id: string;
            /** @description Whether this node knows it; else it must be restarted to buy with it */
            isInUse: boolean;
            kind: string | null;
            limit: {
                /** @example 12.345 */
                dayMax: string;
                /** @example 12.345 */
                spent: string;
            } | null;
            /** @description What is not over yet */
            open: {
                approvals: number;
                cancellations: number;
                purchases: number;
            };
            pause: components["schemas"]["Freeze"] | null;
            policies: components["schemas"]["MarketplacePolicy"][];
            reconciliation: {
                cause: string | null;
                /** @description How many differences of each kind */
                counts: {
                    [key: string]: number;
                };
                differences: number;
                endedAt: string | null;
                reconciledAt: string | null;
                reconciledTo: string | null;
            } | null;
            settings: {
                isDefault: boolean;
                name: string;
                value: string | null;
            }[] | null;
            updatedAt: string | null;
        };
        MarketplaceOutcomes: {
            bought: number;
            delivered: number;
            deliveredAfterMs: number | null;
            purchases: number;
            refunded: number;
            refundedAfterMs: number | null;
            refused: number;
            supplier: string;
            unknown: number;
        };
        MarketplacePolicy: {
            /** @enum {unknown} */
            game: "730" | "252490";
            /** @description Added to the marketplace’s prices, in hundredths of a percent */
            markupBps: number;
            /** @description Where prices are equal, the account with the lower number is used */
            preference: number;
        };
        Me: {
            email: string;
            hasSecondFactor: boolean;
            /** Format: uuid */
            id: string;
            /** @description Whether nothing here is real */
            isSandbox: boolean;
            /** @description null: the person belongs to the operator’s staff */
            merchant: {
                /** Format: uuid */
                id: string;
                name: string;
            } | null;
            name: string;
            /**
             * Format: date-time
             * @description The time of the gateway, which in a sandbox can be moved
             */
            now: string;
            permissions: string[];
            role: string;
        };
        MerchantDetails: {
            /** @example 12.345 */
            available: string;
            callbacksFailingSince: string | null;
            callbacksOffReason: string | null;
            callbacksOffSince: string | null;
            callbackUrl: string | null;
            /** Format: date-time */
            createdAt: string;
            disabledAt: string | null;
            /** @description On top of the marketplaces’ prices, in hundredths of a percent */
            feeBps: number;
            /** @description Whether callbacks can be signed */
            hasApiSecret: boolean;
            /** @description Whether client tokens have a secret of their own */
            hasTokenSecret: boolean;
            /** Format: uuid */
            id: string;
            limits: {
                /** @description Whether it was set for this merchant; otherwise it is the default */
                isOwn: boolean;
                /** @description Requests */
                max: number;
                /** @enum {unknown} */
                per: "minute" | "hour";
                /** @enum {unknown} */
                route: "item-cancel" | "buy" | "buy-quick" | "trades" | "check-tradeurl" | "prices" | "market" | "market-item" | "trade-cancel" | "balance" | "wallet-entries" | "ledger" | "callback-url" | "callbacks" | "callback-replay" | "events" | "clients-limits" | "client-token" | "client-withdraw" | "client-withdraw-quick" | "client-item-cancel" | "client-trade-cancel" | "client-trades" | "client-market" | "client-market-item" | "client-suggestions";
            }[];
            /** @example 12.345 */
            locked: string;
            name: string;
            previousSecretUntil: string | null;
            /** @description Whether only {"action":"approve"} approves a trade */
            strictApproval: boolean;
            verified: boolean;
        };
        MerchantEntry: {
            callbacksOffSince: string | null;
            /** Format: date-time */
            createdAt: string;
            disabledAt: string | null;
            /** @description On top of the marketplaces’ prices, in hundredths of a percent */
            feeBps: number;
            /** Format: uuid */
            id: string;
            name: string;
            verified: boolean;
        };
        MerchantEntryPage: {
            items: components["schemas"]["MerchantEntry"][];
            nextCursor: string | null;
        };
        Movement: {
            /** @example 12.345 */
            amount: string;
            /** Format: date-time */
            at: string;
            /** @description The change of the available balance, in dollars */
            available: string;
            /** @description null for members of a merchant */
            booking: {
                actor: string;
                /** @description An account of the ledger */
                from: string;
                /** @description Under which it is booked once; it has the reference of a credit or debit */
                key: string;
                to: string;
            } | null;
            /** Format: uuid */
            id: string;
            itemExternalId: string | null;
            itemId: string | null;
            /** @description The change of what is reserved, in dollars */
            locked: string;
            tradeExternalId: string | null;
            tradeId: string | null;
            /** @enum {unknown} */
            type: "credit" | "debit" | "reserve" | "release" | "capture" | "fee" | "refund" | "penalty";
        };
        MovementPage: {
            items: components["schemas"]["Movement"][];
            nextCursor: string | null;
        };
        Overview: {
            /** @description What needs a person now */
            attention: {
                count: number;
                /** @enum {unknown} */
                kind: "unknown" | "callbacks-off" | "callbacks-failing" | "circuit-open" | "verify-broken" | "funding-request" | "freeze";
                since: string | null;
            }[];
            inFlight: {
                /** @example 12.345 */
                amount: string;
                items: number;
                /** @enum {unknown} */
                state: "initiated" | "pending" | "active" | "hold";
            }[];
            wallets: {
                /** @example 12.345 */
                available: string;
                /** @example 12.345 */
                locked: string;
            };
        };
        Passkey: {
            /** Format: date-time */
            createdAt: string;
            /** Format: uuid */
            id: string;
            name: string;
            usedAt: string | null;
        };
        PasskeyRegistrationOptions: {
            /** @enum {unknown} */
            attestation?: "direct" | "enterprise" | "indirect" | "none";
            authenticatorSelection?: {
                requireResidentKey?: boolean;
                /** @enum {unknown} */
                residentKey?: "discouraged" | "preferred" | "required";
                /** @enum {unknown} */
                userVerification?: "discouraged" | "preferred" | "required";
            };
            challenge: string;
            excludeCredentials?: {
                id: string;
                transports?: string[];
                type: string;
            }[];
            extensions?: {
                credProps?: boolean;
            };
            pubKeyCredParams: {
                alg: number;
                /** @enum {string} */
                type: "public-key";
            }[];
            rp: {
                id?: string;
                name: string;
            };
            timeout?: number;
            user: {
                displayName: string;
                id: string;
                name: string;
            };
        };
        PasskeySignInOptions: {
            challenge: string;
            rpId?: string;
            timeout?: number;
            /** @enum {unknown} */
            userVerification?: "discouraged" | "preferred" | "required";
        };
        Person: {
            /** Format: date-time */
            createdAt: string;
            disabledAt: string | null;
            email: string;
            /** @description false: the invitation was not used yet */
            hasPassword: boolean;
            hasSecondFactor: boolean;
            /** Format: uuid */
            id: string;
            lockedUntil: string | null;
            name: string;
            /** @enum {unknown} */
            role: "owner" | "operations" | "finance" | "support" | "auditor" | "admin" | "developer" | "viewer";
        };
        PersonLink: {
            /** Format: date-time */
            expiresAt: string;
            /** @description To be used once, by the person alone. Shown once */
            link: string;
        };
        PersonPage: {
            items: components["schemas"]["Person"][];
            nextCursor: string | null;
        };
        ResumedMarketplace: {
            notOfferedSince: string | null;
            pause: components["schemas"]["Freeze"] | null;
            reason: string | null;
        };
        Session: {
            address: string;
            /** @description What the browser calls itself */
            agent: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: uuid */
            id: string;
            /** @description Whether this request was made in it */
            isThis: boolean;
            /**
             * Format: date-time
             * @description When it was last used, to the minute
             */
            seenAt: string;
        };
        Setting: {
            /** @description Whether it has a value */
            isSet: boolean;
            /** @description In Markdown, without links */
            meaning: string;
            /**
             * @description `flag`: of the command that started the node, `environment`: its variable
             * @enum {unknown}
             */
            source: "flag" | "environment" | "default";
            value: string | null;
            /** @description The environment variable that sets it */
            variable: string;
        };
        SettingGroup: {
            settings: components["schemas"]["Setting"][];
            title: string;
        };
        SignatureReport: {
            /** @description For people */
            explanation: string;
            /** @description Whether exactly this body was signed with a secret of the merchant */
            isRight: boolean;
            problem: ("missing_header" | "malformed_header" | "wrong_signature" | "body_changed" | "too_old" | "too_far_ahead" | "body_not_json") | null;
            secret: ("current" | "previous") | null;
        };
        SignatureTest: {
            advice: string | null;
            durationMs: number;
            failure: string | null;
            refusesForgeries: boolean | null;
            status: number | null;
            /** @description Whether the server answered 2xx to a message with a genuine signature */
            taken: boolean;
            url: string;
        };
        StartedFreeze: {
            actor: string;
            /**
             * Format: date-time
             * @description When items that wait because of it begin to be cancelled, unless it is lifted before
             */
            cancelledFrom: string;
            /** @description false: it was frozen before, and stays as it was */
            isNew: boolean;
            reason: string;
            /** @enum {unknown} */
            scope: "all" | "merchant" | "supplier";
            /** Format: date-time */
            since: string;
            target: string | null;
            /** @description Purchases that are being made now; they will be completed */
            underWay: number;
        };
        TradeDetails: {
            approval: {
                decidedAt: string | null;
                dueAt: string | null;
                questions: {
                    /** Format: date-time */
                    at: string;
                    durationMs: number;
                    failure: string | null;
                    /** Format: uuid */
                    id: string;
                    status: number | null;
                }[];
                reason: string | null;
                state: string;
            } | null;
            autoCancelAt: string | null;
            callbacks: {
                attempts: number;
                /** Format: date-time */
                createdAt: string;
                deliveredAt: string | null;
                dueAt: string | null;
                /** Format: uuid */
                id: string;
                lastFailure: string | null;
                number: number;
                state: string;
            }[];
            clientId: string | null;
            /** Format: date-time */
            createdAt: string;
            error: string | null;
            externalId: string | null;
            game: string;
            /** Format: uuid */
            id: string;
            items: {
                autoCancelDueAt: string | null;
                cancellations: {
                    actor: string;
                    answeredAt: string | null;
                    attempts: number;
                    closedAt: string | null;
                    /** Format: uuid */
                    id: string;
                    reason: string | null;
                    /** Format: date-time */
                    requestedAt: string;
                    requestId: string | null;
                    state: string;
                }[];
                cost: string | null;
                error: string | null;
                events: {
                    actor: string;
                    /** Format: date-time */
                    at: string;
                    /** @description Why, in fields that depend on the event */
                    cause: unknown;
                    event: string;
                    from: string | null;
                    number: number;
                    requestId: string | null;
                    to: string;
                }[];
                externalId: string | null;
                id: string | null;
                /** Format: uuid */
                internalId: string;
                marketHashName: string | null;
                /** @example 12.345 */
                price: string;
                purchases: {
                    /** @description Why this listing was bought; null: there was no other */
                    choice: {
                        leftOut: {
                            markupBps: number;
                            price: string;
                            supplier: string;
                            /** @enum {unknown} */
                            why: "denied" | "frozen" | "refused" | "purchases_fail" | "limit" | "balance";
                        }[];
                        markupBps: number;
                        next: {
                            markupBps: number;
                            price: string;
                            supplier: string;
                        } | null;
                        price: string;
                    } | null;
                    /** Format: date-time */
                    createdAt: string;
                    orderId: string | null;
                    reason: string | null;
                    /** @description Ours, under which the marketplace has the order */
                    reference: string;
                    state: string;
                    supplier: string;
                }[];
                revertedBy: string | null;
                state: string;
                supplier: string | null;
                transfers: {
                    actor: string;
                    /** @example 12.345 */
                    amount: string;
                    /** Format: date-time */
                    at: string;
                    from: string;
                    kind: string;
                    to: string;
                }[];
            }[];
            /** Format: uuid */
            merchantId: string;
            merchantName: string;
            source: string;
            status: string;
            steamId: string;
            type: string;
            /** Format: date-time */
            updatedAt: string;
            version: number;
            /** @description The freezes because of which items wait */
            waitsFor: {
                actor: string;
                reason: string;
                scope: string;
                /** Format: date-time */
                since: string;
                target: string;
            }[];
        };
        TradeEntry: {
            /** Format: date-time */
            createdAt: string;
            error: string | null;
            externalId: string | null;
            game: string;
            /** Format: uuid */
            id: string;
            items: number;
            merchant: {
                /** Format: uuid */
                id: string;
                name: string;
            };
            /** @description Of the first three items */
            names: string[];
            /** @example 12.345 */
            price: string;
            source: string;
            status: string;
            steamId: string;
            /** Format: date-time */
            updatedAt: string;
        };
        TradeEntryPage: {
            items: components["schemas"]["TradeEntry"][];
            nextCursor: string | null;
        };
        UnknownOutcome: {
            cause: string | null;
            dueAt: string | null;
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            itemId: string;
            /** @enum {unknown} */
            kind: "purchase" | "cancellation";
            listingId: string;
            marketHashName: string;
            merchant: {
                /** Format: uuid */
                id: string;
                name: string;
            };
            /** @description Ours, under which the marketplace has the order */
            reference: string;
            /** @description How often a purchase was repeated after its first call */
            repeats: number;
            /** Format: date-time */
            since: string;
            /** @description `unknown`, or `asked` or `requested` while it is retried or was interrupted */
            state: string;
            /** @description The account at the marketplace */
            supplier: string;
            /** Format: uuid */
            tradeId: string;
            /** @description Failed look-ups of a purchase, or attempts of a cancellation */
            tries: number;
        };
        UnknownOutcomePage: {
            items: components["schemas"]["UnknownOutcome"][];
            nextCursor: string | null;
        };
        Verification: {
            everyMinutes: number | null;
            lastRun: {
                cleanAt: string | null;
                durationMs: number;
                /** Format: date-time */
                endedAt: string;
                isClean: boolean;
                /** @description Every rule */
                rules: {
                    holds: boolean;
                    name: string;
                    row: {
                        [key: string]: unknown;
                    } | null;
                    sentence: string | null;
                }[];
            } | null;
        };
        Wallet: {
            /** @description All accounts of the merchant’s ledger, the operator’s included; null for members of a merchant */
            accounts: {
                /** @example 12.345 */
                balance: string;
                name: string;
            }[] | null;
            /** @example 12.345 */
            available: string;
            /** @example 12.345 */
            locked: string;
            /** Format: uuid */
            merchantId: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type AuditCommand = components['schemas']['AuditCommand'];
export type AuditCommandPage = components['schemas']['AuditCommandPage'];
export type AuditFinding = components['schemas']['AuditFinding'];
export type CallbackEntry = components['schemas']['CallbackEntry'];
export type CallbackEntryDetails = components['schemas']['CallbackEntryDetails'];
export type CallbackEntryPage = components['schemas']['CallbackEntryPage'];
export type CallbackSwitch = components['schemas']['CallbackSwitch'];
export type CancelPreview = components['schemas']['CancelPreview'];
export type DualControl = components['schemas']['DualControl'];
export type Failure = components['schemas']['Failure'];
export type Freeze = components['schemas']['Freeze'];
export type FreezeEntry = components['schemas']['FreezeEntry'];
export type Funded = components['schemas']['Funded'];
export type FundingRequest = components['schemas']['FundingRequest'];
export type FundingRequestPage = components['schemas']['FundingRequestPage'];
export type HourOfActivity = components['schemas']['HourOfActivity'];
export type InvitedPerson = components['schemas']['InvitedPerson'];
export type Key = components['schemas']['Key'];
export type KeyPage = components['schemas']['KeyPage'];
export type MarketListing = components['schemas']['MarketListing'];
export type MarketListings = components['schemas']['MarketListings'];
export type Marketplace = components['schemas']['Marketplace'];
export type MarketplaceDetails = components['schemas']['MarketplaceDetails'];
export type MarketplaceOutcomes = components['schemas']['MarketplaceOutcomes'];
export type MarketplacePolicy = components['schemas']['MarketplacePolicy'];
export type Me = components['schemas']['Me'];
export type MerchantDetails = components['schemas']['MerchantDetails'];
export type MerchantEntry = components['schemas']['MerchantEntry'];
export type MerchantEntryPage = components['schemas']['MerchantEntryPage'];
export type Movement = components['schemas']['Movement'];
export type MovementPage = components['schemas']['MovementPage'];
export type Overview = components['schemas']['Overview'];
export type Passkey = components['schemas']['Passkey'];
export type PasskeyRegistrationOptions = components['schemas']['PasskeyRegistrationOptions'];
export type PasskeySignInOptions = components['schemas']['PasskeySignInOptions'];
export type Person = components['schemas']['Person'];
export type PersonLink = components['schemas']['PersonLink'];
export type PersonPage = components['schemas']['PersonPage'];
export type ResumedMarketplace = components['schemas']['ResumedMarketplace'];
export type Session = components['schemas']['Session'];
export type Setting = components['schemas']['Setting'];
export type SettingGroup = components['schemas']['SettingGroup'];
export type SignatureReport = components['schemas']['SignatureReport'];
export type SignatureTest = components['schemas']['SignatureTest'];
export type StartedFreeze = components['schemas']['StartedFreeze'];
export type TradeDetails = components['schemas']['TradeDetails'];
export type TradeEntry = components['schemas']['TradeEntry'];
export type TradeEntryPage = components['schemas']['TradeEntryPage'];
export type UnknownOutcome = components['schemas']['UnknownOutcome'];
export type UnknownOutcomePage = components['schemas']['UnknownOutcomePage'];
export type Verification = components['schemas']['Verification'];
export type Wallet = components['schemas']['Wallet'];
export type $defs = Record<string, never>;
export interface operations {
    getActivity: {
        parameters: {
            query?: {
                hours?: number;
                merchantId?: string;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["HourOfActivity"][];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getAudit: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                /** @description Only what this one did, named as the trail does */
                operator?: string;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["AuditCommandPage"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getAuditCsv: {
        parameters: {
            query?: {
                /** @description Only what this one did, named as the trail does */
                operator?: string;
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
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description `VALIDATION_FAILED` (1001): The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getAuditVerify: {
        parameters: {
            query?: {
                /** @description An end that was noted before: `number:digest` */
                expect?: string;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["AuditFinding"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getCallbacks: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before */
                cursor?: string;
                /** @description Of steps that happened then or later */
                from?: string;
                limit?: number;
                merchantId?: string;
                state?: "pending" | "delivered" | "failed";
                /** @description Of steps that happened earlier */
                to?: string;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["CallbackEntryPage"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `TRADE_NOT_FOUND` (21): There is no trade with this id or externalId. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getCallbacksCsv: {
        parameters: {
            query?: {
                /** @description Of steps that happened then or later */
                from?: string;
                merchantId?: string;
                state?: "pending" | "delivered" | "failed";
                /** @description Of steps that happened earlier */
                to?: string;
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
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description `VALIDATION_FAILED` (1001): The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `TRADE_NOT_FOUND` (21): There is no trade with this id or externalId. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getCallbacksById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["CallbackEntryDetails"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `CALLBACK_NOT_FOUND` (1710): There is no callback with this id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postCallbacksByIdReplay: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["CallbackEntryDetails"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `CALLBACK_NOT_FOUND` (1710): There is no callback with this id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getChanges: {
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
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getDualControl: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["DualControl"];
                        /** Format: uuid */
                        requestId: string;
                        /** @enum {boolean} */
                        success: true;
                    };
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    putDualControl: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    above: string | null;
                    /** @description For the audit trail, and for the second person where one is needed */
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** @description null: one person is enough for any amount */
                            above: string | null;
                            /** @description What waits for a second person; null: the change counts */
                            request: components["schemas"]["FundingRequest"] | null;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getFreezes: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["FreezeEntry"][];
                        /** Format: uuid */
                        requestId: string;
                        /** @enum {boolean} */
                        success: true;
                    };
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postFreezes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Kept for operators; merchants do not see it */
                    reason: string;
                    /** @enum {unknown} */
                    scope: "all" | "merchant" | "supplier";
                    /** @description The id or name of the merchant, or the id of the account; absent for `all` */
                    target?: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["StartedFreeze"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postFreezesRemove: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {unknown} */
                    scope: "all" | "merchant" | "supplier";
                    /** @description The id or name of the merchant, or the id of the account; absent for `all` */
                    target?: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Freeze"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getFundingRequests: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                /** @description `all`: also what was decided */
                state?: "waiting" | "all";
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["FundingRequestPage"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postFundingRequestsByRequestIdApprove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                requestId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["FundingRequest"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postFundingRequestsByRequestIdReject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                requestId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["FundingRequest"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    putKeysByKeyId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                keyId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Addresses or CIDR ranges; empty: usable from anywhere */
                    allowedIps: string[];
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Key"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postKeysByKeyIdRevoke: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                keyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Key"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postKeysByKeyIdRoll: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                keyId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description null or absent: never */
                    expiresAt?: string | null;
                    /**
                     * @description How long the old key stays valid; 0 for a key that leaked
                     * @default 86400
                     */
                    overlapSeconds?: number;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** @description Shown once */
                            apiKey: string;
                            key: components["schemas"]["Key"];
                            old: components["schemas"]["Key"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postLinksRead: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description What stands behind # in the link */
                    token: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            email: string;
                            name: string;
                            /** @enum {unknown} */
                            purpose: "invitation" | "reset" | "sign-in";
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
             *     `LINK_NOT_VALID` (1955): This link was used before or has expired. Ask for a new one.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postLinksUse: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Of an invited person */
                    name?: string;
                    /** @description 12 characters or more */
                    password?: string;
                    /** @description What stands behind # in the link */
                    token: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Me"] | null;
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
             *     `LINK_NOT_VALID` (1955): This link was used before or has expired. Ask for a new one.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getMarket: {
        parameters: {
            query?: {
                /** @description 730 is CS2, 252490 is Rust */
                game?: "730" | "252490";
                maxPrice?: number | null | "null";
                merchantId?: string;
                minPrice?: number | null | "null";
                page?: number;
                perPage?: number;
                /** @description Words of the name, in any order; all must match */
                search?: string;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["MarketListings"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getMarketListings: {
        parameters: {
            query: {
                /** @description 730 is CS2, 252490 is Rust */
                game?: "730" | "252490";
                merchantId?: string;
                /** @description The whole name of the item */
                name: string;
                page?: number;
                perPage?: number;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["MarketListings"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getMarketplaceOutcomes: {
        parameters: {
            query?: {
                hours?: number;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["MarketplaceOutcomes"][];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getMarketplaces: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Marketplace"][];
                        /** Format: uuid */
                        requestId: string;
                        /** @enum {boolean} */
                        success: true;
                    };
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getMarketplacesByMarketplaceId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                marketplaceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["MarketplaceDetails"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postMarketplacesByMarketplaceIdPause: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                marketplaceId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Kept for operators; merchants do not see it */
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["StartedFreeze"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    putMarketplacesByMarketplaceIdPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                marketplaceId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Absent: all games of the account
                     * @enum {unknown}
                     */
                    game?: "730" | "252490";
                    /** @description Added to the marketplace’s prices, in hundredths of a percent */
                    markupBps?: number;
                    /** @description Where prices are equal, the account with the lower number is used */
                    preference?: number;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["MarketplacePolicy"][];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postMarketplacesByMarketplaceIdResume: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                marketplaceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ResumedMarketplace"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getMerchants: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                /** @description A part of the name or of the id */
                q?: string;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["MerchantEntryPage"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postMerchants: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description In hundredths of a percent */
                    feeBps?: number;
                    name: string;
                    /** @default false */
                    verified?: boolean;
                    /**
                     * @description Makes no API secret yet; `rotate-secret` makes the first one
                     * @default false
                     */
                    withoutSecret?: boolean;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** @description Signs its callbacks. Shown once; null: none was made */
                            apiSecret: string | null;
                            merchant: components["schemas"]["MerchantDetails"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getMerchantsByMerchantId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                merchantId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["MerchantDetails"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    putMerchantsByMerchantId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                merchantId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Refuses its keys; its open trades continue */
                    disabled?: boolean;
                    /** @description In hundredths of a percent */
                    feeBps?: number;
                    /** @description Requests by route, in the route’s window. null restores the default; other routes keep theirs */
                    routeLimits?: {
                        balance?: number | null;
                        buy?: number | null;
                        "buy-quick"?: number | null;
                        "callback-replay"?: number | null;
                        "callback-url"?: number | null;
                        callbacks?: number | null;
                        "check-tradeurl"?: number | null;
                        "client-item-cancel"?: number | null;
                        "client-market"?: number | null;
                        "client-market-item"?: number | null;
                        "client-suggestions"?: number | null;
                        "client-token"?: number | null;
                        "client-trade-cancel"?: number | null;
                        "client-trades"?: number | null;
                        "client-withdraw"?: number | null;
                        "client-withdraw-quick"?: number | null;
                        "clients-limits"?: number | null;
                        events?: number | null;
                        "item-cancel"?: number | null;
                        ledger?: number | null;
                        market?: number | null;
                        "market-item"?: number | null;
                        prices?: number | null;
                        "trade-cancel"?: number | null;
                        trades?: number | null;
                        "wallet-entries"?: number | null;
                    };
                    strictApproval?: boolean;
                    verified?: boolean;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["MerchantDetails"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    putMerchantsByMerchantIdCallbackUrl: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                merchantId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    strictApproval?: boolean;
                    url: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["MerchantDetails"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postMerchantsByMerchantIdCallbacksEnable: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                merchantId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["CallbackSwitch"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postMerchantsByMerchantIdCallbacksReplay: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                merchantId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Format: date-time
                     * @description Of steps that happened then or later
                     */
                    from: string;
                    /**
                     * Format: date-time
                     * @description Of steps that happened earlier; absent: until now
                     */
                    to?: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postMerchantsByMerchantIdCallbacksTest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                merchantId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SignatureTest"];
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
             *     `MERCHANT_NO_CALLBACK_URL` (1701): This account has no callback URL, so purchases cannot be approved. Set a callback URL.
             *
             *     `MERCHANT_NO_API_SECRET` (1702): This account has no API secret, so purchases cannot be approved. Ask the operator for one.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postMerchantsByMerchantIdCallbacksVerifySignature: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                merchantId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The raw body, byte for byte */
                    body: string;
                    /** @description The value of x-assetpay-signature */
                    header: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SignatureReport"];
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
             *     `MERCHANT_NO_API_SECRET` (1702): This account has no API secret, so purchases cannot be approved. Ask the operator for one.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getMerchantsByMerchantIdEntries: {
        parameters: {
            query?: {
                cursor?: string;
                /** @description Only movements at or after this time */
                from?: string;
                limit?: number;
                /** @description Only movements before this time */
                to?: string;
                /** @description `fee` for staff only: members see it in the price that it is a part of */
                type?: "credit" | "debit" | "reserve" | "release" | "capture" | "fee" | "refund" | "penalty";
            };
            header?: never;
            path: {
                merchantId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["MovementPage"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getMerchantsByMerchantIdEntriesCsv: {
        parameters: {
            query?: {
                /** @description Only movements at or after this time */
                from?: string;
                /** @description Only movements before this time */
                to?: string;
                /** @description `fee` for staff only: members see it in the price that it is a part of */
                type?: "credit" | "debit" | "reserve" | "release" | "capture" | "fee" | "refund" | "penalty";
            };
            header?: never;
            path: {
                merchantId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description `VALIDATION_FAILED` (1001): The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postMerchantsByMerchantIdFunding: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                merchantId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    amount: string;
                    /** @enum {unknown} */
                    direction: "credit" | "debit";
                    /** @description For the audit trail, and for the second person where one is needed */
                    reason: string;
                    /** @description Yours: the same one is booked only once, however often it is sent */
                    reference: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Funded"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getMerchantsByMerchantIdKeys: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                merchantId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["KeyPage"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postMerchantsByMerchantIdKeys: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                merchantId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Addresses or CIDR ranges; empty: usable from anywhere */
                    allowedIps?: string[];
                    /** @description null or absent: never */
                    expiresAt?: string | null;
                    /** @description Absent: all; empty: the key can only read trades on the live feed */
                    scopes?: "CORE_ACCESS"[];
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** @description Shown once */
                            apiKey: string;
                            key: components["schemas"]["Key"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getMerchantsByMerchantIdMembers: {
        parameters: {
            query?: {
                /** @description The e-mail address of the last person of the page before */
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                merchantId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["PersonPage"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postMerchantsByMerchantIdMembers: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                merchantId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    email: string;
                    name: string;
                    /** @enum {unknown} */
                    role: "admin" | "developer" | "viewer";
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["InvitedPerson"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    putMerchantsByMerchantIdMembersByPersonId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                merchantId: string;
                personId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Whether the person can sign in no more */
                    disabled?: boolean;
                    /** @enum {unknown} */
                    role?: "admin" | "developer" | "viewer";
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Person"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postMerchantsByMerchantIdMembersByPersonIdReset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                merchantId: string;
                personId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description For a person who has lost the device and the recovery codes. Removes the passkeys too
                     * @default false
                     */
                    removeSecondFactor?: boolean;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["PersonLink"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getMerchantsByMerchantIdOrigins: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                merchantId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Scheme, host and any port */
                        data: string[];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    putMerchantsByMerchantIdOrigins: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                merchantId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    origins: string[];
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Scheme, host and any port */
                        data: string[];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postMerchantsByMerchantIdRotateSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                merchantId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description How long callbacks are also signed with the old secret; 0 for a secret that leaked
                     * @default 86400
                     */
                    graceSeconds?: number;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** @description Shown once */
                            apiSecret: string;
                            previousSecretUntil: string | null;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getMerchantsByMerchantIdWallet: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                merchantId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Wallet"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getOverview: {
        parameters: {
            query?: {
                merchantId?: string;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Overview"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getPasskeys: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Passkey"][];
                        /** Format: uuid */
                        requestId: string;
                        /** @enum {boolean} */
                        success: true;
                    };
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postPasskeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description What `navigator.credentials.create` has returned, as JSON */
                    answer: {
                        clientExtensionResults: Record<string, never>;
                        id: string;
                        rawId: string;
                        response: {
                            attestationObject: string;
                            clientDataJSON: string;
                            transports?: string[];
                        };
                        /** @enum {string} */
                        type: "public-key";
                    };
                    /** @description By which you know it again */
                    name: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Passkey"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    putPasskeysByPasskeyId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                passkeyId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description By which you know it again */
                    name: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Passkey"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postPasskeysByPasskeyIdRemove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                passkeyId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    password: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: Record<string, never>;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `NOT_SIGNED_IN` (1950): Sign in first.
             *
             *     `SIGN_IN_FAILED` (1951): The e-mail address, password or code is wrong, or wrong ones have locked the account for some minutes.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postPasskeysBegin: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    password: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["PasskeyRegistrationOptions"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `NOT_SIGNED_IN` (1950): Sign in first.
             *
             *     `SIGN_IN_FAILED` (1951): The e-mail address, password or code is wrong, or wrong ones have locked the account for some minutes.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    putPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    current: string;
                    /** @description 12 characters or more */
                    password: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Me"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `NOT_SIGNED_IN` (1950): Sign in first.
             *
             *     `SIGN_IN_FAILED` (1951): The e-mail address, password or code is wrong, or wrong ones have locked the account for some minutes.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getSession: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Me"];
                        /** Format: uuid */
                        requestId: string;
                        /** @enum {boolean} */
                        success: true;
                    };
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Of the authenticator app, or a recovery code */
                    code?: string;
                    email: string;
                    password: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Me"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `SIGN_IN_FAILED` (1951): The e-mail address, password or code is wrong, or wrong ones have locked the account for some minutes.
             *
             *     `SECOND_FACTOR_REQUIRED` (1952): The password is right. Send the code of your authenticator app as well.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    deleteSession: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: Record<string, never>;
                        /** Format: uuid */
                        requestId: string;
                        /** @enum {boolean} */
                        success: true;
                    };
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postSessionPasskey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What `navigator.credentials.get` has returned, as JSON */
        requestBody: {
            content: {
                "application/json": {
                    clientExtensionResults: Record<string, never>;
                    id: string;
                    rawId: string;
                    response: {
                        authenticatorData: string;
                        clientDataJSON: string;
                        signature: string;
                        userHandle?: string;
                    };
                    /** @enum {string} */
                    type: "public-key";
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Me"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SIGN_IN_FAILED` (1951): The e-mail address, password or code is wrong, or wrong ones have locked the account for some minutes. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postSessionPasskeyBegin: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["PasskeySignInOptions"];
                        /** Format: uuid */
                        requestId: string;
                        /** @enum {boolean} */
                        success: true;
                    };
                };
            };
            /** @description `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getSessions: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Session"][];
                        /** Format: uuid */
                        requestId: string;
                        /** @enum {boolean} */
                        success: true;
                    };
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    deleteSessionsBySessionId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: Record<string, never>;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getSettings: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SettingGroup"][];
                        /** Format: uuid */
                        requestId: string;
                        /** @enum {boolean} */
                        success: true;
                    };
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getStaff: {
        parameters: {
            query?: {
                /** @description The e-mail address of the last person of the page before */
                cursor?: string;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["PersonPage"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postStaff: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    email: string;
                    name: string;
                    /** @enum {unknown} */
                    role: "owner" | "operations" | "finance" | "support" | "auditor";
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["InvitedPerson"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    putStaffByPersonId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                personId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Whether the person can sign in no more */
                    disabled?: boolean;
                    /** @enum {unknown} */
                    role?: "owner" | "operations" | "finance" | "support" | "auditor";
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Person"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postStaffByPersonIdReset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                personId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description For a person who has lost the device and the recovery codes. Removes the passkeys too
                     * @default false
                     */
                    removeSecondFactor?: boolean;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["PersonLink"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    putTotp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Of the authenticator app, or a recovery code */
                    code: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** @description Shown once; each replaces the device for one sign-in */
                            recoveryCodes: string[];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `NOT_SIGNED_IN` (1950): Sign in first.
             *
             *     `SIGN_IN_FAILED` (1951): The e-mail address, password or code is wrong, or wrong ones have locked the account for some minutes.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postTotp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    password: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            secret: string;
                            uri: string;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `NOT_SIGNED_IN` (1950): Sign in first.
             *
             *     `SIGN_IN_FAILED` (1951): The e-mail address, password or code is wrong, or wrong ones have locked the account for some minutes.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postTotpRemove: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    password: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: Record<string, never>;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `NOT_SIGNED_IN` (1950): Sign in first.
             *
             *     `SIGN_IN_FAILED` (1951): The e-mail address, password or code is wrong, or wrong ones have locked the account for some minutes.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
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
            query?: {
                cursor?: string;
                limit?: number;
                merchantId?: string;
                /** @description Any id, an externalId, a Steam id, or a part of an item’s name. Among all merchants the 200 shortest names with that part are looked for. */
                q?: string;
                status?: "initiated" | "pending" | "active" | "hold" | "completed" | "failed" | "canceled" | "declined" | "reverted";
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["TradeEntryPage"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getTradesCsv: {
        parameters: {
            query?: {
                merchantId?: string;
                /** @description Any id, an externalId, a Steam id, or a part of an item’s name. Among all merchants the 200 shortest names with that part are looked for. */
                q?: string;
                status?: "initiated" | "pending" | "active" | "hold" | "completed" | "failed" | "canceled" | "declined" | "reverted";
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
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description `VALIDATION_FAILED` (1001): The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getTradesByTradeId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tradeId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["TradeDetails"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `TRADE_NOT_FOUND` (21): There is no trade with this id or externalId. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getTradesByTradeIdCancel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tradeId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["CancelPreview"][];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `TRADE_NOT_FOUND` (21): There is no trade with this id or externalId. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postTradesByTradeIdItemsByItemIdCancel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                itemId: string;
                tradeId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Kept with the event; for operators only */
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            outcome: string;
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
             *     `TRADE_CANCEL_TOO_SOON` (27): An item can be cancelled 30 minutes after it was created.
             *
             *     `TRADE_NOT_CANCELLABLE` (28): This item cannot be cancelled.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `TRADE_NOT_FOUND` (21): There is no trade with this id or externalId.
             *
             *     `ITEM_NOT_FOUND` (2201): There is no such trade, or no such item in it.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getUnknown: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before */
                cursor?: string;
                kind?: "purchase" | "cancellation";
                limit?: number;
                merchantId?: string;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["UnknownOutcomePage"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getUnknownById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["UnknownOutcome"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postUnknownByIdEnd: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Kept for operators; merchants do not see it */
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** Format: uuid */
                            itemId: string;
                            /** Format: uuid */
                            tradeId: string;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE` (1012): The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE` (1013): The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    postUnknownByIdPush: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** @description false: a call is under way, or the outcome has just become known */
                            isDueNow: boolean;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /**
             * @description `PERMISSION_DENIED` (1953): Your role does not allow this.
             *
             *     `CROSS_SITE_REQUEST` (1954): This request came from another site, or does not say from where.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `NOT_FOUND` (1003): This path does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `REFUSED` (1956): This cannot be done as things stand. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    getVerify: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Verification"];
                        /** Format: uuid */
                        requestId: string;
                        /** @enum {boolean} */
                        success: true;
                    };
                };
            };
            /** @description `NOT_SIGNED_IN` (1950): Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `PERMISSION_DENIED` (1953): Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `RATE_LIMITED` (1005): Too many requests for this route. Retry after the time in Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVER_ERROR` (1006): Something went wrong on our side. Quote the requestId to support. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `SERVICE_UNAVAILABLE` (1009): The service could not confirm the result. Retry later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
}
