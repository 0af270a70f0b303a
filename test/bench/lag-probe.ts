import { processMeter } from '../../runner/src/process/resource-meter.ts'
import { answerParent } from '../../sandbox/parent-channel.ts'

// Preloaded into the runner of the bench: tells, when it is asked, how late timers fired since it was last asked. What the runner's
// heartbeats say is of two seconds each: none of them is of the traffic as a whole.
const meter = processMeter(null)

answerParent('lag', () => meter.takeLag())
