import type { SandboxOptions } from '../../../sandbox/options.ts'
import type { Options } from './options.ts'
import { timesOf } from './fleet/times.ts'

/** Makes runners checkpoint and trim the journal within seconds. */
const FREQUENT_CHECKPOINTS = { CHECKPOINT_RECORDS: '16' }
/** Shortens the pauses between attempts. The run itself refuses messages, and two refusals would delay a chat by five minutes. */
const REFUSALS_ARE_OURS = { SEND_RETRY_DELAYS_MS: '0,1000,2000,5000,10000' }
/** Lets a message be refused as often as it happens, and another session of a pool take over after seconds. */
const QUEUE_IS_OURS = { MAX_RETRY_ATTEMPTS: '100', FAILOVER_AFTER: '10000' }
/** Switches off crash-loop detection and restart pauses, because a runner with a kill every few seconds looks like one. */
const STRIKES_ARE_OURS = { CRASH_LOOP_AFTER: '1000000', RESTART_PAUSE_LIMIT_MS: '0' }

/** The receivers of webhooks and the host of files run on this machine. */
const PEOPLE_ARE_HERE = { ALLOW_INSIDE_ADDRESSES: '127.0.0.1' }

/** The options of the sandbox in which a run strikes. */
export function sandboxOf(options: Options): SandboxOptions {
  const hasQueue = options.troubles.includes('queue')
  const hasKinds = options.troubles.includes('kinds')
  return {
    forLong: takesLong(options),
    runners: options.runners,
    storage: options.storage,
    proxied: options.what === 'outage' || options.what === 'mixed',
    runnerNetworks: options.what === 'fleet',
    runnerClocks: options.what === 'fleet',
    movableClock: hasQueue || hasKinds,
    functionsEnv: { ...(hasQueue ? QUEUE_IS_OURS : {}), ...(hasKinds ? PEOPLE_ARE_HERE : {}) },
    runnerEnv: {
      ...STRIKES_ARE_OURS,
      ...REFUSALS_ARE_OURS,
      ...(hasQueue ? QUEUE_IS_OURS : {}),
      ...(hasKinds ? PEOPLE_ARE_HERE : {}),
      ...(options.what === 'kill' ? {} : FREQUENT_CHECKPOINTS),
      ...(options.what === 'fleet' ? fleetEnvironment(options) : {}),
    },
  }
}

/** Fewer checkpoints, because there are many sessions, and the watch must see each record before it is trimmed. */
function fleetEnvironment(options: Options): Record<string, string> {
  const { heartbeatMs, deadAfterMs } = timesOf(options)
  return {
    CHECKPOINT_RECORDS: '64',
    HEARTBEAT_INTERVAL_MS: String(heartbeatMs),
    RUNNER_DEAD_AFTER_MS: String(deadAfterMs),
    DEAF_AFTER_MS: '3000',
  }
}

/** Returns whether a run takes minutes. A shorter run does not repay the optimizing compiler, which slows the machine. */
const takesLong = ({ what, kills, minutes, seconds }: Options): boolean =>
  what === 'outage' ? seconds > 10 : what === 'fleet' && minutes > 0 ? minutes > 1 : kills > 10
