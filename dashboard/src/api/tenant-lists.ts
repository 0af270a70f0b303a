import { answerOf, api } from './api.ts'

/** The lists in the configuration of the tenant. A change reads the list anew, so that what another person has changed meanwhile stays. */

type Config = Awaited<ReturnType<typeof config>>
export type Channel = NonNullable<NonNullable<Config['alerts']>['channels']>[number]
export type Endpoint = NonNullable<Config['webhooks']>[number]

const config = async () => (await answerOf(api.GET('/api/tenant'))).config

export const channels = async (): Promise<readonly Channel[]> => (await config()).alerts?.channels ?? []
export const endpoints = async (): Promise<readonly Endpoint[]> => (await config()).webhooks ?? []

/** A channel of the same name is replaced. */
export const putChannel = async (channel: Channel): Promise<void> =>
  setChannels([...(await channels()).filter(({ name }) => name !== channel.name), channel])
export const removeChannel = async (name: string): Promise<void> =>
  setChannels((await channels()).filter((channel) => channel.name !== name))

/** An end point of the same address is replaced. */
export const putEndpoint = async (endpoint: Endpoint): Promise<void> =>
  setEndpoints([...(await endpoints()).filter(({ url }) => url !== endpoint.url), endpoint])
export const removeEndpoint = async (url: string): Promise<void> =>
  setEndpoints((await endpoints()).filter((endpoint) => endpoint.url !== url))

async function setChannels(list: Channel[]): Promise<void> {
  await answerOf(api.PATCH('/api/tenant', { body: { config: { alerts: { channels: list } } } }))
}

async function setEndpoints(list: Endpoint[]): Promise<void> {
  await answerOf(api.PATCH('/api/tenant', { body: { config: { webhooks: list } } }))
}
