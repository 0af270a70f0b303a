import { SERVER_TIME, type Fields } from '@holdfast/core/platform/ports'
import { REASONS, type ReasonCode, type SessionState } from '@holdfast/core/session/session-states'

/** Returns the fields that a change of state writes into the session's document. */
export const stateFields = (state: SessionState, reason: ReasonCode): Fields => ({
  state,
  reason,
  sentence: REASONS[reason].sentence,
  userAction: REASONS[reason].userAction,
  since: SERVER_TIME,
})
