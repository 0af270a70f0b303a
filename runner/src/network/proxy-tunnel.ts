import { Agent as HttpAgent, type ClientRequestArgs } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { PROXY_FAILED, type SessionProxy } from '@holdfast/core/session/proxy-settings'

/** The largest head of a proxy's answer. */
const MOST_BYTES = 16 * 1024

export interface TunnelOptions {
  /** Opens a connection to the proxy. Addresses inside are refused there. */
  readonly connect: (to: { readonly host: string; readonly port: number }) => Promise<Socket>
  /** Whether TLS is spoken with the host behind the proxy. */
  readonly isSecure: boolean
  /** From the connection to the proxy's answer. */
  readonly timeoutMs: number
}

type Done = (error: Error | null, socket?: Socket) => void

interface Target {
  readonly host: string
  readonly port: number
}

/**
 * Returns an agent whose connections go through a proxy, by CONNECT. The proxy sees the host and the port, and nothing of what is said:
 * TLS is with the host.
 */
export function proxyAgent(proxy: SessionProxy, options: TunnelOptions): HttpsAgent {
  const open = async (to: ClientRequestArgs): Promise<Socket> => {
    const target = { host: to.host ?? '', port: Number(to.port) }
    const socket = await openTunnel(proxy, target, options).catch((error: Error) => {
      throw Object.assign(error, { code: PROXY_FAILED })
    })
    return options.isSecure
      ? connectTls({ ...to, ...target, path: undefined, socket, servername: target.host } as object)
      : socket
  }
  const agent = options.isSecure ? new HttpsAgent({ keepAlive: false }) : new HttpAgent({ keepAlive: false })
  const createConnection = (to: ClientRequestArgs, done: Done): void => void handOver(open(to), done)
  // Node calls back with the connection, as its documentation says; its types know only the returned one. Baileys names the agent of TLS.
  return Object.assign(agent, { createConnection }) as HttpAgent as HttpsAgent
}

async function handOver(connection: Promise<Socket>, done: Done): Promise<void> {
  let outcome: Parameters<Done>
  try {
    outcome = [null, await connection]
  } catch (error) {
    outcome = [error as Error]
  }
  done(...outcome)
}

/** @throws Error when the proxy does not answer in time, or refuses. No message has the password. */
async function openTunnel(proxy: SessionProxy, target: Target, { connect, timeoutMs }: TunnelOptions): Promise<Socket> {
  const plain = await connect(proxy)
  const socket = proxy.scheme === 'https' ? connectTls({ socket: plain, servername: proxy.host }) : plain
  return new Promise((done, fail) => {
    let head = Buffer.alloc(0)
    const give = (error: Error): void => {
      socket.destroy()
      fail(error)
    }
    const close = (): void => give(new Error('The proxy closed the connection.'))
    const read = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk])
      const end = head.indexOf('\r\n\r\n')
      if (end < 0 && head.length < MOST_BYTES) return
      const status = /^HTTP\/1\.[01] (\d{3})/.exec(head.subarray(0, 64).toString('latin1'))?.[1]
      if (end < 0 || status !== '200') return give(new Error(`The proxy answered ${status ?? 'something else than HTTP'}.`))
      socket.off('data', read).off('error', give).off('close', close).removeAllListeners('timeout')
      socket.setTimeout(0)
      // Nothing can follow the answer: the host behind the proxy waits for our first words.
      done(socket)
    }
    socket.setTimeout(timeoutMs, () => give(new Error(`The proxy did not answer within ${timeoutMs} ms.`)))
    socket.on('data', read).on('error', give).on('close', close)
    socket.write(requestOf(proxy, target))
  })
}

function requestOf({ username, password }: SessionProxy, { host, port }: Target): string {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`
  const credentials = Buffer.from(`${username ?? ''}:${password ?? ''}`).toString('base64')
  const authorization = username === null && password === null ? [] : [`Proxy-Authorization: Basic ${credentials}`]
  return [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`, ...authorization, '', ''].join('\r\n')
}
