import { SERVER_TIME, type Fields } from '../platform/ports.ts'
import { REASONS, type ReasonCode, type SessionState } from './session-states.ts'

/** Returns the fields that a change of state writes into the session's document. */
export const stateFields = (state: SessionState, reason: ReasonCode): Fields => ({
  state,
  reason,
  sentence: REASONS[reason].sentence,
  userAction: REASONS[reason].userAction,
  since: SERVER_TIME,
})
