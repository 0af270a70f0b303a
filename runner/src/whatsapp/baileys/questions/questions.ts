import type { StateImage } from '@holdfast/core/journal/state-image'
import type { Questions } from '../../questions.ts'
import type { Asking } from './asking.ts'
import { chatQuestions } from './chats.ts'
import { pairingQuestions } from './pairing.ts'
import { groupQuestions } from './groups.ts'
import { peopleQuestions } from './people.ts'

/** Asks WhatsApp through the Baileys socket of one connection. */
export const questionsOf = (asking: Asking & { readonly image: StateImage }): Questions => ({
  ...peopleQuestions(asking),
  ...groupQuestions(asking),
  ...chatQuestions(asking),
  ...pairingQuestions(asking),
})
