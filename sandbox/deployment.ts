import type { MovableClock } from './clock/movable-clock.ts'
import type { QueueDefinition, ScheduleDefinition } from './google/functions/definitions.ts'
import { Scheduler } from './google/scheduler/scheduler.ts'
import type { Faults } from './google/tasks/faults.ts'
import type { ReadyLine, SupervisedProcess } from './processes.ts'

interface DeploymentOptions {
  project: string
  /** Null: no functions run. */
  functions: SupervisedProcess | null
  functionsUrl: string
  tasks: SupervisedProcess
  /** Null: the clock of the machine. */
  clock: MovableClock | null
  /** Whether schedules are called at their times. */
  schedules: boolean
}

/** What is deployed with the functions: their queues in Cloud Tasks, and their schedules. Both outlive the functions' process. */
export class Deployment {
  readonly scheduler: Scheduler
  readonly #options: DeploymentOptions
  #queues: Record<string, object> | null = null
  #faults: Faults | null = null

  constructor(options: DeploymentOptions) {
    this.#options = options
    const { functions, functionsUrl, tasks, clock, schedules: automatic } = options
    this.scheduler = new Scheduler({ functionsUrl, now: () => Date.now() + (clock?.aheadMs ?? 0), automatic })
    functions?.on('ready', (line) => this.#functionsAreUp(line))
    tasks.on('ready', () => void this.settle())
  }

  /** Brings the queues and the faults of deliveries to the process that runs now. */
  async settle(): Promise<void> {
    const { tasks } = this.#options
    if (this.#queues) await tasks.ask('queues', this.#queues)
    if (this.#faults) await tasks.ask('faults', this.#faults)
  }

  async disturb(faults: Faults): Promise<void> {
    this.#faults = faults
    await this.settle()
  }

  /** Tasks and schedules look at the new time, after everybody whom they call. */
  async clockMoved(): Promise<void> {
    await this.#options.tasks.ask('clock')
    this.scheduler.look()
  }

  #functionsAreUp(line: ReadyLine): void {
    const { project } = this.#options
    const { queues, schedules } = line as { queues: QueueDefinition[]; schedules: ScheduleDefinition[] }
    const nameOf = ({ region, name }: QueueDefinition) => `projects/${project}/locations/${region}/queues/${name}`
    this.#queues = Object.fromEntries(queues.map((queue) => [nameOf(queue), queue.settings]))
    this.scheduler.deploy(schedules)
    void this.settle()
  }
}
