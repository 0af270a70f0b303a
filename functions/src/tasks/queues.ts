/** How a queue delivers its tasks: the options of its function in the cloud, and the limits of the embedded queue. */
export interface QueueOptions {
  readonly retryConfig: {
    /** Deliveries of a task. After the last one fails the task ends. */
    readonly maxAttempts: number
    readonly minBackoffSeconds: number
    readonly maxBackoffSeconds: number
    /** How often the pause doubles before it grows by equal steps. */
    readonly maxDoublings: number
  }
  readonly rateLimits: { readonly maxConcurrentDispatches: number; readonly maxDispatchesPerSecond: number }
}

/** The sweep finds what has failed so often. */
export const RETRIES = {
  retryConfig: { maxAttempts: 20, minBackoffSeconds: 1, maxBackoffSeconds: 60, maxDoublings: 6 },
  rateLimits: { maxConcurrentDispatches: 40, maxDispatchesPerSecond: 100 },
} satisfies QueueOptions

/** The documents say when an end point is called again. Only what fails here itself is repeated, and the sweep finds the rest. */
export const WEBHOOKS = {
  retryConfig: { maxAttempts: 10, minBackoffSeconds: 1, maxBackoffSeconds: 60, maxDoublings: 6 },
  rateLimits: { maxConcurrentDispatches: 200, maxDispatchesPerSecond: 500 },
} satisfies QueueOptions

/** A channel that is down for an hour gets its notices afterwards. */
export const ALERTS = {
  retryConfig: { maxAttempts: 25, minBackoffSeconds: 5, maxBackoffSeconds: 300, maxDoublings: 6 },
  rateLimits: { maxConcurrentDispatches: 40, maxDispatchesPerSecond: 20 },
} satisfies QueueOptions
