/** When the schedules are due, in the cloud and on an API server that runs them. */

export const EACH_MINUTE = { schedule: 'every 1 minutes', timeZone: 'Etc/UTC' } as const

/** Each day at 3:17 UTC. */
export const EACH_NIGHT = { schedule: '17 3 * * *', timeZone: 'Etc/UTC' } as const
