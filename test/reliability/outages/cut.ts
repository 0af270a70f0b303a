import type { TcpProxy } from '../../../sandbox/network/tcp-proxy.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import { requestJson } from '../../support/json-request.ts'
import type { OutageCase, Service } from './cases.ts'

/** Takes the services of the case away from the whole product. Returns the function that brings them back. */
export async function cut(sandbox: Sandbox, simulatorUrl: string, { services, how }: OutageCase): Promise<() => Promise<void>> {
  const isFaulty = how === 'errors'
  const away = services.filter((service) => !(isFaulty && service === 'whatsapp')).flatMap((service) => waysTo(sandbox, service))
  const neutral = new Set(sandbox.runners().map(({ name }) => sandbox.networkOf(name).neutral))
  // Nobody answers a new connection to the neutral host. A proxy that hangs would accept it, which no dead network does.
  const modeOf = (proxy: TcpProxy) => ({ how: how === 'hang' && !neutral.has(proxy) ? 'hang' : 'refuse' }) as const
  await Promise.all(away.map((proxy) => proxy.change(modeOf(proxy))))
  if (isFaulty) {
    await order(simulatorUrl, { kind: 'login-failure', code: 503, count: 1_000_000 })
    await order(simulatorUrl, { kind: 'stream-error', code: 503 })
  }
  return async () => {
    await Promise.all(away.map((proxy) => proxy.change({ how: 'pass' })))
    if (isFaulty) await requestJson(`${simulatorUrl}/faults`, { method: 'DELETE' })
  }
}

/** Orders a fault of the simulator. */
export const order = async (simulatorUrl: string, fault: object): Promise<unknown> =>
  await requestJson(`${simulatorUrl}/faults`, { method: 'POST', json: fault })

/** The ways of the product to a service: those of all runners, or the one that runners and functions share. */
function waysTo(sandbox: Sandbox, service: Service): TcpProxy[] {
  const networks = sandbox.runners().map(({ name }) => sandbox.networkOf(name))
  if (service === 'network') return networks.flatMap(({ whatsapp, neutral }) => [whatsapp, neutral])
  if (service === 'whatsapp') return networks.map(({ whatsapp }) => whatsapp)
  const { proxies } = sandbox
  if (!proxies) throw new Error('Outages need a sandbox with proxies.')
  return [proxies[service]]
}
