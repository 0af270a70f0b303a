import { answerOf, api } from './api.ts'
import { chosenTenant } from './sign-in.ts'

/** The lists in the configuration of the tenant. A change reads the list anew: the page may be hours old. */

type Config = Awaited<ReturnType<typeof config>>
export type Channel = NonNullable<NonNullable<Config['alerts']>['channels']>[number]
export type Endpoint = NonNullable<Config['webhooks']>[number]

const config = async () => (await answerOf(api.GET('/api/tenant'))).config

export const channels = async (): Promise<readonly Channel[]> => (await config()).alerts?.channels ?? []
export const endpoints = async (): Promise<readonly Endpoint[]> => (await config()).webhooks ?? []

/** Returns false when there is a channel of this name: it may have more than a form asks for. */
export const addChannel = (channel: Channel): Promise<boolean> =>
  changeChannels((all) => (all.some(({ name }) => name === channel.name) ? null : [...all, channel]))
export const removeChannel = (name: string): Promise<boolean> =>
  changeChannels((all) => all.filter((channel) => channel.name !== name))

/** Returns false when there is an end point at this address. */
export const addEndpoint = (endpoint: Endpoint): Promise<boolean> =>
  changeEndpoints((all) => (all.some(({ url }) => url === endpoint.url) ? null : [...all, endpoint]))
export const removeEndpoint = (url: string): Promise<boolean> =>
  changeEndpoints((all) => all.filter((endpoint) => endpoint.url !== url))

const changeChannels = (change: Change<Channel>): Promise<boolean> =>
  changeList(channels, change, (list) => ({ alerts: { channels: list } }))

const changeEndpoints = (change: Change<Endpoint>): Promise<boolean> =>
  changeList(endpoints, change, (list) => ({ webhooks: list }))

/** Returns null when there is nothing to write. */
type Change<Item> = (all: readonly Item[]) => Item[] | null

async function changeList<Item>(
  load: () => Promise<readonly Item[]>,
  change: Change<Item>,
  patch: (list: Item[]) => { alerts: { channels: Channel[] } } | { webhooks: Endpoint[] },
): Promise<boolean> {
  const here = chosenTenant.value
  const list = change(await load())
  // The list of one tenant is not written into another one that was chosen meanwhile.
  if (chosenTenant.value !== here) throw new Error('Another tenant was chosen meanwhile.')
  if (list) await answerOf(api.PATCH('/api/tenant', { body: { config: patch(list) } }))
  return list !== null
}
