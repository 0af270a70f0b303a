import type { Happening } from '../whatsapp/happening.ts'
import type { JournaledState } from './journal/journaled-state.ts'

/** A place in the log for the question whether anything is to be written. */
const NOWHERE = { sequence: 0, index: 0, prevHash: '' }

/** Returns what tells of something that happened. What nobody wants to know is not worth a record. */
export const happenedIn =
  (state: Pick<JournaledState, 'append' | 'journal'>) =>
  (happening: Happening): void => {
    if (state.journal.mergesOf([happening], NOWHERE).length > 0) state.append({ events: [happening] })
  }
