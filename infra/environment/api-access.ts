import { z } from 'zod'

/** Who reaches the API over the network. Whoever does needs a key besides. */
export const ACCESSES = ['public', 'internal', 'load-balancer'] as const
export type Access = (typeof ACCESSES)[number]

const DOMAIN = /^(?=.{1,63}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/
const MEMBER = /^((user|group|serviceAccount):[^\s@]+@[^\s@]+|domain:[^\s@:]+)$/

/**
 * `public`: everybody. `internal`: the project's own networks. `load-balancer`: those who come by the domain. With `public` a domain is
 * an address besides the others, so that callers can move before these are closed.
 */
export const apiAccess = z
  .strictObject({
    access: z.literal(ACCESSES).default('public'),
    /** The name at which a load balancer answers. Google makes its certificate once its DNS record is there. */
    domain: z.string().regex(DOMAIN, 'must be a domain of 63 letters at most, like api.example.com').optional(),
    /** Google lets these alone through the load balancer, once they have signed in (Identity-Aware Proxy). */
    iap: z
      .strictObject({
        members: z
          .array(z.string().regex(MEMBER, 'must be like user:me@example.com, group:, serviceAccount: or domain:example.com'))
          .min(1)
          .max(100),
      })
      .optional(),
  })
  .superRefine(({ access, domain, iap }, context) => {
    const problem = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
    if (access === 'load-balancer' && domain === undefined) problem('domain', 'must be there: a load balancer needs a name')
    if (access === 'internal' && domain !== undefined) problem('domain', 'must go: an internal API has no load balancer')
    if (access !== 'load-balancer' && iap) problem('iap', 'needs access: load-balancer, or callers would go around it')
  })
