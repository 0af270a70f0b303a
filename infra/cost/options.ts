import type { Environment } from '../environment/environment.ts'
import prices from './prices.json' with { type: 'json' }

const HOURS_A_MONTH = 730
const GIB = 2 ** 30
const { usd } = prices

/** An entry of the audit log, and how many versions of the key are there after a year of rotation. */
const AUDIT_BYTES = 1000
const KEY_VERSIONS = 5

/** How often processes ask for a session's data key in a month: runners at each claim, the functions' instances once each, and the night. */
const KEY_REQUESTS = 200

export type Options = Pick<Environment, 'egress' | 'encryption' | 'wrapping' | 'audit' | 'api'>

export interface OptionsVolume {
  readonly runners: number
  readonly sessions: number
  /** Documents and objects that are read in a month. */
  readonly reads: number
  /** Bytes to WhatsApp in a month. */
  readonly traffic: number
}

/** Pure: what the options of an environment cost in a month. An audited read of several documents is one entry, so that this is the most. */
export function optionLines(
  { egress, encryption, wrapping, audit, api }: Options,
  { runners, sessions, reads, traffic }: OptionsVolume,
) {
  const nat = Math.min(usd.natMostHour, runners * usd.natInstanceHour) + usd.addressHour
  return [
    ...(api.domain === undefined
      ? []
      : [
          { part: 'fixed', what: 'the load balancer, without its traffic', usd: HOURS_A_MONTH * usd.forwardingRuleHour } as const,
        ]),
    ...(egress.fixedAddress
      ? [
          {
            part: 'traffic',
            what: 'the fixed address and its NAT',
            usd: HOURS_A_MONTH * nat + (traffic / GIB) * usd.natGib,
          } as const,
        ]
      : []),
    ...(encryption ? [{ part: 'fixed', what: 'the key of the data', usd: KEY_VERSIONS * usd.kmsVersionMonth } as const] : []),
    ...(wrapping
      ? [
          {
            part: 'fixed',
            what: 'the key that wraps the keys of sessions',
            usd: KEY_VERSIONS * usd.kmsVersionMonth + KEY_REQUESTS * sessions * usd.kmsRequest,
          } as const,
        ]
      : []),
    ...(audit.dataAccess
      ? [{ part: 'logs', what: 'the log of who reads data, at most', usd: ((reads * AUDIT_BYTES) / GIB) * usd.logGib } as const]
      : []),
  ]
}
