import type { BinaryNode } from '@whiskeysockets/baileys'
import { within } from '@holdfast/core/platform/deadlines'
import { QuestionRefused, type Questions } from '../../questions.ts'
import { ask, type Asking } from './asking.ts'

/** WhatsApp takes a code at once. A later answer would come after its asker has gone, and be taken for one to the next request. */
const TAKEN_WITHIN_MS = 10_000

/** Asks to be linked by a code instead of a scan. */
export const pairingQuestions = (asking: Asking): Pick<Questions, 'pairing-code'> => ({
  'pairing-code': async ({ phone }) => {
    const { creds } = asking.socket.authState
    // Baileys would overwrite the identity of a device that was linked a moment ago.
    if (creds.account) throw new QuestionRefused('refused', 'A phone has just linked the session; it needs no code.')
    const taken = takenBy(asking)
    try {
      const code = await ask(asking, asking.socket.requestPairingCode(phone))
      await ask(asking, within(asking.clock, TAKEN_WITHIN_MS, taken.answer))
      return { code }
    } finally {
      taken.stop()
    }
  },
})

/**
 * Listens for WhatsApp's answer to the request for a code, which Baileys does not wait for. A client that is not linked asks nothing
 * else, so that any refusal is about the code.
 */
function takenBy({ socket }: Asking): { readonly answer: Promise<void>; stop(): void } {
  const { promise: answer, resolve, reject } = Promise.withResolvers<void>()
  // Nobody waits for the answer when the request fails.
  answer.catch(() => {})
  const onTaken = (): void => resolve()
  const onRefused = ({ content }: BinaryNode): void => {
    const error = Array.isArray(content) ? content.find(({ tag }) => tag === 'error') : undefined
    reject(refusedWith(error?.attrs['code'] ?? null))
  }
  socket.ws.on(TAKEN, onTaken)
  socket.ws.on(REFUSED, onRefused)
  const stop = (): void => {
    socket.ws.off(TAKEN, onTaken)
    socket.ws.off(REFUSED, onRefused)
  }
  return { answer, stop }
}

const TAKEN = 'CB:iq,type:result,link_code_companion_reg'
const REFUSED = 'CB:iq,type:error'

function refusedWith(code: string | null): QuestionRefused {
  const why =
    code === '429' ? 'Too many codes were asked for. Wait for some hours, or scan the QR code.' : 'Scan the QR code instead.'
  return new QuestionRefused('refused', `WhatsApp gives no code for this number${code === null ? '' : ` (${code})`}. ${why}`)
}
