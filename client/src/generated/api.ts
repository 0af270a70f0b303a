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
         * Show the QR code to scan now
         * @description A code is good for less than a minute. Retry-After tells when to ask again while the next one is on its way.
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
         * @description The oldest first. A client that keeps the cursor misses nothing and hears nothing twice.
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
    "/api/messages/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show what has become of a message */
        get: operations["getMessage"];
        put?: never;
        post?: never;
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
         * @description The answer comes when the message is stored. A session that is not connected sends it later.
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
        /** Read back what is stored of a session (named in the query) */
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
         * @description The session then waits for a runner and shows a QR code.
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
         * Read back what is stored of a session
         * @description Takes nothing on the word of the runner that wrote it. Reads everything, so do not ask often.
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
         * Back a session up and unlink it from the phone
         * @description The session's runner does it. Asked twice, it is done once.
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
         * Connect a session anew, whatever it waits for
         * @description The session's runner does it. Asked twice, it is done once.
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
         * Put a damaged session together from what is left
         * @description Without `approve` nothing is done, and the answer says what would be lost.
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
         * @description May be repeated. A session that waits for somebody to act is restarted.
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
         * @description May be repeated.
         */
        post: operations["stopSession"];
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
         * @description Always 200 when the API answers: the body tells how things are.
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
        AcceptedMessage: {
            /** @description Of the job. */
            id: string;
            /** @description The id that the message has at WhatsApp. */
            messageId: string;
            status: components["schemas"]["JobStatus"];
        };
        /**
         * @example {
         *       "reason": "For a test."
         *     }
         */
        ActionRequest: {
            /** @description Kept with the action. */
            reason?: string;
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
        Health: {
            /** @description Sessions: all, connected, waiting for somebody to act, on their way. Null while Firestore is away. */
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
            /** @description Percent, of the worst runner that is alive. */
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
                sessions: number;
                silentForMs: number;
                /**
                 * @description The sessions of a dead runner are being taken over by another.
                 * @enum {string}
                 */
                state: "active" | "draining" | "dead";
            }[] | null;
            /** @enum {string} */
            status: "healthy" | "degraded" | "warning" | "critical";
            /** @description Seconds since this process of the API began. */
            uptime: number;
        };
        /** @enum {string} */
        JobStatus: "pending" | "processing" | "sent" | "delivered" | "read" | "failed" | "canceled";
        Message: {
            attempts: number;
            chatId: string;
            /** Format: date-time */
            createdAt: string;
            error: {
                code: string;
                message: string;
            } | null;
            failedAt: string | null;
            id: string;
            lastAttemptAt: string | null;
            messageId: string;
            nextAttemptAt: string | null;
            session: string;
            status: components["schemas"]["JobStatus"];
            text: string | null;
            /** @description Why the text cannot be shown. Only then. */
            textError?: string;
            timeline: {
                /** Format: date-time */
                at: string;
                attempt?: number;
                status: components["schemas"]["JobStatus"];
            }[];
        };
        MessagePage: {
            /** @description Behind the last message. Null while there is none. */
            cursor: string | null;
            messages: components["schemas"]["ReceivedMessage"][];
        };
        /**
         * @example {
         *       "name": "another"
         *     }
         */
        NewSession: {
            name: string;
            /**
             * @description Whether the session connects at once. Otherwise it waits to be started.
             * @default true
             */
            start?: boolean;
        };
        Problem: {
            /** @description Stable: programs may branch on it. */
            code: string;
            /** @description For people: what to do. */
            detail: string;
            /** @description Everything that is wrong with a request. */
            issues?: {
                field: string;
                message: string;
            }[];
            status: number;
            title: string;
            type: string;
        };
        QrCode: {
            /** Format: date-time */
            expiresAt: string;
            value: string;
        };
        /** @enum {string} */
        Reason: "created" | "requested" | "claimed" | "restoring" | "opening-socket" | "scan-qr" | "qr-expired" | "qr-not-scanned" | "pairing-void" | "pairing-failed" | "logged-in" | "restart-required" | "connection-lost" | "whatsapp-trouble" | "bad-session" | "owner-silent" | "not-vouched-for" | "owner-lost" | "runner-leaving" | "firestore-away" | "replaced-waiting" | "logged-out" | "logged-out-on-request" | "account-banned" | "temporarily-banned" | "client-outdated" | "multidevice-mismatch" | "foreign-connection" | "connection-refused" | "whatsapp-keeps-failing" | "awaiting-trial" | "crashes-its-runner" | "state-unreachable" | "journal-gap" | "journal-damaged" | "journal-short" | "journal-missing" | "store-missing" | "store-forbidden" | "checkpoint-lost" | "unknown-version" | "document-invalid" | "data-key-missing" | "data-key-damaged" | "wrong-key" | "restoring-from-backup";
        ReceivedMessage: {
            /** @description Its text. */
            body: string | null;
            chatId?: string;
            /** @description Why the message cannot be read. Only then. */
            error?: string;
            from?: string;
            /**
             * @description The phone told of it when the device was linked.
             * @constant
             */
            fromHistory?: true;
            fromMe?: boolean;
            /** @description The id that its sender gave it. Null when the document is damaged. */
            id: string | null;
            /** @description Its place in the listing; a cursor. */
            order: string;
            /** @description The sender, in a group. */
            participant?: string | null;
            pushName?: string | null;
            /** @description When it was sent, in seconds since 1970. */
            timestamp?: number;
            /** @description Of a message that had so many bytes only the text was stored; its beginning when it is cut. */
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
        Restore: {
            action: components["schemas"]["RecoveryAction"];
            /** @constant */
            approved: true;
            /** @description The checkpoint that is left, or the journal. */
            from: string;
            reason: components["schemas"]["Reason"];
            sentence: string;
            userAction: string | null;
            wouldLose: {
                after: number;
                records: number;
                sentence: string;
                /** @description When the last record was written that would be kept, where that is known. */
                since: string | null;
                upTo: number;
            };
        };
        RestorePlan: {
            /** @constant */
            approved: false;
            /** @description The checkpoint that is left, or the journal. */
            from: string;
            next: string;
            reason: components["schemas"]["Reason"];
            sentence: string;
            userAction: string | null;
            wouldLose: {
                after: number;
                records: number;
                sentence: string;
                /** @description When the last record was written that would be kept, where that is known. */
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
             * @description Agrees to lose what the plan says. Otherwise nothing is done.
             * @default false
             */
            approve?: boolean;
        };
        Session: {
            /** @description The end of a ban, where WhatsApp has told it. */
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
            /** @description How the last connection ended: WhatsApp's code, and what it was taken for. */
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
            /** @description Set while the session waits before it connects again by itself. */
            nextAttemptAt: string | null;
            /** @description The runner that holds the session, and how often the session was taken over. */
            owner: {
                epoch: number;
                runnerId: string | null;
            };
            reason: components["schemas"]["Reason"];
            /** @description The reason, for people. */
            sentence: string;
            since: string | null;
            /**
             * @description The precise state. `status` and `reason` also tell whether its runner is alive.
             * @enum {string}
             */
            state: "NEW" | "STOPPED" | "CLAIMING" | "RESTORING" | "PAIRING" | "CONNECTING" | "CONNECTED" | "BACKOFF" | "MUTED" | "LOGGED_OUT" | "BANNED" | "REPLACED" | "NEEDS_ATTENTION" | "QUARANTINED";
            /**
             * @description In WAHA's words.
             * @enum {string}
             */
            status: "STOPPED" | "STARTING" | "SCAN_QR_CODE" | "WORKING" | "FAILED";
            /** @description What the user is to do, if anything. */
            userAction: string | null;
            /** @enum {string} */
            wanted: "online" | "offline";
        };
        SessionInfo: {
            backups?: number | null;
            /** @description Checkpoints that were read back and cannot be used. */
            damaged?: {
                code: string;
                object: string;
            }[];
            /** @description Not when the document of the session is damaged, nor are the fields below. */
            journal?: {
                end: number | null;
                head: number;
                replayed: number;
                trimmedTo: number;
            };
            /** @description The newest checkpoint that opens. */
            lastBackup?: string | null;
            lastCheckpoint?: {
                epoch: number;
                object: string;
                seq: number;
            } | null;
            name: string;
            /** @description Messages that WhatsApp delivered and nobody here can read. */
            parkedStanzas: number;
            persistence: {
                willSurviveRestart: boolean;
            };
            /** @description What log-outs, restores and repairs left behind. */
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
                /** @description How many values there are of each kind. */
                records: {
                    [key: string]: number;
                };
                sentence?: string;
                /**
                 * @description `unknown` when the store cannot be read from here. That says nothing of the session.
                 * @enum {string}
                 */
                status: "missing" | "valid" | "corrupt" | "unknown";
                userAction?: string | null;
            };
            store: {
                /** @description What its runner found when it last checked its stores. */
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
        /**
         * @example {
         *       "session": "main",
         *       "chatId": "5511999990000@c.us",
         *       "text": "Hello"
         *     }
         */
        TextToSend: {
            chatId: string;
            session: string;
            text: string;
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
                /** @description The content of the code as JSON, or the code as a picture. */
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
            /** @description The code. */
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
            /** @description `unknown-session`: There is no such session. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `no-qr-code`: There is no QR code now. */
            409: {
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
                /** @description The cursor of an earlier answer: the messages after it are listed. */
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
            /** @description One page. */
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
            /** @description `unknown-session`: There is no such session. */
            404: {
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
            /** @description `unknown-message`: There is no such message. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `message-damaged`: What is stored of the message cannot be used. */
            409: {
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
    sendText: {
        parameters: {
            query?: never;
            header?: {
                /** @description Send the same key when a request is repeated: the message is accepted once. */
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
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedMessage"];
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
            /** @description `unknown-session`: There is no such session. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `message-damaged`: What is stored of the message cannot be used. */
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
            /** @description `unsupported-chat`: Messages to this chat are not supported. `idempotency-key-reused`: The idempotency key belongs to another request. */
            422: {
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
            /** @description What was read back. */
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
            /** @description `unknown-session`: There is no such session. */
            404: {
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
            /** @description All sessions, by name. */
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
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `session-exists`: The session exists already. */
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
            /** @description `unknown-session`: There is no such session. */
            404: {
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
            /** @description The newest first. */
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
            /** @description `unknown-session`: There is no such session. */
            404: {
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
            /** @description `unknown-session`: There is no such session. `unknown-action`: There is no such recovery action. */
            404: {
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
            /** @description What was read back. */
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
            /** @description `unknown-session`: There is no such session. */
            404: {
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
            /** @description `unknown-session`: There is no such session. */
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
            /** @description `unknown-session`: There is no such session. */
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
            /** @description What would be lost. Nothing was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RestorePlan"];
                };
            };
            /** @description The document of the session was written anew. Nothing is lost. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BroughtBack"];
                };
            };
            /** @description The session's runner restores it. */
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
            /** @description `unknown-session`: There is no such session. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `nothing-to-restore`: There is nothing to restore. `cannot-restore`: The session cannot be restored from what is left. */
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
            /** @description `unknown-session`: There is no such session. */
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
            /** @description `unknown-session`: There is no such session. */
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
            /** @description Figures, and what is wrong. */
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
