import { type LookupAddress, lookup } from 'node:dns'
import { connect, isIP, type LookupFunction, type Socket } from 'node:net'
import { HoldfastError } from '../../platform/errors.ts'
import type { MayConnect } from './inside-addresses.ts'

/** How names are resolved. Tests answer themselves. */
export type Resolve = (name: string, done: (error: Error | null, addresses: readonly LookupAddress[]) => void) => void

const resolveAll: Resolve = (name, done) => lookup(name, { all: true }, done)

export interface ConnectionOptions {
  readonly host: string
  readonly port: number
  readonly timeoutMs: number
  readonly mayConnect: MayConnect
  readonly resolve?: Resolve
}

/**
 * Opens a TCP connection to an address that was checked.
 *
 * The check is in the lookup of the connection itself, so that the address that was checked is the one that is connected to: a name
 * cannot change its address in between. A name of which one address is inside is refused as a whole. TLS comes on top of the open
 * connection: Node's own TLS ignores block lists.
 *
 * @throws HoldfastError `address-refused`, or the error of the connection
 */
export function connectChecked({ host, port, timeoutMs, mayConnect, resolve = resolveAll }: ConnectionOptions): Promise<Socket> {
  return new Promise((done, reject) => {
    // No lookup is made for an address.
    if (isIP(host) !== 0 && !mayConnect(host)) return reject(refused(host))
    const socket = connect({ host, port, lookup: checkedLookup(mayConnect, resolve) })
    const fail = (error: Error): void => {
      socket.destroy()
      reject(error)
    }
    socket.setTimeout(timeoutMs, () => fail(new Error(`No connection within ${timeoutMs} ms.`)))
    socket.once('error', fail)
    socket.once('connect', () => {
      // Whatever led here, nothing is said to an address inside.
      if (!mayConnect(socket.remoteAddress ?? '')) return fail(refused(host))
      socket.setTimeout(0)
      socket.removeAllListeners('timeout')
      socket.removeListener('error', fail)
      done(socket)
    })
  })
}

/** Hands a connection to a library that waits in its own way. */
export async function settled(
  connection: Promise<Socket>,
  handOver: (error: Error | null, socket: Socket | null) => void,
): Promise<void> {
  let outcome: Parameters<typeof handOver>
  try {
    outcome = [null, await connection]
  } catch (error) {
    outcome = [error as Error, null]
  }
  handOver(...outcome)
}

const checkedLookup =
  (mayConnect: MayConnect, resolve: Resolve): LookupFunction =>
  (name, options, done) => {
    resolve(name, (error, addresses) => {
      const [first] = addresses ?? []
      if (error || !first) return done(error ?? new Error(`The name ${name} has no address.`), '', 0)
      if (!addresses.every(({ address }) => mayConnect(address))) return done(refused(name), '', 0)
      if (options.all === true) done(null, [...addresses])
      else done(null, first.address, first.family)
    })
  }

const refused = (host: string): HoldfastError =>
  new HoldfastError('address-refused', `The address ${host} points inside, where no request may go.`, {
    advice: 'If it is meant, name the address in ALLOW_INSIDE_ADDRESSES.',
  })
