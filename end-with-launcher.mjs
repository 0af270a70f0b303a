// Preloaded by `launch.mjs` into the process that it starts. Ends this process, as SIGTERM does, when the launcher ends in any way. The
// channel to the launcher does not keep the process alive.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
process.channel?.unref()
