import type { SimulatorEvent } from '../../test/support/event-reader.ts'
import type { TimedLine } from './terminal.ts'

type Told = Omit<TimedLine, 'at' | 'session'>

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

/** Ids are told by their beginning and end. */
export const shortId = (id: unknown): string => text(id).replace(/^(.{4}).+(.{4})$/, '$1…$2')

/** What a person wants to see of an event of the simulator; null for the rest. No texts, no phone numbers. */
export function tellEvent(event: SimulatorEvent): Told | null {
  const id = shortId(event.id).padEnd(10)
  switch (event.type) {
    case 'message':
      return { arrow: '→', what: `${id} reached the server` }
    case 'acked':
      return event['error'] === undefined
        ? { arrow: '✓', what: `${id} the server acknowledged it` }
        : { arrow: '✗', what: `${id} the server refused it (${text(event['error'])})`, colour: 'red' }
    case 'contact-received':
      return { arrow: '→', what: `${id} is with the contact`, colour: 'green' }
    case 'delivered':
      return { arrow: '←', what: `${id} was delivered to us${event['offline'] ? ', from the offline queue' : ''}` }
    case 'receipt':
      return { arrow: '✓', what: `${id} we receipted it`, colour: 'green' }
    case 'retry-receipt':
      return { arrow: '↺', what: `${id} we asked for it again`, colour: 'yellow' }
    case 'paired':
      return { arrow: '●', what: 'the phone scanned the QR code', colour: 'cyan' }
    case 'login':
      return { arrow: '●', what: `logged in, for the ${ordinal(Number(event['logins']))} time`, colour: 'cyan' }
    case 'active':
      return { arrow: '●', what: `open; ${text(event['offline'])} stanzas had waited`, colour: 'cyan' }
    case 'login-refused':
      return { arrow: '✗', what: `the login was refused (${text(event['code'])}, ${text(event['why'])})`, colour: 'red' }
    case 'stream-error':
      return { arrow: '✗', what: `stream error ${text(event['code'] ?? event['reason'])}`, colour: 'yellow' }
    case 'disconnect':
      return event.phone === undefined ? null : { arrow: '○', what: 'the connection ended', colour: 'yellow' }
    case 'violation':
      return { arrow: '✗', what: `violation: ${text(event['kind'])}`, colour: 'red' }
    default:
      return null
  }
}

function ordinal(n: number): string {
  const ending = n % 100 > 10 && n % 100 < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th')
  return `${n}${ending}`
}
