/** Calls `onKey` for every key until `q`. Turns Ctrl-C into SIGINT, which a terminal in raw mode does not do. */
export async function listenForKeys(onKey: (key: string) => void): Promise<void> {
  const { stdin } = process
  stdin.setRawMode(true)
  stdin.setEncoding('utf8')
  stdin.resume()
  const { promise, resolve } = Promise.withResolvers<void>()
  const hear = (typed: string): void => {
    for (const key of typed) {
      if (key === '\u0003') process.kill(process.pid, 'SIGINT')
      else if (key === 'q') resolve()
      else onKey(key)
    }
  }
  stdin.on('data', hear)
  await promise.finally(() => {
    stdin.off('data', hear)
    stdin.setRawMode(false)
    stdin.pause()
  })
}
