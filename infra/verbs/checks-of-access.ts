import { textAt } from '../resources/fields.ts'
import { balancerAddressRead, certificateRead } from '../resources/load-balancer.ts'
import { addressIn } from '../resources/network.ts'
import type { Target } from '../resources/target.ts'
import type { Check } from './check.ts'

/** Whether callers reach the API by its domain, where it has one. */
export function checksOfAccess(target: Target): readonly Check[] {
  const { domain } = target.environment.api
  if (domain === undefined) return []
  return [
    {
      name: 'the domain of the API has its certificate',
      reads: [certificateRead(target, domain), balancerAddressRead(target)],
      problem: ([certificate, address]) => {
        const status = textAt(certificate, 'managed', 'status')
        if (status === 'ACTIVE') return null
        const ofDomain = textAt(certificate, 'managed', 'domainStatus', domain) ?? 'nothing yet'
        return `it is ${status ?? 'not there'} (${ofDomain}); the record has to be: ${recordOf(domain, address)}`
      },
      found: ([, address]) => recordOf(domain, address),
      mend: 'Set this DNS record where the domain is kept, and no AAAA record. Google makes the certificate within an hour of that.',
    },
  ]
}

/** The DNS record that leads callers to the load balancer. */
export const recordOf = (domain: string, address: unknown): string => `${domain}. A ${addressIn(address) ?? '(no address yet)'}`
