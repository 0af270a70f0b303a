import { processMeter } from '../../runner/src/process/resource-meter.ts'
import { answerParent } from '../../sandbox/parent-channel.ts'

// The sandbox preloads this module into the runner of the bench. It reports on request the lateness of timers since the last
// request. The runner's heartbeats cover two seconds each, so none of them covers the whole traffic.
const meter = processMeter(null)

answerParent('lag', () => meter.takeLag())
