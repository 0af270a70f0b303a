import type { Backends } from './environment.ts'
import type { WhatsApp } from './parts.ts'
import { TcpProxy } from './network/tcp-proxy.ts'
import { freePort } from './ports.ts'

/** The network between the product and Google's services. */
export type Proxies = Readonly<Record<keyof Backends, TcpProxy>>

/** Leads to where the services are. All of them are on this machine. */
export async function startProxies({ firestore, storage, tasks }: Backends): Promise<Proxies> {
  return {
    firestore: await proxyTo(`http://${firestore}`),
    storage: await proxyTo(storage),
    tasks: await proxyTo(`http://${tasks}`),
  }
}

const proxyTo = async (url: string): Promise<TcpProxy> => await TcpProxy.start(await freePort(), portOf(url))

export const backendsAt = (ports: Record<keyof Backends, number>): Backends => ({
  firestore: `127.0.0.1:${ports.firestore}`,
  storage: `http://127.0.0.1:${ports.storage}`,
  tasks: `127.0.0.1:${ports.tasks}`,
})

export const backendsBehind = ({ firestore, storage, tasks }: Proxies): Backends =>
  backendsAt({ firestore: firestore.port, storage: storage.port, tasks: tasks.port })

/** The network of one runner: between it and Google's services, WhatsApp with its media host, and the neutral host. */
export type RunnerNetwork = Readonly<Record<keyof Backends | 'whatsapp' | 'neutral', TcpProxy>>

/** Leads to where the other parts reach these services. */
export async function startRunnerNetwork(backends: Backends, { url }: WhatsApp, neutralPort: number): Promise<RunnerNetwork> {
  return {
    ...(await startProxies(backends)),
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
