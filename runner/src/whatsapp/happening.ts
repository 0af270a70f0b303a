/**
 * What happens in chats beside messages, as WhatsApp's server or the phone tells it. Each is an event of the session as it is. People
 * are JIDs, by their number where it is known.
 */
export type Happening =
  | GroupJoined
  | GroupLeft
  | GroupParticipantsChanged
  | GroupUpdated
  | CallChanged
  | PresenceChanged
  | ChatArchived
  | LabelChanged
  | LabelAssigned

interface Happened {
  /** WhatsApp's id of the stanza; the same for every delivery of it. Null for what has none. */
  readonly id: string | null
  readonly atMs: number
}

export interface GroupMember {
  readonly id: string
  readonly lid: string | null
  readonly role: 'left' | 'participant' | 'admin' | 'superadmin'
}

/** What may change in a group. A field is absent when the notification does not name it. */
export interface GroupChanges {
  readonly subject?: string
  readonly description?: string
  /** The code of the invitation. */
  readonly invite?: string
  readonly membersCanSendMessages?: boolean
  readonly membersCanAddNewMember?: boolean
  readonly membersCanChangeInfo?: boolean
  readonly newMembersApprovalRequired?: boolean
  /** Seconds after which new messages disappear; 0: never. */
  readonly disappearsAfter?: number
  /** People who ask to join, or ask no more. */
  readonly requests?: { readonly action: 'created' | 'revoked'; readonly participants: readonly string[] }
  /** WhatsApp's word for another change. */
  readonly other?: string
}

/** This account is in the group now. */
export interface GroupJoined extends Happened {
  readonly type: 'group.join'
  readonly group: string
  /** Null where the notification does not describe the group. */
  readonly facts: (GroupChanges & { readonly participants: readonly GroupMember[] }) | null
}

/** This account is no longer in the group. */
export interface GroupLeft extends Happened {
  readonly type: 'group.leave'
  readonly group: string
}

export interface GroupParticipantsChanged extends Happened {
  readonly type: 'group.participants'
  readonly group: string
  readonly change: 'join' | 'leave' | 'promote' | 'demote'
  readonly by: string | null
  readonly participants: readonly GroupMember[]
}

export interface GroupUpdated extends Happened {
  readonly type: 'group.update'
  readonly group: string
  readonly by: string | null
  readonly changes: GroupChanges
}

export interface CallChanged extends Happened {
  /** `ended`: nobody took it, or it is over. */
  readonly type: 'call.received' | 'call.accepted' | 'call.rejected' | 'call.ended'
  readonly call: string
  readonly from: string
  readonly isVideo: boolean
  readonly isGroup: boolean
}

/** Somebody comes, goes, or types. WhatsApp tells it once, and so do we. */
export interface PresenceChanged extends Happened {
  readonly type: 'presence.update'
  readonly chat: string
  readonly participant: string
  readonly presence: 'online' | 'offline' | 'typing' | 'recording' | 'paused'
  /** Seconds since 1970; null when the person does not say. */
  readonly lastSeen: number | null
}

export interface ChatArchived extends Happened {
  readonly type: 'chat.archive'
  readonly chat: string
  readonly archived: boolean
}

export interface LabelChanged extends Happened {
  readonly type: 'label.upsert' | 'label.deleted'
  readonly label: { readonly id: string; readonly name: string; readonly color: number }
}

export interface LabelAssigned extends Happened {
  readonly type: 'label.chat.added' | 'label.chat.deleted'
  readonly label: string
  readonly chat: string
}
