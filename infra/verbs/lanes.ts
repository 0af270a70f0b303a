/** Lanes at work at the same time. Each has a gcloud, which takes a second of CPU to start. */
const WIDTH = 4

/** Does the work for all items: items of one lane one after the other, in their order, and some lanes at the same time. */
export async function inLanes<Item>(
  items: readonly Item[],
  laneOf: (item: Item) => string,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const lanes = [...Map.groupBy(items, laneOf).values()]
  await Promise.all(
    Array.from({ length: WIDTH }, async () => {
      for (let lane = lanes.shift(); lane; lane = lanes.shift()) for (const item of lane) await work(item)
    }),
  )
}
