import type { SandboxOptions } from '../../../sandbox/options.ts'
import type { Options } from './options.ts'

/** Makes runners checkpoint and trim the journal within seconds. */
const FREQUENT_CHECKPOINTS = { CHECKPOINT_RECORDS: '16' }
/** Shortens the pauses between attempts. The run itself refuses messages, and two refusals would delay a chat by five minutes. */
const REFUSALS_ARE_OURS = { SEND_RETRY_DELAYS_MS: '0,1000,2000,5000,10000' }
/** Lets a message be refused as often as it happens, and another session of a pool take over after seconds. */
const QUEUE_IS_OURS = { MAX_RETRY_ATTEMPTS: '100', FAILOVER_AFTER: '10000' }
/** Switches off crash-loop detection and restart pauses, because a runner with a kill every few seconds looks like one. */
const STRIKES_ARE_OURS = { CRASH_LOOP_AFTER: '1000000', RESTART_PAUSE_LIMIT_MS: '0' }

/** The options of the sandbox in which a run strikes. */
export function sandboxOf(options: Options): SandboxOptions {
  const hasQueue = options.troubles.includes('queue')
  return {
    forLong: takesLong(options),
    runners: options.runners,
    storage: options.storage,
    proxied: options.what === 'outage' || options.what === 'mixed',
    movableClock: hasQueue,
    functionsEnv: hasQueue ? QUEUE_IS_OURS : {},
    runnerEnv: {
      ...STRIKES_ARE_OURS,
      ...REFUSALS_ARE_OURS,
      ...(hasQueue ? QUEUE_IS_OURS : {}),
      ...(options.what === 'kill' ? {} : FREQUENT_CHECKPOINTS),
    },
  }
}

/** Returns whether a run takes minutes. A shorter run does not repay the optimizing compiler, which slows the machine. */
const takesLong = ({ what, kills, seconds }: Options): boolean => (what === 'outage' ? seconds > 10 : kills > 10)
