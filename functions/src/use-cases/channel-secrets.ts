import { CHANNEL_SECRETS, type AlertChannel, secretOfChannel } from '@holdfast/core/operations/alert-channels'
import { Refusal } from './refusal.ts'

/** A channel as a caller gives it: with its secret, or with `{ set: true }` or without it to keep the stored one, or null to remove it. */
export type GivenChannel = AlertChannel & { readonly [field: string]: unknown }

interface Split {
  /** As the configuration stores them. */
  readonly channels: readonly AlertChannel[]
  /** The new values of secrets; null: to be removed. */
  readonly secrets: ReadonlyMap<string, string | null>
}

/**
 * Takes the secrets out of the channels of a tenant. Secrets of channels that are not there any more are removed.
 *
 * @param stored the names of all secrets of the tenant
 * @throws Refusal `contradictory-configuration` when two channels have one name, or a secret is missing
 */
export function splitChannels(given: readonly GivenChannel[], stored: readonly string[]): Split {
  const names = given.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw contradiction(`Two alert channels have the name "${twice}".`)
  const secrets = new Map<string, string | null>()
  const kept = new Set<string>()
  const channels = given.map((channel) => {
    const secret = CHANNEL_SECRETS[channel.type]
    const name = secretOfChannel(channel)
    if (!secret || name === null) return channel
    const { [secret.field]: value, ...rest } = channel
    const isNew = typeof value === 'string'
    const isKept = !isNew && value !== null && stored.includes(name)
    if (secret.isRequired && !isNew && !isKept)
      throw contradiction(`The alert channel "${channel.name}" needs a ${secret.field}.`)
    if (isNew) secrets.set(name, value)
    if (isNew || isKept) kept.add(name)
    return rest
  })
  for (const name of stored) if (name.startsWith('channel.') && !kept.has(name)) secrets.set(name, null)
  return { channels, secrets }
}

export const contradiction = (sentence: string): Refusal => new Refusal('contradictory-configuration', sentence)
