import type { OutageVerdict } from '@holdfast/core/operations/network-report'

/** What can be away. The network is everything of the runners outside Google. */
export const SERVICES = ['network', 'whatsapp', 'firestore', 'storage', 'tasks'] as const

export type Service = (typeof SERVICES)[number]

/**
 * refuse  nothing listens any more, and every connection is reset
 * hang    half-open: connections stay, and what is sent into them is lost, without a word
 * errors  WhatsApp accepts connections and lets nobody in; the others are refused
 */
export const WAYS = ['refuse', 'hang', 'errors'] as const

export type Way = (typeof WAYS)[number]

export interface OutageCase {
  readonly services: readonly Service[]
  readonly how: Way
}

/** Each service alone, then each pair. */
export const COMBINATIONS: readonly (readonly Service[])[] = [
  ...SERVICES.map((service) => [service]),
  ...SERVICES.flatMap((one, index) => SERVICES.slice(index + 1).map((other) => [one, other])),
]

export const nameOf = (services: readonly Service[]): string => services.join('+')

/** The ways of a combination: those that differ for it, in turn, so that a run of all has each way several times. */
export function wayOf(services: readonly Service[], index: number): Way {
  const fitting = WAYS.filter((way) => way !== 'errors' || (services.includes('whatsapp') && !services.includes('network')))
  return fitting[index % fitting.length] ?? 'refuse'
}

/**
 * The verdict that the fleet comes to. Null where nobody can tell it: neither runners nor functions reach Firestore, where it would
 * be written.
 */
export function verdictOf(services: readonly Service[]): OutageVerdict | null {
  if (services.includes('firestore')) return null
  if (services.includes('network')) return 'egress'
  return services.includes('whatsapp') ? 'whatsapp' : 'google'
}
