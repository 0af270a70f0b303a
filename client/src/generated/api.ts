// Made from the table of routes by `npm run client-types`. Do not edit.

export interface paths {
    "/api/{name}/auth/qr": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the current QR code
         * @description A code is valid for less than a minute. While the runner prepares the next code, the answer is `no-qr-code`, and its header Retry-After says when to repeat the request.
         */
        get: operations["getQrCode"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List received messages
         * @description Oldest first. A client that keeps the cursor gets each message once.
         */
        get: operations["listMessages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what operators and admins did
         * @description Every act that changes something is listed, but for the sending of messages. An admin sees the acts on its tenant, the operator those on all. An entry can appear a few seconds late, behind later ones: who must miss none starts a little earlier.
         */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the API keys */
        get: operations["listKeys"];
        put?: never;
        /**
         * Create an API key
         * @description The answer is the only one that shows the key.
         */
        post: operations["createKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke an API key
         * @description Within five seconds the key is refused everywhere, for ever. The call may be repeated.
         */
        delete: operations["revokeKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the messages to send
         * @description Newest first. Messages that are accepted meanwhile do not move the pages. Archived messages are not listed.
         */
        get: operations["listMessagesToSend"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/messages/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a message to send and its status */
        get: operations["getMessage"];
        /**
         * Replace the text of a message that waits
         * @description For messages that were never attempted. The ids stay. A time that is left out stays, and `null` removes it. The request may be repeated.
         */
        put: operations["replaceMessage"];
        post?: never;
        /**
         * Archive a message that has come to its end
         * @description It leaves the lists and the figures, and can still be shown by its ids. A message that waits has to be canceled first.
         */
        delete: operations["deleteMessage"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/messages/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a message that is not on the wire
         * @description A canceled message is never sent. The call may be repeated.
         */
        post: operations["cancelMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/messages/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Return a failed message to the queue
         * @description The ids and the text stay. The call may be repeated: asked twice, it is done once.
         */
        post: operations["retryMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Describe the API as OpenAPI 3.1 */
        get: operations["getDescription"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/pools": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the pools of sessions
         * @description The pool `default` is all sessions of the tenant, by name.
         */
        get: operations["listPools"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/pools/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a pool of sessions */
        get: operations["getPool"];
        /**
         * Make a pool of sessions, or change its sessions
         * @description Messages to a pool are sent by its first session that is connected. When that one is down for longer than the tenant allows, or WhatsApp refuses a message from it, another takes the message. The request may be repeated.
         */
        put: operations["putPool"];
        post?: never;
        /**
         * Remove a pool of sessions
         * @description Its sessions stay. Messages that were accepted for the pool stay where they are.
         */
        delete: operations["deletePool"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the figures of the queue
         * @description Each message counts once. Archived messages do not count.
         */
        get: operations["getQueue"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/queue/retry-failed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Return all failed messages to the queue
         * @description The call may be repeated at any time.
         */
        post: operations["retryFailed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sendBulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send up to 1,000 texts
         * @description Each message has a result of its own; one that is refused hinders no other. Messages to one chat are sent in the order of the request. When a part of them is `unavailable`, repeat the whole request with the same Idempotency-Key: no message is sent twice.
         */
        post: operations["sendBulk"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sendText": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a text
         * @description The API stores the message before it answers. A session that is not connected sends it later. Of a pool, the first session that is connected gets the message; while it cannot send it, another one takes it over.
         */
        post: operations["sendText"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session-info": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Check the stored state of a session (named in the query) */
        get: operations["findSessionInfo"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the sessions */
        get: operations["listSessions"];
        put?: never;
        /**
         * Create a session
         * @description Unless `start` is false, a runner then takes the session and shows a QR code.
         */
        post: operations["createSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a session */
        get: operations["getSession"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{name}/actions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the recovery actions of a session */
        get: operations["listActions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{name}/actions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a recovery action */
        get: operations["getAction"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{name}/info": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check the stored state of a session
         * @description The API reads the whole state itself and trusts no report of the runner. Each call reads much, so call it rarely.
         */
        get: operations["getSessionInfo"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{name}/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Back up a session and unlink it from the phone
         * @description The session's runner performs the action. While it is open, a repeated request returns the same action.
         */
        post: operations["logoutSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{name}/restart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reconnect a session, whatever it waits for
         * @description The session's runner performs the action. While it is open, a repeated request returns the same action.
         */
        post: operations["restartSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{name}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restore a damaged session from the state that is left
         * @description Without `approve`, the API changes nothing and answers what a restore would lose.
         */
        post: operations["restoreSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{name}/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Connect a session
         * @description The call may be repeated. It restarts a session that waits for an operator.
         */
        post: operations["startSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{name}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Disconnect a session and keep its state
         * @description The call may be repeated.
         */
        post: operations["stopSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show the caller's own tenant */
        get: operations["getOwnTenant"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change the configuration of the caller's own tenant
         * @description Takes effect within ten seconds, without a restart. Only the operator may change `quotas`.
         */
        patch: operations["changeOwnTenant"];
        trace?: never;
    };
    "/api/tenants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the tenants */
        get: operations["listTenants"];
        put?: never;
        /**
         * Create a tenant
         * @description Its first key is made with POST /api/keys and the field `tenant`.
         */
        post: operations["createTenant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenants/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a tenant */
        get: operations["getTenant"];
        put?: never;
        post?: never;
        /**
         * Begin the deletion of a tenant
         * @description Revokes its keys, stops its sessions and refuses new work. Removes nothing: credentials, messages and history stay until they are purged. The call may be repeated.
         */
        delete: operations["deleteTenant"];
        options?: never;
        head?: never;
        /**
         * Change the configuration of a tenant
         * @description Takes effect within ten seconds, without a restart.
         */
        patch: operations["changeTenant"];
        trace?: never;
    };
    "/api/whatsapp/failed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the failed messages
         * @description The same as `GET /api/messages?status=failed`.
         */
        get: operations["listFormerFailed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/whatsapp/failed/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Archive a failed message
         * @description The same as `DELETE /api/messages/{id}`.
         */
        delete: operations["deleteFormerFailed"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/whatsapp/failed/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Return a failed message to the queue
         * @description The same as `POST /api/messages/{id}/retry`.
         */
        post: operations["retryFormerFailed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/whatsapp/failed/retry-all": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Return all failed messages to the queue
         * @description The same as `POST /api/queue/retry-failed`.
         */
        post: operations["retryAllFormerFailed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/whatsapp/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show sessions, queue and health in short */
        get: operations["getFormerHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/whatsapp/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show the figures of sessions and queue */
        get: operations["getFormerStats"];
        put?: never;
        post?: never;
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
        /**
         * Show the health of the installation
         * @description The status code is always 200. The fields `status` and `problems` say what is wrong.
         */
        get: operations["getHealth"];
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
        AcceptedInBulk: {
            /** @description The id of the job. */
            id: string;
            /** @description The place of the message in the request, from 0. */
            index: number;
            /** @description The id of the message at WhatsApp. */
            messageId: string;
            status: components["schemas"]["JobStatus"];
        };
        AcceptedMessage: {
            /** @description The id of the job. */
            id: string;
            /** @description The id of the message at WhatsApp. */
            messageId: string;
            status: components["schemas"]["JobStatus"];
        };
        /**
         * @example {
         *       "reason": "For a test."
         *     }
         */
        ActionRequest: {
            /** @description The API stores it with the action. */
            reason?: string;
        };
        AuditEntry: {
            /** Format: date-time */
            at: string;
            id: string;
            /** @description The id of the API key; `operator` for the one of the environment. */
            key: string;
            /** @description The names and ids that the request named. */
            on: {
                [key: string]: string;
            };
            /** @description An `operationId` of this description. */
            operation: string;
            /** @description The code of the problem, if the act was refused or failed. */
            problem: string | null;
            requestId: string;
            role: string;
            /** @description The status of the answer. */
            status: number;
            /** @description The tenant on which it was done. */
            tenant: string;
        };
        AuditPage: {
            cursor: string | null;
            entries: components["schemas"]["AuditEntry"][];
        };
        BroughtBack: {
            /** @constant */
            approved: true;
            found: {
                checkpoint: string | null;
                journalHead: number;
            };
            next: string;
            /** @constant */
            reason: "document-missing";
        };
        BulkAnswer: {
            accepted: number;
            refused: number;
            /** @description One for each message, in the order of the request. */
            results: (components["schemas"]["AcceptedInBulk"] | components["schemas"]["RefusedInBulk"])[];
        };
        BulkText: {
            chatId: string;
            /** @description A message that was not sent by this time is `failed` with the code `expired`. */
            expiresAt?: string | null;
            /** @description The same as the header of POST /api/sendText. Without it the key of the whole request counts. */
            idempotencyKey?: string;
            /** @description The pool whose first connected session sends. When that one cannot, another session of the pool does. */
            pool?: string;
            /**
             * @description Messages to one chat keep their order, whatever their priority.
             * @default normal
             * @enum {string}
             */
            priority?: "high" | "normal" | "low";
            /** @description When WhatsApp refuses the message for now. What is missing has the tenant's value. */
            retry?: {
                /** @description The delay before each retry, in milliseconds; the last one repeats. */
                delaysMs?: number[];
                /** @description Attempts after the first one. Without it there are as many as delays. */
                maxRetries?: number;
            } | null;
            /** @description The message is not sent before this time. It can be canceled or replaced until then. */
            sendAt?: string | null;
            /** @description The session that sends. Name it or a pool. */
            session?: string;
            text: string;
        };
        /**
         * @example {
         *       "messages": [
         *         {
         *           "session": "main",
         *           "chatId": "5511999990000@c.us",
         *           "text": "Hello"
         *         },
         *         {
         *           "session": "main",
         *           "chatId": "5511999990001@c.us",
         *           "text": "Hello",
         *           "idempotencyKey": "order-4712"
         *         }
         *       ]
         *     }
         */
        BulkToSend: {
            messages: components["schemas"]["BulkText"][];
        };
        CreatedKey: {
            /** Format: date-time */
            createdAt: string;
            /** @description The id of the key that made it; `operator` for the one of the environment. */
            createdBy: string;
            expiresAt: string | null;
            id: string;
            /** @description The key itself. No later answer shows it. */
            key: string;
            /** @description At most a minute old. */
            lastUsedAt: string | null;
            name: string;
            /** @description Null: the tenant's limit. */
            requestsPerMinute: number | null;
            revokedAt: string | null;
            /** @enum {string} */
            role: "admin" | "send" | "read";
            /** @description Null: all sessions of the tenant. */
            sessions: string[] | null;
            /** @enum {string} */
            state: "active" | "revoked" | "expired";
            tenant: string;
        };
        DamagedMessage: {
            /** @description Why the stored message cannot be read. */
            damage: string;
            id: string;
        };
        DamagedRecoveryAction: {
            id: string;
            requestedAt: string | null;
            result: {
                code: string;
                sentence: string;
            };
            /** @constant */
            state: "damaged";
            type: string | null;
            why: string | null;
        };
        Description: {
            openapi: string;
        };
        FormerHealth: {
            /** @enum {string} */
            overall: "healthy" | "degraded" | "warning" | "critical";
            queue: {
                failed: number;
                pending: number;
                processing: number;
                sent: number;
            };
            sessions: {
                [key: string]: {
                    connected: boolean;
                    /** @description The number of the linked account. */
                    number: string | null;
                    /** @enum {string} */
                    status: "STOPPED" | "STARTING" | "SCAN_QR_CODE" | "WORKING" | "FAILED";
                };
            };
        };
        FormerStats: {
            queue: {
                canceled: number;
                failed: number;
                held: number;
                oldestAgeMs: number | null;
                /** @description All that wait; `scheduled`, `held` and `retrying` included. */
                pending: number;
                processing: number;
                retrying: number;
                scheduled: number;
                sent: number;
            };
            sessions: {
                [key: string]: {
                    received: number;
                    sent: number;
                    /** @enum {string} */
                    status: "STOPPED" | "STARTING" | "SCAN_QR_CODE" | "WORKING" | "FAILED";
                };
            };
        };
        Health: {
            /** @description Numbers of sessions: `active` are connected, `failed` wait for an operator, `recovering` are on the way to a connection. Null while Firestore does not answer. */
            connections: {
                active: number;
                failed: number;
                recovering: number;
                total: number;
            } | null;
            problems: {
                /** @enum {string} */
                code: "database-unavailable" | "storage-unavailable" | "sessions-recovering" | "sessions-failed" | "cpu-high" | "memory-high" | "no-runner" | "all-sessions-failed";
                sentence: string;
            }[];
            queue: {
                active: number;
                failed: number;
                waiting: number;
            } | null;
            /** @description Percent. Each figure is the highest of all live runners. */
            resources: {
                cpu: number | null;
                memory: {
                    percentage: number | null;
                };
            } | null;
            runners: {
                cpu: number | null;
                id: string;
                memory: {
                    percentage: number | null;
                };
                /** @description The revision of Cloud Run. Null elsewhere. */
                revision: string | null;
                sessions: number;
                silentForMs: number;
                /**
                 * @description `dead`: the runner is silent or was replaced. Other runners take over its sessions.
                 * @enum {string}
                 */
                state: "active" | "draining" | "dead";
                /** @description Null on runners of an earlier version. */
                version: string | null;
            }[] | null;
            /** @enum {string} */
            status: "healthy" | "degraded" | "warning" | "critical";
            /** @description Seconds since this API process started. */
            uptime: number;
            /** @description The version of this API, with the hash of the deployed bundle. */
            version: string;
        };
        /** @enum {string} */
        JobStatus: "pending" | "processing" | "sent" | "delivered" | "read" | "failed" | "canceled";
        Key: {
            /** Format: date-time */
            createdAt: string;
            /** @description The id of the key that made it; `operator` for the one of the environment. */
            createdBy: string;
            expiresAt: string | null;
            id: string;
            /** @description At most a minute old. */
            lastUsedAt: string | null;
            name: string;
            /** @description Null: the tenant's limit. */
            requestsPerMinute: number | null;
            revokedAt: string | null;
            /** @enum {string} */
            role: "admin" | "send" | "read";
            /** @description Null: all sessions of the tenant. */
            sessions: string[] | null;
            /** @enum {string} */
            state: "active" | "revoked" | "expired";
            tenant: string;
        };
        Message: {
            /**
             * Format: date-time
             * @description Present when the message is archived: it can be read, but not changed.
             */
            archivedAt?: string;
            attempts: number;
            chatId: string;
            /** Format: date-time */
            createdAt: string;
            error: {
                code: string;
                message: string;
            } | null;
            expiresAt: string | null;
            failedAt: string | null;
            id: string;
            lastAttemptAt: string | null;
            messageId: string;
            nextAttemptAt: string | null;
            /** @description The pool whose sessions may send it. Null when only `session` may. */
            pool: string | null;
            /** @enum {string} */
            priority: "high" | "normal" | "low";
            sendAt: string | null;
            /** @description The session that sends the message, or has sent it. */
            session: string;
            status: components["schemas"]["JobStatus"];
            text: string | null;
            /** @description Why the text cannot be shown. Otherwise absent. */
            textError?: string;
            timeline: {
                /** Format: date-time */
                at: string;
                attempt?: number;
                /** @description Who made the change. Absent when it was the owner of the session. */
                by?: string;
                /** @description The session that sends the message from here on. */
                session?: string;
                status: components["schemas"]["JobStatus"];
                /** @description Why, as a code: `retried`, `replaced`, `expired`; of a move `session-down`, `refused`, `locked`. */
                why?: string;
            }[];
            /** @description Why a pending message is not sent yet. Null for all others. */
            waiting: components["schemas"]["Waiting"] | null;
        };
        MessageList: {
            /** @description The place after the last message. Null at the end of the list. */
            cursor: string | null;
            messages: (components["schemas"]["Message"] | components["schemas"]["DamagedMessage"])[];
        };
        MessagePage: {
            /** @description The position after the last message. Null while there are no messages. */
            cursor: string | null;
            messages: components["schemas"]["ReceivedMessage"][];
        };
        /**
         * @example {
         *       "name": "shop",
         *       "role": "send",
         *       "sessions": [
         *         "main"
         *       ]
         *     }
         */
        NewKey: {
            /**
             * Format: date-time
             * @description The key is refused from this time on. Without it: never.
             */
            expiresAt?: string;
            name: string;
            /** @description A lower limit than the tenant's. */
            requestsPerMinute?: number;
            /**
             * @description `admin`: everything within the tenant. `send`: sends and reads. `read`: reads.
             * @enum {string}
             */
            role: "admin" | "send" | "read";
            /** @description The sessions that the holder may know of. Without it: all of the tenant. */
            sessions?: string[];
            /** @description For the operator: the tenant that the request is about. Without it: the one of the header X-Tenant. */
            tenant?: string;
        };
        /**
         * @example {
         *       "name": "another"
         *     }
         */
        NewSession: {
            name: string;
            /**
             * @description True: the session connects at once. False: it stays stopped until it is started.
             * @default true
             */
            start?: boolean;
        };
        /**
         * @example {
         *       "id": "another",
         *       "name": "Another Ltd.",
         *       "config": {
         *         "timeZone": "America/Sao_Paulo",
         *         "pacing": {
         *           "dailyLimit": 200
         *         }
         *       }
         *     }
         */
        NewTenant: {
            config?: components["schemas"]["TenantConfigPatch"];
            id: string;
            name?: string;
            /** @description Secrets by name. Stored encrypted and never shown. Null removes one. */
            secrets?: {
                [key: string]: string | null;
            };
        };
        Pool: {
            name: string;
            sessions: string[];
        };
        /**
         * @example {
         *       "sessions": [
         *         "main",
         *         "backup"
         *       ]
         *     }
         */
        PoolMembers: {
            /** @description The sessions in the order in which they are asked to send. */
            sessions: string[];
        };
        Problem: {
            /** @description A stable code. Programs may branch on it. */
            code: string;
            /** @description For people: the cause, or what to do. */
            detail: string;
            /** @description All mistakes in the request. */
            issues?: {
                field: string;
                message: string;
            }[];
            /** @description The status of the message that cannot be changed. */
            state?: components["schemas"]["JobStatus"];
            status: number;
            title: string;
            type: string;
        };
        QrCode: {
            /** Format: date-time */
            expiresAt: string;
            value: string;
        };
        Queue: {
            /** @description On the wire, or maybe. */
            active: number;
            canceled: number;
            failed: number;
            /** @description Held back by the pace of their session. */
            held: number;
            /** @description The pending message that is in the queue for longest. Null when none is. */
            oldest: {
                ageMs: number;
                /** Format: date-time */
                queuedAt: string;
            } | null;
            /** @description For another attempt, at a time. */
            retrying: number;
            /** @description For later (`sendAt`). */
            scheduled: number;
            /** @description WhatsApp has them; `delivered` and `read` included. */
            sent: number;
            sessions: {
                [key: string]: components["schemas"]["QueueFigures"];
            };
            /** @description To be sent as soon as their session can. */
            waiting: number;
        };
        QueueFigures: {
            /** @description On the wire, or maybe. */
            active: number;
            canceled: number;
            failed: number;
            /** @description Held back by the pace of their session. */
            held: number;
            /** @description For another attempt, at a time. */
            retrying: number;
            /** @description For later (`sendAt`). */
            scheduled: number;
            /** @description WhatsApp has them; `delivered` and `read` included. */
            sent: number;
            /** @description To be sent as soon as their session can. */
            waiting: number;
        };
        /** @enum {string} */
        Reason: "created" | "requested" | "claimed" | "restoring" | "opening-socket" | "scan-qr" | "qr-expired" | "qr-not-scanned" | "pairing-void" | "pairing-failed" | "logged-in" | "restart-required" | "connection-lost" | "whatsapp-trouble" | "bad-session" | "owner-silent" | "not-vouched-for" | "owner-lost" | "runner-leaving" | "firestore-away" | "replaced-waiting" | "logged-out" | "logged-out-on-request" | "account-banned" | "temporarily-banned" | "client-outdated" | "multidevice-mismatch" | "foreign-connection" | "connection-refused" | "whatsapp-keeps-failing" | "awaiting-trial" | "crashes-its-runner" | "state-unreachable" | "journal-gap" | "journal-damaged" | "journal-short" | "journal-missing" | "store-missing" | "store-forbidden" | "checkpoint-lost" | "unknown-version" | "document-invalid" | "data-key-missing" | "data-key-damaged" | "wrong-key" | "restoring-from-backup";
        ReceivedMessage: {
            /** @description The text of the message. */
            body: string | null;
            chatId?: string;
            /** @description Why the message cannot be read. Otherwise absent. */
            error?: string;
            from?: string;
            /**
             * @description The message comes from the phone's history, sent when the device was linked.
             * @constant
             */
            fromHistory?: true;
            fromMe?: boolean;
            /** @description The id that the sender gave the message. Null when the document is damaged. */
            id: string | null;
            /** @description The place of the message in the list. It serves as a cursor. */
            order: string;
            /** @description The sender of a group message. */
            participant?: string | null;
            pushName?: string | null;
            /** @description When the message was sent, in seconds since 1970. */
            timestamp?: number;
            /** @description Present when the message was too large to be stored whole. `bytes` is its size. Only its text was stored, or the beginning of its text when `textIsCut` is true. */
            tooLarge?: {
                bytes: number;
                textIsCut: boolean;
            };
            type?: string;
        };
        RecoveryAction: {
            durationMs: number | null;
            finishedAt: string | null;
            id: string;
            /** Format: date-time */
            requestedAt: string;
            requestedBy: string;
            result: {
                code: string;
                sentence: string;
            } | null;
            session: string;
            startedAt: string | null;
            /** @enum {string} */
            state: "pending" | "running" | "done" | "failed";
            steps: {
                /** Format: date-time */
                at: string;
                what: string;
            }[];
            /** @enum {string} */
            type: "restart" | "logout" | "restore";
            why: string;
        };
        RefusedInBulk: {
            /** @description The code of the problem that POST /api/sendText answers in this case. */
            code: string;
            detail: string;
            /** @description The place of the message in the request, from 0. */
            index: number;
        };
        /**
         * @example {
         *       "text": "Hello again"
         *     }
         */
        Replacement: {
            /** @description A message that was not sent by this time is `failed` with the code `expired`. */
            expiresAt?: string | null;
            /**
             * @description Messages to one chat keep their order, whatever their priority.
             * @enum {string}
             */
            priority?: "high" | "normal" | "low";
            /** @description The message is not sent before this time. It can be canceled or replaced until then. */
            sendAt?: string | null;
            text: string;
        };
        Restore: {
            action: components["schemas"]["RecoveryAction"];
            /** @constant */
            approved: true;
            /** @description The source of the restore: the name of a checkpoint, or the journal. */
            from: string;
            reason: components["schemas"]["Reason"];
            sentence: string;
            userAction: string | null;
            wouldLose: {
                after: number;
                records: number;
                sentence: string;
                /** @description When the last record that would be kept was written. Null if unknown. */
                since: string | null;
                upTo: number;
            };
        };
        RestorePlan: {
            /** @constant */
            approved: false;
            /** @description The source of the restore: the name of a checkpoint, or the journal. */
            from: string;
            next: string;
            reason: components["schemas"]["Reason"];
            sentence: string;
            userAction: string | null;
            wouldLose: {
                after: number;
                records: number;
                sentence: string;
                /** @description When the last record that would be kept was written. Null if unknown. */
                since: string | null;
                upTo: number;
            };
        } | {
            /** @constant */
            approved: false;
            found: {
                checkpoint: string | null;
                journalHead: number;
            };
            next: string;
            /** @constant */
            reason: "document-missing";
            sentence: string;
        };
        /**
         * @example {
         *       "approve": false
         *     }
         */
        RestoreRequest: {
            /**
             * @description Accepts the losses that the plan names. If false, the API only returns the plan.
             * @default false
             */
            approve?: boolean;
        };
        RetryAll: {
            /** @description Messages whose document cannot be read. */
            damaged: number;
            /** @description Messages that stay failed, because their `expiresAt` is past. */
            expired: number;
            /** @description False when the time was too short for all. The same request continues. */
            isComplete: boolean;
            /** @description Messages that this request returned to the queue. */
            retried: number;
        };
        /**
         * @example {
         *       "session": "main"
         *     }
         */
        RetryAllOf: {
            /** @description Only the messages of this session. */
            session?: string;
        };
        Session: {
            /** @description The end of a ban, if WhatsApp stated it. */
            bannedUntil: string | null;
            checkpoint: {
                object: string;
                seq: number;
            } | null;
            config: {
                [key: string]: unknown;
            };
            counters: {
                received: number;
                sent: number;
            };
            createdAt: string | null;
            /** @description How the last connection ended: WhatsApp's code, and the cause that the runner derived from it. */
            lastDisconnect: {
                /** Format: date-time */
                at: string;
                /** @enum {string} */
                class: "network" | "whatsapp" | "restart" | "replaced" | "logged-out" | "banned" | "client-outdated" | "bad-session" | "refused" | "pairing";
                code: number | null;
                reason: string;
            } | null;
            lastInboundAt: string | null;
            lastProofOfLifeAt: string | null;
            /** @description The linked account. */
            me: {
                id: string;
                lid: string | null;
            } | null;
            name: string;
            /** @description The next connection attempt. Set while the session waits for it. */
            nextAttemptAt: string | null;
            /** @description The runner that holds the session. `epoch` rises with each take-over. */
            owner: {
                epoch: number;
                runnerId: string | null;
            };
            /** @description How much the session has sent and may send. Null until it has sent a paced message. */
            pacing: {
                /** @description What WhatsApp announced about the account. Messages in chats that exist are not concerned. */
                announced: {
                    /** @description The quota of messages that begin new chats. */
                    messageCap: {
                        /** Format: date-time */
                        announcedAt: string;
                        /** @description `CAPPED`: no new chats before `until`. */
                        status: string;
                        total: number | null;
                        until: string | null;
                        used: number | null;
                    } | null;
                    /** @description A lock against new chats. `until` is null when it was lifted. */
                    reachOutLock: {
                        /** Format: date-time */
                        announcedAt: string;
                        type: string;
                        until: string | null;
                    } | null;
                };
                /** @description The limit of that day. It is lower while the session is young. */
                dailyLimit: number;
                /**
                 * @description The counted day, in `timeZone`. A later day has a new count.
                 * @example 2026-12-01
                 */
                day: string;
                firstSentAt: string | null;
                /** @description The end of the pause after the last message. */
                nextSendAt: string | null;
                sentToday: number;
                timeZone: string;
            } | null;
            reason: components["schemas"]["Reason"];
            /** @description The reason as a sentence. */
            sentence: string;
            since: string | null;
            /**
             * @description The stored state. `status` and `reason` also depend on whether the runner is alive.
             * @enum {string}
             */
            state: "NEW" | "STOPPED" | "CLAIMING" | "RESTORING" | "PAIRING" | "CONNECTING" | "CONNECTED" | "BACKOFF" | "MUTED" | "LOGGED_OUT" | "BANNED" | "REPLACED" | "NEEDS_ATTENTION" | "QUARANTINED";
            /**
             * @description The status in WAHA's words.
             * @enum {string}
             */
            status: "STOPPED" | "STARTING" | "SCAN_QR_CODE" | "WORKING" | "FAILED";
            /** @description What the user has to do, if anything. */
            userAction: string | null;
            /** @enum {string} */
            wanted: "online" | "offline";
        };
        SessionInfo: {
            backups?: number | null;
            /** @description Checkpoints that cannot be used. */
            damaged?: {
                code: string;
                object: string;
            }[];
            /** @description Absent when the document of the session is damaged, like the fields below. */
            journal?: {
                end: number | null;
                head: number;
                replayed: number;
                trimmedTo: number;
            };
            /** @description The newest checkpoint that can be opened. */
            lastBackup?: string | null;
            lastCheckpoint?: {
                epoch: number;
                object: string;
                seq: number;
            } | null;
            name: string;
            /** @description The number of messages that WhatsApp delivered and the runner could not read. */
            parkedStanzas: number;
            persistence: {
                willSurviveRestart: boolean;
            };
            /** @description The states that log-outs, restores and repairs put aside. */
            putAside?: {
                /** Format: date-time */
                at: string;
                checkpoint: {
                    epoch: number;
                    object: string;
                    seq: number;
                } | null;
                reason: string;
                records: {
                    after: number;
                    upTo: number;
                } | null;
            }[];
            /** Format: date-time */
            readBackAt: string;
            session: {
                exists: boolean;
                reason?: components["schemas"]["Reason"];
                /** @description The number of values of each kind. */
                records: {
                    [key: string]: number;
                };
                sentence?: string;
                /**
                 * @description `unknown` when this API cannot read the store. That says nothing about the session.
                 * @enum {string}
                 */
                status: "missing" | "valid" | "corrupt" | "unknown";
                userAction?: string | null;
            };
            store: {
                /** @description The result of the runner's last check of its stores. */
                checkedByOwner: {
                    /** Format: date-time */
                    checkedAt: string;
                    path: string;
                    problems: {
                        advice: string;
                        code: string;
                        sentence: string;
                    }[];
                    /** @enum {string} */
                    type: "local" | "cloud" | "hybrid";
                    valid: boolean;
                } | null;
                path: {
                    checkpoints: string;
                    journal: string;
                };
                problems: {
                    advice: string;
                    code: string;
                    sentence: string;
                }[];
                valid: boolean;
            };
        };
        Tenant: {
            config: components["schemas"]["TenantConfig"];
            /** @description Null: nobody has configured the tenant `default` yet. */
            createdAt: string | null;
            deletingSince: string | null;
            id: string;
            name: string;
            /** @description The names of the secrets that are set. */
            secrets: {
                [key: string]: {
                    /** @constant */
                    set: true;
                };
            };
            settings: components["schemas"]["TenantSettings"];
            /** @enum {string} */
            state: "active" | "deleting";
        };
        /** @description What the tenant configured itself. */
        TenantConfig: {
            alerts?: {
                channels?: ({
                    chatId: string;
                    name: string;
                    token?: {
                        /** @constant */
                        set: true;
                    };
                    /** @constant */
                    type: "telegram";
                } | {
                    name: string;
                    /** @constant */
                    type: "slack";
                    webhook?: {
                        /** @constant */
                        set: true;
                    };
                } | {
                    name: string;
                    to: string[];
                    /** @constant */
                    type: "email";
                } | {
                    key?: {
                        /** @constant */
                        set: true;
                    };
                    name: string;
                    /** @constant */
                    type: "webhook";
                    /** Format: uri */
                    url: string;
                })[];
            };
            failoverAfterMs?: number;
            pacing?: {
                dailyLimit?: number;
                enabled?: boolean;
                maxDelayMs?: number;
                minDelayMs?: number;
                ramp?: number[];
                recipientGapMs?: number;
            };
            quotas?: {
                keys?: number;
                messagesPerDay?: number;
                requestsPerMinute?: number;
                sessions?: number;
            };
            retention?: {
                failedDays?: number;
                finishedDays?: number;
            };
            retries?: {
                delaysMs?: number[];
                maxRetries?: number;
            };
            syncFullHistory?: boolean;
            thresholds?: {
                queueDepth?: number;
                silenceMinutes?: number;
            };
            timeZone?: string;
        };
        /** @description Changes what it names, and leaves the rest. Null removes a value, which then is that of the installation. Lists are replaced whole. */
        TenantConfigPatch: {
            alerts?: {
                channels?: ({
                    chatId: string;
                    name: string;
                    /** @description A secret. Stored encrypted; answers show `{ "set": true }`. Leave it out to keep the stored one. */
                    token?: (string | {
                        /** @constant */
                        set: true;
                    }) | null;
                    /** @constant */
                    type: "telegram";
                } | {
                    name: string;
                    /** @constant */
                    type: "slack";
                    /** @description A secret. Stored encrypted; answers show `{ "set": true }`. Leave it out to keep the stored one. */
                    webhook?: (string | {
                        /** @constant */
                        set: true;
                    }) | null;
                } | {
                    name: string;
                    to: string[];
                    /** @constant */
                    type: "email";
                } | {
                    /** @description A secret. Stored encrypted; answers show `{ "set": true }`. Leave it out to keep the stored one. */
                    key?: (string | {
                        /** @constant */
                        set: true;
                    }) | null;
                    name: string;
                    /** @constant */
                    type: "webhook";
                    /** Format: uri */
                    url: string;
                })[] | null;
            } | null;
            failoverAfterMs?: number | null;
            pacing?: {
                dailyLimit?: number | null;
                enabled?: boolean | null;
                maxDelayMs?: number | null;
                minDelayMs?: number | null;
                ramp?: number[] | null;
                recipientGapMs?: number | null;
            } | null;
            quotas?: {
                keys?: number | null;
                messagesPerDay?: number | null;
                requestsPerMinute?: number | null;
                sessions?: number | null;
            } | null;
            retention?: {
                failedDays?: number | null;
                finishedDays?: number | null;
            } | null;
            retries?: {
                delaysMs?: number[] | null;
                maxRetries?: number | null;
            } | null;
            syncFullHistory?: boolean | null;
            thresholds?: {
                queueDepth?: number | null;
                silenceMinutes?: number | null;
            } | null;
            timeZone?: string | null;
        };
        TenantDeletion: {
            /** Format: date-time */
            deletingSince: string;
            id: string;
            keysRevoked: number;
            remaining: {
                openMessages: number;
                sessions: number;
            };
            sentence: string;
            sessionsStopped: number;
            /** @constant */
            state: "deleting";
        };
        /**
         * @example {
         *       "config": {
         *         "timeZone": "America/Sao_Paulo",
         *         "pacing": {
         *           "dailyLimit": 200
         *         }
         *       }
         *     }
         */
        TenantPatch: {
            config?: components["schemas"]["TenantConfigPatch"];
            name?: string;
            /** @description Secrets by name. Stored encrypted and never shown. Null removes one. */
            secrets?: {
                [key: string]: string | null;
            };
        };
        /** @description The tenant's own values, and those of the installation for the rest. */
        TenantSettings: {
            failoverAfterMs: number;
            pacing: {
                dailyLimit: number;
                enabled: boolean;
                maxDelayMs: number;
                minDelayMs: number;
                ramp: number[];
                recipientGapMs: number;
            };
            /** @description Null: no limit. */
            quotas: {
                keys: number | null;
                messagesPerDay: number | null;
                requestsPerMinute: number | null;
                sessions: number | null;
            };
            retention: {
                failedDays: number;
                finishedDays: number;
            };
            retries: {
                delaysMs: number[];
                maxRetries: number;
            };
            syncFullHistory: boolean;
            thresholds: {
                queueDepth: number;
                silenceMinutes: number;
            };
            timeZone: string;
        };
        /**
         * @example {
         *       "session": "main",
         *       "chatId": "5511999990000@c.us",
         *       "text": "Hello"
         *     }
         */
        TextToSend: {
            chatId: string;
            /** @description A message that was not sent by this time is `failed` with the code `expired`. */
            expiresAt?: string | null;
            /** @description The pool whose first connected session sends. When that one cannot, another session of the pool does. */
            pool?: string;
            /**
             * @description Messages to one chat keep their order, whatever their priority.
             * @default normal
             * @enum {string}
             */
            priority?: "high" | "normal" | "low";
            /** @description When WhatsApp refuses the message for now. What is missing has the tenant's value. */
            retry?: {
                /** @description The delay before each retry, in milliseconds; the last one repeats. */
                delaysMs?: number[];
                /** @description Attempts after the first one. Without it there are as many as delays. */
                maxRetries?: number;
            } | null;
            /** @description The message is not sent before this time. It can be canceled or replaced until then. */
            sendAt?: string | null;
            /** @description The session that sends. Name it or a pool. */
            session?: string;
            text: string;
        };
        Waiting: {
            /** @description `scheduled` (for `sendAt`), `retry` (for the next attempt), `session-not-connected`, `queue` (for its turn), or what its pace waits for: `pacing-delay`, `daily-limit`, `ramp-limit`, `recipient-gap`, `reach-out-lock`, `message-cap`. */
            reason: string;
            /** @description Null when the end is not known. */
            until: string | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getQrCode: {
        parameters: {
            query?: {
                /** @description `raw` returns the content of the code as JSON, `svg` returns a picture. */
                format?: "raw" | "svg";
            };
            header?: never;
            path: {
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The QR code. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QrCode"];
                    "image/svg+xml": string;
                };
            };
            /** @description `bad-request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-session`: There is no such session. `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `no-qr-code`: The session has no QR code now. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listMessages: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The cursor of an earlier answer. The list starts after it. */
                since?: string;
            };
            header?: never;
            path: {
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of messages. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessagePage"];
                };
            };
            /** @description `bad-request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-session`: There is no such session. `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAudit: {
        parameters: {
            query?: {
                limit?: number;
                /** @description A time, or the cursor of an earlier answer. The list starts there. */
                since?: string;
                /** @description For the operator: a tenant. Without it: all. */
                tenant?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The acts, oldest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditPage"];
                };
            };
            /** @description `bad-request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listKeys: {
        parameters: {
            query?: {
                /** @description For the operator: the tenant that the request is about. Without it: the one of the header X-Tenant. */
                tenant?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All keys, revoked ones included, oldest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Key"][];
                };
            };
            /** @description `bad-request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewKey"];
            };
        };
        responses: {
            /** @description The key. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedKey"];
                };
            };
            /** @description `bad-request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `quota-exceeded`: The quota of the tenant is used up. `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `tenant-deleting`: The tenant is being deleted. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revokeKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a key. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The revoked key. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Key"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-key`: There is no such API key. `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listMessagesToSend: {
        parameters: {
            query?: {
                /** @description The chat, as in POST /api/sendText. */
                chatId?: string;
                /** @description The cursor of an earlier answer. The list goes on after it. */
                cursor?: string;
                limit?: number;
                /** @description The name of a session. */
                session?: string;
                /** @description Only messages that were accepted at this time or later. */
                since?: string;
                status?: components["schemas"]["JobStatus"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of messages. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageList"];
                };
            };
            /** @description `bad-request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-session`: There is no such session. `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The `id` or the `messageId` of the accepted message. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The message. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-message`: There is no such message. `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `message-damaged`: The stored message is damaged. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replaceMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The `id` or the `messageId` of the accepted message. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Replacement"];
            };
        };
        responses: {
            /** @description The message. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description `bad-request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-message`: There is no such message. `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `message-damaged`: The stored message is damaged. `message-archived`: The message is archived. `cannot-replace`: The message cannot be replaced. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid-time`: A time of the message is not possible. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The `id` or the `messageId` of the accepted message. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The message. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-message`: There is no such message. `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `message-damaged`: The stored message is damaged. `cannot-delete`: The message cannot be deleted. `no-archive`: The installation has no archive. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancelMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The `id` or the `messageId` of the accepted message. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The message. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-message`: There is no such message. `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `message-damaged`: The stored message is damaged. `message-archived`: The message is archived. `cannot-cancel`: The message cannot be canceled. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retryMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The `id` or the `messageId` of the accepted message. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The message. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-message`: There is no such message. `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `message-damaged`: The stored message is damaged. `message-archived`: The message is archived. `cannot-retry`: The message cannot be returned to the queue. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDescription: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This document. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Description"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listPools: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All pools, by name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pool"][];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getPool: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a pool. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The pool. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pool"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-pool`: There is no such pool. `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putPool: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a pool. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PoolMembers"];
            };
        };
        responses: {
            /** @description The pool. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pool"];
                };
            };
            /** @description `bad-request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-session`: There is no such session. `unknown-pool`: There is no such pool. `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `default-pool`: The pool `default` cannot be changed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deletePool: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a pool. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The pool as it was. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pool"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-pool`: There is no such pool. `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `default-pool`: The pool `default` cannot be changed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getQueue: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures, in all and by session. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Queue"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retryFailed: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RetryAllOf"];
            };
        };
        responses: {
            /** @description What was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetryAll"];
                };
            };
            /** @description `bad-request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-session`: There is no such session. `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sendBulk: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeat a request with the same key, and the API accepts the message only once. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BulkToSend"];
            };
        };
        responses: {
            /** @description The results. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkAnswer"];
                };
            };
            /** @description `bad-request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `queue-disabled`: No new messages are accepted. `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sendText: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeat a request with the same key, and the API accepts the message only once. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TextToSend"];
            };
        };
        responses: {
            /** @description The message is accepted. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedMessage"];
                };
            };
            /** @description `invalid-chat`: The chat id is not valid. `bad-request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-session`: There is no such session. `unknown-pool`: There is no such pool. `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `tenant-deleting`: The tenant is being deleted. `message-damaged`: The stored message is damaged. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-chat`: Messages to this chat are not supported. `invalid-time`: A time of the message is not possible. `idempotency-key-reused`: The idempotency key belongs to another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `daily-quota-exceeded`: The messages of the day are used up. `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `queue-disabled`: No new messages are accepted. `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    findSessionInfo: {
        parameters: {
            query: {
                /** @description The name of a session. */
                session: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stored state. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionInfo"];
                };
            };
            /** @description `bad-request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-session`: There is no such session. `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All sessions, sorted by name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"][];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSession"];
            };
        };
        responses: {
            /** @description The new session. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description `bad-request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `quota-exceeded`: The quota of the tenant is used up. `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `session-exists`: The session already exists. `tenant-deleting`: The tenant is being deleted. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-session`: There is no such session. `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listActions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The actions, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": (components["schemas"]["RecoveryAction"] | components["schemas"]["DamagedRecoveryAction"])[];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-session`: There is no such session. `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAction: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of an action. */
                id: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The action, with its steps and its result. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryAction"] | components["schemas"]["DamagedRecoveryAction"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-session`: There is no such session. `unknown-action`: There is no such recovery action. `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSessionInfo: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stored state. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionInfo"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-session`: There is no such session. `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    logoutSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ActionRequest"];
            };
        };
        responses: {
            /** @description The action. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryAction"];
                };
            };
            /** @description `bad-request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-session`: There is no such session. `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    restartSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ActionRequest"];
            };
        };
        responses: {
            /** @description The action. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryAction"];
                };
            };
            /** @description `bad-request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-session`: There is no such session. `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `session-stopped`: The session is stopped. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    restoreSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RestoreRequest"];
            };
        };
        responses: {
            /** @description The plan and its losses. Nothing was changed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RestorePlan"];
                };
            };
            /** @description The missing document of the session was created again. Nothing is lost. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BroughtBack"];
                };
            };
            /** @description The session's runner performs the restore. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Restore"];
                };
            };
            /** @description `bad-request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-session`: There is no such session. `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `nothing-to-restore`: There is nothing to restore. `cannot-restore`: The session cannot be restored. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    startSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-session`: There is no such session. `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `tenant-deleting`: The tenant is being deleted. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stopSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-session`: There is no such session. `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getOwnTenant: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The tenant. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeOwnTenant: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TenantPatch"];
            };
        };
        responses: {
            /** @description The tenant. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            /** @description `bad-request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `contradictory-configuration`: The configuration contradicts itself. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTenants: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All tenants, sorted by id. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"][];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createTenant: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTenant"];
            };
        };
        responses: {
            /** @description The tenant. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            /** @description `bad-request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `single-tenant`: This installation has one tenant only. `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `tenant-exists`: The tenant already exists. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `contradictory-configuration`: The configuration contradicts itself. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTenant: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a tenant. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The tenant. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteTenant: {
        parameters: {
            query?: {
                /** @description The name of the tenant, as a confirmation. */
                confirm?: string;
            };
            header?: never;
            path: {
                /** @description The id of a tenant. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was done, and what is still there. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantDeletion"];
                };
            };
            /** @description `bad-request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-confirmed`: The deletion is not confirmed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeTenant: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a tenant. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TenantPatch"];
            };
        };
        responses: {
            /** @description The tenant. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            /** @description `bad-request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `contradictory-configuration`: The configuration contradicts itself. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listFormerFailed: {
        parameters: {
            query?: {
                /** @description The cursor of an earlier answer. The list goes on after it. */
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of messages. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageList"];
                };
            };
            /** @description `bad-request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteFormerFailed: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The `id` or the `messageId` of the accepted message. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The message. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-message`: There is no such message. `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `message-damaged`: The stored message is damaged. `cannot-delete`: The message cannot be deleted. `no-archive`: The installation has no archive. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retryFormerFailed: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The `id` or the `messageId` of the accepted message. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The message. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-message`: There is no such message. `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `message-damaged`: The stored message is damaged. `message-archived`: The message is archived. `cannot-retry`: The message cannot be returned to the queue. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retryAllFormerFailed: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RetryAllOf"];
            };
        };
        responses: {
            /** @description What was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetryAll"];
                };
            };
            /** @description `bad-request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-session`: There is no such session. `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getFormerHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The health. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FormerHealth"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getFormerStats: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FormerStats"];
                };
            };
            /** @description `unauthorized`: No valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown-tenant`: There is no such tenant. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
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
            /** @description The figures and the problems. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service cannot reach its database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
