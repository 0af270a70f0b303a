import { answerOf, api, isProblem } from './api.ts'
import { chosenTenant } from './sign-in.ts'

/**
 * The lists in the configuration of the tenant. A change reads the list anew, because the page may be hours old, and is written only over what
 * was read: of two people who change a list at once, neither undoes what the other did.
 */

type Config = Awaited<ReturnType<typeof tenant>>['config']
export type Channel = NonNullable<NonNullable<Config['alerts']>['channels']>[number]
export type Endpoint = NonNullable<Config['webhooks']>[number]

const tenant = async () => await answerOf(api.GET('/api/tenant'))

const channelsOf = ({ alerts }: Config): readonly Channel[] => alerts?.channels ?? []
const endpointsOf = ({ webhooks }: Config): readonly Endpoint[] => webhooks ?? []

export const channels = async (): Promise<readonly Channel[]> => channelsOf((await tenant()).config)
export const endpoints = async (): Promise<readonly Endpoint[]> => endpointsOf((await tenant()).config)

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
  changeList(channelsOf, change, (list) => ({ alerts: { channels: list } }))

const changeEndpoints = (change: Change<Endpoint>): Promise<boolean> =>
  changeList(endpointsOf, change, (list) => ({ webhooks: list }))

/** Returns null when there is nothing to write. */
type Change<Item> = (all: readonly Item[]) => Item[] | null

/** How often a list is read anew because somebody else changes it at the same time. */
const ATTEMPTS = 5

async function changeList<Item>(
  listOf: (config: Config) => readonly Item[],
  change: Change<Item>,
  patch: (list: Item[]) => { alerts: { channels: Channel[] } } | { webhooks: Endpoint[] },
): Promise<boolean> {
  const here = chosenTenant.value
  for (let attempt = 1; ; attempt++) {
    const { config, version } = await tenant()
    const list = change(listOf(config))
    // The list of one tenant is not written into another one that was chosen meanwhile.
    if (chosenTenant.value !== here) throw new Error('Another tenant was chosen meanwhile.')
    if (list === null) return false
    try {
      await answerOf(api.PATCH('/api/tenant', { body: { ifVersion: version, config: patch(list) } }))
      return true
    } catch (error) {
      if (attempt === ATTEMPTS || !isProblem(error, 'tenant-changed')) throw error
    }
  }
}
