import { pairingPlace, sessionPath } from '@holdfast/core/session/session-document'
import { Append, type Fields } from '@holdfast/core/platform/ports'
import { temporaryBanTexts } from '@holdfast/core/session/session-states'
import { stateFields } from '@holdfast/core/session/state-fields'
import type { EventRecord, Projection } from './projection.ts'
import type { SessionEvent, SessionFigures, StatusTold } from './session-event.ts'

/** Writes `whatsapp_connection_states/{sessionId}`: the status that an operator sees, and the place of the session's state. */
export const sessionDocument: Projection = (event, record) => {
  const fields = fieldsOf(event, record)
  return fields ? [{ kind: 'merge', path: sessionPath(record.sessionId), fields }] : []
}

/** Clears the fields that end with their state. */
const OF_A_STATE: Fields = { nextAttemptAt: null, pairing: null, bannedUntil: null }

function fieldsOf(event: SessionEvent, { sessionId, place, cipher }: EventRecord): Fields | null {
  const journalHead = place.sequence
  switch (event.type) {
    case 'session.claimed':
      return { journalHead, journalPlace: event.journalPlace }
    case 'session.status': {
      const { state, reason, details, figures } = event
      const texts = reason === 'temporarily-banned' ? temporaryBanTexts(details.bannedUntil ?? null) : {}
      const shown = { ...stateFields(state, reason), ...texts, ...details, ...toldOf(event) }
      return { ...knownOf(figures), ...OF_A_STATE, ...shown, journalHead }
    }
    case 'session.qr': {
      const pairing = { qr: cipher().sealContent(Buffer.from(event.qr), pairingPlace(sessionId)), expiresAt: event.expiresAt }
      const shown = { ...stateFields('PAIRING', 'scan-qr'), ...toldOf(event) }
      return { ...knownOf(event.figures), ...OF_A_STATE, ...shown, pairing, journalHead }
    }
    case 'session.released': {
      const { shown, figures, movesTo = null } = event
      const ended = shown?.state === 'STOPPED' ? OF_A_STATE : {}
      const state = shown ? { ...stateFields(shown.state, shown.reason), ...toldOf(event) } : {}
      return { ...knownOf(figures), ...ended, ...state, runnerId: null, movesTo, pairing: null, journalHead }
    }
    case 'session.crashes':
      return { crashes: event.crashes }
    case 'session.recovery':
      return { recovery: event.recovery }
    case 'session.phone-seen':
      return { phoneSeenAt: event.at }
    case 'session.renamed':
      return { me: event.me }
    case 'session.paced':
      return { pacing: event.pacing }
    case 'checkpoint.written': {
      const { checkpoint, previousCheckpoint, trimmedTo } = event
      return { checkpoint, previousCheckpoint, trimmedTo, journalHead }
    }
    case 'state.put-aside':
      return { putAside: new Append(...event.aside) }
    case 'state.restored': {
      const { checkpoint, aside, action: restoredBy = null } = event
      const putAside = new Append(...aside)
      return { checkpoint, previousCheckpoint: null, trimmedTo: checkpoint.seq, journalHead, putAside, restoredBy }
    }
    case 'data-key.used':
    case 'backup.made':
    case 'message.status':
    case 'message.acked':
    case 'message.received':
    case 'message.edited':
    case 'message.revoked':
    case 'message.reaction':
    case 'message.pinned':
    case 'message.kept':
    case 'poll.vote':
    case 'event.response':
    case 'media.changed':
    case 'message.parked':
    case 'message.resolved':
    case 'group.join':
    case 'group.leave':
    case 'group.participants':
    case 'group.update':
    case 'call.received':
    case 'call.accepted':
    case 'call.rejected':
    case 'call.ended':
    case 'presence.update':
    case 'chat.archive':
    case 'label.upsert':
    case 'label.deleted':
    case 'label.chat.added':
    case 'label.chat.deleted':
      return null
  }
}

/** The next owner goes on with the statuses that were told. */
const toldOf = ({ statuses }: StatusTold): Fields => (statuses ? { statuses } : {})

/** Returns the figures that this owner knows. The others keep the values of an earlier owner. */
const knownOf = ({ counters, downSince, recovery, phoneSeenAt, ...known }: SessionFigures): Fields => ({
  counters,
  downSince,
  recovery,
  ...(phoneSeenAt ? { phoneSeenAt } : {}),
  ...(known.lastProofOfLifeAt ? { lastProofOfLifeAt: known.lastProofOfLifeAt } : {}),
  ...(known.lastInboundAt ? { lastInboundAt: known.lastInboundAt } : {}),
  ...(known.records ? { records: known.records } : {}),
  ...(known.lastDisconnect ? { lastDisconnect: known.lastDisconnect } : {}),
})
