import type { Backends } from './environment.ts'
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
