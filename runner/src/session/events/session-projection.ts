import { pairingPlace, sessionPath } from '@holdfast/core/session/session-document'
import { Append, type Fields } from '@holdfast/core/platform/ports'
import { temporaryBanTexts } from '@holdfast/core/session/session-states'
import { stateFields } from '../session-fields.ts'
import type { EventRecord, Projection } from './projection.ts'
import type { SessionEvent, SessionFigures } from './session-event.ts'

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
      return { ...knownOf(figures), ...OF_A_STATE, ...stateFields(state, reason), ...texts, ...details, journalHead }
    }
    case 'session.qr': {
      const pairing = { qr: cipher().sealContent(Buffer.from(event.qr), pairingPlace(sessionId)), expiresAt: event.expiresAt }
      return { ...knownOf(event.figures), ...OF_A_STATE, ...stateFields('PAIRING', 'scan-qr'), pairing, journalHead }
    }
    case 'session.released': {
      const { shown, figures } = event
      const ended = shown?.state === 'STOPPED' ? OF_A_STATE : {}
      const state = shown ? stateFields(shown.state, shown.reason) : {}
      return { ...knownOf(figures), ...ended, ...state, runnerId: null, pairing: null, journalHead }
    }
    case 'session.crashes':
      return { crashes: event.crashes }
    case 'session.paced':
      return { pacing: event.pacing }
    case 'checkpoint.written': {
      const { checkpoint, previousCheckpoint, trimmedTo } = event
      return { checkpoint, previousCheckpoint, trimmedTo, journalHead }
    }
    case 'state.put-aside':
      return { putAside: new Append(...event.aside) }
    case 'state.restored': {
      const { checkpoint, aside } = event
      const putAside = new Append(...aside)
      return { checkpoint, previousCheckpoint: null, trimmedTo: checkpoint.seq, journalHead, putAside }
    }
    case 'message.status':
    case 'message.received':
    case 'message.parked':
    case 'message.resolved':
      return null
  }
}

/** Returns the figures that this owner knows. The others keep the values of an earlier owner. */
const knownOf = ({ counters, downSince, lastProofOfLifeAt, lastInboundAt, lastDisconnect }: SessionFigures): Fields => ({
  counters,
  downSince,
  ...(lastProofOfLifeAt ? { lastProofOfLifeAt } : {}),
  ...(lastInboundAt ? { lastInboundAt } : {}),
  ...(lastDisconnect ? { lastDisconnect } : {}),
})
