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
         * @description A code is valid for less than a minute. While the runner prepares one, the request waits for some seconds. If there is none then, the answer is `wrong-status`, and its header Retry-After says when to repeat the request.
         *
         *     For API keys with the role `operator`, `admin`.
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
    "/api/{name}/auth/request-code": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a code that links a phone without a scan
         * @description The owner of the phone types the code in: WhatsApp, Settings, Linked devices, Link with phone number instead. While the runner prepares the session, the request waits for some seconds. A code can be tried once; the next request makes another one. It ends with the round of QR codes of its time, which takes about 160 seconds. WhatsApp allows few codes a day for one number.
         *
         *     For API keys with the role `operator`, `admin`.
         */
        post: operations["requestPairingCode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/calls/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reject a call that rings
         * @description At most once: nothing repeats it when it does not reach WhatsApp.
         *
         *     For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["rejectCall"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/channels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the channels that the session has heard of
         * @description Those with a stored message. From what the session has stored. A change is seen here after five seconds at the latest.
         *
         *     For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["listChannels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/chats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the chats of a session
         * @description The one with the newest message first. From what the session has stored. A change is seen here after five seconds at the latest.
         *
         *     For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["listChats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/chats/{chat}": {
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
         * Delete a chat
         * @description Also on the phone. What is stored here of its messages stays.
         *
         *     For API keys with the role `operator`, `admin`, `send`.
         */
        delete: operations["deleteChat"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/chats/{chat}/archive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Archive a chat
         * @description Also on the phone. What is stored here of its messages stays.
         *
         *     For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["archiveChat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/chats/{chat}/messages": {
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
         * Empty a chat
         * @description Also on the phone. What is stored here of its messages stays.
         *
         *     For API keys with the role `operator`, `admin`, `send`.
         */
        delete: operations["clearChat"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/chats/{chat}/messages/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tell that the messages of a chat were read
         * @description At most once. Without a number: up to 100 of the last seven days. Both may stand in the query or in the body.
         *
         *     For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["readChatMessages"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/chats/{chat}/picture": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show where the picture of a chat lies
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["getChatPicture"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/chats/{chat}/unarchive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a chat out of the archive
         * @description Also on the phone. What is stored here of its messages stays.
         *
         *     For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["unarchiveChat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/chats/{chat}/unread": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Mark a chat as unread
         * @description Also on the phone. What is stored here of its messages stays.
         *
         *     For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["markChatUnread"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/chats/{chatId}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the messages of a chat
         * @description Both sides, newest first: what was received, what the phone sent, and what was sent through the API. Edits, reactions and revocations are part of the message that they concern.
         *
         *     For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["listChatMessages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/chats/{chatId}/messages/{messageId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a message of a chat
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["getChatMessage"];
        /**
         * Edit a message of ones own
         * @description WhatsApp takes edits for 15 minutes after the message was sent.
         *
         *     For API keys with the role `operator`, `admin`, `send`.
         */
        put: operations["editMessage"];
        post?: never;
        /**
         * Delete a message for everyone
         * @description A message of ones own; in a group, its admins can delete the messages of others.
         *
         *     For API keys with the role `operator`, `admin`, `send`.
         */
        delete: operations["deleteMessageForEveryone"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/chats/{chatId}/messages/{messageId}/pin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pin a message for everyone
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["pinMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/chats/{chatId}/messages/{messageId}/unpin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Unpin a message
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["unpinMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/chats/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List chats with their last messages
         * @description From what the session has stored. A change is seen here after five seconds at the latest.
         *
         *     For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["getChatsOverview"];
        put?: never;
        /**
         * List chats with their last messages, for many ids
         * @description From what the session has stored. A change is seen here after five seconds at the latest.
         *
         *     For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        post: operations["postChatsOverview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/contacts/{contact}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Save a contact in the address book of the phone
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        put: operations["saveContact"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/contacts/{contact}/data": {
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
         * Erase what a session has stored of a contact
         * @description Messages from and to the contact, in groups those that it wrote, their media, its reactions and votes, the content of messages that were sent to it, archived ones as well, events that no end point has got yet, its chat and contact, and stanzas that could not be read; under phone number and LID where the contacts know both. One call removes a bounded number: repeat it with `cursor` until it is null, and once more while `complete` is false. On Google Cloud the API may not remove objects: it records them, and the nightly run removes them.
         *
         *     For API keys with the role `operator`, `admin`.
         */
        delete: operations["eraseContact"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send an event that people can answer
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["sendEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the groups of the account
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["listGroups"];
        put?: never;
        /**
         * Create a group
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["createGroup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/groups/{group}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show a group
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["getGroup"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/groups/{group}/admin/demote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make admins members
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["demoteGroupMembers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/groups/{group}/admin/promote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make members admins
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["promoteGroupMembers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/groups/{group}/description": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Describe a group
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        put: operations["setGroupDescription"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/groups/{group}/invite-code": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the code of the invitation
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["getInviteCode"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/groups/{group}/invite-code/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a new invitation, and end the old one
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["revokeInviteCode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/groups/{group}/leave": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Leave a group
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["leaveGroup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/groups/{group}/participants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the members of a group
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["listGroupMembersOld"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/groups/{group}/participants/add": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Add members to a group
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["addGroupMembers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/groups/{group}/participants/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Remove members from a group
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["removeGroupMembers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/groups/{group}/participants/v2": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the members of a group
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["listGroupMembers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/groups/{group}/picture": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set the picture of a group
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        put: operations["setGroupPicture"];
        post?: never;
        /**
         * Remove the picture of a group
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        delete: operations["deleteGroupPicture"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/groups/{group}/settings/security/info-admin-only": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who changes subject, description and settings
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["getInfoAdminOnly"];
        /**
         * Who changes subject, description and settings: set it
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        put: operations["setInfoAdminOnly"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/groups/{group}/settings/security/member-add-mode": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who adds members
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["getMemberAddMode"];
        /**
         * Who adds members: set it
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        put: operations["setMemberAddMode"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/groups/{group}/settings/security/messages-admin-only": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who writes messages
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["getMessagesAdminOnly"];
        /**
         * Who writes messages: set it
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        put: operations["setMessagesAdminOnly"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/groups/{group}/subject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Name a group
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        put: operations["setGroupSubject"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/groups/count": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count the groups of the account
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["countGroups"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/groups/join": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Join a group by its invitation
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["joinGroup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/groups/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask WhatsApp for all groups anew
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["refreshGroups"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/labels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the labels of the account
         * @description Accounts of WhatsApp Business have some. From what the session has stored. A change is seen here after five seconds at the latest.
         *
         *     For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["listLabels"];
        put?: never;
        /**
         * Make a label
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["createLabel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/labels/{label}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change a label
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        put: operations["changeLabel"];
        post?: never;
        /**
         * Remove a label
         * @description Also from the chats that have it.
         *
         *     For API keys with the role `operator`, `admin`, `send`.
         */
        delete: operations["deleteLabel"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/labels/{label}/chats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the chats that have a label
         * @description The one with the newest message first. From what the session has stored. A change is seen here after five seconds at the latest.
         *
         *     For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["listChatsOfLabel"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/labels/chats/{chat}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the labels of a chat
         * @description From what the session has stored. A change is seen here after five seconds at the latest.
         *
         *     For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["listLabelsOfChat"];
        /**
         * Give a chat these labels and no others
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        put: operations["setLabelsOfChat"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/lids": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the known pairs of LID and phone number
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["listLids"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/lids/{lid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the phone number of a LID
         * @description The unknown one is null.
         *
         *     For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["getPhoneOfLid"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/lids/count": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count the known pairs of LID and phone number
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["countLids"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/lids/pn/{phone}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the LID of a phone number
         * @description The unknown one is null.
         *
         *     For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["getLidOfPhone"];
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
         *
         *     For API keys with the role `operator`, `admin`, `send`, `read`.
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
    "/api/{name}/new-message-id": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Make an id for a message
         * @description A request that sends may carry it as `id`: the message then has this id at WhatsApp, and the same request again makes no second one.
         *
         *     For API keys with the role `operator`, `admin`, `send`.
         */
        get: operations["newMessageId"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/presence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what was heard of the presence of others since the session connected
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["listPresences"];
        put?: never;
        /**
         * Show the presence of the account, or what it does in a chat
         * @description At most once: nothing repeats it when it does not reach WhatsApp.
         *
         *     For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["setPresence"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/presence/{chat}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the presence in a chat, and hear of it from now on
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["getPresence"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/presence/{chat}/subscribe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hear of the presence in a chat while the session stays connected
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["subscribePresence"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/profile": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the profile of the account
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["getProfile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/profile/name": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set the name of the account
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        put: operations["setProfileName"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/profile/picture": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set the picture of the account
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        put: operations["setProfilePicture"];
        post?: never;
        /**
         * Remove the picture of the account
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        delete: operations["deleteProfilePicture"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/profile/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set what the account says about itself
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        put: operations["setProfileStatus"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/status/delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a status back
         * @description It goes to those who got the status. They are known as long as the status is not archived.
         *
         *     For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["deleteStatus"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/status/image": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Show a picture as the status
         * @description The bytes come in `file.data`, or from `file.url`.
         *
         *     For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["sendImageStatus"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/status/text": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Show a text as the status
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["sendTextStatus"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/status/video": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Show a video as the status
         * @description The bytes come in `file.data`, or from `file.url`.
         *
         *     For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["sendVideoStatus"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{name}/status/voice": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Show a voice message as the status
         * @description The bytes come in `file.data`, or from `file.url`.
         *
         *     For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["sendVoiceStatus"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the alerts
         * @description Sorted by id. The operator sees all, others those of their tenant. Each problem has one alert, however often it is seen.
         *
         *     For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["listAlerts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alerts/{id}/acknowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say that somebody takes care of an alert
         * @description Nobody is reminded of it from then on. Its end is told.
         *
         *     For API keys with the role `operator`, `admin`.
         */
        post: operations["acknowledgeAlert"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alerts/{id}/silence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tell nobody of an alert for a time
         * @description For API keys with the role `operator`, `admin`.
         */
        post: operations["silenceAlert"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alerts/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the browsers that show alerts
         * @description Those that were added with the same key; an admin sees all of the tenant, and the operator those of all operators, too.
         *
         *     For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["listAlertDevices"];
        put?: never;
        /**
         * Show alerts in a browser while no page is open
         * @description By web push. It shows what the key may see, for as long as the key is valid, and goes on after the sign-in of the browser has ended. The operator's browsers show alerts until somebody removes them. The same subscription may be sent again.
         *
         *     For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        post: operations["addAlertDevice"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alerts/devices/{id}": {
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
         * Show no more alerts in a browser
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        delete: operations["removeAlertDevice"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alerts/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test to the channels of alerts
         * @description The tenant's channels; for the operator also those of the installation. It waits for the outcomes, at most 20 seconds.
         *
         *     For API keys with the role `operator`, `admin`.
         */
        post: operations["testAlerts"];
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
         *
         *     For API keys with the role `operator`, `admin`.
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
    "/api/backup-session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Back up a session, or all
         * @description The same as `POST /api/sessions/{name}/backups`; without a session, as `POST /api/backups`.
         *
         *     For API keys with the role `operator`, `admin`.
         */
        post: operations["backUpFormer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/backups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Back up all sessions
         * @description All that are wanted online. A stopped session has its checkpoint since it was stopped.
         *
         *     For API keys with the role `operator`, `admin`.
         */
        post: operations["backUpAll"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/backups/{run}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show how far a backup of all sessions has got
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["getBackupRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/backups/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Return all sessions, or some, to a point in time
         * @description Without `approve`, the API changes nothing and answers what each session would lose, and which cannot return and why. With it, each session backs its present state up and returns, as with `POST /api/sessions/{name}/restore`.
         *
         *     For API keys with the role `operator`, `admin`.
         */
        post: operations["restoreAll"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/backups/restore/{run}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show how far a return of many sessions has got
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["getRestoreRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cleanup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Clean up the Signal records of all sessions
         * @description Of all sessions that a runner has, 500 in a request. The session's runner backs the state up, and then moves the Signal records that were not used for long to the archive of the session. They come back by themselves when a message needs them. The action has the report.
         *
         *     For API keys with the role `operator`, `admin`.
         */
        post: operations["cleanUpSessions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cleanup-backups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Show which backups the next clean-up removes
         * @description Retention decides, and the daily clean-up removes. This API deletes nothing.
         *
         *     For API keys with the role `operator`, `admin`.
         */
        post: operations["pruneFormer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/connections/recover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Bring back the sessions that are lost
         * @description Each session is recovered once, however often this is asked. A session that is not lost is left alone, and none is recovered against an outage. GET /api/recoveries shows the progress.
         *
         *     For API keys with the role `operator`, `admin`.
         */
        post: operations["recoverConnections"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/contacts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show a contact
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["getContact"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/contacts/about": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show what a person says about himself
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["getAbout"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/contacts/all": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the contacts that the session has heard of
         * @description From what the session has stored. A change is seen here after five seconds at the latest.
         *
         *     For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["listContacts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/contacts/block": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Block a person
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["blockContact"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/contacts/check-exists": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tell whether a phone number is on WhatsApp
         * @description WhatsApp is asked through the session. An answer is kept for some minutes.
         *
         *     For API keys with the role `operator`, `admin`, `send`.
         */
        get: operations["checkExists"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/contacts/profile-picture": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show where the picture of a person or group lies
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["getProfilePicture"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/contacts/unblock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Unblock a person
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["unblockContact"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow sessions, queue, alerts, recoveries, runners and health
         * @description Server-sent events. First `begin`, then the present state, `ready`, and each change. `session` has an item of GET /api/sessions, `queue` is GET /api/queue, `alert` an item of GET /api/alerts, `recovery` one of GET /api/recoveries, `runner` one of GET /api/fleet (for the operator), `health` is GET /health. What is gone has `gone: true`. The stream ends by itself now and then; with `Last-Event-ID` it goes on, and where it cannot, `begin` says `full: true`. docs/DASHBOARD.md tells more.
         *
         *     For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["streamEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/files/{name}/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the file of a message
         * @description The address stands in the field `media.url` of a message. The request waits up to 30 seconds for a file that is still on its way. A file of the phone’s history is fetched when it is first asked for, through the session. The key may also come as `?x-api-key=`, for browsers.
         *
         *     For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["getFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fleet": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the runners
         * @description For API keys with the role `operator`.
         */
        get: operations["getFleet"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fleet/crash-drill": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a runner crash, and see how its sessions come back
         * @description The runner ends at once and hands nothing over. Its sessions are taken up by other runners, or by the one that the platform starts in its place; no message is lost, and nothing is scanned. GET /api/recoveries/{id} tells within a minute how many came back and how long the last one was away. One drill is open at a time.
         *
         *     For API keys with the role `operator`.
         */
        post: operations["drillCrash"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fleet/restart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restart all runners
         * @description The schedule of each minute does it, by a new revision of the same template. Each session moves once. Asked again within a minute, it is the same restart. It needs FLEET_MAX. While `npm run infra -- roll` holds the instances at a revision, they stay there.
         *
         *     For API keys with the role `operator`.
         */
        post: operations["restartFleet"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/forwardMessage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Forward a message to another chat
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["forwardMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/graphql": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The same for an EventSource, which cannot POST
         * @description Read only: health, sessions, queue, alerts, recoveries and runners, with the fields and the rights that the other routes have. Each field of the query itself counts as a request. A subscription answers as the distinct connections mode of graphql-sse: `next` for each state.
         *
         *     For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["followGraph"];
        put?: never;
        /**
         * Ask for several things at once, or follow one (GraphQL)
         * @description Read only: health, sessions, queue, alerts, recoveries and runners, with the fields and the rights that the other routes have. Each field of the query itself counts as a request. A subscription answers as the distinct connections mode of graphql-sse: `next` for each state.
         *
         *     For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        post: operations["queryGraph"];
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
        /**
         * List the API keys
         * @description For API keys with the role `operator`, `admin`.
         */
        get: operations["listKeys"];
        put?: never;
        /**
         * Create an API key
         * @description The answer is the only one that shows the key.
         *
         *     For API keys with the role `operator`, `admin`.
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
         *
         *     For API keys with the role `operator`, `admin`.
         */
        delete: operations["revokeKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys/data-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give all sessions a further data key
         * @description One call looks at a bounded number of sessions: repeat it with `cursor` until that is null. With `DATA_KEY_MAX_AGE_DAYS` the nightly schedule does the same by age.
         *
         *     For API keys with the role `operator`.
         */
        post: operations["renewDataKeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys/rewrap": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show by which wrapping keys the data keys are wrapped
         * @description Reads each key document once, and says whether an older wrapping key may be dropped.
         *
         *     For API keys with the role `operator`.
         */
        get: operations["showWrapping"];
        put?: never;
        /**
         * Wrap the data keys with the current wrapping key
         * @description After a new wrapping key became the current one. No session is linked anew, and none stops: a process with the older and the current key reads every document at every moment. One call looks at a bounded number: repeat it with `cursor` until that is null. The nightly schedule does the same.
         *
         *     For API keys with the role `operator`.
         */
        post: operations["rewrapKeys"];
        delete?: never;
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
         * @description Newest first. Messages that are accepted meanwhile do not move the pages. Archived messages are not listed. With `chatId` and without `status`, `since` and `cursor` it is the deprecated list of WAHA: the stored messages of that chat, as `GET /api/{session}/chats/{chatId}/messages` lists them.
         *
         *     For API keys with the role `operator`, `admin`, `send`, `read`.
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
        /**
         * Show a message to send and its status
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["getMessage"];
        /**
         * Replace the text of a message that waits
         * @description For messages that were never attempted. The ids stay. A time that is left out stays, and `null` removes it. The request may be repeated.
         *
         *     For API keys with the role `operator`, `admin`, `send`.
         */
        put: operations["replaceMessage"];
        post?: never;
        /**
         * Archive a message that has come to its end
         * @description It leaves the lists and the figures, and can still be shown by its ids. A message that waits has to be canceled first.
         *
         *     For API keys with the role `operator`, `admin`.
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
         *
         *     For API keys with the role `operator`, `admin`, `send`.
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
         *
         *     For API keys with the role `operator`, `admin`, `send`.
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
        /**
         * Describe the API as OpenAPI 3.1
         * @description It needs no API key.
         */
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
         *
         *     For API keys with the role `operator`, `admin`, `send`, `read`.
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
        /**
         * Show a pool of sessions
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["getPool"];
        /**
         * Make a pool of sessions, or change its sessions
         * @description Messages to a pool are sent by its first session that is connected. When that one is down for longer than the tenant allows, or WhatsApp refuses a message from it, another takes the message. The request may be repeated.
         *
         *     For API keys with the role `operator`, `admin`.
         */
        put: operations["putPool"];
        post?: never;
        /**
         * Remove a pool of sessions
         * @description Its sessions stay. Messages that were accepted for the pool stay where they are.
         *
         *     For API keys with the role `operator`, `admin`.
         */
        delete: operations["deletePool"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/purges": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the purges of sessions
         * @description Sessions that are in the grace of their purge (`waiting`), and those whose keys are destroyed (`removing`), sorted by name. Those that are done are listed only with `phase=done`, until a session is created under their name.
         *
         *     For API keys with the role `operator`, `admin`.
         */
        get: operations["listPurges"];
        put?: never;
        post?: never;
        delete?: never;
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
         *
         *     For API keys with the role `operator`, `admin`, `send`, `read`.
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
         *
         *     For API keys with the role `operator`, `admin`.
         */
        post: operations["retryFailed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/reaction": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * React to a message, or take the reaction back
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        put: operations["setReaction"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/recoveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List recovery actions
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["listRecoveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/recoveries/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show a recovery action
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["getRecovery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/recoveries/{id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve a proposed recovery action
         * @description A restore with losses needs `acceptLosses`; without it the API answers what would be lost and changes nothing.
         *
         *     For API keys with the role `operator`, `admin`.
         */
        post: operations["approveRecovery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/recoveries/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take back a recovery action that has not begun
         * @description For API keys with the role `operator`, `admin`.
         */
        post: operations["cancelRecovery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/screenshot": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Refuse a picture of the screen
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["getScreenshot"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/send/link-custom-preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a text with a preview of its link
         * @description The text has to contain the address of the preview. A picture is shown if it is a small JPEG.
         *
         *     For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["sendLinkCustomPreview"];
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
         *
         *     For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["sendBulk"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sendContactVcard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send contact cards
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["sendContactVcard"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sendFile": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a document
         * @description The bytes come in `file.data`, or from `file.url`.
         *
         *     For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["sendFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sendImage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a picture
         * @description The bytes come in `file.data`, or from `file.url`.
         *
         *     For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["sendImage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sendList": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a list to choose from
         * @description WhatsApp shows lists of business accounts only, and not on every phone.
         *
         *     For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["sendList"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sendLocation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a place
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["sendLocation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sendPoll": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a poll
         * @description For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["sendPoll"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sendPollVote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Vote in a poll
         * @description The poll has to be stored: its message carries the secret that the vote is sealed with.
         *
         *     For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["sendPollVote"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sendSeen": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tell that messages were read
         * @description At most once. Without ids: up to 100 of the newest messages of the chat.
         *
         *     For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["sendSeen"];
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
         *
         *     For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["sendText"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sendVideo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a video, or a round video note
         * @description The bytes come in `file.data`, or from `file.url`.
         *
         *     For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["sendVideo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sendVoice": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a voice message
         * @description The bytes come in `file.data`, or from `file.url`.
         *
         *     For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["sendVoice"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/server/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show how long this process has been running
         * @description Another request may be served by another process. The health of all is GET /health.
         *
         *     For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["getServerStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/server/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Refuse to stop the server
         * @description For API keys with the role `operator`.
         */
        post: operations["stopServer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/server/version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the version
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["getServerVersion"];
        put?: never;
        post?: never;
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
        /**
         * Check the stored state of a session (named in the query)
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
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
        /**
         * List the sessions
         * @description Sorted by name. Without `limit`, `cursor`, `status`, `search` and `needsPerson` the answer is a list of all sessions, as WAHA has it. With one of them it is a page: `sessions`, and the `cursor` of the next one.
         *
         *     For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["listSessions"];
        put?: never;
        /**
         * Create a session
         * @description Unless `start` is false, a runner then takes the session and shows a QR code.
         *
         *     For API keys with the role `operator`, `admin`.
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
        /**
         * Show a session
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["getSession"];
        /**
         * Replace the configuration of a session
         * @description The whole configuration. The connection stays.
         *
         *     For API keys with the role `operator`, `admin`.
         */
        put: operations["configureSession"];
        post?: never;
        /**
         * Unlink and stop a session, and remove it; or purge it
         * @description What it has not sent is canceled. Its documents stay, and a session that is created under its name goes on with them. An unknown session is answered in the same way, so that the call may be repeated.
         *
         *     With `purge=true&confirm={name}` all that it has stored is removed, too, after a grace in which the purge can be taken back. The answer names the dates. `GET /api/sessions/{name}/purge` says how far it is.
         *
         *     For API keys with the role `operator`, `admin`.
         */
        delete: operations["deleteSession"];
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
        /**
         * List the recovery actions of a session
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
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
        /**
         * Show a recovery action
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["getAction"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{name}/backups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the backups of a session
         * @description Every checkpoint that is kept is one.
         *
         *     For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["listBackups"];
        put?: never;
        /**
         * Back up a session
         * @description The session's runner saves its state and reads it back. A stopped session stays without a connection. The result of the action names the backup.
         *
         *     For API keys with the role `operator`, `admin`.
         */
        post: operations["makeBackup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{name}/backups/{id}": {
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
         * Ask for the removal of a backup
         * @description The daily clean-up removes it, as soon as two newer verified backups cover it. A pinned one is no longer pinned. One that the state of the session, a log-out or a restore needs is refused.
         *
         *     For API keys with the role `operator`, `admin`.
         */
        delete: operations["removeBackup"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{name}/backups/{id}/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read a backup back
         * @description The API reads the object, compares its hash, decrypts it, and replays in memory the records after it that are still there. A failure raises the alert `backup-check-failed`.
         *
         *     For API keys with the role `operator`, `admin`.
         */
        post: operations["verifyBackup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{name}/cleanup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Clean up the Signal records of a session
         * @description The session's runner backs the state up, and then moves the Signal records that were not used for long to the archive of the session. They come back by themselves when a message needs them. The action has the report. While a clean-up is open, a repeated request returns it.
         *
         *     For API keys with the role `operator`, `admin`.
         */
        post: operations["cleanUpSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{name}/data-key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the data keys of a session
         * @description Their versions and ages. No key is in the answer.
         *
         *     For API keys with the role `operator`, `admin`.
         */
        get: operations["showDataKeys"];
        put?: never;
        /**
         * Give a session a further data key
         * @description Nothing stops, and no phone is linked anew. The key waits half an hour; the first checkpoint after that is sealed with it, and so is everything from then on. Earlier keys stay, because they open what they have sealed. While one waits, no further one is made.
         *
         *     For API keys with the role `operator`, `admin`.
         */
        post: operations["renewDataKey"];
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
         *
         *     For API keys with the role `operator`, `admin`, `send`, `read`.
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
         * @description The session's runner performs the action. While it is open, a repeated request returns the same action. A restart of a stopped session starts it.
         *
         *     For API keys with the role `operator`, `admin`.
         */
        post: operations["logoutSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{name}/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the linked account
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{name}/purge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show how far the purge of a session is
         * @description Until a session is created under its name again.
         *
         *     For API keys with the role `operator`, `admin`.
         */
        get: operations["getPurge"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{name}/purge/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take the purge of a session back
         * @description Possible until its keys are destroyed. The session is there again, stopped, with all that it has stored. If its device was unlinked already, it needs a phone. The call may be repeated.
         *
         *     For API keys with the role `operator`, `admin`.
         */
        post: operations["cancelPurge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{name}/records": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count the Signal records of a session
         * @description `known` is false for a session whose runner has never counted.
         *
         *     For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["getSessionRecords"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{name}/recover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Bring back a session that is lost
         * @description The session's runner takes the next step of the recovery ladder, or the step that is named. Nothing is deleted on the way. Asked twice, it is done once.
         *
         *     For API keys with the role `operator`, `admin`.
         */
        post: operations["recoverSession"];
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
         * @description The session's runner performs the action. While it is open, a repeated request returns the same action. A restart of a stopped session starts it.
         *
         *     For API keys with the role `operator`, `admin`.
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
         * Restore a session from what is left of a damaged state, or from a backup
         * @description Without `approve`, the API changes nothing and answers what a restore would lose. A return to a backup backs the present state up first, so that it can be undone; the session then goes on with new keys.
         *
         *     For API keys with the role `operator`, `admin`.
         */
        post: operations["restoreSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{name}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a session a new device
         * @description For a session that clean-up does not bring below its levels any more (`recommendation` of its records). Its runner backs it up, unlinks the old device, and shows a new QR code. Queue, messages and chats stay. Without `approve`, the API changes nothing and answers what would happen.
         *
         *     For API keys with the role `operator`, `admin`.
         */
        post: operations["rotateSession"];
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
         *
         *     For API keys with the role `operator`, `admin`.
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
         * @description The answer waits up to three seconds for the runner to disconnect. The call may be repeated.
         *
         *     For API keys with the role `operator`, `admin`.
         */
        post: operations["stopSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create or configure a session, and start it (former form)
         * @description For API keys with the role `operator`, `admin`.
         */
        post: operations["createAndStartSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show who is signed in
         * @description With an API key: who its holder is.
         *
         *     For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["getSignIn"];
        put?: never;
        /**
         * Sign a browser in
         * @description The answer sets a cookie, with which the browser is the holder of the key for twelve hours, unless the key is revoked. Each change by cookie needs the header `X-Holdfast-Csrf: 1`, and a page of the same address.
         *
         *     It needs no API key.
         */
        post: operations["signIn"];
        /**
         * Sign the browser out
         * @description The answer takes the cookie away, and ends the streams of events that this server sends by it. The call may be repeated.
         *
         *     It needs no API key.
         */
        delete: operations["signOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sign-in/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a link with which a browser signs in once
         * @description The token signs one browser in as the caller, within ten minutes: open `/dashboard/#token=…`. It is stored as a hash, and its first use ends it. A browser that is signed in makes none: a stolen cookie would live on in new ones.
         *
         *     For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        post: operations["createSignInToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/star": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Star a message, or take the star away
         * @description Only the own phone and its companions see stars. It needs the keys that the phone shares after the pairing.
         *
         *     For API keys with the role `operator`, `admin`, `send`.
         */
        put: operations["setStar"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/startTyping": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Show that the account types
         * @description At most once: nothing repeats it when it does not reach WhatsApp.
         *
         *     For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["startTyping"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the status for a public page
         * @description It names nobody and counts nothing. `incidents` are those of the last 24 hours.
         *
         *     It needs no API key.
         */
        get: operations["getStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stopTyping": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Show that the account types no more
         * @description At most once: nothing repeats it when it does not reach WhatsApp.
         *
         *     For API keys with the role `operator`, `admin`, `send`.
         */
        post: operations["stopTyping"];
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
        /**
         * Show the caller's own tenant
         * @description For API keys with the role `operator`, `admin`.
         */
        get: operations["getOwnTenant"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change the configuration of the caller's own tenant
         * @description Takes effect within ten seconds, without a restart. Only the operator may change `quotas` and `kmsKey`.
         *
         *     For API keys with the role `operator`, `admin`.
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
        /**
         * List the tenants
         * @description For API keys with the role `operator`.
         */
        get: operations["listTenants"];
        put?: never;
        /**
         * Create a tenant
         * @description Its first key is made with POST /api/keys and the field `tenant`.
         *
         *     For API keys with the role `operator`.
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
        /**
         * Show a tenant
         * @description For API keys with the role `operator`.
         */
        get: operations["getTenant"];
        put?: never;
        post?: never;
        /**
         * Begin the deletion of a tenant
         * @description Revokes its keys, stops its sessions and refuses new work. Removes nothing: credentials, messages and history stay until they are purged. The call may be repeated.
         *
         *     For API keys with the role `operator`.
         */
        delete: operations["deleteTenant"];
        options?: never;
        head?: never;
        /**
         * Change the configuration of a tenant
         * @description Takes effect within ten seconds, without a restart. `kmsKey` is tried before it is taken. It wraps the data keys of new sessions; those of present ones follow by night, or with POST /api/keys/rewrap.
         *
         *     For API keys with the role `operator`.
         */
        patch: operations["changeTenant"];
        trace?: never;
    };
    "/api/version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the version
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["getVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the deliveries of webhooks
         * @description The newest first. What was delivered is listed for 7 days, what was given up for 30.
         *
         *     For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["listWebhookDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/deliveries/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show a delivery of a webhook
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["getWebhookDelivery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/deliveries/{id}/redrive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send an event again that was given up
         * @description For API keys with the role `operator`, `admin`.
         */
        post: operations["redriveWebhookDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/deliveries/redrive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send again what was given up
         * @description Up to 500 with one call, the newest first. Each keeps its id and its bytes.
         *
         *     For API keys with the role `operator`, `admin`.
         */
        post: operations["redriveWebhookDeliveries"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test to end points
         * @description Sends an event `webhook.test`, once, also to an end point that is left alone for now. It waits for the outcomes, at most 15 seconds.
         *
         *     For API keys with the role `operator`, `admin`.
         */
        post: operations["testWebhooks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
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
         *
         *     For API keys with the role `operator`, `admin`, `send`, `read`.
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
         *
         *     For API keys with the role `operator`, `admin`.
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
         *
         *     For API keys with the role `operator`, `admin`, `send`.
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
         *
         *     For API keys with the role `operator`, `admin`.
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
        /**
         * Show sessions, queue and health in short
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
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
        /**
         * Show the figures of sessions and queue
         * @description For API keys with the role `operator`, `admin`, `send`, `read`.
         */
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
         *
         *     It needs no API key.
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
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the figures for Prometheus
         * @description The key may also come as `Authorization: Bearer`, which is what Prometheus sends. The figures are those of the whole installation and name nobody. docs/METRICS.md lists them.
         *
         *     For API keys with the role `operator`, `admin`, `send`, `read`.
         */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ping": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Answer
         * @description It needs no API key.
         */
        get: operations["ping"];
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
            /** @description -1 it failed, 0 it waits, 1 WhatsApp has it, 2 a device has it, 3 it is read, 4 it is played. */
            ack: number;
            /** @enum {string} */
            ackName: "ERROR" | "PENDING" | "SERVER" | "DEVICE" | "READ" | "PLAYED";
            /** @description The serialized id of the message: the same text in lists, webhooks, replies. */
            id: string;
            /** @description The fields of the message that were ignored. */
            ignored?: string[];
            /** @description The place of the message in the request, from 0. */
            index: number;
            /** @description The id of the job, for GET /api/messages/{id}. */
            jobId: string;
            /** @description The bare id of the message at WhatsApp. */
            messageId: string;
            /**
             * @description The ack in the words of a WAHA engine.
             * @enum {string}
             */
            status: "ERROR" | "PENDING" | "SERVER_ACK" | "DELIVERY_ACK" | "READ" | "PLAYED";
        };
        AcceptedMessage: {
            _data: {
                id: {
                    _serialized: string;
                    /** @constant */
                    fromMe: true;
                    id: string;
                    remote: string;
                };
                key: {
                    /** @constant */
                    fromMe: true;
                    id: string;
                    remoteJid: string;
                };
            };
            /** @description -1 it failed, 0 it waits, 1 WhatsApp has it, 2 a device has it, 3 it is read, 4 it is played. */
            ack: number;
            /** @enum {string} */
            ackName: "ERROR" | "PENDING" | "SERVER" | "DEVICE" | "READ" | "PLAYED";
            /** @description The text or the caption. */
            body: string;
            /** @description The chat. */
            from: string;
            /** @constant */
            fromMe: true;
            hasMedia: boolean;
            /** @description The serialized id of the message: the same text in lists, webhooks, replies. */
            id: string;
            /** @description The id of the job, for GET /api/messages/{id}. */
            jobId: string;
            key: {
                /** @constant */
                fromMe: true;
                id: string;
                remoteJid: string;
            };
            media: {
                filename: string | null;
                mimetype: string;
                url: string | null;
            } | null;
            /** @description The bare id of the message at WhatsApp. */
            messageId: string;
            /** @description The timestamp as a text. */
            messageTimestamp: string;
            replyTo: {
                id: string;
                participant: string | null;
            } | null;
            /**
             * @description The ack in the words of a WAHA engine.
             * @enum {string}
             */
            status: "ERROR" | "PENDING" | "SERVER_ACK" | "DELIVERY_ACK" | "READ" | "PLAYED";
            /** @description The time of acceptance, in seconds. */
            timestamp: number;
            /** @description The chat. */
            to: string;
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
        AdminsOnly: {
            adminsOnly: boolean;
        };
        /**
         * @example {
         *       "adminsOnly": true
         *     }
         */
        AdminsOnlyToSet: {
            adminsOnly: boolean;
        };
        Alert: {
            acknowledgedAt: string | null;
            /** @description The id of the API key. */
            acknowledgedBy: string | null;
            count: number;
            /** @description What Holdfast did by itself. */
            done: string | null;
            /** Format: date-time */
            firstSeenAt: string;
            id: string;
            lastNoticeAt: string | null;
            /** Format: date-time */
            lastSeenAt: string;
            /** @description The first sessions that a group stands for. */
            members: string[];
            /** @description How often people were told of it since it was opened. */
            notices: number;
            resolvedAt: string | null;
            /** @description The section of docs/RUNBOOK.md, as an anchor. */
            runbook: string | null;
            /** @description What it is about: a session, a runner, a tenant, a group of sessions. */
            scope: string;
            sentence: string;
            /** @description The name of the session, if it is about one. */
            session: string | null;
            /** @enum {string} */
            severity: "info" | "warning" | "critical";
            silencedBy: string | null;
            silencedUntil: string | null;
            /** @enum {string} */
            state: "open" | "acknowledged" | "resolved";
            /** @description Null: it concerns the installation. */
            tenant: string | null;
            /** @description One of: crash-loop, runner-lost, runners-missing, cpu-high, memory-high, outage, health-changed, sweep-dead, disconnected, needs-attention, qr-needed, recovery-failed, approval-needed, foreign-connection, deaf-session, phone-absent, quarantined, record-level, backup-check-failed, purge-stuck, dead-letter, queue-depth, webhook-failing. Later versions have more. */
            type: string;
            userAction: string | null;
        };
        AlertDevice: {
            /** Format: date-time */
            createdAt: string;
            /** @description The id of the API key. */
            createdBy: string;
            id: string;
            /** @description The caller has the same key. */
            isMine: boolean;
            /** @enum {string} */
            minSeverity: "info" | "warning" | "critical";
            name: string;
        };
        /**
         * @example {
         *       "name": "Firefox on Android",
         *       "subscription": {
         *         "endpoint": "https://push.example.com/send/abc",
         *         "keys": {
         *           "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
         *           "auth": "BTBZMqHH6r4Tts7J_aSIgg"
         *         }
         *       }
         *     }
         */
        AlertDeviceRequest: {
            /**
             * @default warning
             * @enum {string}
             */
            minSeverity?: "info" | "warning" | "critical";
            name: string;
            /** @description What `PushSubscription.toJSON()` gives. Its other fields are ignored. */
            subscription: {
                /** Format: uri */
                endpoint: string;
                keys: {
                    auth: string;
                    p256dh: string;
                };
            };
        };
        AlertDevices: {
            devices: components["schemas"]["AlertDevice"][];
            /** @description The `applicationServerKey` of this tenant, with which a browser subscribes. */
            publicKey: string;
        };
        AlertPage: {
            alerts: components["schemas"]["Alert"][];
            /** @description The place after the last alert. Null at the end of the list. */
            cursor: string | null;
        };
        /**
         * @example {
         *       "minutes": 60
         *     }
         */
        AlertSilence: {
            minutes?: number;
            /** Format: date-time */
            until?: string;
        };
        AlertTest: {
            channels: {
                /** @description Its name; `installation.TYPE` for one of the installation. */
                channel: string;
                /** @enum {string} */
                outcome: "delivered" | "failed" | "refused" | "unknown";
                problem: string | null;
            }[];
            id: string;
            /** @description False when a channel, or the queue, did not end in time. */
            isComplete: boolean;
        };
        /**
         * @example {
         *       "channel": "ops"
         *     }
         */
        AlertTestRequest: {
            /** @description The only channel to test. Without it: all. */
            channel?: string;
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
        Backup: {
            /** @description When it was made. */
            at: string | null;
            /** @description The size of the object. */
            bytes: number;
            /** @description The number of values of each kind. Null for a checkpoint that nobody asked for. */
            contents: {
                [key: string]: number;
            } | null;
            epoch: number;
            id: string;
            /** @description Whether the state of the session is read from it now. */
            isCurrent: boolean;
            /** @description False when its object is gone. */
            isStored: boolean;
            note: string | null;
            object: string;
            pinned: boolean;
            /** @description Somebody asked for its removal. */
            removal: {
                /** Format: date-time */
                askedAt: string;
                by: string;
            } | null;
            /** @description The last record of the journal that it contains. */
            seq: number;
            /** @description The last time that it was read back. Null when only its owner read it back. */
            verification: {
                /** Format: date-time */
                at: string;
                code: string | null;
                /** @enum {string} */
                state: "good" | "failed";
            } | null;
            /** @description What it was made for; `checkpoint` when nobody asked for it. */
            why: string;
        };
        BackupAction: {
            action: components["schemas"]["RecoveryAction"];
        };
        /**
         * @example {
         *       "pin": true,
         *       "note": "Before the move."
         *     }
         */
        BackupOfAllRequest: {
            /** @description What it is for. It is stored with the backup, in clear. */
            note?: string;
            /**
             * @description A pinned backup is kept until somebody removes it.
             * @default false
             */
            pin?: boolean;
            /** @description A run that had sessions left, which goes on with them. */
            run?: string;
        };
        BackupProgress: {
            done: number;
            failed: number;
            isComplete: boolean;
            run: string;
            running: number;
            sessions: {
                action: string;
                result: {
                    code: string;
                    sentence: string;
                } | null;
                session: string;
                /** @enum {string} */
                state: "proposed" | "pending" | "running" | "done" | "failed" | "cancelled" | "vetoed";
            }[];
            total: number;
            waiting: number;
        };
        /**
         * @example {
         *       "pin": true,
         *       "note": "Before the move."
         *     }
         */
        BackupRequest: {
            /** @description What it is for. It is stored with the backup, in clear. */
            note?: string;
            /**
             * @description A pinned backup is kept until somebody removes it.
             * @default false
             */
            pin?: boolean;
        };
        BackupRun: {
            /** @description Sessions beyond 500: repeat the request with this `run`. */
            left: number;
            run: string;
            sessions: string[];
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
            /** @description The id of the message at WhatsApp, from GET /api/{session}/new-message-id. The same id again is the same message. */
            id?: string;
            /** @description The same as the header of POST /api/sendText. Without it the key of the whole request counts. */
            idempotencyKey?: string;
            /**
             * @description Whether the first link of the text gets a preview, if its page has one.
             * @default true
             */
            linkPreview?: boolean;
            /** @description The people whom the text mentions as `@number`. `all` is every member of the group. */
            mentions?: ("all" | string)[];
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
            /** @description The session that sends. Without it: the pool, or else the session `default`. */
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
        /**
         * @example {
         *       "from": "5511999990000@c.us",
         *       "id": "ABCD"
         *     }
         */
        CallToReject: {
            from: string;
            id: string;
        };
        Chat: {
            archived: boolean;
            id: string;
            isGroup: boolean;
            /** @description From the address book of the phone, else as the person calls himself. */
            name: string | null;
            pinned: boolean;
            /** @description Of the last message, in seconds since 1970. 0 without one. */
            timestamp: number;
            /** @description As the phone counted when it was linked, and counted since. */
            unreadCount: number;
        };
        ChatOverview: {
            _chat: components["schemas"]["Chat"];
            id: string;
            lastMessage: components["schemas"]["WahaMessage"] | null;
            name: string | null;
            /** @description Always null: GET …/chats/{chat}/picture asks WhatsApp for it. */
            picture: string | null;
        };
        /**
         * @example {
         *       "session": "main",
         *       "chatId": "5511999990000@c.us"
         *     }
         */
        ChatToTypeIn: {
            chatId: string;
            /**
             * @description The name of a session.
             * @default default
             */
            session?: string;
        };
        /**
         * @example {
         *       "dryRun": true
         *     }
         */
        CleanUpOfAllRequest: {
            /**
             * @description The `next` of the answer before: this request goes on after that session.
             * @default null
             */
            after?: string | null;
            /**
             * @description Only report what would go to the archive.
             * @default false
             */
            dryRun?: boolean;
            /**
             * @description Days without use, instead of those that the tenant has set for sessions and sender keys.
             * @default null
             */
            olderThan?: number | null;
        };
        /** @description The numbers of records by kind that a clean-up moved, or would move, and that it left. */
        CleanUpReport: {
            /** @description By kind and reason. */
            kept: {
                [key: string]: {
                    [key: string]: number;
                };
            };
            moved: {
                [key: string]: number;
            };
            /** @description The first hundred of the moved records. Numbers of phones are shortened. */
            named: {
                id: string;
                kind: string;
                unusedDays: number | null;
                why: string;
            }[];
            planned: {
                [key: string]: number;
            };
        };
        /**
         * @example {
         *       "dryRun": true
         *     }
         */
        CleanUpRequest: {
            /**
             * @description Only report what would go to the archive.
             * @default false
             */
            dryRun?: boolean;
            /**
             * @description Days without use, instead of those that the tenant has set for sessions and sender keys.
             * @default null
             */
            olderThan?: number | null;
        };
        /**
         * @example {
         *       "phoneNumber": "5511999990000"
         *     }
         */
        CodeRequest: {
            phoneNumber: string;
        };
        Contact: {
            id: string;
            isBlocked: boolean;
            isGroup: boolean;
            isMe: boolean;
            isMyContact: boolean;
            isWAContact: boolean;
            lid: string | null;
            /** @description In the address book of the phone. */
            name: string | null;
            number: string | null;
            /** @description As the person calls himself. */
            pushname: string | null;
            shortName: string | null;
        };
        /**
         * @example {
         *       "session": "main",
         *       "chatId": "5511999990000@c.us",
         *       "contacts": [
         *         {
         *           "fullName": "Ana",
         *           "phoneNumber": "+55 11 99999-0001",
         *           "organization": "Bakery",
         *           "whatsappId": "5511999990001"
         *         }
         *       ]
         *     }
         */
        ContactsToSend: {
            chatId: string;
            contacts: {
                fullName?: string;
                organization?: string;
                phoneNumber?: string;
                vcard?: string;
                whatsappId?: string;
            }[];
            /** @description A message that was not sent by this time is `failed` with the code `expired`. */
            expiresAt?: string | null;
            /** @description The id of the message at WhatsApp, from GET /api/{session}/new-message-id. The same id again is the same message. */
            id?: string;
            /**
             * @description Messages to one chat keep their order, whatever their priority.
             * @default normal
             * @enum {string}
             */
            priority?: "high" | "normal" | "low";
            /** @description The `id` of a message: of an answer, of a webhook or of a list. A bare id of WhatsApp works too. */
            reply_to?: string;
            /** @description When WhatsApp refuses the message for now. What is missing has the tenant's value. */
            retry?: {
                /** @description The delay before each retry, in milliseconds; the last one repeats. */
                delaysMs?: number[];
                /** @description Attempts after the first one. Without it there are as many as delays. */
                maxRetries?: number;
            } | null;
            /** @description The message is not sent before this time. It can be canceled or replaced until then. */
            sendAt?: string | null;
            /**
             * @description The session that sends.
             * @default default
             */
            session?: string;
        };
        /**
         * @example {
         *       "session": "main",
         *       "contactId": "5511999990000@c.us"
         *     }
         */
        ContactToBlock: {
            contactId: string;
            /**
             * @description The name of a session.
             * @default default
             */
            session?: string;
        };
        /**
         * @example {
         *       "firstName": "Ada",
         *       "lastName": "Lovelace"
         *     }
         */
        ContactToSave: {
            firstName: string;
            lastName?: string | null;
        };
        /** @example {} */
        CrashDrillRequest: {
            /** @description Without it: the runner with the fewest connected sessions, of those that have any. */
            runner?: string;
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
            jobId: string;
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
        DataKeys: {
            /** @description The version that seals. */
            current: number;
            keys: {
                /** @description Null: it is as old as the session, or was found in a checkpoint. */
                madeAt: string | null;
                /** @enum {string} */
                state: "earlier" | "current" | "waiting";
                version: number;
            }[];
            sentence: string;
            /** @description The first checkpoint after this time makes the waiting key the current one. Null: none waits. */
            usedFrom: string | null;
        };
        DataKeysRenewed: {
            /** @description Sessions that have a further data key since this call. */
            added: number;
            /** @description Give it to the next call. Null: all sessions were looked at. */
            cursor: string | null;
            /** @description Sessions whose newest data key is young enough or waits already, and such as were purged. */
            kept: number;
            /** @description Documents that somebody was just changing, and such as this process cannot open or wrap: its log names them. */
            left: {
                changed: number;
                unreadable: number;
            };
        };
        Description: {
            openapi: string;
        };
        /**
         * @example {
         *       "text": "Hello again"
         *     }
         */
        Edit: {
            /** @default true */
            linkPreview?: boolean;
            text: string;
        };
        Erasure: {
            /** @description Nothing of the contact was left where this call looked. */
            complete: boolean;
            /** @description Give it to the next call. Null: all messages were looked through. */
            cursor: string | null;
            /** @description What stays on purpose. */
            kept: string;
            /** @description What this call could not remove: messages that wait or are on the wire (cancel them first), documents that somebody was just changing, chat and contact while the owner of the session does not answer, archives that are in another place than media, and what cannot be read. */
            left: {
                changed: number;
                directory: number;
                objects: number;
                openJobs: number;
                unreadable: number;
            };
            /** @description What is still somewhere, and until when. */
            remains: {
                sentence: string;
                /** @description Null: the deployment decides. */
                until: string | null;
                /** @enum {string} */
                what: "objects" | "objectVersions" | "pointInTime" | "backups";
            }[];
            /** @description What this call removed: `changes` are reactions, votes and answers to messages of others, `deliveries` are events that end points have not got, `directory` is 1 when chat and contact were removed. */
            removed: {
                archivedJobs: number;
                changes: number;
                deliveries: number;
                directory: number;
                jobs: number;
                media: number;
                messages: number;
                parkedStanzas: number;
            };
        };
        Events: string;
        /**
         * @example {
         *       "chatId": "5511999990000@c.us",
         *       "event": {
         *         "name": "Party",
         *         "startTime": 1900000000,
         *         "location": {
         *           "name": "Here"
         *         }
         *       }
         *     }
         */
        EventToSend: {
            chatId: string;
            event: {
                description?: string;
                endTime?: number;
                /** @default false */
                extraGuestsAllowed?: boolean;
                location?: {
                    name?: string;
                };
                name: string;
                startTime: number;
            };
            /** @description A message that was not sent by this time is `failed` with the code `expired`. */
            expiresAt?: string | null;
            /** @description The id of the message at WhatsApp, from GET /api/{session}/new-message-id. The same id again is the same message. */
            id?: string;
            /**
             * @description Messages to one chat keep their order, whatever their priority.
             * @default normal
             * @enum {string}
             */
            priority?: "high" | "normal" | "low";
            /** @description The `id` of a message: of an answer, of a webhook or of a list. A bare id of WhatsApp works too. */
            reply_to?: string;
            /** @description When WhatsApp refuses the message for now. What is missing has the tenant's value. */
            retry?: {
                /** @description The delay before each retry, in milliseconds; the last one repeats. */
                delaysMs?: number[];
                /** @description Attempts after the first one. Without it there are as many as delays. */
                maxRetries?: number;
            } | null;
            /** @description The message is not sent before this time. It can be canceled or replaced until then. */
            sendAt?: string | null;
        };
        File: {
            /** @description The file in base64. It may have many megabytes. */
            data?: string;
            /** @description The name that the recipient sees, for documents. */
            filename?: string;
            /** @description Without it, the name or the address of the file says it, or else the kind of the message. */
            mimetype?: string;
            /** @description An address from which the file is fetched. Name it, or `data`. */
            url?: string;
        };
        /**
         * @example {
         *       "session": "main",
         *       "chatId": "5511999990000@c.us",
         *       "file": {
         *         "mimetype": "image/jpeg",
         *         "url": "https://example.com/a.jpg"
         *       }
         *     }
         */
        FileToSend: {
            caption?: string;
            chatId: string;
            /** @description A message that was not sent by this time is `failed` with the code `expired`. */
            expiresAt?: string | null;
            file: components["schemas"]["File"];
            /** @description The id of the message at WhatsApp, from GET /api/{session}/new-message-id. The same id again is the same message. */
            id?: string;
            /** @description The people whom the text mentions as `@number`. `all` is every member of the group. */
            mentions?: ("all" | string)[];
            /**
             * @description Messages to one chat keep their order, whatever their priority.
             * @default normal
             * @enum {string}
             */
            priority?: "high" | "normal" | "low";
            /** @description The `id` of a message: of an answer, of a webhook or of a list. A bare id of WhatsApp works too. */
            reply_to?: string;
            /** @description When WhatsApp refuses the message for now. What is missing has the tenant's value. */
            retry?: {
                /** @description The delay before each retry, in milliseconds; the last one repeats. */
                delaysMs?: number[];
                /** @description Attempts after the first one. Without it there are as many as delays. */
                maxRetries?: number;
            } | null;
            /** @description The message is not sent before this time. It can be canceled or replaced until then. */
            sendAt?: string | null;
            /**
             * @description The session that sends.
             * @default default
             */
            session?: string;
        };
        Fleet: {
            capacity: {
                free: number;
                total: number;
            };
            incidents: {
                code: string;
                /** Format: date-time */
                since: string;
                /** @enum {string} */
                status: "healthy" | "degraded" | "warning" | "critical";
                until: string | null;
            }[];
            measuredAt: string | null;
            /** @description How many sessions no runner has room for. `health_status` names them, with the reason `no-room`. */
            noRoom: {
                sentence: string;
                sessions: number;
                userAction: string;
            } | null;
            /**
             * @description Where an outage lies, as all runners together show it.
             * @enum {string}
             */
            outage: "none" | "runner" | "egress" | "whatsapp" | "google" | "fleet";
            runners: {
                capacity: number;
                connected: number;
                /** @description Whether the runner can turn sounds into voice messages. Null: it has not said. */
                convertsVoice?: boolean | null;
                cpu: number | null;
                /** @description As the schedule of each minute saw it last. */
                health: {
                    problems: {
                        code: string;
                        sentence: string;
                    }[];
                    /** Format: date-time */
                    since: string;
                    /** @enum {string} */
                    status: "healthy" | "degraded" | "warning" | "critical";
                } | null;
                id: string;
                memory: {
                    percentage: number | null;
                };
                /** @description Its own verdict on its network: `none`, or where an outage lies. */
                network: string | null;
                /** @description Whether it knows how to send files to channels. False on runners of an earlier version. */
                postsFiles: boolean;
                /** @description The revision of Cloud Run. Null elsewhere. */
                revision: string | null;
                sessions: number;
                silentForMs: number;
                /** Format: date-time */
                startedAt: string;
                /**
                 * @description `dead`: the runner is silent or was replaced. Other runners take over its sessions.
                 * @enum {string}
                 */
                state: "active" | "draining" | "dead";
                /** @description Null on runners of an earlier version. */
                version: string | null;
            }[];
            /** @description `wanted` online; of these, `needPhone` wait for a person at a phone, `unplaced` have no live runner. */
            sessions: {
                active: number;
                failed: number;
                needPhone: number;
                pairing: number;
                recovering: number;
                total: number;
                unplaced: number;
                wanted: number;
                wantedFailed: number;
            };
            /** @description How many runners the schedule of each minute wants, and why. Null before its first run. */
            size: {
                changedAt: string | null;
                changedFrom: number | null;
                instances: number | null;
                needed: number | null;
                sentence: string;
            } | null;
        };
        FleetRestart: {
            /** Format: date-time */
            requestedAt: string;
            sentence: string;
            /** @description When Cloud Run was told. Null: not yet. */
            startedAt: string | null;
        };
        FormerBackup: {
            action: components["schemas"]["RecoveryAction"] | null;
            /** @description Sessions beyond 500: `POST /api/backups` with this `run` goes on. */
            left: number;
            run: string | null;
        };
        /**
         * @example {
         *       "session": "main"
         *     }
         */
        FormerBackupRequest: {
            /** @description What it is for. It is stored with the backup, in clear. */
            note?: string;
            /**
             * @description A pinned backup is kept until somebody removes it.
             * @default false
             */
            pin?: boolean;
            /** @description The name of a session. Without it: all. */
            session?: string;
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
        FormerPruning: {
            /** @description Sessions that were not looked at, because there are too many. */
            left: number;
            sessions: {
                backups: string[];
                session: string;
            }[];
        };
        /**
         * @example {
         *       "session": "main"
         *     }
         */
        FormerPruningRequest: {
            /** @description The name of a session. Without it: all. */
            session?: string;
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
        /**
         * @example {
         *       "session": "main",
         *       "chatId": "5511999990000@c.us",
         *       "messageId": "false_5511999990000@c.us_3EB0C767D26A1D71C2D1"
         *     }
         */
        ForwardToSend: {
            chatId: string;
            /** @description A message that was not sent by this time is `failed` with the code `expired`. */
            expiresAt?: string | null;
            /** @description The id of the message at WhatsApp, from GET /api/{session}/new-message-id. The same id again is the same message. */
            id?: string;
            /** @description The `id` of a message: of an answer, of a webhook or of a list. A bare id of WhatsApp works too. */
            messageId: string;
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
            /**
             * @description The session that sends.
             * @default default
             */
            session?: string;
        };
        GraphAnswer: {
            data?: {
                [key: string]: unknown;
            } | null;
            /** @description What is wrong with the query, or with single fields. `extensions.code` is the code of a problem. */
            errors?: {
                message: string;
            }[];
        };
        /**
         * @example {
         *       "query": "{ sessions { name status } }"
         *     }
         */
        GraphQuery: {
            /** @description Which operation to run, if the query has several. */
            operationName?: string | null;
            query: string;
            variables?: {
                [key: string]: unknown;
            } | null;
        };
        Group: {
            /** @description Only admins write. */
            announce: boolean;
            /** @description In seconds since 1970. */
            creation: number | null;
            description: string | null;
            id: string;
            joinApprovalMode: boolean;
            memberAddMode: boolean;
            membersCanAddNewMember: boolean;
            membersCanSendMessages: boolean;
            name: string;
            newMembersApprovalRequired: boolean;
            owner: string | null;
            participants?: {
                admin: ("admin" | "superadmin") | null;
                id: string;
                lid: string | null;
                pn: string | null;
                /** @enum {string} */
                role: "participant" | "admin" | "superadmin";
            }[];
            /** @description Only admins change subject, description and settings. */
            restrict: boolean;
            size: number;
            subject: string;
        };
        /**
         * @example {
         *       "description": "Our team"
         *     }
         */
        Group_description: {
            description: string;
        };
        /**
         * @example {
         *       "subject": "Our team"
         *     }
         */
        Group_subject: {
            subject: string;
        };
        /**
         * @example {
         *       "participants": [
         *         {
         *           "id": "5511999990000@c.us"
         *         }
         *       ]
         *     }
         */
        GroupMembers: {
            participants: {
                id: string;
            }[];
        };
        /**
         * @example {
         *       "name": "Our team",
         *       "participants": [
         *         {
         *           "id": "5511999990000@c.us"
         *         }
         *       ]
         *     }
         */
        GroupToCreate: {
            name: string;
            participants: {
                id: string;
            }[];
        };
        Health: {
            /** @description Percent of the time of the last 31 days for which sessions were connected while they should have been. */
            availability: number | null;
            /** @description Numbers of sessions: `active` are connected, `failed` wait for an operator, `recovering` are on the way to a connection. Null while Firestore does not answer. */
            connections: {
                active: number;
                failed: number;
                recovering: number;
                total: number;
            } | null;
            /** @description When the schedule of each minute counted sessions and messages. Null: they were counted for this answer, because the schedule does not run, or has not run yet. */
            measuredAt: string | null;
            outage: ("none" | "runner" | "egress" | "whatsapp" | "google" | "fleet") | null;
            problems: {
                /** @enum {string} */
                code: "database-unavailable" | "storage-unavailable" | "sessions-recovering" | "sessions-failed" | "runner-lost" | "cpu-high" | "memory-high" | "outage" | "sweep-dead" | "no-runner" | "all-sessions-failed";
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
        /**
         * @example {
         *       "file": {
         *         "mimetype": "image/jpeg",
         *         "url": "https://example.com/a.jpg"
         *       },
         *       "contacts": [
         *         "5511999990000@c.us"
         *       ]
         *     }
         */
        ImageStatus: {
            caption?: string;
            /** @description The people who get the status. WhatsApp has no list of them on its servers, so they have to be named. */
            contacts?: string[];
            /** @description A message that was not sent by this time is `failed` with the code `expired`. */
            expiresAt?: string | null;
            file: components["schemas"]["File"];
            /** @description The id of the message at WhatsApp, from GET /api/{session}/new-message-id. The same id again is the same message. */
            id?: string;
            /** @description The people whom the text mentions as `@number`. `all` is every member of the group. */
            mentions?: ("all" | string)[];
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
        };
        /**
         * @example {
         *       "session": "main",
         *       "chatId": "5511999990000@c.us",
         *       "file": {
         *         "mimetype": "image/jpeg",
         *         "url": "https://example.com/a.jpg"
         *       }
         *     }
         */
        ImageToSend: {
            /** @description A sticker, which has to be a WebP picture and has no caption. */
            asSticker?: boolean;
            caption?: string;
            chatId: string;
            /** @description A message that was not sent by this time is `failed` with the code `expired`. */
            expiresAt?: string | null;
            file: components["schemas"]["File"];
            /** @description The id of the message at WhatsApp, from GET /api/{session}/new-message-id. The same id again is the same message. */
            id?: string;
            /** @description The people whom the text mentions as `@number`. `all` is every member of the group. */
            mentions?: ("all" | string)[];
            /**
             * @description Messages to one chat keep their order, whatever their priority.
             * @default normal
             * @enum {string}
             */
            priority?: "high" | "normal" | "low";
            /** @description The `id` of a message: of an answer, of a webhook or of a list. A bare id of WhatsApp works too. */
            reply_to?: string;
            /** @description When WhatsApp refuses the message for now. What is missing has the tenant's value. */
            retry?: {
                /** @description The delay before each retry, in milliseconds; the last one repeats. */
                delaysMs?: number[];
                /** @description Attempts after the first one. Without it there are as many as delays. */
                maxRetries?: number;
            } | null;
            /** @description The message is not sent before this time. It can be canceled or replaced until then. */
            sendAt?: string | null;
            /**
             * @description The session that sends.
             * @default default
             */
            session?: string;
        };
        /**
         * @example {
         *       "code": "https://chat.whatsapp.com/AbCdEfGhIjKlMnOpQrStUv"
         *     }
         */
        Invitation: {
            code: string;
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
        Label: {
            /** @description WhatsApp's number of the colour. */
            color: number;
            colorHex: string;
            id: string;
            name: string;
        };
        /**
         * @example {
         *       "labels": [
         *         {
         *           "id": "1"
         *         }
         *       ]
         *     }
         */
        LabelsOfChat: {
            labels: {
                id: string;
            }[];
        };
        /**
         * @example {
         *       "name": "Lead",
         *       "color": 0
         *     }
         */
        LabelToPut: {
            color?: number | null;
            /** @description Counts before `color`. */
            colorHex?: string | null;
            name: string;
        };
        LidPair: {
            lid: string | null;
            pn: string | null;
        };
        /**
         * @example {
         *       "session": "main",
         *       "chatId": "5511999990000@c.us",
         *       "message": {
         *         "title": "Menu",
         *         "button": "Open",
         *         "sections": [
         *           {
         *             "title": "Food",
         *             "rows": [
         *               {
         *                 "title": "Rice",
         *                 "rowId": "rice"
         *               }
         *             ]
         *           }
         *         ]
         *       }
         *     }
         */
        ListToSend: {
            chatId: string;
            /** @description A message that was not sent by this time is `failed` with the code `expired`. */
            expiresAt?: string | null;
            /** @description The id of the message at WhatsApp, from GET /api/{session}/new-message-id. The same id again is the same message. */
            id?: string;
            message: {
                button: string;
                description?: string;
                footer?: string;
                sections: {
                    rows: {
                        description?: string;
                        rowId: string;
                        title: string;
                    }[];
                    title: string;
                }[];
                title: string;
            };
            /**
             * @description Messages to one chat keep their order, whatever their priority.
             * @default normal
             * @enum {string}
             */
            priority?: "high" | "normal" | "low";
            /** @description The `id` of a message: of an answer, of a webhook or of a list. A bare id of WhatsApp works too. */
            reply_to?: string;
            /** @description When WhatsApp refuses the message for now. What is missing has the tenant's value. */
            retry?: {
                /** @description The delay before each retry, in milliseconds; the last one repeats. */
                delaysMs?: number[];
                /** @description Attempts after the first one. Without it there are as many as delays. */
                maxRetries?: number;
            } | null;
            /** @description The message is not sent before this time. It can be canceled or replaced until then. */
            sendAt?: string | null;
            /**
             * @description The session that sends.
             * @default default
             */
            session?: string;
        };
        /**
         * @example {
         *       "session": "main",
         *       "chatId": "5511999990000@c.us",
         *       "latitude": -23.55,
         *       "longitude": -46.63,
         *       "title": "Here"
         *     }
         */
        LocationToSend: {
            chatId: string;
            /** @description A message that was not sent by this time is `failed` with the code `expired`. */
            expiresAt?: string | null;
            /** @description The id of the message at WhatsApp, from GET /api/{session}/new-message-id. The same id again is the same message. */
            id?: string;
            latitude: number;
            longitude: number;
            /**
             * @description Messages to one chat keep their order, whatever their priority.
             * @default normal
             * @enum {string}
             */
            priority?: "high" | "normal" | "low";
            /** @description The `id` of a message: of an answer, of a webhook or of a list. A bare id of WhatsApp works too. */
            reply_to?: string;
            /** @description When WhatsApp refuses the message for now. What is missing has the tenant's value. */
            retry?: {
                /** @description The delay before each retry, in milliseconds; the last one repeats. */
                delaysMs?: number[];
                /** @description Attempts after the first one. Without it there are as many as delays. */
                maxRetries?: number;
            } | null;
            /** @description The message is not sent before this time. It can be canceled or replaced until then. */
            sendAt?: string | null;
            /**
             * @description The session that sends.
             * @default default
             */
            session?: string;
            title?: string;
        };
        MembersCanAddNewMember: {
            membersCanAddNewMember: boolean;
        };
        /**
         * @example {
         *       "membersCanAddNewMember": true
         *     }
         */
        MembersCanAddNewMemberToSet: {
            membersCanAddNewMember: boolean;
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
            /** @description The serialized id of the message: the same text in lists, webhooks, replies. */
            id: string;
            /** @description The id of the job, for GET /api/messages/{id}. */
            jobId: string;
            lastAttemptAt: string | null;
            /** @description The bare id of the message at WhatsApp. */
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
         *       "session": "main",
         *       "chatId": "5511999990000@c.us"
         *     }
         */
        MessagesSeen: {
            chatId: string;
            messageId?: string | null;
            messageIds?: string[] | null;
            participant?: string | null;
            /**
             * @description The name of a session.
             * @default default
             */
            session?: string;
        };
        /**
         * @example {
         *       "messages": 30,
         *       "days": 7
         *     }
         */
        MessagesToRead: {
            days?: number | null;
            messages?: number | null;
        };
        Metrics: {
            help: string;
            name: string;
            samples: {
                labels: {
                    [key: string]: string;
                };
                value: number;
            }[];
            /** @enum {string} */
            type: "gauge" | "counter";
        }[];
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
        NewlySignedIn: {
            /**
             * Format: date-time
             * @description When the browser has to sign in again.
             */
            expiresAt: string;
            /** @enum {string} */
            role: "operator" | "admin" | "send" | "read";
            /** @description The sessions that the caller may know of. */
            sessions: "all" | string[];
            /** @description The tenant in which the caller acts. */
            tenant: string;
            /** @description For the operator: the tenants among which it chooses with the header X-Tenant. */
            tenants?: {
                id: string;
                name: string;
            }[];
        };
        NewMessageId: {
            id: string;
        };
        /**
         * @example {
         *       "name": "another"
         *     }
         */
        NewSession: {
            /** @description In WAHA's words: `webhooks`, `metadata`, `ignore`, … It comes back as it was given, also where this version has no use for it. */
            config?: {
                [key: string]: unknown;
            };
            /** @description Without it, a name is made. */
            name?: string;
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
        NumberExists: {
            chatId?: string;
            numberExists: boolean;
        };
        /**
         * @example {
         *       "pagination": {
         *         "limit": 20
         *       },
         *       "filter": {
         *         "ids": [
         *           "5511999990000@c.us"
         *         ]
         *       }
         *     }
         */
        OverviewToShow: {
            filter?: {
                ids?: string[] | null;
            } | null;
            pagination?: {
                limit?: number | null;
                offset?: number | null;
            } | null;
        };
        PairingCode: {
            /** @example ABCD-1234 */
            code: string;
        };
        /**
         * @example {
         *       "file": {
         *         "mimetype": "image/jpeg",
         *         "filename": "me.jpg",
         *         "data": "/9j/4AAQSkZJRgABAQAAAQABAAD/2Q=="
         *       }
         *     }
         */
        PictureToShow: {
            file: {
                /** @description A JPEG in base64, at most 500 KiB. */
                data?: string | null;
                filename?: string | null;
                mimetype?: string | null;
                /** @description Where the session fetches it, if there is no `data`. */
                url?: string | null;
            };
        };
        /**
         * @example {
         *       "duration": 86400
         *     }
         */
        Pin: {
            /**
             * @description How long, in seconds.
             * @default 604800
             * @enum {number}
             */
            duration?: 86400 | 604800 | 2592000;
        };
        Pinned: {
            id: string;
            jobId: string;
            /** @constant */
            success: true;
        };
        PlannedReturn: {
            /** @description Null in a plan. */
            action: string | null;
            backup: string;
            chats: number;
            contacts: number | null;
            gapMs: number | null;
            messages: number;
            records: number;
            /** @enum {string} */
            risk: "low" | "medium" | "high";
            session: string;
            /** @description No runner opens the session before somebody has said that no other program uses it. */
            waitsFor: "session-exported" | null;
        };
        /**
         * @example {
         *       "session": "main",
         *       "chatId": "5511999990000@c.us",
         *       "poll": {
         *         "name": "When?",
         *         "options": [
         *           "At 2",
         *           "At 10"
         *         ]
         *       }
         *     }
         */
        PollToSend: {
            chatId: string;
            /** @description A message that was not sent by this time is `failed` with the code `expired`. */
            expiresAt?: string | null;
            /** @description The id of the message at WhatsApp, from GET /api/{session}/new-message-id. The same id again is the same message. */
            id?: string;
            poll: {
                /** @default false */
                multipleAnswers?: boolean;
                name: string;
                options: string[];
            };
            /**
             * @description Messages to one chat keep their order, whatever their priority.
             * @default normal
             * @enum {string}
             */
            priority?: "high" | "normal" | "low";
            /** @description The `id` of a message: of an answer, of a webhook or of a list. A bare id of WhatsApp works too. */
            reply_to?: string;
            /** @description When WhatsApp refuses the message for now. What is missing has the tenant's value. */
            retry?: {
                /** @description The delay before each retry, in milliseconds; the last one repeats. */
                delaysMs?: number[];
                /** @description Attempts after the first one. Without it there are as many as delays. */
                maxRetries?: number;
            } | null;
            /** @description The message is not sent before this time. It can be canceled or replaced until then. */
            sendAt?: string | null;
            /**
             * @description The session that sends.
             * @default default
             */
            session?: string;
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
        Presences: {
            id: string;
            presences: {
                lastKnownPresence: string;
                /** @description In seconds since 1970. Null while unknown or hidden. */
                lastSeen: number | null;
                participant: string;
            }[];
        };
        /**
         * @example {
         *       "presence": "typing",
         *       "chatId": "5511999990000@c.us"
         *     }
         */
        PresenceToShow: {
            /** @description Needed for typing, recording and paused. */
            chatId?: string | null;
            /** @enum {string} */
            presence: "online" | "offline" | "typing" | "recording" | "paused";
        };
        /**
         * @example {
         *       "session": "main",
         *       "chatId": "5511999990000@c.us",
         *       "text": "Look: https://example.com",
         *       "preview": {
         *         "url": "https://example.com",
         *         "title": "Example"
         *       }
         *     }
         */
        PreviewToSend: {
            chatId: string;
            /** @description A message that was not sent by this time is `failed` with the code `expired`. */
            expiresAt?: string | null;
            /** @description The id of the message at WhatsApp, from GET /api/{session}/new-message-id. The same id again is the same message. */
            id?: string;
            preview: {
                description?: string;
                /** @description A small JPEG: its address, or its bytes in base64. */
                image?: {
                    /** Format: base64 */
                    data?: string;
                    /** Format: uri */
                    url?: string;
                };
                title?: string;
                /** Format: uri */
                url: string;
            };
            /**
             * @description Messages to one chat keep their order, whatever their priority.
             * @default normal
             * @enum {string}
             */
            priority?: "high" | "normal" | "low";
            /** @description The `id` of a message: of an answer, of a webhook or of a list. A bare id of WhatsApp works too. */
            reply_to?: string;
            /** @description When WhatsApp refuses the message for now. What is missing has the tenant's value. */
            retry?: {
                /** @description The delay before each retry, in milliseconds; the last one repeats. */
                delaysMs?: number[];
                /** @description Attempts after the first one. Without it there are as many as delays. */
                maxRetries?: number;
            } | null;
            /** @description The message is not sent before this time. It can be canceled or replaced until then. */
            sendAt?: string | null;
            /**
             * @description The session that sends.
             * @default default
             */
            session?: string;
            text: string;
        };
        Problem: {
            /** @description A stable code. Programs may branch on it. */
            code: string;
            /** @description For people: the cause, or what to do. */
            detail: string;
            /** @description The title in the form of WAHA. */
            error: string;
            /** @description The needed statuses of the session. */
            expected?: string[];
            /** @description All mistakes in the request. */
            issues?: {
                field: string;
                message: string;
            }[];
            /** @description The same in the form of WAHA: a text, or a list of all mistakes in the request. */
            message: string | string[];
            /** @description The session that is not in the needed status. */
            session?: string;
            /** @description The status of the message that cannot be changed. */
            state?: components["schemas"]["JobStatus"];
            /** @description The HTTP status; where the session is not in the needed status, the status of the session. */
            status: number | string;
            /** @description The HTTP status. */
            statusCode: number;
            title: string;
            type: string;
        };
        Profile: {
            id: string;
            name: string;
            picture: string | null;
        };
        /**
         * @example {
         *       "name": "Our shop"
         *     }
         */
        ProfileName: {
            name: string;
        };
        /**
         * @example {
         *       "status": "Open from 9 to 5"
         *     }
         */
        ProfileStatus: {
            status: string;
        };
        PublicStatus: {
            /** @description Percent of the time for which sessions were connected while they should have been. */
            availability: {
                last31Days: number | null;
                today: number | null;
            };
            incidents: {
                sentence: string;
                /** Format: date-time */
                since: string;
                until: string | null;
            }[];
            sentence: string;
            /** @description Since when the status has been the same. Null: not known. */
            since: string | null;
            /** @enum {string} */
            status: "healthy" | "degraded" | "warning" | "critical";
        };
        Purge: {
            backup: {
                action: string | null;
                state: ("proposed" | "pending" | "running" | "done" | "failed" | "cancelled" | "vetoed") | null;
            };
            device: {
                action: string | null;
                /** @enum {string} */
                fate: "not-linked" | "asked" | "unlinked" | "not-reachable";
                sentence: string;
            };
            /**
             * Format: date-time
             * @description From when on no copy of it is left anywhere, by the settings of the tenant.
             */
            finalAt: string;
            mayBeTakenBack: boolean;
            /** @enum {string} */
            phase: "waiting" | "removing" | "done";
            /**
             * Format: date-time
             * @description When its keys are destroyed at the earliest, or were. The nightly run does it.
             */
            removalAt: string;
            /** Format: date-time */
            requestedAt: string;
            /** @description The id of the API key that asked for it. */
            requestedBy: string;
            sentence: string;
            session: string;
        };
        PurgeList: {
            /** @description The place after the last purge. Null at the end of the list. */
            cursor: string | null;
            purges: components["schemas"]["Purge"][];
            /** @description Names of sessions whose purge is damaged. Ask for it once more: that begins it anew. */
            unreadable: string[];
        };
        QrCode: {
            /** Format: date-time */
            expiresAt: string;
            value: string;
        };
        QrPicture: {
            data: string;
            /** @constant */
            mimetype: "image/png";
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
            /** @description The figures by session. Empty where there are more than 100 sessions: ask for each with `session`. */
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
        /**
         * @example {
         *       "session": "main",
         *       "messageId": "false_5511999990000@c.us_3EB0C767D26A1D71C2D1",
         *       "reaction": "👍"
         *     }
         */
        Reaction: {
            /** @description The `id` of a message: of an answer, of a webhook or of a list. A bare id of WhatsApp works too. */
            messageId: string;
            /**
             * @description An emoji. Empty, null or absent removes the reaction.
             * @default
             */
            reaction?: string;
            /**
             * @description The session that sends.
             * @default default
             */
            session?: string;
        };
        /** @enum {string} */
        Reason: "created" | "requested" | "moving-in" | "moved-in" | "exported" | "old-owner-alive" | "awaiting-runner" | "claimed" | "restoring" | "opening-socket" | "scan-qr" | "qr-expired" | "qr-not-scanned" | "pairing-void" | "pairing-failed" | "logged-in" | "archive-of-later-version" | "restart-required" | "connection-lost" | "proxy-refused" | "outage-network" | "outage-whatsapp" | "whatsapp-trouble" | "bad-session" | "owner-silent" | "not-vouched-for" | "owner-lost" | "no-room" | "runner-leaving" | "moving" | "firestore-away" | "replaced-waiting" | "logged-out" | "logged-out-on-request" | "account-banned" | "temporarily-banned" | "client-outdated" | "multidevice-mismatch" | "foreign-connection" | "connection-refused" | "whatsapp-keeps-failing" | "awaiting-trial" | "crashes-its-runner" | "state-unreachable" | "journal-gap" | "journal-damaged" | "journal-short" | "journal-missing" | "store-missing" | "store-forbidden" | "checkpoint-lost" | "unknown-version" | "document-invalid" | "data-key-missing" | "data-key-damaged" | "data-key-destroyed" | "wrong-key" | "wrapping-key-unavailable" | "restoring-from-backup";
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
        /**
         * @example {
         *       "dryRun": true
         *     }
         */
        RecoveriesRequest: {
            /**
             * @description If true, the API changes nothing and answers what would be done.
             * @default false
             */
            dryRun?: boolean;
            /** @description The API stores it with the action. */
            reason?: string;
            /** @description Without it: all sessions that are wanted online, have lost their connection and wait for no person. */
            sessions?: string[];
        };
        RecoveryAction: {
            /** @description The id of the API key that approved it. */
            approvedBy: string | null;
            /** @description The id of the API key that took it back. */
            cancelledBy: string | null;
            /** @description What was asked of a clean-up. */
            cleanUp?: {
                dryRun: boolean;
                olderThanDays: number | null;
            };
            durationMs: number | null;
            /** @description What was seen when the action was made. */
            evidence: {
                [key: string]: string | number | boolean | null;
            };
            finishedAt: string | null;
            id: string;
            report?: components["schemas"]["CleanUpReport"];
            /** Format: date-time */
            requestedAt: string;
            requestedBy: string;
            result: {
                code: string;
                sentence: string;
            } | null;
            /** @description The name of the session. Null for an action on a runner. */
            session: string | null;
            startedAt: string | null;
            /** @enum {string} */
            state: "proposed" | "pending" | "running" | "done" | "failed" | "cancelled" | "vetoed";
            /** @description The step that was asked for, or taken last. Null: the ladder decides. */
            step: components["schemas"]["RecoveryStep"] | null;
            steps: {
                /** Format: date-time */
                at: string;
                step?: components["schemas"]["RecoveryStep"];
                what: string;
            }[];
            /** @description The runner that is to be restarted, or to crash. Null for an action on a session. */
            targetRunner: string | null;
            /** @enum {string} */
            type: "restart" | "logout" | "backup" | "restore" | "recover" | "rotate" | "clean-up" | "restart-runner" | "crash-drill";
            why: string;
        };
        /**
         * @example {
         *       "acceptLosses": false
         *     }
         */
        RecoveryApproval: {
            /**
             * @description For a restore: accepts the losses that the plan names. If false, the API only returns the plan.
             * @default false
             */
            acceptLosses?: boolean;
        };
        RecoveryOutcome: {
            action: components["schemas"]["RecoveryAction"] | null;
            /** @description Why, for programs. */
            code: string;
            /** @description What the caller can do. */
            next: string | null;
            /**
             * @description requested: the owner performs an action; proposed: an action waits for an approval; vetoed: nothing is done, because it would do harm or cannot help; nothing: there is nothing to do, or nothing that a program can do; unknown: no such session.
             * @enum {string}
             */
            outcome: "requested" | "proposed" | "vetoed" | "nothing" | "unknown";
            /** @description Why, for people. */
            sentence: string;
            session: string;
            /** @description The step that comes next, as far as it is seen from outside. */
            step: components["schemas"]["RecoveryStep"] | null;
        };
        RecoveryOutcomes: {
            dryRun: boolean;
            /** @description Sessions beyond the first 500. Repeat the request for them. */
            left: number;
            sessions: components["schemas"]["RecoveryOutcome"][];
        };
        RecoveryPage: {
            /** @description The place after the last action. Null at the end of the list. */
            cursor: string | null;
            recoveries: (components["schemas"]["RecoveryAction"] | components["schemas"]["DamagedRecoveryAction"])[];
        };
        /**
         * @example {
         *       "dryRun": true
         *     }
         */
        RecoveryRequest: {
            /**
             * @description If true, the API changes nothing and answers what would be done.
             * @default false
             */
            dryRun?: boolean;
            /** @description The API stores it with the action. */
            reason?: string;
            /** @description Without it the ladder decides. `restore`, `new-qr` and `restart-runner` wait for an approval. */
            step?: components["schemas"]["RecoveryStep"];
        };
        /** @enum {string} */
        RecoveryStep: "reconnect" | "rebuild" | "reload" | "move" | "restart-runner" | "restore" | "new-qr";
        RefusedInBulk: {
            /** @description The code of the problem that POST /api/sendText answers in this case. */
            code: string;
            detail: string;
            /** @description The place of the message in the request, from 0. */
            index: number;
        };
        Removal: {
            purge?: components["schemas"]["Purge"];
            /** @constant */
            removed: true;
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
        } | {
            action: components["schemas"]["RecoveryAction"];
            /** @constant */
            approved: true;
            backup: components["schemas"]["Backup"];
            /** @description The number of values of each kind in the backup. */
            contents: {
                [key: string]: number;
            };
            /** @description The time from the backup to the time that was asked for. Null without one. */
            gapMs: number | null;
            risk: {
                /** @enum {string} */
                level: "low" | "medium" | "high";
                sentence: string;
            };
            wouldLose: {
                after: number;
                /** @description Encrypted sessions of the backup, each of which begins anew. */
                chats: number;
                /** @description Encrypted sessions that the backup does not have. Null when the present state cannot be read. */
                contacts: number | null;
                /** @description Messages that were received since then. Their documents stay. */
                messages: number;
                records: number;
                sentence: string;
                upTo: number;
            };
        };
        RestoreOfAllPlan: {
            after: string | null;
            /** @constant */
            approved: false;
            /** Format: date-time */
            at: string;
            /** @description Sessions beyond 500, and those for which a request has no time: repeat it with `run`, or a plan with `after`, until none are left. */
            left: number;
            refused: {
                code: string;
                sentence: string;
                session: string;
            }[];
            run: null;
            sessions: components["schemas"]["PlannedReturn"][];
            /** @description Of the sessions in this answer: how many return, cannot return or have to wait, and what they lose together. */
            sums: {
                chats: number;
                contacts: number;
                messages: number;
                records: number;
                refused: number;
                sessions: number;
                waiting: number;
            };
        };
        /**
         * @example {
         *       "at": "2026-12-01T08:00:00Z"
         *     }
         */
        RestoreOfAllRequest: {
            /** @description Goes on with a plan that had sessions left: after this one. */
            after?: string;
            /**
             * @description Accepts the losses that the plan names. If false, nothing is changed.
             * @default false
             */
            approve?: boolean;
            /**
             * Format: date-time
             * @description The time to return to: each session returns to its newest backup that is not after it.
             */
            at: string;
            /** @description An approved run that had sessions left, which goes on with them. */
            run?: string;
            /** @description Without it: all sessions. */
            sessions?: string[];
        };
        RestoreOfAllRun: {
            after: string | null;
            /** @constant */
            approved: true;
            /** Format: date-time */
            at: string;
            /** @description Sessions beyond 500, and those for which a request has no time: repeat it with `run`, or a plan with `after`, until none are left. */
            left: number;
            refused: {
                code: string;
                sentence: string;
                session: string;
            }[];
            run: string;
            sessions: components["schemas"]["PlannedReturn"][];
            /** @description Of the sessions in this answer: how many return, cannot return or have to wait, and what they lose together. */
            sums: {
                chats: number;
                contacts: number;
                messages: number;
                records: number;
                refused: number;
                sessions: number;
                waiting: number;
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
            backup: components["schemas"]["Backup"];
            /** @description The number of values of each kind in the backup. */
            contents: {
                [key: string]: number;
            };
            /** @description The time from the backup to the time that was asked for. Null without one. */
            gapMs: number | null;
            next: string;
            risk: {
                /** @enum {string} */
                level: "low" | "medium" | "high";
                sentence: string;
            };
            wouldLose: {
                after: number;
                /** @description Encrypted sessions of the backup, each of which begins anew. */
                chats: number;
                /** @description Encrypted sessions that the backup does not have. Null when the present state cannot be read. */
                contacts: number | null;
                /** @description Messages that were received since then. Their documents stay. */
                messages: number;
                records: number;
                sentence: string;
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
            /**
             * Format: date-time
             * @description A time to return to: the newest backup that is not after it. The answer has the gap.
             */
            at?: string;
            /** @description The id of a backup to return to. The state need not be damaged. */
            backup?: string;
            /**
             * @description Only returns the plan, whatever `approve` says.
             * @default false
             */
            dryRun?: boolean;
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
        Rewrapped: {
            /** @description Documents that were wrapped by the current key before. */
            current: number;
            /** @description Give it to the next call. Null: all documents were looked at. */
            cursor: string | null;
            /** @description Documents that somebody was just changing, such as this process cannot open (its log names them), and such as belong to a tenant whose key did not answer. */
            left: {
                changed: number;
                unanswered: number;
                unreadable: number;
            };
            /** @description Documents whose data keys this call wrapped. */
            rewrapped: number;
        };
        Rotation: {
            action: components["schemas"]["RecoveryAction"];
            /** @constant */
            approved: true;
            /** @description The device that is unlinked. Null: it is unlinked already. */
            device: string | null;
            /** @description Only a connected session can be unlinked from here. */
            isConnected: boolean;
            recommendation: {
                /** @constant */
                code: "rotate";
                sentence: string;
            } | null;
            sentence: string;
            /** @description Messages that wait for the new device. */
            waiting: number;
        };
        RotationPlan: {
            /** @constant */
            approved: false;
            /** @description The device that is unlinked. Null: it is unlinked already. */
            device: string | null;
            /** @description Only a connected session can be unlinked from here. */
            isConnected: boolean;
            next: string;
            recommendation: {
                /** @constant */
                code: "rotate";
                sentence: string;
            } | null;
            sentence: string;
            /** @description Messages that wait for the new device. */
            waiting: number;
        };
        /**
         * @example {
         *       "approve": false
         *     }
         */
        RotationRequest: {
            /**
             * @description Agrees to it. If false, the API only says what would happen.
             * @default false
             */
            approve?: boolean;
        };
        ServerStatus: {
            startTimestamp: number;
            uptime: number;
        };
        ServerVersion: {
            browser: null;
            /** @constant */
            engine: "NOWEB";
            platform: string;
            tier: string;
            version: string;
            worker: {
                id: string | null;
            };
        };
        Session: {
            apps: unknown[];
            /** @description The runner. */
            assignedWorker: string | null;
            /** @description Percent of this month (UTC) for which the session was connected while it should have been, as samples of each minute show it. Null while nothing is known. A session that waits for its phone is not counted as down. */
            availability: number | null;
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
            /** @description The engine of WAHA that comes nearest. */
            engine: {
                /** @constant */
                engine: "NOWEB";
            };
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
                jid: string;
                lid: string | null;
                pushName: string;
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
            presence: string | null;
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
            /** @description When it was last heard of, in milliseconds. */
            timestamps: {
                activity: number | null;
            };
            /** @description What the user has to do, if anything. */
            userAction: string | null;
            /** @enum {string} */
            wanted: "online" | "offline";
        };
        SessionAndAction: {
            /** @description What the runner is to do. Null when the session is started instead. */
            action: components["schemas"]["RecoveryAction"] | null;
            apps: unknown[];
            /** @description The runner. */
            assignedWorker: string | null;
            /** @description Percent of this month (UTC) for which the session was connected while it should have been, as samples of each minute show it. Null while nothing is known. A session that waits for its phone is not counted as down. */
            availability: number | null;
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
            /** @description The engine of WAHA that comes nearest. */
            engine: {
                /** @constant */
                engine: "NOWEB";
            };
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
                jid: string;
                lid: string | null;
                pushName: string;
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
            presence: string | null;
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
            /** @description When it was last heard of, in milliseconds. */
            timestamps: {
                activity: number | null;
            };
            /** @description What the user has to do, if anything. */
            userAction: string | null;
            /** @enum {string} */
            wanted: "online" | "offline";
        };
        /**
         * @example {
         *       "config": {
         *         "metadata": {
         *           "customer": "4711"
         *         }
         *       }
         *     }
         */
        SessionConfiguration: {
            /**
             * @description In WAHA's words: `webhooks`, `metadata`, `ignore`, … It comes back as it was given, also where this version has no use for it.
             * @default {}
             */
            config?: {
                [key: string]: unknown;
            };
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
        SessionPage: {
            /** @description The place after the last session. Null at the end of the list. */
            cursor: string | null;
            sessions: components["schemas"]["Session"][];
        };
        SessionRecords: {
            /** @description The number of records from which on a clean-up is due. */
            cleanUpFrom: number;
            /** @constant */
            known: false;
            /** @description The levels of the tenant, rising, each with the number of records at which it begins. */
            levels: {
                from: number;
                /** @enum {string} */
                name: "healthy" | "monitor" | "warning" | "critical" | "cleanup" | "emergency" | "danger" | "fatal";
            }[];
            name: string;
        } | {
            /** @description Records in the archive of the session. */
            archived: number | null;
            /** @description The number of records from which on a clean-up is due. */
            cleanUpFrom: number;
            /** @description The day (UTC) on which its level will ask for a clean-up. Null: not within a year, or not known. */
            cleanUpNeededOn: string | null;
            /** @description Records that count towards the level. */
            counted: number;
            /**
             * @description Who counted: the runner that has the session, some seconds ago, or the last one that had it.
             * @enum {string}
             */
            from: "owner" | "document";
            /** @description Records that it gains in a day. Null while too few days are known. */
            growthPerDay: number | null;
            /** @description What fills the session, the most frequent kind first. */
            kinds: {
                holds: string;
                kind: string;
                records: number;
            }[];
            /** @constant */
            known: true;
            lastCleanUp: {
                /** Format: date-time */
                at: string;
                left: number;
                moved: number;
            } | null;
            /** @enum {string} */
            level: "healthy" | "monitor" | "warning" | "critical" | "cleanup" | "emergency" | "danger" | "fatal";
            /** @description The levels of the tenant, rising, each with the number of records at which it begins. */
            levels: {
                from: number;
                /** @enum {string} */
                name: "healthy" | "monitor" | "warning" | "critical" | "cleanup" | "emergency" | "danger" | "fatal";
            }[];
            name: string;
            /** @description Records that clean-up never touches, such as identities and keys of app state. */
            protected: number;
            /** @description What a person should do, because clean-up does not help. */
            recommendation: {
                /** @constant */
                code: "rotate";
                sentence: string;
            } | null;
            /** @description Records that a clean-up would move to the archive. Null: not known. */
            removable: number | null;
        };
        /**
         * @example {
         *       "name": "another"
         *     }
         */
        SessionToStart: {
            /** @description In WAHA's words: `webhooks`, `metadata`, `ignore`, … It comes back as it was given, also where this version has no use for it. */
            config?: {
                [key: string]: unknown;
            };
            name: string;
        };
        SignedIn: {
            /** @enum {string} */
            role: "operator" | "admin" | "send" | "read";
            /** @description The sessions that the caller may know of. */
            sessions: "all" | string[];
            /** @description The tenant in which the caller acts. */
            tenant: string;
            /** @description For the operator: the tenants among which it chooses with the header X-Tenant. */
            tenants?: {
                id: string;
                name: string;
            }[];
        };
        /**
         * @example {
         *       "apiKey": "hf_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"
         *     }
         */
        SignIn: {
            apiKey?: string;
            /** @description For the operator: the tenant in which it acts. */
            tenant?: string;
            /** @description A one-time token. */
            token?: string;
        };
        SignInToken: {
            /** Format: date-time */
            expiresAt: string;
            /** @description No later answer shows it. */
            token: string;
        };
        /**
         * @example {
         *       "session": "main",
         *       "chatId": "5511999990000@c.us",
         *       "messageId": "false_5511999990000@c.us_3EB0C767D26A1D71C2D1",
         *       "star": true
         *     }
         */
        Star: {
            chatId: string;
            /** @description The `id` of a message: of an answer, of a webhook or of a list. A bare id of WhatsApp works too. */
            messageId: string;
            /**
             * @description The session that sends.
             * @default default
             */
            session?: string;
            star: boolean;
        };
        /**
         * @example {
         *       "text": "Open today",
         *       "backgroundColor": "#38b42f",
         *       "font": 0,
         *       "contacts": [
         *         "5511999990000@c.us"
         *       ]
         *     }
         */
        StatusText: {
            backgroundColor?: string;
            /** @description The people who get the status. WhatsApp has no list of them on its servers, so they have to be named. */
            contacts?: string[];
            /** @description A message that was not sent by this time is `failed` with the code `expired`. */
            expiresAt?: string | null;
            font?: number;
            /** @description The id of the message at WhatsApp, from GET /api/{session}/new-message-id. The same id again is the same message. */
            id?: string;
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
            text: string;
        };
        /**
         * @example {
         *       "id": "true_status@broadcast_3EB0C767D26A1D71C2D1",
         *       "contacts": [
         *         "5511999990000@c.us"
         *       ]
         *     }
         */
        StatusToDelete: {
            /** @description The people who get the status. WhatsApp has no list of them on its servers, so they have to be named. */
            contacts?: string[];
            /** @description The `id` of a message: of an answer, of a webhook or of a list. A bare id of WhatsApp works too. */
            id: string;
        };
        Success: {
            success: boolean;
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
            /** @description Another one after each change of its name, configuration or secrets. */
            version: string;
        };
        /**
         * @description What the tenant configured itself.
         * @example {
         *       "timeZone": "America/Sao_Paulo",
         *       "pacing": {
         *         "dailyLimit": 200
         *       }
         *     }
         */
        TenantConfig: {
            alerts?: {
                channels?: ({
                    chatId: string;
                    /** @enum {string} */
                    minSeverity?: "info" | "warning" | "critical";
                    name: string;
                    token?: {
                        /** @constant */
                        set: true;
                    };
                    /** @constant */
                    type: "telegram";
                    types?: ("crash-loop" | "runner-lost" | "runners-missing" | "cpu-high" | "memory-high" | "outage" | "health-changed" | "sweep-dead" | "disconnected" | "needs-attention" | "qr-needed" | "recovery-failed" | "approval-needed" | "foreign-connection" | "deaf-session" | "phone-absent" | "quarantined" | "record-level" | "backup-check-failed" | "purge-stuck" | "dead-letter" | "queue-depth" | "webhook-failing")[];
                } | {
                    /** @enum {string} */
                    minSeverity?: "info" | "warning" | "critical";
                    name: string;
                    /** @constant */
                    type: "slack";
                    types?: ("crash-loop" | "runner-lost" | "runners-missing" | "cpu-high" | "memory-high" | "outage" | "health-changed" | "sweep-dead" | "disconnected" | "needs-attention" | "qr-needed" | "recovery-failed" | "approval-needed" | "foreign-connection" | "deaf-session" | "phone-absent" | "quarantined" | "record-level" | "backup-check-failed" | "purge-stuck" | "dead-letter" | "queue-depth" | "webhook-failing")[];
                    webhook?: {
                        /** @constant */
                        set: true;
                    };
                } | {
                    /** @enum {string} */
                    minSeverity?: "info" | "warning" | "critical";
                    name: string;
                    to: string[];
                    /** @constant */
                    type: "email";
                    types?: ("crash-loop" | "runner-lost" | "runners-missing" | "cpu-high" | "memory-high" | "outage" | "health-changed" | "sweep-dead" | "disconnected" | "needs-attention" | "qr-needed" | "recovery-failed" | "approval-needed" | "foreign-connection" | "deaf-session" | "phone-absent" | "quarantined" | "record-level" | "backup-check-failed" | "purge-stuck" | "dead-letter" | "queue-depth" | "webhook-failing")[];
                } | {
                    key?: {
                        /** @constant */
                        set: true;
                    };
                    /** @enum {string} */
                    minSeverity?: "info" | "warning" | "critical";
                    name: string;
                    /** @constant */
                    type: "webhook";
                    types?: ("crash-loop" | "runner-lost" | "runners-missing" | "cpu-high" | "memory-high" | "outage" | "health-changed" | "sweep-dead" | "disconnected" | "needs-attention" | "qr-needed" | "recovery-failed" | "approval-needed" | "foreign-connection" | "deaf-session" | "phone-absent" | "quarantined" | "record-level" | "backup-check-failed" | "purge-stuck" | "dead-letter" | "queue-depth" | "webhook-failing")[];
                    /** Format: uri */
                    url: string;
                })[];
                quietHours?: {
                    /** @example 22:00 */
                    from: string;
                    /** @example 22:00 */
                    to: string;
                };
                reminders?: {
                    criticalMinutes?: number;
                    otherMinutes?: number;
                };
            };
            backups?: {
                keepDays?: number;
                keepLast?: number;
            };
            cleanup?: {
                isAutomatic?: boolean;
                isDryRun?: boolean;
                levels?: {
                    from?: {
                        cleanup?: number;
                        critical?: number;
                        danger?: number;
                        emergency?: number;
                        fatal?: number;
                        monitor?: number;
                        warning?: number;
                    };
                    /** @enum {string} */
                    scale?: "present" | "older";
                };
                maxPreKeys?: number;
                senderKeyMaxAgeDays?: number;
                sessionMaxAgeDays?: number;
            };
            failoverAfterMs?: number;
            kmsKey?: string;
            mediaRetentionDays?: number;
            pacing?: {
                dailyLimit?: number;
                enabled?: boolean;
                maxDelayMs?: number;
                minDelayMs?: number;
                ramp?: number[];
                recipientGapMs?: number;
            };
            purge?: {
                finalAfterDays?: number;
                graceDays?: number;
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
            webhooks?: {
                customHeaders?: {
                    name: string;
                    value: string;
                }[] | null;
                events: string[];
                hmac?: {
                    key?: string | null;
                } | null;
                retries?: {
                    attempts?: number | null;
                    delaySeconds?: number | null;
                    policy?: ("constant" | "linear" | "exponential") | null;
                } | null;
                /** Format: uri */
                url: string;
            }[];
        };
        /** @description Changes what it names, and leaves the rest. Null removes a value, which then is that of the installation. Lists are replaced whole. */
        TenantConfigPatch: {
            alerts?: {
                channels?: ({
                    chatId: string;
                    /** @enum {string} */
                    minSeverity?: "info" | "warning" | "critical";
                    name: string;
                    /** @description A secret. Stored encrypted; answers show `{ "set": true }`. Leave it out to keep the stored one. */
                    token?: (string | {
                        /** @constant */
                        set: true;
                    }) | null;
                    /** @constant */
                    type: "telegram";
                    types?: ("crash-loop" | "runner-lost" | "runners-missing" | "cpu-high" | "memory-high" | "outage" | "health-changed" | "sweep-dead" | "disconnected" | "needs-attention" | "qr-needed" | "recovery-failed" | "approval-needed" | "foreign-connection" | "deaf-session" | "phone-absent" | "quarantined" | "record-level" | "backup-check-failed" | "purge-stuck" | "dead-letter" | "queue-depth" | "webhook-failing")[];
                } | {
                    /** @enum {string} */
                    minSeverity?: "info" | "warning" | "critical";
                    name: string;
                    /** @constant */
                    type: "slack";
                    types?: ("crash-loop" | "runner-lost" | "runners-missing" | "cpu-high" | "memory-high" | "outage" | "health-changed" | "sweep-dead" | "disconnected" | "needs-attention" | "qr-needed" | "recovery-failed" | "approval-needed" | "foreign-connection" | "deaf-session" | "phone-absent" | "quarantined" | "record-level" | "backup-check-failed" | "purge-stuck" | "dead-letter" | "queue-depth" | "webhook-failing")[];
                    /** @description A secret. Stored encrypted; answers show `{ "set": true }`. Leave it out to keep the stored one. */
                    webhook?: (string | {
                        /** @constant */
                        set: true;
                    }) | null;
                } | {
                    /** @enum {string} */
                    minSeverity?: "info" | "warning" | "critical";
                    name: string;
                    to: string[];
                    /** @constant */
                    type: "email";
                    types?: ("crash-loop" | "runner-lost" | "runners-missing" | "cpu-high" | "memory-high" | "outage" | "health-changed" | "sweep-dead" | "disconnected" | "needs-attention" | "qr-needed" | "recovery-failed" | "approval-needed" | "foreign-connection" | "deaf-session" | "phone-absent" | "quarantined" | "record-level" | "backup-check-failed" | "purge-stuck" | "dead-letter" | "queue-depth" | "webhook-failing")[];
                } | {
                    /** @description A secret. Stored encrypted; answers show `{ "set": true }`. Leave it out to keep the stored one. */
                    key?: (string | {
                        /** @constant */
                        set: true;
                    }) | null;
                    /** @enum {string} */
                    minSeverity?: "info" | "warning" | "critical";
                    name: string;
                    /** @constant */
                    type: "webhook";
                    types?: ("crash-loop" | "runner-lost" | "runners-missing" | "cpu-high" | "memory-high" | "outage" | "health-changed" | "sweep-dead" | "disconnected" | "needs-attention" | "qr-needed" | "recovery-failed" | "approval-needed" | "foreign-connection" | "deaf-session" | "phone-absent" | "quarantined" | "record-level" | "backup-check-failed" | "purge-stuck" | "dead-letter" | "queue-depth" | "webhook-failing")[];
                    /** Format: uri */
                    url: string;
                })[] | null;
                quietHours?: {
                    from?: string | null;
                    to?: string | null;
                } | null;
                reminders?: {
                    criticalMinutes?: number | null;
                    otherMinutes?: number | null;
                } | null;
            } | null;
            backups?: {
                keepDays?: number | null;
                keepLast?: number | null;
            } | null;
            cleanup?: {
                isAutomatic?: boolean | null;
                isDryRun?: boolean | null;
                levels?: {
                    from?: {
                        cleanup?: number | null;
                        critical?: number | null;
                        danger?: number | null;
                        emergency?: number | null;
                        fatal?: number | null;
                        monitor?: number | null;
                        warning?: number | null;
                    } | null;
                    scale?: ("present" | "older") | null;
                } | null;
                maxPreKeys?: number | null;
                senderKeyMaxAgeDays?: number | null;
                sessionMaxAgeDays?: number | null;
            } | null;
            failoverAfterMs?: number | null;
            kmsKey?: string | null;
            mediaRetentionDays?: number | null;
            pacing?: {
                dailyLimit?: number | null;
                enabled?: boolean | null;
                maxDelayMs?: number | null;
                minDelayMs?: number | null;
                ramp?: number[] | null;
                recipientGapMs?: number | null;
            } | null;
            purge?: {
                finalAfterDays?: number | null;
                graceDays?: number | null;
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
            webhooks?: {
                customHeaders?: {
                    name: string;
                    value: string;
                }[] | null;
                events: string[];
                hmac?: {
                    key?: string | null;
                } | null;
                retries?: {
                    attempts?: number | null;
                    delaySeconds?: number | null;
                    policy?: ("constant" | "linear" | "exponential") | null;
                } | null;
                /** Format: uri */
                url: string;
            }[] | null;
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
            /** @description The `version` that was read. If the tenant has another one now, nothing is changed (409 `tenant-changed`). */
            ifVersion?: string;
            name?: string;
            /** @description Secrets by name. Stored encrypted and never shown. Null removes one. */
            secrets?: {
                [key: string]: string | null;
            };
        };
        /** @description The tenant's own values, and those of the installation for the rest. */
        TenantSettings: {
            alerts: {
                /** @description Null: no hour is quiet. */
                quietHours: {
                    /** @example 22:00 */
                    from: string;
                    /** @example 22:00 */
                    to: string;
                } | null;
                reminders: {
                    criticalMinutes: number;
                    otherMinutes: number;
                };
            };
            /** @description The newest backups of a session that are kept, and the days for which one of each day is. */
            backups: {
                keepDays: number;
                keepLast: number;
            };
            cleanup: {
                isAutomatic: boolean;
                isDryRun: boolean;
                levels: {
                    /** @description The number of records at which a level begins, where the tenant has set it. */
                    from: {
                        cleanup?: number;
                        critical?: number;
                        danger?: number;
                        emergency?: number;
                        fatal?: number;
                        monitor?: number;
                        warning?: number;
                    };
                    /** @enum {string} */
                    scale: "present" | "older";
                };
                maxPreKeys: number;
                senderKeyMaxAgeDays: number;
                sessionMaxAgeDays: number;
            };
            failoverAfterMs: number;
            /** @description The key of Cloud KMS that wraps the data keys of the sessions. Null: that of the installation. */
            kmsKey: string | null;
            /** @description Days until the files of messages are removed. 0: never. */
            mediaRetentionDays: number;
            pacing: {
                dailyLimit: number;
                enabled: boolean;
                maxDelayMs: number;
                minDelayMs: number;
                ramp: number[];
                recipientGapMs: number;
            };
            /** @description Days in which a purge can be taken back, and days until no copy of a purged session is left. */
            purge: {
                finalAfterDays: number;
                graceDays: number;
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
            /** @description The id of the message at WhatsApp, from GET /api/{session}/new-message-id. The same id again is the same message. */
            id?: string;
            /**
             * @description Whether the first link of the text gets a preview, if its page has one.
             * @default true
             */
            linkPreview?: boolean;
            /** @description The people whom the text mentions as `@number`. `all` is every member of the group. */
            mentions?: ("all" | string)[];
            /** @description The pool whose first connected session sends. When that one cannot, another session of the pool does. */
            pool?: string;
            /**
             * @description Messages to one chat keep their order, whatever their priority.
             * @default normal
             * @enum {string}
             */
            priority?: "high" | "normal" | "low";
            /** @description The `id` of a message: of an answer, of a webhook or of a list. A bare id of WhatsApp works too. */
            reply_to?: string;
            /** @description When WhatsApp refuses the message for now. What is missing has the tenant's value. */
            retry?: {
                /** @description The delay before each retry, in milliseconds; the last one repeats. */
                delaysMs?: number[];
                /** @description Attempts after the first one. Without it there are as many as delays. */
                maxRetries?: number;
            } | null;
            /** @description The message is not sent before this time. It can be canceled or replaced until then. */
            sendAt?: string | null;
            /** @description The session that sends. Without it: the pool, or else the session `default`. */
            session?: string;
            text: string;
        };
        /**
         * @example {
         *       "file": {
         *         "mimetype": "image/jpeg",
         *         "url": "https://example.com/a.jpg"
         *       },
         *       "contacts": [
         *         "5511999990000@c.us"
         *       ]
         *     }
         */
        VideoStatus: {
            /** @description A round video note. */
            asNote?: boolean;
            caption?: string;
            /** @description The people who get the status. WhatsApp has no list of them on its servers, so they have to be named. */
            contacts?: string[];
            /** @description A message that was not sent by this time is `failed` with the code `expired`. */
            expiresAt?: string | null;
            file: components["schemas"]["File"];
            /** @description The id of the message at WhatsApp, from GET /api/{session}/new-message-id. The same id again is the same message. */
            id?: string;
            /** @description The people whom the text mentions as `@number`. `all` is every member of the group. */
            mentions?: ("all" | string)[];
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
        };
        /**
         * @example {
         *       "session": "main",
         *       "chatId": "5511999990000@c.us",
         *       "file": {
         *         "mimetype": "image/jpeg",
         *         "url": "https://example.com/a.jpg"
         *       }
         *     }
         */
        VideoToSend: {
            /** @description A round video note. */
            asNote?: boolean;
            caption?: string;
            chatId: string;
            /** @description A message that was not sent by this time is `failed` with the code `expired`. */
            expiresAt?: string | null;
            file: components["schemas"]["File"];
            /** @description The id of the message at WhatsApp, from GET /api/{session}/new-message-id. The same id again is the same message. */
            id?: string;
            /** @description The people whom the text mentions as `@number`. `all` is every member of the group. */
            mentions?: ("all" | string)[];
            /**
             * @description Messages to one chat keep their order, whatever their priority.
             * @default normal
             * @enum {string}
             */
            priority?: "high" | "normal" | "low";
            /** @description The `id` of a message: of an answer, of a webhook or of a list. A bare id of WhatsApp works too. */
            reply_to?: string;
            /** @description When WhatsApp refuses the message for now. What is missing has the tenant's value. */
            retry?: {
                /** @description The delay before each retry, in milliseconds; the last one repeats. */
                delaysMs?: number[];
                /** @description Attempts after the first one. Without it there are as many as delays. */
                maxRetries?: number;
            } | null;
            /** @description The message is not sent before this time. It can be canceled or replaced until then. */
            sendAt?: string | null;
            /**
             * @description The session that sends.
             * @default default
             */
            session?: string;
        };
        /**
         * @example {
         *       "file": {
         *         "mimetype": "image/jpeg",
         *         "url": "https://example.com/a.jpg"
         *       },
         *       "contacts": [
         *         "5511999990000@c.us"
         *       ]
         *     }
         */
        VoiceStatus: {
            /** @description The people who get the status. WhatsApp has no list of them on its servers, so they have to be named. */
            contacts?: string[];
            /** @description The owner of the session makes Ogg with Opus of the sound, with ffmpeg. Where no runner has it, a sound that is not Ogg with Opus is refused with `cannot-convert`. */
            convert?: boolean;
            /** @description A message that was not sent by this time is `failed` with the code `expired`. */
            expiresAt?: string | null;
            file: components["schemas"]["File"];
            /** @description The id of the message at WhatsApp, from GET /api/{session}/new-message-id. The same id again is the same message. */
            id?: string;
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
        };
        /**
         * @example {
         *       "session": "main",
         *       "chatId": "5511999990000@c.us",
         *       "file": {
         *         "mimetype": "image/jpeg",
         *         "url": "https://example.com/a.jpg"
         *       }
         *     }
         */
        VoiceToSend: {
            chatId: string;
            /** @description The owner of the session makes Ogg with Opus of the sound, with ffmpeg. Where no runner has it, a sound that is not Ogg with Opus is refused with `cannot-convert`. */
            convert?: boolean;
            /** @description A message that was not sent by this time is `failed` with the code `expired`. */
            expiresAt?: string | null;
            file: components["schemas"]["File"];
            /** @description The id of the message at WhatsApp, from GET /api/{session}/new-message-id. The same id again is the same message. */
            id?: string;
            /**
             * @description Messages to one chat keep their order, whatever their priority.
             * @default normal
             * @enum {string}
             */
            priority?: "high" | "normal" | "low";
            /** @description The `id` of a message: of an answer, of a webhook or of a list. A bare id of WhatsApp works too. */
            reply_to?: string;
            /** @description When WhatsApp refuses the message for now. What is missing has the tenant's value. */
            retry?: {
                /** @description The delay before each retry, in milliseconds; the last one repeats. */
                delaysMs?: number[];
                /** @description Attempts after the first one. Without it there are as many as delays. */
                maxRetries?: number;
            } | null;
            /** @description The message is not sent before this time. It can be canceled or replaced until then. */
            sendAt?: string | null;
            /**
             * @description The session that sends.
             * @default default
             */
            session?: string;
        };
        /**
         * @example {
         *       "session": "main",
         *       "chatId": "5511999990000@c.us",
         *       "pollMessageId": "false_5511999990000@c.us_3EB0C767D26A1D71C2D1",
         *       "votes": [
         *         "At 10"
         *       ]
         *     }
         */
        VoteToSend: {
            chatId: string;
            /** @description A message that was not sent by this time is `failed` with the code `expired`. */
            expiresAt?: string | null;
            /** @description The id of the message at WhatsApp, from GET /api/{session}/new-message-id. The same id again is the same message. */
            id?: string;
            /** @description The `id` of a message: of an answer, of a webhook or of a list. A bare id of WhatsApp works too. */
            pollMessageId: string;
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
            /**
             * @description The session that sends.
             * @default default
             */
            session?: string;
            /** @description The texts of the chosen options. An empty list takes the vote back. */
            votes: string[];
        };
        WahaMessage: {
            _data: {
                id: {
                    _serialized: string;
                    fromMe: boolean;
                    id: string;
                    participant?: string;
                    remote: string;
                };
                key: {
                    fromMe: boolean;
                    id: string;
                    participant?: string;
                    remoteJid: string;
                };
                /** @description Seconds since 1970. */
                messageTimestamp: number;
                notifyName: string | null;
                pushName: string | null;
                type: string;
            };
            ack: number;
            /** @enum {string} */
            ackName: "ERROR" | "PENDING" | "SERVER" | "DEVICE" | "READ" | "PLAYED";
            /** @description So many pictures and videos follow as messages of their own. */
            album?: {
                images: number;
                videos: number;
            };
            /** @description The serialized id of the album that a picture belongs to. */
            albumId?: string;
            /** @description The text, the caption, or what a button says. */
            body: string;
            choice?: {
                id: string;
                text: string;
            };
            /** @description Seconds. */
            disappearsAfter?: number;
            /** @description Seconds since 1970. */
            editedAt?: number;
            event?: {
                description: string | null;
                endTime: number | null;
                isCanceled: boolean;
                location: string | null;
                name: string;
                responses: {
                    extraGuests: number;
                    from: string;
                    response: string;
                    /** @description Seconds since 1970. */
                    timestamp: number;
                }[];
                startTime: number | null;
            };
            /** @description The chat. */
            from: string;
            fromMe: boolean;
            hasMedia: boolean;
            /**
             * @description The serialized id, the same text everywhere.
             * @example false_5511999990000@c.us_3EB0AB12
             */
            id: string;
            /** @constant */
            isForwarded?: true;
            /**
             * @description Somebody keeps it in the chat, although it would have disappeared.
             * @constant
             */
            isKept?: true;
            /** @constant */
            isViewOnce?: true;
            list?: {
                button: string | null;
                footer: string | null;
                rows: {
                    description: string | null;
                    id: string;
                    title: string;
                }[];
                title: string | null;
            };
            location: {
                address: string | null;
                latitude: string;
                live: boolean;
                longitude: string;
                name: string | null;
                url: string | null;
            } | null;
            media: {
                error: string | null;
                filename: string | null;
                mimetype: string | null;
                /** @description Where the bytes are. It takes the API key. Null when they could not be had. */
                url: string | null;
            } | null;
            mediaUrl?: string;
            mentionedIds?: string[];
            /** @description The author in a group. */
            participant: string | null;
            /** @description Seconds since 1970. */
            pinnedUntil?: number;
            poll?: {
                multipleAnswers: boolean;
                name: string;
                options: string[];
                votes: {
                    from: string;
                    options: string[];
                    /** @description Seconds since 1970. */
                    timestamp: number;
                }[];
            };
            reactions?: {
                from: string;
                text: string;
                /** @description Seconds since 1970. */
                timestamp: number;
            }[];
            replyTo: {
                body: string;
                hasMedia: boolean;
                /** @description The id that the quoted message has at WhatsApp. */
                id: string;
                media: null;
                participant: string | null;
            } | null;
            /** @description Seconds since 1970. */
            revokedAt?: number;
            revokedBy?: string;
            /**
             * @description `api`: sent through this API.
             * @enum {string}
             */
            source: "api" | "app";
            /** @description Seconds since 1970. */
            timestamp: number;
            /** @description The chat for a message of one’s own, otherwise the own account. */
            to: string | null;
            /** @description The name of a kind that is stored, and not read. */
            unsupported?: string;
            vCards: string[];
        };
        Waiting: {
            /** @description `scheduled` (for `sendAt`), `retry` (for the next attempt), `session-not-connected`, `queue` (for its turn), or what its pace waits for: `pacing-delay`, `daily-limit`, `ramp-limit`, `recipient-gap`, `reach-out-lock`, `message-cap`. */
            reason: string;
            /** @description Null when the end is not known. */
            until: string | null;
        };
        WebhookDelivery: {
            /**
             * Format: date-time
             * @description The time of what happened.
             */
            at: string;
            attempts: number;
            endedAt: string | null;
            /** @description The id of the end point. It follows from its address and whose it is. */
            endpoint: string;
            event: string;
            /** @description The `id` in the body, the same at each attempt. */
            eventId: string;
            firstAttemptAt: string | null;
            /** @description The host of its address. Null for a delivery that an earlier version wrote. */
            host: string | null;
            id: string;
            /** @description True when later events of its chat no longer wait for it. */
            isOutOfOrder: boolean;
            /** @description No attempt before. Null: as soon as it is its turn. */
            nextAttemptAt: string | null;
            /** @description What the last attempt ended with. */
            problem: {
                code: string;
                message: string;
            } | null;
            /** @description How often it was sent again by hand. */
            redrives: number;
            /**
             * @description Whose configuration has the end point.
             * @enum {string}
             */
            scope: "session" | "tenant";
            session: string;
            /**
             * Format: date-time
             * @description When it was written, or sent again by hand. It is tried for three days from then on.
             */
            since: string;
            /** @enum {string} */
            status: "pending" | "delivered" | "dead";
        };
        WebhookDeliveryPage: {
            /** @description The place after the last one. Null at the end of the list. */
            cursor: string | null;
            deliveries: components["schemas"]["WebhookDelivery"][];
        };
        /**
         * @example {
         *       "session": "main"
         *     }
         */
        WebhookRedrive: {
            /**
             * @description The name of a session. Without it: all.
             * @example main
             */
            session?: string;
        };
        WebhooksRedriven: {
            /** @description Whether more are left. */
            hasMore: boolean;
            redriven: number;
        };
        WebhookTest: {
            endpoints: {
                endpoint: string;
                host: string;
                /** @enum {string} */
                outcome: "delivered" | "failed" | "unknown";
                problem: string | null;
            }[];
            id: string;
        };
        /**
         * @example {
         *       "session": "main"
         *     }
         */
        WebhookTestRequest: {
            /** @description The name of a session, whose end points are tested. Without it: those of the tenant. */
            session?: string;
        };
        WrappingStatus: {
            /** @description Documents that need the current key only. */
            current: number;
            damaged: number;
            /** @description Documents with wrapped data keys, of sessions and of tenants. */
            documents: number;
            /** @description The wrapping keys that documents name, and how many name each. */
            keys: {
                documents: number;
                id: string;
                isCurrent: boolean;
            }[];
            /** @description No document needs another key than the current one. */
            mayDropOthers: boolean;
            sentence: string;
        };
    };
    responses: {
        /** @description `alert-resolved`: The alert is resolved. */
        AlertResolved: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `backup-in-use`: The backup is in use. */
        BackupInUse: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `bad-request`: The request is not valid. */
        BadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `cannot-convert`: Nothing here can convert the sound. `not-possible`: This is not possible. `unsupported-chat`: Messages to this chat are not supported. `invalid-time`: A time of the message is not possible. `idempotency-key-reused`: The idempotency key belongs to another request. */
        CannotConvertOrNotPossibleOrUnsupportedChatOrInvalidTimeOrIdempotencyKeyReused: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `cannot-drill`: No runner can be made to crash. */
        CannotDrill: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `cannot-redrive`: The delivery cannot be sent again. */
        CannotRedrive: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `cannot-restart`: The runners cannot be restarted from here. */
        CannotRestart: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `contradictory-configuration`: The configuration contradicts itself. */
        ContradictoryConfiguration: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `contradictory-configuration`: The configuration contradicts itself. `not-possible`: This is not possible. */
        ContradictoryConfigurationOrNotPossible: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `daily-quota-exceeded`: The messages of the day are used up. `rate-limited`: Too many requests. */
        DailyQuotaExceededOrRateLimited: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `default-pool`: The pool `default` cannot be changed. */
        DefaultPool: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `file-expired`: The file was removed. */
        FileExpired: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `file-pending`: The file is not there yet. `unavailable`: The service cannot reach its database. */
        FilePendingOrUnavailable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `forbidden`: The API key does not allow this. */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `internal-error`: Unexpected error. `bad-configuration`: The service is not configured correctly. */
        InternalErrorOrBadConfiguration: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `invalid-chat`: The chat id is not valid. */
        InvalidChat: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `invalid-chat`: The chat id is not valid. `bad-request`: The request is not valid. */
        InvalidChatOrBadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `invalid-subscription`: The subscription is not valid. */
        InvalidSubscription: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `invalid-time`: A time of the message is not possible. */
        InvalidTime: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `message-damaged`: The stored message is damaged. */
        MessageDamaged: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `message-damaged`: The stored message is damaged. `cannot-delete`: The message cannot be deleted. `no-archive`: The installation has no archive. */
        MessageDamagedOrCannotDeleteOrNoArchive: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `message-damaged`: The stored message is damaged. `message-archived`: The message is archived. `cannot-cancel`: The message cannot be canceled. */
        MessageDamagedOrMessageArchivedOrCannotCancel: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `message-damaged`: The stored message is damaged. `message-archived`: The message is archived. `cannot-replace`: The message cannot be replaced. */
        MessageDamagedOrMessageArchivedOrCannotReplace: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `message-damaged`: The stored message is damaged. `message-archived`: The message is archived. `cannot-retry`: The message cannot be returned to the queue. */
        MessageDamagedOrMessageArchivedOrCannotRetry: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `no-answer`: The session did not answer in time. */
        NoAnswer: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `no-file`: The request has no file. `invalid-chat`: The chat id is not valid. `bad-request`: The request is not valid. */
        NoFileOrInvalidChatOrBadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `not-confirmed`: The deletion is not confirmed. */
        NotConfirmed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `nothing-to-restore`: There is nothing to restore. `cannot-restore`: The session cannot be restored. */
        NothingToRestoreOrCannotRestore: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `not-possible`: This is not possible. */
        NotPossible: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `not-possible`: This is not possible. `unsupported-chat`: Messages to this chat are not supported. `invalid-time`: A time of the message is not possible. `idempotency-key-reused`: The idempotency key belongs to another request. */
        NotPossibleOrUnsupportedChatOrInvalidTimeOrIdempotencyKeyReused: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `not-proposed`: The recovery action waits for no approval. `already-begun`: The recovery action has begun or ended. */
        NotProposedOrAlreadyBegun: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `not-proposed`: The recovery action waits for no approval. `cannot-recover`: The session cannot be recovered like this. `nothing-to-restore`: There is nothing to restore. `cannot-restore`: The session cannot be restored. */
        NotProposedOrCannotRecoverOrNothingToRestoreOrCannotRestore: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `purge-not-confirmed`: The purge is not confirmed. `not-possible`: This is not possible. */
        PurgeNotConfirmedOrNotPossible: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `queue-disabled`: No new messages are accepted. `unavailable`: The service cannot reach its database. */
        QueueDisabledOrUnavailable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `quota-exceeded`: The quota of the tenant is used up. `forbidden`: The API key does not allow this. */
        QuotaExceededOrForbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `rate-limited`: Too many requests. */
        RateLimited: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `session-busy`: The session is asked too much. `unavailable`: The service cannot reach its database. */
        SessionBusyOrUnavailable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `session-exists`: The session already exists. `contradictory-configuration`: The configuration contradicts itself. `not-possible`: This is not possible. */
        SessionExistsOrContradictoryConfigurationOrNotPossible: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `session-failed`: The session could not do it. */
        SessionFailed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `session-not-working`: The session is not connected to WhatsApp. */
        SessionNotWorking: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `session-not-working`: The session is not connected to WhatsApp. `refused-there`: WhatsApp refused it. `not-possible`: This is not possible. */
        SessionNotWorkingOrRefusedThereOrNotPossible: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `session-purging`: The session is being purged. `tenant-deleting`: The tenant is being deleted. */
        SessionPurgingOrTenantDeleting: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `session-purging`: The session is being purged. `tenant-deleting`: The tenant is being deleted. `session-exported`: The session was exported, or is being moved in. */
        SessionPurgingOrTenantDeletingOrSessionExported: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `session-stopped`: The session is stopped. `cannot-recover`: The session cannot be recovered like this. `nothing-to-restore`: There is nothing to restore. `cannot-restore`: The session cannot be restored. */
        SessionStoppedOrCannotRecoverOrNothingToRestoreOrCannotRestore: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `session-stopped`: The session is stopped. `cannot-recover`: The session cannot be recovered like this. `tenant-deleting`: The tenant is being deleted. */
        SessionStoppedOrCannotRecoverOrTenantDeleting: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `single-tenant`: This installation has one tenant only. `forbidden`: The API key does not allow this. */
        SingleTenantOrForbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `tenant-changed`: The tenant has another version. */
        TenantChanged: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `tenant-deleting`: The tenant is being deleted. */
        TenantDeleting: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `tenant-deleting`: The tenant is being deleted. `message-damaged`: The stored message is damaged. */
        TenantDeletingOrMessageDamaged: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `tenant-deleting`: The tenant is being deleted. `session-exported`: The session was exported, or is being moved in. */
        TenantDeletingOrSessionExported: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `tenant-exists`: The tenant already exists. */
        TenantExists: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `too-large`: The request is too large. */
        TooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unauthorized`: No valid API key. */
        Unauthorized: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unavailable`: The service cannot reach its database. */
        Unavailable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unknown-action`: There is no such recovery action. `unknown-session`: There is no such session. `unknown-tenant`: There is no such tenant. */
        UnknownActionOrUnknownSessionOrUnknownTenant: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unknown-action`: There is no such recovery action. `unknown-tenant`: There is no such tenant. */
        UnknownActionOrUnknownTenant: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unknown-alert`: There is no such alert. `unknown-tenant`: There is no such tenant. */
        UnknownAlertOrUnknownTenant: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unknown-delivery`: There is no such delivery. `unknown-tenant`: There is no such tenant. */
        UnknownDeliveryOrUnknownTenant: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unknown-device`: There is no such browser. `unknown-tenant`: There is no such tenant. */
        UnknownDeviceOrUnknownTenant: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unknown-key`: There is no such API key. `unknown-tenant`: There is no such tenant. */
        UnknownKeyOrUnknownTenant: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unknown-message`: There is no such message. `unknown-tenant`: There is no such tenant. */
        UnknownMessageOrUnknownTenant: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unknown-pool`: There is no such pool. `unknown-session`: There is no such session. `unknown-message`: There is no such message. `unknown-tenant`: There is no such tenant. */
        UnknownPoolOrUnknownSessionOrUnknownMessageOrUnknownTenant: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unknown-pool`: There is no such pool. `unknown-tenant`: There is no such tenant. */
        UnknownPoolOrUnknownTenant: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unknown-session`: There is no such session. `unknown-action`: There is no such recovery action. `unknown-tenant`: There is no such tenant. */
        UnknownSessionOrUnknownActionOrUnknownTenant: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unknown-session`: There is no such session. `unknown-backup`: There is no such backup. `unknown-tenant`: There is no such tenant. */
        UnknownSessionOrUnknownBackupOrUnknownTenant: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unknown-session`: There is no such session. `unknown-file`: There is no such file. `file-gone`: The file is gone. `unknown-tenant`: There is no such tenant. */
        UnknownSessionOrUnknownFileOrFileGoneOrUnknownTenant: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unknown-session`: There is no such session. `unknown-message`: There is no such message. `unknown-tenant`: There is no such tenant. */
        UnknownSessionOrUnknownMessageOrUnknownTenant: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unknown-session`: There is no such session. `unknown-pool`: There is no such pool. `unknown-tenant`: There is no such tenant. */
        UnknownSessionOrUnknownPoolOrUnknownTenant: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unknown-session`: There is no such session. `unknown-tenant`: There is no such tenant. */
        UnknownSessionOrUnknownTenant: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unknown-session`: There is no such session. `unknown-there`: WhatsApp knows no such thing. `unknown-message`: There is no such message. `unknown-tenant`: There is no such tenant. */
        UnknownSessionOrUnknownThereOrUnknownMessageOrUnknownTenant: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unknown-session`: There is no such session. `unknown-there`: WhatsApp knows no such thing. `unknown-tenant`: There is no such tenant. */
        UnknownSessionOrUnknownThereOrUnknownTenant: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unknown-tenant`: There is no such tenant. */
        UnknownTenant: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unknown-tenant`: There is no such tenant. `unknown-session`: There is no such session. */
        UnknownTenantOrUnknownSession: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `wrong-range`: The file has no such bytes. */
        WrongRange: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `wrong-status`: The session is not in the needed status. */
        WrongStatus: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `wrong-status`: The session is not in the needed status. `invalid-phone`: The phone number is not valid. `refused-there`: WhatsApp refused it. `session-not-working`: The session is not connected to WhatsApp. `not-possible`: This is not possible. */
        WrongStatusOrInvalidPhoneOrRefusedThereOrSessionNotWorkingOrNotPossible: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
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
                /** @description `image` returns a PNG, or with `Accept: application/json` the same in JSON; `raw` the content of the code; `svg` a drawing. */
                format?: "image" | "raw" | "svg";
            };
            header?: {
                Accept?: string;
            };
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
                    "application/json": components["schemas"]["QrCode"] | components["schemas"]["QrPicture"];
                    "image/png": string;
                    "image/svg+xml": string;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            422: components["responses"]["WrongStatus"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    requestPairingCode: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CodeRequest"];
            };
        };
        responses: {
            /** @description The code. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PairingCode"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["WrongStatusOrInvalidPhoneOrRefusedThereOrSessionNotWorkingOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    rejectCall: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CallToReject"];
            };
        };
        responses: {
            /** @description It is rejected. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    listChannels: {
        parameters: {
            query?: {
                role?: string;
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
            /** @description The channels. What nothing stored says is null. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        invite: string | null;
                        name: string | null;
                        role: string | null;
                    }[];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    listChats: {
        parameters: {
            query?: {
                /** @description How many. 0: all. */
                limit?: string;
                merge?: string;
                /** @description After how many. */
                offset?: string;
                sortBy?: string;
                sortOrder?: "asc" | "desc" | "";
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
            /** @description A page of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Chat"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteChat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a chat. */
                chat: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
            400: components["responses"]["InvalidChat"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownMessageOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    archiveChat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a chat. */
                chat: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
            400: components["responses"]["InvalidChat"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownMessageOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    clearChat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a chat. */
                chat: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
            400: components["responses"]["InvalidChat"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownMessageOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    readChatMessages: {
        parameters: {
            query?: {
                days?: string;
                messages?: string;
            };
            header?: never;
            path: {
                /** @description The id of a chat. */
                chat: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["MessagesToRead"];
            };
        };
        responses: {
            /** @description The ids of these messages. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ids: string[];
                    };
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    getChatPicture: {
        parameters: {
            query?: {
                refresh?: string;
            };
            header?: never;
            path: {
                /** @description The id of a chat. */
                chat: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Null without one. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        url: string | null;
                    };
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    unarchiveChat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a chat. */
                chat: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
            400: components["responses"]["InvalidChat"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownMessageOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    markChatUnread: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a chat. */
                chat: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
            400: components["responses"]["InvalidChat"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownMessageOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    listChatMessages: {
        parameters: {
            query?: {
                /** @description `false`: messages do not say where their media are. */
                downloadMedia?: "true" | "false";
                "filter.ack"?: ("ERROR" | "PENDING" | "SERVER" | "DEVICE" | "READ" | "PLAYED") | number;
                "filter.fromMe"?: "true" | "false";
                /** @description Seconds since 1970. */
                "filter.timestamp.gte"?: number;
                "filter.timestamp.lte"?: number;
                /** @description 10 unless given. */
                limit?: number;
                merge?: "true" | "false";
                offset?: number;
                sortBy?: "timestamp" | "messageTimestamp";
                sortOrder?: "asc" | "desc";
            };
            header?: never;
            path: {
                /** @description A chat id, or `all`. */
                chatId: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The messages. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WahaMessage"][];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    getChatMessage: {
        parameters: {
            query?: {
                downloadMedia?: "true" | "false";
                merge?: "true" | "false";
            };
            header?: never;
            path: {
                /** @description A chat id, or `all`. */
                chatId: string;
                /** @description The serialized id, or the id at WhatsApp. */
                messageId: string;
                /** @description The name of a session. */
                name: string;
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
                    "application/json": components["schemas"]["WahaMessage"];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownMessageOrUnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    editMessage: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeat a request with the same key, and the API accepts the message only once. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The chat of the message. */
                chatId: string;
                /** @description The `id` of the message. */
                messageId: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Edit"];
            };
        };
        responses: {
            /** @description The change is accepted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedMessage"];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownMessageOrUnknownTenant"];
            409: components["responses"]["TenantDeletingOrMessageDamaged"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["NotPossibleOrUnsupportedChatOrInvalidTimeOrIdempotencyKeyReused"];
            429: components["responses"]["DailyQuotaExceededOrRateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["QueueDisabledOrUnavailable"];
        };
    };
    deleteMessageForEveryone: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeat a request with the same key, and the API accepts the message only once. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The chat of the message. */
                chatId: string;
                /** @description The `id` of the message. */
                messageId: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The change is accepted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedMessage"];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownMessageOrUnknownTenant"];
            409: components["responses"]["TenantDeletingOrMessageDamaged"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["NotPossibleOrUnsupportedChatOrInvalidTimeOrIdempotencyKeyReused"];
            429: components["responses"]["DailyQuotaExceededOrRateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["QueueDisabledOrUnavailable"];
        };
    };
    pinMessage: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeat a request with the same key, and the API accepts the message only once. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The chat of the message. */
                chatId: string;
                /** @description The `id` of the message. */
                messageId: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Pin"];
            };
        };
        responses: {
            /** @description The change is accepted. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pinned"];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownMessageOrUnknownTenant"];
            409: components["responses"]["TenantDeletingOrMessageDamaged"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["NotPossibleOrUnsupportedChatOrInvalidTimeOrIdempotencyKeyReused"];
            429: components["responses"]["DailyQuotaExceededOrRateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["QueueDisabledOrUnavailable"];
        };
    };
    unpinMessage: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeat a request with the same key, and the API accepts the message only once. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The chat of the message. */
                chatId: string;
                /** @description The `id` of the message. */
                messageId: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The change is accepted. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pinned"];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownMessageOrUnknownTenant"];
            409: components["responses"]["TenantDeletingOrMessageDamaged"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["NotPossibleOrUnsupportedChatOrInvalidTimeOrIdempotencyKeyReused"];
            429: components["responses"]["DailyQuotaExceededOrRateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["QueueDisabledOrUnavailable"];
        };
    };
    getChatsOverview: {
        parameters: {
            query?: {
                /** @description Only these chats, divided by commas. */
                ids?: string;
                /** @description How many. 0: all. */
                limit?: string;
                /** @description After how many. */
                offset?: string;
                sortBy?: string;
                sortOrder?: "asc" | "desc" | "";
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
            /** @description The newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChatOverview"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    postChatsOverview: {
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
                "application/json": components["schemas"]["OverviewToShow"];
            };
        };
        responses: {
            /** @description The newest first. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChatOverview"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    saveContact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a person. */
                contact: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ContactToSave"];
            };
        };
        responses: {
            /** @description It is done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    eraseContact: {
        parameters: {
            query?: {
                /** @description Where an earlier call ended: `cursor` of its answer. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The id of a person: phone number or LID. */
                contact: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was removed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Erasure"];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    sendEvent: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeat a request with the same key, and the API accepts the message only once. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EventToSend"];
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
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownMessageOrUnknownTenant"];
            409: components["responses"]["TenantDeletingOrMessageDamaged"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["NotPossibleOrUnsupportedChatOrInvalidTimeOrIdempotencyKeyReused"];
            429: components["responses"]["DailyQuotaExceededOrRateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["QueueDisabledOrUnavailable"];
        };
    };
    listGroups: {
        parameters: {
            query?: {
                exclude?: string;
                /** @description How many. 0: all. */
                limit?: string;
                /** @description After how many. */
                offset?: string;
                sortBy?: string;
                sortOrder?: "asc" | "desc" | "";
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
            /** @description A page of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Group"][];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    createGroup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GroupToCreate"];
            };
        };
        responses: {
            /** @description The group. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Group"];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    getGroup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a group. */
                group: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The group. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Group"];
                };
            };
            400: components["responses"]["InvalidChat"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    demoteGroupMembers: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a group. */
                group: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GroupMembers"];
            };
        };
        responses: {
            /** @description What WhatsApp says of each: 200 for done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        status: number;
                    }[];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    promoteGroupMembers: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a group. */
                group: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GroupMembers"];
            };
        };
        responses: {
            /** @description What WhatsApp says of each: 200 for done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        status: number;
                    }[];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    setGroupDescription: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a group. */
                group: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Group_description"];
            };
        };
        responses: {
            /** @description It is done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    getInviteCode: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a group. */
                group: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The code, as a text in JSON. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            400: components["responses"]["InvalidChat"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    revokeInviteCode: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a group. */
                group: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The code, as a text in JSON. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            400: components["responses"]["InvalidChat"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    leaveGroup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a group. */
                group: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
            400: components["responses"]["InvalidChat"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    listGroupMembersOld: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a group. */
                group: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All members. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        admin: ("admin" | "superadmin") | null;
                        id: string;
                        lid: string | null;
                        pn: string | null;
                        /** @enum {string} */
                        role: "participant" | "admin" | "superadmin";
                    }[];
                };
            };
            400: components["responses"]["InvalidChat"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    addGroupMembers: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a group. */
                group: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GroupMembers"];
            };
        };
        responses: {
            /** @description What WhatsApp says of each: 200 for done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        status: number;
                    }[];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    removeGroupMembers: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a group. */
                group: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GroupMembers"];
            };
        };
        responses: {
            /** @description What WhatsApp says of each: 200 for done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        status: number;
                    }[];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    listGroupMembers: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a group. */
                group: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All members. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        admin: ("admin" | "superadmin") | null;
                        id: string;
                        lid: string | null;
                        pn: string | null;
                        /** @enum {string} */
                        role: "participant" | "admin" | "superadmin";
                    }[];
                };
            };
            400: components["responses"]["InvalidChat"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    setGroupPicture: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a group. */
                group: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PictureToShow"];
            };
        };
        responses: {
            /** @description It is done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    deleteGroupPicture: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a group. */
                group: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
            400: components["responses"]["InvalidChat"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    getInfoAdminOnly: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a group. */
                group: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The setting. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminsOnly"];
                };
            };
            400: components["responses"]["InvalidChat"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    setInfoAdminOnly: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a group. */
                group: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AdminsOnlyToSet"];
            };
        };
        responses: {
            /** @description It is done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    getMemberAddMode: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a group. */
                group: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The setting. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MembersCanAddNewMember"];
                };
            };
            400: components["responses"]["InvalidChat"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    setMemberAddMode: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a group. */
                group: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MembersCanAddNewMemberToSet"];
            };
        };
        responses: {
            /** @description It is done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    getMessagesAdminOnly: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a group. */
                group: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The setting. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminsOnly"];
                };
            };
            400: components["responses"]["InvalidChat"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    setMessagesAdminOnly: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a group. */
                group: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AdminsOnlyToSet"];
            };
        };
        responses: {
            /** @description It is done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    setGroupSubject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a group. */
                group: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Group_subject"];
            };
        };
        responses: {
            /** @description It is done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    countGroups: {
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
            /** @description Their number. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: number;
                    };
                };
            };
            400: components["responses"]["InvalidChat"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    joinGroup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Invitation"];
            };
        };
        responses: {
            /** @description The id of the group. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                    };
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    refreshGroups: {
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
            /** @description It is done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
            400: components["responses"]["InvalidChat"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    listLabels: {
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
            /** @description The labels. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Label"][];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    createLabel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LabelToPut"];
            };
        };
        responses: {
            /** @description The label. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Label"];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    changeLabel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a label. */
                label: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LabelToPut"];
            };
        };
        responses: {
            /** @description The label. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Label"];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    deleteLabel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a label. */
                label: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
            400: components["responses"]["InvalidChat"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    listChatsOfLabel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a label. */
                label: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The chats. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Chat"][];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    listLabelsOfChat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a chat. */
                chat: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The labels. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Label"][];
                };
            };
            400: components["responses"]["InvalidChat"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    setLabelsOfChat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a chat. */
                chat: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LabelsOfChat"];
            };
        };
        responses: {
            /** @description It is done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    listLids: {
        parameters: {
            query?: {
                /** @description How many. 0: all. */
                limit?: string;
                /** @description After how many. */
                offset?: string;
                sortBy?: string;
                sortOrder?: "asc" | "desc" | "";
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
            /** @description A page of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LidPair"][];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    getPhoneOfLid: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                lid: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The pair. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LidPair"];
                };
            };
            400: components["responses"]["InvalidChat"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    countLids: {
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
            /** @description Their number. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: number;
                    };
                };
            };
            400: components["responses"]["InvalidChat"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    getLidOfPhone: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a session. */
                name: string;
                phone: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The pair. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LidPair"];
                };
            };
            400: components["responses"]["InvalidChat"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
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
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    newMessageId: {
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
            /** @description A new id. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewMessageId"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    listPresences: {
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
            /** @description By chat. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Presences"][];
                };
            };
            400: components["responses"]["InvalidChat"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    setPresence: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PresenceToShow"];
            };
        };
        responses: {
            /** @description It is shown. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    getPresence: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a chat. */
                chat: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was heard; nothing at the first request. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Presences"];
                };
            };
            400: components["responses"]["InvalidChat"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    subscribePresence: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a chat. */
                chat: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is asked for. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
            400: components["responses"]["InvalidChat"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    getProfile: {
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
            /** @description The profile. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Profile"];
                };
            };
            400: components["responses"]["InvalidChat"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    setProfileName: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProfileName"];
            };
        };
        responses: {
            /** @description It is done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    setProfilePicture: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PictureToShow"];
            };
        };
        responses: {
            /** @description It is done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    deleteProfilePicture: {
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
            /** @description It is done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
            400: components["responses"]["InvalidChat"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    setProfileStatus: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProfileStatus"];
            };
        };
        responses: {
            /** @description It is done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    deleteStatus: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeat a request with the same key, and the API accepts the message only once. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StatusToDelete"];
            };
        };
        responses: {
            /** @description The status is accepted. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedMessage"];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownMessageOrUnknownTenant"];
            409: components["responses"]["TenantDeletingOrMessageDamaged"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["NotPossibleOrUnsupportedChatOrInvalidTimeOrIdempotencyKeyReused"];
            429: components["responses"]["DailyQuotaExceededOrRateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["QueueDisabledOrUnavailable"];
        };
    };
    sendImageStatus: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeat a request with the same key, and the API accepts the message only once. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ImageStatus"];
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
            400: components["responses"]["NoFileOrInvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownMessageOrUnknownTenant"];
            409: components["responses"]["TenantDeletingOrMessageDamaged"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["CannotConvertOrNotPossibleOrUnsupportedChatOrInvalidTimeOrIdempotencyKeyReused"];
            429: components["responses"]["DailyQuotaExceededOrRateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["QueueDisabledOrUnavailable"];
        };
    };
    sendTextStatus: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeat a request with the same key, and the API accepts the message only once. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StatusText"];
            };
        };
        responses: {
            /** @description The status is accepted. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedMessage"];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownMessageOrUnknownTenant"];
            409: components["responses"]["TenantDeletingOrMessageDamaged"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["NotPossibleOrUnsupportedChatOrInvalidTimeOrIdempotencyKeyReused"];
            429: components["responses"]["DailyQuotaExceededOrRateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["QueueDisabledOrUnavailable"];
        };
    };
    sendVideoStatus: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeat a request with the same key, and the API accepts the message only once. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VideoStatus"];
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
            400: components["responses"]["NoFileOrInvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownMessageOrUnknownTenant"];
            409: components["responses"]["TenantDeletingOrMessageDamaged"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["CannotConvertOrNotPossibleOrUnsupportedChatOrInvalidTimeOrIdempotencyKeyReused"];
            429: components["responses"]["DailyQuotaExceededOrRateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["QueueDisabledOrUnavailable"];
        };
    };
    sendVoiceStatus: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeat a request with the same key, and the API accepts the message only once. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VoiceStatus"];
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
            400: components["responses"]["NoFileOrInvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownMessageOrUnknownTenant"];
            409: components["responses"]["TenantDeletingOrMessageDamaged"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["CannotConvertOrNotPossibleOrUnsupportedChatOrInvalidTimeOrIdempotencyKeyReused"];
            429: components["responses"]["DailyQuotaExceededOrRateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["QueueDisabledOrUnavailable"];
        };
    };
    listAlerts: {
        parameters: {
            query?: {
                /** @description The cursor of an earlier answer. The list goes on after it. */
                cursor?: string;
                limit?: number;
                /** @description The name of a session. */
                session?: string;
                severity?: "info" | "warning" | "critical";
                state?: "open" | "acknowledged" | "resolved";
                /** @description For the operator: a tenant. Without it: all. */
                tenant?: string;
                type?: "crash-loop" | "runner-lost" | "runners-missing" | "cpu-high" | "memory-high" | "outage" | "health-changed" | "sweep-dead" | "disconnected" | "needs-attention" | "qr-needed" | "recovery-failed" | "approval-needed" | "foreign-connection" | "deaf-session" | "phone-absent" | "quarantined" | "record-level" | "backup-check-failed" | "purge-stuck" | "dead-letter" | "queue-depth" | "webhook-failing";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The alerts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenantOrUnknownSession"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    acknowledgeAlert: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of an alert. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The alert. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alert"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownAlertOrUnknownTenant"];
            409: components["responses"]["AlertResolved"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    silenceAlert: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of an alert. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AlertSilence"];
            };
        };
        responses: {
            /** @description The alert. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alert"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownAlertOrUnknownTenant"];
            409: components["responses"]["AlertResolved"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["InvalidTime"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    listAlertDevices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The browsers. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertDevices"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    addAlertDevice: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AlertDeviceRequest"];
            };
        };
        responses: {
            /** @description The browser. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertDevice"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["QuotaExceededOrForbidden"];
            404: components["responses"]["UnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["InvalidSubscription"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    removeAlertDevice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a browser. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The browser, as it was. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertDevice"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownDeviceOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    testAlerts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AlertTestRequest"];
            };
        };
        responses: {
            /** @description The outcome on each channel. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertTest"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
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
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    backUpFormer: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["FormerBackupRequest"];
            };
        };
        responses: {
            /** @description The action, or the run. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FormerBackup"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    backUpAll: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["BackupOfAllRequest"];
            };
        };
        responses: {
            /** @description The run, whose progress `GET /api/backups/{run}` shows. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackupRun"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownActionOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    getBackupRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a run. */
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The progress. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackupProgress"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownActionOrUnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    restoreAll: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RestoreOfAllRequest"];
            };
        };
        responses: {
            /** @description The plan. Nothing was changed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RestoreOfAllPlan"];
                };
            };
            /** @description The run, whose progress `GET /api/backups/restore/{run}` shows. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RestoreOfAllRun"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownActionOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    getRestoreRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a run. */
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The progress. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackupProgress"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownActionOrUnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    cleanUpSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CleanUpOfAllRequest"];
            };
        };
        responses: {
            /** @description One action for each session. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        actions: components["schemas"]["RecoveryAction"][];
                        /** @description Where a request with `after` goes on; null when all sessions were asked. */
                        next: string | null;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    pruneFormer: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["FormerPruningRequest"];
            };
        };
        responses: {
            /** @description The backups that go. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FormerPruning"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    recoverConnections: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RecoveriesRequest"];
            };
        };
        responses: {
            /** @description What would be done for each session. Nothing was changed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryOutcomes"];
                };
            };
            /** @description What is done for each session. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryOutcomes"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    getContact: {
        parameters: {
            query: {
                /** @description The id of a person. */
                contactId: string;
                /** @description The name of a session. */
                session?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Also of a person of whom nothing is stored. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Contact"];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    getAbout: {
        parameters: {
            query: {
                /** @description The id of a person. */
                contactId: string;
                /** @description The name of a session. */
                session?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Null without a text, and where it is hidden. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        about: string | null;
                    };
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    listContacts: {
        parameters: {
            query?: {
                /** @description How many. 0: all. */
                limit?: string;
                /** @description After how many. */
                offset?: string;
                /** @description The name of a session. */
                session?: string;
                sortBy?: string;
                sortOrder?: "asc" | "desc" | "";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Contact"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    blockContact: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ContactToBlock"];
            };
        };
        responses: {
            /** @description It is done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    checkExists: {
        parameters: {
            query: {
                phone: string;
                /** @description The name of a session. */
                session?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Whether the number has an account, and the id of the chat with it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NumberExists"];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    getProfilePicture: {
        parameters: {
            query: {
                /** @description The id of a person. */
                contactId: string;
                refresh?: string;
                /** @description The name of a session. */
                session?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The address is of WhatsApp and ends after some days. Null without a picture, and where it is hidden. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        profilePictureURL: string | null;
                    };
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    unblockContact: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ContactToBlock"];
            };
        };
        responses: {
            /** @description It is done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    streamEvents: {
        parameters: {
            query?: {
                /** @description True: the present state is left out. The caller asks for what it shows after `ready`. */
                changesOnly?: "true" | "false";
                /** @description True: the stream ends behind the present state. */
                once?: "true" | "false";
                /** @description For the operator: the tenant. Browsers cannot send the header X-Tenant with a stream. */
                tenant?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Events"];
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    getFile: {
        parameters: {
            query?: never;
            header?: {
                /** @description The bytes that are wanted, as `bytes=0-1023`. */
                Range?: string;
            };
            path: {
                /** @description The name in the field `media.url` of a message. */
                file: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file, in its own type. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                    "application/octet-stream": string;
                };
            };
            /** @description The part of the file that the header Range names. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownFileOrFileGoneOrUnknownTenant"];
            410: components["responses"]["FileExpired"];
            416: components["responses"]["WrongRange"];
            422: components["responses"]["SessionNotWorking"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["FilePendingOrUnavailable"];
        };
    };
    getFleet: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The runners and the places that they have. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Fleet"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    drillCrash: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CrashDrillRequest"];
            };
        };
        responses: {
            /** @description The drill. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryAction"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            409: components["responses"]["CannotDrill"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    restartFleet: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The restart. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FleetRestart"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            409: components["responses"]["CannotRestart"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    forwardMessage: {
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
                "application/json": components["schemas"]["ForwardToSend"];
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
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownMessageOrUnknownTenant"];
            409: components["responses"]["TenantDeletingOrMessageDamaged"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["NotPossibleOrUnsupportedChatOrInvalidTimeOrIdempotencyKeyReused"];
            429: components["responses"]["DailyQuotaExceededOrRateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["QueueDisabledOrUnavailable"];
        };
    };
    followGraph: {
        parameters: {
            query: {
                /** @description Which operation to run, if the query has several. */
                operationName?: string | null;
                query: string;
                /** @description The variables, as JSON. */
                variables?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what is wrong with the query. A subscription is answered with server-sent events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GraphAnswer"];
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    queryGraph: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GraphQuery"];
            };
        };
        responses: {
            /** @description What was asked for, or what is wrong with the query. A subscription is answered with server-sent events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GraphAnswer"];
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
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
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
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
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["QuotaExceededOrForbidden"];
            404: components["responses"]["UnknownTenant"];
            409: components["responses"]["TenantDeleting"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
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
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownKeyOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    renewDataKeys: {
        parameters: {
            query?: {
                /** @description Where an earlier call ended: `cursor` of its answer. */
                cursor?: string;
                /** @description Only sessions whose newest data key is older than so many days. 0: all. */
                olderThanDays?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this call did. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DataKeysRenewed"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    showWrapping: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The wrapping keys in use. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WrappingStatus"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    rewrapKeys: {
        parameters: {
            query?: {
                /** @description Where an earlier call ended: `cursor` of its answer. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this call did. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rewrapped"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    listMessagesToSend: {
        parameters: {
            query?: {
                /** @description The chat, as in POST /api/sendText. */
                chatId?: string;
                /** @description The cursor of an earlier answer. The list goes on after it. */
                cursor?: string;
                /** @description `false`: messages of a chat do not say where their media are. */
                downloadMedia?: string;
                limit?: number;
                /** @description Of the messages of a chat: how many are passed over. */
                offset?: string;
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
            /** @description One page of messages, or the messages of a chat. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageList"] | components["schemas"]["WahaMessage"][];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    getMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The `id`, the `jobId` or the `messageId` of the accepted message. */
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
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownMessageOrUnknownTenant"];
            409: components["responses"]["MessageDamaged"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    replaceMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The `id`, the `jobId` or the `messageId` of the accepted message. */
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
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownMessageOrUnknownTenant"];
            409: components["responses"]["MessageDamagedOrMessageArchivedOrCannotReplace"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["InvalidTime"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The `id`, the `jobId` or the `messageId` of the accepted message. */
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
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownMessageOrUnknownTenant"];
            409: components["responses"]["MessageDamagedOrCannotDeleteOrNoArchive"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    cancelMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The `id`, the `jobId` or the `messageId` of the accepted message. */
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
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownMessageOrUnknownTenant"];
            409: components["responses"]["MessageDamagedOrMessageArchivedOrCannotCancel"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    retryMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The `id`, the `jobId` or the `messageId` of the accepted message. */
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
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownMessageOrUnknownTenant"];
            409: components["responses"]["MessageDamagedOrMessageArchivedOrCannotRetry"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
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
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
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
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
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
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownPoolOrUnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
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
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownPoolOrUnknownTenant"];
            409: components["responses"]["DefaultPool"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
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
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownPoolOrUnknownTenant"];
            409: components["responses"]["DefaultPool"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    listPurges: {
        parameters: {
            query?: {
                /** @description The cursor of an earlier answer. The list goes on after it. */
                cursor?: string;
                limit?: number;
                /** @description Only these. */
                phase?: "waiting" | "removing" | "done";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The purges. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PurgeList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    getQueue: {
        parameters: {
            query?: {
                /** @description Only the messages of this session. */
                session?: string;
            };
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
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
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
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    setReaction: {
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
                "application/json": components["schemas"]["Reaction"];
            };
        };
        responses: {
            /** @description The change is accepted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedMessage"];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownMessageOrUnknownTenant"];
            409: components["responses"]["TenantDeletingOrMessageDamaged"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["NotPossibleOrUnsupportedChatOrInvalidTimeOrIdempotencyKeyReused"];
            429: components["responses"]["DailyQuotaExceededOrRateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["QueueDisabledOrUnavailable"];
        };
    };
    listRecoveries: {
        parameters: {
            query?: {
                /** @description The cursor of an earlier answer. The list goes on after it. */
                cursor?: string;
                limit?: number;
                /** @description The name of a session. */
                session?: string;
                state?: "proposed" | "pending" | "running" | "done" | "failed" | "cancelled" | "vetoed";
                type?: "restart" | "logout" | "backup" | "restore" | "recover" | "rotate" | "clean-up" | "restart-runner" | "crash-drill";
            };
            header?: never;
            path?: never;
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
                    "application/json": components["schemas"]["RecoveryPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    getRecovery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of an action. */
                id: string;
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
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownActionOrUnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    approveRecovery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of an action. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RecoveryApproval"];
            };
        };
        responses: {
            /** @description The losses of a restore. Nothing was changed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RestorePlan"];
                };
            };
            /** @description The action. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryAction"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownActionOrUnknownSessionOrUnknownTenant"];
            409: components["responses"]["NotProposedOrCannotRecoverOrNothingToRestoreOrCannotRestore"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    cancelRecovery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of an action. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The action. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryAction"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownActionOrUnknownTenant"];
            409: components["responses"]["NotProposedOrAlreadyBegun"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    getScreenshot: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Never. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            422: components["responses"]["NotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    sendLinkCustomPreview: {
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
                "application/json": components["schemas"]["PreviewToSend"];
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
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownMessageOrUnknownTenant"];
            409: components["responses"]["TenantDeletingOrMessageDamaged"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["NotPossibleOrUnsupportedChatOrInvalidTimeOrIdempotencyKeyReused"];
            429: components["responses"]["DailyQuotaExceededOrRateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["QueueDisabledOrUnavailable"];
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
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["QueueDisabledOrUnavailable"];
        };
    };
    sendContactVcard: {
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
                "application/json": components["schemas"]["ContactsToSend"];
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
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownMessageOrUnknownTenant"];
            409: components["responses"]["TenantDeletingOrMessageDamaged"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["NotPossibleOrUnsupportedChatOrInvalidTimeOrIdempotencyKeyReused"];
            429: components["responses"]["DailyQuotaExceededOrRateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["QueueDisabledOrUnavailable"];
        };
    };
    sendFile: {
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
                "application/json": components["schemas"]["FileToSend"];
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
            400: components["responses"]["NoFileOrInvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownMessageOrUnknownTenant"];
            409: components["responses"]["TenantDeletingOrMessageDamaged"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["CannotConvertOrNotPossibleOrUnsupportedChatOrInvalidTimeOrIdempotencyKeyReused"];
            429: components["responses"]["DailyQuotaExceededOrRateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["QueueDisabledOrUnavailable"];
        };
    };
    sendImage: {
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
                "application/json": components["schemas"]["ImageToSend"];
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
            400: components["responses"]["NoFileOrInvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownMessageOrUnknownTenant"];
            409: components["responses"]["TenantDeletingOrMessageDamaged"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["CannotConvertOrNotPossibleOrUnsupportedChatOrInvalidTimeOrIdempotencyKeyReused"];
            429: components["responses"]["DailyQuotaExceededOrRateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["QueueDisabledOrUnavailable"];
        };
    };
    sendList: {
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
                "application/json": components["schemas"]["ListToSend"];
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
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownMessageOrUnknownTenant"];
            409: components["responses"]["TenantDeletingOrMessageDamaged"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["NotPossibleOrUnsupportedChatOrInvalidTimeOrIdempotencyKeyReused"];
            429: components["responses"]["DailyQuotaExceededOrRateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["QueueDisabledOrUnavailable"];
        };
    };
    sendLocation: {
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
                "application/json": components["schemas"]["LocationToSend"];
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
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownMessageOrUnknownTenant"];
            409: components["responses"]["TenantDeletingOrMessageDamaged"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["NotPossibleOrUnsupportedChatOrInvalidTimeOrIdempotencyKeyReused"];
            429: components["responses"]["DailyQuotaExceededOrRateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["QueueDisabledOrUnavailable"];
        };
    };
    sendPoll: {
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
                "application/json": components["schemas"]["PollToSend"];
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
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownMessageOrUnknownTenant"];
            409: components["responses"]["TenantDeletingOrMessageDamaged"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["NotPossibleOrUnsupportedChatOrInvalidTimeOrIdempotencyKeyReused"];
            429: components["responses"]["DailyQuotaExceededOrRateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["QueueDisabledOrUnavailable"];
        };
    };
    sendPollVote: {
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
                "application/json": components["schemas"]["VoteToSend"];
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
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownMessageOrUnknownTenant"];
            409: components["responses"]["TenantDeletingOrMessageDamaged"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["NotPossibleOrUnsupportedChatOrInvalidTimeOrIdempotencyKeyReused"];
            429: components["responses"]["DailyQuotaExceededOrRateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["QueueDisabledOrUnavailable"];
        };
    };
    sendSeen: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MessagesSeen"];
            };
        };
        responses: {
            /** @description The ids of these messages. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ids: string[];
                    };
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownMessageOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
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
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownPoolOrUnknownSessionOrUnknownMessageOrUnknownTenant"];
            409: components["responses"]["TenantDeletingOrMessageDamaged"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["NotPossibleOrUnsupportedChatOrInvalidTimeOrIdempotencyKeyReused"];
            429: components["responses"]["DailyQuotaExceededOrRateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["QueueDisabledOrUnavailable"];
        };
    };
    sendVideo: {
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
                "application/json": components["schemas"]["VideoToSend"];
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
            400: components["responses"]["NoFileOrInvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownMessageOrUnknownTenant"];
            409: components["responses"]["TenantDeletingOrMessageDamaged"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["CannotConvertOrNotPossibleOrUnsupportedChatOrInvalidTimeOrIdempotencyKeyReused"];
            429: components["responses"]["DailyQuotaExceededOrRateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["QueueDisabledOrUnavailable"];
        };
    };
    sendVoice: {
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
                "application/json": components["schemas"]["VoiceToSend"];
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
            400: components["responses"]["NoFileOrInvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownMessageOrUnknownTenant"];
            409: components["responses"]["TenantDeletingOrMessageDamaged"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["CannotConvertOrNotPossibleOrUnsupportedChatOrInvalidTimeOrIdempotencyKeyReused"];
            429: components["responses"]["DailyQuotaExceededOrRateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["QueueDisabledOrUnavailable"];
        };
    };
    getServerStatus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Both in milliseconds. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerStatus"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    stopServer: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Never. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["NotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    getServerVersion: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The version. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerVersion"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
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
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    listSessions: {
        parameters: {
            query?: {
                /** @description True: also stopped ones. */
                all?: "true" | "false";
                /** @description The cursor of an earlier answer. The list goes on after it. */
                cursor?: string;
                limit?: number;
                /** @description True: only sessions that wait for a person. */
                needsPerson?: "true" | "false";
                /** @description A part of the name, of the account's number, or of what the account calls itself. */
                search?: string;
                /** @description Only sessions with this status. */
                status?: "STOPPED" | "STARTING" | "SCAN_QR_CODE" | "WORKING" | "FAILED";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sessions, or a page of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"][] | components["schemas"]["SessionPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    createSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
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
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["QuotaExceededOrForbidden"];
            404: components["responses"]["UnknownTenant"];
            409: components["responses"]["SessionPurgingOrTenantDeleting"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionExistsOrContradictoryConfigurationOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
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
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    configureSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SessionConfiguration"];
            };
        };
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
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["ContradictoryConfigurationOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteSession: {
        parameters: {
            query?: {
                /** @description For a purge: the name of the session once more. */
                confirm?: string;
                /** @description True: what it has stored is removed, too, after a grace. */
                purge?: "true" | "false";
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
            /** @description It is removed, and hidden. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Removal"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["PurgeNotConfirmedOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
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
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
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
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownActionOrUnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    listBackups: {
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
            /** @description The backups, the newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Backup"][];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    makeBackup: {
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
                "application/json": components["schemas"]["BackupRequest"];
            };
        };
        responses: {
            /** @description The action. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackupAction"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    removeBackup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a backup. */
                id: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The backup, until it is removed. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Backup"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownBackupOrUnknownTenant"];
            409: components["responses"]["BackupInUse"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    verifyBackup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a backup. */
                id: string;
                /** @description The name of a session. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The backup, with what this showed in `verification`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Backup"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownBackupOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    cleanUpSession: {
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
                "application/json": components["schemas"]["CleanUpRequest"];
            };
        };
        responses: {
            /** @description The session's runner performs the clean-up. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryAction"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    showDataKeys: {
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
            /** @description The data keys. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DataKeys"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    renewDataKey: {
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
            /** @description The data keys, one of which waits. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DataKeys"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
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
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
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
            /** @description The session and the action. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionAndAction"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            409: components["responses"]["TenantDeletingOrSessionExported"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    getMe: {
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
            /** @description Null while no phone is linked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        pushName: string;
                    } | null;
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    getPurge: {
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
            /** @description The purge. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Purge"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    cancelPurge: {
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
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            409: components["responses"]["SessionPurgingOrTenantDeleting"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    getSessionRecords: {
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
            /** @description The numbers by kind, and the level. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionRecords"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    recoverSession: {
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
                "application/json": components["schemas"]["RecoveryRequest"];
            };
        };
        responses: {
            /** @description What would be done and why, or why there is nothing to do. Nothing was changed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryOutcome"];
                };
            };
            /** @description The action: for the owner, for an approval, or with the reason why nothing is done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryOutcome"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            409: components["responses"]["SessionStoppedOrCannotRecoverOrNothingToRestoreOrCannotRestore"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
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
            /** @description The session and the action. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionAndAction"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            409: components["responses"]["TenantDeletingOrSessionExported"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
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
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownBackupOrUnknownTenant"];
            409: components["responses"]["NothingToRestoreOrCannotRestore"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    rotateSession: {
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
                "application/json": components["schemas"]["RotationRequest"];
            };
        };
        responses: {
            /** @description What would happen. Nothing was changed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RotationPlan"];
                };
            };
            /** @description The session's runner performs the rotation. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rotation"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            409: components["responses"]["SessionStoppedOrCannotRecoverOrTenantDeleting"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    startSession: {
        parameters: {
            query?: {
                /** @description For a session that was exported: no other program has used its keys. */
                confirm?: "exported";
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
            /** @description The session. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            409: components["responses"]["TenantDeletingOrSessionExported"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
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
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    createAndStartSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SessionToStart"];
            };
        };
        responses: {
            /** @description The session. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["QuotaExceededOrForbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            409: components["responses"]["SessionPurgingOrTenantDeletingOrSessionExported"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionExistsOrContradictoryConfigurationOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    getSignIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignIn"];
            };
        };
        responses: {
            /** @description Who is signed in now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewlySignedIn"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Nobody is signed in. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        signedOut: true;
                    };
                };
            };
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    createSignInToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The token. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInToken"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    setStar: {
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
                "application/json": components["schemas"]["Star"];
            };
        };
        responses: {
            /** @description The change is accepted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedMessage"];
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownMessageOrUnknownTenant"];
            409: components["responses"]["TenantDeletingOrMessageDamaged"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["NotPossibleOrUnsupportedChatOrInvalidTimeOrIdempotencyKeyReused"];
            429: components["responses"]["DailyQuotaExceededOrRateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["QueueDisabledOrUnavailable"];
        };
    };
    startTyping: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChatToTypeIn"];
            };
        };
        responses: {
            /** @description It is shown. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        result: boolean;
                    };
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
        };
    };
    getStatus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The status. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublicStatus"];
                };
            };
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    stopTyping: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChatToTypeIn"];
            };
        };
        responses: {
            /** @description It is shown. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        result: boolean;
                    };
                };
            };
            400: components["responses"]["InvalidChatOrBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownThereOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["SessionNotWorkingOrRefusedThereOrNotPossible"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            502: components["responses"]["SessionFailed"];
            503: components["responses"]["SessionBusyOrUnavailable"];
            504: components["responses"]["NoAnswer"];
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
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
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
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            409: components["responses"]["TenantChanged"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["ContradictoryConfiguration"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
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
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
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
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["SingleTenantOrForbidden"];
            404: components["responses"]["UnknownTenant"];
            409: components["responses"]["TenantExists"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["ContradictoryConfiguration"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
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
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
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
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            409: components["responses"]["NotConfirmed"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
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
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            409: components["responses"]["TenantChanged"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["ContradictoryConfiguration"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    getVersion: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The version. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerVersion"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    listWebhookDeliveries: {
        parameters: {
            query?: {
                /** @description The cursor of an earlier answer. The list goes on after it. */
                cursor?: string;
                limit?: number;
                /** @description The name of a session. Without it: all. */
                session?: string;
                status?: "pending" | "delivered" | "dead";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The deliveries. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDeliveryPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    getWebhookDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a delivery. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The delivery. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownDeliveryOrUnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    redriveWebhookDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a delivery. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The delivery. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownDeliveryOrUnknownTenant"];
            409: components["responses"]["CannotRedrive"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    redriveWebhookDeliveries: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["WebhookRedrive"];
            };
        };
        responses: {
            /** @description How many are sent again. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhooksRedriven"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    testWebhooks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["WebhookTestRequest"];
            };
        };
        responses: {
            /** @description The outcome at each end point. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookTest"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
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
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteFormerFailed: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The `id`, the `jobId` or the `messageId` of the accepted message. */
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
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownMessageOrUnknownTenant"];
            409: components["responses"]["MessageDamagedOrCannotDeleteOrNoArchive"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    retryFormerFailed: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The `id`, the `jobId` or the `messageId` of the accepted message. */
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
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownMessageOrUnknownTenant"];
            409: components["responses"]["MessageDamagedOrMessageArchivedOrCannotRetry"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
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
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownSessionOrUnknownTenant"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
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
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
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
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
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
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    getMetrics: {
        parameters: {
            query?: {
                /** @description `text` is Prometheus' text format. */
                format?: "text" | "json";
                /** @description How many sessions to name: those that were down for longest this month, of the tenant of the key. None unless it is given. */
                sessions?: number;
            };
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
                    "application/json": components["schemas"]["Metrics"];
                    "text/plain; version=0.0.4; charset=utf-8": string;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UnknownTenant"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
    ping: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It answers. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        message: "pong";
                    };
                };
            };
            500: components["responses"]["InternalErrorOrBadConfiguration"];
            503: components["responses"]["Unavailable"];
        };
    };
}
