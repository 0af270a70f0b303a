import type { Backends } from './environment.ts'
import type { WhatsApp } from './parts.ts'
import { TcpProxy } from './network/tcp-proxy.ts'
import { freePort } from './ports.ts'

/** The network between the product and Google's services. */
export type Proxies = Readonly<Record<keyof Backends, TcpProxy>>

export async function startProxies(ports: Record<keyof Backends, number>): Promise<Proxies> {
  return {
    firestore: await TcpProxy.start(await freePort(), ports.firestore),
    storage: await TcpProxy.start(await freePort(), ports.storage),
    tasks: await TcpProxy.start(await freePort(), ports.tasks),
  }
}

export const backendsAt = (ports: Record<keyof Backends, number>): Backends => ({
  firestore: `127.0.0.1:${ports.firestore}`,
  storage: `http://127.0.0.1:${ports.storage}`,
  tasks: `127.0.0.1:${ports.tasks}`,
})

export const backendsBehind = ({ firestore, storage, tasks }: Proxies): Backends =>
  backendsAt({ firestore: firestore.port, storage: storage.port, tasks: tasks.port })

/** The network of one runner: between it and Google's services, WhatsApp with its media host, and the neutral host. */
export type RunnerNetwork = Readonly<Record<keyof Backends | 'whatsapp' | 'neutral', TcpProxy>>

/** Leads to where the other parts reach these services. All of them are on this machine. */
export async function startRunnerNetwork(
  { firestore, storage, tasks }: Backends,
  { url }: WhatsApp,
  neutralPort: number,
): Promise<RunnerNetwork> {
  const proxyTo = async (address: string) => await TcpProxy.start(await freePort(), portOf(address))
  return {
    firestore: await proxyTo(`http://${firestore}`),
    storage: await proxyTo(storage),
    tasks: await proxyTo(`http://${tasks}`),
    whatsapp: await proxyTo(url),
    neutral: await TcpProxy.start(await freePort(), neutralPort),
  }
}

export const reachedThrough = ({ firestore, storage, tasks }: RunnerNetwork): Backends =>
  backendsAt({ firestore: firestore.port, storage: storage.port, tasks: tasks.port })

/** The simulator's addresses share one port. */
export const whatsappThrough = ({ whatsapp }: RunnerNetwork, { url, root, media }: WhatsApp): WhatsApp => ({
  url: atPort(url, whatsapp.port),
  root,
  media: media === null ? null : atPort(media, whatsapp.port),
})

const portOf = (url: string): number => Number(new URL(url).port)

function atPort(url: string, port: number): string {
  const moved = new URL(url)
  moved.port = String(port)
  return moved.href
}
