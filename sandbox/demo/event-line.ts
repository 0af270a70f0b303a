import type { SimulatorEvent } from '../../test/support/event-reader.ts'
import type { TimedLine } from './terminal.ts'

type EventText = Omit<TimedLine, 'at' | 'session'>

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

/** Shortens an id to its beginning and end. */
export const shortId = (id: unknown): string => text(id).replace(/^(.{4}).+(.{4})$/, '$1…$2')

/**
 * Describes an event of the simulator in one line, without texts and phone numbers. Null for events that a viewer does not need.
 */
export function tellEvent(event: SimulatorEvent): EventText | null {
  const id = shortId(event.id).padEnd(10)
  switch (event.type) {
    case 'message':
      return { arrow: '→', what: `${id} reached the server` }
    case 'acked':
      return event['error'] === undefined
        ? { arrow: '✓', what: `${id} acknowledged by the server` }
        : { arrow: '✗', what: `${id} refused by the server (${text(event['error'])})`, colour: 'red' }
    case 'contact-received':
      return { arrow: '→', what: `${id} reached the contact`, colour: 'green' }
    case 'delivered':
      return { arrow: '←', what: `${id} delivered to the session${event['offline'] ? ' from the offline queue' : ''}` }
    case 'receipt':
      return { arrow: '✓', what: `${id} receipted by the session`, colour: 'green' }
    case 'retry-receipt':
      return { arrow: '↺', what: `${id} requested again by the session`, colour: 'yellow' }
    case 'paired':
      return { arrow: '●', what: 'the phone scanned the QR code', colour: 'cyan' }
    case 'login':
      return { arrow: '●', what: `logged in, for the ${ordinal(Number(event['logins']))} time`, colour: 'cyan' }
    case 'active':
      return { arrow: '●', what: `connected; ${text(event['offline'])} stanzas were waiting`, colour: 'cyan' }
    case 'login-refused':
      return { arrow: '✗', what: `login refused (${text(event['code'])}, ${text(event['why'])})`, colour: 'red' }
    case 'stream-error':
      return { arrow: '✗', what: `stream error ${text(event['code'] ?? event['reason'])}`, colour: 'yellow' }
    case 'disconnect':
      return event.phone === undefined ? null : { arrow: '○', what: 'connection closed', colour: 'yellow' }
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
